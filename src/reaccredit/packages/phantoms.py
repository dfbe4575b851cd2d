"""The pre-check of phantom images: asked for, run by a worker, shown beside the dated limits. Advice, and never a determination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from pydicom import dcmread

from reaccredit.imaging.models import Series
from reaccredit.imaging.queries import SeriesRow, images_of
from reaccredit.imaging.reading import quiet
from reaccredit.imaging.storage import STORE
from reaccredit.packages import criteria, phantom_tools, queries
from reaccredit.packages.criteria import Advice, Beside, Told
from reaccredit.packages.models import FormEntry, Item, Precheck, PrecheckPicture

CRITERIA = {"mri-large": "mri-phantom", "ct-464": "ct-phantom"}
PHANTOM_OF = {"MR": "mri-large", "CT": "ct-464"}
SLICES = {"mri-large": (11, 60), "ct-464": (4, 400)}
BY_WEIGHT = frozenset({"slice-thickness", "slice-position", "uniformity", "spokes"})
ONLY_ADVICE = frozenset({"spokes", "spokes-t1", "spokes-t2"})
LABELS = {
    "cnr": "Contrast to noise ratio", "spokes": "Low contrast spokes", "uniformity": "Uniformity", "slice-thickness": "Slice thickness",
    "slice-position": "Largest bar length difference",
}  # fmt: skip
FAR = {
    "diameter": 1.0,
    "length": 1.0,
    "slice-thickness": 0.5,
    "slice-position": 1.0,
    "uniformity": 2.0,
    "ghosting": 0.5,
    "spokes": 1.0,
}
DECIMALS = Decimal("0.01")


# -- what can be analysed ----------------------------------------------------------------------------------------------


def why_not(item: Item, row: SeriesRow, traits: Mapping[str, str]) -> str:
    """Why no tool can look at this series; empty where one can."""
    phantom = PHANTOM_OF.get(row.series.modality)
    if phantom is None:
        return f"No tool here knows phantoms of modality {row.series.modality}."
    if phantom == "mri-large" and traits.get("phantom", "large") != "large":
        return f"The data form names the {traits['phantom']} phantom; the tools here know the large one."
    least, most = SLICES[phantom]
    said = f"The series has {row.images} image{'' if row.images == 1 else 's'}"
    if row.images < least:
        return f"{said}; the analysis asks for {least} or more of one scan."
    if row.images > most:
        return f"{said}, more than {most}: send the scan of the phantom alone."
    return ""


def told_of(item: Item) -> Told:
    """What the data forms of the package tell of the phantom and the scanner."""
    entries = {
        e.item_id: e
        for e in FormEntry.objects.filter(item__package=item.package_id).select_related("item").order_by("pk")
    }
    return criteria.told(item.package, entries.values())


# -- asked for, and run ------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(*, item: Item, now: datetime) -> list[int]:
    """Every series that a tool here can look at and has not looked at as it is. Returns keys of what a worker is to run."""
    traits, asked = told_of(item).traits, []
    for row in queries.series_of(item):
        if why_not(item, row, traits):
            continue
        for tool in phantom_tools.installed(PHANTOM_OF[row.series.modality]):
            found, new = Precheck.objects.select_for_update().get_or_create(
                series=row.series, tool=tool, defaults={"item": item, "asked_at": now}
            )
            if new or found.run_at is None or found.images != row.images or found.trouble:
                found.asked_at, found.run_at = now, None
                found.save(update_fields=["asked_at", "run_at"])
                asked.append(found.pk)
    return asked


def run(*, pk: int, now: datetime) -> None:
    """By a worker. Nothing is held while the tool runs; asked for twice, it runs once."""
    found = Precheck.objects.select_related("series").filter(pk=pk, run_at__isnull=True).first()
    if found is None:
        return
    images = images_of(found.series)
    paths = [STORE.path(one.sha256) for one in images]
    traits = headers(paths[len(paths) // 2]) if paths else {}
    answer = phantom_tools.run(found.tool, PHANTOM_OF[found.series.modality], paths)
    _keep(pk, answer, traits, len(images), now)


@transaction.atomic
def _keep(pk: int, answer: phantom_tools.Answer, traits: dict[str, str], images: int, now: datetime) -> None:
    held = Precheck.objects.select_for_update().filter(pk=pk).first()
    if held is None:
        return
    held.version, held.values, held.failed, held.trouble = answer.version, answer.values, answer.failed, answer.trouble
    held.traits, held.images, held.run_at = traits, images, now
    held.save()
    held.pictures.all().delete()
    PrecheckPicture.objects.bulk_create(
        PrecheckPicture(precheck=held, number=number, title=title, png=png)
        for number, (title, png) in enumerate(answer.pictures, 1)
    )


def headers(path: Any) -> dict[str, str]:
    """What of the conditions of limits the header tells: field strength, and whether the scan is T1 or T2 weighted."""
    try:
        with quiet():
            ds = dcmread(
                path, stop_before_pixels=True, specific_tags=["MagneticFieldStrength", "RepetitionTime", "EchoTime"]
            )
            tesla, tr, te = (
                float(ds.get(word) or 0) for word in ("MagneticFieldStrength", "RepetitionTime", "EchoTime")
            )
    except Exception:  # pydicom raises a dozen kinds for damaged headers
        return {}
    found = {"field-strength": f"{round(tesla if tesla < 30 else tesla / 10_000, 1):g}"} if tesla else {}
    weight = "t1" if 0 < te <= 35 and 0 < tr <= 1000 else "t2" if te >= 60 and tr >= 1500 else ""
    return found | ({"weight": weight} if weight else {})


# -- beside the limits -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Value:
    """One tool's value of a measure."""

    tool: str
    value: str
    inside: bool | None
    why: str = ""


@dataclass(frozen=True)
class Line:
    """A measure: each tool's value, and the limit of the day."""

    title: str
    limit: str
    values: tuple[Value, ...]
    advice: bool
    differ: bool

    @property
    def outside(self) -> bool:
        return any(one.inside is False for one in self.values)


@dataclass(frozen=True)
class Checked:
    """A series of the phantom, and what the tools say of it."""

    row: SeriesRow
    why_not: str
    prechecks: Sequence[Precheck]
    lines: Sequence[Line]
    advice: Advice | None

    @property
    def waits(self) -> bool:
        return any(one.run_at is None for one in self.prechecks)

    @property
    def stale(self) -> bool:
        return any(one.run_at is not None and one.images != self.row.images for one in self.prechecks)


def page(item: Item) -> list[Checked]:
    told = told_of(item)
    rows = queries.series_of(item)
    found: dict[int, list[Precheck]] = {}
    kept = Precheck.objects.filter(series__in=[r.series.pk for r in rows]).prefetch_related("pictures").order_by("tool")
    for one in kept:
        found.setdefault(one.series_id, []).append(one)
    return [_checked(item, row, told, found.get(row.series.pk, [])) for row in rows]


def _checked(item: Item, row: SeriesRow, told: Told, prechecks: Sequence[Precheck]) -> Checked:
    known = row.series.modality in PHANTOM_OF
    done = [one for one in prechecks if known and one.run_at is not None and not one.trouble]
    advice, lines = _lines(item, row.series, told, done) if done else (None, ())
    return Checked(row, why_not(item, row, told.traits), prechecks, lines, advice)


def _lines(item: Item, series: Series, told: Told, done: Sequence[Precheck]) -> tuple[Advice | None, Sequence[Line]]:
    phantom = PHANTOM_OF[series.modality]
    own = {k: v for one in done for k, v in one.traits.items() if k != "weight"}
    # What the scanner writes about itself counts before what somebody typed.
    traits = ({"phantom": "large"} if phantom == "mri-large" else {}) | dict(told.traits) | own
    beside = {one.tool: _beside(item, CRITERIA[phantom], replace(told, traits=traits), one) for one in done}
    measures = dict.fromkeys(name for one in done for name in (*one.values, *one.failed) if name != "all")
    lines = [_line(name, done, beside) for name in measures]
    return next((advice for advice, _ in beside.values() if advice), None), lines


def _beside(item: Item, name: str, told: Told, one: Precheck) -> tuple[Advice | None, dict[str, list[Beside]]]:
    """The advice for a tool's values, and its lines by the tool's own word for the measure."""
    if not one.values:
        return None, {}
    named = {measure: named_in(measure, one.traits) for measure in one.values}
    values: dict[str, Decimal | bool] = {named[m]: _number(v) for m, v in one.values.items()}
    advice = criteria.beside(name, item.package, replace(told, values=values), {named[m]: label(m) for m in one.values})
    found: dict[str, list[Beside]] = {}
    for line in advice.lines if advice else ():
        found.setdefault(next(m for m in one.values if named[m] == line.measure), []).append(line)
    return advice, found


def named_in(measure: str, traits: Mapping[str, str]) -> str:
    """The criteria ask some measures of the T1 and of the T2 scan, with limits of their own."""
    weight = traits.get("weight", "")
    return f"{measure}-{weight}" if measure in BY_WEIGHT and weight else measure


def label(measure: str) -> str:
    return LABELS.get(measure, measure.replace("-", " ").capitalize())


def _line(
    measure: str, done: Sequence[Precheck], beside: Mapping[str, tuple[Advice | None, dict[str, list[Beside]]]]
) -> Line:
    values, limits, title = [], "", label(measure)
    for one in done:
        rows = beside[one.tool][1].get(measure, [])
        if rows:
            title, limits = rows[0].title, "; ".join(f"{r.limit}{' (recommended)' if r.advice else ''}" for r in rows)
        required = [r.inside for r in rows if not r.advice and r.inside is not None]
        inside = None if measure in ONLY_ADVICE or not required else all(required)
        said = rows[0].value if rows else _plain(one.values.get(measure))
        values.append(Value(one.tool, said, inside, one.failed.get(measure, "")))
    numbers = [float(one.values[measure]) for one in done if measure in one.values]
    differ = len(numbers) > 1 and max(numbers) - min(numbers) > FAR.get(measure, 1.0)
    return Line(title, limits or "no limit is stated", tuple(values), measure in ONLY_ADVICE, differ)


def _plain(value: float | None) -> str:
    return "" if value is None else f"{_number(value):f}"


def _number(value: float) -> Decimal:
    """A count as a count, a measurement to two decimals."""
    return Decimal(int(value)) if value == int(value) else Decimal(str(value)).quantize(DECIMALS)
