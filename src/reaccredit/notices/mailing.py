"""The mail of a notice. No transaction is held while a mail server is talked to: it may take minutes."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage

from reaccredit.notices.models import Notice


def send(*, pk: int, now: datetime) -> bool:
    """True when the mail left now. It may leave twice where a worker dies right after sending, and is never left out."""
    notice = Notice.objects.select_related("case").get(pk=pk)
    if notice.mailed_at is not None:
        return False
    EmailMessage(subject=notice.subject, body=text_of(notice), to=[notice.email]).send()
    return bool(Notice.objects.filter(pk=pk, mailed_at__isnull=True).update(mailed_at=now))


def text_of(notice: Notice) -> str:
    parts = [notice.body]
    if notice.link:
        parts.append(f"{settings.SITE_ADDRESS.rstrip('/')}{notice.link}")
    if notice.case:
        parts.append(f"Case {notice.case.number}")
    return "\n\n".join(parts) + "\n"
