"""Between which two instants an option may be chosen, for all standings of one shape: what `forms` reckons, with the look-ups done before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from reaccredit.policy.counting import Counting
from reaccredit.policy.dates import Dates
from reaccredit.policy.forms import due_row, fitting
from reaccredit.policy.revision import ANCHORS, DECIDED, ENTERED, OPENS, PASSED, Revision, Wait, Window
from reaccredit.policy.spans import Span
from reaccredit.policy.terms import ended
from reaccredit.policy.words import Standing

OWN = frozenset({ENTERED, DECIDED, PASSED})  # anchors that are dates of the standing itself


class Term:
    """The end of a wait: reckoned once for each day on which it may begin."""

    __slots__ = ("days", "ends", "names", "opened", "pick", "wait")

    def __init__(self, wait: Wait, names: tuple[str, ...]) -> None:
        self.wait, self.opened = wait, OPENS in names
        self.names = tuple(n for n in names if n != OPENS)
        self.pick = min if wait.take == "earliest" else max
        self.days = wait.within is not None and not wait.within.elapses
        self.ends: dict[date, datetime] = {}

    def end(self, times: Mapping[str, datetime], opened: datetime) -> datetime:
        known = [times[n] for n in self.names]
        if self.opened:
            known.append(opened)
        start = known[0] if len(known) == 1 else self.pick(known)
        if not self.days:
            return ended(self.wait, start)
        day = start.astimezone(self.wait.counting.zone).date()
        found = self.ends.get(day)
        if found is None:
            found = self.ends[day] = ended(self.wait, start)
        return found


class Opening:
    """When the form opens in the standings of one shape."""

    __slots__ = ("counting", "once", "pick", "start", "wait")

    def __init__(self, row: Window, names: tuple[str, ...], once: tuple[str, ...]) -> None:
        self.start, self.once = names, once
        self.pick = min if row.opens.take == "earliest" else max
        self.wait: Span = row.opens.wait
        self.counting: Counting = row.opens.counting

    def at(self, times: Mapping[str, datetime]) -> tuple[datetime, datetime]:
        """When its span is over, and when it opens."""
        start = times[self.start[0]] if len(self.start) == 1 else self.pick([times[n] for n in self.start])
        ready = self.counting.opening_after(start, self.wait)
        return ready, max(ready, min([times[n] for n in self.once])) if self.once else ready


class Door:
    """From when until when, exclusive, one option may be chosen in the standings of one shape."""

    __slots__ = ("form", "opening", "own", "yields")

    def __init__(self, opening: Opening, form: Term | None, own: Term | None) -> None:
        self.opening, self.form, self.own = opening, form, own
        self.yields = bool(own and own.wait.yields)

    def is_open(self, d: Dates, at: datetime) -> bool:
        times = d.times
        ready, opens = self.opening.at(times)
        if at < opens:
            return False
        if self.own:
            end = self.own.end(times, opens)
            if not (self.yields and end <= ready) and at >= end:
                return False
        return self.form is None or at < self.form.end(times, opens)


@dataclass(frozen=True, slots=True)
class Awaited:
    """Open to a fact that is heard again, if what its stage awaited has (or has not) happened since the case came there."""

    kind: str
    already: bool

    def is_open(self, d: Dates, at: datetime) -> bool:
        return (d.entered is not None and d.times[self.kind] >= d.entered) is self.already


def door(rev: Revision, s: Standing, option: str) -> Door | None:
    """None where the dates hang on more than when facts were heard: then they are reckoned each time."""
    row = _row(rev, s)
    opening = _opening(s, row) if row else None
    if row is None or opening is None:
        return None
    own, form = row.terms.get(option), _form(rev, s, row)
    terms = [_term(s, wait) for wait in (form, own)]
    if any(t is None and w is not None for t, w in zip(terms, (form, own), strict=True)):
        return None
    return Door(opening, *terms)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a stage's time; without a `term` none follows while the case has this shape."""

    opening: Opening | None = None
    term: Term | None = None


def deadline(rev: Revision, s: Standing) -> Deadline | None:
    """None as for `door`."""
    asks = rev.stages[s.stage].asks
    row = _row(rev, s) if asks else None
    if any(w.when.left for w in rev.stages[s.stage].dues) or (asks and row is None):
        return None
    wait = _form(rev, s, row)
    if wait is None:
        return Deadline()
    opening = _opening(s, row) if row and OPENS in wait.start else None
    if not any(n in s.times or n in s.dates or n in ANCHORS for n in wait.start if n != OPENS) and (
        OPENS not in wait.start or (row and _shut(s, row))
    ):
        return Deadline()
    term = _term(s, wait)
    return None if term is None or (term.opened and opening is None) else Deadline(opening, term)


def shut(rev: Revision, s: Standing) -> bool:
    """The form of this stage is not open, whatever day it is: something must still be heard."""
    row = _row(rev, s)
    return row is not None and _shut(s, row)


def _shut(s: Standing, row: Window) -> bool:
    """Something must still be heard before the form opens."""
    start = [n for n in row.opens.start if n in s.times or n in s.dates or n in ANCHORS]
    return not start or (bool(row.opens.once) and not any(n in s.times for n in row.opens.once))


def _row(rev: Revision, s: Standing) -> Window | None:
    if any(w.when.left for w in rev.windows) or any(w.when.left for w in rev.stages[s.stage].dues):
        return None
    rows = fitting(rev, s)
    return rows[0] if len(rows) == 1 else None


def _form(rev: Revision, s: Standing, row: Window | None) -> Wait | None:
    return (row.due if row else None) or due_row(rev, s)


def _opening(s: Standing, row: Window) -> Opening | None:
    opens = row.opens
    names, once = _known(s, opens.start, opens.take), tuple(n for n in opens.once if n in s.times)
    if not names or opens.season or opens.before is not None or (opens.once and not once):
        return None
    return Opening(row, names, once)


def _term(s: Standing, wait: Wait | None) -> Term | None:
    if wait is None or wait.within is None or wait.before is not None or wait.season or wait.extended:
        return None
    names = _known(s, tuple(n for n in wait.start if n != OPENS), wait.take)
    if names is None:
        return None
    names = (*names, OPENS) if OPENS in wait.start else names
    return Term(wait, names) if names else None


def _known(s: Standing, names: tuple[str, ...], take: str) -> tuple[str, ...] | None:
    """The anchors that count; None where one of them is more than a fact that was heard."""
    known = tuple(n for n in names if n in s.times)
    others = [n for n in names if n not in s.times]
    if any(n in OWN or n in s.dates or not _is_fact(n) for n in others) or (others and take == "latest-of-all"):
        return None
    return known


def _is_fact(name: str) -> bool:
    return name not in ("due", "effective", "expires")
