"""A sheet that was handed in goes back to its reader, with a reason; whatever it said stays on file and on the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from reaccredit.ledger import actions as ledger
from reaccredit.ledger.actions import Lost
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code
from reaccredit.reviews import telling
from reaccredit.reviews.models import THIRD, Assignment, Mark, Returned, Round
from reaccredit.reviews.pointing import SUFFIX, Spot, written


def why_not(reading: Assignment) -> str:
    """Why this sheet cannot go back any more; "" where it can."""
    if reading.submitted_at is None:
        return "This reading is not handed in."
    if reading.round.superseded:
        return "The package was returned to the facility meanwhile, so these images are not judged any more."
    if reading.round.completed_at is not None:
        return "The reviews are completed, and the report goes by them."
    third = Assignment.objects.filter(round=reading.round_id, area=reading.area_id, position=THIRD)
    if reading.position != THIRD and third.exists():
        return "A third reader has been asked because of this sheet, and may have seen it."
    return ""


@transaction.atomic
def send_back(*, reading: Assignment, reason: str, actor: Person, now: datetime) -> Returned:
    """To be repaired by its own reader, who finds it as it was. Raises `Lost` where it is too late for that."""
    case = ledger.lock(reading.round.case_file.case)
    Round.objects.select_for_update().get(pk=reading.round_id)
    held = Assignment.objects.select_for_update().select_related("round__package", "area").get(pk=reading.pk)
    if said := why_not(held):
        raise Lost(said)
    assert held.submitted_at is not None  # or `why_not` had said so
    sheet = _typed(held)
    kept = Returned.objects.create(
        round=held.round, area=held.area, reviewer_id=held.reviewer_id, reading=held.pk, outcome=str(held.outcome),
        sheet=sheet, submitted_at=held.submitted_at, reason=reason, at=now, by=actor,
    )  # fmt: skip
    held.marks.all().delete()
    held.submitted_at, held.outcome, held.draft, held.saved_at = None, None, sheet, now
    held.save(update_fields=["submitted_at", "outcome", "draft", "saved_at"])
    telling.state(held.round, case, "review.returned", actor=code(actor), role=Role.STAFF, now=now, area=held.area.code)
    return kept


def _typed(reading: Assignment) -> dict[str, Any]:
    """The marks as the fields of the form that made them."""
    found: dict[str, Any] = {}
    for mark in reading.marks.prefetch_related("places"):
        found |= _fields(mark)
    return found


def _fields(mark: Mark) -> Mapping[str, Any]:
    places = [Spot(p.image_id, p.column, p.row) for p in mark.places.all()]
    return {
        f"{mark.criterion}-verdict": "yes" if mark.acceptable else "no",
        f"{mark.criterion}-reason": mark.reason,
        f"{mark.criterion}-causes": mark.causes,
        f"{mark.criterion}-note": mark.note,
        f"{mark.criterion}{SUFFIX}": written(places),
    }


def last(reading: Assignment) -> Returned | None:
    return Returned.objects.filter(reading=reading.pk, reviewer=reading.reviewer_id).last()
