"""What a flow cannot say: nobody has two roles in one case, and two who are close do not judge one item.

A flow over everything else is the bound. Where its answer breaks such a rule, every way to keep it is tried as a flow with
fewer arcs, the cheapest first (branch and bound), until the cheapest open way costs no less than the best answer found.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from reaccredit.reviews.assignment.barring import Barring
from reaccredit.reviews.assignment.flow import NONE, Answer, Arc
from reaccredit.reviews.assignment.words import Item, Problem


class Engine(Protocol):
    @property
    def name(self) -> str: ...
    def solve(self, removed: AbstractSet[Arc] = NONE) -> Answer: ...


@dataclass(frozen=True)
class Clash:
    """A rule that an answer breaks, and the arcs that go in each of the ways to keep it."""

    key: Hashable
    ways: tuple[frozenset[Arc], ...]
    item: int
    person: int
    sentence: str


@dataclass(frozen=True)
class Settled:
    """`answer` is None where no way keeps every rule; `proven` says whether all were tried."""

    answer: Answer | None
    proven: bool
    waived: tuple[Clash, ...] = ()


class Clashes:
    """Finds the broken rules of an answer. Only cases with items of more than one role can have any, so few are looked at."""

    def __init__(self, problem: Problem, barring: Barring) -> None:
        self.items, self.people = problem.items, problem.people
        by_case: dict[str, list[int]] = defaultdict(list)
        for index, item in enumerate(problem.items):
            by_case[item.case].append(index)
        self.mixed = {case: rows for case, rows in by_case.items() if len({self.items[i].role for i in rows}) > 1}
        place = {person.id: index for index, person in enumerate(problem.people)}
        self.close = {
            (place[one.id], place[other])
            for one in problem.people for other in barring.close_to(one.id)
            if other in place and place[one.id] < place[other]
        }  # fmt: skip

    def __bool__(self) -> bool:
        return bool(self.mixed or self.close)

    def of(self, chosen: Sequence[Sequence[int]]) -> list[Clash]:
        return [*self._two_roles(chosen), *self._two_close(chosen)]

    def _two_roles(self, chosen: Sequence[Sequence[int]]) -> Iterator[Clash]:
        for case, rows in self.mixed.items():
            held: dict[int, list[int]] = defaultdict(list)
            for item in rows:
                for person in chosen[item]:
                    held[person].append(item)
            for person, items in held.items():
                roles = sorted({self.items[i].role for i in items})
                if len(roles) > 1:
                    said = f"would have two roles in case {case}: {' and '.join(roles)}"
                    yield Clash(("case", case, person), self._one_role(rows, person), items[-1], person, said)

    def _one_role(self, rows: Sequence[int], person: int) -> tuple[frozenset[Arc], ...]:
        roles = sorted({self.items[i].role for i in rows})
        return tuple(frozenset((i, person) for i in rows if self.items[i].role != role) for role in roles)

    def _two_close(self, chosen: Sequence[Sequence[int]]) -> Iterator[Clash]:
        if not self.close:
            return
        for item, people in enumerate(chosen):
            for index, one in enumerate(people):
                for other in people[index + 1 :]:
                    if (one, other) in self.close:
                        said = f"has a declared relation to {self.people[one].title}, who would judge the same item"
                        ways = frozenset({(item, one)}), frozenset({(item, other)})
                        yield Clash(("close", item, one, other), ways, item, other, said)

    def item(self, index: int) -> Item:
        return self.items[index]


@dataclass(order=True)
class _Node:
    cost: int
    number: int
    removed: frozenset[Arc]
    waived: tuple[Clash, ...]
    answer: Answer


@dataclass
class Settling:
    """`price`: what it costs to set a broken rule aside; None where that is not asked. `budget`: flows at most."""

    engine: Engine
    find: Callable[[Sequence[Sequence[int]]], list[Clash]]
    budget: int
    tolerance: float = 0.0
    price: int | None = None
    solved: int = 1
    best: _Node | None = None

    def run(self) -> Settled:
        root = self.engine.solve()
        if root.short:
            return Settled(None, True)
        self.best = self._dive(_Node(root.bound, 0, NONE, (), root))
        heap = [_Node(root.bound, 0, NONE, (), root)]
        while heap and not self._good_enough(heap[0]) and self.solved < self.budget:
            for child in self._children(heapq.heappop(heap)):
                heapq.heappush(heap, child)
        return self._settled(heap)

    def _settled(self, heap: list[_Node]) -> Settled:
        best = self.best
        if best is None:
            return Settled(None, proven=not heap)
        bound = min(best.cost, *(node.cost for node in heap)) if heap else best.cost
        answer = Answer(best.answer.chosen, best.cost, bound, best.answer.short)
        return Settled(answer, bound == best.cost, best.waived)

    def _good_enough(self, open_: _Node) -> bool:
        return self.best is not None and open_.cost >= self.best.cost * (1 - self.tolerance)

    def _broken(self, node: _Node) -> list[Clash]:
        aside = {clash.key for clash in node.waived}
        return [clash for clash in self.find(node.answer.chosen) if clash.key not in aside]

    def _keep(self, node: _Node) -> None:
        if self.best is None or node.cost < self.best.cost:
            self.best = node

    def _children(self, node: _Node) -> Iterator[_Node]:
        broken = self._broken(node)
        if not broken:
            self._keep(node)
            return
        clash = broken[0]
        for way in clash.ways:
            if child := self._solve(node.removed | way, node.waived):
                yield child
        if self.price is not None:
            self.solved += 1
            yield _Node(node.cost + self.price, self.solved, node.removed, (*node.waived, clash), node.answer)

    def _solve(self, removed: frozenset[Arc], waived: tuple[Clash, ...]) -> _Node | None:
        self.solved += 1
        answer = self.engine.solve(removed)
        cost = answer.bound + (self.price or 0) * len(waived)
        return None if answer.short else _Node(cost, self.solved, removed, waived, answer)

    def _dive(self, node: _Node | None) -> _Node | None:
        """Mend everything that is broken at once, again and again: a first answer, often the best one."""
        while node and (broken := self._broken(node)):
            if self.solved >= self.budget:
                return None
            chosen = {(item, person) for item, people in enumerate(node.answer.chosen) for person in people}
            gone = [min(clash.ways, key=lambda way: len(way & chosen)) for clash in broken]
            node = self._solve(node.removed.union(*gone), node.waived)
        return node
