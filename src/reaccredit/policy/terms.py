"""When a term begins and ends in a standing. One function computes it for showing and for enforcing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from reaccredit.policy.counting import Counting, last_day, moment, rounded, through
from reaccredit.policy.revision import ANCHORS, DECIDED, DUE, EFFECTIVE, ENTERED, OPENS, PASSED, Outcome, Revision, Wait
from reaccredit.policy.spans import Span, between
from reaccredit.policy.words import Standing

Anchor = tuple[str, datetime]  # what it is called, and when it was


@dataclass(frozen=True, slots=True)
class Ending:
    """A term as far as it is known: its anchor, when its end may first be expected, its exclusive end, and the arithmetic."""

    start: Anchor | None
    earliest: datetime | None
    due: datetime | None
    wait: Wait

    def facts(self, rev: Revision) -> tuple[str, ...]:
        if self.start is None or self.due is None:
            return ()
        return (arithmetic(rev, self.start, self.wait, self.due),)


class FirstDay(date):
    """The first day of a term, and what is needed to read it later.

    `by`: the outcome that set the dates; what only keeps them leaves it. `running`: through which day the term before runs on.
    """

    __slots__ = ("by", "running")
    by: str
    running: date | None

    @classmethod
    def of(cls, day: date, by: str, running: date | None) -> FirstDay:
        made = cls(day.year, day.month, day.day)
        made.by, made.running = by, running
        return made


def dated_by(rev: Revision, s: Standing) -> Outcome | None:
    """The outcome whose term runs: its grace and what prolongs it count, whatever was added or suspended meanwhile."""
    return rev.outcomes.get(s.effective.by if isinstance(s.effective, FirstDay) else s.outcome)


def anchor(
    rev: Revision, s: Standing, name: str, own: datetime | None = None, opened: datetime | None = None
) -> datetime | None:
    """When the thing that this name stands for was, or None while it is not known. `own`: this stage's own term."""
    found = s.times.get(name) or s.dates.get(name)
    if found is not None or name not in ANCHORS:
        return found
    plain = {
        ENTERED: s.entered,
        OPENS: opened,
        DUE: last_instant(own) if own else None,
        DECIDED: s.decided,
        PASSED: s.passed,
    }
    if name in plain:
        return plain[name]
    day = s.effective if name == EFFECTIVE else graced(rev, s)
    return rev.days.begin_of(day) if day else None


def last_instant(due: datetime) -> datetime:
    """The last moment of a term: a date that is reckoned from a term is reckoned from its last day."""
    return due - timedelta(microseconds=1)


def begin(
    rev: Revision,
    s: Standing,
    names: tuple[str, ...],
    take: str,
    own: datetime | None = None,
    opened: datetime | None = None,
) -> Anchor | None:
    """The anchor that counts among several."""
    known: list[tuple[datetime, str]] = []
    for name in names:
        at = anchor(rev, s, name, own, opened)
        if at is not None:
            known.append((at, name))
        elif take == "latest-of-all":
            return None
    if not known:
        return None
    at, name = min(known) if take == "earliest" else max(known)
    return name, at


def ending(
    rev: Revision,
    s: Standing,
    wait: Wait,
    own: datetime | None = None,
    opened: datetime | None = None,
    *,
    plain: bool = False,
) -> Ending:
    """The end of a term in this standing; without an anchor there is none yet. `plain`: without what extends it."""
    if wait.of:
        found = [ending(rev, s, part, own, opened) for part in wait.of]
        known = [(e.due, n) for n, e in enumerate(found) if e.due]
        return found[(min if wait.whichever == "earlier" else max)(known)[1]] if known else found[0]
    start = begin(rev, s, wait.start, wait.take, own, opened)
    if start is None:
        return Ending(None, None, None, wait)
    count = wait.counting
    due = ended(wait, start[1])
    if wait.extended and not plain and _extends(rev, s, wait, due):
        due = longer(count, due, wait.extended.by)
    earliest = count.opening_after(start[1], wait.earliest) if wait.earliest else None
    return Ending(start, earliest, due, wait)


def longer(count: Counting, due: datetime, span: Span) -> datetime:
    """The end of a term that is made longer: so much after its last day, however its own days were counted."""
    return replace(count, count="exclude-first", last="included").end_after(last_instant(due), span)


def ended(wait: Wait, start: datetime) -> datetime:
    """The exclusive end of a wait that runs from `start`, without what extends it."""
    count = wait.counting
    if wait.season:
        return count.close_of(count.rolled(count.season(wait.season, start)[1]))
    if wait.before is not None:
        due = count.end_before(start, wait.before)
    else:
        assert wait.within is not None
        due = count.end_after(start, wait.within)
    return count.close_of(rounded(last_day(due, count.zone), wait.round)) if wait.round else due


def _extends(rev: Revision, s: Standing, wait: Wait, due: datetime) -> bool:
    assert wait.extended
    heard = s.times.get(wait.extended.once)
    return heard is not None and _was_in_time(rev, s, heard, wait.extended.in_time, due)


def _was_in_time(rev: Revision, s: Standing, heard: datetime, limit: Wait | None, own: datetime | None) -> bool:
    if limit is None:
        return True
    end = ending(rev, s, limit, own).due
    return end is None or heard < end


def due_of(rev: Revision, s: Standing, wait: Wait, *, plain: bool = False) -> date | None:
    """The last day of a term that is kept as a date: an effective day, an expiry."""
    due = ending(rev, s, wait, plain=plain).due
    return last_day(due, wait.counting.zone) if due else None


def prolonged(rev: Revision, s: Standing) -> date | None:
    """The last day of the term without its grace: an expiry is kept as it was decided, and what extends it may be heard later."""
    outcome = dated_by(rev, s) if s.expires and s.outcome else None
    wait = outcome.expires if outcome else None
    if s.expires is None or wait is None or wait.extended is None or wait.extended.once not in s.times:
        return s.expires
    count, due = wait.counting, wait.counting.close_of(s.expires)
    if not _extends(rev, _graceless(s), wait, due):
        return s.expires
    return last_day(longer(count, due, wait.extended.by), count.zone)


def _graceless(s: Standing) -> Standing:
    """For what is measured by the expiry itself."""
    plain = s.copy()
    plain.outcome = ""
    return plain


def graced(rev: Revision, s: Standing) -> date | None:
    """The last day of the accreditation, with its grace where the policy gives it and what it asks was done in time."""
    if s.expires is None or not s.outcome:
        return s.expires
    until, outcome = prolonged(rev, s), dated_by(rev, s)
    heard = s.times.get(outcome.grace_once) if outcome and outcome.grace else None
    if heard is None or outcome is None or outcome.grace is None:
        return until
    plain = _graceless(s)
    plain.expires = until
    if not _was_in_time(rev, plain, heard, outcome.grace_in_time, None):
        return until
    return due_of(rev, plain, outcome.grace)


def arithmetic(rev: Revision, start: Anchor, wait: Wait, due: datetime) -> str:
    """ "Final report issued 1 Apr 2021, 10:00 EDT + 15 days = through 16 Apr 2021, midnight EDT"."""
    count, name = wait.counting, rev.title_of(start[0])
    end = f"due {through(due, rev.zone)}"
    if wait.season:
        return f"{name} {moment(start[1], rev.zone)}; the yearly window ends: {end}"
    sign, span = ("-", wait.before) if wait.before is not None else ("+", wait.within)
    said = between(wait.earliest, span) if wait.earliest and span else str(span)
    notes = [f"as the end of its month ({wait.round})"] if wait.round else []
    notes += [f"+ {wait.extended.by}, extended"] if wait.extended and ended(wait, start[1]) != due else []
    notes += [] if count.known(last_day(due, count.zone)) else ["the holidays of that time are not known yet"]
    noted = f" ({'; '.join(notes)})" if notes else ""
    return f"{name} {moment(start[1], rev.zone)} {sign} {said} = {end}{noted}"
