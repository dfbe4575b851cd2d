"""Pages of the on-site survey: staff schedule it, the team writes and signs its report, the facility sees what comes when."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ParamSpec

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reaccredit.documents.actions import Unacceptable
from reaccredit.documents.queries import content
from reaccredit.facilities import asking
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.people.actions import WrongPassword
from reaccredit.surveys import actions, queries, sending
from reaccredit.surveys.forms import FindingsForm, ScheduleForm, SignForm, TravelForm, cents
from reaccredit.surveys.models import PROFESSIONS, Survey, dollars

P = ParamSpec("P")
REFUSED, CONFLICT = HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT


class Asked(asking.Asked):
    folder = "surveys"

    def survey(self, pk: int) -> Survey:
        return queries.get(self.person, pk, self.on)


page = asking.page_as(Asked)


def heading(asked: Asked, survey: Survey) -> dict[str, Any]:
    file = survey.case_file
    parts = [str(file.facility), str(file.unit or ""), file.case.number]
    state = queries.state(survey)
    return {
        "survey": survey, "case": file.case, "kicker": " · ".join(part for part in parts if part), "state": state,
        "is_staff": asked.who.is_staff, "is_facility": queries.is_facility(survey, asked.who),
        "is_member": queries.is_member(survey, asked.person, asked.on),
    }  # fmt: skip


@require_safe
@page
def index(asked: Asked) -> HttpResponse:
    wanted = asked.http.GET.get("show", "")
    found = queries.listed(asked.person, asked.on, wanted=wanted)
    listed = asked.page_of(found)
    context = {
        "rows": queries.rows(list(listed)),
        "page": listed,
        "wanted": wanted,
        "is_staff": asked.who.is_staff,
    }
    return asked.render("index", context)


def whole(asked: Asked, found: Survey) -> dict[str, Any]:
    head, costs = heading(asked, found), queries.travel(found)
    report = queries.findings(found)
    sees_money = head["is_staff"] or head["is_facility"]
    return head | {
        "team": queries.team(found), "deficiencies": queries.deficiencies(found), "why": queries.why(found),
        "may_report": queries.may_report(found, asked.person, asked.on),
        "sees_money": sees_money, "travel": costs if sees_money else [], "total": queries.travel_total(costs),
        "total_amount": dollars(queries.travel_total(costs)),
        "report": report if report and (found.completed_at or not head["is_facility"]) else None,
        "signings": queries.signings(found) if report else [],
        "may_plan": head["is_facility"] and bool(found.completed_at) and queries.goes_on(found, "plan.submitted", asked.now),
        "may_apply": head["is_facility"] and bool(found.completed_at)
        and queries.goes_on(found, "application.submitted", asked.now),
    }  # fmt: skip


@require_safe
@page
def survey(asked: Asked, pk: int) -> HttpResponse:
    return asked.render("survey", whole(asked, asked.survey(pk)))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def schedule(asked: Asked, pk: int) -> HttpResponse:
    asked.staff_only()
    found = asked.survey(pk)
    if found.completed_at is not None:
        return redirect("surveys:survey", pk)
    known = sending.known(found.case_file, asked.on)
    form = ScheduleForm(asked.data, known=known, today=asked.on, initial=_first(found))
    lacking = [label for value, label in PROFESSIONS if not known.eligible(value)]
    barred = [one for value, _ in PROFESSIONS for one in known.barred(value)]
    context = heading(asked, found) | {
        "form": form,
        "lacking": lacking,
        "fee": queries.fee_because(found),
        "barred": barred,
    }
    if asked.data is None or not form.is_valid():
        return asked.render("schedule", context, REFUSED if form.errors else HTTPStatus.OK)
    said = form.cleaned_data
    visit = actions.Visit(said["starts_on"], said["ends_on"], said["contact"])
    try:
        actions.schedule(
            survey=found, visit=visit, team=form.team, base_cents=cents(said["base"]), actor=asked.person, now=asked.now
        )
    except actions.NotATeam as error:
        form.add_error(None, str(error))
        return asked.render("schedule", context, REFUSED)
    except Refused as error:
        return asked.render("schedule", context | {"refusal": error.refusal}, CONFLICT)
    messages.success(asked.http, "The survey is scheduled, and the base fee is invoiced to the facility.")
    return redirect("surveys:survey", pk)


def _first(found: Survey) -> dict[str, Any]:
    team = {member.profession: str(member.person_id) for member in found.team.all()}
    base = found.base_fee
    amount = {"base": f"{base.cents / 100:.2f}"} if base and base.cents is not None else {}
    return {"starts_on": found.starts_on, "ends_on": found.ends_on, "contact": found.contact} | team | amount


@require_http_methods(["GET", "HEAD", "POST"])
@page
def travel(asked: Asked, pk: int) -> HttpResponse:
    """Expenses of the team, one by one, and the invoice for all of them."""
    asked.staff_only()
    found = asked.survey(pk)
    what = asked.http.POST.get("do", "add")
    form = TravelForm(asked.data if what == "add" else None)
    context = whole(asked, found) | {"form": form, "fee": queries.fee_because(found)}
    if asked.data is None:
        return asked.render("travel", context)
    try:
        if what == "invoice":
            made = actions.invoice_travel(survey=found, actor=asked.person, now=asked.now)
            messages.success(asked.http, f"The travel is invoiced to the facility ({made.number}).")
        elif not form.is_valid():
            return asked.render("travel", context, REFUSED)
        else:
            said = form.cleaned_data
            actions.add_travel(
                survey=found, what=said["what"], cents=cents(said["amount"]), actor=asked.person, now=asked.now
            )
            messages.success(asked.http, "The expense is added.")
    except Lost as error:
        return asked.render("travel", context | {"stopped": str(error)}, CONFLICT)
    return redirect("surveys:travel", pk)


@require_POST
@page
def travel_remove(asked: Asked, pk: int, cost_pk: int) -> HttpResponse:
    asked.staff_only()
    cost = queries.cost(asked.survey(pk), cost_pk)
    actions.remove_travel(cost=cost, actor=asked.person, now=asked.now)
    messages.success(asked.http, "The expense is removed.")
    return redirect("surveys:travel", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def complete(asked: Asked, pk: int) -> HttpResponse:
    """The team's report: written by any member, signed by each; with the last signature the survey is completed."""
    found = asked.survey(pk)
    if not queries.is_member(found, asked.person, asked.on):
        raise Http404("a page for the team of this survey")
    if found.completed_at is not None:
        return redirect("surveys:survey", pk)
    signing = asked.http.POST.get("do") == "sign"
    report = queries.findings(found)
    first = {"seen": report.saves if report else 0}
    if report:
        first |= {name: getattr(report, name) for name in ("progress", "training", "recommendations")}
    writes = asked.data is not None and not signing
    form = FindingsForm(asked.data if writes else None, asked.http.FILES if writes else None, initial=first)
    sign = SignForm(
        asked.data if signing else None, statement=queries.STATEMENT,
        initial={"seen": queries.report_hash(report) if report else ""}, prefix="sign",
    )  # fmt: skip
    context = whole(asked, found) | {"form": form, "sign_form": sign, "report": report}
    if asked.data is None:
        return asked.render("complete", context)
    return _sign(asked, found, sign, context) if signing else _write(asked, found, form, context)


def _write(asked: Asked, found: Survey, form: FindingsForm, context: dict[str, Any]) -> HttpResponse:
    if not form.is_valid():
        return asked.render("complete", context, REFUSED)
    said = form.cleaned_data
    words = actions.Findings(said["progress"], said["training"], said["recommendations"])
    try:
        actions.write(
            survey=found, said=words, seen=said["seen"], paper=said["paper"].file if said["paper"] else None,
            actor=asked.person, now=asked.now,
        )  # fmt: skip
    except actions.SavedMeanwhile as error:
        again = FindingsForm({**asked.http.POST.dict(), "seen": error.newest.saves})
        return asked.render("complete", context | {"form": again, "meanwhile": error.newest}, CONFLICT)
    except Unacceptable as error:
        form.add_error("paper", error.sentence)
        return asked.render("complete", context, REFUSED)
    except Lost as error:
        return asked.render("complete", context | {"stopped": str(error)}, CONFLICT)
    messages.success(asked.http, "The report is saved. It is signed by each member of the team.")
    return redirect("surveys:complete", found.pk)


def _sign(asked: Asked, found: Survey, form: SignForm, context: dict[str, Any]) -> HttpResponse:
    if not form.is_valid():
        return asked.render("complete", context, REFUSED)
    said = form.cleaned_data
    try:
        signed = actions.sign(
            survey=found, password=said["password"], seen=said["seen"], actor=asked.person, now=asked.now
        )
    except WrongPassword as error:
        form.add_error("password", str(error))
        return asked.render("complete", context, REFUSED)
    except Refused as error:
        return asked.render("complete", context | {"refusal": error.refusal}, CONFLICT)
    except Lost as error:
        return asked.render("complete", context | {"stopped": str(error)}, CONFLICT)
    done = signed.completed_at is not None
    messages.success(asked.http, "The survey is completed." if done else "Signed. The others of the team sign next.")
    return redirect("surveys:survey", found.pk)


@require_safe
@page
def paper(asked: Asked, pk: int) -> FileResponse:
    """The team's own paper: for the facility once the survey is completed. A download, never shown inside the site."""
    found = asked.survey(pk)
    report = queries.findings(found)
    hidden = queries.is_facility(found, asked.who) and not asked.who.is_staff and found.completed_at is None
    if report is None or report.document is None or hidden:
        raise Http404("no paper here")
    name = f"{slugify(report.document.title)}.{report.document.format}"
    return FileResponse(
        content(report.document), as_attachment=True, filename=name, content_type=report.document.media_type
    )


@require_POST
@page
def go_on(asked: Asked, pk: int) -> HttpResponse:
    """From the completed survey to the application for everything."""
    found = asked.survey(pk)
    application = actions.go_on(survey=found, actor=asked.person, now=asked.now)
    messages.success(asked.http, "The reinstatement application is open.")
    return redirect("applications:application", found.case_file.case.number, application.attempt)
