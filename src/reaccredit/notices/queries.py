"""What somebody was told. Notices belong to their recipient: everything here starts from the recipient's code."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from reaccredit.notices.models import Notice


def of(code: str) -> QuerySet[Notice]:
    return Notice.objects.filter(recipient=code).select_related("case")


def listed(code: str, *, only_unread: bool = False) -> QuerySet[Notice]:
    """Newest first."""
    found = of(code).order_by("-created_at", "-pk")
    return found.filter(read_at__isnull=True) if only_unread else found


def unread(code: str) -> int:
    return Notice.objects.filter(recipient=code, read_at__isnull=True).count()


def get(code: str, pk: int) -> Notice:
    found = of(code).filter(pk=pk).first()
    if found is None:
        raise Http404("no such notice for this person")
    return found


def unsent(*, before: datetime) -> dict[int, datetime]:
    """Notices whose mail has not left, with the time at which each was made."""
    return dict(Notice.objects.filter(mailed_at__isnull=True, created_at__lte=before).values_list("pk", "created_at"))
