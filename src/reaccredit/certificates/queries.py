"""Certificates for those whose they are, and the directory for everybody: name, address, phone, modality, status, expiry; nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.http import Http404

from reaccredit.applications import queries as applications
from reaccredit.applications.models import CaseFile
from reaccredit.certificates.models import Certificate
from reaccredit.facilities import catalogue
from reaccredit.facilities.models import Facility
from reaccredit.ledger import queries as ledger
from reaccredit.people.models import Person
from reaccredit.policy import Clause, Decision


def certificates_of(person: Person, on: date) -> QuerySet[Certificate]:
    return applications.within(Certificate.objects.all(), person, on).select_related(
        "case_file__case", "case_file__facility", "case_file__unit"
    )


def certificate(person: Person, pk: int, on: date) -> Certificate:
    """Raises `Http404` where it is not this person's to see."""
    found = certificates_of(person, on).filter(pk=pk).first()
    if found is None:
        raise Http404("no such certificate for this person")
    return found


def areas(found: Certificate) -> list[str]:
    """The titles of the areas that it covers."""
    return [area.title for area in applications.areas(found.case_file) if area.code in found.areas]


def clauses(found: Certificate) -> tuple[Clause, ...]:
    """Where the policy says how long it lasts."""
    rules = ledger.policy_for(found.case_file.case.programme).on(found.begins_on)
    return rules.cited(tuple(found.clauses))


# -- the public directory ----------------------------------------------------------------------------------------------

ACCREDITED, IN_PART, UNDER_REVIEW, EXPIRED = "accredited", "in-part", "under-review", "expired"
STATES = {
    ACCREDITED: "Accredited",
    IN_PART: "Accreditation in progress",  # some units are accredited, others are on their way
    UNDER_REVIEW: "Under review",  # applied for, nothing passed yet
    EXPIRED: "Expired",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the directory. It holds what is public and nothing from which an outcome could be guessed."""

    name: str
    address: str
    phone: str
    modality: str
    state: str
    expires: date | None

    @property
    def words(self) -> str:
        return STATES[self.state]


def listed_facilities(search: str = "", modality: str = "") -> QuerySet[Facility]:
    """Facilities with an application that was submitted; narrowed to every word of `search`, and to a modality."""
    applied = CaseFile.objects.filter(applications__submitted_at__isnull=False)
    if modality:
        applied = applied.filter(modality=modality)
    found = Facility.objects.filter(case_files__in=applied).distinct()
    for word in search.split():
        found = found.filter(
            Q(name__icontains=word) | Q(city__icontains=word) | Q(state__icontains=word) | Q(postcode__startswith=word)
        )
    return found.order_by("name", "pk")


def entries(facilities: Sequence[Facility], at: datetime, today: date, modality: str = "") -> list[Entry]:
    """The lines of these facilities, in a fixed number of queries."""
    files = CaseFile.objects.filter(facility__in=facilities, applications__submitted_at__isnull=False).distinct()
    if modality:
        files = files.filter(modality=modality)
    files = files.select_related("case", "certificate")
    decisions = ledger.decisions([f.case for f in files], at)
    grouped: dict[tuple[int, str], list[CaseFile]] = defaultdict(list)
    for file in files:
        grouped[file.facility_id, file.modality].append(file)
    titles, found = catalogue.titles(), []
    for facility in facilities:
        for code in sorted(code for key, code in grouped if key == facility.pk):
            state, expires = _state(grouped[facility.pk, code], decisions, today)
            if state:
                found.append(
                    Entry(facility.name, address(facility), facility.phone, titles.get(code, code), state, expires)
                )
    return found


def address(facility: Facility) -> str:
    place = " ".join(part for part in (facility.state, facility.postcode) if part)
    return ", ".join(part for part in (facility.street, facility.city, place) if part)


def _state(files: Iterable[CaseFile], decisions: Mapping[int, Decision], today: date) -> tuple[str, date | None]:
    """Of one facility in one modality: all its units together. Empty for one that has left."""
    units: dict[int | None, list[CaseFile]] = defaultdict(list)
    for file in files:
        units[file.unit_id].append(file)
    ends = {unit: max((c.expires_on for c in _certificates(own)), default=None) for unit, own in units.items()}
    valid = [end for end in ends.values() if end and end >= today]
    accredited = {unit for unit, end in ends.items() if end and end >= today}
    pending = any(_running(file, decisions) for unit, own in units.items() if unit not in accredited for file in own)
    if valid:
        return (IN_PART, None) if pending else (ACCREDITED, min(valid))
    if pending:
        return UNDER_REVIEW, None
    past = [end for end in ends.values() if end]
    return (EXPIRED, max(past)) if past else ("", None)


def _certificates(files: Iterable[CaseFile]) -> list[Certificate]:
    return [file.certificate for file in files if hasattr(file, "certificate")]


def _running(file: CaseFile, decisions: Mapping[int, Decision]) -> bool:
    """A case that no policy governs runs as far as this site knows."""
    decision = decisions.get(file.case_id)
    return decision is None or not decision.ended
