"""Open a bag for images, announce what will come, let images go, sweep up. Taking them in is `receiving`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from reaccredit.imaging.models import Collection, Instance, MaskedCopy, Sending, Series
from reaccredit.imaging.receiving import FILE_BYTES, Arrived, Received, Refused, look, receive, receive_parts
from reaccredit.imaging.storage import STORE
from reaccredit.ledger.files import Swept

__all__ = [
    "FILE_BYTES", "ORPHAN_AGE", "STORE", "Arrived", "Received", "Refused", "announce", "discard", "discard_series", "ended",
    "look", "open_collection", "receive", "receive_parts", "sweep",
]  # fmt: skip

ORPHAN_AGE = timedelta(days=1)


def open_collection(*, purpose: str, now: datetime) -> Collection:
    return Collection.objects.create(purpose=purpose, created_at=now)


@transaction.atomic
def announce(*, collection: Collection, files: int, size: int, actor: str, now: datetime) -> Sending:
    """Somebody begins to send so many files. Who begins anew, or goes on after a break, replaces what was announced before."""
    collection.sendings.filter(ended_at__isnull=True).delete()
    return Sending.objects.create(
        collection=collection, key=uuid.uuid4(), files=files, size=size, begun_at=now, begun_by=actor
    )


@transaction.atomic
def ended(*, collection: Collection, key: uuid.UUID, now: datetime) -> bool:
    """Every file that was announced has been sent, and answered."""
    return bool(collection.sendings.filter(key=key, ended_at__isnull=True).update(ended_at=now))


@transaction.atomic
def discard(*, instance: Instance) -> None:
    """Let go of one image; its bytes go with the next sweep. Whether it may be let go is the caller's question, and the
    caller's fact to state.
    """
    series = instance.series
    instance.delete()
    if not series.instances.exists():
        series.delete()


@transaction.atomic
def discard_series(*, series: Series) -> int:
    """Let go of a whole series. Returns how many images it had."""
    count, _ = series.instances.all().delete()
    series.delete()
    return count


def sweep(*, now: datetime) -> Swept:
    """Remove drafts and files without a row that are older than a day; tell which rows lack their file."""
    named = frozenset(digest for rows in _digests() for digest in rows)
    return STORE.sweep(_still_named, named=named, before=now - ORPHAN_AGE)


def _digests() -> tuple[Iterable[str], ...]:
    """What came, and what was made of it for readers."""
    return tuple(
        model.objects.order_by().values_list("sha256", flat=True).distinct().iterator()
        for model in (Instance, MaskedCopy)
    )


def _still_named(digests: Iterable[str]) -> set[str]:
    wanted = set(digests)
    return {digest for rows in _digests() for digest in rows if digest in wanted}
