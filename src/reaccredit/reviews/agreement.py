"""From readings to a determination, by the table of the catalogue. It looks at outcomes, and knows no person."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from reaccredit.reviews import catalogue, deciding
from reaccredit.reviews.models import FIRST_TWO, THIRD, Assignment


def handed_in(readings: Iterable[Assignment]) -> list[Assignment]:
    return [reading for reading in readings if reading.submitted_at is not None]


def _decided(readings: Iterable[Assignment]) -> str:
    return deciding.decide(catalogue.determinations(), [str(r.outcome) for r in handed_in(readings)])


def split(readings: Collection[Assignment]) -> bool:
    """The first two are in, and the table asks for a third."""
    return _decided(r for r in readings if r.position in FIRST_TWO) == deciding.THIRD


def determined(readings: Collection[Assignment]) -> str | None:
    """The outcome, once it is certain; None before."""
    found = _decided(readings)
    return found if found and found != deciding.THIRD else None


def places(readings: Collection[Assignment], first: Collection[int] = FIRST_TWO) -> tuple[int, ...]:
    """The places that wait for a reader: the first ones, and the third where the table asks for it."""
    taken = {r.position for r in readings}
    wanted = (*first, THIRD) if split(readings) else first
    return tuple(place for place in wanted if place not in taken)
