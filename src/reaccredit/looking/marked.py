"""Who sees whose marks in an image. Whoever looks sees their own. A reader sees another reader's where the score sheets themselves
are shown to them (`reviews.queries.seen_by_third`), numbered and nameless; the facility sees its own side's, and never a reader's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from reaccredit.appeals import queries as appeals
from reaccredit.appeals.models import Arbitration
from reaccredit.imaging.models import Instance
from reaccredit.looking.models import Annotation
from reaccredit.looking.queries import Seen
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import holds
from reaccredit.reviews import queries as reviews
from reaccredit.reviews.models import Assignment, Round, RoundKind

Side = Annotation.Side
WORDS = {
    "patient": "pixel spacing of the patient's plane", "header": "pixel spacing of the header", "calibrated": "pixel spacing, calibrated",
    "detector": "detector spacing, not corrected for magnification", "detector-corrected": "detector spacing, corrected for magnification",
    "region": "ultrasound region", "none": "no spacing in the header: pixels",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Marked:
    """An annotation as somebody sees it: in which image of theirs, and by whom, as far as they may know."""

    row: Annotation
    image: Instance
    by: str
    own: bool

    @property
    def words(self) -> str:
        where = " to ".join(f"column {x:.0f}, row {y:.0f}" for x, y in self.row.points)
        if self.row.kind == Annotation.Kind.POINT:
            return f"Point at {where}"
        size = f"{self.row.millimetres:.1f} mm" if self.row.millimetres is not None else f"{self.pixels:.1f} pixels"
        return f"{size}, from {where}"

    @property
    def pixels(self) -> float:
        (x, y), (u, v) = self.row.points
        return float(((x - u) ** 2 + (y - v) ** 2) ** 0.5)

    @property
    def source(self) -> str:
        return WORDS.get(self.row.measured, "")


def side(seen: Seen, person: Person, now: datetime) -> Annotation.Side:
    """As what this person looks at the series."""
    if isinstance(seen.door.of, Assignment):
        return Side.READER
    if isinstance(seen.door.of, Arbitration):
        return Side.ARBITRATOR
    return Side.STAFF if holds(person, Role.STAFF, timezone.localdate(now)) else Side.FACILITY


def seen_by(seen: Seen, person: Person, now: datetime) -> list[Marked]:
    """Everything in the images of this series that this person may see, in a fixed number of queries."""
    looks_as, images = side(seen, person, now), _by_identifier(seen)
    readers = _readers(seen, looks_as)
    whose = Q(side=Side.READER, person__in=list(readers)) | Q(side=looks_as, person=person)
    if looks_as in (Side.FACILITY, Side.STAFF):
        whose |= Q(side=looks_as)
    rows = Annotation.objects.filter(
        whose, collection=seen.series.collection_id, removed_at__isnull=True, sop_instance_uid__in=images
    )
    return [
        Marked(
            row,
            images[row.sop_instance_uid],
            _by(row, person, readers),
            row.person_id == person.pk and row.side == looks_as,
        )
        for row in rows.order_by("pk")
    ]


def _by_identifier(seen: Seen) -> dict[str, Instance]:
    """By the identifier under which each image came: a masked copy, which a reader sees in its place, has one of its own."""
    came = dict(seen.series.instances.order_by().values_list("pk", "sop_instance_uid"))
    return {came[image.pk]: image for image in seen.images if image.pk in came}


def identifier(image: Instance) -> str:
    return str(Instance.objects.values_list("sop_instance_uid", flat=True).get(pk=image.pk))


def own(seen: Seen, person: Person, pk: int, now: datetime) -> Annotation:
    """Raises `Http404` for whatever this person has not made here."""
    found = Annotation.objects.filter(
        pk=pk,
        person=person,
        side=side(seen, person, now),
        collection=seen.series.collection_id,
        removed_at__isnull=True,
    ).first()
    if found is None:
        raise Http404("no such mark of this person")
    return found


def _by(row: Annotation, person: Person, readers: Mapping[int, str]) -> str:
    if row.person_id == person.pk:
        return "You"
    if row.side == Side.READER:
        return readers[row.person_id]
    return "Your facility" if row.side == Side.FACILITY else "Staff"


def _readers(seen: Seen, looks_as: Annotation.Side) -> dict[int, str]:
    """Readers whose sheets this person may read, by number."""
    of = seen.door.of
    if isinstance(of, Assignment):
        return _numbered(of.round, seen, (one.number for one in reviews.seen_by_third(of)))
    if isinstance(of, Arbitration):
        return _numbered(of.appeal.report.round, seen, (one.number for one in appeals.earlier_reviews(of)))
    latest = Round.objects.filter(package=seen.item.package_id, kind=RoundKind.REVIEW).order_by("-pk").first()
    if looks_as != Side.STAFF or latest is None:
        return {}
    return _numbered(latest, seen, (1, 2, 3))


def _numbered(round_: Round, seen: Seen, numbers: Iterable[int]) -> dict[int, str]:
    """Those of them who have handed in."""
    known = list(numbers)
    if not known:
        return {}
    given = Assignment.objects.filter(
        round=round_, area=seen.item.area_id, position__in=known, submitted_at__isnull=False
    )
    return {person: f"Reader {number}" for person, number in given.values_list("reviewer", "position")}
