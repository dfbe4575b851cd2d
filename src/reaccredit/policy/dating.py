"""Terms that no case can reckon, and times that are over before they begin: seen on the walk of every standing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial

from reaccredit.policy import refusing, telling
from reaccredit.policy.conditions import cut_offs, holds
from reaccredit.policy.exploring import Edge, Explored, Key
from reaccredit.policy.forms import due, stage_end, timing
from reaccredit.policy.revision import Revision, Stage, Wait, Window
from reaccredit.policy.terms import due_of, ending
from reaccredit.policy.words import Malformed, Refusal, Standing

Said = Iterator[tuple[str, str, Key, Edge | None]]  # the property, what is wrong, and the standing (by this edge)
Here = list[tuple[Key, Standing, datetime]]
Asked = Callable[[Standing, datetime], bool]


def undated(w: Explored) -> Said:
    here: dict[str, Here] = {}
    for key, (s, now) in w.nodes.items():
        here.setdefault(s.stage, []).append((key, s, now))
    for name, found in here.items():
        stage = w.rev.stages[name]
        yield from _terms(w.rev, stage, found)
        yield from _cut_offs(w.rev, stage, found)
    yield from _forms(w.rev, here)
    yield from _at_once(w)
    yield from _outcomes(w)


def _named(rev: Revision, wait: Wait) -> str:
    return ", ".join(rev.title_of(n) for n in wait.start)


def _never(rev: Revision, what: str, wait: Wait, first: Key) -> tuple[str, str, Key, None]:
    return "never known", f"{what} is reckoned from {_named(rev, wait)}, which no case there has", first, None


def _lacking(here: Here, applies: Asked, so: Asked) -> Key | None:
    """The first standing to which a rule applies, where it is so in none of those to which it does."""
    first = None
    for key, s, now in here:
        if applies(s, now):
            if so(s, now):
                return None
            first = first or key
    return first


def _terms(rev: Revision, stage: Stage, here: Here) -> Said:
    """The term of a stage is known at least once."""
    for wait in stage.dues if not stage.ends else ():
        fits = partial(_holds, rev, wait)
        if bare := _lacking(here, fits, partial(_ends, rev, wait)):
            yield _never(rev, f"the term of stage {stage.id!r}", wait, bare)


def _ends(rev: Revision, wait: Wait, s: Standing, _: datetime) -> bool:
    return ending(rev, s, wait).due is not None


def _bounded(rev: Revision, kind: str, s: Standing, now: datetime) -> bool:
    return any(cut_offs(rev, s, kind, now))


def _always(s: Standing, now: datetime) -> bool:
    return True


def _holds(rev: Revision, wait: Wait, s: Standing, now: datetime) -> bool:
    return holds(rev, wait.when, s, now)


def _cut_offs(rev: Revision, stage: Stage, here: Here) -> Said:
    """What is bounded in time can come in time at least once."""
    for kind, wait in stage.until.items():
        fits = partial(_holds, rev, wait)
        if _lacking(here, _always, fits):
            yield "never applies", f"the cut-off of “{kind}” at {stage.id!r} applies to no standing", here[0][0], None
        elif bare := _lacking(here, fits, partial(_has_end, rev, wait)):
            yield _never(rev, f"until when “{kind}” may come at {stage.id!r}", wait, bare)
    for kind in (k for k in (*stage.until, *stage.since) if k in stage.hears):
        if late := _lacking(here, partial(_bounded, rev, kind), partial(_in_time, rev, kind)):
            yield "never in time", f"“{kind}” can never come in time at {stage.id!r}", late, None


def _has_end(rev: Revision, wait: Wait, s: Standing, _: datetime) -> bool:
    return ending(rev, s, wait, _own(rev, s)).due is not None


def _own(rev: Revision, s: Standing) -> datetime | None:
    try:
        return due(rev, s)
    except Malformed:  # more or fewer than one window: said elsewhere
        return None


def _in_time(rev: Revision, kind: str, s: Standing, now: datetime) -> bool:
    late, early = cut_offs(rev, s, kind, now)
    if late and (end := ending(rev, s, late, _own(rev, s)).due) and now >= end:
        return False
    opens = refusing.opening(rev, s, early, _own(rev, s))[0] if early else now
    end = ending(rev, s, late, _own(rev, s)).due if late else None
    return opens is not None and (end is None or opens < end)


def _forms(rev: Revision, here: dict[str, Here]) -> Said:
    for n, row in enumerate(rev.windows, 1):
        for what, wait in (("the due date", row.due), *((f"the term of {name!r}", t) for name, t in row.terms.items())):
            if wait is None:
                continue
            found = here.get(row.stage, [])
            if bare := _lacking(found, partial(_applies, rev, row), partial(_known, rev, wait)):
                yield _never(rev, f"{what} of window {n}", wait, bare)


def _applies(rev: Revision, row: Window, s: Standing, now: datetime) -> bool:
    return holds(rev, row.when, s, None)


def _known(rev: Revision, wait: Wait, s: Standing, _: datetime) -> bool:
    try:
        opens = timing(rev, s).opens
    except Malformed:
        return True
    return ending(rev, s, wait, opened=opens).due is not None


def _at_once(w: Explored) -> Said:
    """A fact that leads to a stage whose time is always over then."""
    late: dict[tuple[str, str, str], Edge] = {}
    timely: set[tuple[str, str, str]] = set()
    moving = {name: {k.partition("/")[0] for k in stage.moves} for name, stage in w.rev.stages.items()}
    for e in w.edges:
        s, n = w.nodes[e.before][0], w.nodes[e.after][0]
        stage = w.rev.stages[n.stage]
        if s.stage == n.stage and e.fact.kind not in moving[s.stage]:
            continue  # heard, and it leads nowhere
        way = s.stage, e.fact.kind, n.stage
        if e.clock or stage.asks or stage.ends or way in timely or not stage.dues or e.before == e.after:
            continue
        end = stage_end(w.rev, n)
        if end is None or end > e.fact.at:
            timely.add(way)
        else:
            late.setdefault(way, e)
    for way, e in late.items():
        if way not in timely:
            yield "no chance", f"“{way[1]}” leads to {way[2]!r}, whose term is always over then", e.before, e


def _outcomes(w: Explored) -> Said:
    """The first day of an outcome is known at least once (else it is always that of the decision), the last one always (else there is no end)."""
    into: dict[str, list[Edge]] = {}
    for e in w.edges:
        into.setdefault(w.nodes[e.after][0].outcome, []).append(e)
    for o in w.rev.outcomes.values():
        edges = into.get(o.id, [])
        bare = next((e.after for e in edges if w.nodes[e.after][0].effective is None), None)
        if o.keeps and o.accredited and bare:
            yield "never known", f"outcome {o.id!r} keeps the days of a term, and some cases have none", bare, None
        if not edges or o.keeps or o.suspends or not o.accredited:
            continue
        if o.effective and not any(_reckoned(w, e, o.effective) for e in edges):
            yield _never(w.rev, f"the first day of outcome {o.id!r}", o.effective, edges[0].after)
        endless = next(
            (k for k, (s, _) in w.nodes.items() if s.outcome == o.id and s.effective and not s.expires), None
        )
        if o.expires and endless:
            yield _never(w.rev, f"the last day of outcome {o.id!r}", o.expires, endless)


def _reckoned(w: Explored, e: Edge, wait: Wait) -> bool:
    """Was the day known at the fact that decided?"""
    s, n = w.nodes[e.before][0], w.nodes[e.after][0]
    probe = s.copy()
    probe.times = {**s.times, **dict.fromkeys(_names(w.rev, s, e), e.fact.at)}
    probe.dates, probe.decided, probe.outcome, probe.entered = n.dates, e.fact.at, "", n.entered
    return due_of(w.rev, probe, wait) is not None


def _names(rev: Revision, s: Standing, e: Edge) -> Iterable[str]:
    known = rev.facts.get(e.fact.kind)
    names = telling.instances(rev, s, known, e.fact) if known else (e.fact.kind,)
    return () if isinstance(names, Refusal) else names
