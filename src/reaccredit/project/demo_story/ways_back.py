"""Cases that failed more than once: repeat, corrective action, on-site survey, and what lies beyond the article."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

from reaccredit.applications import actions as applications
from reaccredit.billing.models import Invoice
from reaccredit.project.demo_story.telling import Faults, Tale
from reaccredit.reinstatements import actions as plans
from reaccredit.reinstatements import completing
from reaccredit.reinstatements import queries as plans_queries
from reaccredit.reinstatements.models import Plan
from reaccredit.reports.models import FinalReport
from reaccredit.surveys import actions as surveys
from reaccredit.surveys import queries as surveys_queries
from reaccredit.surveys.models import Survey

STEP = 50  # days from a report to the one after it, where nothing but a repeat lies between
PLANNED = 70  # and where a plan, its evidence or a visit lies between
BASE_FEE, FLIGHTS, HOTEL = 650_000, 84_000, 41_500  # cents

CAUSE = "The protocol was not adapted when the software of the unit was renewed."
ACTION = "Protocol revised with the medical physicist; all technologists trained on it."
VAGUE = "Staff were reminded."
NO_PATIENT = "Neither the plan nor its papers hold any protected health information of a patient."


def again(tale: Tale, days: int, faults: Faults) -> FinalReport:
    """The attempt that the chosen option has begun, and its report, which was not passed and read the day after."""
    return tale.failed(days, faults)


def repeated(tale: Tale, days: int, fault: str, criterion: str) -> FinalReport:
    """Failed, repeated, failed again; `days` is the second report's."""
    first = tale.failed(days + STEP, {fault: criterion})
    tale.choose(first, "repeat", days + STEP - 4)
    return again(tale, days, {fault: criterion})


def second_deficiency(tale: Tale) -> None:
    repeated(tale, 5, "planar", "quality")


# -- the corrective action plan


def chosen_plan(tale: Tale, days: int, fault: str, criterion: str) -> Plan:
    """Reinstatement is chosen so many days ago: the plan is open."""
    report = repeated(tale, days + 5, fault, criterion)
    tale.choose(report, "reinstate", days)
    plan = plans_queries.latest(tale.file)
    assert plan is not None
    return plan


def write(tale: Tale, plan: Plan, days: int, action: str = ACTION) -> Plan:
    """Every line filled in, then signed and sent."""
    now = tale.cast.at(days, 13)
    for line in plans_queries.lines_of(plan):
        plans.save_line(
            line=line, seen=line.saves, cause=CAUSE, action=action, owner=tale.house.technologist.name,
            due_on=(now + timedelta(days=14)).date(), declared=(), actor=tale.house.technologist, now=now,
        )  # fmt: skip
    seen = plans_queries.plan_hash(plan)
    return plans.sign(
        plan=plan, password=tale.cast.password, seen=seen, actor=tale.house.physician, now=tale.cast.at(days, 16)
    )


def plan_returned(tale: Tale) -> None:
    plan = write(tale, chosen_plan(tale, 24, "spine", "artifacts"), 15, VAGUE)
    lines = list(plans_queries.lines_of(plan))
    said = {lines[0].pk: "Say what was changed in the protocol, and how you will know that it works."}
    comment = "A reminder alone does not keep this from happening again. Please name the change for each deficiency."
    plans.return_(plan=plan, comment=comment, about_lines=said, actor=tale.cast.second_staff, now=tale.cast.at(4, 11))


def evidence_owed(tale: Tale) -> None:
    plan = write(tale, chosen_plan(tale, 20, "vascular/peripheral-venous", "technique"), 14)
    plans.approve(plan=plan, comment="Clear and complete.", actor=tale.cast.second_staff, now=tale.cast.at(6, 11))


def corrected(tale: Tale, days: int, fault: str, criterion: str) -> FinalReport:
    """The plan was carried out, everything was tested again, and failed again; `days` is the third report's."""
    plan = write(tale, chosen_plan(tale, days + PLANNED, fault, criterion), days + 62)
    plans.approve(plan=plan, comment="Approved.", actor=tale.cast.second_staff, now=tale.cast.at(days + 56, 11))
    show(tale, days + 46)
    return again(tale, days, {fault: criterion})


def show(tale: Tale, days: int) -> None:
    """The evidence, complete and handed in."""
    now, who = tale.cast.at(days, 12), tale.house.technologist
    plan = plans_queries.latest(tale.file)
    evidence = plans_queries.evidence_of(plan) if plan else None
    assert plan is not None
    assert evidence is not None
    for line in plans_queries.lines_of(plan):
        completing.complete_line(
            evidence=evidence, line=line, completed_on=now.date(), result="Done; the revised protocol is attached.", declared=(),
            actor=who, now=now,
        )  # fmt: skip
    paper = BytesIO(
        f"Revised protocol, version {plan.pk}. Time for each bed position and reconstruction adapted.\n".encode()
    )
    upload = plans.Upload(paper, "Revised protocol", NO_PATIENT)
    completing.add_paper(evidence=evidence, line=None, upload=upload, actor=who, now=now)
    completing.submit(evidence=evidence, attested=NO_PATIENT, actor=tale.house.physician, now=tale.cast.at(days, 15))


# -- the on-site survey


def planned_survey(tale: Tale, report: FinalReport, chosen: int, planned: int, first: date) -> Survey:
    """The survey is chosen, planned and invoiced; its base fee is paid."""
    cast, staff = tale.cast, tale.cast.second_staff
    tale.choose(report, "survey", chosen)
    survey = surveys.schedule(
        survey=Survey.objects.get(report=report), team=cast.team(), base_cents=BASE_FEE, actor=staff, now=cast.at(planned, 11),
        visit=surveys.Visit(first, first + timedelta(days=1), "The administrator meets the team at the main desk at 8:30."),
    )  # fmt: skip
    for what, cents in (("Flights of the team", FLIGHTS), ("Hotel, two nights", HOTEL)):
        surveys.add_travel(survey=survey, what=what, cents=cents, actor=staff, now=cast.at(planned - 1, 10))
    surveys.invoice_travel(survey=survey, actor=staff, now=cast.at(planned - 1, 11))
    survey.refresh_from_db()
    pay(tale, survey.base_fee, planned - 2)
    return survey


def pay(tale: Tale, invoice: Invoice | None, days: int) -> None:
    assert invoice is not None
    applications.record_payment(
        invoice=invoice, cents=None, reference=f"Demo transfer {invoice.pk}", received_at=None, actor=tale.cast.second_staff,
        now=tale.cast.at(days, 10),
    )  # fmt: skip


def survey_planned(tale: Tale) -> None:
    report = corrected(tale, 18, "spect", "quality")
    planned_survey(tale, report, 14, 8, tale.cast.today + timedelta(days=12))


def visited(tale: Tale, days: int, report: FinalReport) -> None:
    """Planned, visited, written up and signed by all three; `days` is the day of the last signature."""
    cast = tale.cast
    visit = cast.at(days + 3).date()
    survey = planned_survey(tale, report, days + 16, days + 12, visit)
    pay(tale, survey.travel_fee, days + 2)
    team = list(cast.team().values())
    said = surveys.Findings(
        progress="The revised protocol is in use. Two of the four technologists had been trained on it.",
        training="All technologists: positioning, choice of protocol, and how to check an exam before it is sent.",
        recommendations="Check the first ten exams after a change together with the medical physicist.",
    )
    written = surveys.write(survey=survey, said=said, seen=0, actor=team[0], now=cast.at(days + 1, 10))
    seen = surveys_queries.report_hash(written)
    for hour, member in enumerate(team, 10):
        surveys.sign(survey=survey, password=cast.password, seen=seen, actor=member, now=cast.at(days, hour))


def fourth_deficiency(tale: Tale) -> None:
    days = 6
    third = corrected(tale, days + PLANNED, "oncology", "quantification")
    visited(tale, days + 46, third)
    survey = Survey.objects.get(report=third)
    surveys.go_on(survey=survey, actor=tale.house.administrator, now=tale.cast.at(days + 44, 10))
    again(tale, days, {"oncology": "quantification"})
