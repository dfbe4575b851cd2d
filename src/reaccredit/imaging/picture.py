"""One DICOM image as a PNG. Pure: a path in, bytes out. Run as a program it does the same behind a process boundary:

    python -m reaccredit.imaging.picture FILE SIDE [FRAME [CENTRE WIDTH]] > out.png

Decoders of compressed pixel data are C code fed with a stranger's bytes, so `preview.py` runs those images through the
program.
"""

from __future__ import annotations

import logging
import sys
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut
from pydicom.pixels.utils import pixel_array
from pydicom.uid import DeflatedExplicitVRLittleEndian

from reaccredit.ledger.apart import limit_self

FRAME_PIXELS = 64_000_000
Grey = NDArray[np.floating[Any]]
Window = tuple[float, float]  # centre and width, in values of the modality


class NoPicture(Exception):
    """This file can't be shown. Nothing of the file is in the message."""


def png(path: Path, side: int, frame: int | None = None, window: Window | None = None) -> bytes:
    """A frame (the middle one), fitted into a square of `side` pixels, in the window that is given (else the image's own).
    Raises `NoPicture` for whatever can't be decoded or shown.
    """
    try:
        return _encode(_frame(path, frame, window), side)
    except NoPicture:
        raise
    except Exception:  # decoders and pydicom raise a dozen kinds for damaged data
        raise NoPicture("the pixel data can't be decoded") from None


def is_native(path: Path) -> bool:
    """Uncompressed pixel data, which NumPy reads by itself."""
    try:
        meta = dcmread(path, stop_before_pixels=True, specific_tags=["Rows"]).file_meta
        return not meta.TransferSyntaxUID.is_encapsulated
    except Exception:  # no syntax, or a private one: treat it as compressed
        return False


def _frame(path: Path, frame: int | None, window: Window | None) -> NDArray[np.uint8]:
    header = dcmread(path, stop_before_pixels=True)
    if int(header.Rows) * int(header.Columns) > FRAME_PIXELS:
        raise NoPicture("the picture is too large to be shown")
    frames = max(1, int(header.get("NumberOfFrames") or 1))
    deflated = header.file_meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian
    source = dcmread(path) if deflated else path  # from a path, only the wanted frame is read
    if frame is not None and not 0 <= frame < frames:
        raise NoPicture("there is no such frame")
    pixels = pixel_array(source, index=(frames // 2 if frame is None else frame) if frames > 1 else None)
    if header.get("PhotometricInterpretation") == "PALETTE COLOR":
        return _eight_bits(apply_color_lut(pixels, header))
    if pixels.ndim == 3:
        return _eight_bits(pixels)
    return grey(pixels, header, window)


def _eight_bits(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    if pixels.dtype.itemsize > 1:
        top = float(pixels.max()) or 1.0
        return (pixels / top * 255).astype(np.uint8)
    return pixels.astype(np.uint8)


def grey(pixels: NDArray[Any], header: Dataset, window: Window | None = None) -> NDArray[np.uint8]:
    """Stored values to grey values: modality LUT or rescale, then the window that was asked for, the header's, or the
    middle 99 % of the values; then MONOCHROME1.
    """
    stored = np.asarray(pixels)
    values = np.nan_to_num(
        np.asarray(apply_modality_lut(stored, header), dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0
    )
    if window is None:
        low, high, shown = _window(values, _inside(stored, header), header)
    else:
        (low, high), shown = _bounds(*window), values
    span = high - low
    if not np.isfinite(span) or span <= 0:  # a constant picture is one even grey
        result = np.full(values.shape, 128, dtype=np.uint8)
    else:
        result = (np.clip((shown - low) / span, 0, 1) * 255).round().astype(np.uint8)
    return 255 - result if header.get("PhotometricInterpretation") == "MONOCHROME1" else result


def _inside(stored: NDArray[Any], header: Dataset) -> NDArray[np.bool_]:
    """Pixels that were measured: padding outside the field of view must not set the contrast."""
    padding = header.get("PixelPaddingValue")
    mask = stored != padding if isinstance(padding, int) else np.ones(stored.shape, dtype=bool)
    return mask if mask.any() else np.ones(stored.shape, dtype=bool)


def _window(values: Grey, inside: NDArray[np.bool_], header: Dataset) -> tuple[float, float, Grey]:
    if "VOILUTSequence" in header:
        table = np.asarray(apply_voi_lut(values.astype(np.int64), header), dtype=np.float64)
        return float(table.min()), float(table.max()), table
    centre, width = _first(header.get("WindowCenter")), _first(header.get("WindowWidth"))
    if centre is not None and width is not None and width >= 1:
        low, high = _bounds(centre, width)
        if (
            high > low and float(values.max()) > low and float(values.min()) < high
        ):  # a window beside the values would show nothing
            return low, high, values
    measured = values[inside]
    low, high = (float(v) for v in np.percentile(measured, (0.5, 99.5)))
    if high <= low:
        low, high = float(measured.min()), float(measured.max())
    return low, high, values


def _bounds(centre: float, width: float) -> tuple[float, float]:
    """The linear window of PS3.3 C.11.2.1.2."""
    return centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2


def _first(value: Any) -> float | None:
    if value is None:
        return None
    try:
        return float(value if isinstance(value, int | float | str) else value[0])
    except (TypeError, ValueError, IndexError):
        return None


def _encode(pixels: NDArray[np.uint8], side: int) -> bytes:
    image = Image.fromarray(pixels)
    if image.mode not in {"L", "RGB"}:
        image = image.convert("RGB")
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _as_png(image)


def _as_png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", optimize=False)
    return out.getvalue()


def placeholder(side: int) -> bytes:
    """Shown where an image can't be: a plain grey square that says so."""
    image = Image.new("L", (side, side), 236)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, side - 1, side - 1), outline=120, width=max(1, side // 128))
    draw.text((side // 2, side // 2), "No preview", fill=60, anchor="mm", font_size=max(12, side // 12))
    return _as_png(image)


def main() -> int:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    limit_self()
    try:
        frame, window = [int(x) for x in sys.argv[3:4]], [float(x) for x in sys.argv[4:6]]
        chosen = (window[0], window[1]) if len(window) > 1 else None
        sys.stdout.buffer.write(png(Path(sys.argv[1]), int(sys.argv[2]), frame[0] if frame else None, chosen))
    except NoPicture:
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
