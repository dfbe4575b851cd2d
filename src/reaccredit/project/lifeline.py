"""A process that was started by another one ends with it, even when that one was killed and could not say goodbye.

Whoever starts the process keeps the writing end of a pipe open; the process holds the reading end. When the starter is
gone, for whatever reason, the system closes the pipe, and the process asks itself to stop, in order.
"""

from __future__ import annotations

import os
import signal
import threading

VARIABLE = "REACCREDIT_LIFELINE"


def hold() -> None:
    """Watch the pipe that the environment names; without one, nothing happens."""
    number = os.environ.get(VARIABLE, "")
    if number.isdigit():
        threading.Thread(target=_stop_at_end_of, args=(int(number),), name="lifeline", daemon=True).start()


def _stop_at_end_of(pipe: int) -> None:
    try:
        while os.read(pipe, 1):
            pass
    except OSError:  # not a pipe of ours: a variable left over from elsewhere
        return
    os.kill(os.getpid(), signal.SIGTERM)
