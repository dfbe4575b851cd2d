"""Numbers for people: CT-000123, INV-000042. Taken in the transaction that uses them; a gap means nothing."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db import transaction
from django.db.models import F, Q

from reaccredit.ledger.models import Counter


@transaction.atomic
def next_number(prefix: str) -> str:
    """The row stays locked until the caller's transaction ends, so no two callers get the same number."""
    Counter.objects.get_or_create(prefix=prefix)
    Counter.objects.filter(prefix=prefix).update(last=F("last") + 1)
    return f"{prefix}-{Counter.objects.get(prefix=prefix).last:06d}"


WHOLE = re.compile(r"[A-Z]+-0[0-9]{5}")  # seven digits, and so something after it, only where the first is no zero


def holding(word: str, prefixes: Collection[str] | None = None) -> Q | None:
    """Those whose number holds this word; None where no number with one of these prefixes can: then none is looked through."""
    upper = word.upper()
    if WHOLE.fullmatch(upper):
        return Q(number=upper)
    begins = upper.rstrip("0123456789")
    if prefixes is None or any(begins in f"{prefix.upper()}-" for prefix in prefixes):
        return Q(number__icontains=word)
    return None
