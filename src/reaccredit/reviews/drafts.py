"""What is typed on a score sheet before it is handed in: kept with its history, whichever tab it came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.http import QueryDict

from reaccredit.ledger.actions import Lost
from reaccredit.people.models import Person
from reaccredit.people.requests import storable
from reaccredit.reviews.models import Assignment, Draft, HandedBack

Typed = Mapping[str, Any]
ONE_SAVING = timedelta(minutes=1)  # what saves itself several times a minute is one line of the history
OFTEN = frozenset({Draft.How.BY_ITSELF, Draft.How.OTHER_TAB})
MOST = 300  # lines of one history; the oldest that saved themselves go first
PARTS = ("-verdict", "-reason", "-causes", "-note", "-places")
FIELDS, LONG = 600, 8000


def said(typed: Typed) -> dict[str, Any]:
    """Without what is empty: a field that was not filled in says nothing."""
    return {name: value for name, value in typed.items() if value not in ("", [], None)}


def token(typed: Typed) -> str:
    """By which a tab says over what it is typing."""
    return hashlib.sha256(json.dumps(said(typed), sort_keys=True).encode()).hexdigest()[:16]


def words_of(posted: QueryDict) -> dict[str, Any]:
    """The answers in a form of which nothing else is known."""
    names = [name for name in posted if name.endswith(PARTS) or "-value-" in name][:FIELDS]
    found = {
        name[:100]: [one[:LONG] for one in posted.getlist(name)] if name.endswith("-causes") else posted[name][:LONG]
        for name in names
    }
    return said(dict(storable(found)))


def _typed_in(reading: Assignment) -> QuerySet[Draft]:
    """What its present reader typed, also when the same area of the same package was theirs before."""
    before = HandedBack.objects.filter(round=reading.round_id, area=reading.area_id, reviewer=reading.reviewer_id)
    of_it = Q(reading=reading.pk) | Q(reading__in=before.values("reading"))
    return Draft.objects.filter(of_it, person=reading.reviewer_id)


def history(reading: Assignment) -> list[Draft]:
    """The newest first."""
    return list(_typed_in(reading))


def begun(reading: Assignment) -> datetime | None:
    """When its present reader typed something for the first time."""
    return _typed_in(reading).aggregate(first=Min("at"))["first"]


@transaction.atomic
def save(
    *, assignment: Assignment, typed: Typed, now: datetime, seen: str | None = None, how: str = Draft.How.SAVED
) -> bool:
    """Keep what was typed, complete or not. False where another tab has saved since this one looked (`seen` is its token):
    then it is kept in the history, and what stands is left as it is. Raises `Lost` where the reading is not open."""  # fmt: skip
    held = Assignment.objects.select_for_update().filter(pk=assignment.pk, submitted_at__isnull=True).first()
    if held is None:
        raise Lost("This reading has been handed in, or given to somebody else. Reload the page to see what happened.")
    kept = dict(storable(dict(typed)))
    overtaken = seen is not None and seen != token(held.draft) and token(kept) != token(held.draft)
    keep(
        reading=held.pk, person=held.reviewer, typed=kept, how=Draft.How.OTHER_TAB if overtaken else how, now=now,
    )  # fmt: skip
    if overtaken:
        return False
    held.draft, held.saved_at = kept, now
    held.save(update_fields=["draft", "saved_at"])
    assignment.draft, assignment.saved_at = kept, now
    return True


@transaction.atomic
def keep(*, reading: int, person: Person, typed: Typed, how: str, now: datetime) -> None:
    """A line of the history, where it says something that the line before does not."""
    lines = Draft.objects.filter(reading=reading, person=person)
    last = lines.first()
    if last and token(last.typed) == token(typed):
        return
    if last and how == last.how and how in OFTEN and now - last.at < ONE_SAVING:
        last.typed = said(typed)
        last.save(update_fields=["typed"])
        return
    Draft.objects.create(reading=reading, person=person, typed=said(typed), how=how, at=now)
    _thin(lines.filter(how=Draft.How.BY_ITSELF).values_list("pk", flat=True), lines.count())


def _thin(by_itself: Iterable[int], number: int) -> None:
    if number > MOST:
        Draft.objects.filter(pk__in=list(by_itself)[-(number - MOST) :]).delete()


@transaction.atomic
def bring_back(*, assignment: Assignment, draft: Draft, now: datetime) -> None:
    """What was typed once stands again. What stood until now stays in the history."""
    if not _typed_in(assignment).filter(pk=draft.pk).exists():
        raise Lost("This is not of the history of this reading.")
    save(assignment=assignment, typed=draft.typed, now=now, how=Draft.How.BROUGHT_BACK)
