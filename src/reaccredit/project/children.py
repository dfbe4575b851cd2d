"""Processes that belong together: they start together, and none of them outlives the others or whoever started them."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import TracebackType

from reaccredit.project import lifeline

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECONDS_TO_STOP = 10
SECONDS_BETWEEN_LOOKS = 0.1


class Died(Exception):
    """A process that should run does not."""


class Children:
    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._theirs, self._ours = os.pipe()

    def __enter__(self) -> Children:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # A second Ctrl-C must not interrupt the stopping.
        before = {number: signal.signal(number, signal.SIG_IGN) for number in STOP_SIGNALS}
        self.stop()
        for number, handler in before.items():
            signal.signal(number, handler)

    def start(self, name: str, *words: str, handles: Sequence[int] = ()) -> None:
        """Run `reaccredit WORDS` in a session of its own: the terminal's Ctrl-C reaches us alone, and we stop it. It is given
        these open files of ours.
        """
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", "reaccredit", *words],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=[self._theirs, *handles],
            env={**os.environ, lifeline.VARIABLE: str(self._theirs)},
        )

    def wait_until_answered(self, port: int, path: str, *, seconds: float) -> None:
        limit = time.monotonic() + seconds
        while not answers(port, path):
            self.look()
            if time.monotonic() > limit:
                raise Died(f"The web server does not answer after {seconds:.0f} seconds.")
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def wait(self) -> None:
        while True:
            self.look()
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def look(self) -> None:
        for name, process in self.running.items():
            if (code := process.poll()) is not None:
                raise Died(f"The {name} stopped by itself (exit code {code}); the lines above say why.")

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        limit = time.monotonic() + SECONDS_TO_STOP
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.0, limit - time.monotonic()))
            # The whole session: a process that hangs, and what it may have started itself.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.close(self._theirs)
        os.close(self._ours)


def answers(port: int, path: str) -> bool:
    """Whether the server on this machine answers with anything but a failure of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
