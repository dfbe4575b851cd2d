"""Who the people behind a turn are: the holder of a case is a word of the policy, mail goes to persons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import F, QuerySet

from reaccredit.appeals.models import Arbitration
from reaccredit.applications.models import CaseFile
from reaccredit.desks.steps import FACILITY, STAFF, SURVEY_TEAM
from reaccredit.facilities.queries import members
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code, with_role
from reaccredit.reviews.models import Assignment, RoundKind
from reaccredit.surveys.models import TeamMember

Recipients = list[tuple[str, str]]


def people_of(holder: str, file: CaseFile, on: date) -> Recipients:
    """(code, address) of everybody who can act for this holder in this case on this day."""
    if holder == FACILITY:
        found = {p.pk: p for people in members(file.facility, on).values() for p in people}
        return _addresses(found.values())
    if holder == STAFF:
        return _addresses(with_role(Role.STAFF, on))
    return _addresses(_assigned(holder, file))


def _assigned(holder: str, file: CaseFile) -> QuerySet[Person]:
    """Reviewers, arbitrators and surveyors are told only of what they were given."""
    given = {
        "reviewer": Assignment.objects.filter(
            round__kind=RoundKind.REVIEW, round__case_file=file, round__submitted_at=F("round__package__submitted_at"), submitted_at__isnull=True
        ).values("reviewer"),
        "arbitrator": Arbitration.objects.filter(appeal__case_file=file, decided_at__isnull=True).values("arbitrator"),
        SURVEY_TEAM: TeamMember.objects.filter(survey__case_file=file).values("person"),
    }  # fmt: skip
    return Person.objects.filter(pk__in=given[holder]) if holder in given else Person.objects.none()


def _addresses(people: Iterable[Person]) -> Recipients:
    return [(code(p), p.email) for p in people if p.is_active]
