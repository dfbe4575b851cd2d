"""Who may be named in a case's papers, what staff have released, and which contests somebody may see."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from django.db.models import QuerySet
from django.http import Http404

from reaccredit.applications import queries as applications
from reaccredit.applications.models import CaseFile
from reaccredit.facilities.queries import members
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import with_role
from reaccredit.phi.roster import Roster
from reaccredit.screening import artefacts
from reaccredit.screening.artefacts import Rule
from reaccredit.screening.models import Contest, Contested


def roster(case_file: CaseFile, on: date) -> Roster:
    """The facility's own people and places, and the programme's staff: they may be named."""
    people = {person for held in members(case_file.facility, on).values() for person in held}
    people |= set(with_role(Role.STAFF, on)) | set(with_role(Role.SURVEY_TEAM, on))
    place = case_file.facility
    # Without a street it would be a town, and patients live in towns.
    address = " ".join(
        part for part in (place.street, place.city, place.state, place.postcode) if part and place.street
    )
    return Roster(
        names=frozenset(person.name for person in people) | {place.name},
        phones=frozenset({place.phone} - {""}),
        emails=frozenset(person.email for person in people),
        addresses=frozenset({place.street, address} - {""}),
    )


def rule(case_file: CaseFile, artefact: str, at: datetime) -> Rule:
    return artefacts.rule(case_file.case, case_file.modality, artefact, at)


def released(case_file: CaseFile, sha256: str) -> frozenset[str]:
    """The findings in exactly these bytes that staff have released for this case."""
    found = Contested.objects.filter(contest__case_file=case_file, contest__sha256=sha256, released=True)
    return frozenset(found.values_list("spot", flat=True))


def released_in(case_file: CaseFile) -> partial[frozenset[str]]:
    """As the documents room asks it: of a digest alone."""
    return partial(released, case_file)


def contests(person: Person, on: date) -> QuerySet[Contest]:
    """All for staff, their facilities' for facility people, none for anybody else."""
    return applications.within(Contest.objects.all(), person, on).select_related(
        "case_file__case", "case_file__facility", "raised_by", "decided_by"
    )


def contest(person: Person, pk: int, on: date) -> Contest:
    found = contests(person, on).filter(pk=pk).first()
    if found is None:
        raise Http404("no such contest for this person")
    return found


def contested(contest: Contest, number: int) -> Contested:
    found = contest.findings.filter(number=number).first()
    if found is None:
        raise Http404("no such finding")
    return found
