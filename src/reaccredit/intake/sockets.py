"""Two things that the DICOM library does for an association's socket, done otherwise: it leaves a socket open whose other end has
gone first, and it reads 4 KiB at a time, giving up the interpreter at each: some 130 times for one image.
"""

from __future__ import annotations

import contextlib
import socket

from pynetdicom.transport import AssociationSocket

MOST_BYTES = 1024 * 1024  # of a PDU: eight times what is agreed for images, and far more than any other needs


def _shut(self: AssociationSocket) -> None:
    if self.socket is not None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def _received(self: AssociationSocket, nr_bytes: int) -> bytearray:
    """So many bytes, or what came before the other end went. A PDU that claims to be longer than was agreed is none: `OSError`."""
    assert self.socket is not None
    if nr_bytes > MOST_BYTES:
        raise OSError("a PDU that is longer than was agreed")
    found, came = bytearray(nr_bytes), 0
    with memoryview(found) as room:
        while came < nr_bytes and (more := self.socket.recv_into(room[came:])):
            came += more
    del found[came:]
    return found


def make_sure() -> None:
    """For every association of this process."""
    AssociationSocket._shutdown_socket = _shut  # type: ignore[method-assign]
    AssociationSocket.recv = _received  # type: ignore[method-assign]
