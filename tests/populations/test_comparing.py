"""Two revisions over a population: each case parts where the rule core, asked fact by fact, says something else first."""

from __future__ import annotations

import random

import pytest

from reaccredit.policy import Fact, Policy
from reaccredit.policy.conditions import holds
from reaccredit.policy.forms import due
from reaccredit.policy.reading import read_file
from reaccredit.populations import Population, compare
from tests.policy.telling import SHELF
from tests.policy.test_remembering import by_the_rules, stories

DIAGNOSTIC = SHELF / "diagnostic"
PAIRS = [("2019-12-12", "2020-09-21"), ("2020-09-21", "2021-03-08"), ("2021-03-08", "2022-11-09")]


def said(policy: Policy, facts: list[Fact]) -> object:
    """What the rule core says after the last fact: where the case stands, what is offered there, and by when; or that it refuses."""
    told = by_the_rules(policy, facts, facts[-1].at)
    if isinstance(told, tuple):
        return "refused"
    rev, s = policy.latest, told[-2] if len(told) > 1 else told[-1]
    rows = [o for o in rev.offers if (not o.stages or s.stage in o.stages) and holds(rev, o.when, s, None)]
    offered = set(rows[0].options) if rev.stages[s.stage].asks and rows else set()
    ticks = bool(rev.stages[s.stage].overdues)
    return s.stage, offered, s.outcome, sorted(s.areas.items()), due(rev, s) if ticks else None


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_case_parts_where_the_rules_first_say_something_else(old: str, new: str) -> None:
    one, other = (Policy([rev]).under(rev) for rev in (read_file(DIAGNOSTIC / f"{name}.toml") for name in (old, new)))
    told = [facts for path in (old, new) for facts in stories(DIAGNOSTIC / f"{path}.toml", random.Random(path), 25)]
    found = compare(Population.of(told), one.latest, other.latest)
    for case, facts in enumerate(told):
        parting = next((i for i in range(len(facts)) if said(one, facts[: i + 1]) != said(other, facts[: i + 1])), -1)
        assert found.parted[case] == parting, [(f.at, f.kind, f.about) for f in facts]
    assert sum(n for _, n in found.kinds) == len(found.otherwise)


def test_a_revision_beside_itself_never_parts() -> None:
    rev = read_file(DIAGNOSTIC / "2021-03-08.toml")
    told = stories(DIAGNOSTIC / "2021-03-08.toml", random.Random(3), 40)
    assert not len(compare(Population.of(told), rev, rev).otherwise)
