"""Who may read an area, and for everybody else the sentence that says why not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from reaccredit.applications.models import Area
from reaccredit.facilities.models import Personnel
from reaccredit.people.models import Person, ProgrammeRole, Role
from reaccredit.people.queries import with_role
from reaccredit.reviews import catalogue
from reaccredit.reviews.models import HandedBack, Round

PROFESSIONS = dict(ProgrammeRole.Profession.choices)


@dataclass(frozen=True, slots=True)
class Candidate:
    person: Person
    why_not: tuple[str, ...] = ()


@dataclass(slots=True)
class Known:
    """What is known of the readers of a round, gathered once for all its areas."""

    people: list[Person]
    professions: dict[int, set[str]] = field(default_factory=dict)
    of_the_facility: frozenset[int] = frozenset()
    reading: frozenset[tuple[int, int]] = frozenset()  # (area, person)
    handed_back: frozenset[tuple[int, int]] = frozenset()


def known(round_: Round, on: date) -> Known:
    """Five queries, whatever the number of areas and of reviewers. A post that somebody has left counts as well."""
    people = list(with_role(Role.REVIEWER, on))
    posts = Personnel.objects.filter(facility=round_.case_file.facility_id, person__in=people)
    found = Known(
        people=people,
        of_the_facility=frozenset(posts.values_list("person", flat=True)),
        reading=frozenset(round_.assignments.values_list("area", "reviewer")),
        handed_back=frozenset(HandedBack.objects.filter(round=round_).values_list("area", "reviewer")),
    )
    for person, profession in (
        ProgrammeRole.objects.filter(role=Role.REVIEWER, person__in=people, since__lte=on)
        .exclude(until__lt=on)
        .values_list("person", "profession")
    ):
        found.professions.setdefault(person, set()).add(profession)
    return found


def why_not(who: Known, person: Person, area: Area) -> tuple[str, ...]:
    needed = catalogue.reading(area.kind).profession
    reasons = []
    if needed not in who.professions.get(person.pk, set()):
        kind = Area.Kind(area.kind).label.lower()
        reasons.append(f"is not a {PROFESSIONS[needed].lower()}, who reads {kind} areas")
    if person.pk in who.of_the_facility:
        reasons.append("holds or has held a post at this facility")
    if (area.pk, person.pk) in who.reading:
        reasons.append("reads this area already")
    if (area.pk, person.pk) in who.handed_back:
        reasons.append("has given this area back")
    return tuple(reasons)


def candidates(who: Known, area: Area) -> list[Candidate]:
    return [Candidate(person, why_not(who, person, area)) for person in who.people]


def may_read(listed: Collection[Candidate]) -> list[Person]:
    return [c.person for c in listed if not c.why_not]
