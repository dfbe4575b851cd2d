"""When the form of a stage opens, and by when each of its options must be chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from reaccredit.policy.conditions import holds
from reaccredit.policy.counting import moment, through
from reaccredit.policy.revision import OPENS, Opening, Revision, Wait, Window
from reaccredit.policy.terms import Anchor, arithmetic, begin, ending
from reaccredit.policy.words import Malformed, Standing


@dataclass(frozen=True, slots=True)
class Timing:
    """The form's dates as far as they are known. `row` is None where the stage asks at once, until its own term ends."""

    row: Window | None
    start: Anchor | None
    ready: datetime | None  # when the span is over, whatever else must happen first
    once: datetime | None
    opens: datetime | None
    due: datetime | None
    missing: tuple[str, ...]  # facts that must still happen before it opens
    told: list[tuple[str, ...]] = field(default_factory=list, repr=False, compare=False)

    def facts(self, rev: Revision) -> tuple[str, ...]:
        """The arithmetic in words. Every option of the form tells the same."""
        if not self.told:
            self.told.append(self._facts(rev))
        return self.told[0]

    def _facts(self, rev: Revision) -> tuple[str, ...]:
        row, said = self.row, list[str]()
        if row is None:
            return ()
        if self.start and self.ready:
            at_once = self.ready == self.start[1] and not row.opens.season
            end = (
                f": open from {moment(self.ready, rev.zone)}" if at_once else f" = opens {moment(self.ready, rev.zone)}"
            )
            said.append((rev.title_of(self.start[0]) if at_once else _sum(rev, self.start, row.opens)) + end)
        if self.once and self.ready and self.once > self.ready:
            said.append(
                f"{' or '.join(rev.title_of(k) for k in row.opens.once)} {moment(self.once, rev.zone)}: the form opened then"
            )
        if row.due and self.due:
            said.append(_due_said(rev, row.due, self.due))
        return tuple(said)


def _sum(rev: Revision, start: Anchor, opens: Opening) -> str:
    name = f"{rev.title_of(start[0])} {moment(start[1], rev.zone)}"
    if opens.season:
        return f"{name}, in the yearly window"
    return (
        f"{name} {'-' if opens.before is not None else '+'} {opens.before if opens.before is not None else opens.wait}"
    )


def _due_said(rev: Revision, wait: Wait, due: datetime) -> str:
    sign, span = ("-", wait.before) if wait.before is not None else ("+", wait.within)
    return (
        f"{sign} {span} = due {through(due, rev.zone)}" if wait.start == (OPENS,) else f"due {through(due, rev.zone)}"
    )


def fitting(rev: Revision, s: Standing) -> list[Window]:
    return [w for w in rev.windows if w.stage == s.stage and holds(rev, w.when, s, None)]


def timing(rev: Revision, s: Standing) -> Timing:
    """The dates of the form in this standing. Raises `Malformed` unless exactly one window fits (or the stage has none)."""
    if s.timing is None:
        s.timing = _timing(rev, s)
    found: Timing = s.timing
    return found


def _timing(rev: Revision, s: Standing) -> Timing:
    rows = fitting(rev, s)
    if not rows and not any(w.stage == s.stage for w in rev.windows):
        return Timing(None, None, None, None, s.entered, stage_end(rev, s), ())
    if len(rows) != 1:
        told = ", ".join(f"{k} {v}" for k, v in (*s.counters.items(), *s.traits.items()))
        raise Malformed(f"{rev.place}: {len(rows)} windows fit stage {s.stage!r} ({told}; marks {sorted(s.marks)})")
    row = rows[0]
    start = begin(rev, s, row.opens.start, row.opens.take)
    ready = _ready(row.opens, start[1]) if start else None
    once = min((s.times[k] for k in row.opens.once if k in s.times), default=None)
    shut = bool(row.opens.once) and once is None
    missing = (() if start else _unknown(s, row.opens.start)) + (row.opens.once if shut else ())
    opens = None if shut or ready is None else max(ready, once) if once else ready
    if opens and row.opens.season:
        opens = _in_season(row.opens, opens)
    due = ending(rev, s, row.due, opened=opens).due if row.due else stage_end(rev, s)
    return Timing(row, start, ready, once, opens, due, missing)


def _unknown(s: Standing, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(n for n in names if n not in s.times)


def _ready(opens: Opening, start: datetime) -> datetime:
    count = opens.counting
    ready = (
        count.opening_before(start, opens.before)
        if opens.before is not None
        else count.opening_after(start, opens.wait)
    )
    return _in_season(opens, ready) if opens.season else ready


def _in_season(opens: Opening, at: datetime) -> datetime:
    assert opens.season
    first, _ = opens.counting.season(opens.season, at)
    return max(at, opens.counting.begin_of(first))


def due_row(rev: Revision, s: Standing) -> Wait | None:
    """The row of the stage's own term that fits, if it has any."""
    return next((w for w in rev.stages[s.stage].dues if holds(rev, w.when, s, None)), None)


def stage_end(rev: Revision, s: Standing) -> datetime | None:
    wait = due_row(rev, s)
    return ending(rev, s, wait).due if wait else None


def due(rev: Revision, s: Standing) -> datetime | None:
    """The exclusive end of the time for this stage, whichever way it is said."""
    return timing(rev, s).due if rev.stages[s.stage].asks else stage_end(rev, s)


@dataclass(frozen=True, slots=True)
class OptionTerm:
    """By when one option must be chosen: the exclusive end, the clauses, the arithmetic. Never later than the form itself."""

    due: datetime | None
    cites: tuple[str, ...]
    facts: tuple[str, ...]


def form_cites(rev: Revision, s: Standing, when: Timing) -> tuple[str, ...]:
    if when.row and when.row.due:
        return when.row.due.cites
    wait = due_row(rev, s)
    return wait.cites if wait else ()


def option_term(rev: Revision, s: Standing, when: Timing, option: str) -> OptionTerm:
    own = when.row.terms.get(option) if when.row else None
    form = OptionTerm(when.due, form_cites(rev, s, when), ())
    if own is None or when.row is None:
        return OptionTerm(form.due, form.cites, form_facts(rev, s, when))
    end = ending(rev, s, own, opened=when.opens)
    if end.due is None:
        return OptionTerm(form.due, form.cites, form_facts(rev, s, when))
    if own.yields and when.ready and end.due <= when.ready:
        said = f"its own term ended {through(end.due, rev.zone)}, before the form could open: the form's date counts"
        return OptionTerm(form.due, (*own.cites, *own.yields), (*form_facts(rev, s, when), said))
    facts = (*when.facts(rev)[:1], *((arithmetic(rev, end.start, end.wait, end.due),) if end.start else ()))
    if when.due and when.due < end.due:
        return OptionTerm(when.due, (*own.cites, *form.cites), form_facts(rev, s, when))
    return OptionTerm(end.due, own.cites, facts)


def option_end(rev: Revision, s: Standing, when: Timing, option: str) -> datetime | None:
    """The end alone, without words: what the fold asks at each choice."""
    own = when.row.terms.get(option) if when.row else None
    if own is None:
        return when.due
    end = ending(rev, s, own, opened=when.opens).due
    if end is None or (own.yields and when.ready and end <= when.ready):
        return when.due
    return min(end, when.due) if when.due else end


def form_facts(rev: Revision, s: Standing, when: Timing) -> tuple[str, ...]:
    if when.row and (when.row.due or when.row.opens):
        return when.facts(rev)
    wait = due_row(rev, s)
    return ending(rev, s, wait).facts(rev) if wait else ()
