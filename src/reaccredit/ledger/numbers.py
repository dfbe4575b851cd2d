"""Numbers for people: CT-000123, INV-000042. Taken in the transaction that uses them; a gap means nothing."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from reaccredit.ledger.models import Counter


@transaction.atomic
def next_number(prefix: str) -> str:
    """The row stays locked until the caller's transaction ends, so no two callers get the same number."""
    Counter.objects.get_or_create(prefix=prefix)
    Counter.objects.filter(prefix=prefix).update(last=F("last") + 1)
    return f"{prefix}-{Counter.objects.get(prefix=prefix).last:06d}"
