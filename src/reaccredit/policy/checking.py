"""A policy is proved before it is used: no hole, no overlap, no dead end, nobody lapses without a chance to choose.

Each property yields findings, each with the shortest dated story that shows it. What the policy itself states as assumed or
silent is listed as a note: a note is for people to know, a finding is for the policy to mend.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from reaccredit.policy import refusing
from reaccredit.policy.conditions import holds
from reaccredit.policy.dating import undated
from reaccredit.policy.exploring import Edge, Explored, Key, explore, uncollected
from reaccredit.policy.following import unfollowed
from reaccredit.policy.forms import Timing, fitting, option_end, timing
from reaccredit.policy.revision import ALWAYS, Move, Revision, Stage
from reaccredit.policy.stating import statements
from reaccredit.policy.words import Fact, Malformed, Standing

LONGEST = 40  # lines of a story


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` names the property; `facts` is the story as data, for whoever wants to replay it. A note is no defect."""

    rule: str
    what: str
    story: tuple[str, ...] = ()
    note: bool = False
    facts: tuple[Fact, ...] = ()
    alike: str = ""  # what it says but for counters and marks: of those that say the same the first is told

    def __str__(self) -> str:
        return "\n".join([f"{self.rule}: {self.what}", *(f"    {line}" for line in self.story)])


def check(rev: Revision, walked: Explored | None = None) -> list[Finding]:
    """Every finding about one revision: defects first, then notes."""
    with uncollected():
        return _checked(walked or explore(rev))


def _checked(w: Explored) -> list[Finding]:
    rev = w.rev
    found = [
        *_one_row(w), *_one_way(w), *_broken(w), *_ways_on(w), *_all_used(w), *_chances(w), *_finality(w), *_limits(w), *_undated(w),
        *(Finding(rule, what) for rule, what in statements(rev)), *_notes(rev, w),
    ]  # fmt: skip
    return sorted(_once(found), key=lambda f: f.note)


def _once(found: list[Finding]) -> Iterator[Finding]:
    """What differs only in the counters and marks of its standing is told once, with how many more there are."""
    groups: dict[tuple[str, str], dict[str, Finding]] = {}
    for f in found:
        groups.setdefault((f.rule, f.alike or f.what), {}).setdefault(f.what, f)
    for same in groups.values():
        first, *others = same.values()
        more = f" ({len(others)} more such standing{'s' if len(others) > 1 else ''})" if others else ""
        yield replace(first, what=first.what + more)


def _told(w: Explored, rule: str, what: str, key: Key, last: Edge | None = None) -> Finding:
    path = w.path(key, last)
    met = [w.nodes[k][0] for k in (key, *((last.after,) if last else ()))]
    alike = what
    for s in met:
        alike = alike.replace(_at(w.rev, s), s.stage)
    return Finding(rule, what, w.story(key, last), facts=tuple(e.fact for e in path if not e.clock), alike=alike)


def _at(rev: Revision, s: Standing) -> str:
    said = [refusing.counted(rev, name, n) for name, n in s.counters.items() if n]
    said += sorted(s.marks)
    return f"{s.stage} ({', '.join(said)})" if said else s.stage


def _asking(w: Explored) -> Iterator[tuple[Key, Standing, datetime]]:
    for key, (s, now) in w.nodes.items():
        if w.rev.stages[s.stage].asks:
            yield key, s, now


# ------------------------------------------------------------------ exactly one row, everywhere
def _one_row(w: Explored) -> Iterator[Finding]:
    windowed = {form.stage for form in w.rev.windows}
    for key, s, now in _asking(w):
        rows = refusing.rows(w.rev, s, now)
        if len(rows) != 1:
            yield _told(w, "one row", f"{_many(len(rows), 'row')} of the matrix for {_at(w.rev, s)}", key)
        windows = fitting(w.rev, s)
        if len(windows) != 1 and s.stage in windowed:
            told = "".join(f", {k} {v}" for k, v in s.traits.items())
            yield _told(w, "one window", f"{_many(len(windows), 'window')} for {_at(w.rev, s)}{told}", key)


def _many(n: int, word: str) -> str:
    return f"{n or 'no'} {word}{'' if n < 2 else 's'}"


def _one_way(w: Explored) -> Iterator[Finding]:
    """Where rows under conditions say where something leads, or when it is due, exactly one holds."""
    for key, (s, now) in w.nodes.items():
        stage = w.rev.stages[s.stage]
        if len(stage.dues) > 1 or any(d.when is not ALWAYS for d in stage.dues):
            n = sum(holds(w.rev, d.when, s, None) for d in stage.dues)
            if n > 1 or not (n or (len(stage.dues) == 1 and (stage.silent or stage.rests))):
                yield _told(w, "one term", f"{_many(n, 'row')} of the term of {_at(w.rev, s)} fit", key)
        for kind, rows in stage.moves.items():
            if len(rows) > 1 and (n := sum(holds(w.rev, m.when, s, now) for m in rows)) != 1:
                yield _told(w, "one move", f"{_many(n, 'row')} say where “{kind}” leads from {_at(w.rev, s)}", key)
        rows = stage.overdues if any(m.when is not ALWAYS for m in stage.overdues) or len(stage.overdues) > 1 else ()
        if rows and (n := sum(holds(w.rev, m.when, s, now) for m in rows)) != 1:
            yield _told(w, "one move", f"{_many(n, 'row')} say where the clock leads from {_at(w.rev, s)}", key)


def _broken(w: Explored) -> Iterator[Finding]:
    for key, why in w.broken:
        if "windows fit" not in why:
            yield _told(w, "cannot be computed", why, key)
    if not w.whole:
        yield _too_large(w)


def _too_large(w: Explored) -> Finding:
    """With the way to the last standing that was met: it shows what goes on and on."""
    stages = Counter(s.stage for s, _ in w.nodes.values())
    where = " and ".join(repr(stage) for stage, _ in stages.most_common(2))
    said = f"more than {len(w.nodes)} standings can be reached, most of them at {where}{_round(w)}: what lies beyond was not looked at"
    told = _told(w, "too large", said, next(reversed(w.nodes)))
    if len(told.story) <= LONGEST:
        return told
    half = LONGEST // 2
    left_out = f"... {len(told.story) - 2 * half} lines ..."
    return replace(told, story=(*told.story[:half], left_out, *told.story[-half:]))


def _round(w: Explored) -> str:
    """The loop on which the last standing was met, and what it leaves otherwise each time."""
    last = next(reversed(w.nodes))
    keys = [e.before for e in w.path(last)]
    before = next((n for n in reversed(range(len(keys))) if keys[n][0] == last[0]), None)
    if before is None:
        return ""
    loop = " → ".join(dict.fromkeys(k[0] for k in keys[before:])) + f" → {last[0]}"
    grown = [f"how often {w.rev.counters[n].title} was counted" for n, _ in sorted({*last[1]} - {*keys[before][1]})]
    grown += [f"the time since {w.rev.title_of(n)}" for n, _ in sorted({*last[6]} - {*keys[before][6]})]
    return f"; round and round goes {loop}" + (f", and {', '.join(grown)} is another each time" if grown else "")


# ------------------------------------------------------------------ ways on, and an end from everywhere
def _ways_on(w: Explored) -> Iterator[Finding]:
    after = w.after()
    ends = {k for k, (s, _) in w.nodes.items() if w.rev.stages[s.stage].ends}
    resting = {k for k, (s, _) in w.nodes.items() if _rests(w.rev, s)}
    stops = ends | resting
    dead = {k for k in w.nodes if k not in stops and w.whole and not any(e.after != k for e in after.get(k, ()))}
    for key, (s, _) in w.nodes.items():
        if key in dead:
            yield _told(w, "dead end", f"nothing leads on from {_at(w.rev, s)}", key)
    good = _leading_to(stops | dead, w.edges)  # what leads only to a dead end is told with it
    for key, (s, _) in w.nodes.items():
        if key not in good and w.whole:
            yield _told(w, "no end", f"no end can be reached from {_at(w.rev, s)}", key)


def _rests(rev: Revision, s: Standing) -> bool:
    """A case may rest where it is accredited: the next thing that happens is a renewal, or the end of the term."""
    return (
        bool(s.outcome)
        and rev.outcomes[s.outcome].accredited
        and not rev.outcomes[s.outcome].interim
        and bool(rev.stages[s.stage].moves)
    )


def _leading_to(ends: set[Key], edges: list[Edge]) -> set[Key]:
    """Every standing from which one of `ends` can be reached."""
    back: dict[Key, list[Key]] = {}
    for e in edges:
        back.setdefault(e.after, []).append(e.before)
    good, queue = set(ends), deque(ends)
    while queue:
        for key in back.get(queue.popleft(), ()):
            if key not in good:
                good.add(key)
                queue.append(key)
    return good


# ------------------------------------------------------------------ everything that is written is used
def _all_used(w: Explored) -> Iterator[Finding]:
    stages = {s.stage for s, _ in w.nodes.values()}
    outcomes = {s.outcome for s, _ in w.nodes.values()}
    kinds = {e.fact.kind for e in w.edges}
    for stage in w.rev.stages.values():
        if stage.id not in stages:
            yield Finding("never reached", f"no case can come to stage {stage.id!r}")
    for option in w.rev.options:
        if f"option.{option}" not in kinds:
            yield Finding("never chosen", f"option {option!r} can never be chosen")
    for outcome in w.rev.outcomes:
        if outcome not in outcomes:
            yield Finding("never decided", f"no case can have the outcome {outcome!r}")
    yield from _moves_used(w, stages)
    yield from _rows_used(w)


def _moves_used(w: Explored, stages: set[str]) -> Iterator[Finding]:
    """A move that no fact can ever make: its conditions never hold, or it is cut off before it can begin."""
    fired = {(w.nodes[e.before][0].stage, e.fact.kind) for e in w.edges if not e.clock}
    stands = {f.id: f.stands_for for f in w.rev.facts.values() if f.stands_for}
    for stage in w.rev.stages.values():
        for kind in stage.moves if stage.id in stages and not stage.ends else ():
            base = kind.partition("/")[0]
            ways = {base, *(k for k, other in stands.items() if other == kind)}
            if not any((stage.id, k) in fired for k in ways):
                yield Finding(
                    "never moves", f"“{kind}” can never lead on from {stage.id!r}: it is refused whenever it comes"
                )


def _rows_used(w: Explored) -> Iterator[Finding]:
    asking = list(_asking(w))
    for n, row in enumerate(w.rev.offers, 1):
        fits = ((not row.stages or s.stage in row.stages) and holds(w.rev, row.when, s, now) for _, s, now in asking)
        if not any(fits):
            yield Finding("never applies", f"row {n} of the matrix ({', '.join(row.options)}) applies to no standing")
    for n, window in enumerate(w.rev.windows, 1):
        if not any(window.stage == s.stage and holds(w.rev, window.when, s, None) for _, s, _ in asking):
            yield Finding("never applies", f"window {n} applies to no standing")
    for stage in w.rev.stages.values():
        yield from _terms_used(w, stage)
        several = {kind: rows for kind, rows in stage.moves.items() if len(rows) > 1}
        here = [(s, now) for s, now in w.nodes.values() if s.stage == stage.id] if several else []
        for kind, rows in several.items() if here else ():
            yield from _ways_used(w.rev, stage.id, kind, rows, here)


def _terms_used(w: Explored, stage: Stage) -> Iterator[Finding]:
    """Rows of a term, and rows of the clock's move, where there are several."""
    for what, whens in (
        ("the term", [d.when for d in stage.dues]),
        ("the clock's move", [m.when for m in stage.overdues]),
    ):
        here = [(s, now) for s, now in w.nodes.values() if s.stage == stage.id] if len(whens) > 1 else []
        for n, when in enumerate(whens, 1):
            if here and not any(holds(w.rev, when, s, now) for s, now in here):
                yield Finding("never applies", f"row {n} of {what} of {stage.id!r} applies to no standing")


def _ways_used(
    rev: Revision, stage: str, kind: str, rows: tuple[Move, ...], here: list[tuple[Standing, datetime]]
) -> Iterator[Finding]:
    for n, m in enumerate(rows, 1):
        if not any(holds(rev, m.when, s, now) for s, now in here):
            yield Finding("never applies", f"row {n} of “{kind}” at {stage!r} applies to no standing")


# ------------------------------------------------------------------ nobody lapses without a chance to choose
def _chances(w: Explored) -> Iterator[Finding]:
    asks = {s.id for s in w.rev.stages.values() if s.asks}
    for edge in w.edges:
        (s, _), (n, now) = (
            w.nodes[edge.before],
            w.nodes[edge.after],
        )  # the same standing may have been met at another instant
        try:
            if edge.clock and s.stage in asks:
                yield from _lapses(w, edge, s, n)
            elif not edge.clock and n.stage in asks and s.stage not in asks:
                yield from _stillborn(w, edge, n, now)
            if n.stage in asks:
                yield from _options_over(w, edge, n, now)
        except Malformed:
            continue  # more or fewer than one window: said elsewhere


def _lapses(w: Explored, edge: Edge, s: Standing, n: Standing) -> Iterator[Finding]:
    when = timing(w.rev, s)
    if n.stage == s.stage or not n.lapsed or _yearly(when):
        return
    if when.opens is None or (when.due and when.opens >= when.due):
        missing = ", ".join(when.missing) or "the opening"
        said = f"{_at(w.rev, s)} lapses although its form was never open (still waiting for {missing})"
        yield _told(w, "no chance", said, edge.before, edge)


def _yearly(when: Timing) -> bool:
    """A form that opens once a year while the stage has a term of its own: that this term ends takes no chance away."""
    return bool(when.row and when.row.opens.season and not when.row.due)


def _stillborn(w: Explored, edge: Edge, n: Standing, now: datetime) -> Iterator[Finding]:
    due = timing(w.rev, n).due
    if due and due <= now:
        said = f"“{edge.fact.kind}” leads to {_at(w.rev, n)} after its due date has passed"
        yield _told(w, "no chance", said, edge.before, edge)


def _options_over(w: Explored, edge: Edge, n: Standing, now: datetime) -> Iterator[Finding]:
    """An option whose own term ends before the form can open, whatever its holder does."""
    when, rows = timing(w.rev, n), refusing.rows(w.rev, n, now)
    if not when.ready or not rows or not when.row or _yearly(when):
        return
    for name in rows[0].options:
        due = option_end(w.rev, n, when, name)
        if due and due <= when.ready:
            said = f"“{name}” at {_at(w.rev, n)} is over by its own term before its form can open"
            yield _told(w, "no chance", said, edge.before, edge)


# ------------------------------------------------------------------ what is decided stays decided
def _finality(w: Explored) -> Iterator[Finding]:
    """A decision is challenged once, unless the policy counts the levels."""
    for edge in w.edges:
        choice = w.rev.options.get(edge.fact.kind.removeprefix("option."))
        if edge.clock or choice is None or not choice.challenges or choice.counts:
            continue
        s, _ = w.nodes[edge.before]
        heard = s.heard(edge.fact.kind)
        if heard and (s.decided is None or heard >= s.decided):
            said = f"“{choice.id}” can be chosen a second time before a new round begins"
            yield _told(w, "once a round", said, edge.before, edge)


def _limits(w: Explored) -> Iterator[Finding]:
    """A count that goes past its limit, and nothing follows."""
    for key, (s, _) in w.nodes.items():
        for counter in w.rev.counters.values():
            past = counter.limit and s.count(counter.id) > counter.limit and not w.rev.stages[s.stage].ends
            if past and not any(over.counter == counter.id and over.to == s.stage for over in w.rev.overs):
                said = f"{counter.title} {s.count(counter.id)} of at most {counter.limit}: no rule says what follows"
                yield _told(w, "no limit", said, key)


def _undated(w: Explored) -> Iterator[Finding]:
    for rule, what, key, edge in (*undated(w), *unfollowed(w)):
        yield _told(w, rule, what, key, edge)


# ------------------------------------------------------------------ notes
def _notes(rev: Revision, w: Explored) -> Iterator[Finding]:
    for c in rev.assumptions:
        yield Finding("assumed", f"{c.id}: {c.says}", note=True)
    for c in rev.silences:
        yield Finding("silent", f"{c.id}: {c.says}", note=True)
    if w.rough:
        said = "short loops and long terms make too many dates to look at each: every stage and every way was, with fewer dates"
        yield Finding("rough", said, note=True)
    loops = {w.nodes[e.before][0].stage for e in w.edges if e.before == e.after and not e.clock}
    for stage in sorted(loops):
        yield Finding("no bound", f"stage {stage!r} can go round for ever", note=True)
