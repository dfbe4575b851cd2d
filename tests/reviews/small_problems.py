"""Problems so small that every assignment can be tried, and the trying."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from reaccredit.reviews.assignment import reading
from reaccredit.reviews.assignment.barring import Barring
from reaccredit.reviews.assignment.costing import Costing, marginals
from reaccredit.reviews.assignment.words import Item, Person, Problem

ON = "2026-11-23"
FACILITIES = [
    {"id": "F1", "network": "North", "state": "MA", "personnel": ["p1", {"person": "p2", "until": "2024-01-31"}]},
    {"id": "F2", "network": "north ", "state": "IL"},
    {"id": "F3", "employer": "Mesa Group", "state": "MA"},
]
JOBS = [
    [],
    [{"employer": "F2", "until": "2020-01-01"}],
    [{"employer": "mesa  group", "since": "2019-01-01"}],
    [{"employer": "North", "until": "2024-06-01"}],
]
AUTHORISED = [
    {"modality": "*", "module": "*", "role": "*"},
    {"modality": "CT", "module": "chest", "role": "reviewer", "until": "2026-12-01"},
    {"modality": "CT", "module": "*", "role": "arbitrator", "since": "2026-01-01"},
    {"modality": "MR", "module": "*", "role": "reviewer", "until": "2026-11-01"},
]
RELATIONS = [
    [],
    [{"kind": "financial", "facility": "F1", "until": "2026-01-01"}],
    [{"kind": "personal", "person": "p0"}],
    [{"kind": "bias", "network": "NORTH", "since": "2025-01-01"}],
]
AWAY = [
    [],
    [{"from": "2026-11-20", "to": "2026-11-25", "delegate": "p0"}],
    [{"from": "2026-11-28", "to": "2026-12-31"}],
]
DUE = ["2026-11-30", "2026-12-05", None]
PEOPLE = ["p0", "p1", "p2", "p3", "p4"]


def people(number: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.tuples(*(_person(who) for who in PEOPLE[:number])).map(list)


def _person(who: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({
        "id": st.just(who),
        "roles": st.sampled_from([["reviewer", "arbitrator"], ["reviewer"], ["arbitrator"]]),
        "authorisations": st.lists(st.sampled_from(AUTHORISED), min_size=1, max_size=2),
        "employers": st.sampled_from(JOBS), "relations": st.sampled_from(RELATIONS),
        "availability": st.sampled_from(AWAY), "load": st.integers(0, 2), "limit": st.integers(0, 4),
        "declared": st.sampled_from([[2026], []]), "turnaround": st.sampled_from([2, 5.5, 9]),
        "recent": st.sampled_from([[], [{"facility": "F1", "on": "2026-09-01"}]]), "state": st.sampled_from(["MA", "KS"]),
    })  # fmt: skip


def items(number: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.tuples(*(_item(f"i{index}") for index in range(number))).map(list)


def _item(name: str) -> st.SearchStrategy[dict[str, Any]]:
    someone = st.lists(st.sampled_from(PEOPLE), max_size=1)
    return st.fixed_dictionaries({
        "id": st.just(name), "case": st.sampled_from(["C1", "C2"]), "facility": st.sampled_from(["F1", "F2", "F3"]),
        "modality": st.just("CT"), "module": st.sampled_from(["chest/adult", "head/adult"]),
        "role": st.sampled_from(["reviewer", "reviewer", "arbitrator"]), "needs": st.integers(1, 2),
        "due": st.sampled_from(DUE), "earlier_readers": someone, "declined": someone, "recused": someone, "instead_of": someone,
    })  # fmt: skip


RULES = st.fixed_dictionaries({
    "same_state": st.booleans(), "same_network": st.booleans(), "declaration_required": st.booleans(), "ask_again": st.booleans(),
})  # fmt: skip


@st.composite
def problems(draw: st.DrawFn, most_items: int = 3, most_people: int = 4) -> Problem:
    data = {
        "schema": 1, "on": ON, "seed": draw(st.integers(0, 5)), "rules": draw(RULES), "facilities": FACILITIES,
        "people": draw(st.integers(1, most_people).flatmap(people)), "items": draw(st.integers(1, most_items).flatmap(items)),
    }  # fmt: skip
    return reading.read(data)


Choice = Mapping[str, Sequence[str]]


def every_choice(problem: Problem, open_to: Mapping[str, Sequence[str]]) -> Iterator[dict[str, tuple[str, ...]]]:
    """Every way to give each item as many people as it needs, of those who are open to it."""
    ways = [list(itertools.combinations(open_to[item.id], item.needs)) for item in problem.items]
    for choice in itertools.product(*ways):
        yield dict(zip((item.id for item in problem.items), choice, strict=True))


def unbarred(problem: Problem) -> dict[str, list[str]]:
    barring = Barring(problem)
    return {i.id: [p.id for p in problem.people if not barring.bars(i, p)] for i in problem.items}


def keeps_the_rest(problem: Problem, choice: Choice) -> bool:
    """Room, one role in a case, and nobody beside somebody close: what is no matter of one pair."""
    load = Counter(who for row in choice.values() for who in row)
    room = {person.id: person.room for person in problem.people}
    return (
        all(load[who] <= room[who] for who in load)
        and not double_roles(problem, choice)
        and not close_pairs(problem, choice)
    )


def double_roles(problem: Problem, choice: Choice) -> set[tuple[str, str]]:
    roles: dict[tuple[str, str], set[str]] = {}
    for item in problem.items:
        for who in choice[item.id]:
            roles.setdefault((item.case, who), set()).add(item.role)
    return {key for key, held in roles.items() if len(held) > 1}


def close_pairs(problem: Problem, choice: Choice) -> set[tuple[str, str, str]]:
    barring = Barring(problem)
    return {
        (item.id, *sorted(pair))
        for item in problem.items for pair in itertools.combinations(choice[item.id], 2)
        if pair[1] in barring.close_to(pair[0])
    }  # fmt: skip


def cost(problem: Problem, choice: Choice) -> int:
    costing = Costing(problem)
    folk: dict[str, Person] = {person.id: person for person in problem.people}
    asked: dict[str, Item] = {item.id: item for item in problem.items}
    pairs = sum(costing.pair(asked[item], folk[who]) for item, row in choice.items() for who in row)
    load = Counter(who for row in choice.values() for who in row)
    return pairs + sum(
        sum(marginals(folk[who], problem.rules.weights.fairness)[:number]) for who, number in load.items()
    )


def cheapest(problem: Problem) -> int | None:
    """By trying everything; None where nothing fits."""
    fits = (c for c in every_choice(problem, unbarred(problem)) if keeps_the_rest(problem, c))
    return min((cost(problem, choice) for choice in fits), default=None)


def fewest_waivers(problem: Problem) -> int | None:
    """By trying everything: each constraint of a pair, each unit beyond a limit, each double role and close pair is one."""
    barring = Barring(problem)
    against = {(i.id, p.id): barring.bars(i, p) for i in problem.items for p in problem.people}
    open_to = {
        i.id: [p.id for p in problem.people if all(bar.waivable for bar in against[i.id, p.id])] for i in problem.items
    }
    room = {person.id: person.room for person in problem.people}
    best: int | None = None
    for choice in every_choice(problem, open_to):
        load = Counter(who for row in choice.values() for who in row)
        number = sum(len({bar.constraint for bar in against[i, who]}) for i, row in choice.items() for who in row)
        number += sum(max(0, load[who] - room[who]) for who in load)
        number += len(double_roles(problem, choice)) + len(close_pairs(problem, choice))
        best = number if best is None else min(best, number)
    return best
