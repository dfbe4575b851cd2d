"""What happened to a case, fact by fact. The fold keeps what led from each standing to the next; standings and words are made when read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

from reaccredit.policy import refusing
from reaccredit.policy.dates import Dates
from reaccredit.policy.revision import Revision
from reaccredit.policy.shapes import Edge
from reaccredit.policy.words import Because, Fact, Standing, Step

CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Told:
    """A standing as the fold made it, and the clauses that let it."""

    standing: Standing
    cites: tuple[str, ...]
    rev: Revision


Trace = tuple[Fact, Told | Edge]


class Steps(Sequence[Step]):
    """Each fact of a history, and each move of the clock, with what let it happen. `first`: where the history began."""

    def __init__(self, facts: Sequence[Fact], traces: Sequence[Trace], first: Standing) -> None:
        self.facts, self._traces, self._first = facts, traces, first

    def __len__(self) -> int:
        return len(self._traces)

    @overload
    def __getitem__(self, place: int) -> Step: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Step]: ...
    def __getitem__(self, place: int | slice) -> Step | Sequence[Step]:
        return self._steps[place]

    def __iter__(self) -> Iterator[Step]:
        return iter(self._steps)

    @property
    def reasons(self) -> list[tuple[Fact, Because]]:
        """Each step without its standing: the cheap way to read why."""
        return [(fact, how.because if isinstance(how, Edge) else _because(fact, how)) for fact, how in self._traces]

    def place(self, fact: Fact) -> int:
        """Which step this very fact is."""
        return next(i for i, trace in enumerate(self._traces) if trace[0] is fact)

    @cached_property
    def _steps(self) -> list[Step]:
        steps, dates = list[Step](), Dates(self._first)
        for fact, how in self._traces:
            if isinstance(how, Edge):
                how.write(dates, fact.at)
                steps.append(Step(fact, how.to.dated(dates, how.rev.revision), how.because))
            else:
                dates = Dates(how.standing)
                steps.append(Step(fact, how.standing, _because(fact, how)))
        return steps


NOTHING = Steps((), (), Standing(""))  # of a history that has not begun


def _because(fact: Fact, how: Told) -> Because:
    rev = how.rev
    if fact.kind != CLOCK:
        return refusing.because(rev, how.cites, rev.title_of(fact.kind) + ".")
    assert how.standing.lapsed
    idle = f"Nobody acted at “{rev.stages[how.standing.lapsed[0]].title}”."
    return refusing.because(rev, how.cites, "The time ran out.", (idle,))
