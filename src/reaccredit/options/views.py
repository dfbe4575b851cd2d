from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reaccredit.applications import queries as applications
from reaccredit.applications.models import CaseFile
from reaccredit.ledger.actions import Refused
from reaccredit.ledger.queries import decision as decide
from reaccredit.options import actions, foresight, queries
from reaccredit.options.forms import ConfirmForm, OptionFormForm, ReasonForm, SupplementalForm
from reaccredit.options.models import Draft
from reaccredit.options.queries import Desk, Row
from reaccredit.people.models import Role
from reaccredit.people.queries import holds
from reaccredit.people.requests import SignedIn
from reaccredit.policy import Decision, NotGoverned, Refusal
from reaccredit.reports.models import FinalReport

WITHDRAW_QUESTION = "Yes, withdraw what is listed above from the accreditation process"


@require_safe
def choose(request: SignedIn, report: int) -> HttpResponse:
    """Select Option: where the case stands, and the way that the policy's table names for it."""
    found = queries.report(request.user, report, timezone.now())
    return _desk_page(request, found, "options/choose.html")


@require_safe
def others(request: SignedIn, report: int) -> HttpResponse:
    """Other Options: every option, open or not, with what it needs and why."""
    found = queries.report(request.user, report, timezone.now())
    return _desk_page(request, found, "options/others.html")


def _desk_page(request: SignedIn, report: FinalReport, template: str) -> HttpResponse:
    try:
        desk = queries.desk(report, request.user, timezone.now())
    except NotGoverned as no:
        return render(
            request, "options/not_governed.html", {"report": report, "sentence": str(no), "clause": no.clause}
        )
    return render(request, template, {"desk": desk, "report": report})


def _open(request: SignedIn, report: int, option: str) -> tuple[Desk, Row | None]:
    """The desk and the row of an open option; None where it is not open, 404 where the policy has no such option."""
    desk = queries.desk(queries.report(request.user, report, timezone.now()), request.user, timezone.now())
    if desk.row(option) is None and desk.refusal(option) is None:
        raise Http404("no such option")
    return desk, None if desk.superseded else desk.row(option)


def _closed(request: SignedIn, desk: Desk, option: str, refusal: Refusal | None = None) -> HttpResponse:
    """What was asked for is not open: the sentence, what happened last, and the way back to what is open."""
    if refusal:  # it was open when the desk was read: somebody was quicker since then
        desk = queries.desk(desk.report, request.user, timezone.now())
    return render(
        request,
        "options/closed.html",
        {
            "desk": desk,
            "report": desk.report,
            "option": option,
            "refusal": refusal or desk.refusal(option),
        },
        status=HTTPStatus.CONFLICT,
    )


def _roles(desk: Desk, row: Row) -> tuple[str, ...]:
    return tuple(role for role in queries.may_submit(row.option) if role in desk.roles)


def _not_theirs(request: SignedIn, desk: Desk, row: Row) -> HttpResponse:
    context = {"desk": desk, "row": row, "report": desk.report, "roles": queries.may_submit(row.option)}
    return render(request, "options/not_theirs.html", context, status=HTTPStatus.FORBIDDEN)


def _bound(desk: Desk, row: Row, data: Any, name: str) -> OptionFormForm:
    return OptionFormForm(
        data, desk=desk, row=row, ticks=queries.ticks(desk, row, timezone.now()), roles=_roles(desk, row), name=name
    )


@require_http_methods(["GET", "POST"])
def form(request: SignedIn, report: int, option: str) -> HttpResponse:
    desk, row = _open(request, report, option)
    if row is None:
        return _closed(request, desk, option)
    if not _roles(desk, row):
        return _not_theirs(request, desk, row)
    if request.method == "POST":
        return _kept(request, desk, row)
    draft = queries.draft(desk.report, request.user, option)
    empty = _bound(desk, row, None, request.user.name)
    empty.initial = _initial(draft.answers if draft else {})
    return render(request, "options/form.html", _page(desk, row, empty) | {"draft": draft})


def _kept(request: SignedIn, desk: Desk, row: Row) -> HttpResponse:
    """Keep what was typed, whatever is wrong with it; go on to the check of the answers when nothing is."""
    filled = _bound(desk, row, request.POST, request.user.name)
    answers = filled.answers()
    valid = filled.is_valid()
    if valid:
        ahead = _ahead(desk, row, filled)
        if isinstance(ahead, Refusal):
            filled.add_error(None, ahead.sentence)
            valid = False
    actions.save_draft(
        report=desk.report,
        person=request.user,
        option=row.option.id,
        answers=answers | {"attested": valid},
        now=timezone.now(),
    )
    if not valid:
        return render(request, "options/form.html", _page(desk, row, filled), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect("options:confirm", desk.report.pk, row.option.id)


def _ahead(desk: Desk, row: Row, filled: OptionFormForm) -> Decision | Refusal:
    about = foresight.about(row.option, row.covers, filled.chosen_areas(), filled.cleaned_data.get("withdraw", ()))
    return foresight.foresee(desk.case, row.option.id, about, timezone.now())


def _initial(answers: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if value and name != "attested"}


def _page(desk: Desk, row: Row, filled: OptionFormForm) -> dict[str, Any]:
    return {
        "desk": desk, "report": desk.report, "row": row, "form": filled,
        "guidance": queries.guidance(desk), "medium_by_post": desk.report.medium != "upload",
    }  # fmt: skip


def _answers(answers: dict[str, Any]) -> QueryDict:
    """A draft as the browser would send it, to be checked again by the same form."""
    data = QueryDict(mutable=True)
    for name, value in answers.items():
        if isinstance(value, list):
            data.setlist(name, value)
        elif value:
            data[name] = "on" if value is True else str(value)
    return data


@require_http_methods(["GET", "POST"])
def confirm(request: SignedIn, report: int, option: str) -> HttpResponse:
    """Check your answers. What will be withdrawn is asked about once more; only here the form is submitted."""
    if request.method == "POST" and (done := _already(request, report)):
        return done
    desk, row = _open(request, report, option)
    if row is None:
        return _closed(request, desk, option)
    if not _roles(desk, row):
        return _not_theirs(request, desk, row)
    draft = queries.draft(desk.report, request.user, option)
    filled = _bound(desk, row, _answers(draft.answers), request.user.name) if draft else None
    if draft is None or filled is None or not filled.is_valid():
        messages.warning(request, "Fill in the form first: there is no draft, or what it says does not fit any more.")
        return redirect("options:form", report, option)
    ahead = _ahead(desk, row, filled)
    if isinstance(ahead, Refusal):
        return _closed(request, desk, option, ahead)
    return _check(request, desk, row, filled, ahead, draft)


def _check(
    request: SignedIn, desk: Desk, row: Row, filled: OptionFormForm, ahead: Decision, draft: Draft
) -> HttpResponse:
    chosen = filled.chosen_areas()
    areas = desk.named(row.option.areas if chosen is None else chosen)
    leaving = areas if row.option.withdraws else desk.named(filled.cleaned_data.get("withdraw", ()))
    question = WITHDRAW_QUESTION if leaving or ahead.ended else ""
    check = ConfirmForm(
        request.POST if request.method == "POST" else None,
        question=question,
        initial={"token": draft.token, "seen": desk.seen},
    )
    if check.is_bound and check.is_valid():
        return _submit(request, desk, row, filled, check)
    page = _page(desk, row, filled) | {
        "check": check, "ahead": ahead, "owed": [d for d in ahead.duties if not d.met], "chosen": areas,
        "leaving": leaving, "statement": queries.STATEMENT, "submit_kind": "danger" if question else "primary",
    }  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if check.is_bound else HTTPStatus.OK
    return render(request, "options/confirm.html", page, status=status)


def _already(request: SignedIn, report: int) -> HttpResponse | None:
    """A second click, or a form sent again: the first one counts, and its page is shown."""
    found = queries.report(request.user, report, timezone.now())
    form = queries.by_token(found, request.POST.get("token", ""))
    return redirect("options:done", found.pk, form.pk) if form and form.submitted_by_id == request.user.pk else None


def _submit(request: SignedIn, desk: Desk, row: Row, filled: OptionFormForm, check: ConfirmForm) -> HttpResponse:
    said = filled.cleaned_data
    try:
        form = actions.select(
            report=desk.report, option=row.option.id, areas=filled.chosen_areas(), withdraw=said.get("withdraw", ()),
            additional_images=said.get("additional_images") == "yes",
            attested=actions.Attestation(said["name"], said["role"]), token=check.cleaned_data["token"],
            seen=check.cleaned_data["seen"], actor=request.user, now=timezone.now(),
        )  # fmt: skip
    except actions.Overtaken as late:
        return render(
            request,
            "options/overtaken.html",
            {
                "desk": desk,
                "report": desk.report,
                "row": row,
                "first": late.form,
                "sentence": str(late),
                "title": queries.submitted_title(desk.report, late.form),
            },
            status=HTTPStatus.CONFLICT,
        )
    except actions.NotTheirs:
        return _not_theirs(request, desk, row)
    except Refused as no:
        return _closed(request, desk, row.option.id, no.refusal)
    return redirect("options:done", desk.report.pk, form.pk)


@require_safe
def done(request: SignedIn, report: int, form: int) -> HttpResponse:
    now = timezone.now()
    found = queries.report(request.user, report, now)
    submitted = queries.form_of(found, form)
    if submitted is None:
        raise Http404("no such form")
    desk = queries.desk(found, request.user, now)
    return render(
        request,
        "options/done.html",
        {
            "desk": desk, "report": found, "submitted": submitted, "title": queries.title_of(desk, submitted),
            "areas": desk.named(submitted.areas), "withdrawn": desk.named(submitted.withdraw),
            "ways": queries.ways_on(found, submitted), "owed": desk.owed,
            "signed": queries.signed(submitted),
        },
    )  # fmt: skip


# -- what the policy leaves to staff -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that staff can take: the fact it states, and the words of its button."""

    act: Callable[..., object]
    fact: str
    title: str
    says: str
    told: str
    kind: str = "primary"


DECISIONS = {
    "late": Decided(
        actions.accept_late, "form.late-accepted", "Accept the late form", "The option form is then open again for the facility.",
        "The late form is accepted. The facility can choose again.",
    ),
    "direct": Decided(
        actions.direct, "case.directed", "Let the case go on", "The facility then goes on with an application and its testing package.",
        "The decision is recorded. The case goes on.", "secondary",
    ),
    "close": Decided(
        actions.close, "case.closed", "Close the case", "The case ends without accreditation.", "The case is closed.", "danger",
    ),
}  # fmt: skip


def _referred(request: SignedIn, number: str) -> CaseFile:
    now = timezone.now()
    if not holds(request.user, Role.STAFF, timezone.localdate(now)):
        raise Http404("only for the programme's staff")
    return applications.get(request.user, number, timezone.localdate(now))


@require_http_methods(["GET", "POST"])
def staff(request: SignedIn, number: str, what: str = "") -> HttpResponse:
    """A case that time or the policy has referred to staff: why, and what they can decide, each with a reason."""
    case_file, posted = _referred(request, number), request.method == "POST"
    if posted and what not in DECISIONS:
        raise Http404("no such decision")
    forms = {
        name: ReasonForm(request.POST if posted and name == what else None, auto_id=f"id_{name}_%s")
        for name in DECISIONS
    }
    if posted and forms[what].is_valid():
        decided = DECISIONS[what]
        decided.act(
            case_file=case_file, reason=forms[what].cleaned_data["reason"], actor=request.user, now=timezone.now()
        )
        messages.success(request, decided.told)
        return redirect("options:staff", number)
    return _staff_page(request, case_file, forms, None, forms.get(what) if posted else None)


@require_POST
def supplemental(request: SignedIn, number: str) -> HttpResponse:
    """What came of a supplemental review."""
    case_file, now = _referred(request, number), timezone.now()
    areas = queries.in_supplemental_review(case_file, now)
    form = SupplementalForm(request.POST, areas=areas, auto_id="id_supplemental_%s")
    if form.is_valid():
        actions.conclude_supplemental(
            case_file=case_file, outcomes=form.outcomes, reason=form.cleaned_data["reason"], actor=request.user, now=now
        )
        messages.success(request, "The outcome of the supplemental review is recorded.")
        return redirect("options:staff", number)
    forms = {name: ReasonForm(auto_id=f"id_{name}_%s") for name in DECISIONS}
    return _staff_page(request, case_file, forms, form, form)


def _staff_page(
    request: SignedIn,
    case_file: CaseFile,
    forms: dict[str, ReasonForm],
    outcome: SupplementalForm | None,
    refused: ReasonForm | None,
) -> HttpResponse:
    now = timezone.now()
    areas = queries.in_supplemental_review(case_file, now)
    rows = [
        {
            "decided": one, "form": forms[name], "refusal": queries.why_not(case_file.case, one.fact, now),
            "url_name": f"options:{name}",
        }
        for name, one in DECISIONS.items()
    ]  # fmt: skip
    context = {
        "case_file": case_file, "decision": decide(case_file.case, now), "form": refused,
        "rows": [row for row in rows if not row["refusal"]], "refused": [row for row in rows if row["refusal"]],
        "supplemental": (outcome or SupplementalForm(areas=areas, auto_id="id_supplemental_%s")) if areas else None,
        "facts": queries.staff_facts(case_file.case),
    }  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "options/staff.html", context, status=status)
