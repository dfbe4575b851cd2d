"""One frame of a stored image, in the transfer syntax in which it came: nothing is decoded here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian

from reaccredit.imaging.models import Instance
from reaccredit.imaging.reading import quiet
from reaccredit.imaging.storage import STORE

NATIVE = "application/octet-stream"
MEDIA = {
    "1.2.840.10008.1.2.4.50": "image/jpeg", "1.2.840.10008.1.2.4.51": "image/jpeg", "1.2.840.10008.1.2.4.57": "image/jpeg",
    "1.2.840.10008.1.2.4.70": "image/jpeg", "1.2.840.10008.1.2.4.80": "image/jls", "1.2.840.10008.1.2.4.81": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2", "1.2.840.10008.1.2.4.91": "image/jp2", "1.2.840.10008.1.2.4.201": "image/jphc",
    "1.2.840.10008.1.2.4.202": "image/jphc", "1.2.840.10008.1.2.4.203": "image/jphc", "1.2.840.10008.1.2.5": "image/dicom-rle",
}  # fmt: skip
LATER = 4096  # longer values are looked up when they are wanted


class NoFrame(Exception):
    """The frame is not there, or is of a kind that is not given away as it is. The sentence says which."""


@dataclass(frozen=True, slots=True)
class Frame:
    data: bytes
    media: str
    syntax: str


def frame(instance: Instance, number: int) -> Frame:
    """Frames count from 1. Raises `NoFrame`; `ledger.files.Missing` if the store has lost the file."""
    if not 1 <= number <= instance.frames:
        raise NoFrame(f"The image has {instance.frames} frame{'' if instance.frames == 1 else 's'}.")
    with STORE.open(instance.sha256) as stream, quiet():
        try:
            return _frame(stream, number - 1)
        except NoFrame:
            raise
        except Exception:  # pydicom raises a dozen kinds for damaged data; nothing of it may be told
            raise NoFrame("The pixel data of this image can't be read.") from None


def _frame(stream: BinaryIO, index: int) -> Frame:
    ds = dcmread(stream, defer_size=LATER)
    syntax = ds.file_meta.TransferSyntaxUID
    if syntax == DeflatedExplicitVRLittleEndian:  # inflated on the way: what is left is explicit little endian
        return _native(ds, cast(bytes, ds.PixelData), index)
    raw = cast(Any, ds.get_item("PixelData", keep_deferred=True))
    if syntax.is_encapsulated:
        stream.seek(raw.value_tell)
        count = int(ds.get("NumberOfFrames") or 1)
        data = get_frame(stream, index, number_of_frames=count)
        return Frame(data, MEDIA.get(syntax, NATIVE), str(syntax))
    size = _size(ds)
    stream.seek(raw.value_tell + index * size)
    data = stream.read(size)
    if len(data) < size:
        raise NoFrame("The pixel data of this image ends too early.")
    return Frame(_little(ds, data) if syntax == ExplicitVRBigEndian else data, NATIVE, str(ExplicitVRLittleEndian))


def _size(ds: Dataset) -> int:
    bits = int(ds.Rows) * int(ds.Columns) * int(ds.get("SamplesPerPixel", 1)) * int(ds.BitsAllocated)
    if bits % 8:
        raise NoFrame("Frames that do not begin with a byte are only given as a picture.")
    return bits // 8


def _native(ds: Dataset, data: bytes, index: int) -> Frame:
    size = _size(ds)
    return Frame(data[index * size : (index + 1) * size], NATIVE, str(ExplicitVRLittleEndian))


def _little(ds: Dataset, data: bytes) -> bytes:
    """Words the other way round; bytes as they are."""
    if int(ds.BitsAllocated) != 16:
        if int(ds.BitsAllocated) == 8:
            return data
        raise NoFrame("Big-endian pixels of this depth are only given as a picture.")
    turned = bytearray(data)
    turned[0::2], turned[1::2] = data[1::2], data[0::2]
    return bytes(turned)
