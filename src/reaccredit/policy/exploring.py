"""Every standing that a case can reach under one revision, with the shortest dated story of each.

Time is cut at the policy's own bounds (a form opens, a term ends), and the age of a fact counts only as long as some term
runs from it, so the walk is finite and complete for the policy's own arithmetic.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from reaccredit.policy import folding, spans
from reaccredit.policy.revision import OPENS, Revision, Wait
from reaccredit.policy.windows import option_due, stage_due, timing
from reaccredit.policy.words import ACCEPTABLE, NOT_ACCEPTABLE, Fact, Malformed, Refusal, Standing

BEGIN = datetime(2021, 6, 1, 14, tzinfo=UTC)  # a Tuesday, away from daylight-saving nights
TWO_AREAS = ("one/adult", "two/adult")
Key = tuple[Any, ...]


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

    def story(self, key: Key, last: Edge | None = None) -> tuple[str, ...]:
        """The shortest way to a standing: dated facts, oldest first."""
        edges = [last] if last else []
        while key in self.parent:
            edges.append(self.parent[key])
            key = edges[-1].before
        return tuple(self._line(e) for e in reversed(edges))

    def _line(self, e: Edge) -> str:
        when = spans.moment(e.fact.at, self.rev.zone)
        if e.clock:
            return f"{when}: time passes"
        about = ", ".join(f"{k} {_short(v)}" for k, v in e.fact.about.items())
        return f"{when}: {e.fact.kind}{f' ({about})' if about else ''}"

    def after(self) -> dict[Key, list[Edge]]:
        found: dict[Key, list[Edge]] = {}
        for e in self.edges:
            found.setdefault(e.before, []).append(e)
        return found


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {v}" for k, v in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class Walker:
    def __init__(self, rev: Revision) -> None:
        self.rev = rev
        self.caps = self._caps()
        self.relevant = self._relevant()
        self.most = max((o.deficiency for o in rev.offers), default=0) + 1
        media = rev.media
        self.media = [m for m in media if m == "upload"] + [m for m in media if m != "upload"][:1]

    def explore(self, most: int = 60_000) -> Explored:
        out = Explored(self.rev)
        start = folding.begin(self.rev)
        first = self.key(start, BEGIN)
        out.nodes[first] = (start, BEGIN)
        queue = deque([first])
        while queue and len(out.nodes) < most:
            key = queue.popleft()
            standing, now = out.nodes[key]
            if self.rev.stages[standing.stage].ends:
                continue
            for edge, new in self._steps(out, key, standing, now):
                out.edges.append(edge)
                if edge.after not in out.nodes:
                    out.nodes[edge.after] = (new, edge.fact.at)
                    out.parent[edge.after] = edge
                    queue.append(edge.after)
        return out

    def _steps(self, out: Explored, key: Key, s: Standing, now: datetime) -> Iterator[tuple[Edge, Standing]]:
        for fact in self._facts(s, now):
            try:
                result = folding.step(self.rev, s, fact)
                if isinstance(result, Refusal):
                    continue
                new = self.key(result.standing, now)
            except Malformed as error:
                out.broken.append((key, str(error)))
                continue
            yield Edge(key, fact, new), result.standing
        try:
            later = min((t for t in self._bounds(s) if t > now), default=None)
        except Malformed as error:
            out.broken.append((key, str(error)))
            return
        if later:
            moved = folding.clock(self.rev, s, later)
            new_s = moved[-1].standing if moved else s
            yield Edge(key, Fact(later, "clock"), self.key(new_s, later), clock=True), new_s

    # -- what may happen, and when something changes by itself
    def _facts(self, s: Standing, now: datetime) -> Iterator[Fact]:
        stage = self.rev.stages[s.stage]
        for kind, move in stage.moves.items():
            yield from (Fact(now, kind, about) for about in self._abouts(s, move.counts, move.outcome))
        for kind in sorted(stage.hears & self.caps.keys()):
            if not s.heard(kind):
                yield Fact(now, kind)
        if not stage.asks:
            return
        for name, choice in self.rev.options.items():
            yield Fact(now, f"option.{name}")
            if len(s.deficient) > 1 and (choice.withdraws or choice.partial):
                yield Fact(now, f"option.{name}", {"areas": list(s.deficient[:1])})

    def _abouts(self, s: Standing, counts: bool, outcome: str) -> list[dict[str, Any]]:
        media = self.media if counts else [None]
        tested = [a for a, w in s.areas if w == s.play] or ([] if s.areas else list(TWO_AREAS))
        areas: list[dict[str, str] | None] = [None] if s.areas or not outcome else [dict.fromkeys(TWO_AREAS, outcome)]
        if outcome and len(tested) > 1:
            other = ACCEPTABLE if outcome == NOT_ACCEPTABLE else NOT_ACCEPTABLE
            areas.append({tested[0]: outcome} | dict.fromkeys(tested[1:], other))
        return [({"medium": m} if m else {}) | ({"areas": a} if a else {}) for m in media for a in areas]

    def _bounds(self, s: Standing) -> Iterator[datetime]:
        stage = self.rev.stages[s.stage]
        if stage.asks:
            when = timing(self.rev, s)
            yield from (t for t in (when.ready, when.opens, when.due) if t)
            for name in when.row.terms:
                due = option_due(self.rev, s, when, name)[0]
                if due:
                    yield due
        else:
            earliest, due, _ = stage_due(self.rev, s)
            yield from (t for t in (earliest, due) if t)

    # -- which standings are the same for every question that can still be asked
    def key(self, s: Standing, now: datetime) -> Key:
        kinds = self.relevant[s.stage]
        ages = tuple((k, min(now - at, self.caps[k])) for k, at in sorted(s.times) if k in kinds)
        once = (
            frozenset(k for k, _ in s.times if k.startswith(folding.OPTION)) if self.relevant[s.stage] else frozenset()
        )
        # Past the last row of the matrix one deficiency is like the next: without this the count alone would go on for ever.
        count = min(s.deficiency, self.most)
        return s.stage, count, s.marks, s.areas, s.play, s.medium, ages, once, bool(s.lapsed)

    def _caps(self) -> dict[str, timedelta]:
        """For each fact that a term runs from, the age after which it changes nothing any more."""
        caps: dict[str, timedelta] = {}

        def run(kinds: tuple[str, ...], span: spans.Span, more: int = 0) -> None:
            for kind in kinds:
                caps[kind] = max(caps.get(kind, timedelta(0)), timedelta(days=span.days + more + 2, hours=span.hours))

        for w in self.rev.windows:
            form = w.due.within.days
            run(w.opens.start, w.opens.wait, form)
            run((w.opens.once,) if w.opens.once else (), spans.Span(), form)
            waits: list[Wait] = [w.due, *w.terms.values()]
            for wait in waits:
                run(tuple(k for k in wait.start if k != OPENS), wait.within)
        for stage in self.rev.stages.values():
            if stage.due:
                run(stage.due.start, stage.due.within)
        return caps

    def _relevant(self) -> dict[str, frozenset[str]]:
        """The facts whose age can still matter from a stage on, before the next report starts new clocks."""
        own = {name: set(self._read_at(name)) for name in self.rev.stages}
        leads = {name: self._leads(name) for name in self.rev.stages}
        changed = True
        while changed:
            changed = False
            for name, to in leads.items():
                more = set().union(*(own[t] for t in to)) - own[name]
                own[name] |= more
                changed = changed or bool(more)
        return {name: frozenset(kinds) for name, kinds in own.items()}

    def _read_at(self, stage: str) -> set[str]:
        kinds: set[str] = set()
        for w in self.rev.windows:
            if w.stage == stage:
                kinds.update(w.opens.start, (w.opens.once,), w.due.start, *(t.start for t in w.terms.values()))
        due = self.rev.stages[stage].due
        return (kinds | set(due.start if due else ())) & self.caps.keys()

    def _leads(self, name: str) -> set[str]:
        stage = self.rev.stages[name]
        moves = [*stage.moves.values(), *([stage.overdue] if stage.overdue else [])]
        to = {t for m in moves if not m.counts for t in (m.to, m.settled_to, m.emptied_to, m.over_to) if t}
        if stage.asks:
            to |= {t for c in self.rev.options.values() for t in (c.to, c.settled_to, c.emptied_to) if t}
        return to


def explore(rev: Revision) -> Explored:
    return Walker(rev).explore()
