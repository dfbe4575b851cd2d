"""Min-cost flow on a small network, in plain Python: shortest augmenting paths with potentials.

Exact for costs that are not negative and for marginal costs that rise. One unit of need after the other finds its cheapest way
through those who are placed already; a unit that finds none is short.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

Arc = tuple[int, int]  # (item, person)
NONE: frozenset[Arc] = frozenset()
FAR = 1 << 60


@dataclass(frozen=True)
class Answer:
    """chosen[item]: the people. No assignment over the same arcs costs less than `bound`. short: item -> units not placed."""

    chosen: Sequence[Sequence[int]]
    objective: int
    bound: int
    short: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """Items, the people who may judge them, and how much these can take of those: less than is wanted."""

    items: frozenset[int]
    people: frozenset[int]
    wanted: int
    room: int


class Network:
    """costs[item]: person -> points. marginals[person]: points of the next units; as many as there is room."""

    name = "flow/python"

    def __init__(
        self, needs: Sequence[int], costs: Sequence[Mapping[int, int]], marginals: Sequence[Sequence[int]]
    ) -> None:
        self.needs, self.costs, self.marginals = needs, costs, marginals

    def solve(self, removed: AbstractSet[Arc] = NONE) -> Answer:
        run = _Run(self, removed)
        short = {}
        for item, need in enumerate(self.needs):
            placed = sum(run.place(item) for _ in range(need))
            if placed < need:
                short[item] = need - placed
        objective = run.objective()
        return Answer([sorted(people) for people in run.chosen], objective, objective, short)

    def arcs(self, item: int) -> Mapping[int, int]:
        return self.costs[item]

    def cut(self, answer: Answer) -> list[Cut]:
        """One cut for each group of short items that share people."""
        found: list[Cut] = []
        seen: set[int] = set()
        for item in answer.short:
            if item not in seen:
                found.append(self._cut(item, answer))
                seen |= found[-1].items
        return found

    def _cut(self, start: int, answer: Answer) -> Cut:
        by_person: dict[int, list[int]] = {}
        for item, people in enumerate(answer.chosen):
            for person in people:
                by_person.setdefault(person, []).append(item)
        items, full, waiting = {start}, set[int](), [start]
        while waiting:
            item = waiting.pop()
            for person in set(self.arcs(item)) - set(answer.chosen[item]) - full:
                full.add(person)
                fresh = set(by_person.get(person, ())) - items
                items |= fresh
                waiting.extend(fresh)
        crowd = {person for item in items for person in self.arcs(item)}
        wanted = sum(len(answer.chosen[item]) + answer.short.get(item, 0) for item in items)
        return Cut(frozenset(items), frozenset(crowd), wanted, wanted - sum(answer.short.get(i, 0) for i in items))


class _Run:
    """Reduced costs stay at least zero: cost + potential of the tail - potential of the head. Nodes: items, people, the sink."""

    def __init__(self, network: Network, removed: AbstractSet[Arc]) -> None:
        self.costs = [
            {p: c for p, c in row.items() if (i, p) not in removed} if removed else row
            for i, row in enumerate(network.costs)
        ]
        self.marginals = network.marginals
        self.chosen: list[set[int]] = [set() for _ in network.costs]
        self.held: list[set[int]] = [set() for _ in network.marginals]  # person -> items
        self.first_person = len(network.costs)
        self.sink = self.first_person + len(network.marginals)
        self.potential = [0] * (self.sink + 1)

    def objective(self) -> int:
        pairs = sum(self.costs[i][p] for i, people in enumerate(self.chosen) for p in people)
        return pairs + sum(sum(self.marginals[p][: len(items)]) for p, items in enumerate(self.held))

    def place(self, item: int) -> bool:
        """One unit more for the item, by the cheapest way; False where there is none."""
        far, before = self._search(item)
        end = far.get(self.sink)
        if end is None:
            return False
        self.potential = [known + min(far.get(node, end), end) for node, known in enumerate(self.potential)]
        node = before[self.sink]
        while node != item:
            self._flip(before[node], node)
            node = before[node]
        return True

    def _search(self, start: int) -> tuple[dict[int, int], dict[int, int]]:
        far, before, done = {start: 0}, dict[int, int](), set[int]()
        heap = [(0, start)]
        while heap:
            distance, node = heapq.heappop(heap)
            if node in done:
                continue
            done.add(node)
            if node == self.sink:
                break
            here = distance + self.potential[node]
            for head, cost in self._ways(node):
                reach = here + cost - self.potential[head]
                if reach < far.get(head, FAR):
                    far[head], before[head] = reach, node
                    heapq.heappush(heap, (reach, head))
        return far, before

    def _ways(self, node: int) -> Iterator[tuple[int, int]]:
        if node < self.first_person:
            taken = self.chosen[node]
            for person, cost in self.costs[node].items():
                if person not in taken:
                    yield self.first_person + person, cost
            return
        person = node - self.first_person
        held = self.held[person]
        if len(held) < len(self.marginals[person]):
            yield self.sink, self.marginals[person][len(held)]
        for item in held:
            yield item, -self.costs[item][person]

    def _flip(self, tail: int, head: int) -> None:
        if tail < self.first_person:
            self.chosen[tail].add(head - self.first_person)
            self.held[head - self.first_person].add(tail)
        else:
            self.chosen[head].discard(tail - self.first_person)
            self.held[tail - self.first_person].discard(head)
