"""Thousands of histories at a time: the n-th fact of each, for n = 1, 2, 3 ..."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from reaccredit.policy.revision import Revision, Wait
from reaccredit.policy.words import Standing
from reaccredit.populations.automaton import (
    REFUSED,
    Automaton,
)  # fmt: skip
from reaccredit.populations.block import Block, dated
from reaccredit.populations.histories import Population, micros, moment
from reaccredit.populations.reckoning import Columns, Reckoning, Zone

SAMPLE = 1 << 10  # cases from which most is learnt
BLOCK = 1 << 15  # cases that are folded together: their columns fit the processor's cache


@dataclass(frozen=True)
class Folded:
    """Where each case stands. `nodes`: shapes by number; `refused`: the index of the fact that was not admitted, or -1."""

    automaton: Automaton
    nodes: NDArray[np.int32]
    refused: NDArray[np.int32]
    columns: tuple[Columns, ...]  # of one block after the other

    def standing(self, case: int) -> Standing | None:
        """As the rule core has it; None for a history that is not admitted."""
        column = self.columns[case // BLOCK][:, case % BLOCK]
        return None if self.nodes[case] == REFUSED else dated(self.automaton, int(self.nodes[case]), column)

    def stages(self) -> list[str]:
        """The stage of each case; "" for a history that is not admitted."""
        names = [n.shape.standing.stage if n.shape else "" for n in self.automaton.nodes]
        return [names[n] for n in self.nodes.tolist()]


def fold(population: Population, rev: Revision, until: datetime | None = None, *, every: bool = False) -> Folded:
    """Every case under one revision, whenever it was in force. `until`: the instant asked about.

    `every`: keep all dates, not only those for which a rule asks.
    """
    auto = Automaton(rev, population.vocabulary, every)
    reckoning = reckoning_of(auto, population)
    nodes, refused, columns = np.zeros(len(population), np.int32), np.zeros(len(population), np.int32), list[Columns]()
    learn(auto, reckoning, population)
    for first, last in blocks(population):
        block = Block(auto, reckoning, population, first, last)
        for _ in block.steps():
            pass
        if until:
            block.tick(np.full(last - first, micros(until), np.int64), last - first)
        back = block.back
        nodes[first:last], refused[first:last] = block.nodes[back], block.refused[back]
        columns.append(block.columns if (back[1:] > back[:-1]).all() else block.columns[:, back])
    return Folded(auto, nodes, refused, tuple(columns))


def learn(auto: Automaton, reckoning: Reckoning, population: Population) -> None:
    """Most of what can be met is met by a few: it is learnt from them, before columns are long."""
    for _ in Block(auto, reckoning, population, 0, min(SAMPLE, len(population))).steps():
        pass


def blocks(population: Population) -> Iterator[tuple[int, int]]:
    for first in range(0, len(population), BLOCK):
        yield first, min(first + BLOCK, len(population))


def reckoning_of(auto: Automaton, population: Population) -> Reckoning:
    rev = auto.rev
    known = len(population.at) > 0
    first, last = (moment(population.at.min()), moment(population.at.max())) if known else (moment(0), moment(0))
    counts = {rev.days.zone, *(w.counting.zone for w in _waits(rev)), *(w.opens.counting.zone for w in rev.windows)}
    return Reckoning({zone: Zone(zone, first, last + timedelta(days=366)) for zone in counts}, auto.rows)


def _waits(rev: Revision) -> list[Wait]:
    found = [w for st in rev.stages.values() for w in st.dues]
    return found + [w for form in rev.windows for w in (form.due, *form.terms.values()) if w]
