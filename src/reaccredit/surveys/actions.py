"""A survey is opened, scheduled, paid for, written up, signed and completed here and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from reaccredit.applications import actions as applications
from reaccredit.applications.models import Application, CaseFile
from reaccredit.billing import actions as billing
from reaccredit.billing.models import Invoice
from reaccredit.documents import actions as documents
from reaccredit.facilities.queries import audience
from reaccredit.ledger import actions as ledger
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.files import Readable
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code
from reaccredit.policy import Refusal
from reaccredit.reports.models import FinalReport
from reaccredit.screening import actions as screening
from reaccredit.surveys import guards, queries, sending
from reaccredit.surveys.models import PROFESSIONS, Survey, SurveyReport, SurveySignature, TeamMember, TravelCost

ENTERED = "Entered by the programme's staff; no amount is published"


class NotATeam(Exception):
    """The people named are no team that can be sent; the sentence says why."""


class SavedMeanwhile(Lost):
    """Another member of the team has saved the report since the page was made."""

    def __init__(self, newest: SurveyReport) -> None:
        super().__init__("Somebody else has saved the report while you were writing. Nothing was overwritten.")
        self.newest = newest


@dataclass(frozen=True, slots=True)
class Visit:
    """When the team comes, and whom it meets."""

    starts_on: date
    ends_on: date
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    progress: str
    training: str = ""
    recommendations: str = ""


@transaction.atomic
def open(*, case_file: CaseFile, report: FinalReport, actor: Person, now: datetime) -> Survey:
    """The facility has chosen to take part; staff schedule the visit."""
    ledger.lock(case_file.case)
    if Survey.objects.filter(report=report).exists():
        raise Lost("The survey for this report is open already.")
    return Survey.objects.create(case_file=case_file, report=report, opened_at=now, opened_by=actor)


def _staff(actor: Person, now: datetime) -> None:
    if not audience(actor, localdate(now)).is_staff:
        raise PermissionDenied("Only the programme's staff can do this.")


def _running(survey: Survey) -> Survey:
    """The survey, held until the transaction ends, while it is not completed."""
    ledger.lock(survey.case_file.case)
    held = Survey.objects.select_related(*queries.RELATED).get(pk=survey.pk)
    if held.completed_at is not None:
        raise Lost("This survey has been completed meanwhile. Nothing was changed.")
    return held


# -- scheduling --------------------------------------------------------------------------------------------------------


@transaction.atomic
def schedule(
    *, survey: Survey, visit: Visit, team: Mapping[str, Person], base_cents: int, actor: Person, now: datetime
) -> Survey:
    """Set the days and the team (profession -> person) and invoice the base fee; again to change them.

    Raises `NotATeam`, `Refused` with the policy's sentence, `Lost`.
    """
    _staff(actor, now)
    held = _running(survey)
    _check_team(held, team, sorted({localdate(now), visit.starts_on, visit.ends_on}))
    ledger.state(
        case=held.case_file.case, kind=queries.SCHEDULED, actor=code(actor), role=Role.STAFF, now=now,
        about={"survey": held.pk, "from": visit.starts_on.isoformat(), "to": visit.ends_on.isoformat()},
    )  # fmt: skip
    held.starts_on, held.ends_on, held.contact = visit.starts_on, visit.ends_on, visit.contact
    held.scheduled_at, held.scheduled_by = now, actor
    held.base_fee = _invoice(held, held.base_fee, Invoice.Purpose.SURVEY_BASE, base_cents, now)
    held.save(update_fields=["starts_on", "ends_on", "contact", "scheduled_at", "scheduled_by", "base_fee"])
    try:
        with transaction.atomic():
            _name_team(held, team, now)
    except IntegrityError as error:
        if said := guards.refusal(error):
            raise NotATeam(said) from error
        raise
    return held


def _check_team(survey: Survey, team: Mapping[str, Person], days: Collection[date]) -> None:
    """On the day on which they are named, and on the days of the visit."""
    if missing := queries.missing_professions(list(team)):
        raise NotATeam(f"The team needs a {' and a '.join(word.lower() for word in missing)} too.")
    if len({person.pk for person in team.values()}) < len(team):
        raise NotATeam("Nobody can be two members of the team at once. Choose three people.")
    for day in days:
        known = sending.known(survey.case_file, day)
        for profession, label in PROFESSIONS:
            _may_go(team[profession], label, known.listed[profession])


def _may_go(person: Person, label: str, listed: Sequence[sending.Candidate]) -> None:
    one = next((candidate for candidate in listed if candidate.person.pk == person.pk), None)
    if one is None or one.why_not:
        why = f"{person.name} {' and '.join(one.why_not)}" if one else f"{person.name} is not of the survey team then"
        raise NotATeam(f"{person.name} cannot be sent as the {label.lower()}: choose somebody of the list. {why}.")


def _name_team(survey: Survey, team: Mapping[str, Person], now: datetime) -> None:
    """Who stays keeps the day on which they were named."""
    staying = {member.profession: member for member in survey.team.all() if team[member.profession] == member.person}
    survey.team.exclude(pk__in=[member.pk for member in staying.values()]).delete()
    for profession, _ in PROFESSIONS:
        if profession not in staying:
            TeamMember.objects.create(survey=survey, person=team[profession], profession=profession, named_at=now)


def _invoice(survey: Survey, before: Invoice | None, purpose: str, cents: int, now: datetime) -> Invoice:
    """The invoice, with this amount. One that is paid stays as it is, whatever is entered."""
    if before is None:
        return billing.issue(case=survey.case_file.case, purpose=purpose, cents=cents, source=ENTERED, now=now)
    if before.paid_at is not None or before.cents == cents:
        return before
    return billing.set_amount(invoice=before, cents=cents, source=ENTERED)


# -- travel ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_travel(*, survey: Survey, what: str, cents: int, actor: Person, now: datetime) -> TravelCost:
    """Travel is added before and after the visit, until its invoice is paid."""
    _staff(actor, now)
    held = _unpaid_travel(survey)
    return TravelCost.objects.create(survey=held, what=what, cents=cents, added_at=now, added_by=actor)


@transaction.atomic
def remove_travel(*, cost: TravelCost, actor: Person, now: datetime) -> None:
    _staff(actor, now)
    _unpaid_travel(cost.survey)
    cost.delete()


@transaction.atomic
def invoice_travel(*, survey: Survey, actor: Person, now: datetime) -> Invoice:
    """One invoice for all travel; once more after something was added."""
    _staff(actor, now)
    held = _unpaid_travel(survey)
    total = queries.travel_total(queries.travel(held))
    if total == 0:
        raise Lost("There is no travel to invoice yet. Add what the team has spent.")
    held.travel_fee = _invoice(held, held.travel_fee, Invoice.Purpose.SURVEY_TRAVEL, total, now)
    held.save(update_fields=["travel_fee"])
    return held.travel_fee


def _unpaid_travel(survey: Survey) -> Survey:
    ledger.lock(survey.case_file.case)
    held = Survey.objects.select_related(*queries.RELATED).get(pk=survey.pk)
    if held.scheduled_at is None:
        raise Lost("The survey has no date yet. Schedule it first.")
    if held.travel_fee is not None and held.travel_fee.paid_at is not None:
        raise Lost(f"The travel was invoiced and paid ({held.travel_fee.number}). Nothing can be added to it.")
    return held


# -- the team's report -------------------------------------------------------------------------------------------------


def _member(survey: Survey, actor: Person, now: datetime) -> None:
    if not queries.is_member(survey, actor, localdate(now)):
        raise PermissionDenied("Only the team of this survey can do this.")


@transaction.atomic
def write(
    *, survey: Survey, said: Findings, seen: int, actor: Person, now: datetime, paper: Readable | None = None
) -> SurveyReport:
    """Any member writes; a change takes the signatures away that were given before. A paper takes the place of an earlier one.

    Raises `SavedMeanwhile`, `Lost`, and `documents.Unacceptable` for the paper: then the words are not saved either.
    """
    held = _writable(survey, actor, now)
    report = queries.findings(held) or SurveyReport(survey=held, saves=0)
    if report.saves != seen:
        raise SavedMeanwhile(report)
    before = report.document
    if paper is not None:
        report.document = screening.store(
            case_file=held.case_file, artefact="survey-report", stream=paper,
            title=f"Survey report {held.case_file.case.number}", allowed=documents.SCANS, actor=actor, now=now,
        )  # fmt: skip
    report.progress, report.training, report.recommendations = said.progress, said.training, said.recommendations
    report.saves, report.written_at, report.written_by = report.saves + 1, now, actor
    report.save()
    if paper is not None and before is not None:
        documents.discard(document=before)
    return report


def _writable(survey: Survey, actor: Person, now: datetime) -> Survey:
    held = _running(survey)
    _member(held, actor, now)
    if held.scheduled_at is None:
        raise Lost("The survey has no date yet, so there is nothing to report.")
    return held


@transaction.atomic
def sign(*, survey: Survey, password: str, seen: str, actor: Person, now: datetime) -> Survey:
    """Sign what the page showed (`seen` is its hash); with the last member's signature the survey is completed.

    Raises `WrongPassword`, `Refused` with the policy's sentence, `Lost`.
    """
    held = _writable(survey, actor, now)
    report = queries.findings(held)
    if report is None:
        raise Lost("There is no report to sign yet. Write it first.")
    digest = queries.report_hash(report)
    if seen != digest:
        raise Lost("The report was changed after this page was made. Nothing was signed: read it again, then sign.")
    if held.starts_on is not None and localdate(now) < held.starts_on:
        raise Lost("The visit has not begun yet. The report is signed when the team has been at the site.")
    if any(s.person_id == actor.pk for s in queries.valid_signatures(report)):
        raise Lost("You have signed this report already.")
    signature = people.sign(
        person=actor, password=password, role=Role.SURVEY_TEAM, meaning=queries.STATEMENT, sha256=digest, now=now
    )
    SurveySignature.objects.create(report=report, signature=signature)
    if all(signing.signature for signing in queries.signings(held)):
        _complete(held, actor, now)
    return held


def _complete(survey: Survey, actor: Person, now: datetime) -> None:
    ledger.state(
        case=survey.case_file.case, kind=queries.COMPLETED, actor=code(actor), role=Role.SURVEY_TEAM, now=now,
        about={"survey": survey.pk},
    )  # fmt: skip
    survey.completed_at = now
    survey.save(update_fields=["completed_at"])


# -- what follows ------------------------------------------------------------------------------------------------------


@transaction.atomic
def go_on(*, survey: Survey, actor: Person, now: datetime) -> Application:
    """The facility goes on to the application for everything, where the policy lets it. Raises `Refused`."""
    case_file = survey.case_file
    if not queries.is_facility(survey, audience(actor, localdate(now))):
        raise PermissionDenied("Only the people of the facility can do this.")
    ledger.lock(case_file.case)
    if not queries.goes_on(survey, "application.submitted", now):
        raise Refused(Refusal("not-now", queries.why(survey), "The survey comes first; the application follows it."))
    return applications.start_next(case_file=case_file, kind=Application.Kind.REINSTATEMENT, actor=actor, now=now)
