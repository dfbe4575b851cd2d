"""Lines over quarters as shapes of an SVG picture. Pure: numbers in, places out; the table beside each picture holds the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

WIDTH, HEIGHT = 440, 220  # small enough for the words to be read on a phone
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 14, 34
STEPS = 4


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """`path` leaves out what is not known: where a quarter has no number the line has a gap."""

    name: str
    kind: str  # a class of the style sheet: the two differ in shape, not in colour alone
    points: tuple[Point, ...]
    path: str


@dataclass(frozen=True, slots=True)
class Chart:
    key: str
    title: str
    lines: tuple[Line, ...]
    names: tuple[tuple[float, str], ...]  # of the quarters, below
    ticks: tuple[tuple[float, str], ...]  # at the left
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    below: int = HEIGHT - 10


Series = tuple[str, str, Sequence[float | None]]  # its name, its kind, a number or none for each quarter


def chart(key: str, title: str, names: Sequence[str], series: Sequence[Series], unit: str, top: float = 0) -> Chart:
    """`top` is the highest number of the scale; 0: whatever round number holds them all."""
    known = [value for _, _, values in series for value in values if value is not None]
    high = top or _round(max(known, default=1.0))
    across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(place: int) -> float:
        return round(LEFT + across * (place + 0.5) / max(1, len(names)), 1)

    def y(value: float) -> float:
        return round(TOP + down * (1 - value / high), 1)

    def line(name: str, kind: str, values: Sequence[float | None]) -> Line:
        path, before = [], False
        for place, value in enumerate(values):
            if value is not None:
                path.append(f"{'L' if before else 'M'}{x(place)} {y(value)}")
            before = value is not None
        points = tuple(Point(x(place), y(value)) for place, value in enumerate(values) if value is not None)
        return Line(name, kind, points, "".join(path))

    ticks = tuple((y(high * step / STEPS), f"{high * step / STEPS:g}{unit}") for step in range(STEPS + 1))
    return Chart(
        key, title, tuple(line(*one) for one in series), tuple((x(i), name) for i, name in enumerate(names)), ticks
    )


def _round(value: float) -> float:
    """The next number of 1, 2, 4 or 8 times a power of ten: a quarter of it is short to write."""
    if value <= 0:
        return 1.0
    power = 10.0 ** ceil(log10(value) - 1)
    return next((power * step for step in (1, 2, 4, 8) if power * step >= value), power * 10)
