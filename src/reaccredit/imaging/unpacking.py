"""From what a browser sends to single files: plain files and zip archives, within limits, with names used for nothing
but words on a page.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from reaccredit.imaging.header import Header, Skipped, Unreadable
from reaccredit.ledger.files import Draft, Readable

MEMBERS = 5_000
TOTAL_BYTES = 8 * 1024**3
RATIO = 200  # real images pack at most about tenfold, blank ones some hundredfold but small
RATIO_FROM = 16 * 1024**2
KNOWN_ENDINGS = frozenset(
    {
        ".dcm",
        ".dicom",
        ".ima",
        ".img",
        ".zip",
        ".jpg",
        ".jpeg",
        ".png",
        ".pdf",
        ".txt",
        ".tif",
        ".tiff",
        ".gz",
        ".exe",
        ".xml",
    }
)
LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini", "autorun.inf"})
TABLE = "dicomdir"  # the table of contents of a disk
SHOWN = 40
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")

MEMBER_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


DAMAGED_ZIP = Unreadable(
    "bad-zip", "This zip archive is damaged and can't be opened. Make it again, or send the files without it."
)
DAMAGED_MEMBER = Unreadable("bad-zip", "This file is damaged inside the archive. Make the zip archive again.")
LOCKED = Unreadable("locked", "This file is locked with a password. Make the zip archive without a password.")
NESTED = Unreadable("nested-zip", "This is an archive inside an archive. Send it by itself.")
BLOWN_UP = Unreadable("zip-limits", "This file unpacks to far more than it holds. Send it outside an archive.")
LITTERED = Skipped("litter", "This file belongs to the folder or the disk, not to an exam. It is not needed.")


@dataclass(frozen=True)
class Label:
    """A file's two names: `shown` goes to the person who sent it, on that page only; `kept` is safe for the database
    and for others.
    """

    ordinal: int
    shown: str
    ending: str
    is_table: bool = False

    @property
    def kept(self) -> str:
        return f"file {self.ordinal}{self.ending}"


@dataclass(frozen=True)
class Arrived:
    """A file that has come whole, with what its header says. Whoever has it lets go of its draft in the end."""

    draft: Draft
    header: Header


@dataclass(frozen=True)
class Part:
    """One file to look at: bytes to read, or what was read of them already, or the reason why there are none."""

    label: Label
    content: Readable | Arrived | Unreadable
    claimed: str = ""  # the SHA-256 that the sender has found; what arrives has to have it


def label(ordinal: int, name: str) -> Label:
    base = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(c if c.isprintable() else "?" for c in base).strip() or f"file {ordinal}"
    ending = PurePosixPath(shown.lower()).suffix
    table = shown.lower() == TABLE
    if len(shown) > SHOWN:
        shown = shown[: SHOWN - 12] + "…" + shown[-11:]
    return Label(ordinal, shown, ending if ending in KNOWN_ENDINGS else "", table)


def parts(files: Iterable[tuple[str, BinaryIO]]) -> Iterator[Part]:
    """Every single file of an upload, numbered from 1 in the order of sending; archives are opened one level deep.
    Lazy: read each before the next.
    """
    ordinal = 0
    for name, stream in files:
        if _is_zip(stream):
            for part in _members(name, stream, ordinal):
                ordinal = part.label.ordinal
                yield part
        else:
            ordinal += 1
            tag = label(ordinal, name)
            if _is_litter(name):
                yield Part(tag, LITTERED)
            else:
                stream.seek(0)
                yield Part(tag, stream)


def _is_zip(stream: BinaryIO) -> bool:
    stream.seek(0)
    start = stream.read(4)
    stream.seek(0)
    return start in ZIP_STARTS


def _is_litter(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/").lower())
    return path.name in LITTER or path.name.startswith("._") or "__macosx" in path.parts


def _members(name: str, stream: BinaryIO, before: int) -> Iterator[Part]:
    whole = label(before + 1, name)
    try:
        archive = zipfile.ZipFile(stream)
    except MEMBER_ERRORS:
        yield Part(whole, DAMAGED_ZIP)
        return
    with archive:
        found = [info for info in archive.infolist() if not info.is_dir()]
        if trouble := _too_much(found):
            yield Part(whole, trouble)
            return
        for ordinal, info in enumerate(found, start=before + 1):
            yield from _member(archive, info, label(ordinal, info.filename))


def _too_much(found: list[zipfile.ZipInfo]) -> Unreadable | None:
    smaller = "Send it in several smaller archives."
    if not found:
        return Unreadable("empty-zip", "This zip archive is empty. Add the image files to it, then send it again.")
    if len(found) > MEMBERS:
        return Unreadable("zip-limits", f"This zip archive holds more than {MEMBERS:,} files. {smaller}")
    if sum(info.file_size for info in found) > TOTAL_BYTES:
        return Unreadable("zip-limits", f"This zip archive unpacks to more than {TOTAL_BYTES // 1024**3} GB. {smaller}")
    return None


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, tag: Label) -> Iterator[Part]:
    trouble = _member_trouble(archive, info)
    if trouble is not None:
        yield Part(tag, trouble)
        return
    try:
        stream = archive.open(info)
    except MEMBER_ERRORS:
        yield Part(tag, DAMAGED_MEMBER)
        return
    with stream:
        yield Part(tag, _Member(stream))


def _member_trouble(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Unreadable | None:
    if _is_litter(info.filename):
        return LITTERED
    if info.flag_bits & 0x1:
        return LOCKED
    if info.file_size > RATIO_FROM and info.file_size > RATIO * max(1, info.compress_size):
        return BLOWN_UP
    try:
        with archive.open(info) as start:
            return NESTED if start.read(4) in ZIP_STARTS else None
    except MEMBER_ERRORS:
        return DAMAGED_MEMBER


class _Member:
    """A member of an archive; what zipfile may raise while reading becomes one sentence."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self._stream.read(size)
        except MEMBER_ERRORS:
            raise Unreadable(
                "bad-zip", "This file is damaged inside the archive. Make the zip archive again."
            ) from None
