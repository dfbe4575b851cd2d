"""A sheet that is handed in is signed: the password once more, bound to everything that the sheet says.

The signature is found by what it means: its sentence names the reading, and a reading that was repaired is signed anew. Whatever page
shows it works the hash out of the rows once more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from django import forms
from django.db import transaction
from django.db.models import prefetch_related_objects

from reaccredit.people import actions as people
from reaccredit.people.forms import SigningPassword
from reaccredit.people.models import Person, Role, Signature
from reaccredit.people.signed import Signed, signed
from reaccredit.reviews import actions, viewing
from reaccredit.reviews.actions import Verdict
from reaccredit.reviews.models import Assignment, Round
from reaccredit.reviews.visibility import NotShown


class SignSheetForm(forms.Form):
    password = SigningPassword(
        says="Typing it again signs the sheet as it stands above.", missing="Type your password: it signs the sheet."
    )


def meaning(reading: Assignment) -> str:
    return f"Reading {reading.pk}: this is what I found in these images."


def sheet_hash(reading: Assignment) -> str:
    """SHA-256 over everything that the sheet says. Its marks and their places may have been fetched before."""
    marks = [
        [
            mark.criterion, mark.acceptable, mark.reason, sorted(mark.causes), mark.note,
            sorted([place.image_id, place.column, place.row] for place in mark.places.all()),
        ]
        for mark in reading.marks.all()
    ]  # fmt: skip
    said = {"reading": reading.pk, "area": reading.area_id, "outcome": reading.outcome, "marks": sorted(marks)}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic
def hand_in(
    *, assignment: Assignment, verdicts: Sequence[Verdict], password: str, actor: Person, now: datetime
) -> Assignment:
    """Hand in and sign, or neither. Raises what `actions.submit` raises, `WrongPassword`, and `NotShown` while images are held back."""
    if closed := viewing.sight(assignment, now).closed:
        raise NotShown(closed[0], assignment)
    held = actions.submit(assignment=assignment, verdicts=verdicts, actor=actor, now=now)
    said, digest = meaning(held), sheet_hash(held)
    people.sign(person=actor, password=password, role=Role.REVIEWER, meaning=said, sha256=digest, now=now)
    return held


def _last(readings: Iterable[Assignment]) -> dict[int, Signature]:
    """The newest signature of each sheet, in one query."""
    named = {(meaning(one), one.reviewer_id): one.pk for one in readings}
    found = Signature.objects.filter(meaning__in=[said for said, _ in named]).select_related("person")
    rows = [(named.get((row.meaning, row.person_id)), row) for row in found.order_by("signed_at", "pk")]
    return {pk: row for pk, row in rows if pk is not None}


def signed_by_reader(reading: Assignment) -> Signed | None:
    """None where a sheet was handed in before sheets were signed."""
    found = _last([reading]).get(reading.pk)
    prefetch_related_objects([reading], "marks__places")
    return signed(found, sheet_hash(reading)) if found else None


def void(round_: Round) -> frozenset[int]:
    """The sheets of a round that say something else than what was signed; a fixed number of queries."""
    handed_in = list(round_.assignments.filter(submitted_at__isnull=False).prefetch_related("marks__places"))
    last = _last(handed_in)
    return frozenset(one.pk for one in handed_in if one.pk in last and last[one.pk].sha256 != sheet_hash(one))
