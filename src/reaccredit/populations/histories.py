"""A population: the facts of many cases in three columns, each case's facts together and oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reaccredit.policy import Fact

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
Times = NDArray[np.int64]  # microseconds since 1970, UTC
Words = tuple[str, Mapping[str, Any]]  # a kind of fact and what it tells


def micros(at: datetime) -> int:
    return (at - EPOCH) // TICK


def moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=int(at))


@dataclass(frozen=True, slots=True)
class Population:
    """`starts`: where each case's facts begin, and the number of all at the end; `symbols`: which words of `vocabulary` a fact says."""

    starts: NDArray[np.int64]
    symbols: NDArray[np.int32]
    at: Times
    vocabulary: tuple[Words, ...]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def facts(self, case: int) -> list[Fact]:
        """The history of one case, for the rule core."""
        part = range(int(self.starts[case]), int(self.starts[case + 1]))
        return [Fact(moment(self.at[i]), *self.vocabulary[self.symbols[i]]) for i in part]

    @classmethod
    def of(cls, histories: Iterable[Sequence[Fact]]) -> Population:
        known: dict[tuple[str, str], int] = {}
        words: list[Words] = []
        starts, symbols, at = [0], list[int](), list[int]()
        for history in histories:
            for fact in history:
                key = (fact.kind, repr(fact.about) if fact.about else "")
                if key not in known:
                    known[key] = len(words)
                    words.append((fact.kind, fact.about))
                symbols.append(known[key])
                at.append(micros(fact.at))
            starts.append(len(at))
        return cls(np.array(starts, np.int64), np.array(symbols, np.int32), np.array(at, np.int64), tuple(words))
