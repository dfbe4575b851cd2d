"""Who may be sent on an on-site survey, who is proposed for it and why: the same core of rules as for readers and arbitrators.

Whether a part in the review of the case stands in the way the policy does not say: that is told as advice, and bars nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count

from reaccredit.applications.models import CaseFile
from reaccredit.ledger.models import Case
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code, with_role
from reaccredit.reviews.assignment import jsonform
from reaccredit.reviews.assignment.barring import INDEPENDENCE, Barring
from reaccredit.reviews.assignment.solving import solve
from reaccredit.reviews.assignment.words import Problem
from reaccredit.reviews.gathering import of_survey
from reaccredit.reviews.queries import readers_of
from reaccredit.surveys.models import PROFESSIONS, TeamMember


@dataclass(frozen=True, slots=True)
class Candidate:
    person: Person
    advice: str = ""  # what staff should weigh; nothing of the policy forbids it
    why_not: tuple[str, ...] = ()
    because: tuple[str, ...] = ()  # why this one is proposed


@dataclass(frozen=True, slots=True)
class Known:
    """By profession: everybody of the survey team who has it, with what speaks for them and against them."""

    listed: dict[str, tuple[Candidate, ...]]

    def eligible(self, profession: str) -> list[Candidate]:
        return [one for one in self.listed[profession] if not one.why_not]

    def barred(self, profession: str) -> list[Candidate]:
        return [one for one in self.listed[profession] if one.why_not]

    def proposed(self, profession: str) -> Candidate | None:
        return next((one for one in self.listed[profession] if one.because), None)


def known(case_file: CaseFile, on: date) -> Known:
    """A fixed number of queries for all three professions."""
    professions = [value for value, _ in PROFESSIONS]
    problem = of_survey(case_file, professions, on, loads=_loads(case_file), seed=case_file.pk)
    barring, judges = Barring(problem), {judge.id: judge for judge in problem.people}
    readers, arbiters, because = readers_of(case_file), _arbiters(case_file.case), _proposed(problem)
    found: dict[str, tuple[Candidate, ...]] = {}
    for item in problem.items:
        listed = []
        for person in with_role(Role.SURVEY_TEAM, on, item.profession):
            bars = [b for b in barring.bars(item, judges[code(person)]) if b.constraint != INDEPENDENCE]
            why_not = tuple(dict.fromkeys(bar.sentence for bar in bars))
            advice, chosen = _advice(person, readers, arbiters), because.get((item.id, code(person)), ())
            listed.append(Candidate(person, advice, why_not, chosen))
        found[item.profession] = tuple(listed)
    return Known(found)


def _proposed(problem: Problem) -> dict[tuple[str, str], tuple[str, ...]]:
    """Whoever the solver would take. Profession by profession: where one cannot be found, the others are still proposed."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for item in problem.items if problem.people else ():
        answer = jsonform.proposal(replace(problem, items=(item,)), solve(replace(problem, items=(item,))), ())
        for row in answer["assignment"] if answer["feasible"] else []:
            found |= {(item.id, one["person"]): tuple(one["because"]) for one in row["people"]}
    return found


def _loads(case_file: CaseFile) -> dict[str, int]:
    """The visits that are still before each of them, beside that of this case."""
    others = TeamMember.objects.filter(survey__completed_at__isnull=True).exclude(survey__case_file=case_file)
    rows = others.values_list("person").annotate(number=Count("pk")).order_by()
    return {f"person:{who}": number for who, number in rows}


def _arbiters(case: Case) -> frozenset[str]:
    """Who decided an appeal of the case, as its history names them."""
    return frozenset(case.facts.filter(role=Role.ARBITRATOR).values_list("actor", flat=True))


def _advice(person: Person, readers: frozenset[int], arbiters: frozenset[str]) -> str:
    if person.pk in readers:
        return "Has reviewed images of this case. The policy does not say whether that stands in the way."
    if code(person) in arbiters:
        return "Has decided an appeal of this case. The policy does not say whether that stands in the way."
    return ""
