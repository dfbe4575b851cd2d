"""Images that several associations bring at the same moment are taken in one go: one flush of the disk and one transaction for all.
Each is answered by itself, and not before it is safe.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import InterfaceError, OperationalError, connections

from reaccredit.imaging.unpacking import Label, Part
from reaccredit.intake import actions, telling

MOST = 10
Status = tuple[int, str]


@dataclass(frozen=True)
class _Waiting:
    welcome: actions.Welcome
    path: Path
    answer: Future[Status] = field(default_factory=Future)


class Gatherer:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self._ahead: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="gatherer", daemon=True)
        self._thread.start()

    def take(self, welcome: actions.Welcome, path: Path) -> Status:
        """Waits until the image is at rest, or is refused. Raises what `actions.take` raises."""
        waiting = _Waiting(welcome, path)
        self._ahead.put(waiting)
        return waiting.answer.result()

    def stop(self) -> None:
        """What waits is still taken."""
        self._ahead.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            while together := self._next():
                for door in {one.welcome.door.pk for one in together}:
                    self._take([one for one in together if one.welcome.door.pk == door])
        finally:
            connections.close_all()

    def _next(self) -> list[_Waiting]:
        """What waits at this moment, and at least one; nothing when it is over."""
        found = []
        try:
            one = self._ahead.get()
            while one is not None:
                found.append(one)
                if len(found) == MOST:
                    break
                one = self._ahead.get_nowait()
            else:
                if found:
                    self._ahead.put(None)  # once more, after these
        except queue.Empty:
            pass
        return found

    def _take(self, together: Sequence[_Waiting]) -> None:
        try:
            answers = self._patiently(together)
        except BaseException as error:
            for one in together:
                one.answer.set_exception(error)
            return
        for one, answer in zip(together, answers, strict=True):
            one.answer.set_result(answer)

    def _patiently(self, together: Sequence[_Waiting]) -> list[Status]:
        """The connection is kept from one handful to the next; one that was lost meanwhile is made anew."""
        try:
            return self._answers(together)
        except (OperationalError, InterfaceError):
            connections.close_all()
            return self._answers(together)

    def _answers(self, together: Sequence[_Waiting]) -> list[Status]:
        with ExitStack() as files:
            parts = [
                Part(Label(place, f"image {place}", ""), files.enter_context(one.path.open("rb")))
                for place, one in enumerate(together, 1)
            ]
            received = actions.take(welcome=together[0].welcome, parts=parts, now=self.clock())
        told = {one.label.ordinal: one for one in [*received.refused, *received.skipped]}
        return [telling.status(told.get(place)) for place in range(1, len(together) + 1)]
