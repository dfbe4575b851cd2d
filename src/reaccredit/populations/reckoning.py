"""Openings and ends of terms for whole columns: each local day on which a term may begin is reckoned once, by the rule core itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from reaccredit.policy.counting import Counting
from reaccredit.policy.doors import Door, Opening, Term
from reaccredit.policy.revision import Wait
from reaccredit.policy.spans import Span
from reaccredit.policy.terms import ended
from reaccredit.populations.histories import Times, micros, moment

DAY = 86_400_000_000
MINUTE = 60_000_000
UNKNOWN = np.iinfo(np.int64).min
Columns = NDArray[np.int64]  # a row for each date that matters, a column for each case
Index = NDArray[np.intp]


class Zone:
    """Local days of a time zone: the ordinals that `date.toordinal` gives."""

    def __init__(self, zone: ZoneInfo, first: datetime, last: datetime) -> None:
        self.zone = zone
        turns, day = list[datetime](), first.astimezone(UTC) - timedelta(days=400)
        while day < last + timedelta(days=400):
            after = day + timedelta(days=1)
            if self._offset(day) != self._offset(after):
                turns.append(self._turn(day, after))
            day = after
        self.turns = np.array([micros(t) for t in turns], np.int64)
        starts = [turns[0] - timedelta(days=1), *turns] if turns else [first]
        self.offsets = np.array([self._offset(t) // timedelta(microseconds=1) for t in starts], np.int64)

    def _offset(self, at: datetime) -> timedelta:
        return at.astimezone(self.zone).utcoffset() or timedelta(0)

    def _turn(self, before: datetime, after: datetime) -> datetime:
        old = self._offset(before)
        while after - before > timedelta(seconds=1):
            half = before + (after - before) // 2
            half = half.replace(microsecond=0)
            before, after = (half, after) if self._offset(half) == old else (before, half)
        return after

    def days(self, at: Times) -> NDArray[np.int64]:
        place = np.searchsorted(self.turns, at, side="right")
        return (at + self.offsets[place]) // DAY + EPOCH_DAY


EPOCH_DAY = date(1970, 1, 1).toordinal()


class ByDay:
    """What follows from the local day of an instant, reckoned once for each day that occurs."""

    def __init__(self, zone: Zone, reckon: Callable[[datetime], datetime]) -> None:
        self.zone, self.reckon = zone, reckon
        self.base, self.found = 0, np.full(0, UNKNOWN, np.int64)

    def __call__(self, at: Times) -> Times:
        days = self.zone.days(at)
        self._reach(int(days.min()), int(days.max()))
        ends = self.found[days - self.base]
        if (missing := ends == UNKNOWN).any():
            for day in np.unique(days[missing]).tolist():
                noon = datetime.combine(date.fromordinal(day), time(12), self.zone.zone)
                self.found[day - self.base] = micros(self.reckon(noon))
            ends = self.found[days - self.base]
        return ends

    def _reach(self, first: int, last: int) -> None:
        if not len(self.found):
            self.base = first
        before, behind = max(self.base - first, 0), max(last + 1 - self.base - len(self.found), 0)
        if before or behind:
            self.found = np.pad(self.found, (before, behind), constant_values=UNKNOWN)
            self.base -= before


class Reckoning:
    """The arithmetic of one revision on columns. `rows`: which row holds which date."""

    def __init__(self, zones: Mapping[ZoneInfo, Zone], rows: Mapping[str, int]) -> None:
        self.zones, self.rows = zones, rows
        self._ends: dict[int, tuple[Term, Callable[[Times], Times]]] = {}
        self._opens: dict[tuple[Span, int], tuple[Opening, Callable[[Times], Times]]] = {}

    def knows(self, *parts: Door | Opening | Term | None) -> bool:
        """Is every date that these ask for kept in a row?"""
        return all(name in self.rows for part in parts for name in _names(part))

    def opened(self, opening: Opening, columns: Columns, cases: Index) -> tuple[Times, Times]:
        start = self._picked(opening.start, opening.pick is min, columns, cases)
        ready = self._opening(opening)(start)
        if not opening.once:
            return ready, ready
        return ready, np.maximum(ready, self._picked(opening.once, True, columns, cases))

    def end(self, term: Term, columns: Columns, cases: Index, opened: Times | None) -> Times:
        found = self._picked(term.names, term.pick is min, columns, cases) if term.names else None
        if term.opened and opened is not None:
            found = opened if found is None else (np.minimum if term.pick is min else np.maximum)(found, opened)
        assert found is not None
        return self._ending(term)(found)

    def is_open(self, door: Door, columns: Columns, cases: Index, at: Times) -> NDArray[np.bool_]:
        ready, opens = self.opened(door.opening, columns, cases)
        found = at >= opens
        if door.own:
            end = self.end(door.own, columns, cases, opens)
            found &= (at < end) | (end <= ready) if door.yields else at < end
        if door.form:
            found &= at < self.end(door.form, columns, cases, opens)
        return found

    def _picked(self, names: tuple[str, ...], earliest: bool, columns: Columns, cases: Index) -> Times:
        found = columns[self.rows[names[0]]][cases]
        for name in names[1:]:
            found = (np.minimum if earliest else np.maximum)(found, columns[self.rows[name]][cases])
        return found

    def _ending(self, term: Term) -> Callable[[Times], Times]:
        if id(term.wait) not in self._ends:
            span = term.wait.within
            assert span
            by: Callable[[Times], Times]
            if term.days:
                by = ByDay(self._zone(term.wait.counting), partial(ended, term.wait))
            else:
                by = partial(_each, term.wait) if term.wait.round else _shift(span.minutes)
            self._ends[id(term.wait)] = term, by
        return self._ends[id(term.wait)][1]

    def _opening(self, opening: Opening) -> Callable[[Times], Times]:
        span, count = opening.wait, opening.counting
        key = span, id(count)
        if key not in self._opens:
            days = not span.elapses and bool(span.least_days)
            by = ByDay(self._zone(count), lambda at: count.opening_after(at, span)) if days else _shift(span.minutes)
            self._opens[key] = opening, by
        return self._opens[key][1]

    def _zone(self, counting: Counting) -> Zone:
        return self.zones[counting.zone]


def _shift(minutes: int) -> Callable[[Times], Times]:
    return lambda at: at + minutes * MINUTE


def _each(wait: Wait, at: Times) -> Times:
    return np.array([micros(ended(wait, moment(t))) for t in at], np.int64)


def _names(part: Door | Opening | Term | None) -> tuple[str, ...]:
    if isinstance(part, Door):
        return (*_names(part.opening), *_names(part.form), *_names(part.own))
    if isinstance(part, Opening):
        return (*part.start, *part.once)
    return part.names if part else ()
