"""People are told things here and nowhere else: a row for the list in the site, and the mail that goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from reaccredit.ledger.models import Case
from reaccredit.notices import queries
from reaccredit.notices.models import Notice
from reaccredit.notices.tasks import attempts, enqueue_mail

PATIENCE = timedelta(minutes=10)  # mail that has not left by then is asked for again
MOST_DOUBLINGS = 7  # a server that refuses every time is asked about once a day in the end


def tell(
    *,
    recipients: Iterable[tuple[str, str]],
    case: Case | None,
    key: str,
    subject: str,
    body: str,
    link: str,
    now: datetime,
) -> list[Notice]:
    """Tell each (code, address) once: whoever was told under this key is not told again, however often this is called.

    The words go out by mail: they name the case by its number, and no patient. `link` is a path of this site.
    """
    made = []
    for code, address in dict(recipients).items():
        with transaction.atomic():
            notice, new = Notice.objects.get_or_create(
                key=f"{key}:{code}",
                defaults={
                    "recipient": code, "email": address, "case": case, "subject": _one_line(subject), "body": body.strip(),
                    "link": link, "created_at": now,
                },
            )  # fmt: skip
            if new:
                made.append(notice)
                enqueue_mail(notice.pk)
    return made


def remind_row(
    *, recipients: Iterable[tuple[str, str]], case: Case, subject: str, due: str, key: str, link: str, now: datetime
) -> list[Notice]:
    """One reminder of one deadline: `subject` says what is due, `due` when, in words. A new due date has another key."""
    return tell(
        recipients=recipients, case=case, key=f"reminder:{case.pk}:{key}", subject=f"Reminder: {subject}, case {case.number}",
        body=f"In case {case.number} this is due {due}: {subject}.", link=link, now=now,
    )  # fmt: skip


def _one_line(text: str) -> str:
    """A line break in a subject would begin another header of the mail."""
    return " ".join(text.split())[:160]


def sweep(*, now: datetime) -> int:
    """Ask again for mail that should have left: a mail server may be down for hours. How many that were.

    After each failure the next attempt waits twice as long.
    """
    late = queries.unsent(before=now - PATIENCE)
    again = [
        pk
        for pk, (failures, waiting) in attempts(late).items()
        if not waiting and now - late[pk] >= PATIENCE * 2 ** min(failures, MOST_DOUBLINGS)
    ]
    for pk in sorted(again):
        enqueue_mail(pk)
    return len(again)


@transaction.atomic
def mark_read(*, code: str, pks: Iterable[int], now: datetime) -> int:
    """Only the recipient's own; whatever else is named is left alone."""
    return queries.of(code).filter(pk__in=list(pks), read_at__isnull=True).update(read_at=now)


@transaction.atomic
def mark_unread(*, code: str, pks: Iterable[int]) -> int:
    return queries.of(code).filter(pk__in=list(pks), read_at__isnull=False).update(read_at=None)


@transaction.atomic
def mark_all_read(*, code: str, now: datetime) -> int:
    return queries.of(code).filter(read_at__isnull=True).update(read_at=now)
