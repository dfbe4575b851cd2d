"""A draft of the policy that staff of the demo are writing: five days more for the option form, and what comes of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from reaccredit.ledger import queries as ledger
from reaccredit.people.models import Person
from reaccredit.workbench import actions, queries, texts

FIFTEEN, TWENTY = "P15D", "P20D"


def write(author: Person, now: datetime) -> None:
    """Begun from the revision in force, for the first day of the month after next."""
    governing = ledger.published("diagnostic").at(now)
    text = texts.dated(governing.text, _first_day(timezone.localdate(now)))
    actions.begin(
        text=text.replace(FIFTEEN, TWENTY), scenarios=queries.scenarios_of(governing),
        begun_from=f"{governing.policy} {governing.revision}", actor=author, now=now - timedelta(days=1),
    )  # fmt: skip


def _first_day(today: date) -> date:
    later = today.replace(day=1) + timedelta(days=63)
    return later.replace(day=1)
