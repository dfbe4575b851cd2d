"""Closes what the DICOM library leaves open: a socket whose other end has gone first."""

from __future__ import annotations

import contextlib
import socket

from pynetdicom.transport import AssociationSocket


def _shut(self: AssociationSocket) -> None:
    if self.socket is not None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def make_sure() -> None:
    """For every association of this process."""
    AssociationSocket._shutdown_socket = _shut  # type: ignore[method-assign]
