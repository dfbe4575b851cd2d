"""Which workers live, and what becomes of the work of those that do not.

A worker that is killed leaves its task marked as running for ever. No clock can tell such a task from a long one, so a
worker wears a badge: a file that it holds locked. However the process ends, the system takes the lock back.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

# A task that has ended this many workers will end the next one too.
MOST_STARTS = 5


class WorkersKilled(Exception):
    """Every worker that took up the task was killed while doing it."""


class Badge:
    """Held in a `with` block for as long as the worker works. Its name before the last dash is the machine."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name

    def __enter__(self) -> Badge:
        self.folder.mkdir(parents=True, exist_ok=True)
        # Locked before it has its name: no badge is ever seen that is not worn yet.
        unnamed = self.folder / f".{self.name}"
        self._file = os.open(unnamed, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        unnamed.rename(self.folder / self.name)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        (self.folder / self.name).unlink(missing_ok=True)
        os.close(self._file)

    @property
    def machine(self) -> str:
        return self.name.rpartition("-")[0]

    def is_worn(self, name: str) -> bool:
        """Whether a worker of that name lives on this machine."""
        try:
            file = os.open(self.folder / name, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(file)
        (self.folder / name).unlink(missing_ok=True)
        return False


def take_back(badge: Badge) -> int:
    """Make ready again what dead workers of this machine were doing; how many that is. Others see to their own."""
    begun = list(DBTaskResult.objects.running())
    # Looked at after the tasks: who had begun one of them was wearing a badge already.
    worn = {path.name for path in badge.folder.glob("[!.]*") if badge.is_worn(path.name)}
    back = 0
    for task in begun:
        worker = task.worker_ids[-1]
        if worker.rpartition("-")[0] != badge.machine or worker in worn:
            continue
        if len(task.worker_ids) >= MOST_STARTS:
            task.set_failed(WorkersKilled(f"{MOST_STARTS} workers were killed while doing this task"))
            continue
        same_start = DBTaskResult.objects.running().filter(pk=task.pk, started_at=task.started_at)
        back += same_start.update(status=TaskResultStatus.READY, started_at=None)
    return back
