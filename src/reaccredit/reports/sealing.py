"""The paper that goes out is made once, signed with the programme's key and kept by its hash; a download gives these bytes.

Where the programme has no key nothing is kept: the paper is unsigned, and printing it again gives the same bytes.
"""

from __future__ import annotations

import importlib
import io
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from reaccredit.ledger.files import Store, Swept
from reaccredit.reports import pdf
from reaccredit.reports.models import FinalReport, Seal

if TYPE_CHECKING:
    from reaccredit.documents.signing import Key

STORE = Store("reports")
LIMIT = 64 * 1024 * 1024
ORPHAN_AGE = timedelta(days=1)
REASONS = {Seal.Kind.ISSUED: "Final report issued", Seal.Kind.VOID: "Final report taken back: this copy is marked void"}


class NotSealed(Exception):
    """The paper could not be signed; the sentence is for staff."""


def _signing() -> Any:
    """Loaded where it is needed: it takes most of a second, and many houses have no key."""
    return importlib.import_module("reaccredit.documents.signing")


@lru_cache(maxsize=4)
def _opened(path: str, password: str) -> Key:
    return _signing().load(settings.SIGNING_KEY, password)


def key() -> Key | None:
    """The programme's key; None where it has none. Raises `NotSealed` where there should be one."""
    if settings.SIGNING_KEY is None:
        return None
    try:
        return _opened(str(settings.SIGNING_KEY), settings.SIGNING_PASSWORD)
    except _signing().BadKey as no:
        raise NotSealed(f"The report cannot be signed. {no} Ask who runs this site; nothing was issued.") from None


def seal(report: FinalReport, *, kind: str = Seal.Kind.ISSUED, now: datetime) -> Seal | None:
    """Print, sign and keep. None where the programme has no key. Raises `NotSealed`."""
    held = key()
    if held is None:
        return None
    try:
        signed = _signing().sign(pdf.pdf(report), held, at=now, reason=REASONS[Seal.Kind(kind)])
    except _signing().BadKey as no:
        raise NotSealed(f"The report cannot be signed. {no}") from None
    kept = STORE.put(io.BytesIO(signed), limit=LIMIT)
    return Seal.objects.create(
        report=report,
        kind=kind,
        sha256=kept.sha256,
        signed_by=held.name,
        certificate=held.fingerprint,
        sealed_at=now,
    )


def paper(report: FinalReport, *, as_issued: bool = False) -> bytes:
    """What the download gives: the newest sealed paper, or an unsigned one. Raises `ledger.files.Missing`.

    One that was issued without a key, and taken back with one, is void in its newest paper; what was issued is the one before.
    """
    seals = report.seals.filter(kind=Seal.Kind.ISSUED) if as_issued else report.seals.all()
    found = seals.order_by("-sealed_at", "-id").first()
    void = report.taken_back_at is not None and not as_issued
    if found is None or (void and found.kind != Seal.Kind.VOID):
        return pdf.pdf(report)
    return _bytes(found)


def holds(seal: Seal) -> bool:
    """Does the paper that is kept still have the bytes that were signed? Not where it was altered, nor where it is gone."""
    return STORE.stands(seal.sha256) == seal.sha256


def _bytes(seal: Seal) -> bytes:
    with STORE.open(seal.sha256) as file:
        return file.read()


def sweep(*, now: datetime) -> Swept:
    """Remove papers whose transaction was undone; tell which rows lack their paper."""
    named = frozenset(Seal.objects.values_list("sha256", flat=True))
    return STORE.sweep(lambda digests: named & digests, named=named, before=now - ORPHAN_AGE)
