"""The task with this engine, through the same calls as the pages make. What is done is the first word of the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks.policy import sides
from reaccredit.policy import Admitted, Decision, Fact, Policy, Refusal, Standing, Step
from reaccredit.policy.reading import read_file
from reaccredit.policy.tracing import CLOCK

POLICY = Policy([read_file(Path(__file__).parent / "toy.toml")])


def fold(facts: list[Fact]) -> Decision:
    """Where the case stands after the last fact; each step keeps which clauses let it happen."""
    now = POLICY.decide(facts, facts[-1].at)
    now.standing  # noqa: B018
    return now


def with_reasons(facts: list[Fact]) -> tuple[Decision, Any]:
    """The same, and of each fact why it could happen: clauses, revision, sentence."""
    now = POLICY.decide(facts, facts[-1].at)
    return now, (now.standing, now.steps.reasons)


def with_steps(facts: list[Fact]) -> tuple[Decision, list[Step]]:
    """The same, and the standing after each fact."""
    now = POLICY.decide(facts, facts[-1].at)
    return now, list(now.steps)


def explained(now: Decision) -> tuple[Any, ...]:
    """Everything that is told of a case: every sentence, clause and date of it is made here."""
    return (
        now.standing, now.holder, now.term, now.options, now.refused, now.duties, now.silences, now.receipt,
        now.steps.reasons,
    )  # fmt: skip


def at_the_end(facts: list[Fact]) -> tuple[Decision, tuple[Any, ...]]:
    now = POLICY.decide(facts, facts[-1].at)
    return now, explained(now)


def after_each(facts: list[Fact]) -> tuple[Decision, tuple[Any, ...]]:
    for n in range(1, len(facts) + 1):
        now = POLICY.decide(facts[:n], facts[n - 1].at)
        told = (
            now.standing,
            now.holder,
            now.term,
            now.options,
            now.refused,
            now.duties,
            now.silences,
            now.receipt,
            now.steps.reasons[-1],
        )
    return now, told


def admitted(facts: list[Fact]) -> list[Admitted | Refusal]:
    """May this fact be added? Where it may not, why not; it is then left out."""
    before: list[Fact] = []
    told = []
    for fact in facts:
        found = POLICY.admit(before, fact)
        told.append(found)
        if isinstance(found, Admitted):
            before.append(fact)
    return told


def sifted(facts: list[Fact]) -> tuple[Decision, dict[int, Refusal]]:
    """In one pass: what does not fit is said why and left out."""
    now, refused = POLICY.sift(facts, facts[-1].at)
    now.standing  # noqa: B018
    return now, refused


def stood_where_it_fits(found: tuple[Decision, dict[int, Refusal]]) -> list[Any]:
    now, refused = found
    mine = (step.standing for step in now.steps if step.fact.kind != CLOCK)
    count = len(refused) + sum(step.fact.kind != CLOCK for step in now.steps)
    return [["", 0, False] if place in refused else _stood(next(mine)) for place in range(count)]


def _stood(s: Standing) -> list[Any]:
    return [s.stage, s.count("deficiency"), True]


def stood(found: Decision | tuple[Decision, Any]) -> list[Any]:
    """The stage and the level after each fact, and at the end the options with their dates, and what is refused."""
    now = found if isinstance(found, Decision) else found[0]
    mine = (step.standing for step in now.steps if step.fact.kind != CLOCK)
    steps = [[s.stage, s.count("deficiency"), True] for s in mine]
    options = [[o.id, str(o.opens), str(o.due)] for o in now.options]
    return [steps, options, {name: no.kind for name, no in now.refused.items()}]


def stood_or_not(found: list[Admitted | Refusal]) -> list[Any]:
    return [
        [f.standing.stage, f.standing.count("deficiency"), True] if isinstance(f, Admitted) else ["", 0, False]
        for f in found
    ]


WORKS = {
    "fold": (fold, stood), "why": (with_reasons, stood), "steps": (with_steps, stood), "end": (at_the_end, stood), "each": (after_each, stood),
    "admit": (admitted, stood_or_not), "sift": (sifted, stood_where_it_fits),
}  # fmt: skip

if __name__ == "__main__":
    work, said = WORKS[sys.argv.pop(1)]
    sides.timed(work, said, Fact)
