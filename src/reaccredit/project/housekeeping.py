"""What a worker sees to beside its tasks, again and again: tasks of killed workers, and facts whose work nobody took up."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

from django.db import DatabaseError, connections
from django.utils import timezone

from reaccredit.ledger.actions import sweep_outbox
from reaccredit.project.workers import Badge, take_back

SECONDS_BETWEEN_ROUNDS = 20

log = logging.getLogger(__name__)


class Housekeeping:
    """Runs beside the worker for as long as the `with` block does."""

    def __init__(self, badge: Badge, seconds: float = SECONDS_BETWEEN_ROUNDS) -> None:
        self.badge = badge
        self.seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def __enter__(self) -> Housekeeping:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        try:
            while not self._over.wait(self.seconds):
                self.round()
        finally:
            connections.close_all()

    def round(self) -> None:
        """One round. A database that is away for a while ends no worker."""
        try:
            back = take_back(self.badge)
            again = sweep_outbox(now=timezone.now())  # noqa: TID251 - a worker reads the clock as a view does
        except DatabaseError:
            log.exception("the housekeeping could not reach the database; it tries again")
            connections.close_all()
        else:
            if back or again:
                log.warning("%d interrupted tasks and %d unanswered facts are taken up again", back, again)
