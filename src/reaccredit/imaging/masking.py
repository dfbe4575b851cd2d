"""A copy of a DICOM image with boxes over text in its picture, and with its provenance (PS3.15 annex E, Clean Pixel Data Option).

    python -m reaccredit.imaging.masking < nothing SOURCE TARGET BOXES UID GRAPHICS

`BOXES` is JSON: [frame or null, left, top, right, bottom], in pixels. With `GRAPHICS` drawn overlays are left out too. Runs apart:
it decodes what a stranger sent.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, ExplicitVRLittleEndian

from reaccredit.ledger import apart

MARGIN = 2  # pixels: letters are a little larger than the box around what was read


class Code(NamedTuple):
    """A code of PS3.16. The library has one too, and reads all of its dictionaries with it: half a second at every start."""

    value: str
    scheme_designator: str
    meaning: str


CLEAN_PIXELS = Code("113101", "DCM", "Clean Pixel Data Option")
CLEAN_GRAPHICS = Code("113103", "DCM", "Clean Graphics Option")
DERIVATION = Code("113047", "DCM", "Pixel by pixel mask")
SOURCE = Code("121322", "DCM", "Source image for image processing operation")
OVERLAYS = range(0x6000, 0x6020, 2)
Boxed = tuple[int | None, float, float, float, float]


def masked(source: Path, target: Path, boxes: Sequence[Boxed], uid: str, *, graphics: bool) -> None:
    """In the child. Raises whatever a decoder raises."""
    ds = dcmread(source)
    if ds.file_meta.TransferSyntaxUID.is_encapsulated:
        ds.decompress(generate_instance_uid=False)
    _draw(ds, boxes)
    _describe(ds, len(boxes), uid, graphics)
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dcmwrite(
        target, ds, enforce_file_format=True, implicit_vr=False, little_endian=True
    )  # from whichever order of bytes


def _draw(ds: Dataset, boxes: Sequence[Boxed]) -> None:
    frames = int(ds.get("NumberOfFrames") or 1)
    pixels = _pixels(ds, frames)
    for frame, left, top, right, bottom in boxes:
        rows = slice(max(0, int(top) - MARGIN), int(bottom) + 1 + MARGIN)
        columns = slice(max(0, int(left) - MARGIN), int(right) + 1 + MARGIN)
        for index in range(frames) if frame is None else [frame]:
            box = pixels[index][_planes(ds, rows, columns)]  # a part of the same numbers
            box[...] = _ground(ds, pixels[index])
    data = pixels.tobytes()
    ds.PixelData = data + (b"\0" if len(data) % 2 else b"")


def _pixels(ds: Dataset, frames: int) -> NDArray[Any]:
    """The stored numbers in place, in the order of the file: nothing is rescaled, and nothing but the boxes changes."""
    if int(ds.BitsAllocated) not in {8, 16, 32}:
        raise ValueError("pixels that do not fill their bytes")
    order = "<" if ds.is_little_endian else ">"
    samples = int(ds.get("SamplesPerPixel", 1))
    if samples == 3 and str(ds.get("PhotometricInterpretation")) == "YBR_FULL_422":
        raise ValueError("colours that share their pixels")
    size = frames * int(ds.Rows) * int(ds.Columns) * samples
    flat = np.frombuffer(ds.PixelData, dtype=f"{order}u{int(ds.BitsAllocated) // 8}")[:size]
    shape: tuple[int, ...] = (frames, int(ds.Rows), int(ds.Columns))
    if samples > 1:
        shape = (*shape, samples) if not int(ds.get("PlanarConfiguration", 0)) else (frames, samples, *shape[1:])
    return flat.astype(f"<u{int(ds.BitsAllocated) // 8}").reshape(shape)


def _planes(ds: Dataset, rows: slice, columns: slice) -> tuple[slice, ...]:
    planar = int(ds.get("SamplesPerPixel", 1)) > 1 and int(ds.get("PlanarConfiguration", 0))
    return (slice(None), rows, columns) if planar else (rows, columns)


def _ground(ds: Dataset, frame: NDArray[Any]) -> Any:
    """The darkest that is shown. Of signed numbers the smallest, which is not the smallest of the same bytes without a sign."""
    if int(ds.get("SamplesPerPixel", 1)) > 1:
        return _black(ds, frame)
    kind = f"<i{frame.itemsize}" if int(ds.get("PixelRepresentation", 0)) else frame.dtype
    values = frame.view(kind)
    edge = values.max() if ds.get("PhotometricInterpretation") == "MONOCHROME1" else values.min()
    return np.array(edge, dtype=kind).view(frame.dtype)


def _black(ds: Dataset, frame: NDArray[Any]) -> Any:
    if not str(ds.get("PhotometricInterpretation", "")).startswith("YBR"):
        return 0
    middle = 1 << (int(ds.BitsStored) - 1)
    black = np.array([0, middle, middle], dtype=frame.dtype)
    return black[:, None, None] if int(ds.get("PlanarConfiguration", 0)) else black


def _describe(ds: Dataset, count: int, uid: str, graphics: bool) -> None:
    """What a receiver has to know of a derived image (PS3.3 C.12.4.1.1, C.7.6.1.1.3; PS3.15 E.3.1)."""
    source = Dataset()
    source.ReferencedSOPClassUID, source.ReferencedSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    source.PurposeOfReferenceCodeSequence = [_coded(SOURCE)]
    ds.SourceImageSequence = [source]
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = UID(uid)
    ds.ImageType = ["DERIVED", *list(ds.get("ImageType") or ["", "PRIMARY"])[1:]]
    ds.DerivationDescription = f"{count} box{'' if count == 1 else 'es'} over text in the picture"
    ds.DerivationCodeSequence = [_coded(DERIVATION)]
    ds.BurnedInAnnotation = "NO"
    methods = [CLEAN_PIXELS]
    if graphics:
        for group in OVERLAYS:
            for element in list(ds.group_dataset(group)):
                del ds[element.tag]
        methods.append(CLEAN_GRAPHICS)
    if "IconImageSequence" in ds:  # a small picture of the original
        del ds.IconImageSequence
    ds.DeidentificationMethod = [m.meaning for m in methods]
    ds.DeidentificationMethodCodeSequence = [_coded(m) for m in methods]
    if "PatientIdentityRemoved" not in ds:
        ds.PatientIdentityRemoved = "NO"  # the header is as it came; readers are not given it


def _coded(code: Code) -> Dataset:
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = code.value, code.scheme_designator, code.meaning
    return made


def mask(source: Path, target: Path, boxes: Sequence[Boxed], uid: str, *, graphics: bool) -> bool:
    """False where the picture could not be decoded, so that there is no copy."""
    try:
        apart.run(
            "reaccredit.imaging.masking",
            str(source),
            str(target),
            json.dumps(boxes),
            uid,
            "yes" if graphics else "no",
            times=3,
        )
    except apart.Failed:
        return False
    return True


def main() -> int:
    apart.limit_self(times=9)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    source, target, boxes, uid, graphics = sys.argv[1:6]
    masked(Path(source), Path(target), [tuple(row) for row in json.loads(boxes)], uid, graphics=graphics == "yes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
