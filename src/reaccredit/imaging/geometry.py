"""What the header says of how a picture was made: the plane of its slice, the size of its pixels, when it was made after the
injection, and whether it says whose it is. Values that identify somebody are asked for and not kept.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

PLANES = ("sagittal", "coronal", "axial")  # by the axis of the body along which the slice is thinnest: x, y, z
UPRIGHT = 0.9  # the cosine from which a tilted slice still has the plane's name
IDENTIFIED = {
    "name": "PatientName", "id": "PatientID", "birth": "PatientBirthDate", "institution": "InstitutionName",
    "date": "StudyDate", "laterality": "Laterality",
}  # fmt: skip
WANTED = (
    "PixelSpacing", "ImagerPixelSpacing", "InstitutionName", "Laterality", "ImageLaterality", "PatientAge",
    "ContrastBolusStartTime", "AcquisitionTime", "ContentTime", "AcquisitionDuration",
)  # fmt: skip
DAY = 24 * 3600.0


class Values(Protocol):
    """Single values of a header, each usable or absent."""

    def text(self, name: str, limit: int = ...) -> str: ...

    def numbers(self, name: str, count: int) -> list[float] | None: ...

    def number(self, name: str) -> float | None: ...


def normal(axes: Sequence[float]) -> tuple[float, float, float]:
    (a, b, c), (d, e, f) = axes[:3], axes[3:]
    return b * f - c * e, c * d - a * f, a * e - b * d


def plane(values: Values) -> str:
    """`axial`, `sagittal` or `coronal`; "oblique" between them; "" where the header gives no direction."""
    axes = values.numbers("ImageOrientationPatient", 6)
    if axes is None:
        return ""
    along = normal(axes)
    length = math.sqrt(math.fsum(part * part for part in along))
    if not length or not math.isfinite(length):
        return ""
    most = max(range(3), key=lambda axis: abs(along[axis]))
    return PLANES[most] if abs(along[most]) / length >= UPRIGHT else "oblique"


def pixel(values: Values) -> tuple[float, float] | None:
    """Millimetres from row to row and from column to column."""
    found = values.numbers("PixelSpacing", 2) or values.numbers("ImagerPixelSpacing", 2)
    return (found[0], found[1]) if found and min(found) > 0 else None


def identified(values: Values) -> tuple[str, ...]:
    """Which of the things that say whose picture this is are there; none of them is kept."""
    said = {word for word, name in IDENTIFIED.items() if values.text(name)}
    if values.text("ImageLaterality"):
        said.add("laterality")
    if values.text("PatientAge"):
        said.add("birth")
    return tuple(sorted(said))


def _seconds(text: str) -> float | None:
    """A DICOM time, hhmmss.frac; hours alone are no time of day that could be compared."""
    whole = text.replace(":", "").partition(".")[0]
    if len(whole) < 4 or not whole.isdecimal():
        return None
    hours, minutes, seconds = int(whole[:2]), int(whole[2:4]), int(whole[4:6] or 0)
    return hours * 3600.0 + minutes * 60 + seconds if hours < 24 and minutes < 60 and seconds < 61 else None


def after_injection(values: Values) -> float | None:
    """Seconds from the injection to the end of the acquisition, as far as the header tells."""
    injected = _seconds(values.text("ContrastBolusStartTime"))
    taken = _seconds(values.text("AcquisitionTime"))
    if injected is None or taken is None:
        return None
    lasted = values.number("AcquisitionDuration") or 0.0
    return (taken - injected) % DAY + max(0.0, lasted)
