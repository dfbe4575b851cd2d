"""A history folds by what is remembered of standings without their dates; the answers are those of the rules taken fact by fact."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from reaccredit.policy import Fact, Inadmissible, Policy, Refusal, folding
from reaccredit.policy.exploring import CLOCK, explore
from reaccredit.policy.reading import read_file
from reaccredit.policy.shapes import shapes
from reaccredit.policy.words import NotGoverned, Standing
from tests.policy.telling import SHELF

HERE = Path(__file__).parent / "shapes"
FILES = sorted(
    p for p in [*SHELF.glob("*/*.toml"), *HERE.glob("*.toml")] if "criteria" not in str(p) and p.name.count(".") == 1
)
LATER = timedelta(days=40)


def by_the_rules(policy: Policy, facts: list[Fact], at: datetime) -> list[Standing] | tuple[int, Refusal]:
    """The fold without memory, one revision, and the standing at `at` last."""
    rev = policy.latest
    s, told = folding.begin(rev), list[Standing]()
    s.entered = facts[0].at
    for index, fact in enumerate([*facts, None]):
        for moved, _ in folding.clock(rev, s, fact.at if fact else at):
            s = moved
            told.append(s)
        if fact is None:
            break
        found = folding.step(rev, s, fact)
        if isinstance(found, Refusal):
            return index, found
        s = found[0]
        told.append(s)
    for each in told:
        each.revision = rev.revision
    return [*told, s]


def by_memory(policy: Policy, facts: list[Fact], at: datetime) -> list[Standing] | tuple[int, Refusal]:
    try:
        found = policy.decide(facts, at)
    except Inadmissible as no:
        return no.index, no.refusal
    return [*(step.standing for step in found.steps), found.standing]


def stories(path: Path, chance: random.Random, most: int) -> list[list[Fact]]:
    """The ways to some of the standings that the check reaches, each also with its facts moved about in time."""
    found = explore(read_file(path), 2500)
    keys = chance.sample(list(found.parent), min(most, len(found.parent)))
    told = [[e.fact for e in found.path(key) if e.fact.kind != CLOCK] for key in keys]
    others = sorted(Policy([found.rev]).kinds)
    return [
        moved
        for facts in told
        if facts
        for moved in (facts, *islice(_moved(facts, chance), 4), *islice(_out_of_place(facts, others, chance), 4))
    ]


def _out_of_place(facts: list[Fact], kinds: list[str], chance: random.Random) -> Iterator[list[Fact]]:
    """The same way with any other fact after a part of it, at once or later."""
    while True:
        kept = facts[: chance.randint(1, len(facts))]
        late = timedelta(hours=chance.choice((0, 1, 49, 24 * 16)))
        yield [*kept, Fact(kept[-1].at + late, chance.choice(kinds))]


def _moved(facts: list[Fact], chance: random.Random) -> Iterator[list[Fact]]:
    while True:
        late, moved = timedelta(0), []
        for fact in facts:
            late += timedelta(hours=chance.choice((0, 0, 1, 13, 49, 24 * 9, 24 * 16, 24 * 47)))
            moved.append(Fact(fact.at + late, fact.kind, fact.about))
        yield moved


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_memory_and_rules_give_the_same_standing_after_every_fact_and_the_same_refusal(path: Path) -> None:
    policy = Policy([read_file(path)]).under(read_file(path))
    told = stories(path, random.Random(path.stem), 120)
    for _ in range(2):  # the second time everything is remembered
        for facts in told:
            at = facts[-1].at + LATER
            assert by_memory(policy, facts, at) == by_the_rules(policy, facts, at), [
                (f.at, f.kind, f.about) for f in facts
            ]
    met = shapes(policy.latest).found.values()
    assert any(shape.edges for shape in met)
    assert any(shape.bars for shape in met)


def test_what_is_remembered_of_one_revision_does_not_outlive_the_day_on_which_the_next_governs() -> None:
    """Over the days on which revisions change, a policy that remembers answers as one that has just been loaded."""
    chance, diagnostic = random.Random(7), Policy.load(SHELF / "diagnostic")
    told = stories(SHELF / "diagnostic" / "2021-03-08.toml", chance, 40)
    for shift in (-500, -170, -80, -20, 0, 480, 530):
        for facts in told:
            moved = [Fact(f.at + timedelta(days=shift), f.kind, f.about) for f in facts]
            at = moved[-1].at + LATER
            fresh = Policy([replace(rev) for rev in diagnostic.revisions])  # which remember nothing
            assert _answer(diagnostic, moved, at) == _answer(fresh, moved, at)


def _answer(policy: Policy, facts: list[Fact], at: datetime) -> object:
    try:
        return by_memory(policy, facts, at)
    except NotGoverned as no:
        return str(no)
