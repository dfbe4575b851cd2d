"""What happened to a case, fact by fact. The fold keeps where it stood and under which clauses; the words are made when read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from reaccredit.policy import refusing
from reaccredit.policy.revision import Revision
from reaccredit.policy.words import Fact, Standing, Step

CLOCK = "clock"
Trace = tuple[Fact, Standing, tuple[str, ...], Revision]


class Steps(Sequence[Step]):
    """Each fact of a history, and each move of the clock, with what let it happen."""

    __slots__ = ("_traces", "facts")

    def __init__(self, facts: Sequence[Fact], traces: list[Trace]) -> None:
        self.facts, self._traces = facts, traces

    def __len__(self) -> int:
        return len(self._traces)

    @overload
    def __getitem__(self, place: int) -> Step: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Step]: ...
    def __getitem__(self, place: int | slice) -> Step | Sequence[Step]:
        if isinstance(place, slice):
            return [_step(trace) for trace in self._traces[place]]
        return _step(self._traces[place])

    def __iter__(self) -> Iterator[Step]:
        return map(_step, self._traces)


def _step(trace: Trace) -> Step:
    fact, standing, cites, rev = trace
    sentence = "The time ran out." if fact.kind == CLOCK else rev.title_of(fact.kind) + "."
    facts: tuple[str, ...] = ()
    if fact.kind == CLOCK and standing.lapsed:
        facts = (f"Nobody acted at “{rev.stages[standing.lapsed[0]].title}”.",)
    return Step(fact, standing, refusing.because(rev, cites, sentence, facts))
