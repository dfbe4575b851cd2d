"""Thousands of items at once, by OR-Tools' min-cost flow over the cheapest arcs, and a proof over all of them.

The flow sees only the cheapest people of each item and a few by chance. From its answer come prices of the people (what one
unit more would cost each), and the prices give a bound over every pair, however dear: Lagrange's. Where the bound lies below
the answer, the pairs that could help are added and the flow runs again. So ten million pairs need an array of costs, and no
graph of that size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reaccredit.reviews.assignment.flow import NONE, Answer, Arc, Cut, Network
from reaccredit.reviews.assignment.pairs import Pairs

try:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    AVAILABLE = True
except ImportError:  # the extra `solver` is not installed: plain Python does what it can
    AVAILABLE = False

NAME = "flow/ortools"
WIDTH = 20  # people of each item that the flow sees at first
MORE = 8  # and how many join where the prices say that it missed some
SOME = 5  # and how many by chance
MANY = 250_000  # arcs from which on the dear ones are dropped again
SAMPLE, GUESSES, STEP = 800, 30, 4.0
SWEEPS = 300
CHUNK = 1000
FULL = 1_000_000  # the price of somebody who can take nothing more
DEAR = 1 << 40
FARTHEST = (1 << 31) - 1
Array = NDArray[Any]


def flow(
    needs: Array, items: Array, people: Array, costs: Array, marginals: Sequence[Sequence[int]]
) -> tuple[Array, dict[int, int]]:
    """Which of the arcs (items[k], people[k]) are used, and what is short. A unit that finds nobody takes a dear way round."""
    number, crowd = len(needs), len(marginals)
    sink = number + crowd
    steps = _steps(marginals)
    missing = int(costs.max(initial=0)) * int(needs.sum()) + sum(sum(row) for row in marginals) + 1
    every = np.arange(number, dtype=np.int32)
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([items, every, steps[0] + number]).astype(np.int32),
        np.concatenate([people + number, np.full(number, sink), np.full(len(steps[0]), sink)]).astype(np.int32),
        np.concatenate([np.ones(len(items)), needs, steps[1]]).astype(np.int64),
        np.concatenate([costs, np.full(number, missing), steps[2]]).astype(np.int64),
    )
    solver.set_nodes_supplies(np.append(every, sink).astype(np.int32), np.append(needs, -needs.sum()).astype(np.int64))
    status = solver.solve()
    assert status == solver.OPTIMAL, f"the flow ended as {status}"
    used = solver.flows(np.arange(len(items) + number, dtype=np.int32))
    lacking = used[len(items) :]
    return used[: len(items)] > 0, {int(i): int(lacking[i]) for i in np.flatnonzero(lacking)}


def _steps(marginals: Sequence[Sequence[int]]) -> tuple[Array, Array, Array]:
    """(person, units, cost): units of the same cost share an arc."""
    rows = []
    for person, costs in enumerate(marginals):
        for cost in sorted(set(costs)):
            rows.append((person, costs.count(cost), cost))
    made = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return made[:, 0], made[:, 1], made[:, 2]


def _rows(number: int, items: Array, people: Array) -> list[list[int]]:
    chosen: list[list[int]] = [[] for _ in range(number)]
    for item, person in zip(items.tolist(), people.tolist(), strict=True):
        chosen[item].append(person)
    return [sorted(row) for row in chosen]


class Sparse(Network):
    """The network of `flow`, solved by OR-Tools."""

    name = NAME

    def solve(self, removed: AbstractSet[Arc] = NONE) -> Answer:
        arcs = [(i, p, c) for i, row in enumerate(self.costs) for p, c in row.items() if (i, p) not in removed]
        table = np.array(arcs, dtype=np.int64).reshape(-1, 3)
        used, short = flow(np.array(self.needs, dtype=np.int64), table[:, 0], table[:, 1], table[:, 2], self.marginals)
        chosen = _rows(len(self.needs), table[used, 0], table[used, 1])
        load = [0] * len(self.marginals)
        for row in chosen:
            for person in row:
                load[person] += 1
        objective = int(table[used, 2].sum()) + sum(sum(self.marginals[p][:units]) for p, units in enumerate(load))
        return Answer(chosen, objective, objective, short)


class Dense(Network):
    """Every pair of a problem as an array."""

    name = NAME

    def __init__(
        self, pairs: Pairs, needs: Sequence[int], marginals: Sequence[Sequence[int]], tolerance: float = 0.0
    ) -> None:
        self.allowed, self.points = pairs.allowed, pairs.points
        self.needs, self.marginals, self.tolerance = needs, marginals, tolerance
        self.need = np.array(needs, dtype=np.int64)
        self.room = np.array([len(row) for row in marginals], dtype=np.int64)
        self.rising = _padded(marginals)
        self.keep = self._cheapest(self.allowed, self._guess(), WIDTH) | (self.allowed & self._some())

    def _guess(self) -> Array:
        """Prices to begin with: raised where a sample of the items asks for more than there is, lowered where for less."""
        price = self.rising[:, 0].astype(np.float64)
        stride = max(1, len(self.need) // SAMPLE)
        share = float(self.need.sum()) / max(1, int(self.need[::stride].sum()))
        points = np.where(self.allowed[::stride], self.points[::stride], FULL).astype(np.float32)
        most = min(int(self.need.max(initial=1)), points.shape[1])
        for sweep in range(GUESSES):
            nearest = np.argpartition(points + price.astype(np.float32), most - 1, axis=1)[:, :most]
            asked = np.bincount(nearest.ravel(), minlength=len(price)) * share
            offered = (self.rising <= price[:, None]).sum(axis=1)
            price += np.clip(asked - offered, -3, 3) * STEP * (1 - sweep / GUESSES)
        return price.astype(np.int64)

    def _some(self) -> Array:
        """A few by chance, so that no group of items is cut off only because the same few are cheap for all of it."""
        share = min(255, 256 * SOME // max(1, int(self.allowed.sum(axis=1).mean())))
        return np.random.default_rng(0).integers(0, 256, self.allowed.shape, dtype=np.uint8) < share

    def _cheapest(self, among: Array, price: Array, width: int) -> Array:
        """For each item the `width` people among these who cost the least at this price."""
        keep = np.zeros_like(among)
        for rows in _chunks(len(among)):
            shown = np.where(among[rows], self.points[rows] + price, DEAR)
            last = np.partition(shown, width - 1, axis=1)[:, width - 1 : width] if width < shown.shape[1] else DEAR - 1
            keep[rows] = among[rows] & (shown <= last)
        return keep

    def arcs(self, item: int) -> Mapping[int, int]:
        people = np.flatnonzero(self.allowed[item])
        return dict(zip(people.tolist(), self.points[item, people].tolist(), strict=True))

    def seen(self) -> list[Mapping[int, int]]:
        """The arcs that the flow sees."""
        return [dict.fromkeys(np.flatnonzero(row).tolist(), 0) for row in self.keep]

    def solve(self, removed: AbstractSet[Arc] = NONE) -> Answer:
        open_ = self.allowed
        if removed:
            open_ = self.allowed.copy()
            open_[tuple(np.array(sorted(removed)).T)] = False
        width = MORE
        while True:
            items, people = np.nonzero(self.keep & open_)
            costs = self.points[items, people]
            used, short = flow(self.need, items, people, costs, self.marginals)
            chosen = Chosen(items[used], people[used], costs[used])
            if short:
                _, reached, ways = self._reach(open_, chosen, list(short))
                if not (reached & (chosen.load(len(self.room)) < self.room)).any():
                    return chosen.answer(self, 0, short)
                self.keep |= self._cheapest(ways, self.rising[:, 0], width)
                width *= 4  # in the end all of them: then the next flow places one more at least
                continue
            prices = self._prices(items[~used], people[~used], costs[~used], chosen)
            bound, missed = self._bound(open_, prices, chosen)
            answer = chosen.answer(self, bound, {})
            if bound >= answer.objective * (1 - self.tolerance) or not missed.any():
                return answer
            if len(items) > MANY:
                self.keep = self._cheapest(open_, prices, WIDTH)
                self.keep[chosen.items, chosen.people] = True
            self.keep |= self._cheapest(missed, prices, MORE)

    def cut(self, answer: Answer) -> list[Cut]:
        flat = [(item, person) for item, row in enumerate(answer.chosen) for person in row]
        items, people = np.array(flat, dtype=np.int64).reshape(-1, 2).T
        chosen, found, seen = Chosen(items, people, items), list[Cut](), set[int]()
        for item in answer.short:
            if item not in seen:
                reached, _, _ = self._reach(self.allowed, chosen, [item])
                group = frozenset(np.flatnonzero(reached).tolist())
                crowd = frozenset(np.flatnonzero(self.allowed[reached].any(axis=0)).tolist())
                wanted = sum(self.needs[i] for i in group)
                found.append(Cut(group, crowd, wanted, wanted - sum(answer.short.get(i, 0) for i in group)))
                seen |= group
        return found

    def _reach(self, open_: Array, chosen: Chosen, start: Sequence[int]) -> tuple[Array, Array, Array]:
        """Items and people to which a short item could pass its want on, and the arcs of the ways there."""
        number, crowd = open_.shape
        items, people, ways = np.zeros(number, bool), np.zeros(crowd, bool), np.zeros_like(open_)
        held = np.zeros_like(open_)
        held[chosen.items, chosen.people] = True
        fresh = np.array(start)
        while len(fresh):
            items[fresh] = True
            new = (open_[fresh] & ~held[fresh]).any(axis=0) & ~people
            ways[fresh] |= open_[fresh] & new
            people |= new
            fresh = np.flatnonzero(held[:, new].any(axis=1) & ~items)
        return items, people, ways

    def _prices(self, items: Array, people: Array, costs: Array, chosen: Chosen) -> Array:
        """What one unit more would cost each person: a rising desk, or passing an item on to somebody, and so forth."""
        crowd = len(self.marginals)
        step = np.full((crowd, crowd), DEAR, dtype=np.int64)
        for held, points in chosen.columns(len(self.need)):
            there = held[items] >= 0
            np.minimum.at(
                step, (held[items][there], people[there]), costs[there].astype(np.int64) - points[items][there]
            )
        load = chosen.load(crowd)
        price = self.rising[np.arange(crowd), load]
        for _ in range(SWEEPS):
            better = np.minimum(price, (step + price).min(axis=1))
            if (better == price).all():
                break
            price = better
        return price

    def _bound(self, open_: Array, prices: Array, chosen: Chosen) -> tuple[int, Array]:
        """No assignment over any of the pairs costs less than this; and the pairs by which one might cost less than the answer."""
        worst = np.full(len(self.need), -DEAR, dtype=np.int64)
        np.maximum.at(worst, chosen.items, chosen.costs + prices[chosen.people])
        most, total = int(self.need.max(initial=1)), 0
        missed = np.zeros_like(open_)
        for rows in _chunks(len(open_)):
            reduced = np.where(open_[rows], self.points[rows] + prices, DEAR)
            missed[rows] = (reduced < worst[rows, None]) & ~self.keep[rows]
            cheapest = np.sort(np.partition(reduced, min(most, reduced.shape[1]) - 1, axis=1)[:, :most], axis=1)
            total += int(cheapest[np.arange(cheapest.shape[1]) < self.need[rows, None]].sum())
        return total + int(np.minimum(0, self.rising - prices[:, None])[self.rising < FULL].sum()), missed


@dataclass(frozen=True)
class Chosen:
    """The arcs that a flow uses: three arrays of the same length, sorted by item."""

    items: Array
    people: Array
    costs: Array

    def load(self, crowd: int) -> Array:
        return np.bincount(self.people, minlength=crowd)

    def columns(self, number: int) -> Iterator[tuple[Array, Array]]:
        """The first person of each item with the cost, then the second ...; -1 where there is none."""
        first = np.searchsorted(self.items, np.arange(number))
        place = np.arange(len(self.items)) - first[self.items]
        for at in range(int(place.max(initial=-1)) + 1):
            held, points = np.full(number, -1, dtype=np.int64), np.zeros(number, dtype=np.int64)
            here = place == at
            held[self.items[here]], points[self.items[here]] = self.people[here], self.costs[here]
            yield held, points

    def answer(self, engine: Dense, bound: int, short: dict[int, int]) -> Answer:
        rising = sum(sum(row[:units]) for row, units in zip(engine.marginals, self.load(len(engine.room)), strict=True))
        objective = int(self.costs.sum()) + rising
        return Answer(_rows(len(engine.need), self.items, self.people), objective, bound, short)


def _padded(marginals: Sequence[Sequence[int]]) -> Array:
    """[person, units so far] -> the points of one unit more; `FULL` where there is no room."""
    made = np.full((len(marginals), max(map(len, marginals), default=0) + 1), FULL, dtype=np.int64)
    for person, row in enumerate(marginals):
        made[person, : len(row)] = row
    return made


def _chunks(number: int) -> Iterator[slice]:
    for start in range(0, number, CHUNK):
        yield slice(start, min(number, start + CHUNK))
