"""A history with facts that do not fit: each is refused with its reason, and the case is what it would be had they never been told."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

import pytest

from reaccredit.policy import Fact, Inadmissible, Policy, Refusal, Standing
from tests.policy.telling import SHELF
from tests.policy.test_remembering import LATER, stories


def one_by_one(policy: Policy, facts: Sequence[Fact], at: object) -> tuple[list[Standing], dict[int, Refusal]]:
    """The first that does not fit is left out, then the rest is asked again, until all fit."""
    left, refused = list(enumerate(facts)), dict[int, Refusal]()
    while True:
        try:
            now = policy.decide([fact for _, fact in left], at)  # type: ignore[arg-type]
        except Inadmissible as no:
            place, _ = left.pop(no.index)
            refused[place] = no.refusal
        else:
            return [*(step.standing for step in now.steps), now.standing], refused


@pytest.mark.parametrize("name", ["diagnostic/2021-03-08", "mammography/2024-02-26"])
def test_the_case_without_what_does_not_fit_is_the_case_as_it_was_told_without_it(name: str) -> None:
    programme, _, revision = name.partition("/")
    policy = Policy.load(SHELF / programme)
    policy = policy.under(policy[revision])
    chance, refused_at_all = random.Random(name), 0
    told = stories(SHELF / f"{name}.toml", chance, 60)
    strange = [fact for facts in told for fact in facts]
    for facts in told:
        at = facts[-1].at + LATER
        mixed = list(facts)
        for _ in range(chance.choice((1, 2, 4))):  # any other fact, at any place, some days early or late
            place = chance.randrange(len(mixed) + 1)
            when = mixed[min(place, len(mixed) - 1)].at + timedelta(days=chance.choice((-20, -1, 0, 0, 1, 20, 400)))
            other = chance.choice(strange)
            mixed.insert(place, Fact(when, other.kind, other.about))
        late = [i for i, fact in enumerate(mixed) if fact.at > at]
        now, refused = policy.sift(mixed, at)
        in_time = [fact for i, fact in enumerate(mixed) if i not in late]
        standings, known = one_by_one(policy, in_time, at)
        places = [i for i in range(len(mixed)) if i not in late]
        assert [*(step.standing for step in now.steps), now.standing] == standings
        assert {i: no for i, no in refused.items() if i not in late} == {places[i]: no for i, no in known.items()}
        assert all("future" in refused[i].sentence for i in late)
        refused_at_all += len(refused)
    assert refused_at_all > len(told) / 2


def test_where_nothing_fits_the_case_has_not_begun_and_every_fact_says_why() -> None:
    policy = Policy.load(SHELF / "diagnostic")
    (story, *_) = stories(SHELF / "diagnostic/2021-03-08.toml", random.Random(1), 1)
    facts = [Fact(story[0].at + timedelta(days=n), "plan.approved") for n in range(3)]
    now, refused = policy.sift(facts, facts[-1].at)
    assert (list(now.steps), sorted(refused)) == ([], [0, 1, 2])
    assert now.standing.stage == policy.under(policy["2021-03-08"]).decide([], facts[-1].at).standing.stage
