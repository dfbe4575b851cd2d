"""The second engine: many histories in columns. It and the rule core check each other, case by case."""

from __future__ import annotations

import random
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from reaccredit.policy import Policy, Refusal
from reaccredit.policy.reading import read_file
from reaccredit.policy.words import Standing
from reaccredit.populations import Folded, Population, fold
from tests.policy.test_remembering import FILES, by_the_rules, stories


def as_told(s: Standing, names: set[str]) -> dict[str, object]:
    """A standing with its dates in one zone: in the hour that comes twice, Python holds equal instants of two zones for unequal."""
    told = {name: getattr(s, name) for name in s.__slots__ if name != "timing"}
    for name in ("entered", "passed", "decided"):
        told[name] = told[name] and told[name].astimezone(UTC)
    told["times"] = {k: at.astimezone(UTC) for k, at in s.times.items() if k in names}
    told["heard"] = set(s.times)
    told["dates"] = {k: at.astimezone(UTC) for k, at in s.dates.items()}
    told["lapsed"] = s.lapsed and (s.lapsed[0], s.lapsed[1].astimezone(UTC), s.lapsed[2])
    return told


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
@pytest.mark.parametrize("every", [False, True], ids=["the dates that matter", "every date"])
def test_columns_and_rules_give_the_same_standing_or_refuse_the_same_fact(path: Path, every: bool) -> None:
    policy = Policy([read_file(path)]).under(read_file(path))
    told = stories(path, random.Random(path.stem), 80)
    until = max(facts[-1].at for facts in told) + timedelta(days=3)
    folded = fold(Population.of(told), policy.latest, until, every=every)
    stages = folded.stages()
    for case, facts in enumerate(told):
        want, got = by_the_rules(policy, facts, until), folded.standing(case)
        if isinstance(want, tuple):
            assert (got, folded.refused[case], stages[case]) == (None, want[0], "")
            assert isinstance(want[1], Refusal)
        else:
            assert got
            assert (folded.refused[case], stages[case]) == (-1, want[-1].stage)
            assert_same(folded, got, want[-1], every)


def assert_same(folded: Folded, got: Standing, want: Standing, every: bool) -> None:
    kept = set(folded.automaton.rows)
    one, other = as_told(got, kept), as_told(want, kept)
    assert one == other


def test_a_population_gives_its_histories_back() -> None:
    told = stories(FILES[0], random.Random(1), 5)
    population = Population.of(told)
    assert [population.facts(case) for case in range(len(population))] == told
