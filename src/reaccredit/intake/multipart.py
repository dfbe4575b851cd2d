"""The parts of a `multipart/related` body (RFC 2046, RFC 2387), read from the line as they come: nothing is gathered in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import HTTP
from functools import lru_cache

from reaccredit.imaging.header import Unreadable
from reaccredit.ledger.files import Readable

CHUNK = 256 * 1024
HEAD_BYTES = 8 * 1024
PARTS = 5_000
CUT = Unreadable("cut-off", "The line broke before this file had arrived whole. Send it again.")


class Malformed(Exception):
    """The body is no multipart message. What came whole before that is kept."""


@dataclass(frozen=True)
class Media:
    """A media type with its parameters, names in small letters."""

    name: str
    said: dict[str, str]


def media(header: str) -> Media:
    message = Message()
    message["Content-Type"] = header
    said = {key.lower(): str(value) for key, value in message.get_params(failobj=[])[1:]}
    return Media(message.get_content_type() if header else "", said)


@dataclass(frozen=True)
class BodyPart:
    media: Media
    stream: Readable


@lru_cache(maxsize=16)
def _media_of(head: bytes) -> Media:
    """Kept, since the parts of a body mostly have the same head."""
    return media(str(BytesHeaderParser(policy=HTTP).parsebytes(head).get("Content-Type", "application/dicom")))


class Body:
    def __init__(self, stream: Readable, boundary: str) -> None:
        self._stream = stream
        self._mark = b"\r\n--" + boundary.encode("latin-1")
        self._held = b"\r\n"  # the first mark may stand at the very beginning

    def parts(self) -> Iterator[BodyPart]:
        """Each part is to be read before the next one is asked for; what is left of it is passed over."""
        _Part(self).pass_over()
        for _ in range(PARTS):
            self._need(2)
            if self._held.startswith(b"--"):
                return
            self._line()
            part = _Part(self)
            yield BodyPart(self._head(), part)
            part.pass_over()
        raise Malformed("too many parts")

    def _need(self, size: int) -> None:
        while len(self._held) < size:
            self._more()

    def _more(self) -> None:
        more = self._stream.read(CHUNK)
        if not more:
            raise Malformed("the body ends in the middle")
        self._held += more

    def _until(self, end: bytes) -> bytes:
        while (at := self._held.find(end)) < 0:
            if len(self._held) > HEAD_BYTES:
                raise Malformed("a head without an end")
            self._more()
        found, self._held = self._held[:at], self._held[at + len(end) :]
        return found

    def _line(self) -> None:
        """What is left of the line of a mark: blanks, if anything."""
        if self._until(b"\r\n").strip(b" \t"):
            raise Malformed("a mark with something behind it")
        self._held = b"\r\n" + self._held  # so that a head without lines ends like any other

    def _head(self) -> Media:
        head = self._until(b"\r\n\r\n").lstrip()
        try:
            return _media_of(head)
        except Exception:  # the library stumbles over heads in its own ways
            raise Malformed("a head that cannot be read") from None

    def take(self, size: int) -> bytes | None:
        """Up to so many bytes of the present part; None at its end, which is passed."""
        while True:
            at = self._held.find(self._mark)
            if at == 0:
                self._held = self._held[len(self._mark) :]
                return None
            sure = at if at > 0 else len(self._held) - len(self._mark) + 1
            if sure > 0:
                given = min(sure, size)
                found, self._held = self._held[:given], self._held[given:]
                return found
            self._more()


class _Part:
    def __init__(self, body: Body) -> None:
        self._body = body
        self._over = False

    def read(self, size: int = -1, /) -> bytes:
        if self._over:
            return b""
        try:
            found = self._body.take(size if size > 0 else CHUNK)
        except Malformed:
            self._over = True
            raise CUT from None
        if found is None:
            self._over = True
            return b""
        return found

    def pass_over(self) -> None:
        while not self._over:
            found = self._body.take(CHUNK)
            self._over = found is None
