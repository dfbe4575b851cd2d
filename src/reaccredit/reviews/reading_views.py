"""The reading room: the images of one area beside its score sheet, for the person who was given it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.facilities.catalogue import titles
from reaccredit.imaging.preview import SIDES, preview
from reaccredit.packages.phantoms_views import png
from reaccredit.people.actions import WrongPassword
from reaccredit.people.models import Role
from reaccredit.people.queries import holds
from reaccredit.people.requests import SignedIn
from reaccredit.reviews import actions, catalogue, drafts, pointing, queries, repairing, viewing
from reaccredit.reviews.actions import Verdict
from reaccredit.reviews.calibration_results import result_of
from reaccredit.reviews.doors import closed_with_a_sentence
from reaccredit.reviews.forms import ScoreForm
from reaccredit.reviews.limits import limits
from reaccredit.reviews.models import Assignment, Draft
from reaccredit.reviews.sheets_signed import SignSheetForm, hand_in, signed_by_reader
from reaccredit.reviews.typed import Words
from reaccredit.reviews.typed import told as in_words

PER_PAGE = 25
STEPS = ("previous", "next")
BY_ITSELF = "X-Saves-Itself"
OVERTAKEN = (
    "This sheet was saved in another tab or window after this one was opened. What you typed here is kept in its history, "
    "and does not stand on the sheet yet."
)
TWICE = "This reading was handed in before you pressed the button. It counts as it was handed in; nothing was handed in twice."


def _today() -> date:
    return timezone.localdate()


# -- the list ------------------------------------------------------------------------------------------------------------


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


def _next(request: SignedIn, found: Assignment) -> HttpResponse:
    """Where somebody goes who wants the next one; the list, when this was the last."""
    following = queries.next_reading(request.user, found, _today())
    return redirect("reviews:reading", pk=following.pk) if following else redirect("reviews:reading-list")


# -- the score sheet -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@closed_with_a_sentence
def reading(request: SignedIn, pk: int) -> HttpResponse:
    """The images beside the score sheet. Whatever is posted is kept as a draft first, and judged afterwards."""
    found = queries.assignment(request.user, pk, _today())
    if found.submitted_at is not None:
        return _too_late(request, found) if request.method == "POST" else _handed_in(request, found)
    criteria = queries.criteria(found)
    if request.method != "POST":
        empty = ScoreForm(
            pointing.brought(found.draft or {}, request.GET) or None,
            criteria=criteria,
            complete=False,
            limits=limits(found),
        )
        if "column" in request.GET:
            empty.fields["point-criterion"].widget.attrs["autofocus"] = True
        return _score_page(request, found, empty)
    form = ScoreForm(request.POST, criteria=criteria, complete="check" in request.POST, limits=limits(found))
    typed = pointing.changed(form.typed(), request.POST, [c.code for c in criteria])
    by_itself = BY_ITSELF in request.headers
    how = Draft.How.BY_ITSELF if by_itself else Draft.How.SAVED
    kept = drafts.save(assignment=found, typed=typed, now=timezone.now(), seen=request.POST.get("seen"), how=how)
    if by_itself:
        return _saved_by_itself(found, kept)
    return _pressed(request, found, form) if kept else _overtaken(request, found)


def _saved_by_itself(found: Assignment, kept: bool) -> HttpResponse:
    said = f"Saved by itself, {timezone.localtime():%H:%M}" if kept else OVERTAKEN
    answer = {"said": said, "seen": drafts.token(found.draft) if kept else ""}
    return JsonResponse(answer, status=HTTPStatus.OK if kept else HTTPStatus.CONFLICT)


def _pressed(request: SignedIn, found: Assignment, form: ScoreForm) -> HttpResponse:
    """Where the button that was pressed leads, now that everything is kept."""
    here = reverse("reviews:reading", args=[found.pk])
    if look := _number(request.POST.get("look")):
        step = f"&step={request.POST['step']}" if request.POST.get("step") in STEPS else "#viewer"
        return redirect(
            f"{here}?image={look}{step}"
        )  # a browser gives the focus to nothing where the address names a place
    if "point" in request.POST and form.wrongly_pointed:
        return _score_page(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.POST.keys() & {"stay", "point", "unpoint"}:
        asked = f"{here}?image={_number(request.POST.get('showing')) or ''}"
        column, row = (_number(request.POST.get(f"point-{name}")) for name in ("column", "row"))
        waits = "point" not in request.POST and column is not None and row is not None
        return redirect(f"{asked}&column={column}&row={row}" if waits else f"{asked}#viewer")
    if "next" in request.POST:
        messages.success(request, f"Reading {found.pk} is saved, and not handed in yet.")
        return _next(request, found)
    if "check" not in request.POST:
        messages.success(request, "Saved. You can go on whenever you like.")
        return redirect("reviews:reading-list")
    if form.is_valid():
        return redirect("reviews:check", pk=found.pk)
    return _score_page(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _overtaken(request: SignedIn, found: Assignment) -> HttpResponse:
    """Two tabs: what was typed here is shown with what stands, field by field, and saving once more puts it on the sheet. What
    is missing is said when that is settled.
    """
    form = ScoreForm(request.POST, criteria=queries.criteria(found), complete=False, limits=limits(found))
    differences = Words(found).differences(form.typed(), found.draft)
    return _score_page(
        request, found, form, status=HTTPStatus.CONFLICT,
        more={"overtaken": OVERTAKEN, "differences": differences, "saved_at": found.saved_at},
    )  # fmt: skip


def _focus(step: str, shown: viewing.View | None) -> str:
    """The step that was taken has the focus again; at either end the one that leads back."""
    if shown is None or step not in STEPS or getattr(shown, step):
        return step
    return "next" if step == "previous" else "previous"


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def _score_page(
    request: SignedIn, found: Assignment, form: ScoreForm, *, status: int = HTTPStatus.OK,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    hung = viewing.hang(found, timezone.now())
    asked = request.POST.get("showing") or request.GET.get("image")
    groups = [(group, pointing.shown(found, group.spots)) for group in form.groups()]
    shown = viewing.view(found, hung.open, hung.sight, _number(asked))
    return render(
        request,
        "reviews/reading.html",
        {
            "reading": found,
            "modality": _modality(found),
            "items": hung.items,
            "hung": hung.hung,
            "closed": hung.sight.closed,
            "view": shown,
            "focus": _focus(request.GET.get("step", ""), shown),
            "sheets": queries.data_forms(found),
            "prechecks": viewing.prechecks(found, hung.sight),
            "as_sent": hung.as_sent,
            "form": form,
            "point": form.point(),
            "groups": groups,
            "here": [(g.criterion.title, s) for g, spots in groups for s in spots if shown and s.spot.instance == shown.instance.pk],
            "seen": drafts.token(found.draft),
            "begun": drafts.begun(found),
            "rule": catalogue.reading(found.area.kind),
            "both": queries.seen_by_third(found),
            "returned": repairing.last(found),
        }
        | dict(more or {}),
        status=status,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@closed_with_a_sentence
def history(request: SignedIn, pk: int) -> HttpResponse:
    """Everything that was ever typed on this sheet by whoever has it; a line of it can stand again."""
    found = queries.assignment(request.user, pk, _today())
    lines = drafts.history(found)
    if request.method == "POST" and found.submitted_at is None:
        chosen = next((line for line in lines if str(line.pk) == request.POST.get("line")), None)
        if chosen is None:
            raise Http404("no such line in the history of this reading")
        drafts.bring_back(assignment=found, draft=chosen, now=timezone.now())
        messages.success(request, "It stands on the sheet again. What stood before is in the history.")
        return redirect("reviews:reading", pk=pk)
    stands = drafts.token(found.draft)
    words = Words(found)
    rows = [(line, words.told(line.typed), drafts.token(line.typed) == stands) for line in lines]
    return render(request, "reviews/history.html", {"reading": found, "modality": _modality(found), "rows": rows})


# -- handing in ----------------------------------------------------------------------------------------------------------


def _too_late(request: SignedIn, found: Assignment) -> HttpResponse:
    """Another tab has handed the sheet in: what was typed in this one is shown and kept, and changes nothing."""
    typed = drafts.words_of(request.POST)
    if typed:
        drafts.keep(reading=found.pk, person=request.user, typed=typed, how=Draft.How.CLOSED, now=timezone.now())
    return _handed_in(request, found, late=TWICE, typed=typed)


def _handed_in(
    request: SignedIn, found: Assignment, *, late: str = "", typed: Mapping[str, Any] | None = None
) -> HttpResponse:
    known = {c.code: c for c in queries.criteria(found)}
    reasons = catalogue.reasons(found.round.case_file.modality, found.area.kind)
    rows = [
        (known.get(m.criterion), m, reasons.get(m.reason), queries.places(found, m), catalogue.named(m.causes))
        for m in queries.marks(found)
    ]
    following = queries.next_reading(request.user, found, _today())
    shown = {"reading": found, "modality": _modality(found), "rows": rows, "following": following, "late": late}
    shown |= {"signed": signed_by_reader(found), "result": result_of(found)}
    status = HTTPStatus.CONFLICT if late else HTTPStatus.OK
    return render(request, "reviews/handed_in.html", shown | {"typed": in_words(typed or {}, found)}, status=status)


@require_http_methods(["GET", "POST"])
@closed_with_a_sentence
def check(request: SignedIn, pk: int) -> HttpResponse:
    """Everything once more, with what it adds up to; handing in cannot be taken back."""
    found = queries.assignment(request.user, pk, _today())
    if found.submitted_at is not None:
        return _too_late(request, found) if request.method == "POST" else redirect("reviews:reading", pk=pk)
    form = ScoreForm(found.draft, criteria=queries.criteria(found), limits=limits(found))
    if not form.is_valid():
        return _score_page(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if viewing.sight(found, timezone.now()).closed:
        return _score_page(request, found, form, status=HTTPStatus.CONFLICT, more={"too_early": True})
    verdicts = form.verdicts()
    if request.method == "POST":
        if request.POST.get("seen", drafts.token(found.draft)) != drafts.token(found.draft):
            return _check_page(request, found, form, changed=True)
        return _signed(request, found, form, verdicts)
    return _check_page(request, found, form)


def _signed(request: SignedIn, found: Assignment, form: ScoreForm, verdicts: Sequence[Verdict]) -> HttpResponse:
    """Handed in and signed at once, or the page once more with what is wrong with the signature."""
    sign = SignSheetForm(request.POST)
    if not sign.is_valid():
        return _check_page(request, found, form, sign=sign)
    password = sign.cleaned_data["password"]
    try:
        hand_in(assignment=found, verdicts=verdicts, password=password, actor=request.user, now=timezone.now())
    except WrongPassword as no:
        sign.add_error("password", str(no))
        return _check_page(request, found, form, sign=sign)
    messages.success(request, f"Reading {found.pk} is handed in. Thank you.")
    return _next(request, found) if "next" in request.POST else redirect("reviews:reading", pk=found.pk)


def _check_page(
    request: SignedIn, found: Assignment, form: ScoreForm, *, changed: bool = False, sign: SignSheetForm | None = None
) -> HttpResponse:
    """`changed`: what the other page showed is not what stands on the sheet now, so nothing was handed in."""
    reasons, verdicts = {r.code: r for c in form.criteria for r in c.reasons}, form.verdicts()
    rows = [
        (c, v, reasons.get(v.reason), pointing.shown(found, v.places), catalogue.named(v.causes))
        for c, v in zip(form.criteria, verdicts, strict=True)
    ]
    return render(
        request,
        "reviews/check.html",
        {
            "reading": found,
            "modality": _modality(found),
            "rows": rows,
            "outcome": actions.check(found, verdicts),
            "minors": form.minors(),
            "rule": catalogue.reading(found.area.kind),
            "seen": drafts.token(found.draft),
            "changed": changed,
            "sign": sign or SignSheetForm(),
            "following": queries.next_reading(request.user, found, _today()),
        },
        status=HTTPStatus.CONFLICT if changed else HTTPStatus.UNPROCESSABLE_ENTITY if sign else HTTPStatus.OK,
    )


@require_safe
@closed_with_a_sentence
@cache_control(private=True, max_age=120)
def image(request: SignedIn, pk: int, image: int, size: str) -> HttpResponse:
    """A picture of the area that this person was given to read; 404 for every other."""
    if size not in SIDES:
        raise Http404("no such size")
    reading = queries.assignment(request.user, pk, _today())
    found = viewing.image(reading, image, viewing.sight(reading, timezone.now()))
    return HttpResponse(preview(found, "large" if size == "large" else "small").png, content_type="image/png")


@require_safe
@closed_with_a_sentence
def precheck_picture(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """The regions that a program looked at in the phantom of this reading."""
    reading = queries.assignment(request.user, pk, _today())
    return png(viewing.precheck_picture(reading, number, viewing.sight(reading, timezone.now())))
