"""A span of time as a policy writes it: `P15D`, `P2W`, `P10B`, `P6M`, `P3Y`, `P1Y6M`, `PT48H`, `PT90M`. Counting is in `counting`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPAN = re.compile(
    r"P(?:(\d{1,5})B|T(\d{1,5})H|T(\d{1,6})M|(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?)"
)
EXPECTED = "a span such as P15D (days), P10B (business days), P2W, P6M, P3Y, P1Y6M, PT48H (hours) or PT90M (minutes)"


@dataclass(frozen=True, slots=True)
class Span:
    """Months and days of the calendar; or business days; or minutes that elapse. Never two of the three."""

    months: int = 0
    days: int = 0
    business_days: int = 0
    minutes: int = 0
    elapses: bool = False  # hours and minutes run through nights and holidays alike

    def __str__(self) -> str:
        if self.business_days:
            return _many(self.business_days, "business day")
        if self.elapses:
            return _many(self.minutes // 60, "hour") if self.minutes % 60 == 0 else _many(self.minutes, "minute")
        years, months = divmod(self.months, 12)
        parts = [_many(n, word) for n, word in ((years, "year"), (months, "month")) if n]
        return " and ".join(parts + ([_many(self.days, "day")] if self.days or not parts else []))

    @property
    def least_days(self) -> int:
        """No term of this span is shorter than so many days: a cheap bound before the exact date is computed."""
        return self.months * 28 + self.days + self.business_days + self.minutes // 1440


def between(earliest: Span, latest: Span) -> str:
    """ "30 to 45 days", where both are of one unit."""
    first, last = str(earliest).split(" "), str(latest).split(" ")
    same = len(first) == len(last) == 2 and first[1].rstrip("s") == last[1].rstrip("s")
    return f"{first[0]} to {latest}" if same else f"{earliest} to {latest}"


def _many(amount: int, unit: str) -> str:
    return f"{amount} {unit}{'' if amount == 1 else 's'}"


def read_span(text: str) -> Span:
    """Raises ValueError for what is no span, with what was expected."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not {EXPECTED}")
    business, hours, minutes, years, months, weeks, days = (int(n) if n else 0 for n in found.groups())
    if text[1] == "T":
        return Span(minutes=hours * 60 + minutes, elapses=True)
    return Span(months=years * 12 + months, days=weeks * 7 + days, business_days=business)
