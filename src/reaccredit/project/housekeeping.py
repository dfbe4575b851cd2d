"""What a worker sees to beside its tasks, again and again: tasks of killed workers, facts whose work nobody took up, dates that
have come, mail that did not leave, and once a day bytes that no row names."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from types import TracebackType

from django.db import DatabaseError, connections
from django.utils import timezone

from reaccredit.documents.actions import sweep as sweep_papers
from reaccredit.imaging.actions import sweep as sweep_images
from reaccredit.ledger.actions import refresh_due, sweep_outbox
from reaccredit.ledger.files import Swept
from reaccredit.notices.actions import sweep as sweep_mail
from reaccredit.project.workers import Badge, take_back
from reaccredit.reports.sealing import sweep as sweep_reports
from reaccredit.screening.actions import sweep as sweep_contests

SECONDS_BETWEEN_ROUNDS = 20
BETWEEN_CLEANINGS = timedelta(days=1)

log = logging.getLogger(__name__)


def _swept(real: datetime) -> tuple[tuple[str, Swept], ...]:
    return (
        ("images", sweep_images(now=real)),
        ("documents", sweep_papers(now=real)),
        ("final reports", sweep_reports(now=real)),
    )


class Housekeeping:
    """Runs beside the worker for as long as the `with` block does."""

    def __init__(self, badge: Badge, seconds: float = SECONDS_BETWEEN_ROUNDS) -> None:
        self.badge = badge
        self.seconds = seconds
        self._cleaned: datetime | None = None
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
        now = timezone.now()  # noqa: TID251 - a worker reads the clock as a view does
        try:
            back = take_back(self.badge)
            again = sweep_outbox(now=now)
            refresh_due(now=now)
            sweep_mail(now=now)
            self._clean(now)
        except DatabaseError:
            log.exception("the housekeeping could not reach the database; it tries again")
            connections.close_all()
        else:
            if back or again:
                log.warning("%d interrupted tasks and %d unanswered facts are taken up again", back, again)

    def _clean(self, now: datetime) -> None:
        """Once a day: bytes that no row names, left by uploads that were cut off."""
        if self._cleaned is None or now - self._cleaned >= BETWEEN_CLEANINGS:
            self._cleaned = now
            sweep_contests(now=now)
            real = datetime.now(UTC)  # a file's age is real time, also where the demo's clock was moved on
            for what, swept in _swept(real):
                if swept.missing:
                    log.error(
                        "the store lacks %d %s that rows name: restore it from the backup", len(swept.missing), what
                    )
