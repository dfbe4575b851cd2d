"""When a form opens, and by when each of its options must be chosen. One function computes it for showing and for enforcing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from reaccredit.policy import spans
from reaccredit.policy.revision import OPENS, Revision, Stage, Wait, Window
from reaccredit.policy.words import Malformed, Standing


@dataclass(frozen=True, slots=True)
class Timing:
    """The form's dates as far as they are known, with the arithmetic in words."""

    row: Window
    started: datetime | None  # from when the span before the opening runs
    ready: datetime | None  # when the span is over, whatever else must happen first
    opens: datetime | None
    due: datetime | None
    facts: tuple[str, ...]
    missing: tuple[str, ...]  # facts that must still happen before it opens


def latest(standing: Standing, kinds: tuple[str, ...]) -> tuple[str, datetime] | None:
    heard = [(at, kind) for kind in kinds if (at := standing.heard(kind))]
    if not heard:
        return None
    at, kind = max(heard)
    return kind, at


@lru_cache(maxsize=1024)
def timing(rev: Revision, standing: Standing) -> Timing:
    """The dates of the form in this standing. Raises `Malformed` unless exactly one window fits."""
    rows = rev.windows_for(standing)
    if len(rows) != 1:
        raise Malformed(
            f"{rev.place}: {len(rows)} windows fit stage {standing.stage!r}, medium {standing.medium!r}, marks {sorted(standing.marks)}"
        )
    row, facts = rows[0], []
    start = latest(standing, row.opens.start)
    ready = spans.after(start[1], row.opens.wait, rev.zone) if start else None
    once = standing.heard(row.opens.once) if row.opens.once else None
    missing = (() if start else row.opens.start) + ((row.opens.once,) if row.opens.once and not once else ())
    opens = None if missing or ready is None else max(ready, once) if once else ready
    if start and ready:
        facts.append(_sum(rev, start, str(row.opens.wait), spans.moment(ready, rev.zone)))
    if once and ready and once > ready:
        facts.append(f"{_title(rev, row.opens.once)} {spans.moment(once, rev.zone)}: the form opened then")
    due = _due(rev, standing, row.due, opens)
    if due:
        facts.append(f"+ {row.due.within} = due {spans.through(due, rev.zone)}")
    return Timing(row, start[1] if start else None, ready, opens, due, tuple(facts), missing)


def _due(rev: Revision, standing: Standing, wait: Wait, opens: datetime | None) -> datetime | None:
    start = opens if wait.start == (OPENS,) else (found[1] if (found := latest(standing, wait.start)) else None)
    return spans.end_of(start, wait.within, rev.zone) if start else None


def option_due(
    rev: Revision, standing: Standing, when: Timing, option: str
) -> tuple[datetime | None, tuple[str, ...], tuple[str, ...]]:
    """By when this option must be chosen: (exclusive end, clauses, arithmetic). Never later than the form itself."""
    term = when.row.terms.get(option)
    if term is None:
        return when.due, when.row.due.cites, when.facts
    due = _due(rev, standing, term, when.opens)
    if due is None:
        return when.due, when.row.due.cites, when.facts
    if term.yields and when.ready and due <= when.ready:
        said = f"its own term ended {spans.through(due, rev.zone)}, before the form could open: the form's date counts"
        return when.due, (*term.cites, *term.yields), (*when.facts, said)
    start = latest(standing, term.start)
    facts = (
        (*when.facts[:1], _sum(rev, start, str(term.within), f"due {spans.through(due, rev.zone)}"))
        if start
        else when.facts
    )
    if when.due and when.due < due:
        return when.due, (*term.cites, *when.row.due.cites), when.facts
    return due, term.cites, facts


def stage_due(rev: Revision, standing: Standing) -> tuple[datetime | None, datetime | None, tuple[str, ...]]:
    """(earliest, due, arithmetic) of the stage itself."""
    stage: Stage = rev.stages[standing.stage]
    if stage.asks:
        when = timing(rev, standing)
        return when.opens, when.due, when.facts
    if stage.due is None or not (start := latest(standing, stage.due.start)):
        return None, None, ()
    due = spans.end_of(start[1], stage.due.within, rev.zone)
    earliest = spans.after(start[1], stage.due.earliest, rev.zone) if stage.due.earliest else None
    span = f"{stage.due.earliest.days} to {stage.due.within}" if stage.due.earliest else str(stage.due.within)
    return earliest, due, (_sum(rev, start, span, f"due {spans.through(due, rev.zone)}"),)


def _title(rev: Revision, kind: str) -> str:
    known = rev.facts.get(kind)
    return known.title if known else rev.options[kind.removeprefix("option.")].title


def _sum(rev: Revision, start: tuple[str, datetime], span: str, result: str) -> str:
    return f"{_title(rev, start[0])} {spans.moment(start[1], rev.zone)} + {span} = {result}"
