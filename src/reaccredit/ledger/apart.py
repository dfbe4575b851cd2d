"""Work on a stranger's bytes in a process of its own: a decoder that crashes, loops or eats memory takes only itself
down.

The child knows no secret: it gets none of the server's environment but what Python needs to start.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys

MEMORY = 3 * 1024**3
SECONDS = 20  # of computing; the parent waits a little longer by the clock
PATIENCE = 40
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "TMPDIR", "VIRTUAL_ENV")


class Failed(Exception):
    """The child gave no answer. `slow`: it ran out of time, which a busy machine may have caused."""

    def __init__(self, *, slow: bool) -> None:
        super().__init__("out of time" if slow else "no answer")
        self.slow = slow


def run(module: str, *arguments: str, times: int = 1) -> bytes:
    """What `python -m module arguments` writes. Raises `Failed`; the child's complaints go nowhere, since they may
    quote what it reads. `times` as patient as usual, where much has to be read.
    """
    command = [sys.executable, "-P", "-m", module, *arguments]
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE * times,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        raise Failed(slow=True) from None
    if done.returncode != 0:
        raise Failed(slow=done.returncode == -24)  # SIGXCPU
    return done.stdout


def limit_self(*, times: int = 1) -> None:
    """Called first by the child."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS * times, SECONDS * times + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):  # elsewhere the limit counts shared libraries, or is not there
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
