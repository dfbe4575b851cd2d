"""How a policy counts time: which days are business days, whether the first and the last day count, where a term ends.

Hours elapse. Days are calendar days in the policy's zone; a term of days ends at midnight after its last day, or at the
cut-off hour of that day. Every end is exclusive: the first instant that is too late.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from reaccredit.policy.spans import Span

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
DAY = timedelta(days=1)
MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """The n-th weekday of a month; n = -1 is the last."""

    n: int
    weekday: int
    month: int

    def in_year(self, year: int) -> date | None:
        days = monthrange(year, self.month)[1]
        found = [d for d in (date(year, self.month, n) for n in range(1, days + 1)) if d.weekday() == self.weekday]
        place = self.n - 1 if self.n > 0 else self.n
        return found[place] if -len(found) <= place < len(found) else None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are business days. Everything in it is the policy's own data."""

    id: str
    weekend: frozenset[int]
    holidays: frozenset[date]
    yearly: tuple[tuple[int, int], ...]
    weekdays: tuple[NthWeekday, ...]
    observed: str
    known_through: date | None
    cites: tuple[str, ...]

    def is_business(self, day: date) -> bool:
        return day.weekday() not in self.weekend and day not in _holidays(self, day.year)


@lru_cache(maxsize=512)
def _holidays(calendar: Calendar, year: int) -> frozenset[date]:
    """The holidays of a year, as observed; those of its neighbours too, for one may be kept on 31 December."""
    found = set(calendar.holidays)
    for near in (year - 1, year, year + 1):
        fixed = [day for month, n in calendar.yearly if (day := _day_of(near, month, n))]
        found.update(_observed(day, calendar.observed) for day in fixed)
        found.update(day for rule in calendar.weekdays if (day := rule.in_year(near)))
    return frozenset(found)


def _day_of(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if day <= monthrange(year, month)[1] else None  # 29 February, in a common year


def _observed(day: date, rule: str) -> date:
    moved = {5: -DAY, 6: DAY}.get(day.weekday(), timedelta(0))
    return day + moved if rule == "nearest-weekday" else day


@dataclass(frozen=True, slots=True)
class Season:
    """A window that comes every year; it may cross the new year."""

    id: str
    first: tuple[int, int]  # month, day
    final: tuple[int, int]
    cites: tuple[str, ...]

    def at_or_after(self, day: date) -> tuple[date, date]:
        """The season that runs on this day, or the next one: its first and its last day."""
        for year in (day.year - 1, day.year, day.year + 1):
            first = _clipped(year, *self.first)
            final = _clipped(year + (self.final < self.first), *self.final)
            if day <= final:
                return first, final
        raise AssertionError("a season comes every year")


def _clipped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Counting:
    """`[days]` of a policy, or what one of its terms says otherwise."""

    zone: ZoneInfo
    count: str = "exclude-first"
    last: str = "included"
    roll: str = "none"
    month_end: str = ""
    cutoff: time = MIDNIGHT
    calendar: Calendar | None = None

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def begin_of(self, day: date) -> datetime:
        return datetime.combine(day, MIDNIGHT, self.zone)

    def season(self, season: Season, at: datetime) -> tuple[date, date]:
        """The yearly window that runs at this instant, or the next one: on its last day it is over at the cut-off."""
        found = season.at_or_after(self.day(at))
        return found if self.close_of(self.rolled(found[1])) > at else season.at_or_after(found[1] + DAY)

    def close_of(self, day: date) -> datetime:
        """The instant that ends a day: midnight after it, or the cut-off hour."""
        if self.cutoff != MIDNIGHT:
            return datetime.combine(day, self.cutoff, self.zone)
        return datetime.combine(day + DAY, MIDNIGHT, self.zone)

    def end_after(self, start: datetime, span: Span) -> datetime:
        """The exclusive end of a term that runs from `start`. Raises ValueError where the calendar has no such day."""
        if span.elapses:
            return _elapsed(start, timedelta(minutes=span.minutes), self.zone)
        return self._close(self.add(self.day(start), span))

    def end_before(self, anchor: datetime, span: Span) -> datetime:
        """The exclusive end of a term that must be over a span before the anchor: "no later than 6 months before"."""
        if span.elapses:
            return _elapsed(anchor, -timedelta(minutes=span.minutes), self.zone)
        return self._close(self.subtract(self.day(anchor), span))

    def opening_after(self, start: datetime, span: Span) -> datetime:
        """When something opens a span after `start`: hours elapse; 30 days after 1 April is 1 May, as that day begins."""
        if span.elapses:
            return _elapsed(start, timedelta(minutes=span.minutes), self.zone)
        return self.begin_of(self.ahead(self.day(start), span)) if span.least_days else start

    def opening_before(self, anchor: datetime, span: Span) -> datetime:
        """The beginning of the day that lies a span before the anchor's."""
        if span.elapses:
            return _elapsed(anchor, -timedelta(minutes=span.minutes), self.zone)
        return self.begin_of(self.subtract(self.day(anchor), span))

    def _close(self, day: date) -> datetime:
        day = self.rolled(day)
        return self.begin_of(day) if self.last == "excluded" else self.close_of(day)

    def add(self, day: date, span: Span) -> date:
        """The last day of a span that begins on `day`, by the rule that counts the first day or not."""
        if span.business_days:
            first = self.count == "include-first" and self.calendar is not None and self.calendar.is_business(day)
            return self._business(day, span.business_days - first, DAY)
        back = DAY if self.count == "include-first" and span.least_days else timedelta(0)
        return months_after(day, span.months, self.month_end) + timedelta(days=span.days) - back

    def ahead(self, day: date, span: Span) -> date:
        """The day that lies a span ahead, whatever day counts as the first of a term."""
        if span.business_days:
            return self._business(day, span.business_days, DAY)
        return months_after(day, span.months, self.month_end) + timedelta(days=span.days)

    def subtract(self, day: date, span: Span) -> date:
        if span.business_days:
            return self._business(day, span.business_days, -DAY)
        return months_after(day, -span.months, self.month_end) - timedelta(days=span.days)

    def _business(self, day: date, count: int, step: timedelta) -> date:
        assert self.calendar
        left = count
        for _ in range(count * 15 + 60):
            if left <= 0:
                return day
            day += step
            left -= self.calendar.is_business(day)
        raise ValueError(
            f"calendar {self.calendar.id!r} has no {count} business days in the {count * 15 + 60} days around {day}"
        )

    def rolled(self, day: date) -> date:
        """The business day to which a last day moves."""
        if self.roll == "none" or self.calendar is None:
            return day
        step = DAY if self.roll == "next-business-day" else -DAY
        for _ in range(60):
            if self.calendar.is_business(day):
                return day
            day += step
        raise ValueError(f"calendar {self.calendar.id!r} has no business day near {day}")

    def known(self, day: date) -> bool:
        """Are the holidays known that far?"""
        return not (self.calendar and self.calendar.known_through and day > self.calendar.known_through)


def _elapsed(start: datetime, by: timedelta, zone: ZoneInfo) -> datetime:
    return (start.astimezone(UTC) + by).astimezone(zone)


def months_after(day: date, months: int, rule: str) -> date:
    """`months` may be negative. `rule` says what 31 January + 1 month is: clip, overflow or stick (see the how-to)."""
    if not months:
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    length = monthrange(year, month)[1]
    if rule == "stick" and day.day == monthrange(day.year, day.month)[1]:
        return date(year, month, length)
    if day.day <= length:
        return date(year, month, day.day)
    return date(year, month, length) + timedelta(days=day.day - length if rule == "overflow" else 0)


def rounded(day: date, rule: str) -> date:
    """The last or first day of its month; the last day of the month before, unless it is one already; the first day of the next month."""
    if rule == "month-start":
        return date(day.year, day.month, 1)
    end = date(day.year, day.month, monthrange(day.year, day.month)[1])
    if rule == "next-month-start":
        return end + DAY
    if rule == "month-end" or day == end:
        return end
    return date(day.year, day.month, 1) - DAY


def last_day(due: datetime, zone: ZoneInfo) -> date:
    """The last calendar day on which an exclusive end can still be met."""
    return (due.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone).date()


def moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M %Z}"


def through(due: datetime, zone: ZoneInfo) -> str:
    """How an exclusive end is said: by its last day, never by the day after."""
    local = due.astimezone(zone)
    if local.time() != MIDNIGHT:
        return f"before {moment(due, zone)}"
    day = last_day(due, zone)
    # The name of the zone on the last day itself: on the night of a clock change the two differ.
    name = (due.astimezone(UTC) - timedelta(seconds=1)).astimezone(zone).tzname()
    return f"through {day.day} {day:%b %Y}, midnight {name}"
