"""Pages of the staff who choose the reviewers."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.facilities.queries import audience
from reaccredit.packages import queries as packages
from reaccredit.packages import showing
from reaccredit.people.models import Role
from reaccredit.people.paging import page_of
from reaccredit.people.queries import with_role
from reaccredit.people.requests import SignedIn
from reaccredit.reviews import actions, catalogue, queries, sheets_signed
from reaccredit.reviews.forms import AssignForm
from reaccredit.reviews.models import Round


def _today() -> date:
    return timezone.localdate()


def _posted(request: SignedIn) -> QueryDict | None:
    """Of an empty form, too: it was sent."""
    return request.POST if request.method == "POST" else None


def _status(form: Any) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK


# -- staff -------------------------------------------------------------------------------------------------------------


@require_safe
def index(request: SignedIn) -> HttpResponse:
    _staff_only(request)
    rounds = queries.listed(request.user, _today())
    done = rounds.filter(completed_at__isnull=False).order_by("-completed_at", "-pk")
    running = rounds.filter(completed_at__isnull=True).order_by("opened_at", "pk")
    return render(
        request,
        "reviews/index.html",
        {
            "waiting": page_of(queries.waiting_in_a_list(request.user, _today()), request.GET.get("waiting")),
            "running": page_of(running, request.GET.get("running")),
            "closed": page_of(done, request.GET.get("page")),
        },
    )


def _staff_only(request: SignedIn) -> None:
    if not audience(request.user, _today()).is_staff:
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
        {
            "unshown": [] if found.completed_at else showing.unshown(packages.image_items(found.package), timezone.now()),
            "round": found, "rows": fields, "form": form, "open": any(row.places for row in rows),
            "third": catalogue.third_reader(), "void": sheets_signed.void(found),
            "reported": found.reports.filter(taken_back_at__isnull=True).exists(),
        },
        status=_status(form),
    )  # fmt: skip


def _assigned(request: SignedIn, found: Round, form: AssignForm) -> bool:
    people = {p.pk: p for p in with_role(Role.REVIEWER, _today())}
    chosen = [(row.area, people[key]) for row, key in form.chosen()]
    try:
        actions.assign_all(round=found, chosen=chosen, actor=request.user, now=timezone.now())
    except actions.NotEligible as error:
        form.add_error(None, str(error))
        return False
    return True
