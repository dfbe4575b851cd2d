"""What names a person in the images of an item: looked for in the background, decided by a person, masked for readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from reaccredit.imaging import looks
from reaccredit.imaging.models import Instance, Look, MaskedCopy, Series, Spotted
from reaccredit.imaging.queries import SeriesRow
from reaccredit.packages import queries
from reaccredit.packages.models import Item, Package
from reaccredit.people.models import Person
from reaccredit.people.queries import code
from reaccredit.phi.words import KINDS
from reaccredit.screening import queries as screening
from reaccredit.screening.artefacts import Rule

PICTURES = {Item.Kind.EXAM: "exam-picture", Item.Kind.PHANTOM: "phantom-picture"}
PARTS = {
    "private": "private attributes, which may hold anything", "overlay": "a drawn overlay, which may hold text",
    "document": "an encapsulated document", "report": "a structured report", "text": "text that names nobody",
}  # fmt: skip
UNREAD = {
    "no-reader": "Text in the pictures could not be looked for: the reader is not installed on this server.",
    "slow": "Text in the pictures could not be looked for in time.",
    "undecodable": "Some pictures could not be decoded, so text in them could not be looked for.",
    looks.NOT_MASKED: "Some pictures could not be masked: readers see them as they came. Remove them, or send them masked.",
}


def rule(item: Item, now: datetime) -> Rule:
    return screening.rule(item.package.case_file, PICTURES.get(Item.Kind(item.kind), "exam-picture"), now)


def item_of(series: Series) -> Item | None:
    return (
        Item.objects.select_related("package__case_file__case", "package__case_file__facility")
        .filter(collection=series.collection_id)
        .first()
    )


@transaction.atomic
def ask(*, item: Item, now: datetime) -> list[int]:
    """The series of this item that are to be looked at: what was looked at as it is now is left alone."""
    assert item.collection is not None
    return [look.series_id for look in looks.ask(series=item.collection.series.order_by("pk"), now=now)]


def ask_of_package(*, package: Package, now: datetime) -> list[int]:
    return [key for item in queries.image_items(package) for key in ask(item=item, now=now)]


def look(*, series_id: int, now: datetime) -> None:
    """By a worker. A series that is gone meanwhile, or was looked at, is left alone."""
    found = Look.objects.select_related("series").filter(series=series_id, looked_at__isnull=True).first()
    item = item_of(found.series) if found else None
    if found is None or item is None:
        return
    made = looks.search(look=found, roster=screening.roster(item.package.case_file, localdate(now)), now=now)
    _copies(made, item, now)


def mask(*, series_id: int, now: datetime) -> None:
    found = Look.objects.select_related("series").filter(series=series_id).first()
    item = item_of(found.series) if found else None
    if found and item:
        _copies(found, item, now)


def _copies(look: Look, item: Item, now: datetime) -> None:
    """Where readers see images as they were sent, no copy is made of what nobody has asked to be masked."""
    if rule(item, now).masked_for_reviewers or look.decided_at:
        looks.make_copies(look=look, now=now)


def decide(*, item: Item, look: Look, decisions: Mapping[int, str], actor: Person, now: datetime) -> Look:
    return looks.decide(look=look, decisions=decisions, actor=code(actor), now=now)


# -- the page ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Box:
    """One finding on the picture of an image, in the pixels of the picture."""

    row: Spotted
    words: str
    image: Instance
    frame: int  # from 1

    @property
    def certain(self) -> str:
        return f"{self.row.certainty:.0%}"

    @property
    def width(self) -> float:
        return self.row.right - self.row.left

    @property
    def height(self) -> float:
        return self.row.bottom - self.row.top

    @property
    def where(self) -> str:
        if self.row.instance_id is None:
            return "on every image of the series"
        return f"on image {self.image.number or ''}" + (
            "" if self.row.frame in (None, 0) else f", frame {self.row.frame}"
        )


@dataclass(frozen=True)
class Looked:
    """A series, and what was found in it."""

    row: SeriesRow
    look: Look | None
    boxes: Sequence[Box]
    headers: Sequence[tuple[str, str, int]]  # words, attribute, in how many
    copies: int

    @property
    def unread(self) -> str:
        return UNREAD.get(self.look.reason, "") if self.look else ""

    @property
    def stale(self) -> bool:
        return self.look is not None and self.look.looked_at is not None and self.look.images != self.row.images

    @property
    def waits(self) -> bool:
        return bool(self.look and not self.look.looked_at and not self.look.decided_at)

    @property
    def unseen(self) -> bool:
        """Not searched as it is now, and nobody has asked for it."""
        return self.look is None or self.stale or bool(self.look.decided_at and not self.look.looked_at)

    @property
    def pending(self) -> bool:
        """Decided, and the copies are still being made."""
        return bool(self.look and self.look.looked_at and self.look.decided_at and not self.look.masked_at)


def page(item: Item) -> list[Looked]:
    """In a fixed number of queries."""
    rows = queries.series_of(item)
    found = {
        one.series_id: one
        for one in Look.objects.filter(series__in=[r.series.pk for r in rows]).prefetch_related("spotted__instance")
    }
    copied: dict[int, int] = {}
    for key in MaskedCopy.objects.filter(instance__series__in=found).values_list("instance__series", flat=True):
        copied[key] = copied.get(key, 0) + 1
    return [_looked(row, found.get(row.series.pk), copied.get(row.series.pk, 0)) for row in rows]


def _looked(row: SeriesRow, look: Look | None, copies: int) -> Looked:
    if look is None:
        return Looked(row, None, (), (), copies)
    boxes = [_box(one, row) for one in look.spotted.all()]
    headers: list[Any] = look.headers
    return Looked(row, look, boxes, [(words_of(h[0]), h[1], h[3]) for h in headers], copies)


def _box(one: Spotted, row: SeriesRow) -> Box:
    image = one.instance or row.cover
    frame = one.frame if one.frame is not None else image.frames // 2 if image.frames > 1 else 0
    return Box(one, words_of(one.kind), image, frame + 1)


def words_of(kind: str) -> str:
    return KINDS.get(kind) or PARTS.get(kind, kind)
