"""What a reading tells the rest of the house. A re-read tells the history of the case nothing: whoever sees that
history, or counts its lines, must not learn that somebody reads once more, nor when. Their reader gets the mail that any reader gets.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from reaccredit.ledger import actions as ledger
from reaccredit.ledger.models import Case
from reaccredit.notices.actions import tell
from reaccredit.people.models import Role
from reaccredit.people.queries import code
from reaccredit.reviews.models import Assignment, Round

WAITS, SIGN_IN = "Something waits for your judgement", "Sign in to see it."


def state(round: Round, case: Case, kind: str, *, actor: str, role: Role, now: datetime, **about: Any) -> None:
    if round.counts:
        ledger.state(case=case, kind=kind, actor=actor, role=role, now=now, about=about)


def given(reading: Assignment, now: datetime) -> None:
    """The fact of a review has its reader told by a worker; where there is none, it is done here, in the same words."""
    if not reading.round.counts:
        tell(
            recipients=[(code(reading.reviewer), reading.reviewer.email)], case=None, key=f"reading:{reading.pk}", subject=WAITS,
            body=SIGN_IN, link=reverse("reviews:reading-list"), now=now,
        )  # fmt: skip
