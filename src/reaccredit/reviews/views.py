"""Pages of the reviewers and of the staff who choose them."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.facilities.catalogue import titles
from reaccredit.imaging.preview import SIDES, preview
from reaccredit.people.models import Role
from reaccredit.people.queries import holds, with_role
from reaccredit.people.requests import SignedIn
from reaccredit.reviews import actions, catalogue, drafts, queries, viewing
from reaccredit.reviews.doors import closed_with_a_sentence
from reaccredit.reviews.forms import AssignForm, ScoreForm
from reaccredit.reviews.limits import limits
from reaccredit.reviews.models import Assignment, Round

PER_PAGE = 25


def _today() -> date:
    return timezone.localdate()


def _posted(request: SignedIn) -> QueryDict | None:
    """Of an empty form, too: it was sent."""
    return request.POST if request.method == "POST" else None


def _status(form: Any) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK


# -- the reviewer ------------------------------------------------------------------------------------------------------


@require_safe
def reading_list(request: SignedIn) -> HttpResponse:
    if not holds(request.user, Role.REVIEWER, _today()):
        raise Http404("only reviewers have a reading list")
    listed = queries.reading_list(request.user, _today())
    waiting = listed.filter(submitted_at__isnull=True)
    done = Paginator(listed.filter(submitted_at__isnull=False), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "reviews/reading_list.html",
        {"waiting": _titled(waiting), "done": done, "done_rows": _titled(done)},
    )


def _titled(readings: Any) -> list[tuple[Assignment, str]]:
    return [(reading, _modality(reading)) for reading in readings]


def _modality(found: Assignment) -> str:
    return titles().get(found.round.case_file.modality, found.round.case_file.modality)


@require_http_methods(["GET", "POST"])
@closed_with_a_sentence
def reading(request: SignedIn, pk: int) -> HttpResponse:
    """The images beside the score sheet. Whatever is posted is kept as a draft first, and judged afterwards."""
    found = queries.assignment(request.user, pk, _today())
    if found.submitted_at is not None:
        return _handed_in(request, found)
    criteria = queries.criteria(found)
    if request.method != "POST":
        empty = ScoreForm(found.draft or None, criteria=criteria, complete=False, limits=limits(found))
        return _score_page(request, found, empty)
    form = ScoreForm(request.POST, criteria=criteria, complete="check" in request.POST, limits=limits(found))
    drafts.save(assignment=found, typed=form.typed(), now=timezone.now())
    if look := _number(request.POST.get("look")):
        step = f"&step={request.POST['step']}" if request.POST.get("step") in STEPS else ""
        return redirect(f"{reverse('reviews:reading', args=[pk])}?image={look}{step}#viewer")
    if "stay" in request.POST:
        return redirect(f"{reverse('reviews:reading', args=[pk])}?image={_number(request.POST.get('showing')) or ''}")
    if "check" not in request.POST:
        messages.success(request, "Saved. You can go on whenever you like.")
        return redirect("reviews:reading-list")
    if form.is_valid():
        return redirect("reviews:check", pk=pk)
    return _score_page(request, found, form)


STEPS = ("previous", "next")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def _score_page(request: SignedIn, found: Assignment, form: ScoreForm) -> HttpResponse:
    items = queries.items_with_images(found)
    asked = request.POST.get("showing") or request.GET.get("image")
    shown = viewing.view(found, items, _number(asked))
    return render(
        request,
        "reviews/reading.html",
        {
            "reading": found,
            "modality": _modality(found),
            "items": items,
            "view": shown,
            "step": request.GET.get("step", ""),
            "sheets": queries.data_forms(found),
            "form": form,
            "rule": catalogue.reading(found.area.kind),
        },
        status=_status(form) if form.complete else HTTPStatus.OK,
    )


def _handed_in(request: SignedIn, found: Assignment) -> HttpResponse:
    known = {c.code: c for c in queries.criteria(found)}
    reasons = catalogue.reasons(found.round.case_file.modality, found.area.kind)
    rows = [(known.get(m.criterion), m, reasons.get(m.reason)) for m in queries.marks(found)]
    return render(
        request,
        "reviews/handed_in.html",
        {"reading": found, "modality": _modality(found), "rows": rows},
    )


@require_http_methods(["GET", "POST"])
@closed_with_a_sentence
def check(request: SignedIn, pk: int) -> HttpResponse:
    """Everything once more, with what it adds up to; handing in cannot be taken back."""
    found = queries.assignment(request.user, pk, _today())
    if found.submitted_at is not None:
        return redirect("reviews:reading", pk=pk)
    form = ScoreForm(found.draft, criteria=queries.criteria(found), limits=limits(found))
    if not form.is_valid():
        return _score_page(request, found, form)
    verdicts = form.verdicts()
    if request.method == "POST":
        actions.submit(assignment=found, verdicts=verdicts, actor=request.user, now=timezone.now())
        messages.success(request, "Your reading is handed in. Thank you.")
        return redirect("reviews:reading", pk=pk)
    reasons = {r.code: r for c in form.criteria for r in c.reasons}
    rows = [(c, v, reasons.get(v.reason)) for c, v in zip(form.criteria, verdicts, strict=True)]
    outcome = actions.check(found, verdicts)
    return render(
        request,
        "reviews/check.html",
        {
            "reading": found,
            "modality": _modality(found),
            "rows": rows,
            "outcome": outcome,
            "minors": form.minors(),
            "rule": catalogue.reading(found.area.kind),
        },
    )


@require_safe
@closed_with_a_sentence
@cache_control(private=True, max_age=120)
def image(request: SignedIn, pk: int, image: int, size: str) -> HttpResponse:
    """A picture of the area that this person was given to read; 404 for every other."""
    if size not in SIDES:
        raise Http404("no such size")
    found = queries.image(queries.assignment(request.user, pk, _today()), image)
    return HttpResponse(preview(found, "large" if size == "large" else "small").png, content_type="image/png")


# -- staff -------------------------------------------------------------------------------------------------------------


@require_safe
def index(request: SignedIn) -> HttpResponse:
    _staff_only(request)
    rounds = queries.listed(request.user, _today())
    done = rounds.filter(completed_at__isnull=False).order_by("-completed_at", "-pk")
    closed = Paginator(done, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "reviews/index.html",
        {
            "waiting": queries.waiting(request.user, _today()),
            "running": rounds.filter(completed_at__isnull=True).order_by("opened_at"),
            "closed": closed,
        },
    )


def _staff_only(request: SignedIn) -> None:
    if not holds(request.user, Role.STAFF, _today()):
        raise Http404("only staff choose reviewers")


@require_http_methods(["GET", "POST"])
def open_round(request: SignedIn, pk: int) -> HttpResponse:
    found = queries.package(request.user, pk, _today())
    if request.method != "POST":
        return render(request, "reviews/open.html", {"package": found})
    opened = actions.open_round(package=found, actor=request.user, now=timezone.now())
    return redirect("reviews:round", pk=opened.pk)


@require_http_methods(["GET", "POST"])
def round_page(request: SignedIn, pk: int) -> HttpResponse:
    found = queries.round_(request.user, pk, _today())
    rows = queries.area_rows(found, _today())
    form = AssignForm(_posted(request), rows=rows)
    if request.method == "POST" and form.is_valid() and _assigned(request, found, form):
        messages.success(request, "The readers are chosen. They find the area in their reading list.")
        return redirect("reviews:round", pk=pk)
    fields = [(row, form.of(row)) for row in rows]
    return render(
        request,
        "reviews/round.html",
        {"round": found, "rows": fields, "form": form, "open": any(row.places for row in rows)}
        | {"third": catalogue.third_reader()},
        status=_status(form),
    )


def _assigned(request: SignedIn, found: Round, form: AssignForm) -> bool:
    people = {p.pk: p for p in with_role(Role.REVIEWER, _today())}
    chosen = [(row.area, people[key]) for row, key in form.chosen()]
    try:
        actions.assign_all(round=found, chosen=chosen, actor=request.user, now=timezone.now())
    except actions.NotEligible as error:
        form.add_error(None, str(error))
        return False
    return True
