"""Who takes the next association: several processes of one machine listen on one socket, and whoever has less to do is quicker.

Left to the system, which deals associations out by lot, one of two processes gets three or four of four more often than not.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from socketserver import BaseServer
from typing import Any

from pynetdicom.transport import ThreadedAssociationServer

WAITING = 128  # associations that nobody has taken yet
HOLD_BACK = 0.01  # seconds, for each association that one has already
SETTLING = 0.5  # seconds until an association that was taken is seen among those that are open


def listen(host: str, port: int) -> socket.socket:
    """Raises `OSError` where the port is taken, or not for us to take."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(WAITING)
    except OSError:
        made.close()
        raise
    return made


class Server(ThreadedAssociationServer):
    daemon_threads = True
    request_queue_size = WAITING

    def __init__(self, *args: Any, listening: socket.socket | None, **more: Any) -> None:
        self._shared = listening
        self._taken: deque[float] = deque()
        super().__init__(*args, **more)

    def server_bind(self) -> None:
        if self._shared is None:
            super().server_bind()
            return
        if self.socket is not None:
            self.socket.close()
        self.socket = self._shared
        self.socket.setblocking(False)  # somebody else may have been quicker
        self.server_address = self.socket.getsockname()

    def server_activate(self) -> None:
        if self._shared is None:
            super().server_activate()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        if self._shared is None:
            return super().get_request()
        now = time.monotonic()
        while self._taken and now - self._taken[0] > SETTLING:
            self._taken.popleft()
        time.sleep(HOLD_BACK * max(len(self._taken), len(self.active_associations)))
        found = super().get_request()
        self._taken.append(time.monotonic())
        return found

    def service_actions(self) -> None:
        """The library looks through all of Python's memory here, again and again, while everybody waits. Python does so itself."""

    def server_close(self) -> None:
        if self._shared is None:
            super().server_close()
        else:
            self._shared.close()  # and no more than that: the others listen still

    def shutdown(self) -> None:
        BaseServer.shutdown(self)
        self.server_close()
