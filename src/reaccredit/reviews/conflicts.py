"""Who may read an area, and for everybody else the sentence that says why not: the house's own rules and those of `assignment`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from reaccredit.applications.models import Area
from reaccredit.facilities.models import Personnel
from reaccredit.people.models import Person, ProgrammeRole, Role
from reaccredit.people.queries import code, with_role
from reaccredit.reviews import catalogue
from reaccredit.reviews.assignment.barring import Barring
from reaccredit.reviews.assignment.words import Item
from reaccredit.reviews.assignment.words import Person as Judge
from reaccredit.reviews.gathering import problem_of
from reaccredit.reviews.models import Assignment, HandedBack, Round
from reaccredit.reviews.visibility import CLOSING

PROFESSIONS = dict(ProgrammeRole.Profession.choices)
# What is said below in the words of this house. Who declined may be asked again by staff, so that is no bar here.
SAID_HERE = frozenset({"role", "profession", "personnel", "assigned", "recused", "declined"})


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
    barring: Barring | None = None
    items: dict[str, Item] = field(default_factory=dict)
    judges: dict[str, Judge] = field(default_factory=dict)

    def bars(self, person: Person, area: Area) -> list[str]:
        item, judge = self.items.get(area.code), self.judges.get(code(person))
        if self.barring is None or item is None or judge is None:
            return []
        return [bar.sentence for bar in self.barring.bars(item, judge) if bar.code not in SAID_HERE]


def closed_to(who: Known, person: Person, area: Area) -> str:
    """Why an area that this person was given is closed to them by now, for staff; "" where it is open."""
    if person not in who.people:
        return "is not a reviewer of the programme any more"
    item, judge = who.items.get(area.code), who.judges.get(code(person))
    if who.barring is None or item is None or judge is None:
        return ""
    return next((bar.sentence for bar in who.barring.bars(item, judge) if bar.constraint in CLOSING), "")


def known(round_: Round, areas: Collection[Area], on: date) -> Known:
    """A fixed number of queries, whatever the number of areas and of reviewers. A post that somebody has left counts as well."""
    problem = problem_of(round_, areas, on, every=True)
    people = list(with_role(Role.REVIEWER, on))
    posts = Personnel.objects.filter(facility=round_.case_file.facility_id, person__in=people)
    found = Known(
        people=people,
        of_the_facility=frozenset(posts.values_list("person", flat=True)),
        reading=frozenset(Assignment.objects.filter(round=round_.pk).values_list("area", "reviewer")),
        handed_back=_recused(round_, areas),
        barring=Barring(problem),
        items={item.id: item for item in problem.items},
        judges={judge.id: judge for judge in problem.people},
    )
    for person, profession in (
        ProgrammeRole.objects.filter(role=Role.REVIEWER, person__in=people, since__lte=on)
        .exclude(until__lt=on)
        .values_list("person", "profession")
    ):
        found.professions.setdefault(person, set()).add(profession)
    return found


def _recused(round_: Round, areas: Collection[Area]) -> frozenset[tuple[int, int]]:
    """In any round of the case: a conflict does not end when the package is submitted again."""
    rows = HandedBack.objects.filter(round__case_file=round_.case_file_id, kind=HandedBack.Kind.RECUSED)
    found = set()
    for area, reviewer, whole in rows.values_list("area", "reviewer", "whole_case"):
        found |= {(one.pk, reviewer) for one in areas} if whole else {(area, reviewer)}
    return frozenset(found)


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
    return (*reasons, *who.bars(person, area))


def candidates(who: Known, area: Area) -> list[Candidate]:
    return [Candidate(person, why_not(who, person, area)) for person in who.people]


def may_read(listed: Collection[Candidate]) -> list[Person]:
    return [c.person for c in listed if not c.why_not]
