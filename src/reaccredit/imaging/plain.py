"""One frame of a DICOM image as plain numbers: little endian, 8 or 16 bits, decoded, with all that is needed to show it.

Whatever came in (compressed, palettes, YBR, planes, words the other way round, floats) leaves in one of three kinds: grey of
8 bits, grey of 16 bits (signed or not), RGB of 8 bits. A viewer needs no decoder of its own. Pure: a path in, numbers out. Run as a program it
does the same behind a process boundary, for several frames at once:

    python -m reaccredit.imaging.plain FRAME:FILE... > records
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
from pydicom.pixels.utils import pixel_array
from pydicom.uid import DeflatedExplicitVRLittleEndian

from reaccredit.imaging import picture
from reaccredit.ledger.apart import limit_self

Json = dict[str, Any]
Numbers = NDArray[Any]
_HEAD = Struct("<LQ")
TOP = 65535


@dataclass(frozen=True, slots=True)
class Plain:
    """`head` says rows, columns, samples, bits, signed, slope, intercept, low and high of the window, invert, and the spacing."""

    head: Json
    data: bytes

    def packed(self) -> bytes:
        said = json.dumps(self.head, separators=(",", ":")).encode()
        return _HEAD.pack(len(said), len(self.data)) + said + self.data


def unpacked(content: bytes) -> Iterator[Plain]:
    at = 0
    while at < len(content):
        said, size = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        yield Plain(json.loads(content[at : at + said]), content[at + said : at + said + size])
        at += said + size


def plain(path: Path, frame: int) -> Plain:
    """The frame counts from 0. Raises `picture.NoPicture` for whatever can't be decoded."""
    try:
        return _plain(path, frame)
    except picture.NoPicture:
        raise
    except Exception:  # decoders and pydicom raise a dozen kinds for damaged data
        raise picture.NoPicture("the pixel data can't be decoded") from None


def _plain(path: Path, frame: int) -> Plain:
    header = dcmread(path, stop_before_pixels=True)
    frames = max(1, int(header.get("NumberOfFrames") or 1))
    if int(header.Rows) * int(header.Columns) > picture.FRAME_PIXELS or not 0 <= frame < frames:
        raise picture.NoPicture("there is no such frame, or it is too large to be shown")
    deflated = header.file_meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian
    stored = pixel_array(dcmread(path) if deflated else path, index=frame if frames > 1 else None)
    if header.get("PhotometricInterpretation") == "PALETTE COLOR":
        return _colour(apply_color_lut(stored, header), header)
    if stored.ndim == 3:
        return _colour(stored, header)
    return grey(cleaned(stored, int(header.BitsAllocated) - int(header.BitsStored)), header, frame)


def cleaned(stored: Numbers, spare: int) -> Numbers:
    """Bits above the ones that are stored may hold anything (old overlays lie there)."""
    whole = stored.dtype.kind in "iu" and 0 < spare < stored.dtype.itemsize * 8
    return (stored << spare >> spare).astype(stored.dtype) if whole else stored


def _colour(pixels: Numbers, header: Dataset) -> Plain:
    eight = np.ascontiguousarray(picture._eight_bits(pixels))
    head = _common(header, eight) | {
        "samples": 3,
        "bits": 8,
        "signed": False,
        "slope": 1,
        "intercept": 0,
        "low": 0,
        "high": 255,
    }
    return Plain(head, eight.tobytes())


def grey(stored: Numbers, header: Dataset, frame: int) -> Plain:
    numbers, slope, intercept = _numbers(stored, header, frame)
    head = _common(header, numbers) | {
        "samples": 1, "bits": numbers.dtype.itemsize * 8, "signed": numbers.dtype.kind == "i", "slope": slope, "intercept": intercept,
        "invert": header.get("PhotometricInterpretation") == "MONOCHROME1",
    }  # fmt: skip
    head["low"], head["high"] = window(numbers, slope, intercept, header, frame)
    return Plain(head, np.ascontiguousarray(numbers).astype(numbers.dtype.newbyteorder("<"), copy=False).tobytes())


def _numbers(stored: Numbers, header: Dataset, frame: int) -> tuple[Numbers, float, float]:
    """Pixels in at most 16 bits, and the line that leads from them to values of the modality."""
    if "ModalityLUTSequence" in header:
        return _narrowed(np.asarray(apply_modality_lut(stored, header)), 1.0, 0.0)
    slope, intercept = rescale(header, frame)
    if stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2 and stored.dtype != np.int8:
        return stored, slope, intercept
    return _narrowed(stored, slope, intercept)


def _narrowed(values: Numbers, slope: float, intercept: float) -> tuple[Numbers, float, float]:
    """Floats and wide integers in 65,536 steps between their least and their greatest; whole numbers that fit stay as they are."""
    wide = np.nan_to_num(np.asarray(values, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(wide.min()), float(wide.max())
    if values.dtype.kind in "iu" and low >= -32768 and high <= 32767:
        return values.astype(np.int16), slope, intercept
    step = (high - low) / TOP or 1.0
    return np.round((wide - low) / step).astype(np.uint16), slope * step, intercept + slope * low


def rescale(header: Dataset, frame: int) -> tuple[float, float]:
    """Slope and intercept: of the image, or of the frame in an enhanced multi-frame image."""
    for place in (header, *_groups(header, "PixelValueTransformationSequence", frame)):
        if "RescaleSlope" in place:
            slope, intercept = picture._first(place.get("RescaleSlope")), picture._first(place.get("RescaleIntercept"))
            return (slope or 1.0, intercept or 0.0)
    return 1.0, 0.0


def _groups(header: Dataset, name: str, frame: int) -> Iterator[Dataset]:
    """Functional groups of an enhanced image: the frame's own, then the shared."""
    per_frame, shared = header.get("PerFrameFunctionalGroupsSequence"), header.get("SharedFunctionalGroupsSequence")
    for group in ([per_frame[frame]] if per_frame and frame < len(per_frame) else []) + list(shared or []):
        yield from list(group.get(name) or [])[:1]


def window(numbers: Numbers, slope: float, intercept: float, header: Dataset, frame: int) -> tuple[float, float]:
    """The first window: what the header asks for, unless it would show nothing; else the middle 99 % of the values."""
    ends = sorted((float(numbers.min()) * slope + intercept, float(numbers.max()) * slope + intercept))
    for place in (header, *_groups(header, "FrameVOILUTSequence", frame)):
        centre, width = picture._first(place.get("WindowCenter")), picture._first(place.get("WindowWidth"))
        if centre is not None and width is not None and width >= 1:
            low, high = picture._bounds(centre, width)
            if high > low and ends[1] > low and ends[0] < high:
                return low, high
    inside = numbers[picture._inside(numbers, header)]
    low, high = (float(v) * slope + intercept for v in np.percentile(inside, (0.5, 99.5)))
    low, high = (low, high) if low <= high else (high, low)
    return (low, high) if high > low else (ends[0], ends[1] if ends[1] > ends[0] else ends[0] + 1)


def _common(header: Dataset, pixels: Numbers) -> Json:
    return {"rows": int(pixels.shape[0]), "columns": int(pixels.shape[1]), "invert": False} | spacing(header)


def spacing(header: Dataset) -> Json:
    """Millimetres from row to row and from column to column, and how much they can be trusted (PS3.3 10.7)."""
    for name, place in (
        ("PixelSpacing", header),
        *(("PixelSpacing", g) for g in _groups(header, "PixelMeasuresSequence", 0)),
    ):
        if found := _pair(place, name):
            return {"spacing": found, "measured": _how(header, found)}
    if found := _pair(header, "ImagerPixelSpacing"):
        zoom = picture._first(header.get("EstimatedRadiographicMagnificationFactor"))
        if zoom and zoom > 0:
            return {"spacing": [found[0] / zoom, found[1] / zoom], "measured": "detector-corrected"}
        return {"spacing": found, "measured": "detector"}
    for region in list(header.get("SequenceOfUltrasoundRegions") or [])[:1]:
        if (
            int(region.get("PhysicalUnitsXDirection", 0)) == int(region.get("PhysicalUnitsYDirection", 0)) == 3
        ):  # centimetres
            across, down = (abs(picture._first(region.get(f"PhysicalDelta{way}")) or 0) * 10 for way in "XY")
            if across and down:
                return {"spacing": [down, across], "measured": "region"}
    return {"spacing": None, "measured": "none"}


def _pair(place: Dataset, name: str) -> list[float] | None:
    value = place.get(name)
    try:
        found = [float(part) for part in cast(Any, value)][:2] if value is not None else []
    except (TypeError, ValueError):
        return None
    return found if len(found) == 2 and min(found) > 0 else None


def _how(header: Dataset, found: list[float]) -> str:
    """A projection's pixel spacing is calibrated by something of known size, or it is only the detector's."""
    detector = _pair(header, "ImagerPixelSpacing")
    if detector is None:
        return (
            "patient" if "ImageOrientationPatient" in header or "SharedFunctionalGroupsSequence" in header else "header"
        )
    return "detector" if detector == found else "calibrated"


def main() -> int:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    limit_self(times=2)
    made = 0
    for asked in sys.argv[1:]:
        frame, _, name = asked.partition(":")
        try:
            sys.stdout.buffer.write(plain(Path(name), int(frame)).packed())
        except picture.NoPicture:
            sys.stdout.buffer.write(Plain({}, b"").packed())
        made += 1
    return 0 if made else 3


if __name__ == "__main__":
    sys.exit(main())
