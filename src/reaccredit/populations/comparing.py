"""Two revisions over a whole population in lockstep: which cases they would have treated otherwise, and after which fact first.

Beyond a parting nothing is claimed: with other options or other dates people would have done other things.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reaccredit.policy.answering import Decision
from reaccredit.policy.conditions import holds
from reaccredit.policy.doors import Deadline
from reaccredit.policy.revision import Revision
from reaccredit.policy.tracing import NOTHING
from reaccredit.populations.automaton import REFUSED, Automaton
from reaccredit.populations.block import Block
from reaccredit.populations.folding import blocks, learn, reckoning_of
from reaccredit.populations.histories import EPOCH, Population, Times
from reaccredit.populations.reckoning import Index

NONE = np.zeros(0, np.intp)
NO_DATE = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Compared:
    """`parted`: after which fact of each case the two first say something else, or -1; `kinds`: in which way, and how often."""

    old: Revision
    new: Revision
    parted: NDArray[np.int32]
    kinds: tuple[tuple[str, int], ...]

    @property
    def otherwise(self) -> NDArray[np.intp]:
        """The cases that would have been treated otherwise."""
        return np.flatnonzero(self.parted >= 0)


class Labels:
    """What a person is told at a node, apart from dates: the stage, who holds it, what may be chosen; the same words get the same number."""

    def __init__(self, auto: Automaton, known: dict[object, int]) -> None:
        self.auto, self.known = auto, known
        self.numbers = np.zeros(0, np.int32)

    def of(self, nodes: NDArray[np.int32]) -> NDArray[np.int32]:
        have = len(self.numbers)
        if have < len(self.auto.nodes):
            new = [self.known.setdefault(self._said(n), len(self.known)) for n in range(have, len(self.auto.nodes))]
            self.numbers = np.append(self.numbers, np.array(new, np.int32))
        found: NDArray[np.int32] = self.numbers[nodes]
        return found

    def _said(self, number: int) -> object:
        shape, rev = self.auto.nodes[number].shape, self.auto.rev
        if number == REFUSED or shape is None:
            return "refused"
        s = shape.standing
        stage = rev.stages[s.stage]
        offers = [
            o
            for o in rev.offers
            if (not o.stages or s.stage in o.stages) and o.when.left is None and holds(rev, o.when, s, None)
        ]
        options = frozenset(offers[0].options) if stage.asks and offers else frozenset()
        holder = Decision(rev.policy, rev, s, NOTHING, EPOCH).holder if not stage.asks else stage.holder
        return s.stage, stage.ends, holder, options, s.outcome, tuple(sorted(s.areas.items()))


class Dates:
    """Whether the ends of two blocks' stages differ. Plans that are written alike differ only where what they start from does."""

    def __init__(self, one: Block, other: Block) -> None:
        self.blocks = one, other
        self.alike: dict[tuple[int, int], bool] = {}

    def unlike(self, cases: Index) -> NDArray[np.bool_]:
        """For each of these cases."""
        plans = [b.automaton.node_end[b.nodes[cases]].astype(np.int64) + 1 for b in self.blocks]
        wide = len(self.blocks[1].automaton.ends) + 1
        pairs, found = plans[0] * wide + plans[1], np.zeros(len(cases), np.bool_)
        for pair in np.flatnonzero(np.bincount(pairs)).tolist():
            numbers = divmod(pair, wide)
            here = np.flatnonzero(pairs == pair) if not self._same(numbers) else NONE
            if len(here):
                one, other = (self._ends(b, n - 1, cases[here]) for b, n in zip(self.blocks, numbers, strict=True))
                found[here] = one != other
        return found

    def _same(self, numbers: tuple[int, int]) -> bool:
        if numbers not in self.alike:
            one, other = (self._written(b, n - 1) for b, n in zip(self.blocks, numbers, strict=True))
            self.alike[numbers] = one == other
        return self.alike[numbers]

    def _written(self, block: Block, number: int) -> object:
        """A plan as its policy writes it, less the clauses."""
        found = block.automaton.ends[number] if number >= 0 else Deadline()
        opening, term = found.opening, found.term
        if term is None:
            return None
        wait = replace(term.wait, cites=(), yields=())
        return (
            (opening.start, opening.once, opening.pick is min, opening.wait, opening.counting) if opening else None,
            term.names,
            wait,
        )

    def _ends(self, block: Block, number: int, cases: Index) -> Times:
        found = block.automaton.ends[number] if number >= 0 else Deadline()
        if found.term is None:
            return np.full(len(cases), NO_DATE, np.int64)
        opened = block.reckoning.opened(found.opening, block.columns, cases)[1] if found.opening else None
        return block.reckoning.end(found.term, block.columns, cases, opened)


def compare(population: Population, old: Revision, new: Revision) -> Compared:
    """Both revisions as if each had been in force all the time."""
    autos = Automaton(old, population.vocabulary), Automaton(new, population.vocabulary)
    reckonings = [reckoning_of(a, population) for a in autos]
    known: dict[object, int] = {}
    labels = Labels(autos[0], known), Labels(autos[1], known)
    parted, kinds = np.full(len(population), -1, np.int32), Counter[str]()
    for auto, reckoning in zip(autos, reckonings, strict=True):
        learn(auto, reckoning, population)
    for first, last in blocks(population):
        one, other = (Block(a, r, population, first, last) for a, r in zip(autos, reckonings, strict=True))
        parted[first:last] = _parted(one, other, labels, kinds)[one.back]
    return Compared(old, new, parted, tuple(kinds.items()))


def _parted(one: Block, other: Block, labels: tuple[Labels, Labels], kinds: Counter[str]) -> NDArray[np.int32]:
    """After which fact the two part, for each case of a block."""
    found, dates = np.full(len(one.nodes), -1, np.int32), Dates(one, other)
    for j, (told, _) in enumerate(zip(one.steps(), other.steps(), strict=True)):
        still = np.flatnonzero(found[:told] < 0)
        if not len(still):
            break
        unlike = labels[0].of(one.nodes[still]) != labels[1].of(other.nodes[still])
        late = dates.unlike(still) & ~unlike
        kinds["treated otherwise"] += int(unlike.sum())
        kinds["other dates"] += int(late.sum())
        found[still[unlike | late]] = j
    return found
