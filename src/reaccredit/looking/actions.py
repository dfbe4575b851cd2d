"""Marks in images: kept, and taken away. Nothing of it is a fact of the case's history: the score sheet is."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from reaccredit.imaging.decoded import numbers
from reaccredit.imaging.models import Instance
from reaccredit.imaging.picture import NoPicture
from reaccredit.looking import marked
from reaccredit.looking.models import Annotation
from reaccredit.looking.queries import Seen
from reaccredit.people.models import Person

MOST = 500  # of one person in the images of one item
Point = tuple[float, float]


class NotKept(Exception):
    """The sentence says why."""


def annotate(
    *, seen: Seen, actor: Person, image: Instance, frame: int, points: list[Point], words: str = "", now: datetime
) -> Annotation:
    """One point marks a place, two are a length. Millimetres are computed here, from the image's own header."""
    if not 1 <= frame <= image.frames:
        raise NotKept(f"The image has {image.frames} frame{'' if image.frames == 1 else 's'}.")
    columns, rows, millimetres, measured = _measured(image, frame, points)
    if not all(0 <= x <= columns and 0 <= y <= rows for x, y in points):
        raise NotKept(f"The image has {columns} columns and {rows} rows: the point lies outside.")
    looks_as = marked.side(seen, actor, now)
    with transaction.atomic():
        own = Annotation.objects.filter(collection=seen.series.collection_id, person=actor, removed_at__isnull=True)
        if own.count() >= MOST:
            raise NotKept(f"You have {MOST} marks in these images: take some away first.")
        return Annotation.objects.create(
            collection_id=seen.series.collection_id, sop_instance_uid=marked.identifier(image), frame=frame,
            kind=Annotation.Kind.LENGTH if len(points) > 1 else Annotation.Kind.POINT,
            points=[[round(x, 2), round(y, 2)] for x, y in points], millimetres=millimetres, measured=measured, words=words,
            side=looks_as, person=actor, made_at=now,
        )  # fmt: skip


def _measured(image: Instance, frame: int, points: list[Point]) -> tuple[int, int, float | None, str]:
    try:
        head = numbers(image, frame - 1).head
    except NoPicture:
        raise NotKept("This image can't be shown, so nothing can be marked in it.") from None
    columns, rows, spacing = int(head["columns"]), int(head["rows"]), head["spacing"]
    if len(points) < 2:
        return columns, rows, None, ""
    if not spacing:
        return columns, rows, None, head["measured"]
    (x, y), (u, v) = points
    length = ((x - u) * spacing[1]) ** 2 + ((y - v) * spacing[0]) ** 2
    return columns, rows, round(length**0.5, 3), head["measured"]


def take_away(*, seen: Seen, actor: Person, pk: int, now: datetime) -> Annotation:
    """Raises `Http404` for what is not this person's own."""
    with transaction.atomic():
        found = marked.own(seen, actor, pk, now)
        found.removed_at = now
        found.save(update_fields=["removed_at"])
    return found
