"""Does a condition hold in a standing? The vocabulary is closed: what it cannot say is said to people, not to the engine."""

from __future__ import annotations

from datetime import datetime, timedelta

from reaccredit.policy.revision import ALWAYS, Left, Revision, Wait, When
from reaccredit.policy.terms import anchor
from reaccredit.policy.words import Standing


def holds(rev: Revision, when: When, s: Standing, at: datetime | None) -> bool:
    """All that `when` says. `at`: the instant asked about, for what is left until a day."""
    if when is ALWAYS:
        return True
    for name, low, high in when.counters:
        if not low <= s.counters.get(name, 0) <= high:
            return False
    for name, values in when.traits:
        if s.traits.get(name, "") not in values:
            return False
    return (
        when.marks <= s.marks
        and not when.without & s.marks
        and (not when.outcome or s.outcome in when.outcome)
        and _told(when, s)
        and (when.left is None or _left(rev, when.left, s, at))
    )


def cut_offs(rev: Revision, s: Standing, kind: str, at: datetime | None) -> tuple[Wait | None, Wait | None]:
    """The rules by which this fact is too late, and too early, as far as their conditions hold."""
    stage = rev.stages[s.stage]
    late, early = stage.until.get(kind), stage.since.get(kind)
    return (
        late if late and holds(rev, late.when, s, at) else None,
        early if early and holds(rev, early.when, s, at) else None,
    )


def _told(when: When, s: Standing) -> bool:
    if when.plain:
        return True
    return (
        all(kind in s.times for kind in when.heard)
        and not any(kind in s.times for kind in when.unheard)
        and all(name in s.dates or name in s.traits for name in when.told)
        and not any(name in s.dates or name in s.traits for name in when.untold)
    )


def _left(rev: Revision, left: Left, s: Standing, at: datetime | None) -> bool:
    """Neither "more than" nor its complement "at most" holds while one of the two days is not known."""
    until, measured = anchor(rev, s, left.until), s.times.get(left.on) if left.on else at
    if until is None or measured is None:
        return False
    return _more(rev, left, until, measured) is (left.more_than is not None)


def within(rev: Revision, left: Left, s: Standing, now: datetime) -> bool | None:
    """The side on which a named day lies: measured on its fact, or now while that fact has not been."""
    until = anchor(rev, s, left.until)
    return None if until is None else _more(rev, left, until, s.times.get(left.on) or now if left.on else now)


def _more(rev: Revision, left: Left, until: datetime, measured: datetime) -> bool:
    count, span = rev.days, left.more_than or left.at_most
    assert span
    return (
        until > count.end_after(measured, span)
        if span.elapses
        else count.day(until) > count.ahead(count.day(measured), span)
    )


def left_said(rev: Revision, left: Left, s: Standing, at: datetime) -> str:
    """ "Certificate expires 30 Sep 2024: 60 days left on 1 Aug 2024, which is not more than 60 days"."""
    until, measured = anchor(rev, s, left.until), s.times.get(left.on) if left.on else at
    if until is None or measured is None:
        return f"{rev.title_of(left.until if until is None else left.on)}: not known."
    last, day = rev.days.day(until), rev.days.day(measured)
    more = "more than" if _more(rev, left, until, measured) else "not more than"
    return f"{rev.title_of(left.until)} {last}: {(last - day).days} days left on {day}, which is {more} {left.more_than or left.at_most}."


def turning(rev: Revision, left: Left, s: Standing) -> datetime | None:
    """The first instant at which no more than the span is left; None where that is measured on the day of a fact."""
    until, span = anchor(rev, s, left.until), left.more_than or left.at_most
    if until is None or left.on or span is None:
        return None
    if span.elapses:
        return rev.days.opening_before(until, span)
    day = rev.days.subtract(rev.days.day(until), span) - timedelta(
        days=4
    )  # months do not add up both ways: look around
    while _more(rev, left, until, rev.days.begin_of(day)):
        day += timedelta(days=1)
    return rev.days.begin_of(day)
