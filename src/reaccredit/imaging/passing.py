"""A file is read while it comes: of a plain one the header is known when its first piece has been written down, and the picture is
hashed as it passes. To open it once more, and to read it all again, took a quarter of the time of an image.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reaccredit.imaging.header import Header
from reaccredit.imaging.pixels import Print
from reaccredit.imaging.reading import HEAD_BYTES, begun
from reaccredit.ledger.files import Draft, Pen


@dataclass(frozen=True)
class Passed:
    """`header` is None where the file is not plain, or not whole: it has to be read then."""

    draft: Draft
    header: Header | None


class Passing:
    """A pen that reads what it writes. It ends with `done` or `drop`."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._head: bytes | None = b""  # None: it has been looked at
        self._header: Header | None = None
        self._print = Print()
        self._left = 0
        self._odd = b""  # pixels come in pairs of bytes, and pieces need not

    def write(self, chunk: bytes | memoryview) -> None:
        self._pen.write(chunk)
        if self._left:
            self._picture(chunk)
        elif self._head is not None:
            first = self._head + chunk if self._head else chunk
            if len(first) >= HEAD_BYTES:
                self._begin(first)
            else:
                self._head = bytes(first)

    def _begin(self, first: bytes | memoryview) -> None:
        self._head = None
        if (found := begun(bytes(first[:HEAD_BYTES]))) is not None:
            self._header, place, self._left = found
            self._picture(memoryview(first)[place.start :])

    def _picture(self, chunk: bytes | memoryview) -> None:
        """What comes after the picture is no part of it."""
        some = memoryview(chunk)[: self._left]
        self._left -= len(some)
        if self._odd and some:
            self._print.add(self._odd + some[:1])
            self._odd, some = b"", some[1:]
        if self._left and len(some) % 2:
            self._odd, some = bytes(some[-1:]), some[:-1]
        self._print.add(some)

    def done(self) -> Passed:
        draft = self._pen.done()
        if self._head is not None:
            self._begin(self._head)
        if self._header is None or self._left:
            return Passed(draft, None)
        return Passed(draft, replace(self._header, pixel_hash=self._print.text()))

    def drop(self) -> None:
        self._pen.drop()
