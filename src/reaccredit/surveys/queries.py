"""The surveys that somebody may see, who may be sent, and what each still lacks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from reaccredit.applications import queries as applications
from reaccredit.applications.models import CaseFile
from reaccredit.documents import queries as documents
from reaccredit.facilities.queries import Audience, audience
from reaccredit.ledger.outcomes import NOT_ACCEPTABLE
from reaccredit.ledger.queries import history, policy_for, rules_of
from reaccredit.people.models import Person, Role, Signature
from reaccredit.people.signed import Signed, signed
from reaccredit.policy import Because, Fact, Refusal
from reaccredit.reports.models import Determination
from reaccredit.surveys.models import IN_ORDER, PROFESSIONS, Survey, SurveyReport, TeamMember, TravelCost

RELATED = (
    "case_file__case", "case_file__facility", "case_file__unit", "report", "base_fee", "travel_fee", "scheduled_by",
    "findings",
)  # fmt: skip
OPTION = "survey"
FEE = "survey-fee"  # a material of the policy
SCHEDULED, COMPLETED = "survey.scheduled", "survey.completed"


# -- which surveys -----------------------------------------------------------------------------------------------------


def visible(person: Person, on: date) -> QuerySet[Survey]:
    """All for staff, their own case's for the people of a facility, those they are sent to for the survey team."""
    who = audience(person, on)
    if who.is_staff:
        return Survey.objects.select_related(*RELATED)
    scope = Q(case_file__in=applications.scope(who))
    if Role.SURVEY_TEAM in who.programme:
        scope |= Q(team__person=person)
    return Survey.objects.filter(pk__in=Survey.objects.filter(scope).values("pk")).select_related(*RELATED)


def get(person: Person, pk: int, on: date) -> Survey:
    found = visible(person, on).filter(pk=pk).first()
    if found is None:
        raise Http404("no such survey for this person")
    return found


def of_case(case_file: CaseFile) -> list[Survey]:
    return list(case_file.surveys.select_related(*RELATED))


STATES = {
    "open": Q(scheduled_at__isnull=True),
    "scheduled": Q(scheduled_at__isnull=False, completed_at__isnull=True),
    "completed": Q(completed_at__isnull=False),
}


def listed(person: Person, on: date, *, wanted: str = "") -> QuerySet[Survey]:
    """What has no date yet comes first, then by date."""
    found = visible(person, on)
    if wanted in STATES:
        found = found.filter(STATES[wanted])
    members = Prefetch("team", TeamMember.objects.select_related("person"))
    found = applications.in_a_list(found, "starts_on", "ends_on", "scheduled_at", "completed_at")
    return found.prefetch_related(members).order_by(*IN_ORDER)


def state(survey: Survey) -> str:
    if survey.completed_at:
        return "completed"
    return "scheduled" if survey.scheduled_at else "open"


@dataclass(frozen=True, slots=True)
class Row:
    survey: Survey
    state: str
    team: tuple[TeamMember, ...]


def rows(surveys: Sequence[Survey]) -> list[Row]:
    return [Row(s, state(s), tuple(s.team.all())) for s in surveys]


# -- the team ----------------------------------------------------------------------------------------------------------


def team(survey: Survey) -> list[TeamMember]:
    return list(survey.team.select_related("person"))


def is_member(survey: Survey, person: Person, on: date) -> bool:
    return Role.SURVEY_TEAM in audience(person, on).programme and survey.team.filter(person=person).exists()


def may_report(survey: Survey, person: Person, on: date) -> bool:
    """It is this member's turn: the visit has begun, and they have not signed the report as it reads now."""
    if not is_member(survey, person, on) or survey.completed_at or survey.starts_on is None or on < survey.starts_on:
        return False
    report = findings(survey)
    return report is None or all(s.person_id != person.pk for s in valid_signatures(report))


def is_facility(survey: Survey, who: Audience) -> bool:
    return bool(who.roles_at(survey.case_file.facility_id))


# -- what it is about --------------------------------------------------------------------------------------------------


def deficiencies(survey: Survey) -> list[Determination]:
    """What the reports so far found not acceptable: what the team looks at first."""
    found = Determination.objects.filter(
        report__case_file=survey.case_file_id,
        report__attempt__lte=survey.report.attempt,
        outcome=NOT_ACCEPTABLE,
        report__taken_back_at__isnull=True,
    )
    return list(found.select_related("report", "area").order_by("-report__attempt", "area__kind", "area_id"))


def why(survey: Survey) -> Because:
    """The clauses about the survey, in the revision that governs it."""
    revision = rules_of(survey.case_file.case, survey.opened_at)
    choice = revision.options.get(OPTION)
    clauses = revision.cited(choice.cites) if choice else ()
    return Because(clauses, revision.revision, (), choice.summary if choice else "The policy knows no survey.")


def fee_because(survey: Survey) -> Because:
    revision = rules_of(survey.case_file.case, survey.opened_at)
    paper = revision.materials.get(FEE)
    clauses = revision.cited(paper.cites) if paper else ()
    return Because(
        clauses, revision.revision, (), "The facility pays the base fee and all travel. No amount is published."
    )


def goes_on(survey: Survey, kind: str, now: datetime) -> bool:
    """Would the policy admit this fact of the facility now?"""
    case = survey.case_file.case
    answer = policy_for(case.programme).admit(history(case), Fact(at=now, kind=kind), known_at=now)
    return not isinstance(answer, Refusal)


# -- money -------------------------------------------------------------------------------------------------------------


def travel(survey: Survey) -> list[TravelCost]:
    return list(survey.travel.select_related("added_by"))


def cost(survey: Survey, pk: int) -> TravelCost:
    found = survey.travel.filter(pk=pk).first()
    if found is None:
        raise Http404("no such expense of this survey")
    return found


def travel_total(costs: Sequence[TravelCost]) -> int:
    return sum(cost.cents for cost in costs)


# -- the team's report -------------------------------------------------------------------------------------------------


def findings(survey: Survey) -> SurveyReport | None:
    return survey.findings if hasattr(survey, "findings") else None


def report_hash(report: SurveyReport) -> str:
    """SHA-256 over everything that the report says, its paper included."""
    said = {
        "case": report.survey.case_file.case.number, "from": str(report.survey.starts_on), "to": str(report.survey.ends_on),
        "progress": report.progress, "training": report.training, "recommendations": report.recommendations,
        "paper": documents.stands(report.document) if report.document else "",
    }  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


STATEMENT = "This is what the team found and taught at the site."


def valid_signatures(report: SurveyReport) -> list[Signature]:
    rows_ = report.signatures.select_related("signature__person").filter(signature__sha256=report_hash(report))
    return [row.signature for row in rows_]


@dataclass(frozen=True, slots=True)
class Signing:
    """A member of the team, and their signature under the report as it reads now."""

    member: TeamMember
    signature: Signature | None
    signed: Signed | None = None  # the last one of theirs, also where it holds no more


def signings(survey: Survey) -> list[Signing]:
    report = findings(survey)
    if report is None:
        return [Signing(member, None) for member in team(survey)]
    stands = report_hash(report)
    given = report.signatures.select_related("signature__person").order_by("signature__signed_at", "pk")
    last = {row.signature.person_id: row.signature for row in given}
    last |= {row.signature.person_id: row.signature for row in given if row.signature.sha256 == stands}
    return [_signing(member, last.get(member.person_id), stands) for member in team(survey)]


def _signing(member: TeamMember, last: Signature | None, stands: str) -> Signing:
    if last is None:
        return Signing(member, None)
    return Signing(member, last if last.sha256 == stands else None, signed(last, stands))


def missing_professions(names: Sequence[str]) -> list[str]:
    return [label for value, label in PROFESSIONS if value not in names]
