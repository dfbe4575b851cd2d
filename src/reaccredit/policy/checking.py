"""A policy is proved before it is used: no hole, no overlap, no dead end, nobody lapses without a chance to choose.

Each property yields findings, each with the shortest dated story that shows it. What the policy itself states as assumed or
silent is listed as a note: a note is for people to know, a finding is for the policy to mend.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from reaccredit.policy import refusing
from reaccredit.policy.exploring import Edge, Explored, Key, explore
from reaccredit.policy.reading import all_cites
from reaccredit.policy.revision import Choice, Revision
from reaccredit.policy.windows import option_due, timing
from reaccredit.policy.words import Malformed, Standing


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` names the property. A note is no defect."""

    rule: str
    what: str
    story: tuple[str, ...] = ()
    note: bool = False

    def __str__(self) -> str:
        return "\n".join([f"{self.rule}: {self.what}", *(f"    {line}" for line in self.story)])


def check(rev: Revision) -> list[Finding]:
    """Every finding about one revision: defects first, then notes."""
    walked = explore(rev)
    found = [
        *_one_row(walked), *_ways_on(walked), *_all_used(walked), *_waits(rev), *_chances(walked), *_finality(walked),
        *_options(rev), *_notes(rev, walked),
    ]  # fmt: skip
    unique = {(f.rule, f.what): f for f in reversed(found)}
    return sorted(reversed(list(unique.values())), key=lambda f: f.note)


def _at(s: Standing) -> str:
    marks = f", {', '.join(sorted(s.marks))}" if s.marks else ""
    return f"{s.stage} ({refusing.deficiency_name(s)}{marks})" if s.deficiency else s.stage


# ------------------------------------------------------------------ exactly one row, everywhere
def _one_row(w: Explored) -> Iterator[Finding]:
    for key, (s, _) in w.nodes.items():
        if not w.rev.stages[s.stage].asks:
            continue
        rows = w.rev.rows(s.deficiency, s.marks)
        if len(rows) != 1:
            much = "no row" if not rows else f"{len(rows)} rows"
            yield Finding("one row", f"{much} of the matrix for {_at(s)}", w.story(key))
        windows = w.rev.windows_for(s)
        if len(windows) != 1:
            much = "no window" if not windows else f"{len(windows)} windows"
            yield Finding("one window", f"{much} for {_at(s)}, medium {s.medium}", w.story(key))


# ------------------------------------------------------------------ ways on, and an end from everywhere
def _ways_on(w: Explored) -> Iterator[Finding]:
    after = w.after()
    ends = {k for k, (s, _) in w.nodes.items() if w.rev.stages[s.stage].ends}
    for key, (s, _) in w.nodes.items():
        if key not in ends and not any(e.after != key for e in after.get(key, ())):
            yield Finding("dead end", f"nothing leads on from {_at(s)}", w.story(key))
    good = _leading_to(ends, w.edges)
    for key, (s, _) in w.nodes.items():
        if key not in good:
            yield Finding("no end", f"no end can be reached from {_at(s)}", w.story(key))


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
    kinds = {e.fact.kind for e in w.edges}
    for stage in w.rev.stages.values():
        if stage.id not in stages:
            yield Finding("never reached", f"no case can come to stage {stage.id!r}")
    for option in w.rev.options:
        if f"option.{option}" not in kinds:
            yield Finding("never chosen", f"option {option!r} can never be chosen")
    states = {k for st in w.rev.stages.values() for k in (*st.moves, *st.hears)}
    for kind in w.rev.facts.keys() - states:
        yield Finding("never heard", f"fact {kind!r} has no place in any stage")
    yield from _rows_used(w)
    cited = all_cites(w.rev)
    for clause in w.rev.clauses:
        if clause not in cited:
            yield Finding("never cited", f"no rule cites clause {clause!r}")


def _rows_used(w: Explored) -> Iterator[Finding]:
    asking = [s for s, _ in w.nodes.values() if w.rev.stages[s.stage].asks]
    for n, row in enumerate(w.rev.offers, 1):
        if not any(row.fits(s.deficiency, s.marks) for s in asking):
            yield Finding(
                "never applies", f"row {n} of the matrix (deficiency {row.deficiency}) applies to no standing"
            )
    for n, window in enumerate(w.rev.windows, 1):
        if not any(window.fits(s) for s in asking):
            yield Finding("never applies", f"window {n} applies to no standing")


# ------------------------------------------------------------------ every wait has somebody and a date
def _waits(rev: Revision) -> Iterator[Finding]:
    for stage in rev.stages.values():
        if stage.ends:
            continue
        if not stage.holder:
            yield Finding("no holder", f"stage {stage.id!r} does not say whose turn it is")
        if not (stage.asks or stage.due or stage.silent):
            yield Finding(
                "no due date", f"stage {stage.id!r} has no due date, and cites no clause that says it has none"
            )
        if (stage.asks or stage.due) and stage.overdue is None:
            yield Finding(
                "no overdue", f"stage {stage.id!r} is due and does not say what follows when the time runs out"
            )


# ------------------------------------------------------------------ nobody lapses without a chance to choose
def _chances(w: Explored) -> Iterator[Finding]:
    for edge in w.edges:
        (s, _), (n, _) = w.nodes[edge.before], w.nodes[edge.after]
        try:
            if edge.clock and w.rev.stages[s.stage].asks:
                yield from _lapses(w, edge, s, n)
            elif not edge.clock and w.rev.stages[n.stage].asks and not w.rev.stages[s.stage].asks:
                yield from _stillborn(w, edge, n)
            if w.rev.stages[n.stage].asks:
                yield from _options_over(w, edge, n)
        except Malformed:
            continue  # more or fewer than one window: said elsewhere


def _lapses(w: Explored, edge: Edge, s: Standing, n: Standing) -> Iterator[Finding]:
    when = timing(w.rev, s)
    if n.stage == s.stage or not n.lapsed:
        return
    if when.opens is None or (when.due and when.opens >= when.due):
        missing = ", ".join(when.missing) or "the opening"
        yield Finding(
            "no chance",
            f"{_at(s)} lapses although its form was never open (still waiting for {missing})",
            w.story(edge.before, edge),
        )


def _stillborn(w: Explored, edge: Edge, n: Standing) -> Iterator[Finding]:
    due = timing(w.rev, n).due
    if due and due <= edge.fact.at:
        yield Finding(
            "no chance",
            f"“{edge.fact.kind}” leads to {_at(n)} after its due date has passed",
            w.story(edge.before, edge),
        )


def _options_over(w: Explored, edge: Edge, n: Standing) -> Iterator[Finding]:
    """An option whose own term ends before the form can open, whatever its holder does."""
    when, rows = timing(w.rev, n), w.rev.rows(n.deficiency, n.marks)
    if not when.ready or not rows:
        return
    for name in rows[0].options:
        due = option_due(w.rev, n, when, name)[0]
        if due and due <= when.ready:
            said = f"“{name}” at {_at(n)} is over by its own term before its form can open"
            yield Finding("no chance", said, w.story(edge.before, edge))


# ------------------------------------------------------------------ what is decided stays decided
def _finality(w: Explored) -> Iterator[Finding]:
    for edge in w.edges:
        name = edge.fact.kind.removeprefix("option.")
        if edge.clock or not edge.fact.kind.startswith("option.") or w.rev.options[name].withdraws:
            continue
        s, _ = w.nodes[edge.before]
        if s.heard(edge.fact.kind):
            yield Finding(
                "once a report", f"“{name}” can be chosen a second time for one report", w.story(edge.before, edge)
            )


# ------------------------------------------------------------------ each option says what it needs
def _options(rev: Revision) -> Iterator[Finding]:
    kinds = {k.id for k in rev.area_kinds}
    for option in rev.options.values():
        if not option.needs:
            yield Finding("needs", f"option {option.id!r} does not say what it needs")
        yield from _retest(option)
        for need in (*option.needs, *option.may_add):
            signed = rev.materials[need].signed_by
            if signed and "" not in signed and kinds - signed.keys():
                lacking = ", ".join(sorted(kinds - signed.keys()))
                yield Finding("signer", f"material {need!r} does not say who signs it for {lacking} areas")


def _retest(option: Choice) -> Iterator[Finding]:
    fits = {"all": ("all",), "not-acceptable": ("deficient",), "nothing": ("deficient", "all", "none")}[option.retest]
    if option.covers not in fits:
        yield Finding("retest", f"option {option.id!r} retests {option.retest} and covers {option.covers}")
    if option.retest != "nothing" and not option.puts:
        yield Finding(
            "retest", f"option {option.id!r} retests {option.retest} and does not say what its areas are then called"
        )


# ------------------------------------------------------------------ notes
def _notes(rev: Revision, w: Explored) -> Iterator[Finding]:
    for c in rev.assumptions:
        yield Finding("assumed", f"{c.id}: {c.says}", note=True)
    for c in rev.silences:
        yield Finding("silent", f"{c.id}: {c.says}", note=True)
    loops = {w.nodes[e.before][0].stage for e in w.edges if e.before == e.after and not e.clock}
    for stage in sorted(loops):
        yield Finding("no bound", f"stage {stage!r} can go round for ever", note=True)
