"""Standings without their dates, and what a fact makes of each: worked out once by the fold, then looked up.

Two standings of one shape differ in dates alone. A fact whose consequence asks for no date leads every standing of a shape to
one other shape, so the fold is asked once (`folding.step`) and its answer is remembered as an `Edge`. A choice asks for the
dates of its form, which a `Door` keeps. Whatever else asks for a date (a cut-off, days left, the term of a grant, a day that is
told) is never remembered: the fold answers it each time.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from reaccredit.policy import folding, refusing
from reaccredit.policy.accrediting import granted
from reaccredit.policy.dates import Dates
from reaccredit.policy.doors import Awaited, Door, door, shut
from reaccredit.policy.revision import ANCHORS, DECIDED, EFFECTIVE, PASSED, Revision
from reaccredit.policy.words import Because, Fact, Refusal, Standing

MOST = 20_000  # shapes kept of one revision; then all are forgotten, and learnt again
DATELESS = frozenset({"ended", "not-now", "not-offered"})  # refusals that say where a case stands, never when
DATED = ("entered", "passed", "decided", "effective", "expires")


class Shape:
    """Everything of a standing but its dates. `names`: which times are known; `soonest`: see `folding.least`."""

    __slots__ = ("bars", "edges", "names", "runs", "soonest", "standing", "ticks")

    def __init__(self, rev: Revision, s: Standing) -> None:
        self.standing = s
        self.names = tuple(s.times)
        self.edges: dict[Hashable, Edge] = {}
        self.bars: dict[Hashable, Bar] = {}
        self.ticks = bool(rev.stages[s.stage].overdues)
        names, self.soonest = folding.least(rev, s.stage)
        self.runs = tuple(n for n in names if n in s.times)

    def may_tick(self, times: Mapping[str, datetime], at: datetime) -> bool:
        """May the clock have moved the case by then? False is certain, and cheap to know."""
        if self.soonest is None:
            return True
        runs = self.runs
        if len(runs) == 1:
            return at >= times[runs[0]] + self.soonest
        return bool(runs) and at >= min(times[n] for n in runs) + self.soonest

    def dated(self, d: Dates, revision: date | None) -> Standing:
        """The standing of this shape with these dates."""
        s, times = self.standing.copy(), d.times
        s.times = {n: times[n] for n in self.names}
        s.dates, s.entered, s.passed, s.decided = d.dates, d.entered, d.passed, d.decided
        s.effective, s.expires, s.revision = d.effective, d.expires, revision
        s.lapsed = d.lapsed if self.standing.lapsed else None
        return s


@dataclass(frozen=True, slots=True)
class Bar:
    """Why a fact fits no standing of a shape, whatever its dates. `anew`: as of an edge."""

    refusal: Refusal
    anew: bool


@dataclass(slots=True, eq=False)
class Edge:
    """What a fact makes of every standing of a shape. `keeps`: the times that outlive it, where not all do; `sets`: those that become its own."""

    to: Shape
    cites: tuple[str, ...]
    because: Because
    sets: tuple[str, ...]
    keeps: tuple[str, ...] | None
    enters: bool
    passes: bool
    decides: bool
    undates: bool
    grants: str  # the outcome whose first and last day are reckoned from the dates
    anew: bool  # another revision may govern from this fact on
    door: Door | Awaited | None
    rev: Revision

    def write(self, d: Dates, at: datetime) -> None:
        """Carries the dates over to the next shape."""
        times = d.times
        if self.keeps is not None:
            times = d.times = {n: times[n] for n in self.keeps}
        for name in self.sets:
            times[name] = at
        if self.enters:
            d.entered = at
        if self.passes:
            d.passed = at
        if self.decides:
            d.decided = at
        if self.undates:
            d.effective = d.expires = None
        if self.grants:
            d.effective, d.expires = granted(self.rev, self.to.dated(d, None), self.grants, at)


class Shapes:
    """The shapes of one revision as far as they were met."""

    def __init__(self, rev: Revision) -> None:
        self.rev = rev
        self.found: dict[Hashable, Shape] = {}
        self.deaf = _deaf(rev)

    def of(self, s: Standing) -> Shape:
        key = _key(s)
        shape = self.found.get(key)
        if shape is None:
            if len(self.found) >= MOST:
                self.found = {}
            shape = self.found.setdefault(key, Shape(self.rev, s))
        return shape

    def key(self, fact: Fact) -> Hashable | None:
        """Under which a fact is remembered; None for one whose words are of a kind that is not."""
        if not fact.about or fact.kind in self.deaf:
            return fact.kind
        said = tuple((k, v if type(v) is str else _frozen(v)) for k, v in fact.about.items())
        return None if any(v is None for _, v in said) else (fact.kind, said)

    def learn(
        self,
        shape: Shape,
        key: Hashable,
        before: Standing,
        fact: Fact,
        after: Standing,
        cites: tuple[str, ...],
        anew: bool,
    ) -> None:
        """Remembers what the fold answered, where it holds for every standing of the shape."""
        way, how = free(self.rev, before, fact), carried(before, fact.at, after)
        if way is False or how is None or (how["grants"] and not self.grants(before, fact, after)):
            return
        if len(shape.edges) >= MOST:
            shape.edges = {}
        because = refusing.because(self.rev, cites, self.rev.title_of(fact.kind) + ".")
        shape.edges[key] = Edge(
            self.of(after), cites, because, **how, anew=anew, door=None if isinstance(way, bool) else way, rev=self.rev
        )

    def learn_refusal(self, shape: Shape, key: Hashable, before: Standing, no: Refusal, anew: bool) -> None:
        """Remembers a refusal in which no date is read."""
        if no.kind in DATELESS and not before.lapsed and not _asks_days(self.rev, before, no.kind):
            if len(shape.bars) >= MOST:
                shape.bars = {}
            shape.bars[key] = Bar(no, anew)

    def grants(self, before: Standing, fact: Fact, after: Standing) -> bool:
        """Are the days of the grant reckoned from dates that the standing keeps, and from no term before?"""
        outcome = self.rev.outcomes[after.outcome]
        waits = [w for w in (outcome.effective, outcome.expires) if w]
        kept = {
            *after.times,
            DECIDED,
            PASSED,
            EFFECTIVE,
            *(n for w in waits for n in w.start if n not in {*before.times, *ANCHORS}),
        }
        first = before.effective is None and before.expires is None
        return (
            first and "effective" not in fact.about and all(kept.issuperset(w.start) and not w.extended for w in waits)
        )


@lru_cache(maxsize=64)
def shapes(rev: Revision) -> Shapes:
    return Shapes(rev)


def _key(s: Standing) -> Hashable:
    return (
        s.stage, tuple(s.counters.items()), s.marks, tuple(s.traits.items()), tuple(s.areas.items()), s.play, s.begun, s.chosen,
        s.retest, s.owed, s.outcome, tuple(s.times), tuple(s.dates), tuple(getattr(s, name) is None for name in DATED),
        s.lapsed and (s.lapsed[0], s.lapsed[2]),
    )  # fmt: skip


def _frozen(value: object) -> Hashable | None:
    """Words, lists of words and tables of words; kinds of value are told apart."""
    if isinstance(value, dict):
        said = tuple(value.items())
        return ("table", said) if all(type(k) is str and type(v) is str for k, v in said) else None
    if isinstance(value, list | tuple):
        return ("list", tuple(value)) if all(type(v) is str for v in value) else None
    return None


def _deaf(rev: Revision) -> frozenset[str]:
    """The facts of which nothing is read but their kind and time."""
    reads = {
        name.partition("/")[0]
        for stage in rev.stages.values()
        for name, rows in stage.moves.items()
        if any(m.finds or m.decides or any(rev.stages[to].decides for to in _targets(m)) for m in rows)
    }
    standing_in = {f.id for f in rev.facts.values() if f.speaks}
    return frozenset(rev.facts) - reads - standing_in - rev.tellers


def _targets(m: Any) -> list[str]:
    over = [m.over.to] if m.over else []
    return [to for to in (m.to, m.settled_to, m.emptied_to, *over) if to]


def free(rev: Revision, s: Standing, fact: Fact) -> Door | Awaited | bool:
    """Does what the fact makes of the standing ask for no date (True), for those of its form (a door), or for others (False)?"""
    stage, kind = rev.stages[s.stage], fact.kind
    if stage.until or stage.since:
        return False
    if any(m.when.left for rows in stage.moves.values() for m in rows):
        return False
    if kind == stage.awaits and kind in s.times:
        return Awaited(kind, folding.awaited(rev, s)) if s.entered else False
    if not kind.startswith(folding.OPTION) or kind in stage.moves or kind in stage.hears:
        return True
    if not stage.asks or shut(rev, s):
        return True
    if any(o.when.left for o in rev.offers):
        return False
    return door(rev, s, kind.removeprefix(folding.OPTION)) or False


def _asks_days(rev: Revision, s: Standing, refused: str) -> bool:
    """Does such a refusal depend on the days left until a date, or on a cut-off?"""
    stage = rev.stages[s.stage]
    asked = [m.when for rows in stage.moves.values() for m in rows]
    asked += [row.when for row in rev.offers] if refused == "not-offered" else []
    return bool(stage.until or stage.since or any(when.left for when in asked))


def carried(before: Standing, at: datetime, after: Standing) -> dict[str, Any] | None:
    """How the dates after follow from those before and the fact's own; None where that cannot be told from this example."""
    if before.dates is not after.dates or any(t is at for t in before.times.values()):
        return None
    sets = tuple(n for n, t in after.times.items() if t is at)
    if any(t is not at and t is not before.times.get(n) for n, t in after.times.items()):
        return None
    if after.lapsed is not None and after.lapsed is not before.lapsed:
        return None
    own = {name: getattr(after, name) is at for name in ("entered", "passed", "decided")}
    if any(getattr(after, n) is not getattr(before, n) for n, is_own in own.items() if not is_own):
        return None
    if any(getattr(before, n) is at for n in own):
        return None
    same = after.effective is before.effective and after.expires is before.expires
    grants = not same and after.effective is not None
    if grants and not own["decided"]:
        return None
    left = tuple(n for n in after.times if n not in sets)
    return {
        "sets": sets, "keeps": None if len(left) + len(sets) == len({*before.times, *sets}) else left,
        "enters": own["entered"], "passes": own["passed"], "decides": own["decided"],
        "undates": not same and not grants, "grants": after.outcome if grants else "",
    }  # fmt: skip
