"""Where in an image a finding lies: which image, which column and row. In a draft it is one line of words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reaccredit.imaging.models import Instance
from reaccredit.packages import queries as packages
from reaccredit.reviews.models import Assignment

MOST = 20  # places of one criterion
SHAPE = re.compile(r"(\d{1,9}):(\d{1,5}):(\d{1,5})")
SUFFIX = "-places"
SIDE = 1024  # of the square into which a picture is fitted


@dataclass(frozen=True, slots=True)
class Spot:
    """An image by its id, and the column and row of it, counted from 0 at the upper left."""

    instance: int
    column: int
    row: int

    def __str__(self) -> str:
        return f"{self.instance}:{self.column}:{self.row}"


def read(text: str) -> list[Spot]:
    """Whatever is no place is left out: a draft may hold anything."""
    found = [SHAPE.fullmatch(part) for part in str(text).split(",")]
    spots = [Spot(*(int(number) for number in one.groups())) for one in found if one]
    return list(dict.fromkeys(spots))[:MOST]


def written(spots: Iterable[Spot]) -> str:
    return ",".join(str(spot) for spot in spots)


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as the pages tell it. `x` and `y` are in the square into which the picture is fitted."""

    spot: Spot
    words: str
    x: int
    y: int


def shown(reading: Assignment, spots: Iterable[Spot]) -> list[Shown]:
    """Only what lies in an image of the area: in one query, whatever else was sent."""
    known = within(reading, {spot.instance for spot in spots})
    return [told(spot, known[spot.instance]) for spot in spots if spot.instance in known]


def within(reading: Assignment, keys: Iterable[int]) -> dict[int, Instance]:
    wanted = list(keys)
    if not wanted:
        return {}
    bags = packages.collections_of(reading.round.package, [reading.area])
    images = Instance.objects.filter(collection__in=bags, pk__in=wanted)
    return {image.pk: image for image in images.select_related("series")}


def told(spot: Spot, image: Instance) -> Shown:
    columns, rows = max(1, image.series.columns), max(1, image.series.rows)
    scale = SIDE / max(columns, rows)
    x = (SIDE - columns * scale) / 2 + (min(spot.column, columns - 1) + 0.5) * scale
    y = (SIDE - rows * scale) / 2 + (min(spot.row, rows - 1) + 0.5) * scale
    series = (
        f"series {image.series.number} {image.series.description}".strip()
        if image.series.number is not None
        else "a series without a number"
    )
    number = f"image {image.number}" if image.number is not None else "an image without a number"
    return Shown(spot, f"{series}, {number}, column {spot.column}, row {spot.row}", round(x), round(y))


def changed(typed: Mapping[str, Any], posted: Mapping[str, Any], codes: Iterable[str]) -> dict[str, Any]:
    """What was typed, with the place that was pointed at or taken away by this click."""
    found, known = dict(typed), set(codes)
    criterion, spot = str(posted.get("point-criterion", "")), _asked(posted)
    if "point" in posted and criterion in known and spot:
        before = read(found.get(criterion + SUFFIX, ""))
        found[criterion + SUFFIX] = written([*before, *([spot] if spot not in before else [])][:MOST])
    criterion, _, gone = str(posted.get("unpoint", "")).partition("=")
    if gone and criterion in known:
        left = [one for one in read(found.get(criterion + SUFFIX, "")) if str(one) != gone]
        found[criterion + SUFFIX] = written(left)
    return found


def brought(typed: Mapping[str, Any], address: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, with the place that the viewer has brought along in the address: it waits in its fields to be kept."""
    spot = next(iter(read(":".join(str(address.get(name, "")) for name in ("image", "column", "row")))), None)
    return dict(typed) | ({"point-column": spot.column, "point-row": spot.row} if spot else {})


def _asked(posted: Mapping[str, Any]) -> Spot | None:
    numbers = [str(posted.get(name, "")) for name in ("showing", "point-column", "point-row")]
    return next(iter(read(":".join(numbers))), None)
