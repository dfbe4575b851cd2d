"""A second person approves what a report says, where the programme wants it so; whoever wrote it cannot be that person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from reaccredit.ledger import actions as ledger
from reaccredit.ledger.actions import Lost
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role
from reaccredit.reports import compiling, content
from reaccredit.reports.compiling import Draft
from reaccredit.reports.models import FinalReport, Wording
from reaccredit.reviews.models import Round

ADVERSE, ALWAYS = "adverse", "always"


SAME = "You wrote this wording yourself. A colleague has to approve it before it goes out."
CHANGED = (
    "This is not the wording that was laid before you: it was changed, here or meanwhile. Lay it before a colleague."
)


class NotApproved(Exception):
    """This person cannot approve these words; the sentence says why and what to do."""


def needed(drafts: Sequence[Draft]) -> bool:
    """Does this report wait for a second person?"""
    adverse = not all(draft.acceptable for draft in drafts)
    return settings.SECOND_PERSON == ALWAYS or (settings.SECOND_PERSON == ADVERSE and adverse)


def wording(round_: Round) -> Wording | None:
    return Wording.objects.filter(round=round_).select_related("written_by", "approved_by", "signature").first()


@transaction.atomic
def write(*, round: Round, texts: Mapping[str, str], actor: Person, now: datetime) -> Wording:
    """Lay a wording before a colleague. One that was approved, or stood until now, is replaced by it."""
    ledger.lock(round.case_file.case)
    if FinalReport.objects.filter(round=round, taken_back_at__isnull=True).exists():
        raise Lost("The final report of this review has been issued already.")
    made, _ = Wording.objects.update_or_create(
        round=round,
        defaults={
            "texts": dict(texts), "written_by": actor, "written_at": now, "approved_by": None, "approved_at": None,
            "signature": None,
        },
    )  # fmt: skip
    return made


@transaction.atomic
def approve(*, round: Round, texts: Mapping[str, str], password: str, actor: Person, now: datetime) -> Wording:
    """Approve exactly what was shown, and sign it. Raises `NotApproved`, also where it says something else by now, or `WrongPassword`."""
    ledger.lock(round.case_file.case)
    held = Wording.objects.filter(round=round).first()
    if held is None or held.texts != dict(texts):
        raise NotApproved(CHANGED)
    if held.written_by_id == actor.pk:
        raise NotApproved(SAME)
    drafts = compiling.drafts(round)
    said = {draft.area.code: texts.get(draft.area.code, draft.recommendations).strip() for draft in drafts}
    held.signature = people.sign(
        person=actor, password=password, role=Role.STAFF, meaning=content.APPROVAL,
        sha256=content.of_drafts(round, drafts, said), now=now,
    )  # fmt: skip
    held.approved_by, held.approved_at = actor, now
    held.save(update_fields=["approved_by", "approved_at", "signature"])
    return held


def missing(round_: Round, texts: Mapping[str, str]) -> str:
    """Why these words may not go out yet; "" where they may."""
    drafts = compiling.drafts(round_)
    if not needed(drafts):
        return ""
    held = wording(round_)
    said = {draft.area.code: texts.get(draft.area.code, "") for draft in drafts if not draft.acceptable}
    if held is None or held.approved_by is None or held.texts != said:
        return "A second person has to approve this wording before it goes out."
    return ""
