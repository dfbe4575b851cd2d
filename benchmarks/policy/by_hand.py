"""The task with the hand-written rules of `baseline`. What is done is the first word of the command line, as in `ours`."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.policy import sides
from benchmarks.policy.baseline import Answer, Refused, State, Step, answer, fold, step, ticked
from benchmarks.policy.histories import History


def at_the_end(history: History) -> tuple[list[Step], Answer]:
    s, steps = fold(history)
    return steps, answer(s, history[-1][0], len(steps))


def after_each(history: History) -> tuple[list[Step], Answer]:
    """As a site would: each time the whole history, and the whole answer."""
    for n in range(1, len(history) + 1):
        told = at_the_end(history[:n])
    return told


def admitted(history: History) -> list[tuple[State, Any] | Refused]:
    """May this fact be added? Each time after a fold of the facts before it."""
    before: History = []
    told = []
    for at, kind in history:
        s, _ = fold(before)
        found = step(ticked(s, at), kind, at)
        told.append(found)
        if not isinstance(found, Refused):
            before.append((at, kind))
    return told


def sifted(history: History) -> list[tuple[State, Any] | Refused]:
    """In one pass: what does not fit is said why and left out."""
    s, told = State(), []
    for at, kind in history:
        found = step(ticked(s, at), kind, at)
        told.append(found)
        if not isinstance(found, Refused):
            s = found[0]
    return told


def stood(found: Any) -> list[Any]:
    s, steps, told = (found[0], found[1], None) if isinstance(found[0], State) else (None, found[0], found[1])
    told = told or answer(s, steps[-1].at, len(steps))
    options = [[o.id, str(o.opens), str(o.due)] for o in told.options]
    return [
        [[each.state.stage, each.state.level, True] for each in steps],
        options,
        {k: no.kind for k, no in told.refused.items()},
    ]


def stood_or_not(found: list[tuple[State, Any] | Refused]) -> list[Any]:
    return [["", 0, False] if isinstance(f, Refused) else [f[0].stage, f[0].level, True] for f in found]


WORKS = {
    "why": (fold, stood),
    "steps": (fold, stood),
    "end": (at_the_end, stood),
    "each": (after_each, stood),
    "admit": (admitted, stood_or_not),
    "sift": (sifted, stood_or_not),
}

if __name__ == "__main__":
    sides.timed(*WORKS[sys.argv.pop(1)])
