"""Images that several associations bring at the same moment are taken in one go: one transaction for all, and one flush of it.
Each is answered by itself, and not before it is safe.

No thread of ours takes them: whoever's turn it is takes along those that wait, and who waited finds his own done. All take turns
on one connection to the database, since the library ends the thread of an association without a word.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from reaccredit.imaging.actions import Arrived
from reaccredit.imaging.header import Unreadable
from reaccredit.imaging.unpacking import Label, Part
from reaccredit.intake import actions, telling
from reaccredit.ledger.files import Readable

MOST = 10
T = TypeVar("T")
Status = tuple[int, str]
Content = Path | Arrived | Unreadable  # a file of the library's, one that has been read already, or why it can't be


@dataclass(eq=False)
class _Waiting:
    welcome: actions.Welcome
    content: Content
    answer: Status | BaseException | None = None


class Gatherer:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self._ahead: deque[_Waiting] = deque()
        self._turn = threading.Lock()
        self._connection: BaseDatabaseWrapper | None = None

    def ask(self, question: Callable[[], T]) -> T:
        """Something else that is asked of the database by the thread of an association."""
        with self._desk():
            return _patiently(question)

    def take(self, welcome: actions.Welcome, content: Content) -> Status:
        """Waits until the image is at rest, or is refused. Raises what `actions.take` raises."""
        if isinstance(content, Arrived):
            content.draft.flush()  # here, where nobody else waits for it
        waiting = _Waiting(welcome, content)
        self._ahead.append(waiting)
        with self._desk():
            if waiting.answer is None:
                self._take(self._together(waiting))
        if waiting.answer is None or isinstance(waiting.answer, BaseException):
            raise waiting.answer or RuntimeError("nobody's turn")
        return waiting.answer

    def stop(self) -> None:
        with self._turn:
            if self._connection is not None:
                self._connection.close()

    @contextmanager
    def _desk(self) -> Iterator[None]:
        with self._turn:
            if self._connection is None:
                self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
                self._connection.inc_thread_sharing()
            connections[DEFAULT_DB_ALIAS] = self._connection
            try:
                yield
            finally:
                del connections[DEFAULT_DB_ALIAS]

    def _together(self, mine: _Waiting) -> list[_Waiting]:
        """What waits at this moment at the same door."""
        others = [one for one in list(self._ahead) if one.welcome.door.pk == mine.welcome.door.pk and one is not mine]
        found = [mine, *others[: MOST - 1]]
        for one in found:
            self._ahead.remove(one)
        return found

    def _take(self, together: Sequence[_Waiting]) -> None:
        try:
            answers = _patiently(lambda: self._answers(together))
        except BaseException as error:
            for one in together:
                one.answer = error
            return
        for one, answer in zip(together, answers, strict=True):
            one.answer = answer

    def _answers(self, together: Sequence[_Waiting]) -> list[Status]:
        with ExitStack() as files:
            parts = [
                Part(Label(place, f"image {place}", ""), _opened(one.content, files))
                for place, one in enumerate(together, 1)
            ]
            received = actions.take(welcome=together[0].welcome, parts=parts, now=self.clock())
        told = {one.label.ordinal: one for one in [*received.refused, *received.skipped]}
        return [telling.status(told.get(place)) for place in range(1, len(together) + 1)]


def _patiently(question: Callable[[], T]) -> T:
    """The connection is kept from one question to the next; one that was lost meanwhile is made anew."""
    try:
        return question()
    except (OperationalError, InterfaceError):
        connections.close_all()
        return question()


def _opened(content: Content, files: ExitStack) -> Readable | Arrived | Unreadable:
    return files.enter_context(content.open("rb")) if isinstance(content, Path) else content
