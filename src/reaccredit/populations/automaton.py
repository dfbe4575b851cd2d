"""The shapes of a revision as numbers, and what each word makes of each: learnt from the rule core when first met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

import numpy as np

from reaccredit.policy import Fact, Refusal, folding
from reaccredit.policy.doors import Awaited, Deadline, Door, Opening, Term, deadline
from reaccredit.policy.relevance import Relevance
from reaccredit.policy.revision import DECIDED, ENTERED, PASSED, Revision, Wait
from reaccredit.policy.shapes import Shape, carried, free, shapes
from reaccredit.policy.words import Standing
from reaccredit.populations.histories import Words

# Rows of the columns. NEVER is later than every instant and LONG_AGO earlier; what nobody asks for is written to IDLE.
ENTERED_ROW, PASSED_ROW, DECIDED_ROW, LAPSED_ROW, EFFECTIVE_ROW, EXPIRES_ROW, IDLE, NEVER, LONG_AGO, FIRST_NAME = range(
    10
)
FOREVER = np.int64(2**62)
OWN = {ENTERED: ENTERED_ROW, PASSED: PASSED_ROW, DECIDED: DECIDED_ROW}
REFUSED = 0  # the node of a case whose history is not admitted; the edge that leads there
PLAIN, GUARDED, GRANTING, UNDATING, REFUSING, SLOW = range(6)  # kinds of edges
UNMET = 0  # the number of the edge that is not known yet; 1 leaves a refused history where it is


T = TypeVar("T")


@dataclass(slots=True)
class Edge:
    kind: int
    to: int
    rows: tuple[int, ...] = ()  # the rows that take the time of the fact
    door: Door | Awaited | None = None
    grants: str = ""


@dataclass(slots=True)
class Node:
    """A shape. `due`: the end of its stage's time, where that can be reckoned in columns; `ticked`: where the clock then leads."""

    shape: Shape | None
    due: Deadline | None = None
    runs: tuple[int, ...] = (NEVER,)
    soonest: int = 0
    ticked: Edge | None = None


@dataclass
class Automaton:
    """`table[node, word]` is the number of an edge; 0 is an edge that was not met yet."""

    rev: Revision
    vocabulary: Sequence[Words]
    every: bool = False
    guards: list[Door | Awaited] = field(default_factory=list)
    ends: list[Deadline] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shapes = shapes(self.rev)
        self.rows = self._rows()
        self._place: dict[int, int] = {}
        self.firsts: list[date | None] = [None]  # first days, which also know by which decision they were given
        self._first: dict[tuple[object, ...], int] = {}
        self.grants_known: dict[tuple[int, int], tuple[int, int]] = {}  # (edge, days) -> first and last day
        self.nodes, self.edges = [Node(None)], [Edge(PLAIN, REFUSED), Edge(PLAIN, REFUSED)]
        self.table = np.zeros((64, len(self.vocabulary)), np.int32)
        self.table[REFUSED] = 1
        self._told = (0, 0)
        self._guards: dict[object, int] = {}
        self._ends: dict[object, int] = {}
        self.renew()

    def _rows(self) -> dict[str, int]:
        """A row for every name whose time can matter; with `every`, for each that the vocabulary can say."""
        names = set(Relevance(self.rev).names) - OWN.keys() | set(self.rev.dates)
        if self.every:
            told = {
                f"{kind}/{word}" for kind, about in self.vocabulary for word in about.values() if isinstance(word, str)
            }
            names |= (
                told
                | {kind for kind, _ in self.vocabulary}
                | {f.stands_for for f in self.rev.facts.values() if f.stands_for}
            )
        return OWN | {name: FIRST_NAME + i for i, name in enumerate(sorted(names))}

    @property
    def height(self) -> int:
        return FIRST_NAME + len(self.rows) - len(OWN)

    def renew(self) -> None:
        """The arrays that the fold reads, from what is known by now."""
        if self._told == (len(self.nodes), len(self.edges)):
            return
        self._told = len(self.nodes), len(self.edges)
        named = [tuple(row for row in e.rows if row != ENTERED_ROW) for e in self.edges]
        most = max(1, *(len(rows) for rows in named))
        rows = [(*found, *(IDLE,) * (most - len(found))) for found in named]
        self.edge_enters = np.array([ENTERED_ROW in e.rows for e in self.edges])
        self.edge_rows = np.array(rows, np.int64).T.copy()
        self.edge_kind = np.array([e.kind for e in self.edges], np.int8)
        self.edge_guard = np.array(
            [self._numbered(self.guards, self._guards, e.door, e.kind) for e in self.edges], np.int16
        )
        self.edge_to = np.array([e.to for e in self.edges], np.int32)
        self.run = np.array([n.runs[0] for n in self.nodes], np.int64)
        self.node_end = np.array([self._numbered(self.ends, self._ends, n.due, 0) for n in self.nodes], np.int16)
        self.soonest = np.array([n.soonest for n in self.nodes], np.int64)
        self.many_runs = np.array([len(n.runs) > 1 for n in self.nodes])

    @staticmethod
    def _numbered(found: list[T], known: dict[object, int], part: T | None, kind: int) -> int:
        """The same plan has the same number, whichever shape it was made for; -1 for none."""
        if part is None:
            return -1
        key = (kind, plan(part))
        if key not in known:
            known[key] = len(found)
            found.append(part)
        return known[key]

    def node(self, s: Standing) -> int:
        shape = self.shapes.of(s)
        if id(shape) not in self._place:
            self._place[id(shape)] = len(self.nodes)
            self.nodes.append(self._node(shape))
            if len(self.nodes) > len(self.table):
                self.table = np.vstack([self.table, np.zeros_like(self.table)])
        return self._place[id(shape)]

    def _node(self, shape: Shape) -> Node:
        if not shape.ticks:
            return Node(shape)
        found = deadline(self.rev, shape.standing)
        parts = (found.opening, found.term) if found else ()
        known = found if all(n in self.rows for part in parts if part for n in _asked(part)) else None
        if known and known.term is None:
            return Node(shape, known)
        if shape.soonest is None or any(n not in self.rows for n in shape.runs):
            return Node(shape, known, (LONG_AGO,))
        return Node(
            shape,
            known,
            tuple(self.rows[n] for n in shape.runs) or (NEVER,),
            int(shape.soonest.total_seconds()) * 10**6,
        )

    def first(self, day: date | None) -> int:
        """A number for a first day."""
        if day is None:
            return 0
        key = (day, getattr(day, "by", ""), getattr(day, "running", None))
        if key not in self._first:
            self._first[key] = len(self.firsts)
            self.firsts.append(day)
        return self._first[key]

    # -- learning
    def guard(self, s: Standing, fact: Fact) -> Door | Awaited | bool:
        """As `shapes.free`, as far as columns keep the dates."""
        found = free(self.rev, s, fact)
        if isinstance(found, Door):
            parts = (found.opening, found.form, found.own)
            return found if all(n in self.rows for part in parts if part for n in _asked(part)) else False
        return False if isinstance(found, Awaited) and found.kind not in self.rows else found

    def learn(self, node: int, word: int, s: Standing, fact: Fact, door: Door | Awaited | bool) -> int:
        """The edge that this example shows, for every case at the node."""
        edge = self._edge(s, fact, door)
        if self.nodes[node].shape is None:
            raise AssertionError("a refused history goes nowhere")
        self.edges.append(edge)
        self.table[node, word] = len(self.edges) - 1
        return len(self.edges) - 1

    def _edge(self, s: Standing, fact: Fact, door: Door | Awaited | bool) -> Edge:
        if fact.kind not in self.rev.facts and fact.kind.removeprefix(folding.OPTION) not in self.rev.options:
            return Edge(REFUSING, REFUSED)
        if door is False:
            return Edge(SLOW, REFUSED)
        result = folding.step(self.rev, s, fact)
        if isinstance(result, Refusal):
            return Edge(SLOW if "effective" in fact.about else REFUSING, REFUSED)
        after, how = result[0], carried(s, fact.at, result[0])
        if how is None or (how["grants"] and not self._dated_by_days(s, fact, after)):
            return Edge(SLOW, REFUSED)
        kind = GRANTING if how["grants"] else UNDATING if how["undates"] else PLAIN if door is True else GUARDED
        if kind in (GRANTING, UNDATING) and door is not True:
            return Edge(SLOW, REFUSED)
        after.revision = self.rev.revision
        return Edge(kind, self.node(after), self._written(how), None if isinstance(door, bool) else door, how["grants"])

    def _written(self, how: dict[str, object]) -> tuple[int, ...]:
        sets = how["sets"]
        assert isinstance(sets, tuple)
        own = ((ENTERED_ROW, "enters"), (PASSED_ROW, "passes"), (DECIDED_ROW, "decides"))
        return (*(row for row, name in own if how[name]), *(self.rows[n] for n in sets if n in self.rows))

    def _dated_by_days(self, before: Standing, fact: Fact, after: Standing) -> bool:
        waits = self.granting(after.outcome)
        days = all(w.within is None or not w.within.elapses for w in waits)
        return (
            days and self.shapes.grants(before, fact, after) and all(n in self.anchors for w in waits for n in w.start)
        )

    def granting(self, outcome: str) -> list[Wait]:
        """The waits by which an outcome is dated."""
        known = self.rev.outcomes[outcome]
        return [w for w in (known.effective, known.expires) if w]

    @property
    def anchors(self) -> set[str]:
        return {*self.rows, "effective"}

    def tick(self, node: int, s: Standing, end: datetime) -> Edge | None:
        """Where the clock leads from a node; None where that is asked of the rule core each time."""
        found = self.nodes[node]
        stage = self.rev.stages[s.stage]
        if found.ticked is None and not any(m.when.left for m in stage.overdues):
            moved = folding.clock(self.rev, s, end)
            if not moved:
                return None
            after = moved[0][0]
            assert after.lapsed
            plain = after.copy()
            plain.lapsed = None
            how = carried(s, after.lapsed[1], plain)
            if how is None or how["grants"] or how["undates"]:
                return None
            after.revision = self.rev.revision
            found.ticked = Edge(PLAIN, self.node(after), (*self._written(how), LAPSED_ROW))
        return found.ticked


def _asked(part: Opening | Term) -> tuple[str, ...]:
    return (*part.start, *part.once) if isinstance(part, Opening) else part.names


def plan(part: object) -> object:
    """What two openings, terms, doors or deadlines have in common when they reckon alike."""
    match part:
        case Opening():
            return part.start, part.once, part.pick is min, part.wait, id(part.counting)
        case Term():
            return part.names, part.opened, part.pick is min, id(part.wait)
        case Door():
            return plan(part.opening), plan(part.form), plan(part.own), part.yields
        case Deadline():
            return plan(part.opening), plan(part.term)
        case _:
            return part
