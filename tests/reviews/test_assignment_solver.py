"""The solver is held against trying everything, and the large one against the small one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reaccredit.reviews.assignment import flow, large, reading
from reaccredit.reviews.assignment.barring import Barring
from reaccredit.reviews.assignment.costing import Costing
from reaccredit.reviews.assignment.pairs import Pairs
from reaccredit.reviews.assignment.solving import solve
from reaccredit.reviews.assignment.words import Problem
from tests.reviews.small_problems import (
    cheapest,
    cost,
    every_choice,
    fewest_waivers,
    keeps_the_rest,
    problems,
    unbarred,
)

BOTH = pytest.mark.parametrize("plain", [True, False], ids=["python", "ortools"])


@BOTH
@given(problem=problems())
def test_what_is_proposed_costs_as_little_as_anything_that_keeps_the_rules(plain: bool, problem: Problem) -> None:
    found, least = solve(problem, plain=plain), cheapest(problem)
    assert found.feasible == (least is not None)
    if least is not None:
        open_to = unbarred(problem)
        assert all(set(row) <= set(open_to[item]) for item, row in found.chosen.items())
        assert keeps_the_rest(problem, found.chosen)
        assert (found.objective, cost(problem, found.chosen)) == (least, least)
        assert found.bound == least


@BOTH
@given(problem=problems())
def test_where_nothing_fits_no_smaller_relaxation_would_do(plain: bool, problem: Problem) -> None:
    found = solve(problem, plain=plain)
    assume(found.relaxation is not None)
    relaxed = found.relaxation
    assert relaxed is not None
    fewest = fewest_waivers(problem)
    if fewest is None:
        assert relaxed.short
        return
    assert (len(relaxed.waivers), relaxed.short) == (fewest, {})
    assert relaxed.proven
    needs = {item.id: item.needs for item in problem.items}
    assert {item: len(row) for item, row in relaxed.chosen.items()} == needs


@given(problem=problems())
def test_a_shortage_is_true_those_people_cannot_take_what_those_items_need(problem: Problem) -> None:
    found = solve(problem, plain=True)
    assume(found.relaxation is not None)
    relaxed = found.relaxation
    assert relaxed is not None
    open_to = unbarred(problem)
    for shortage in relaxed.shortages:
        these = tuple(item for item in problem.items if item.id in shortage.items)
        assert {who for item in these for who in open_to[item.id]} == set(shortage.people)
        assert sum(item.needs for item in these) == shortage.wanted > shortage.room
        alone = replace(problem, items=these)
        room = {person.id: person.room for person in problem.people}
        fits = [
            c
            for c in every_choice(alone, open_to)
            if all(sum(who in row for row in c.values()) <= room[who] for who in room)
        ]
        assert fits == []


@given(problem=problems(most_items=4, most_people=5))
def test_the_arrays_say_the_same_of_every_pair_as_the_sentences(problem: Problem) -> None:
    barring, costing = Barring(problem), Costing(problem)
    pairs = Pairs.of(problem, Barring(problem), Costing(problem))
    for row, item in enumerate(problem.items):
        for number, person in enumerate(problem.people):
            assert bool(pairs.allowed[row, number]) == (not barring.bars(item, person)), (item.id, person.id)
            assert int(pairs.points[row, number]) == costing.pair(item, person)


@given(problem=problems())
def test_the_order_in_the_file_decides_nothing(problem: Problem) -> None:
    turned = replace(problem, items=problem.items, people=problem.people)
    assert solve(problem) == solve(turned)


def test_the_same_seed_draws_the_same_lots_and_another_seed_others() -> None:
    made = many(40, 12)
    one, again = solve(reading.read(made)), solve(reading.read(made | {"items": made["items"][::-1]}))
    other = solve(reading.read(made | {"seed": 2}))
    assert one.chosen == again.chosen
    assert one.chosen != other.chosen


def many(items: int, people: int, limit: int = 20) -> dict:
    everything = {"modality": "*", "module": "*", "role": "*"}
    return {
        "schema": 1, "on": "2026-11-23", "seed": 1,
        "people": [{"id": f"p{n:04}", "roles": ["reviewer"], "authorisations": [everything], "limit": limit} for n in range(people)],
        "items": [
            {"id": f"i{n:05}", "case": f"c{n // 4}", "facility": f"f{n % 7}", "modality": "CT", "module": "chest", "role": "reviewer"}
            for n in range(items)
        ],
    }  # fmt: skip


def test_a_middling_problem_is_solved_alike_by_both_solvers() -> None:
    made = many(120, 30, limit=9)
    for number, person in enumerate(made["people"]):
        person |= {"turnaround": 3 + number % 5, "load": number % 3}
        person["recent"] = [{"facility": f"f{number % 7}", "on": "2026-10-01"}]
    problem = reading.read(json.loads(json.dumps(made)))
    small, big = solve(problem, plain=True), solve(problem, plain=False)
    assert small.objective == big.objective == big.bound
    assert (small.engine, big.engine) == (flow.Network.name, large.NAME)


def test_a_desk_is_as_full_as_the_next_one() -> None:
    found = solve(reading.read(many(30, 10)))
    load = [sum(f"p{n:04}" in row for row in found.chosen.values()) for n in range(10)]
    assert set(load) == {6}


@BOTH
def test_a_great_shortage_is_told_with_one_rule_set_aside_for_each_missing_reading(plain: bool) -> None:
    problem = reading.read(many(60, 10, limit=11))
    found = solve(problem, plain=plain)
    assert found.relaxation is not None
    assert [waiver.constraint for waiver in found.relaxation.waivers] == ["load"] * 10
    assert found.relaxation.proven
    assert found.relaxation.shortages[0].room == 110


@given(st.integers(0, 10**6))
def test_the_lot_of_a_pair_depends_on_the_seed_and_the_two_alone(seed: int) -> None:
    few, more = reading.read(many(3, 3) | {"seed": seed}), reading.read(many(5, 4) | {"seed": seed})
    lots = [Costing(p).lot(p.items[1], p.people[2]) for p in (few, more)]
    assert lots[0] == lots[1]
    assert 0 <= lots[0] <= few.rules.weights.lot
