"""The dates of a standing, apart from everything else that it says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from reaccredit.policy.words import Standing


class Dates:
    """The dates of a standing: everything that its shape leaves out. Changed in place while facts are folded."""

    __slots__ = ("dates", "decided", "effective", "entered", "expires", "lapsed", "passed", "times")

    times: dict[str, datetime]
    dates: Mapping[str, datetime]
    entered: datetime | None
    passed: datetime | None
    decided: datetime | None
    effective: date | None
    expires: date | None
    lapsed: tuple[str, datetime, tuple[str, ...]] | None

    def __init__(self, s: Standing) -> None:
        self.times, self.dates = dict(s.times), s.dates
        self.entered, self.passed, self.decided = s.entered, s.passed, s.decided
        self.effective, self.expires, self.lapsed = s.effective, s.expires, s.lapsed
