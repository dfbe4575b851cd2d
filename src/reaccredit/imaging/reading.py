"""Read one DICOM file that a stranger sent. Nothing here trusts a length, a count or a text of the file.

The header of a plain file is skimmed, of any other read by pydicom through a guard that counts, up to the pixel data; the pixel
data is walked and hashed, never decoded here.
"""

from __future__ import annotations

import logging
import math
import re
import threading
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from io import BytesIO
from struct import unpack_from
from typing import Any, BinaryIO, cast

from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset, read_partial

from reaccredit.imaging import geometry
from reaccredit.imaging.header import Header, Skipped, Unreadable
from reaccredit.imaging.identity import patient_hashes
from reaccredit.imaging.pixels import PIXEL_TAGS, UNDEFINED, Place, fingerprint, truncated
from reaccredit.imaging.skim import PLAIN, plain, skim

HEAD_BYTES = 64 * 1024
HEADER_BYTES = 64 * 1024 * 1024
HEADER_READS = 1_000_000  # each element costs at least one: a flood of tiny elements ends here
INFLATED_BYTES = 512 * 1024 * 1024
FRAME_PIXELS = 100_000_000
FRAMES = 20_000
NATIVE = frozenset({"", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"})
DEFLATED = "1.2.840.10008.1.2.1.99"
DIRECTORY = "1.2.840.10008.1.3.10"
WANTED = (
    "SpecificCharacterSet", "SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "Modality",
    "StudyDate", "SeriesDate", "AcquisitionDate", "AcquisitionDateTime", "ContentDate", "SeriesDescription",
    "SeriesNumber", "InstanceNumber", "StationName", "DeviceSerialNumber", "Manufacturer", "ManufacturerModelName",
    "PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate", "Rows", "Columns", "SamplesPerPixel",
    "BitsAllocated", "NumberOfFrames", "PhotometricInterpretation", "SliceThickness", "SliceLocation",
    "ImagePositionPatient", "ImageOrientationPatient", *geometry.WANTED,
)  # fmt: skip
NUMBERS = {name: int(tag_for_keyword(name) or 0) for name in WANTED}
NAMES = {tag: name for name, tag in NUMBERS.items()}
TAGS = list(NUMBERS.values())
IDENTIFIERS = ("SOPInstanceUID", "SOPClassUID", "StudyInstanceUID", "SeriesInstanceUID")
NO_DIGITS = re.compile(r"\D")
UID = re.compile(r"[0-9]+(\.[0-9]+)*\Z")
LONG_VR = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})

BROKEN = (
    "This DICOM file is damaged and can't be read. Export it again from the scanner or the archive, then send it again."
)
NAMELESS = (
    "The file lacks the identifiers (UIDs) of its study, series or image, so it can't be placed. Export it again from"
    " the scanner or the archive."
)
EMPTY = "The file is empty. It may still have been written when it was chosen: export it again, then send it again."
FOREIGN = (
    "This is not a DICOM file. Send the files as the scanner or the archive exports them (Part 10 files, with or"
    " without the ending .dcm)."
)

# pydicom's warnings quote the value they complain about, and a value may be a patient's.
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
_one_at_a_time = threading.Lock()


@contextmanager
def quiet() -> Iterator[None]:
    """pydicom without its warnings. They are switched off for the whole process, so only one thread may be in here."""
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Guard:
    """A stream for pydicom that ends the reading when a header asks for more than any header needs."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._bytes = self._reads = 0
        self._end = stream.seek(0, 2)
        stream.seek(0)

    def read(self, size: int = -1) -> bytes:
        rest = max(0, self._end - self._stream.tell())
        size = rest if size < 0 else min(size, rest)  # a length field of 4 GB must not reserve 4 GB
        self._bytes += size
        self._reads += 1
        if self._bytes > HEADER_BYTES or self._reads > HEADER_READS:
            raise Unreadable(
                "too-large",
                "The header of this file is larger than any scanner writes. Export the file again, then send it again.",
            )
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()


class _PixelStop:
    """pydicom asks this before each element; it remembers where the picture begins."""

    def __init__(self, stream: Guard) -> None:
        self.stream = stream
        self.place: Place | None = None

    def __call__(self, tag: int, vr: str | None, length: int) -> bool:
        if int(tag) not in PIXEL_TAGS:
            return False
        self.place = Place(int(tag), length, self.stream.tell())
        return True


def read(stream: BinaryIO) -> Header:
    """The header of one seekable stream. Raises `Unreadable` (or its kind `Skipped`), and nothing else, for whatever
    bytes come.
    """
    try:
        return _read(stream)
    except Unreadable:
        raise
    except (
        Exception
    ):  # the bytes are a stranger's and pydicom raises a dozen kinds; what they hold must not reach a log
        raise Unreadable("broken", BROKEN) from None


def _read(stream: BinaryIO) -> Header:
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if len(head) < 132 or head[128:132] != b"DICM":
        raise Unreadable("not-dicom", _foreign(head))
    meta, offset = _meta(head)
    if meta.get(0x0002) == DIRECTORY:
        raise Skipped(
            "directory", "This is the table of contents of a disk (DICOMDIR), not an image. It is not needed."
        )
    syntax = meta.get(0x0010, "")
    if (skimmed := skim(head, offset, syntax, NAMES)) is not None:
        values, place = skimmed
        header, expected = _header(_Values(values.get), syntax)
        return replace(header, pixel_hash=fingerprint(stream, place, expected=expected))
    return _read_by_library(stream, syntax, offset)


def begun(head: bytes) -> tuple[Header, Place, int] | None:
    """What the first bytes of a plain file say, while the others are still to come: the header without its pixel hash, where the
    picture begins, and how many bytes of it count. None: it has to be read when it has come whole.
    """
    try:
        meta, offset = _meta(head)
        syntax = meta.get(0x0010, "")
        if head[128:132] != b"DICM" or (skimmed := skim(head, offset, syntax, NAMES)) is None:
            return None
        values, place = skimmed
        header, expected = _header(_Values(values.get), syntax)
    except Exception:  # a stranger's bytes: why they can't be taken is said by who reads them whole
        return None
    return None if place.length == UNDEFINED or place.length < expected else (header, place, expected or place.length)


def _read_by_library(stream: BinaryIO, syntax: str, offset: int) -> Header:
    body: BinaryIO = stream
    if syntax == DEFLATED:
        body = BytesIO(_inflate(stream, offset))
    guard = Guard(body)
    stop = _PixelStop(guard)
    source = cast(BinaryIO, guard)  # pydicom reads, seeks and tells, and asks for no more
    with quiet():
        if body is stream:
            dataset: Dataset = read_partial(source, stop_when=stop, specific_tags=list(TAGS))
        else:
            dataset = read_dataset(source, False, True, stop_when=stop, specific_tags=list(TAGS))
        header, expected = _header(_Values(_Converted(dataset)), syntax)
    if stop.place is None:
        raise _pictureless(header)
    return replace(header, pixel_hash=fingerprint(body, stop.place, expected=expected))


def _pictureless(header: Header) -> Unreadable:
    if header.rows:
        return truncated()
    return Unreadable(
        "no-picture",
        "This DICOM object holds no picture (it is a report, a plan or a setting). Send the images themselves.",
    )


def _header(values: _Values, syntax: str) -> tuple[Header, int]:
    """The header without its pixel hash, and how many bytes of native pixel data it calls for."""
    uids = {name: values.uid(name) for name in IDENTIFIERS}
    if not all(uids.values()):
        raise Unreadable("no-identifiers", NAMELESS)
    rows, columns, frames, expected = _picture(values)
    by_id, by_name = _patient(values)
    study_date = values.day("StudyDate")
    header = Header(
        sop_instance_uid=uids["SOPInstanceUID"],
        sop_class_uid=uids["SOPClassUID"],
        study_uid=uids["StudyInstanceUID"],
        series_uid=uids["SeriesInstanceUID"],
        modality=values.text("Modality", 16).upper(),
        transfer_syntax=syntax if UID.match(syntax) and len(syntax) <= 64 else "",
        pixel_hash="",
        patient_hash=by_id,
        person_hash=by_name,
        series_number=values.integer("SeriesNumber"),
        number=values.integer("InstanceNumber"),
        position=_position(values),
        description=values.text("SeriesDescription"),
        study_date=study_date,
        acquired_on=_acquired(values) or study_date,
        station=values.text("StationName"),
        serial=values.text("DeviceSerialNumber"),
        manufacturer=values.text("Manufacturer"),
        model=values.text("ManufacturerModelName"),
        rows=rows,
        columns=columns,
        frames=frames,
        slice_thickness=values.number("SliceThickness"),
        plane=geometry.plane(values),
        pixel=geometry.pixel(values),
        after_injection=geometry.after_injection(values),
        identified=geometry.identified(values),
    )
    return header, expected if syntax in NATIVE else 0


def _patient(values: _Values) -> tuple[str | None, str | None]:
    return patient_hashes(
        patient_id=values.text("PatientID", 256),
        issuer=values.text("IssuerOfPatientID", 256),
        name=values.text("PatientName", 512),
        birth_date=values.text("PatientBirthDate", 64),
    )


def _picture(values: _Values) -> tuple[int, int, int, int]:
    """Rows, columns, frames, and the bytes they need. An object without a picture has none of them."""
    rows, columns = values.integer("Rows") or 0, values.integer("Columns") or 0
    frames = max(1, values.integer("NumberOfFrames") or 1)
    if rows < 0 or columns < 0:
        raise Unreadable("broken", BROKEN)
    if rows * columns > FRAME_PIXELS or frames > FRAMES:
        raise Unreadable(
            "too-large",
            "The picture in this file claims to be larger than any scanner makes. Export the file again, then send it"
            " again.",
        )
    bits = values.integer("BitsAllocated") or 0
    samples = values.integer("SamplesPerPixel") or 1
    if values.text("PhotometricInterpretation", 32).startswith("YBR_FULL_422"):
        samples = 2  # two of three colour samples are shared by a pair of pixels
    return rows, columns, frames, max(0, rows * columns * samples * frames * bits // 8)


def _position(values: _Values) -> float | None:
    origin, axes = values.numbers("ImagePositionPatient", 3), values.numbers("ImageOrientationPatient", 6)
    if origin is None or axes is None:
        return values.number("SliceLocation")
    along = math.fsum(p * n for p, n in zip(origin, geometry.normal(axes), strict=True))
    return along if math.isfinite(along) else None


def _acquired(values: _Values) -> date | None:
    for name in ("AcquisitionDate", "AcquisitionDateTime", "SeriesDate", "ContentDate"):
        if day := values.day(name):
            return day
    return None


class _Converted:
    """Values of a data set by name, as the library converts them; None where it can not."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def __call__(self, name: str) -> Any:
        try:
            found = self._dataset.get_item(NUMBERS[name])
            if isinstance(found, RawDataElement) and found.VR in PLAIN and found.value and found.is_little_endian:
                return plain(found.VR, found.value)
            return self._dataset.get(name)
        except Exception:  # pydicom converts on access, and a hostile value may fail in many ways
            return None


class _Values:
    """Single values of a header, each usable or absent; a value of the wrong form is absent."""

    def __init__(self, raw: Callable[[str], Any]) -> None:
        self._raw = raw

    def text(self, name: str, limit: int = 64) -> str:
        value = self._raw(name)
        if value is None:
            return ""
        try:
            said = value if type(value) is str else str(value)
        except Exception:  # a person's name decodes only now
            return ""
        if not said.isprintable():
            said = "".join(c for c in said if c.isprintable())
        return said.strip()[:limit]

    def uid(self, name: str) -> str:
        value = self.text(name, 80)
        return value if len(value) <= 64 and UID.match(value) else ""

    def numbers(self, name: str, count: int) -> list[float] | None:
        value = self._raw(name)
        items = [value] if isinstance(value, int | float | str) else value
        try:
            found = [float(item) for item in items]
        except (TypeError, ValueError, OverflowError):
            return None
        return found if len(found) == count and all(math.isfinite(f) for f in found) else None

    def number(self, name: str) -> float | None:
        found = self.numbers(name, 1)
        return found[0] if found and abs(found[0]) < 1e9 else None

    def integer(self, name: str) -> int | None:
        found = self.number(name)
        return int(found) if found is not None and abs(found) < 2**31 else None

    def day(self, name: str) -> date | None:
        """De-identified files carry dates such as 0001-01-01: as good as none."""
        digits = NO_DIGITS.sub("", self.text(name))[:8]
        try:
            day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
        except ValueError:
            return None
        return day if day.year > 1900 else None


def _meta(head: bytes) -> tuple[dict[int, str], int]:
    """The file meta group, always explicit little endian: texts by element number, and where the data set begins."""
    found: dict[int, str] = {}
    offset = 132
    while offset + 12 <= len(head) and head[offset : offset + 2] == b"\x02\x00":
        (element,) = unpack_from("<H", head, offset + 2)
        if head[offset + 4 : offset + 6] in LONG_VR:
            (length,) = unpack_from("<L", head, offset + 8)
            start = offset + 12
        else:
            (length,) = unpack_from("<H", head, offset + 6)
            start = offset + 8
        found[element] = head[start : start + min(length, 64)].decode("ascii", "replace").strip("\x00 ")
        offset = start + length
    return found, offset


def _inflate(stream: BinaryIO, offset: int) -> bytes:
    stream.seek(offset)
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    out = BytesIO()
    while chunk := stream.read(64 * 1024):
        while chunk:
            out.write(machine.decompress(chunk, 1024 * 1024))
            if out.tell() > INFLATED_BYTES:
                raise Unreadable(
                    "too-large",
                    "This compressed file unpacks to more than any image needs. Export it without compression.",
                )
            chunk = machine.unconsumed_tail
    return out.getvalue()


_KNOWN_STARTS = (
    (b"\x1f\x8b", "a gzip archive: unpack it first, or send a zip file"),
    (b"Rar!", "a RAR archive: send a zip file instead"),
    (b"7z\xbc\xaf", "a 7-Zip archive: send a zip file instead"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture, not the scanner's own image"),
    (b"\xff\xd8\xff", "a JPEG picture, not the scanner's own image"),
    (b"MZ", "a Windows program"),
)


def _foreign(head: bytes) -> str:
    if not head:
        return EMPTY
    for start, words in _KNOWN_STARTS:
        if head.startswith(start):
            return f"This is {words}. " + FOREIGN.removeprefix("This is not a DICOM file. ")
    return FOREIGN
