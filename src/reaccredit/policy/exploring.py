"""Every standing that a case can reach under one revision, with the shortest dated story of each.

Time is cut at the policy's own bounds (a form opens, a term ends), and the age of a fact counts only as long as some term
runs from it, so the walk is finite and complete for the policy's own arithmetic.
"""

from __future__ import annotations

import gc
from bisect import bisect
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from reaccredit.policy import folding, refusing
from reaccredit.policy.accrediting import CLOCK
from reaccredit.policy.conditions import turning, within
from reaccredit.policy.counting import last_day, moment
from reaccredit.policy.forms import Timing, due, due_row, option_end, timing
from reaccredit.policy.happening import Happenings
from reaccredit.policy.relevance import SLACK, Relevance
from reaccredit.policy.revision import EXPIRES, Revision, Wait
from reaccredit.policy.terms import dated_by, ending, graced
from reaccredit.policy.words import Fact, Malformed, Refusal, Standing

BEGIN = datetime(2021, 6, 1, 14, tzinfo=UTC)  # a Tuesday, away from daylight-saving nights
Key = tuple[Any, ...]
FINE = 8_000  # standings walked to the minute; the largest policy known here has some five thousand
MOST = 12_000  # standings of the rough walk
NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Edge:
    before: Key
    fact: Fact
    after: Key
    clock: bool = False


@dataclass
class Explored:
    """`nodes`: key -> (standing, instant). `parent`: how it was first reached. `broken`: standings whose rules do not fit."""

    rev: Revision
    nodes: dict[Key, tuple[Standing, datetime]] = field(default_factory=dict)
    parent: dict[Key, Edge] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    broken: list[tuple[Key, str]] = field(default_factory=list)
    whole: bool = True
    rough: bool = False  # what only later stages read was told apart by the terms that it lies between

    def path(self, key: Key, last: Edge | None = None) -> list[Edge]:
        """The shortest way to a standing, oldest first."""
        edges = [last] if last else []
        while key in self.parent:
            edges.append(self.parent[key])
            key = edges[-1].before
        return edges[::-1]

    def story(self, key: Key, last: Edge | None = None) -> tuple[str, ...]:
        return tuple(self._line(e) for e in self.path(key, last))

    def _line(self, e: Edge) -> str:
        return f"{moment(e.fact.at, self.rev.zone)}: time passes" if e.clock else line(self.rev, e.fact)

    def after(self) -> dict[Key, list[Edge]]:
        found: dict[Key, list[Edge]] = {}
        for e in self.edges:
            found.setdefault(e.before, []).append(e)
        return found


def line(rev: Revision, fact: Fact) -> str:
    """A fact as a line of a story."""
    about = ", ".join(f"{k} {_short(v)}" for k, v in fact.about.items())
    return f"{moment(fact.at, rev.zone)}: {fact.kind}{f' ({about})' if about else ''}"


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {v}" for k, v in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class Walker:
    """Walks one revision. `key` says which standings are the same for every question that can still be asked."""

    def __init__(self, rev: Revision, *, rough: bool = False) -> None:
        self.rev, self.rough = rev, rough
        self.relevance = Relevance(rev)
        self.happenings = Happenings(rev, self.relevance)
        self._known_sides: dict[Key, Key] = {}

    def explore(self, most: int = MOST) -> Explored:
        out = Explored(self.rev, rough=self.rough)
        start = folding.begin(self.rev)
        start.entered = BEGIN
        first = self.key(start, BEGIN)
        out.nodes[first] = (start, BEGIN)
        queue = deque([first])
        while queue:
            if len(out.nodes) >= most:
                out.whole = False
                break
            key = queue.popleft()
            standing, now = out.nodes[key]
            if self.rev.stages[standing.stage].ends:
                continue
            for edge, new in self.steps(out, key, standing, now):
                out.edges.append(edge)
                if edge.after not in out.nodes:
                    out.nodes[edge.after] = (new, edge.fact.at)
                    out.parent[edge.after] = edge
                    queue.append(edge.after)
        return out

    def steps(self, out: Explored, key: Key, s: Standing, now: datetime) -> Iterator[tuple[Edge, Standing]]:
        for fact in self.happenings.at(s, now):
            try:
                result = folding.step(self.rev, s, fact)
                if isinstance(result, Refusal):
                    continue
                new = self.key(result[0], now)
            except Malformed as error:
                out.broken.append((key, str(error)))
                continue
            yield Edge(key, fact, new), result[0]
        try:
            later = min((t for t in self.bounds(s, now) if t > now), default=None)
            moved = folding.clock(self.rev, s, later or now)
            if later is None and not moved:
                return  # neither a bound ahead, nor a term that was over when the case came
            later = later or now
            new_s = moved[-1][0] if moved else s
            yield Edge(key, Fact(later, CLOCK), self.key(new_s, later), clock=True), new_s
        except (Malformed, OverflowError) as error:
            out.broken.append((key, str(error)))

    def bounds(self, s: Standing, now: datetime) -> Iterator[datetime]:
        """When something changes by itself."""
        stage = self.rev.stages[s.stage]
        found = list(self._form(s) if stage.asks else self._stay(s))
        end = due(self.rev, s) if stage.until or stage.since else None
        found += [ending(self.rev, s, wait, end).due for wait in stage.until.values()]
        found += [refusing.opening(self.rev, s, wait, end)[0] for wait in stage.since.values()]
        found += [turning(self.rev, left, s) for left in self.relevance.lefts[s.stage]]
        yield from (t for t in found if t)

    def _form(self, s: Standing) -> Iterator[datetime | None]:
        when = timing(self.rev, s)
        yield from (when.ready, when.opens, when.due)
        if _yearly(when) and when.due:  # what makes the stage begin again may come on its last day
            yield self.rev.days.begin_of(last_day(when.due, self.rev.zone))
        for name in when.row.terms if when.row else ():
            yield option_end(self.rev, s, when, name)

    def _stay(self, s: Standing) -> Iterator[datetime | None]:
        if wait := due_row(self.rev, s):
            found = ending(self.rev, s, wait)
            yield from (found.earliest, found.due)

    # -- which standings are the same for every question that can still be asked
    def key(self, s: Standing, now: datetime) -> Key:
        names, asked = self.relevance.read(s)
        here = self.relevance.here(s.stage, s.marks) if self.rough else names
        ages = self._ages(s, now, names, here)
        dates = self._dates(s, now, names, here) if s.dates else ()
        once = frozenset(k for k in s.times if k.startswith(folding.OPTION))
        most = self.relevance.most
        counts = tuple(sorted((k, min(n, most[k])) for k, n in s.counters.items() if n))
        term = self._term(s, now, here) if EXPIRES in names else None
        anchors = self._anchors(s, now, names, here)
        traits = tuple(sorted((k, v) for k, v in s.traits.items() if k in asked))
        year = self._year(s, now) if self.rev.seasons else ()
        return (
            s.stage, counts, s.marks, self._areas(s), s.play, traits, ages, dates, once, bool(s.lapsed), s.outcome, term, anchors,
            year,
        )  # fmt: skip

    def _year(self, s: Standing, now: datetime) -> Key:
        """How far off a form is that opens once a year, at a stage that may begin again meanwhile."""
        if not self.rev.stages[s.stage].asks or not self.rev.stages[s.stage].dues:
            return ()
        when = timing(self.rev, s)
        ends = [option_end(self.rev, s, when, name) for name in when.row.terms] if when.row else []
        return tuple(max(t - now, NONE) for t in (when.opens, *ends) if t) if _yearly(when) else ()

    def _apart(self, name: str, span: timedelta, cap: timedelta, here: frozenset[str]) -> timedelta | int:
        """A time as the key tells it apart: what is not read here only by the terms that it lies between, where the walk is rough."""
        if name in here or not self.rough:
            return _between(span, cap)
        return bisect(self.relevance.steps.get(name, ()), abs(span)) * (1 if span >= NONE else -1)

    def _ages(self, s: Standing, now: datetime, names: frozenset[str], here: frozenset[str]) -> Key:
        caps, alike = self.relevance.caps, self.relevance.alike
        known = {k: at for k, at in s.times.items() if k in names}
        if not known:
            return ()
        for k in alike.keys() & known.keys():  # the first of those that open a form stands for all of them
            at, first = known.pop(k), alike[k]
            known[first] = min(at, known.get(first, at))
        if not self.rough:
            return tuple(sorted((k, min(now - at, caps.get(k, NONE))) for k, at in known.items()))
        return tuple(sorted((k, self._apart(k, now - at, caps.get(k, NONE), here)) for k, at in known.items()))

    def _areas(self, s: Standing) -> Key:
        """The areas of the walk are of one kind: which of the two failed makes no difference."""
        return tuple(sorted(s.areas.values()))

    def _dates(self, s: Standing, now: datetime, names: frozenset[str], here: frozenset[str]) -> Key:
        """How far off a day is where a clock runs from it; where it is only compared, on which side of the bounds it lies."""
        clocks, caps = self.relevance.clocks, self.relevance.caps
        run = [k for k in s.dates if k in clocks and k in names]
        exact = (
            tuple(sorted((k, self._apart(k, s.dates[k] - now, caps.get(k, SLACK), here)) for k in run)) if run else ()
        )
        return exact, tuple(k for k in s.dates if k in names), self._sides(s, now)

    def _sides(self, s: Standing, now: datetime) -> Key:
        """Remembered: most of what happens changes nothing of it."""
        known = (
            now, *s.dates.items(), *map(s.times.get, self.relevance.sided), s.entered, s.decided, s.passed, s.effective,
            s.expires, s.outcome, s.stage,
        )  # fmt: skip
        if known not in self._known_sides:
            sides = (within(self.rev, left, s, now) for left in self.relevance.compared)
            gates = (self._passed(s, now, wait, early) for wait, early in self.relevance.gates)
            self._known_sides[known] = (*sides, *gates)
        return self._known_sides[known]

    def _passed(self, s: Standing, now: datetime, wait: Wait, early: bool) -> bool | None:
        bound = refusing.opening(self.rev, s, wait, None)[0] if early else ending(self.rev, s, wait).due
        return now >= bound if bound else None

    def _term(self, s: Standing, now: datetime, here: frozenset[str]) -> Key | None:
        """How far off the end is, and whose term it is: what prolongs it may still come."""
        until, by = graced(self.rev, s), dated_by(self.rev, s)
        if until is None or by is None:
            return None
        far = self.relevance.caps.get("expires", SLACK) + timedelta(days=2000)
        return self._apart(EXPIRES, datetime.combine(until, time(12), UTC) - now, far, here), by.id

    def _anchors(self, s: Standing, now: datetime, names: frozenset[str], here: frozenset[str]) -> Key:
        caps, asked = self.relevance.caps, self.relevance.anchors & names
        if not asked:
            return ()
        known: dict[str, datetime | None] = {"entered": s.entered, "decided": s.decided, "passed": s.passed}
        return tuple(
            (k, self._apart(k, now - at, caps.get(k, SLACK), here)) for k, at in known.items() if k in asked and at
        )


def _yearly(when: Timing) -> bool:
    return bool(when.row and when.row.opens.season and not when.row.due)


def _between(span: timedelta, cap: timedelta) -> timedelta:
    return max(-cap, min(span, cap))


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles: a walk makes none, and hundreds of thousands of things that it would look through."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def explore(rev: Revision, most: int = FINE) -> Explored:
    """To the minute. Where short loops and long terms make too many standings of it, roughly: every stage, every way, fewer dates."""
    with uncollected():
        fine = Walker(rev).explore(most)
        return fine if fine.whole or most < FINE else Walker(rev, rough=True).explore(MOST)
