"""What a flow cannot say: nobody has two roles in one case, and two who are close do not judge one item.

A flow over everything else is the bound. Where its answer breaks such a rule, every way to keep it is tried as a flow with
fewer arcs, the cheapest first (branch and bound), until the cheapest open way costs no less than the best answer found.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol

from reaccredit.reviews.assignment.barring import Barring
from reaccredit.reviews.assignment.flow import NONE, Answer, Arc
from reaccredit.reviews.assignment.words import Problem


class Engine(Protocol):
    marginals: Sequence[Sequence[int]]

    @property
    def name(self) -> str: ...
    def solve(self, removed: AbstractSet[Arc] = NONE) -> Answer: ...
    def arcs(self, item: int) -> Mapping[int, int]: ...


@dataclass(frozen=True)
class Clash:
    """A rule that an answer breaks, and the arcs that go in each of the ways to keep it."""

    key: Hashable
    ways: tuple[frozenset[Arc], ...]
    item: int
    person: int
    sentence: str


class Find(Protocol):
    def __call__(self, chosen: Sequence[Sequence[int]], around: int | None = None) -> list[Clash]: ...


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

    def of(self, chosen: Sequence[Sequence[int]], around: int | None = None) -> list[Clash]:
        """Of everything, or of one item and its case."""
        if around is None:
            return [*self._two_roles(chosen, self.mixed), *self._two_close(chosen, range(len(chosen)))]
        case = self.items[around].case
        return [*self._two_roles(chosen, [case] if case in self.mixed else []), *self._two_close(chosen, [around])]

    def _two_roles(self, chosen: Sequence[Sequence[int]], cases: Iterable[str]) -> Iterator[Clash]:
        for case in cases:
            rows = self.mixed[case]
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

    def _two_close(self, chosen: Sequence[Sequence[int]], items: Iterable[int]) -> Iterator[Clash]:
        for item in items if self.close else ():
            people = chosen[item]
            for index, one in enumerate(people):
                for other in people[index + 1 :]:
                    if (one, other) in self.close:
                        said = f"has a declared relation to {self.people[one].title}, who would judge the same item"
                        ways = frozenset({(item, one)}), frozenset({(item, other)})
                        yield Clash(("close", item, one, other), ways, item, other, said)


@dataclass(order=True)
class _Node:
    cost: int  # nothing below it costs less
    number: int  # falls, so that of equal ones the newest goes first: it is the nearest to an answer
    removed: frozenset[Arc]
    waived: tuple[Clash, ...]
    answer: Answer
    paid: int = 0  # for what is set aside

    @property
    def value(self) -> int:
        return self.answer.objective + self.paid


@dataclass
class Settling:
    """`price`: what it costs to set a broken rule aside; None where that is not asked. `budget`: flows at most."""

    engine: Engine
    find: Find
    budget: int
    tolerance: float = 0.0
    price: int | None = None
    solved: int = 1
    best: _Node | None = None
    closed: list[int] = field(default_factory=list)  # what the ways that ended in an answer could cost at least

    def run(self) -> Settled:
        root = self.engine.solve()
        if root.short:
            return Settled(None, True)
        start = _Node(root.bound, 0, NONE, (), root)
        if mended := mend(self.engine, self.find, root):
            self._keep(_Node(root.bound, 0, NONE, (), mended))
        # To mend a relaxation is often to give an item to nobody: there, the other way is worth a look as well.
        if (self.best is None or self.price is not None) and (found := self._dive(start)):
            self._keep(found)
        heap = [start]
        while heap and not self._good_enough(heap[0]) and self.solved < self.budget:
            for child in self._children(heapq.heappop(heap)):
                heapq.heappush(heap, child)
        return self._settled(heap)

    def _settled(self, heap: list[_Node]) -> Settled:
        best = self.best
        if best is None:
            return Settled(None, proven=not heap)
        bound = min([best.value, *self.closed, *(node.cost for node in heap)])
        answer = Answer(best.answer.chosen, best.value, bound, best.answer.short)
        return Settled(answer, bound == best.value, best.waived)

    def _good_enough(self, open_: _Node) -> bool:
        return self.best is not None and open_.cost >= self.best.value * (1 - self.tolerance)

    def _broken(self, node: _Node) -> list[Clash]:
        aside = {clash.key for clash in node.waived}
        return [clash for clash in self.find(node.answer.chosen) if clash.key not in aside]

    def _keep(self, node: _Node) -> None:
        if self.best is None or node.value < self.best.value:
            self.best = node

    def _children(self, node: _Node) -> Iterator[_Node]:
        broken = self._broken(node)
        if not broken:
            self._keep(node)
            self.closed.append(node.cost)
            return
        clash = broken[0]
        for way in clash.ways:
            if child := self._solve(node.removed | way, node.waived, node.paid):
                yield child
        if self.price is not None:
            self.solved += 1
            aside = (*node.waived, clash)
            yield _Node(node.cost + self.price, -self.solved, node.removed, aside, node.answer, node.paid + self.price)

    def _solve(self, removed: frozenset[Arc], waived: tuple[Clash, ...], paid: int) -> _Node | None:
        self.solved += 1
        answer = self.engine.solve(removed)
        return None if answer.short else _Node(answer.bound + paid, -self.solved, removed, waived, answer, paid)

    def _dive(self, node: _Node | None) -> _Node | None:
        """Mend everything that is broken at once, again and again: a first answer, often the best one."""
        while node and (broken := self._broken(node)):
            if self.solved >= self.budget:
                return None
            chosen = {(item, person) for item, people in enumerate(node.answer.chosen) for person in people}
            gone = [min(clash.ways, key=lambda way: len(way & chosen)) for clash in broken]
            node = self._solve(node.removed.union(*gone), node.waived, node.paid)
        return node


def mend(engine: Engine, find: Find, answer: Answer) -> Answer | None:
    """Give each item that breaks a rule to the cheapest other person with room who breaks none; None where one finds nobody.

    Among thousands there is nearly always somebody as good, and no flow has to run again.
    """
    chosen = [list(row) for row in answer.chosen]
    load = [0] * len(engine.marginals)
    for row in chosen:
        for person in row:
            load[person] += 1
    delta = 0
    waiting = find(chosen)
    while waiting:
        clash = waiting.pop()
        if clash.key not in {other.key for other in find(chosen, clash.item)}:
            continue
        moved = _move(engine, find, chosen, load, clash)
        if moved is None:
            return None
        delta += moved
        waiting += find(chosen, clash.item)
    return Answer([sorted(row) for row in chosen], answer.objective + delta, answer.bound, answer.short)


def _move(engine: Engine, find: Find, chosen: list[list[int]], load: list[int], clash: Clash) -> int | None:
    """Tries the items of the clash, and for each the others in the order of what they cost. Gives what it cost more."""
    tries = []
    for item, person in sorted({(i, p) for way in clash.ways for i, p in way if p in chosen[i]}):
        costs = engine.arcs(item)
        freed = costs[person] + engine.marginals[person][load[person] - 1]
        for other, cost in costs.items():
            if other not in chosen[item] and load[other] < len(engine.marginals[other]):
                tries.append((cost + engine.marginals[other][load[other]] - freed, item, person, other))
    for more, item, person, other in sorted(tries):
        before = len(find(chosen, item))
        place = chosen[item].index(person)
        chosen[item][place] = other
        if len(find(chosen, item)) < before:
            load[person] -= 1
            load[other] += 1
            return more
        chosen[item][place] = person
    return None
