"""Some cases at a time: the n-th fact of each, for n = 1, 2, 3 ..."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from reaccredit.policy import Fact, Refusal, folding
from reaccredit.policy.accrediting import granted
from reaccredit.policy.doors import Awaited, Door, Opening, Term
from reaccredit.policy.revision import DECIDED
from reaccredit.policy.words import Standing
from reaccredit.populations.automaton import (
    DECIDED_ROW,
    EFFECTIVE_ROW,
    ENTERED_ROW,
    EXPIRES_ROW,
    FOREVER,
    GRANTING,
    GUARDED,
    IDLE,
    LAPSED_ROW,
    LONG_AGO,
    NEVER,
    PASSED_ROW,
    REFUSED,
    REFUSING,
    SLOW,
    UNDATING,
    UNMET,
    Automaton,
)  # fmt: skip
from reaccredit.populations.histories import Population, Times, micros, moment
from reaccredit.populations.reckoning import Index, Reckoning

Number = TypeVar("Number", np.int32, np.int64)
NOTHING = np.full(0, 0, np.intp)


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
    """Neighbouring cases of a population, the longest first, and where each stands. `back`: the place of each case, in their own order."""

    def __init__(
        self, automaton: Automaton, reckoning: Reckoning, population: Population, first: int, last: int
    ) -> None:
        self.automaton, self.reckoning = automaton, reckoning
        lengths = np.diff(population.starts[first : last + 1])
        order = np.argsort(-lengths, kind="stable")
        self.back = np.argsort(order, kind="stable")
        self.lengths, n = lengths[order], last - first
        starts = population.starts[first : last + 1]
        self.at, self.words = _rows(population.at, starts, order), _rows(population.symbols, starts, order)
        self.columns = np.zeros((automaton.height, n), np.int64)
        self.columns[NEVER], self.columns[LONG_AGO] = FOREVER, -FOREVER
        self.refused = np.full(n, -1, np.int32)
        start = folding.begin(automaton.rev)
        start.entered, start.revision = datetime(1970, 1, 1, tzinfo=UTC), automaton.rev.revision
        self.nodes = np.full(n, automaton.node(start), np.int32)
        automaton.renew()
        if len(self.at):
            self.columns[ENTERED_ROW] = self.at[0]
        self.every = np.arange(n, dtype=np.int64)

    def steps(self) -> Iterator[int]:
        """Folds the next fact of every case that has one; gives how many had."""
        for j in range(len(self.at)):
            told = int(np.searchsorted(-self.lengths, -j, side="left"))
            self._step(j, told)
            yield told

    def _step(self, j: int, told: int) -> None:
        auto, nodes, at, words = self.automaton, self.nodes[:told], self.at[j, :told], self.words[j, :told]
        if j and (early := at < self.at[j - 1, :told]).any():
            self._refuse(np.flatnonzero(early), j)
        self.tick(at, told)
        edges = self._edges(nodes, words)
        if not edges.all():
            self._meet(np.flatnonzero(edges == UNMET), words, at, j)
            edges = self._edges(nodes, words)
        kinds = auto.edge_kind[edges]
        special = np.flatnonzero(kinds)
        done = self._special(special, edges, kinds, words, at, j) if len(special) else NOTHING
        self._write(edges, at, told, done)

    def _edges(self, nodes: NDArray[np.int32], words: NDArray[np.int32]) -> NDArray[np.int32]:
        table = self.automaton.table
        place = nodes * np.int32(table.shape[1])
        place += words
        return np.take(table.reshape(-1), place)

    def _write(self, edges: NDArray[np.int32], at: Times, told: int, done: Index) -> None:
        """The edges that need nothing more: dates to their rows, cases to their nodes."""
        auto, n = self.automaton, len(self.nodes)
        if len(done):  # by the rule core, or refused at a closed door
            kept = self.nodes[done]
            edges[done] = 1
        flat, every = self.columns.reshape(-1), self.every[:told]
        np.copyto(self.columns[ENTERED_ROW, :told], at, where=auto.edge_enters[edges])
        place = np.take(auto.edge_rows[0] * n, edges)
        place += every
        flat[place] = at
        for rows in auto.edge_rows[1:]:
            more = np.flatnonzero((rows != IDLE)[edges])
            flat[rows[edges[more]] * n + more] = at[more]
        self.nodes[:told] = auto.edge_to[edges]
        if len(done):
            self.nodes[done] = kept

    # -- the clock
    def tick(self, at: Times, told: int) -> None:
        """What the clock has done by each case's instant."""
        auto, nodes, n = self.automaton, self.nodes[:told], len(self.nodes)
        place = np.take(auto.run * n, nodes)
        place += self.every[:told]
        soonest = np.take(self.columns.reshape(-1), place)
        soonest += np.take(auto.soonest, nodes)
        over = at >= soonest
        if auto.many_runs.any():
            over |= auto.many_runs[nodes]
        late = np.flatnonzero(over)
        for _ in range(4 * len(auto.rev.stages)):
            if not len(late):
                return
            late = self._moved(late, at)

    def _moved(self, late: Index, at: Times) -> Index:
        """One move of the clock for those whose time is over; they may be due again."""
        auto, found = self.automaton, [NOTHING]
        plans = auto.node_end[self.nodes[late]]
        for number in np.flatnonzero(np.bincount(plans + 1)) - 1:
            cases = late[plans == number]
            if number < 0:
                self._tick_slowly(cases[self.nodes[cases] != REFUSED], at)
            elif term := auto.ends[number].term:
                found.append(self._tick(auto.ends[number].opening, term, cases, at))
        return np.concatenate(found)

    def _tick(self, opening: Opening | None, term: Term, cases: Index, at: Times) -> Index:
        opened = self.reckoning.opened(opening, self.columns, cases)[1] if opening else None
        ends = self.reckoning.end(term, self.columns, cases, opened)
        over = at[cases] >= ends
        if not over.any():
            return NOTHING
        cases, ends = cases[over], ends[over]
        nodes = self.nodes[cases]
        found = [
            self._tick_node(n, cases[nodes == n], ends[nodes == n], at)
            for n in np.flatnonzero(np.bincount(nodes)).tolist()
        ]
        return np.concatenate(found)

    def _tick_node(self, node: int, cases: Index, ends: Times, at: Times) -> Index:
        auto = self.automaton
        shape = auto.nodes[node].shape
        assert shape
        if (lapsed := shape.standing.lapsed) and lapsed[
            0
        ] == shape.standing.stage:  # a term that led back here ends once
            again = self.columns[LAPSED_ROW, cases] != ends
            cases, ends = cases[again], ends[again]
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
        order = np.argsort(pairs, kind="stable")
        found, first = np.unique(pairs[order], return_index=True)
        for pair, here in zip(found.tolist(), np.split(cases[order], first[1:]), strict=True):
            node, word = divmod(pair, len(auto.vocabulary))
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
        return dated(self.automaton, node, self.columns[:, case]), Fact(
            moment(at[case]), *self.automaton.vocabulary[word]
        )

    def _special(
        self,
        cases: Index,
        edges: NDArray[np.int32],
        kinds: NDArray[np.int8],
        words: NDArray[np.int32],
        at: Times,
        j: int,
    ) -> Index:
        """Doors, grants and what only the rule core can say. Gives the cases that are dealt with."""
        auto, done = self.automaton, [NOTHING]
        kinds = kinds[cases]
        if len(guarded := cases[kinds == GUARDED]):
            done += self._guarded(guarded, auto.edge_guard[edges[guarded]], words, at, j)
        if len(granting := cases[kinds == GRANTING]):
            numbers = edges[granting]
            for number in np.flatnonzero(np.bincount(numbers)).tolist():
                self._grant(number, granting[numbers == number], at)
        if len(undating := cases[kinds == UNDATING]):
            self.columns[EFFECTIVE_ROW, undating] = self.columns[EXPIRES_ROW, undating] = 0
        if len(refused := cases[kinds == REFUSING]):
            self._refuse(refused, j)
        if len(slow := cases[kinds == SLOW]):
            self._slowly(slow, words, at, j)
            done.append(slow)
        return np.concatenate(done)

    def _guarded(
        self, cases: Index, guards: NDArray[np.int16], words: NDArray[np.int32], at: Times, j: int
    ) -> list[Index]:
        done = []
        for number in np.flatnonzero(np.bincount(guards)):
            guard, here = self.automaton.guards[number], cases[guards == number]
            if isinstance(guard, Awaited):
                heard = self.columns[self.automaton.rows[guard.kind], here] >= self.columns[ENTERED_ROW, here]
                done.append(here[heard != guard.already])
                self._slowly(done[-1], words, at, j)
            else:
                done.append(here[~self.reckoning.is_open(guard, self.columns, here, at[here])])
                self._refuse(done[-1], j)
        return done

    def _refuse(self, cases: Index, j: int) -> None:
        self.nodes[cases] = REFUSED
        self.refused[cases] = np.where(self.refused[cases] < 0, j, self.refused[cases])

    def _slowly(self, cases: Index, words: NDArray[np.int32], at: Times, j: int) -> None:
        auto = self.automaton
        for case in cases.tolist():
            s, fact = self._example(int(self.nodes[case]), case, int(words[case]), at)
            result = folding.step(auto.rev, s, fact)
            if isinstance(result, Refusal):
                self._refuse(np.array([case]), j)
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
        for row, when in (
            (ENTERED_ROW, s.entered),
            (PASSED_ROW, s.passed),
            (DECIDED_ROW, s.decided),
            (LAPSED_ROW, s.lapsed and s.lapsed[1]),
        ):
            if when:
                column[row] = micros(when)
        column[EFFECTIVE_ROW] = auto.first(s.effective)
        column[EXPIRES_ROW] = s.expires.toordinal() if s.expires else 0
        self.nodes[case] = auto.node(s)

    def _grant(self, number: int, cases: Index, at: Times) -> None:
        """First and last days: reckoned once for each combination of the days on which they hang."""
        auto = self.automaton
        edge = auto.edges[number]
        names = [
            n
            for n in dict.fromkeys(n for w in auto.granting(edge.grants) for n in w.start)
            if n in auto.rows and n != DECIDED
        ]
        rows = [self.columns[auto.rows[n]][cases] if auto.rows[n] not in edge.rows else at[cases] for n in names]
        zone = self.reckoning.zones[auto.rev.zone]
        key = zone.days(at[cases])
        for row in rows:
            key = key * 4_000_037 + zone.days(row)
        _, where, back = np.unique(key, return_index=True, return_inverse=True)
        days = [
            self._granted(edge.to, edge.grants, edge.rows, int(cases[i]), int(at[cases[i]]), (number, int(key[i])))
            for i in where
        ]
        self.columns[EFFECTIVE_ROW, cases] = np.array([d[0] for d in days], np.int64)[back]
        self.columns[EXPIRES_ROW, cases] = np.array([d[1] for d in days], np.int64)[back]

    def _granted(
        self, to: int, word: str, rows: tuple[int, ...], case: int, at: int, key: tuple[int, int]
    ) -> tuple[int, int]:
        auto = self.automaton
        if key not in auto.grants_known:
            column = self.columns[:, case].copy()
            column[list(rows)] = at
            first, last = granted(auto.rev, dated(auto, to, column), word, moment(at))
            auto.grants_known[key] = auto.first(first), last.toordinal() if last else 0
        return auto.grants_known[key]


def _rows(column: NDArray[Number], starts: NDArray[np.int64], order: Index) -> NDArray[Number]:
    """The facts of neighbouring cases as a table: the n-th facts of all cases side by side, in the order given."""
    lengths, own = np.diff(starts), column[starts[0] : starts[-1]]
    most = int(lengths.max()) if len(lengths) else 0
    if (lengths == most).all():
        return np.ascontiguousarray(own.reshape(len(lengths), most).T)
    table = np.zeros((most, len(lengths)), column.dtype)
    table[np.arange(len(own)) - np.repeat(starts[:-1] - starts[0], lengths), np.repeat(np.argsort(order), lengths)] = (
        own
    )
    return table
