"""C-STORE without the detours of the library (PS3.7, 9.3.1; PS3.8, 9.3.5 and annex E): what arrives goes straight into a draft.

The library takes some thirty steps and two queues for each piece of an image, in two threads that look for work a thousand times a
second. Here the thread that reads the line writes what it reads, hands the whole image over and sends the answer. That holds for a
plain C-STORE request and nothing else: any other message, and everything about the association itself, is the library's as before.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from struct import Struct, error, pack
from typing import Any

from pynetdicom import AllStoragePresentationContexts
from pynetdicom.association import Association

from reaccredit.imaging.passing import Passed, Passing
from reaccredit.intake import sockets
from reaccredit.ledger.files import NoRoom

DATA, HEAD_BYTES = 0x04, 6
BORDER = 12  # bytes that a PDU and its first fragment have before their value
COMMAND, LAST = 0x01, 0x02  # of a fragment's control header
STORE_REQUEST, STORE_RESPONSE, NO_DATA_SET = 0x0001, 0x8001, 0x0101
CONNECTED = "Sta6"  # the library's name for an association that is open for data
SHORTEST_ANSWER = 1024  # who takes less than this at once is answered by the library, which cuts answers to pieces
GLANCE_SECONDS, STAY_SECONDS, MOST_SECONDS = 0.05, 1.0, 60.0
STORAGE = frozenset(str(one.abstract_syntax) for one in AllStoragePresentationContexts)
UID = re.compile(r"[0-9.]{1,64}\Z")
IMPLEMENTATION, VERSION = "1.2.826.0.1.3680043.9.3811", b"REACCREDIT"  # the class is that of the library

_PDU, _FRAGMENT, _ELEMENT = Struct(">BBL"), Struct(">LBB"), Struct("<HHL")

Taken = tuple[int, str]
Write = Callable[[], Passing]
Take = Callable[[Association, Passed], Taken]


class _NotOurs(Exception):
    """No request that brings an image: the library sees to it."""


class _Stopped(Exception):
    """Nothing comes any more, or what makes no sense in the middle of an image."""


@dataclass(frozen=True)
class Request:
    context: int
    message: int
    sop_class: str
    instance: str


@dataclass(frozen=True)
class _Fragment:
    context: int
    control: int
    value: memoryview


class Gate(threading.Event):
    """In place of the library's own: its second thread rests while this one serves, and still when the library wants it to."""

    def __init__(self) -> None:
        super().__init__()
        self.set()
        self.free = threading.Event()
        self.free.set()

    def wait(self, timeout: float | None = None) -> bool:
        while True:
            if not (super().wait(timeout) and self.free.wait(timeout)):
                return False
            if self.is_set():
                return True


class Quick:
    """Stands where the library reads a PDU, once an association is open."""

    def __init__(self, line: Association, write: Write, take: Take) -> None:
        self.line, self.write, self.take = line, write, take
        self._room = bytearray(64 * 1024)
        self._hold = bytearray(sockets.MOST_BYTES + 64 * 1024)
        self._gate = Gate()

    @classmethod
    def install(cls, line: Association, write: Write, take: Take) -> None:
        if 0 < (line.requestor.maximum_length or 0) < SHORTEST_ANSWER:
            return
        quick: Any = cls(line, write, take)
        if line.dul.socket is not None:
            sockets.glance(line.dul.socket, GLANCE_SECONDS)
        line._reactor_checkpoint = quick._gate
        line.dul._read_pdu_data = quick  # type: ignore[method-assign]

    def __call__(self) -> None:
        """Something has come. One image after the other is taken until there is nothing for a moment, or something else."""
        self._gate.free.clear()
        try:
            while self._message() and self._more(STAY_SECONDS):
                self.line.dul._idle_timer.restart()
        except OSError:
            self.line.dul.event_queue.put("Evt17")  # as the library calls it: the line is gone
        except _Stopped:
            if self.line.dul.to_provider_queue.empty():
                self.line.dul.event_queue.put("Evt19")  # what came makes no sense: the association is aborted
        finally:
            self._gate.free.set()

    def _message(self) -> bool:
        """Whether it was an image. What it was not is with the library now."""
        pdu = self._pdu()
        request = self._request(pdu)
        if request is None:
            self._hand_over(pdu)
            return False
        try:
            pen = self.write()
        except NoRoom:  # the library can read an image to its end without keeping it
            self._hand_over(pdu)
            return False
        try:
            whole = self._image(pen, request, pdu)
        except BaseException:
            pen.drop()
            raise
        if whole:
            self._answer(request, *self.take(self.line, pen.done()))
        else:
            pen.drop()
        return whole

    def _image(self, pen: Passing, request: Request, pdu: memoryview) -> bool:
        """Whether it has come whole. `pdu` has its command, and perhaps the first pieces of it. The pieces come to lie one behind the
        other: with each the system is asked for the border of the next one, whose place the next one then takes.
        """
        cargo = _Cargo(pen, self._hold)
        cargo.add(_file_head(request, str(self.line._accepted_cx[request.context].transfer_syntax[0])))
        whole = cargo.add_all(request, list(_fragments(pdu))[1:])
        border = b""
        while not whole:
            border = border or self._border()
            one = _plain(border, request)
            if one is None:
                pdu, border = self._pdu(border), b""
                if pdu[0] != DATA:  # the other end lets go of the association, say
                    self._hand_over(pdu)
                    return False
                whole = cargo.add_all(request, list(_fragments(pdu)))
            else:
                length, whole = one
                border = self._piece(cargo.room(length + BORDER), length, 0 if whole else BORDER)
                cargo.grow(length)
        cargo.unload()
        return True

    def _border(self) -> bytes:
        room = memoryview(bytearray(BORDER))
        return bytes(room[: self._wait_for(room, 0)])

    def _piece(self, room: memoryview, length: int, more: int) -> bytes:
        """The value of a piece, and what was read of the border of the next one."""
        came = self._wait_for(room[: length + more], length)
        return bytes(room[length:came])

    def _wait_for(self, room: memoryview, sure: int) -> int:
        """How many bytes came: at least the sure ones, and behind them a border, or what there is of a PDU that is shorter than one."""
        if self.line.dul.socket is None:
            raise OSError
        limit = time.monotonic() + (self.line.network_timeout or MOST_SECONDS)

        def go_on(came: int) -> bool:
            return time.monotonic() < limit and not self._over() and not _no_piece(room[sure:came])

        came = sockets.fill(self.line.dul.socket, room, go_on)
        if came < len(room) and not _no_piece(room[sure:came]):
            raise _Stopped if self._over() or time.monotonic() >= limit else OSError("the line broke")
        return came

    def _over(self) -> bool:
        dul = self.line.dul
        return dul._kill_thread or self.line._kill or not dul.to_provider_queue.empty()

    def _request(self, pdu: memoryview) -> Request | None:
        """A C-STORE request whose command is whole, in a context that was agreed upon; else None."""
        if pdu[0] != DATA or self.line.dul.state_machine.current_state != CONNECTED:
            return None
        try:
            first = next(_fragments(pdu), None)
            if first is None or first.control & 3 != COMMAND | LAST:
                return None
            request = _command(first)
        except (_NotOurs, _Stopped, error, ValueError, KeyError):
            return None
        context = self.line._accepted_cx.get(first.context)
        return request if context is not None and str(context.abstract_syntax) in STORAGE else None

    # -- the line

    def _pdu(self, begun: bytes = b"") -> memoryview:
        """The next one, whole, of which some bytes may have been read. It is overwritten by the one after it."""
        socket = self.line.dul.socket
        if socket is None:
            raise OSError
        head = bytearray(HEAD_BYTES)
        begun = begun or bytes(head[: sockets.fill(socket, memoryview(head))])
        if len(begun) < HEAD_BYTES:
            raise OSError
        _, _, length = _PDU.unpack(begun[:HEAD_BYTES])
        if length > sockets.MOST_BYTES:
            raise OSError("a PDU that is longer than was agreed")
        if HEAD_BYTES + length < len(begun):
            raise _Stopped  # two at once, and the first of them brings no image: no end has reason for that
        if len(self._room) < HEAD_BYTES + length:
            self._room = bytearray(HEAD_BYTES + length)
        self._room[: len(begun)] = begun
        pdu = memoryview(self._room)[: HEAD_BYTES + length]
        rest = pdu[len(begun) :]
        if sockets.fill(socket, rest) < len(rest):
            raise OSError("the line broke")
        return pdu

    def _more(self, seconds: float) -> bool:
        """Whether something comes within this time, and nothing else is to be done meanwhile."""
        dul, limit = self.line.dul, time.monotonic() + seconds
        while dul.socket is not None and dul.socket.socket is not None:
            if sockets.readable(dul.socket, GLANCE_SECONDS):
                return True
            if time.monotonic() > limit or self._over():
                return False
        return False

    def _hand_over(self, pdu: memoryview) -> None:
        """As the library does with what it has read itself."""
        dul = self.line.dul
        try:
            found, event = dul._decode_pdu(bytearray(pdu))
        except Exception:  # a stranger's bytes
            dul.event_queue.put("Evt19")
            return
        dul.event_queue.put(event)
        dul._recv_pdu.put(found)

    def _answer(self, request: Request, status: int, comment: str) -> None:
        said = _answer(request, status, comment)
        socket = self.line.dul.socket
        if socket is None:
            raise OSError
        socket.send(said)


def _fragments(pdu: memoryview) -> Iterator[_Fragment]:
    at = HEAD_BYTES
    while at < len(pdu):
        try:
            length, context, control = _FRAGMENT.unpack_from(pdu, at)
        except error:
            raise _Stopped from None
        if length < 2 or at + 4 + length > len(pdu):
            raise _Stopped
        yield _Fragment(context, control, pdu[at + 6 : at + 4 + length])
        at += 4 + length


def _command(first: _Fragment) -> Request:
    """Raises where it is not a request that brings an image."""
    found, at, said = {}, 0, bytes(first.value)
    while at < len(said):
        group, element, length = _ELEMENT.unpack_from(said, at)
        if group or at + 8 + length > len(said):
            raise _NotOurs
        found[element] = said[at + 8 : at + 8 + length]
        at += 8 + length
    kind, message, data = (int.from_bytes(found[element], "little") for element in (0x0100, 0x0110, 0x0800))
    sop_class, instance = (found[element].decode("ascii").strip("\x00 ") for element in (0x0002, 0x1000))
    if kind != STORE_REQUEST or data == NO_DATA_SET or message > 0xFFFF:
        raise _NotOurs
    if not (UID.match(sop_class) and UID.match(instance)):
        raise _NotOurs
    return Request(first.context, message, sop_class, instance)


def _no_piece(begun: memoryview) -> bool:
    """Whether this is the beginning of a PDU that can't bring a piece of an image."""
    if len(begun) < HEAD_BYTES:
        return False
    kind, _, length = _PDU.unpack_from(begun)
    return bool(kind != DATA or not BORDER - HEAD_BYTES <= length <= sockets.MOST_BYTES)


def _plain(border: bytes, request: Request) -> tuple[int, bool] | None:
    """Of a PDU that is one piece of this image and nothing else: how long it is, and whether it is the last one."""
    if len(border) < BORDER:
        return None
    kind, _, length = _PDU.unpack_from(border)
    value, context, control = _FRAGMENT.unpack_from(border, HEAD_BYTES)
    if kind != DATA or not BORDER - HEAD_BYTES <= length <= sockets.MOST_BYTES or value + 4 != length:
        return None
    if context != request.context or control & COMMAND:
        return None
    return length + HEAD_BYTES - BORDER, bool(control & LAST)


class _Cargo:
    """The bytes of an image, handed on in large pieces: each time that is done, the thread waits for its turn."""

    def __init__(self, pen: Passing, hold: bytearray) -> None:
        self._pen, self._hold, self._size = pen, memoryview(hold), 0

    def room(self, size: int) -> memoryview:
        """Where so many bytes may be put."""
        if self._size + size > len(self._hold):
            self.unload()
        return self._hold[self._size : self._size + size]

    def grow(self, size: int) -> None:
        self._size += size

    def add(self, value: bytes | memoryview) -> None:
        self.room(len(value))[:] = value
        self.grow(len(value))

    def add_all(self, request: Request, fragments: list[_Fragment]) -> bool:
        """Whether that was the last of it."""
        for place, one in enumerate(fragments, 1):
            if one.control & COMMAND or one.context != request.context:
                raise _Stopped
            self.add(one.value)
            if one.control & LAST:
                if place < len(fragments):
                    raise _Stopped
                return True
        return False

    def unload(self) -> None:
        if self._size:
            self._pen.write(self._hold[: self._size])
        self._size = 0


# -- what is written


def _even(text: bytes, filling: bytes) -> bytes:
    return text + filling if len(text) % 2 else text


def _file_head(request: Request, syntax: str) -> bytes:
    """What a file has before its data set (PS3.10, 7.1), which a line does not carry."""

    def element(number: int, vr: bytes, value: bytes) -> bytes:
        return pack("<HH2sH", 0x0002, number, vr, len(value)) + value

    uids = [(0x0002, request.sop_class), (0x0003, request.instance), (0x0010, syntax), (0x0012, IMPLEMENTATION)]
    said = pack("<HH2sHL", 0x0002, 0x0001, b"OB", 0, 2) + b"\x00\x01"
    said += b"".join(element(number, b"UI", _even(uid.encode(), b"\x00")) for number, uid in uids)
    said += element(0x0013, b"SH", _even(VERSION, b" "))
    return bytes(128) + b"DICM" + element(0x0000, b"UL", pack("<L", len(said))) + said


def _answer(request: Request, status: int, comment: str) -> bytes:
    """The PDU of a C-STORE response."""

    def element(number: int, value: bytes) -> bytes:
        return _ELEMENT.pack(0, number, len(value)) + value

    said = element(0x0002, _even(request.sop_class.encode(), b"\x00"))
    said += element(0x0100, pack("<H", STORE_RESPONSE)) + element(0x0120, pack("<H", request.message))
    said += element(0x0800, pack("<H", NO_DATA_SET)) + element(0x0900, pack("<H", status))
    if comment:
        said += element(0x0902, _even(comment.encode("ascii", "replace"), b" "))
    said += element(0x1000, _even(request.instance.encode(), b"\x00"))
    said = element(0x0000, pack("<L", len(said))) + said
    return _PDU.pack(DATA, 0, len(said) + 6) + _FRAGMENT.pack(len(said) + 2, request.context, COMMAND | LAST) + said
