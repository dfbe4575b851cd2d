"""Who may judge what is appealed, who is proposed for it and why: the same core of rules as for readers.

Ties, employers, authorisations, absences and declarations stand in the list before anybody is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count

from reaccredit.appeals.models import Appeal, Arbitration
from reaccredit.applications.models import Area
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code, holds, with_role
from reaccredit.reviews.assignment import jsonform
from reaccredit.reviews.assignment.barring import INDEPENDENCE, Barring
from reaccredit.reviews.assignment.solving import solve
from reaccredit.reviews.assignment.words import Bar, Problem
from reaccredit.reviews.gathering import of_appeal
from reaccredit.reviews.queries import readers_of
from reaccredit.reviews.visibility import CLOSING, NO_LONGER, SENTENCES

RECUSED = "has recused from this appeal"
TOOK_PART = "took part in the review of this case"


@dataclass(frozen=True, slots=True)
class Candidate:
    person: Person
    why_not: tuple[str, ...] = ()
    because: tuple[str, ...] = ()  # why this one is proposed

    @property
    def eligible(self) -> bool:
        return not self.why_not


def candidates(appeal: Appeal, area: Area, on: date) -> list[Candidate]:
    """Everybody who is an arbitrator on this day: who may judge this area, who is proposed, and for the others why not."""
    problem = of_appeal(appeal.case_file, area, on, loads=_loads(), seed=appeal.pk)
    barring, judges = Barring(problem), {judge.id: judge for judge in problem.people}
    gone = set(appeal.recused.values_list("arbitrator", flat=True))
    proposed, readers = _proposed(problem, gone), readers_of(appeal.case_file)
    found = []
    for person in with_role(Role.ARBITRATOR, on):
        judge = judges[code(person)]
        bars = [_said(bar, person, readers) for bar in barring.bars(problem.items[0], judge)]
        bars += [RECUSED] if person.pk in gone else []
        found.append(Candidate(person, tuple(dict.fromkeys(bars)), proposed.get(code(person), ())))
    return found


def _said(bar: Bar, person: Person, readers: frozenset[int]) -> str:
    return (
        TOOK_PART if bar.constraint == INDEPENDENCE and bar.code != "close" and person.pk in readers else bar.sentence
    )


def proposal(listed: Sequence[Candidate]) -> Candidate | None:
    return next((one for one in listed if one.because), None)


def _proposed(problem: Problem, gone: Collection[int]) -> dict[str, tuple[str, ...]]:
    """Whoever the solver would take, with its reasons. The lots are drawn by the appeal's own number: it says the same every time."""
    left = tuple(one for one in problem.people if one.id not in {f"person:{pk}" for pk in gone})
    if not left:
        return {}
    problem = replace(problem, people=left)
    answer = jsonform.proposal(problem, solve(problem), ())
    rows = answer["assignment"] if answer["feasible"] else []
    return {one["person"]: tuple(one["because"]) for row in rows for one in row["people"]}


def _loads() -> dict[str, int]:
    rows = (
        Arbitration.objects.filter(decided_at__isnull=True)
        .values_list("arbitrator")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return {f"person:{who}": number for who, number in rows}


def why_closed(one: Arbitration, person: Person, on: date) -> str:
    """The sentence for who was given this and may not judge it today; "" where nothing stands against it."""
    if not holds(person, Role.ARBITRATOR, on):
        return NO_LONGER
    problem = of_appeal(one.appeal.case_file, one.area, on, loads={}, only=person.pk)
    barring = Barring(problem)
    bars = (bar for judge in problem.people for bar in barring.bars(problem.items[0], judge))
    return next((SENTENCES[bar.constraint] for bar in bars if bar.constraint in CLOSING), "")
