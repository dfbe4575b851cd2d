"""Thousands of histories at a time: the n-th fact of each, for n = 1, 2, 3 ..."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from reaccredit.policy import Fact, Refusal, folding
from reaccredit.policy.accrediting import granted
from reaccredit.policy.doors import Awaited, Door
from reaccredit.policy.revision import DECIDED, Revision
from reaccredit.policy.words import Standing
from reaccredit.populations.automaton import (
    DECIDED_ROW, EFFECTIVE_ROW, ENTERED_ROW, EXPIRES_ROW, FIRST_NAME, FOREVER, GRANTING, IDLE, LAPSED_ROW, LONG_AGO, NEVER, PASSED_ROW,
    REFUSED, SLOW, UNDATING, UNMET, Automaton,
)  # fmt: skip
from reaccredit.populations.histories import Population, Times, micros, moment
from reaccredit.populations.reckoning import Columns, Index, Reckoning, Zone

BLOCK = 1 << 15  # cases that are folded together: their columns fit the processor's cache
NOTHING = np.full(0, 0, np.intp)


@dataclass(frozen=True)
class Folded:
    """Where each case stands. `nodes`: shapes by number; `refused`: the index of the fact that was not admitted, or -1."""

    automaton: Automaton
    nodes: NDArray[np.int32]
    refused: NDArray[np.int32]
    columns: Columns

    def standing(self, case: int) -> Standing | None:
        """As the rule core has it; None for a history that is not admitted."""
        return None if self.nodes[case] == REFUSED else dated(self.automaton, int(self.nodes[case]), self.columns[:, case])

    def stages(self) -> list[str]:
        """The stage of each case; "" for a history that is not admitted."""
        names = [n.shape.standing.stage if n.shape else "" for n in self.automaton.nodes]
        return [names[n] for n in self.nodes.tolist()]


def dated(automaton: Automaton, node: int, column: NDArray[np.int64]) -> Standing:
    """The standing of a node with the dates of a case's column; a date that nobody asks for is the first of 1970."""
    shape, rows = automaton.nodes[node].shape, automaton.rows
    assert shape
    known, s = shape.standing, shape.standing.copy()
    s.times = {n: moment(column[rows[n]] if n in rows else 0) for n in shape.names}
    s.dates = {n: moment(column[rows[n]]) for n in known.dates}
    s.entered = moment(column[ENTERED_ROW]) if known.entered else None
    s.passed = moment(column[PASSED_ROW]) if known.passed else None
    s.decided = moment(column[DECIDED_ROW]) if known.decided else None
    s.effective = automaton.firsts[column[EFFECTIVE_ROW]] if known.effective else None
    s.expires = date.fromordinal(int(column[EXPIRES_ROW]) or 1) if known.expires else None
    s.lapsed = (known.lapsed[0], moment(column[LAPSED_ROW]), known.lapsed[2]) if known.lapsed else None
    s.revision = automaton.rev.revision
    return s


class Block:
    """Some cases of a population, the longest first, and where each stands."""

    def __init__(self, automaton: Automaton, reckoning: Reckoning, population: Population, cases: Index) -> None:
        lengths = (population.starts[cases + 1] - population.starts[cases]).astype(np.int64)
        order = np.argsort(-lengths, kind="stable")
        self.cases, self.lengths = cases[order], lengths[order]
        self.automaton, self.reckoning, self.population = automaton, reckoning, population
        n = len(cases)
        self.first = population.starts[self.cases]
        self.columns = np.zeros((automaton.height, n), np.int64)
        self.columns[NEVER], self.columns[LONG_AGO] = FOREVER, -FOREVER
        self.refused = np.full(n, -1, np.int32)
        start = folding.begin(automaton.rev)
        start.entered, start.revision = datetime(1970, 1, 1, tzinfo=UTC), automaton.rev.revision
        self.nodes = np.full(n, automaton.node(start), np.int32)
        automaton.renew()
        if n and self.lengths[0]:
            told = int((self.lengths > 0).sum())
            self.columns[ENTERED_ROW, :told] = population.at[self.first[:told]]
        self.every = np.arange(n, dtype=np.int64)
        self.last = np.full(n, -FOREVER, np.int64)

    def steps(self) -> Iterator[int]:
        """Folds the next fact of every case that has one; gives how many had."""
        most = int(self.lengths[0]) if len(self.lengths) else 0
        for j in range(most):
            told = int(np.searchsorted(-self.lengths, -j, side="left"))
            self._step(j, told)
            yield told

    def _step(self, j: int, told: int) -> None:
        auto, nodes, place = self.automaton, self.nodes[:told], self.first[:told] + j
        at, words = self.population.at[place], self.population.symbols[place]
        if (at < self.last[:told]).any():
            self._refuse(np.flatnonzero(at < self.last[:told]), j)
        self.last[:told] = at
        self.tick(at, told)
        edges = auto.table[nodes, words]
        if not edges.all():
            self._meet(np.flatnonzero(edges == UNMET), words, at, j)
            edges = auto.table[nodes, words]
        kinds = auto.edge_kind[edges]
        special = np.flatnonzero(kinds > 1)
        if len(special):
            special = self._special(special, edges, kinds, words, at, j)
        self._write(edges, at, told, special)
        lost = np.flatnonzero((nodes == REFUSED) & (self.refused[:told] < 0))
        self.refused[lost] = j

    def _write(self, edges: NDArray[np.int32], at: Times, told: int, done: Index) -> None:
        """The edges that need nothing more: dates to their rows, cases to their nodes."""
        auto, n = self.automaton, len(self.nodes)
        if len(done):  # by the rule core, or refused at a closed door
            kept = self.nodes[done]
            edges[done] = 1
        flat, every = self.columns.reshape(-1), self.every[:told]
        for slot, rows in enumerate(auto.edge_rows):
            row = rows[edges]
            if slot < 2:
                flat[row * n + every] = at
            else:
                more = np.flatnonzero(row != IDLE)
                flat[row[more] * n + more] = at[more]
        self.nodes[:told] = auto.edge_to[edges]
        if len(done):
            self.nodes[done] = kept

    # -- the clock
    def tick(self, at: Times, told: int) -> None:
        """What the clock has done by each case's instant."""
        auto, nodes, n = self.automaton, self.nodes[:told], len(self.nodes)
        base = self.columns.reshape(-1)[auto.run[nodes] * n + self.every[:told]]
        late = np.flatnonzero(at >= base + auto.soonest[nodes])
        if auto.many_runs.any():
            many = np.flatnonzero(auto.many_runs[nodes])
            late = np.union1d(late, many)
        for _ in range(4 * len(auto.rev.stages)):
            if not len(late):
                return
            late = self._moved(late, at)

    def _moved(self, late: Index, at: Times) -> Index:
        """One move of the clock for those whose time is over; they may be due again."""
        found = [NOTHING]
        for node in np.unique(self.nodes[late]).tolist():
            cases = late[self.nodes[late] == node]
            if node != REFUSED and self.automaton.nodes[node].shape.ticks:  # type: ignore[union-attr]
                found.append(self._tick_node(node, cases, at))
        return np.concatenate(found)

    def _tick_node(self, node: int, cases: Index, at: Times) -> Index:
        auto = self.automaton
        known = auto.nodes[node]
        if known.due is None:
            return self._tick_slowly(cases, at)
        opening, term = known.due.opening, known.due.term
        if term is None:
            return NOTHING
        opened = self.reckoning.opened(opening, self.columns, cases)[1] if opening else None
        ends = self.reckoning.end(term, self.columns, cases, opened)
        over = at[cases] >= ends
        assert known.shape
        lapsed = known.shape.standing.lapsed
        if lapsed and lapsed[0] == known.shape.standing.stage:
            over &= self.columns[LAPSED_ROW, cases] != ends
        cases, ends = cases[over], ends[over]
        if not len(cases):
            return NOTHING
        edge = auto.tick(node, dated(auto, node, self.columns[:, cases[0]]), moment(ends[0]))
        if edge is None:
            return self._tick_slowly(cases, at)
        auto.renew()
        for row in edge.rows:
            self.columns[row, cases] = ends
        self.nodes[cases] = edge.to
        return cases

    def _tick_slowly(self, cases: Index, at: Times) -> Index:
        for case in cases.tolist():
            s = dated(self.automaton, int(self.nodes[case]), self.columns[:, case])
            moved = folding.clock(self.automaton.rev, s, moment(at[case]))
            if moved:
                self._load(case, moved[-1][0])
        self.automaton.renew()
        return NOTHING

    # -- what is not plain
    def _meet(self, cases: Index, words: NDArray[np.int32], at: Times, j: int) -> None:
        """Learns each word that was not met yet where it was said, from one case."""
        auto, nodes = self.automaton, self.nodes
        pairs = nodes[cases].astype(np.int64) * len(auto.vocabulary) + words[cases]
        for pair in np.unique(pairs).tolist():
            node, word = divmod(pair, len(auto.vocabulary))
            here = cases[pairs == pair]
            s, fact = self._example(node, int(here[0]), word, at)
            door = auto.guard(s, fact)
            if isinstance(door, Door):
                open_ = self.reckoning.is_open(door, self.columns, here, at[here])
                self._refuse(here[~open_], j)
                if not open_.any():
                    continue
                s, fact = self._example(node, int(here[open_][0]), word, at)
            auto.learn(node, word, s, fact, door)
        auto.renew()

    def _example(self, node: int, case: int, word: int, at: Times) -> tuple[Standing, Fact]:
        return dated(self.automaton, node, self.columns[:, case]), Fact(moment(at[case]), *self.automaton.vocabulary[word])

    def _special(
        self, cases: Index, edges: NDArray[np.int32], kinds: NDArray[np.int8], words: NDArray[np.int32], at: Times, j: int
    ) -> Index:
        """Doors, grants and what only the rule core can say. Gives the cases that are dealt with."""
        done = [NOTHING]
        for number in np.unique(edges[cases]).tolist():
            edge, here = self.automaton.edges[number], cases[edges[cases] == number]
            if edge.kind == SLOW:
                self._slowly(here, words, at)
                done.append(here)
            elif isinstance(edge.door, Awaited):
                heard = self.columns[self.automaton.rows[edge.door.kind], here] >= self.columns[ENTERED_ROW, here]
                self._slowly(here[heard != edge.door.already], words, at)
                done.append(here[heard != edge.door.already])
            elif edge.door:
                shut = here[~self.reckoning.is_open(edge.door, self.columns, here, at[here])]
                self._refuse(shut, j)
                done.append(shut)
            elif edge.kind == GRANTING:
                self._grant(number, here, at)
            elif edge.kind == UNDATING:
                self.columns[EFFECTIVE_ROW, here] = self.columns[EXPIRES_ROW, here] = 0
        return np.concatenate(done)

    def _refuse(self, cases: Index, j: int) -> None:
        self.nodes[cases] = REFUSED
        self.refused[cases] = np.where(self.refused[cases] < 0, j, self.refused[cases])

    def _slowly(self, cases: Index, words: NDArray[np.int32], at: Times) -> None:
        auto = self.automaton
        for case in cases.tolist():
            s, fact = self._example(int(self.nodes[case]), case, int(words[case]), at)
            result = folding.step(auto.rev, s, fact)
            if isinstance(result, Refusal):
                self.nodes[case] = REFUSED
            else:
                result[0].revision = auto.rev.revision
                self._load(case, result[0])
        auto.renew()

    def _load(self, case: int, s: Standing) -> None:
        """A standing of the rule core into its column."""
        auto, column = self.automaton, self.columns[:, case]
        for name, at in (*s.times.items(), *s.dates.items()):
            if name in auto.rows:
                column[auto.rows[name]] = micros(at)
        for row, when in ((ENTERED_ROW, s.entered), (PASSED_ROW, s.passed), (DECIDED_ROW, s.decided), (LAPSED_ROW, s.lapsed and s.lapsed[1])):
            if when:
                column[row] = micros(when)
        column[EFFECTIVE_ROW] = auto.first(s.effective)
        column[EXPIRES_ROW] = s.expires.toordinal() if s.expires else 0
        self.nodes[case] = auto.node(s)

    def _grant(self, number: int, cases: Index, at: Times) -> None:
        """First and last days: reckoned once for each combination of the days on which they hang."""
        auto = self.automaton
        edge = auto.edges[number]
        names = [n for n in dict.fromkeys(n for w in auto.granting(edge.grants) for n in w.start) if n in auto.rows and n != DECIDED]
        rows = [self.columns[auto.rows[n]][cases] if auto.rows[n] not in edge.rows else at[cases] for n in names]
        zone = self.reckoning.zones[auto.rev.zone]
        key = zone.days(at[cases])
        for row in rows:
            key = key * 4_000_037 + zone.days(row)
        _, where, back = np.unique(key, return_index=True, return_inverse=True)
        days = [self._granted(edge.to, edge.grants, edge.rows, int(cases[i]), int(at[cases[i]]), (number, int(key[i]))) for i in where]
        self.columns[EFFECTIVE_ROW, cases] = np.array([d[0] for d in days], np.int64)[back]
        self.columns[EXPIRES_ROW, cases] = np.array([d[1] for d in days], np.int64)[back]

    def _granted(self, to: int, word: str, rows: tuple[int, ...], case: int, at: int, key: tuple[int, int]) -> tuple[int, int]:
        auto = self.automaton
        if key not in auto.grants_known:
            column = self.columns[:, case].copy()
            column[list(rows)] = at
            first, last = granted(auto.rev, dated(auto, to, column), word, moment(at))
            auto.grants_known[key] = auto.first(first), last.toordinal() if last else 0
        return auto.grants_known[key]


def fold(population: Population, rev: Revision, until: datetime | None = None, *, every: bool = False) -> Folded:
    """Every case under one revision, whenever it was in force; `until`: the instant asked about. `every`: keep all dates, not only those asked for."""
    auto = Automaton(rev, population.vocabulary, every)
    reckoning = reckoning_of(auto, population)
    nodes, refused = np.zeros(len(population), np.int32), np.zeros(len(population), np.int32)
    columns = np.zeros((auto.height, len(population)), np.int64)
    for cases in blocks(population):
        block = Block(auto, reckoning, population, cases)
        for _ in block.steps():
            pass
        if until:
            block.tick(np.full(len(cases), micros(until), np.int64), len(cases))
        nodes[block.cases], refused[block.cases], columns[:, block.cases] = block.nodes, block.refused, block.columns
    return Folded(auto, nodes, refused, columns)


def blocks(population: Population) -> Iterator[Index]:
    for first in range(0, len(population), BLOCK):
        yield np.arange(first, min(first + BLOCK, len(population)), dtype=np.intp)


def reckoning_of(auto: Automaton, population: Population) -> Reckoning:
    rev = auto.rev
    known = len(population.at) > 0
    first, last = (moment(population.at.min()), moment(population.at.max())) if known else (moment(0), moment(0))
    counts = {rev.days.zone, *(w.counting.zone for w in _waits(rev)), *(w.opens.counting.zone for w in rev.windows)}
    return Reckoning({zone: Zone(zone, first, last + timedelta(days=366)) for zone in counts}, auto.rows)


def _waits(rev: Revision):  # type: ignore[no-untyped-def]
    found = [w for st in rev.stages.values() for w in st.dues]
    return found + [w for form in rev.windows for w in (form.due, *form.terms.values()) if w]


_ = FIRST_NAME
