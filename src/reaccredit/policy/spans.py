"""Time as a policy counts it. Hours are elapsed time; days are calendar days that end at midnight in the policy's zone.

A span is `P<n>D` or `PT<n>H`: months and years have no fixed length, so this schema has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SPAN = re.compile(r"P(?:(\d{1,5})D|T(\d{1,5})H)")


@dataclass(frozen=True, slots=True)
class Span:
    """A number of whole days, or of hours; never both."""

    days: int = 0
    hours: int = 0

    def __str__(self) -> str:
        amount, unit = (self.hours, "hour") if self.hours or not self.days else (self.days, "day")
        return f"{amount} {unit}{'' if amount == 1 else 's'}"


def read_span(text: str) -> Span:
    """`P15D` or `PT48H`. Raises ValueError for anything else, months among them."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a span of days (P15D) or hours (PT48H)")
    return Span(days=int(found[1] or 0), hours=int(found[2] or 0))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def after(start: datetime, span: Span, zone: ZoneInfo) -> datetime:
    """The instant a span after `start`: hours elapse (48 hours are 48 hours on both daylight-saving nights)."""
    if span.days:
        return end_of(start, span, zone)
    return (start.astimezone(UTC) + timedelta(hours=span.hours)).astimezone(zone)


def end_of(start: datetime, span: Span, zone: ZoneInfo) -> datetime:
    """The exclusive end of a term: the day of `start` is not counted, the last day runs to midnight in the zone."""
    if not span.days:
        return after(start, span, zone)
    return midnight(start.astimezone(zone).date() + timedelta(days=span.days + 1), zone)


def last_day(due: datetime, zone: ZoneInfo) -> date:
    """The last calendar day on which an exclusive end can still be met."""
    return (due.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone).date()


def moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M %Z}"


def through(due: datetime, zone: ZoneInfo) -> str:
    """How an exclusive end is said: by its last day, never by the day after."""
    local = due.astimezone(zone)
    if local.time() != time():
        return f"before {moment(due, zone)}"
    day = last_day(due, zone)
    # The name of the zone on the last day itself: on the night of a clock change the two differ.
    name = (due.astimezone(UTC) - timedelta(seconds=1)).astimezone(zone).tzname()
    return f"through {day.day} {day:%b %Y}, midnight {name}"
