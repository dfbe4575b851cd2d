"""From readings to a determination. Pure: it looks at outcomes, and knows no person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from reaccredit.reviews.models import FIRST_TWO, Assignment


def handed_in(readings: Iterable[Assignment]) -> list[Assignment]:
    return [reading for reading in readings if reading.submitted_at is not None]


def split(readings: Collection[Assignment]) -> bool:
    """The first two are in and do not agree."""
    first = {r.outcome for r in handed_in(readings) if r.position in FIRST_TWO}
    return len(first) > 1


def determined(readings: Collection[Assignment]) -> str | None:
    """The outcome that two readers found, once it is certain; None before."""
    found = Counter(r.outcome for r in handed_in(readings))
    return next((outcome for outcome, number in found.items() if number >= len(FIRST_TWO)), None)


def places(readings: Collection[Assignment]) -> tuple[int, ...]:
    """The places that wait for a reader: the first two, and the third where those do not agree."""
    taken = {r.position for r in readings}
    wanted = (*FIRST_TWO, 3) if split(readings) else FIRST_TWO
    return tuple(place for place in wanted if place not in taken)
