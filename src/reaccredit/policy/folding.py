"""One fact at a time: a standing and a fact give the next standing, or a refusal. No words of any programme stand here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from reaccredit.policy import choosing, determining, refusing, telling
from reaccredit.policy.accrediting import CLOCK, decided
from reaccredit.policy.conditions import holds
from reaccredit.policy.forms import due
from reaccredit.policy.revision import ALWAYS, OPENS, Choice, Move, Revision
from reaccredit.policy.terms import ending
from reaccredit.policy.words import Fact, Refusal, Standing

OPTION = "option."

Moved = tuple[Standing, tuple[str, ...]]  # where the case now stands, and the clauses that let it happen


def begin(rev: Revision) -> Standing:
    return Standing(rev.start, rev.words.failed if rev.words else "", rev.words.untested if rev.words else "")


def step(rev: Revision, s: Standing, fact: Fact) -> Moved | Refusal:
    """What the fact makes of the standing. The clock must have been moved to the fact's time before (`clock`)."""
    kind, stage = fact.kind, rev.stages[s.stage]
    known = rev.facts.get(kind)
    names = telling.instances(rev, s, known, fact) if known is not None and known.speaks else (kind,)
    if isinstance(names, Refusal):
        return names
    if (stage.until or stage.since) and (no := _out_of_term(rev, s, fact, names)):
        return no
    return _led(rev, s, fact, names)


def _led(rev: Revision, s: Standing, fact: Fact, names: tuple[str, ...]) -> Moved | Refusal:
    """By a move, the most particular first; or heard; or a choice; or out of place."""
    stage = rev.stages[s.stage]
    for name in reversed(names):
        if name in stage.moves:
            return _move(rev, s, fact, stage.moves[name], names)
    for name in names:
        if name in stage.hears:
            return _hear(rev, s, fact, names)
    if fact.kind.startswith(OPTION) and not stage.ends:
        return _choose(rev, s, fact)
    return refusing.unexpected(rev, s, fact, names)


def _out_of_term(rev: Revision, s: Standing, fact: Fact, names: tuple[str, ...]) -> Refusal | None:
    """A cut-off has passed, or its day has not come."""
    stage = rev.stages[s.stage]
    for name in names:
        late, early = stage.until.get(name), stage.since.get(name)
        if late and holds(rev, late.when, s, fact.at):
            found = ending(rev, s, late, due(rev, s))
            if found.due and fact.at >= found.due:
                return refusing.cut_off(rev, name, late, found)
        if early and holds(rev, early.when, s, fact.at):
            opens, start = refusing.opening(rev, s, early, due(rev, s))
            if opens is None or fact.at < opens:
                return refusing.too_soon(rev, name, early, opens, start)
    return None


def awaited(rev: Revision, s: Standing) -> bool:
    """Has what the stage waits for happened since the case came to it?"""
    heard = s.times.get(rev.stages[s.stage].awaits)
    return heard is not None and (s.entered is None or heard >= s.entered)


def _hear(rev: Revision, s: Standing, fact: Fact, names: tuple[str, ...]) -> Moved | Refusal:
    stage = rev.stages[s.stage]
    new = s.copy()
    again = fact.kind == stage.awaits and not awaited(rev, s)
    new.times = heard(rev, s.times, fact, names, again=again)
    no = telling.notes(rev, new, fact)
    return no or (new, stage.cites)


def heard(
    rev: Revision, times: Mapping[str, datetime], fact: Fact, names: Iterable[str], *, again: bool
) -> dict[str, datetime]:
    """What only starts or stops a clock counts when first heard; what moves the case, or renews, counts when it last did."""
    known = rev.facts.get(fact.kind)
    again = again or (known is not None and bool(known.renews or known.stands_for))
    found = dict(times)
    for name in names:
        if again or name not in found:
            found[name] = fact.at
    return found


@lru_cache(maxsize=4096)
def least(rev: Revision, stage: str) -> tuple[tuple[str, ...], timedelta | None]:
    """The facts from which the terms of a stage run, and a time that is shorter than each; None where it must be computed."""
    forms = [w for w in rev.windows if w.stage == stage]
    waits = [*rev.stages[stage].dues, *(w.due for w in forms if w.due)]
    names: set[str] = set()
    for wait in waits:
        names.update(wait.start)
    if OPENS in names:
        names.remove(OPENS)
        names.update(k for w in forms for k in w.opens.start)
    facts = all(n in rev.facts or n.partition("/")[0] in rev.facts or n.startswith(OPTION) for n in names)
    if (
        not facts
        or any(w.within is None or w.season for w in waits)
        or any(w.opens.before or w.opens.season for w in forms)
    ):
        return (), None
    days = min((w.within.least_days for w in waits if w.within), default=0) - 2
    return tuple(names), timedelta(days=max(days, 0))


def clock(rev: Revision, s: Standing, at: datetime) -> list[Moved]:
    """The moves that the clock has made up to `at`, in their order (none, as a rule)."""
    moved: list[Moved] = []
    for _ in range(len(rev.stages) * 4):
        rows = rev.stages[s.stage].overdues
        if not rows:
            break
        end = due(rev, s)
        if (
            end is None or at < end or (s.lapsed and s.lapsed[:2] == (s.stage, end))
        ):  # a term that led back here ends once
            break
        row = next((m for m in rows if holds(rev, m.when, s, end)), None)
        if row is None or not row.to:
            break
        s = _ticked(rev, s, row, end)
        moved.append((s, row.cites if row.over is None else (*row.cites, *row.over.cites)))
    return moved


def _ticked(rev: Revision, s: Standing, row: Move, end: datetime) -> Standing:
    """A move of the clock: nobody acted, and the policy says what follows."""
    new = s.copy()
    new.counters = _counted(s.counters, row)
    new.marks = (s.marks | row.marks) - row.unmarks
    new.stage, _ = _over(new, row, row.to)
    if word := row.decides or rev.stages[new.stage].decides:
        decided(rev, new, Fact(end, CLOCK), word)
    if row.new_round:
        _new_round(rev, new)
    if row.owes:
        _owe(rev, new, row.owes)
    new.entered, new.lapsed = end, (s.stage, end, row.cites)
    return new


# ------------------------------------------------------------------ facts that move
def _move(rev: Revision, s: Standing, fact: Fact, rows: tuple[Move, ...], names: tuple[str, ...]) -> Moved | Refusal:
    m = _row(rev, s, fact, rows)
    if isinstance(m, Refusal):
        return m
    new = s.copy()
    new.times = heard(rev, s.times, fact, names, again=True)
    no = telling.notes(rev, new, fact)
    if no:
        return no
    if (s.stage, fact.kind) in rev.straight:
        return _arrived(rev, new, m.to, fact.at), m.cites
    if m.counts or m.resets:
        new.counters = _counted(s.counters, m)
    return _found(rev, new, fact, m) or _moved(rev, new, fact, m, names)


def _row(rev: Revision, s: Standing, fact: Fact, rows: tuple[Move, ...]) -> Move | Refusal:
    """The one row whose condition holds."""
    if len(rows) == 1 and rows[0].when is ALWAYS:
        return rows[0]
    fitting = [row for row in rows if holds(rev, row.when, s, fact.at)]
    return fitting[0] if len(fitting) == 1 else refusing.no_row(rev, s, fact, len(fitting))


def _found(rev: Revision, new: Standing, fact: Fact, m: Move) -> Refusal | None:
    """What a determination finds of the areas, written into the new standing."""
    if not m.finds or rev.words is None:
        return None
    areas = determining.outcomes(rev, new, fact, m.finds)
    if isinstance(areas, Refusal):
        return areas
    new.areas = areas
    if new.passed is None and rev.words.passed in areas.values():
        new.passed = fact.at
    return None


def _moved(rev: Revision, new: Standing, fact: Fact, m: Move, names: tuple[str, ...]) -> Moved | Refusal:
    leads = bool(m.to or m.settled_to or m.emptied_to)
    to, more = _over(new, m, determining.where(rev, new, m) if leads else new.stage)
    if not to:
        return refusing.unsettled(rev, m.cites, new)
    word = m.decides or (rev.stages[to].decides if leads else "")
    if word and (no := decided(rev, new, fact, word)):
        return no
    if m.new_round:
        _new_round(rev, new, names, fact.at)
    new.marks = (new.marks | m.marks) - m.unmarks
    if m.owes:
        _owe(rev, new, m.owes, names)
    if not leads and to == new.stage:
        return new, m.cites  # it stays where it is, and nothing begins again
    return _arrived(rev, new, to, fact.at), (*m.cites, *more) if more else m.cites


def _owe(rev: Revision, new: Standing, owes: tuple[str, ...], names: tuple[str, ...] = ()) -> None:
    """What is laid on somebody again is owed again: what was heard of it before was for the last time. `names`: of this very fact."""
    met = {rev.materials[name].met_by for name in owes} - {""}
    new.times = {k: at for k, at in new.times.items() if k in names or k.partition("/")[0] not in met}
    new.owed = tuple(dict.fromkeys((*new.owed, *owes)))


def _arrived(rev: Revision, new: Standing, to: str, at: datetime) -> Standing:
    # What was chosen is decided when the form opens again or the case ends; a withdrawal stays, and with it the form it needs.
    if new.chosen and (rev.stages[to].asks or rev.stages[to].ends):
        new.chosen = tuple(c for c in new.chosen if rev.options[c].withdraws)
    new.stage, new.entered, new.lapsed = to, at, None
    return new


def _counted(counters: Mapping[str, int], m: Move | Choice) -> Mapping[str, int]:
    if not (m.counts or m.resets):
        return counters
    found = dict(counters)
    for name in m.resets:
        found[name] = 0
    for name in m.counts:
        found[name] = found.get(name, 0) + 1
    return found


def _over(s: Standing, m: Move | Choice, to: str) -> tuple[str, tuple[str, ...]]:
    """A count that has gone past its number leads elsewhere."""
    if m.over and s.counters.get(m.over.counter, 0) > m.over.past:
        return m.over.to, m.over.cites
    return to, ()


def _new_round(rev: Revision, s: Standing, names: Iterable[str] = (), at: datetime | None = None) -> None:
    """A decision with clocks of its own, an appeal and a form of its own: what was heard and chosen before counts no more."""
    kept = {k: v for k, v in s.times.items() if (known := rev.facts.get(k.partition("/")[0])) and known.lasting}
    s.owed = tuple(name for name in s.owed if rev.materials[name].met_by not in s.times)
    s.times = kept | dict.fromkeys(names, at) if at else kept
    s.begun = True
    s.marks, s.chosen, s.retest, s.lapsed = frozenset(), (), "", None


# ------------------------------------------------------------------ choices
def _choose(rev: Revision, s: Standing, fact: Fact) -> Moved | Refusal:
    name = fact.kind.removeprefix(OPTION)
    found = choosing.chosen(rev, s, name, fact)
    if isinstance(found, Refusal):
        return found
    new, choice, row = found
    new.times = heard(rev, s.times, fact, (fact.kind,), again=True)
    no = telling.notes(rev, new, fact)
    if no:
        return no
    new.counters = _counted(s.counters, choice)
    new.marks = (s.marks | choice.marks) - choice.unmarks
    new.entered, new.lapsed = fact.at, None
    new.stage, more = _over(new, choice, determining.where(rev, new, choice))
    if (word := rev.stages[new.stage].decides) and (no := decided(rev, new, fact, word)):
        return no
    return new, (*row.cites, *choice.cites, *choosing.term_cites(rev, s, name), *more)
