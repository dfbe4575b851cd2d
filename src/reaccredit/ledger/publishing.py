"""Revisions that were published here, beside those that came with the program, and how every process notices a new one.

The rows are chained by hash, so the hash of the newest says which rows there are: it is asked for once a request, by one
row of an index, and only where it has changed is any text read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache

from django.db import IntegrityError, connection, transaction

from reaccredit.ledger.models import PublishedRevision
from reaccredit.policy import Malformed
from reaccredit.policy.reading import read
from reaccredit.policy.revision import Revision

NOTHING = ""  # the stamp where nothing was published here
NEWEST = "SELECT hash FROM ledger_publishedrevision ORDER BY seq DESC LIMIT 1"
_asked: ContextVar[list[str] | None] = ContextVar("asked", default=None)


class AlreadyPublished(Exception):
    """Another revision bears this date or comes into force on this day."""


@contextmanager
def asked_once() -> Iterator[None]:
    """Inside, the stamp is asked for once: what one request reads is one policy from its first line to its last."""
    token = _asked.set([])
    try:
        yield
    finally:
        _asked.reset(token)


def stamp() -> str:
    """Which revisions are published here: one cheap query, or none where this request has asked already."""
    known = _asked.get()
    if known:
        return known[0]
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        row = cursor.fetchone()
    found = str(row[0]) if row else NOTHING
    if known is not None:
        known.append(found)
    return found


def told(found: str) -> None:
    """Somebody has asked already, together with something else. What this request has gone by so far stays."""
    known = _asked.get()
    if known is not None and not known:
        known.append(found)


@lru_cache(maxsize=8)
def revisions(stamp: str) -> tuple[Revision, ...]:
    """Everything published up to this stamp. Raises `Malformed` where a text is not the one that was published."""
    if stamp == NOTHING:
        return ()
    newest = PublishedRevision.objects.values("seq").get(hash=stamp)["seq"]
    return tuple(_read(row) for row in PublishedRevision.objects.filter(seq__lte=newest).order_by("seq"))


def _read(row: PublishedRevision) -> Revision:
    if hashlib.sha256(row.text.encode()).hexdigest() != row.sha256:
        raise Malformed(f"{row}: was changed after it was published")
    return read(row.text, f"{row.revision}.toml")


def row_hash(row: PublishedRevision) -> str:
    said = [
        row.seq, row.programme, row.revision.isoformat(), row.in_force.isoformat(), row.sha256,
        hashlib.sha256(row.scenarios.encode()).hexdigest(), row.author, row.approver, row.published_at.isoformat(), row.previous,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic
def publish(*, revision: Revision, scenarios: str, author: str, approver: str, now: datetime) -> PublishedRevision:
    """Keep the bytes: from its day on they govern. Whether they may is for whoever calls to know. Raises `AlreadyPublished`."""
    last = PublishedRevision.objects.select_for_update().order_by("-seq").first()
    row = PublishedRevision(
        seq=last.seq + 1 if last else 1, programme=revision.policy, revision=revision.revision, in_force=revision.in_force,
        text=revision.text, scenarios=scenarios, sha256=revision.sha256, author=author, approver=approver,
        published_at=now.astimezone(UTC), previous=last.hash if last else "",
    )  # fmt: skip
    row.hash = row_hash(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if revision.policy and author and author != approver:
            said = f"A revision of {revision.policy} that bears this date, or comes into force on this day, was published already."
            raise AlreadyPublished(said) from error
        raise
    known = _asked.get()
    if known is not None:
        known.clear()
    return row


def first_break() -> PublishedRevision | None:
    """The first row that does not say what it said, or does not follow the one before; None where the chain is whole."""
    before = ""
    for place, row in enumerate(PublishedRevision.objects.order_by("seq"), start=1):
        changed = hashlib.sha256(row.text.encode()).hexdigest() != row.sha256 or row.hash != row_hash(row)
        if changed or row.previous != before or row.seq != place:
            return row
        before = row.hash
    return None
