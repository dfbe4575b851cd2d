"""A word before a deadline, to whoever has the turn. Run once an hour or once a day: nobody is reminded twice of one date."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from reaccredit.applications.models import CaseFile
from reaccredit.desks.links import page_for
from reaccredit.desks.recipients import people_of
from reaccredit.ledger import queries as ledger
from reaccredit.ledger.actions import refresh_due
from reaccredit.ledger.models import Deadline
from reaccredit.notices.actions import remind_row
from reaccredit.policy.counting import through


def remind(*, now: datetime, days: int) -> int:
    """Remind of every turn that ends within `days`. How many deadlines that were."""
    refresh_due(now=now)
    rows = list(ledger.soon_due(now, now + timedelta(days=days)))
    files = {
        f.case_id: f
        for f in CaseFile.objects.select_related("case", "facility").filter(case__in=[r.case_id for r in rows])
    }
    return sum(_remind(row, files[row.case_id], now) for row in rows if row.case_id in files)


@transaction.atomic
def _remind(row: Deadline, file: CaseFile, now: datetime) -> bool:
    people = people_of(row.holder, file, timezone.localdate(now))
    decision = ledger.decision(file.case, now)
    if not people or not row.due_at or decision.standing.stage != row.stage:
        return False
    remind_row(
        recipients=people, case=file.case, subject=decision.stage_title,
        due=through(row.due_at, ledger.policy_for(file.case.programme).zone),
        key=f"{row.stage}:{row.due_at.isoformat()}", link=page_for(row.holder, file), now=now,
    )  # fmt: skip
    row.reminded_at = now
    row.save(update_fields=["reminded_at"])
    return True
