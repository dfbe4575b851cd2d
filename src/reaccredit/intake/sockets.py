"""Two things that the DICOM library does for an association's socket, done otherwise: it leaves a socket open whose other end has
gone first, and it reads 4 KiB at a time, giving up the interpreter at each: some 130 times for one image.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
from collections.abc import Callable
from struct import pack

from pynetdicom.transport import AssociationSocket

MOST_BYTES = 1024 * 1024  # of a PDU: eight times what is agreed for images, and far more than any other needs


def _shut(self: AssociationSocket) -> None:
    if self.socket is not None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def glance(line: AssociationSocket, seconds: float) -> None:
    """From now on the system waits for no more than this time before `fill` may think again."""
    if line.socket is not None and not isinstance(line.socket, ssl.SSLSocket):
        whole = int(seconds)
        line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, pack("ll", whole, int((seconds - whole) * 1e6)))


def fill(line: AssociationSocket, room: memoryview, go_on: Callable[[int], bool] = lambda came: True) -> int:
    """How many bytes came, which are fewer than there is room for only where the other end has gone, or `go_on`, which is asked when
    nothing has come for a while, had enough. The system is asked to wait for all of them: as often as Python is woken for a part,
    it waits for its turn.
    """
    if line.socket is None:
        raise OSError("a line that is closed")
    flags = 0 if isinstance(line.socket, ssl.SSLSocket) else socket.MSG_WAITALL
    came = 0
    while came < len(room):
        try:
            more = line.socket.recv_into(room[came:], 0, flags)
        except BlockingIOError:
            if go_on(came):
                continue
            break
        if not more:
            break
        came += more
    return came


def readable(line: AssociationSocket, seconds: float) -> bool:
    """Whether something comes within this time; the end of the line is something, too."""
    if line.socket is None:
        return False
    if isinstance(line.socket, ssl.SSLSocket) and line.socket.pending():
        return True
    asked = select.poll()
    asked.register(line.socket, select.POLLIN)
    return bool(asked.poll(seconds * 1000))


def _received(self: AssociationSocket, nr_bytes: int) -> bytearray:
    """So many bytes, or what came before the other end went. A PDU that claims to be longer than was agreed is none: `OSError`."""
    if nr_bytes > MOST_BYTES:
        raise OSError("a PDU that is longer than was agreed")
    found = bytearray(nr_bytes)
    with memoryview(found) as room:
        came = fill(self, room)
    del found[came:]
    return found


def make_sure() -> None:
    """For every association of this process."""
    AssociationSocket._shutdown_socket = _shut  # type: ignore[method-assign]
    AssociationSocket.recv = _received  # type: ignore[method-assign]
