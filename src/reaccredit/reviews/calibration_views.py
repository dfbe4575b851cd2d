"""Pages of calibration cases: staff make, key, send and retire them and see what came of it; a reader sees their own results."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.facilities.queries import audience
from reaccredit.ledger.actions import Lost
from reaccredit.people.actions import WrongPassword
from reaccredit.people.models import Person
from reaccredit.people.paging import page_of
from reaccredit.people.requests import SignedIn
from reaccredit.reviews import (
    actions,
    calibration,
    calibration_actions,
    calibration_figures,
    calibration_results,
    judges,
    queries,
)
from reaccredit.reviews.calibration_actions import NotAllowed
from reaccredit.reviews.calibration_forms import (
    ApproveForm,
    DrawForm,
    KeyForm,
    MakeForm,
    RetireForm,
    SendForm,
    TalkForm,
)
from reaccredit.reviews.calibration_models import Calibration
from reaccredit.reviews.calibration_words import rules_told
from reaccredit.reviews.quality_rules import CalibrationRules, quality_rules

PER_PAGE = 20  # readers of a page of figures
Refused = Lost | NotAllowed | actions.NotEligible


def _staff_only(request: SignedIn) -> None:
    if not audience(request.user, timezone.localdate()).is_staff:
        raise Http404("only staff keep calibration cases")


def _rules(now: datetime) -> CalibrationRules:
    if (found := calibration.rules_on(now)) is None:
        raise Lost(calibration.NO_RULES)
    return found


def _posted(request: SignedIn) -> Any:
    return request.POST if request.method == "POST" else None


def _status(form: Any, refused: Refused | None = None) -> int:
    if refused is not None:
        return HTTPStatus.FORBIDDEN if isinstance(refused, NotAllowed) else HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK


# -- the list, and making one ----------------------------------------------------------------------------------------------


@require_safe
def index(request: SignedIn) -> HttpResponse:
    _staff_only(request)
    on = timezone.localdate()
    shown = {
        "cases": page_of(calibration.cases(), request.GET.get("page")), "talks": calibration.talks(),
        "rules": quality_rules(on), "told": rules_told(quality_rules(on).calibration),
    }  # fmt: skip
    return render(request, "reviews/calibrations.html", shown)


@require_safe
def choose(request: SignedIn) -> HttpResponse:
    """Reviews from which a case can be made. Whether a case is closed is asked of the rows of the page."""
    _staff_only(request)
    now = timezone.now()
    rules, search = _rules(now), request.GET.get("q", "").strip()[:40].replace("\0", "")
    page = page_of(calibration.shown(calibration.candidates(now, rules, search)), request.GET.get("page"))
    closed = calibration.closed(page.object_list, now, rules)
    shown = {"page": page, "rows": [(row, row.pk in closed) for row in page], "search": search, "rules": rules}
    return render(request, "reviews/calibration_choose.html", shown)


@require_http_methods(["GET", "POST"])
def make(request: SignedIn, pk: int) -> HttpResponse:
    _staff_only(request)
    now = timezone.now()
    rules = _rules(now)
    review = calibration.candidate(pk, now, rules)
    form = MakeForm(_posted(request), areas=queries.areas_of(review), most=rules.areas_at_most)
    if form.is_bound and form.is_valid():
        made = calibration_actions.make(
            review=review, areas=form.cleaned_data["areas"], because=form.cleaned_data["because"], actor=request.user, now=now
        )  # fmt: skip
        messages.success(request, "The calibration case is made. Now set its key.")
        return redirect("reviews:calibration-key", pk=made.pk)
    return render(request, "reviews/calibration_make.html", {"review": review, "form": form}, status=_status(form))


@require_safe
def case(request: SignedIn, pk: int) -> HttpResponse:
    """Its key, who has it, and what is to be done next."""
    _staff_only(request)
    return _case(request, calibration.case(pk))


def _case(
    request: SignedIn, one: Calibration, form: ApproveForm | None = None, refused: Refused | None = None
) -> HttpResponse:
    keys = calibration.keys(one)
    newest = keys[0] if keys else None
    shown = {
        "one": one, "areas": calibration.areas(one), "newest": newest, "older": keys[1:], "key": calibration_results.spoken(newest) if newest else [],
        "standing": next((key for key in keys if key.approved_at), None), "signed": calibration_actions.signed_by(newest) if newest else None,
        "why_not": calibration.why_not_sent(one), "sendings": calibration.sendings(one, timezone.now()), "refused": refused,
        "own": newest is not None and newest.set_by_id == request.user.pk,
        "form": form or ApproveForm(initial={"version": newest.version if newest else None}),
        "determined": queries.determinations(one.review),
    }  # fmt: skip
    return render(request, "reviews/calibration.html", shown, status=_status(shown["form"], refused))


# -- its key ---------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def key(request: SignedIn, pk: int) -> HttpResponse:
    _staff_only(request)
    one = calibration.case(pk)
    if one.retired_at is not None:
        return redirect("reviews:calibration", pk=pk)
    form, newest = _key_form(request, one)
    refused: Refused | None = None
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            calibration_actions.set_key(
                one=one, answers=form.answers(), because=said["because"], seen=said["seen"], actor=request.user, now=timezone.now()
            )  # fmt: skip
        except (Lost, NotAllowed) as no:
            refused = no
        else:
            messages.success(request, "The key is set. It counts once a colleague has approved it.")
            return redirect("reviews:calibration", pk=pk)
    shown = {
        "one": one, "form": form, "groups": list(form.groups()), "newest": newest, "refused": refused,
        "stands": newest.version if newest else 0, "there": calibration_results.spoken(newest) if newest and refused else [],
    }  # fmt: skip
    return render(request, "reviews/calibration_key.html", shown, status=_status(form, refused))


def _key_form(request: SignedIn, one: Calibration) -> tuple[KeyForm, Any]:
    criteria = {area: queries.criteria_of(one.review, area) for area in calibration.areas(one)}
    suggested, newest = calibration.suggested(one), next(iter(calibration.keys(one)), None)
    begins: dict[str, Any] = {"seen": newest.version if newest else 0}
    for (area, criterion), (acceptable, reason) in suggested.items() if newest is None else ():
        begins |= calibration_results.fields(area, criterion, acceptable, reason)
    for (area, criterion), mark in calibration.of_key(newest).items() if newest else ():
        begins |= calibration_results.fields(area, criterion, mark.acceptable, mark.reason, mark.why)
    return KeyForm(_posted(request), initial=begins, criteria=criteria, suggested=suggested), newest


@require_http_methods(["GET", "POST"])
def approve(request: SignedIn, pk: int) -> HttpResponse:
    _staff_only(request)
    one = calibration.case(pk)
    if request.method != "POST":
        return redirect("reviews:calibration", pk=pk)
    form, refused = ApproveForm(request.POST), None
    if form.is_valid():
        chosen = next((k for k in calibration.keys(one) if k.version == form.cleaned_data["version"]), None)
        try:
            if chosen is None:
                raise Lost(calibration_actions.REPLACED)
            calibration_actions.approve(
                key=chosen, password=form.cleaned_data["password"], actor=request.user, now=timezone.now()
            )
        except WrongPassword as wrong:
            form.add_error("password", str(wrong))
        except (Lost, NotAllowed) as no:
            refused = no
        else:
            messages.success(request, "The key is approved. The case can be sent now.")
            return redirect("reviews:calibration", pk=pk)
    return _case(request, one, form, refused)


# -- sending ---------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def send(request: SignedIn, pk: int) -> HttpResponse:
    """Who may be sent the case: chosen by hand, or drawn by lot."""
    _staff_only(request)
    now, one = timezone.now(), calibration.case(pk)
    rules, why_not = _rules(now), calibration.why_not_sent(one)
    listed, number = calibration.readers(one, rules, now), len(one.sendings.all())
    by_lot = request.method == "POST" and "draw" in request.POST
    form = SendForm(None if by_lot else _posted(request), readers=listed, initial={"seen": number})
    lot = DrawForm(request.POST if by_lot else None, initial={"seen": number})
    refused = _sent(request, one, lot if by_lot else form, now) if request.method == "POST" else None
    if request.method == "POST" and not refused and not form.errors and not lot.errors:
        messages.success(request, "The case is sent. Its readers find it in their list, as any other reading.")
        return redirect("reviews:calibration", pk=pk)
    shown = {
        "one": one, "form": form, "lot": lot, "rules": rules, "why_not": why_not, "refused": refused,
        "barred": [r for r in listed if not r.areas], "free": [r for r in listed if r.areas],
        "due": [r for r in listed if r.in_the_draw], "number": number,
    }  # fmt: skip
    return render(request, "reviews/calibration_send.html", shown, status=_status(lot if by_lot else form, refused))


def _sent(request: SignedIn, one: Calibration, form: SendForm | DrawForm, now: datetime) -> Refused | None:
    """A refusal; none where it was sent, or where the form says what is wrong."""
    if not form.is_valid():
        return None
    seen = form.cleaned_data["seen"]
    try:
        if isinstance(form, SendForm):
            people: list[Person] = [reader.person for reader in form.chosen()]
            calibration_actions.send(one=one, readers=people, seen=seen, actor=request.user, now=now)
        else:
            calibration_actions.draw(one=one, seen=seen, actor=request.user, now=now)
    except (Lost, actions.NotEligible) as no:
        return no
    return None


@require_http_methods(["GET", "POST"])
def retire(request: SignedIn, pk: int) -> HttpResponse:
    _staff_only(request)
    one = calibration.case(pk)
    form = RetireForm(_posted(request))
    if form.is_bound and form.is_valid():
        taken = calibration_actions.retire(
            one=one, because=form.cleaned_data["because"], actor=request.user, now=timezone.now()
        )
        messages.success(request, f"The case is retired. Sheets taken back: {taken}. What was handed in stays.")
        return redirect("reviews:calibration", pk=pk)
    return render(request, "reviews/calibration_retire.html", {"one": one, "form": form}, status=_status(form))


# -- what came of it -------------------------------------------------------------------------------------------------------


@require_safe
def agreement(request: SignedIn) -> HttpResponse:
    """Every reader beside the keys, by module; and the criteria that are commonly missed."""
    _staff_only(request)
    now = timezone.now()
    rules = _rules(now)
    told = calibration_results.told(since=calibration_results.since(now))
    people = {one.reading.reviewer_id: one.reading.reviewer for one in told}
    answers = [one.answer for one in told]
    missed = calibration_results.missed(answers)
    by_reader = sorted(calibration_figures.by_reader(answers).items(), key=lambda row: people[row[0]].name)
    page = Paginator(by_reader, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "rules": rules, "since": calibration_results.since(now), "page": page,
        "readers": [(people[pk], calibration_results.lines(listed, rules)) for pk, listed in page],
        "everybody": calibration_results.lines(answers, rules),
        "missed": [row for row in missed if row.row.missed.hits], "never": sum(not row.row.missed.hits for row in missed),

        "talks": calibration.talks(), "changed": sum(one.newer is not None for one in told),
    }  # fmt: skip
    return render(request, "reviews/calibration_agreement.html", shown)


@require_http_methods(["GET", "POST"])
def talk(request: SignedIn, pk: int) -> HttpResponse:
    _staff_only(request)
    found = calibration.talk(pk)
    form, refused = TalkForm(_posted(request)), None
    if form.is_bound and form.is_valid():
        try:
            calibration_actions.talked(
                talk=found, note=form.cleaned_data["note"], actor=request.user, now=timezone.now()
            )
        except (Lost, NotAllowed) as no:
            refused = no
        else:
            messages.success(request, f"Noted. The task about {found.reader.name} is done.")
            return redirect("reviews:calibrations")
    title = calibration_results.module_title(found.modality, found.module)
    shown = {"talk": found, "title": title, "form": form, "refused": refused}
    return render(request, "reviews/calibration_talk.html", shown, status=_status(form, refused))


# -- the reader ------------------------------------------------------------------------------------------------------------


@require_safe
def mine(request: SignedIn) -> HttpResponse:
    """A reader's own results, for nobody else beside staff."""
    who = judges.judge(request.user, request.user.pk, timezone.localdate())
    page = Paginator(calibration_results.own(who), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "reviews/calibration_mine.html", {"page": page})


@require_safe
def my_result(request: SignedIn, pk: int) -> HttpResponse:
    """Their answers beside the key that stood when they handed in."""
    who = judges.judge(request.user, request.user.pk, timezone.localdate())
    found = calibration_results.own_case(who, pk)
    shown = {"found": found, "sheets": [(one, calibration_results.beside(one)) for one in found.sheets]}
    return render(request, "reviews/calibration_result.html", shown)
