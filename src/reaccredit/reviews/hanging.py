"""Hanging protocols: which series of an exam goes beside which, in which window, in which order. They are data, dated like the score sheets.

A protocol proposes and never hides: whatever no rule names is listed after what the protocol shows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from reaccredit.imaging.queries import SeriesRow
from reaccredit.packages.criteria import opened_on
from reaccredit.packages.models import Item
from reaccredit.reviews.catalogue import Malformed, module_of
from reaccredit.reviews.models import Assignment

SCHEMA = 1
HANGING = Path(__file__).resolve().parent / "hung"
PLANES = ("axial", "sagittal", "coronal", "oblique")
Items = Sequence[tuple[Item, list[SeriesRow]]]


@dataclass(frozen=True, slots=True)
class Place:
    """What hangs in one of the two places. Without any word, everything fits; `same` is the series on the left once more."""

    items: tuple[str, ...] = ()  # codes of the package's lines
    words: tuple[str, ...] = ()  # one of them in the description of the series
    without: tuple[str, ...] = ()
    plane: str = ""
    modality: str = ""  # of the series, as DICOM names it
    window: tuple[float, float] | None = None  # centre and width; None: the image's own
    same: bool = False

    def fits(self, item: Item, row: SeriesRow) -> bool:
        said = f" {row.series.description.casefold()} "  # a word of the data may ask for a space before or after it
        return (
            (not self.items or item.code.partition(".")[0] in self.items)
            and (not self.words or any(word in said for word in self.words))
            and not any(word in said for word in self.without)
            and self.modality in ("", row.series.modality)
            and (not self.plane or row.series.details.get("plane") == self.plane)
        )

    @property
    def said(self) -> str:
        """The window as an address has it."""
        return f"{self.window[0]:g},{self.window[1]:g}" if self.window else ""


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    left: Place
    right: Place | None
    together: bool


@dataclass(frozen=True, slots=True)
class Protocol:
    kind: str
    title: str
    steps: tuple[Step, ...]
    modules: tuple[str, ...] = ()  # none: every one
    exams: tuple[str, ...] = ()  # a word of the exam's title; none: every exam
    since: date | None = None
    until: date | None = None
    source: str = ""
    assumed: bool = False

    def holds(self, kind: str, module: str, exams: Iterable[str], on: date) -> bool:
        named = " ".join(exams).casefold()
        return (
            self.kind == kind
            and (not self.modules or module in self.modules)
            and (not self.exams or any(word in named for word in self.exams))
            and (self.since is None or self.since <= on)
            and (self.until is None or on <= self.until)
        )


# -- reading the data ----------------------------------------------------------------------------------------------------

_PLACE = {"items", "words", "without", "plane", "modality", "window", "same"}
_STEP = {"title", "left", "right", "together"}
_PROTOCOL = {"kind", "title", "step", "modules", "exams", "since", "until", "source", "assumed"}


def _only(where: str, table: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(table.keys() - known):
        raise Malformed(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")


def _place(where: str, table: Mapping[str, Any]) -> Place:
    _only(where, table, _PLACE)
    window = table.get("window")
    if window is not None and not (isinstance(window, list) and len(window) == 2 and window[1] >= 1):
        raise Malformed(f"{where}: window is a centre and a width of 1 or more, such as [40, 80]")
    if table.get("plane", "axial") not in PLANES:
        raise Malformed(f"{where}: plane is one of {', '.join(PLANES)}")
    return Place(
        tuple(table.get("items", ())), tuple(w.casefold() for w in table.get("words", ())),
        tuple(w.casefold() for w in table.get("without", ())), table.get("plane", ""), table.get("modality", ""),
        (float(window[0]), float(window[1])) if window else None, bool(table.get("same")),
    )  # fmt: skip


def _step(where: str, table: Mapping[str, Any]) -> Step:
    _only(where, table, _STEP)
    if not table.get("title") or "left" not in table:
        raise Malformed(f"{where}: a step has a title, and says what hangs on the left")
    right = _place(where, table["right"]) if "right" in table else None
    return Step(table["title"], _place(where, table["left"]), right, bool(table.get("together")))


def read(path: Path) -> tuple[Protocol, ...]:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    _only(path.name, content, {"schema", "modality", "protocol"})
    if content.get("schema") != SCHEMA or content.get("modality") != path.stem.upper():
        raise Malformed(f"{path.name}: schema must be {SCHEMA}, and modality {path.stem.upper()!r}")
    found = []
    for table in content.get("protocol", ()):
        where = f"{path.name}, {table.get('title', 'a protocol')}"
        _only(where, table, _PROTOCOL)
        if not table.get("source") and not table.get("assumed"):
            raise Malformed(f"{where}: name the source, or say that it is assumed")
        if not table.get("title") or table.get("kind") not in ("clinical", "phantom") or not table.get("step"):
            raise Malformed(f"{where}: a protocol has a title, a kind (clinical or phantom) and at least one step")
        more: dict[str, Any] = {key: tuple(w.casefold() for w in table.get(key, ())) for key in ("modules", "exams")}
        more |= {key: table[key] for key in ("since", "until", "source", "assumed") if key in table}
        steps = tuple(_step(where, one) for one in table["step"])
        found.append(Protocol(table["kind"], table["title"], steps, **more))
    return tuple(found)


@cache
def protocols() -> dict[str, tuple[Protocol, ...]]:
    return {path.stem.upper(): read(path) for path in sorted(HANGING.glob("*.toml"))}


def protocol(modality: str, kind: str, area: str, exams: Iterable[str], on: date) -> Protocol | None:
    """The first that holds: those for one module stand before those for all."""
    listed, module = tuple(exams), module_of(area)
    return next((p for p in protocols().get(modality, ()) if p.holds(kind, module, listed, on)), None)


# -- hanging -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A step with the series that were found for it."""

    number: int  # from 1
    title: str
    left: SeriesRow
    window: str
    right: SeriesRow | None
    right_window: str
    together: bool

    @property
    def query(self) -> str:
        return f"?hang={self.number}" + (f"&window={self.window}" if self.window else "")


@dataclass(frozen=True, slots=True)
class Hung:
    title: str
    steps: tuple[Shown, ...]
    missing: tuple[str, ...]  # steps for which nothing that came fits
    others: tuple[SeriesRow, ...]  # what no step names

    def step(self, number: int) -> Shown | None:
        return self.steps[number - 1] if 1 <= number <= len(self.steps) else None


def hang(found: Protocol, items: Items) -> Hung:
    rows = [(item, row) for item, listed in items for row in listed]
    steps: list[Shown] = []
    missing = []
    for step in found.steps:
        left = next((row for item, row in rows if step.left.fits(item, row)), None)
        if left is None:
            missing.append(step.title)
            continue
        right = _beside(step.right, left, rows)
        window = step.right.said if step.right and right else ""
        steps.append(Shown(len(steps) + 1, step.title, left, step.left.said, right, window, step.together))
    named = {row.series.pk for one in steps for row in (one.left, one.right) if row}
    return Hung(found.title, tuple(steps), tuple(missing), tuple(r for _, r in rows if r.series.pk not in named))


def _beside(place: Place | None, left: SeriesRow, rows: Sequence[tuple[Item, SeriesRow]]) -> SeriesRow | None:
    if place is None:
        return None
    if place.same:
        return left
    return next((row for item, row in rows if row is not left and place.fits(item, row)), None)


def of(reading: Assignment, items: Items) -> Hung | None:
    """How the images of a reading are hung; None where no protocol of its day is for it, or nothing fits."""
    kind, area = reading.area.kind, reading.area.code
    titles = [item.title for item, _ in items]
    found = protocol(reading.round.case_file.modality, kind, area, titles, opened_on(reading.round.package))
    hung = hang(found, items) if found else None
    return hung if hung and hung.steps else None


def ordered(hung: Hung | None, items: Items) -> list[tuple[Item, list[SeriesRow]]]:
    """Every series of every item, those of the protocol first and in its order."""
    if hung is None:
        return list(items)
    shown = [row.series.pk for one in hung.steps for row in (one.left, one.right) if row]
    place = {pk: number for number, pk in reversed(list(enumerate(shown)))}
    return [(item, sorted(rows, key=lambda row: place.get(row.series.pk, len(shown)))) for item, rows in items]
