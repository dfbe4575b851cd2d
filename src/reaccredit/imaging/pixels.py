"""The raw bytes of the picture in a DICOM file: are they all there, and what is their fingerprint (PS3.5 section 8 and
annex A.4).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from struct import Struct
from typing import BinaryIO

from reaccredit.imaging.header import Unreadable

UNDEFINED = 0xFFFFFFFF
ITEM, SEQUENCE_END = 0xFFFEE000, 0xFFFEE0DD
CHUNK = 128 * 1024  # is still near the processor when it is hashed
PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})

_ITEM_HEAD = Struct("<HHL")


@dataclass(frozen=True)
class Place:
    """Where the pixel data element's value begins."""

    tag: int
    length: int
    start: int


class Print:
    """SHA-256 and, on the way, whether the picture is blank (the same one or two bytes again and again)."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._unit = b""
        self._blank = True

    def add(self, chunk: bytes | memoryview) -> None:
        self._digest.update(chunk)
        if self._blank:
            self._unit = self._unit or bytes(chunk[:2])
            whole = len(chunk) // 2 * 2
            start = min(whole, 128)  # nearly every picture shows here already that it is none
            self._blank = chunk[:start] == self._unit * (start // 2) and chunk[:whole] == self._unit * (whole // 2)

    def text(self) -> str:
        return "" if self._blank else self._digest.hexdigest()


def truncated() -> Unreadable:
    return Unreadable(
        "truncated",
        "The file ends before its picture does. It was cut off on the way: export or copy it again, then send it"
        " again.",
    )


def _feed(stream: BinaryIO, length: int, fingerprint: Print | None) -> None:
    left = length
    while left:
        chunk = stream.read(min(CHUNK, left))
        if not chunk:
            raise truncated()
        left -= len(chunk)
        if fingerprint is not None:
            fingerprint.add(chunk)


def fingerprint(stream: BinaryIO, place: Place, *, expected: int) -> str:
    """Hash the pixel data at `place`. `expected` is the size that rows, columns, depth and frames call for (native data
    only).
    """
    stream.seek(place.start)
    result = Print()
    if place.length == UNDEFINED:
        _fragments(stream, result)
    else:
        if not place.length or place.length < expected:
            raise truncated()
        _feed(stream, expected or place.length, result)  # padding after the picture is no part of it
    return result.text()


def _fragments(stream: BinaryIO, result: Print) -> None:
    """Encapsulated data. The first item is an index that tools rewrite at will: it does not count."""
    first, any_bytes = True, False
    while True:
        head = stream.read(8)
        if len(head) < 8:
            raise truncated()
        group, element, length = _ITEM_HEAD.unpack(head)
        tag = group << 16 | element
        if tag == SEQUENCE_END:
            break
        if tag != ITEM or length == UNDEFINED:
            raise Unreadable(
                "broken",
                "The picture in this file is damaged. Export the file again from the scanner or the archive, then send"
                " it again.",
            )
        _feed(stream, length, None if first else result)
        any_bytes = any_bytes or (not first and length > 0)
        first = False
    if not any_bytes:
        raise truncated()
