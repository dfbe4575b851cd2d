"""Which picture of a reading is shown, and which are its neighbours. No page holds more than one large picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reaccredit.imaging.models import Instance
from reaccredit.imaging.queries import SeriesRow
from reaccredit.packages.models import Item
from reaccredit.reviews import queries
from reaccredit.reviews.models import Assignment

FAR = 10  # images that the longer step goes


@dataclass(frozen=True, slots=True)
class View:
    """The picture that is shown, its place in its series, and where the steps lead."""

    instance: Instance
    number: int
    of: int
    first: Instance | None
    back: Instance | None
    previous: Instance | None
    next: Instance | None
    forward: Instance | None
    last: Instance | None

    @property
    def words(self) -> str:
        series = self.instance.series
        return f"Image {self.number} of {self.of}, series {series.number or ''} {series.description}".strip()


def view(reading: Assignment, items: Sequence[tuple[Item, list[SeriesRow]]], wanted: int | None) -> View | None:
    """The image asked for, else the cover of the first series; None where nothing came. `Http404` out of scope."""
    covers = [row.cover for _, rows in items for row in rows]
    if wanted is None and not covers:
        return None
    chosen = queries.image(reading, wanted) if wanted is not None else queries.image(reading, covers[0].pk)
    images = queries.series_around(chosen)
    here = [i.pk for i in images].index(chosen.pk)

    def at(place: int) -> Instance | None:
        return images[place] if 0 <= place < len(images) and place != here else None

    return View(
        chosen, here + 1, len(images), at(0), at(max(0, here - FAR)), at(here - 1), at(here + 1),
        at(min(len(images) - 1, here + FAR)), at(len(images) - 1),
    )  # fmt: skip
