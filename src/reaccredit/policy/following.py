"""What must follow and does not, seen on the walk of every standing: a word at the end, a date, a count that begins anew, an effect."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from reaccredit.policy.conditions import holds
from reaccredit.policy.exploring import Edge, Explored, Key
from reaccredit.policy.forms import stage_end
from reaccredit.policy.relevance import Relevance
from reaccredit.policy.revision import ANCHORS, Move, Revision, Stage, Wait
from reaccredit.policy.terms import ending
from reaccredit.policy.words import Standing

Said = Iterator[tuple[str, str, Key, Edge | None]]  # the property, what is wrong, and the standing (by this edge)


def unfollowed(w: Explored) -> Said:
    yield from _undecided(w)
    yield from _timeless(w)
    yield from _counting_on(w)
    yield from _idle(w)


def _undecided(w: Explored) -> Said:
    """Where a case ends or rests, its outcome is a final word."""
    for key, (s, _) in w.nodes.items():
        stage = w.rev.stages[s.stage]
        if s.outcome and w.rev.outcomes[s.outcome].interim and (stage.ends or stage.rests):
            how = "ends" if stage.ends else "rests"
            yield "not decided", f"a case {how} at {s.stage!r} with {s.outcome!r}, which is no final word", key, None


def _timeless(w: Explored) -> Said:
    """A stage that is due has a date, or hears the fact from which it will be reckoned."""
    for key, (s, now) in w.nodes.items():
        stage = w.rev.stages[s.stage]
        if stage.ends or stage.asks or stage.silent:
            continue
        for wait in stage.dues:
            if (
                holds(w.rev, wait.when, s, now)
                and ending(w.rev, s, wait).due is None
                and not _may_come(w.rev, stage, wait)
            ):
                names = ", ".join(w.rev.title_of(n) for n in _starts(wait))
                said = f"the term of {s.stage!r} is reckoned from {names}, which some cases there have not, and cannot have any more"
                yield "never known", said, key, None


def _starts(wait: Wait) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n for part in (wait, *wait.of) for n in part.start))


def _may_come(rev: Revision, stage: Stage, wait: Wait) -> bool:
    heard = {k.partition("/")[0] for k in (*stage.moves, *stage.hears)}
    heard |= {f.stands_for for f in rev.facts.values() if f.id in heard}
    tell = {d.id for d in rev.dates.values() if heard & set(d.told_by)}
    return any(n.partition("/")[0] in heard or n in tell for n in _starts(wait))


# ------------------------------------------------------------------ counters
def _counting_on(w: Explored) -> Said:
    """What was counted in one round does not count in the next, unless the counter says that it lasts."""
    whens = [when for stage in w.rev.stages.values() for when in Relevance(w.rev).whens_at(stage)]
    asked = {name for when in whens for name, _, _ in when.counters} | {over.counter for over in w.rev.overs}
    asked |= {c.id for c in w.rev.counters.values() if c.limit}
    for name in sorted(asked):
        if not w.rev.counters[name].lasting:
            yield from _carried(w, name)


def _carried(w: Explored, name: str) -> Said:
    begun = [e for e in w.edges if _begins_anew(w, e) and w.nodes[e.after][0].count(name)]
    if not begun:
        return
    after = w.after()
    for e in begun:
        if _counts_again(w, after, e.after, name):
            there, title = w.nodes[e.after][0].stage, w.rev.counters[name].title
            said = f"“{e.fact.kind}” leads to {there!r} and begins a new round, and “{title}” counts on from the one before"
            said += " (resets, or lasting = true on the counter)"
            yield "no reset", said, e.before, e


def _begins_anew(w: Explored, e: Edge) -> bool:
    """The move leads to where an accredited case rests, and begins a new round."""
    s, n = w.nodes[e.before][0], w.nodes[e.after][0]
    stage = w.rev.stages[n.stage]
    if e.clock or s.stage == n.stage or not stage.rests or not n.outcome or not w.rev.outcomes[n.outcome].accredited:
        return False
    return any(m.new_round and m.to == n.stage for m in _rows(w.rev, s, e.fact.kind))


def _rows(rev: Revision, s: Standing, kind: str) -> Iterator[Move]:
    for name, rows in rev.stages[s.stage].moves.items():
        if name.partition("/")[0] == kind:
            yield from rows


def _counts_again(w: Explored, after: dict[Key, list[Edge]], start: Key, name: str) -> bool:
    seen, queue = {start}, deque([start])
    while queue:
        key = queue.popleft()
        n = w.nodes[key][0].count(name)
        for e in after.get(key, ()):
            there = w.nodes[e.after][0].count(name)
            if there > n:
                return True
            if there and e.after not in seen:
                seen.add(e.after)
                queue.append(e.after)
    return False


# ------------------------------------------------------------------ moves without an effect
def _idle(w: Explored) -> Said:
    """What counts at one stage, and leads nowhere at another, does something there: it counts, it marks, it begins a term anew."""
    counting = {
        k.partition("/")[0] for st in w.rev.stages.values() for k, ms in st.moves.items() if any(m.counts for m in ms)
    }
    if not counting:
        return
    read = Relevance(w.rev).names - ANCHORS
    idle: dict[tuple[str, str], Edge] = {}
    busy: set[tuple[str, str]] = set()
    for e in w.edges:
        s, n = w.nodes[e.before][0], w.nodes[e.after][0]
        way = s.stage, e.fact.kind
        if e.clock or way in busy or e.fact.kind not in counting or not any(_rows(w.rev, s, e.fact.kind)):
            continue
        if s.stage != n.stage or _does(w, s, n, e, read):
            busy.add(way)
        else:
            idle.setdefault(way, e)
    for way, e in idle.items():
        if way not in busy:
            yield "never moves", f"“{way[1]}” at {way[0]!r} leads nowhere and changes nothing", e.before, e


def _does(w: Explored, s: Standing, n: Standing, e: Edge, read: frozenset[str]) -> bool:
    kind = e.fact.kind
    if kind in w.rev.tellers or any(name.partition("/")[0] == kind for name in read):
        return True
    stage = w.rev.stages[s.stage]
    return (
        (s.counters, s.marks, s.areas, s.outcome, s.owed, s.expires)
        != (n.counters, n.marks, n.areas, n.outcome, n.owed, n.expires)
        or stage.asks
        or stage_end(w.rev, s) != stage_end(w.rev, n)
    )
