"""Reads. Every function takes the collections that the caller may see: who may see which is decided above."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, QuerySet, Sum

from reaccredit.imaging.exams import Exam, Facts
from reaccredit.imaging.models import Collection, Instance, Refusal, Sending, Series


@dataclass(frozen=True)
class SeriesRow:
    """A line of the series list: the series, how many images and bytes it has, and the image that stands for it."""

    series: Series
    images: int
    size: int
    cover: Instance
    closed: str = ""  # why its pictures are not shown to whoever asks


@dataclass(frozen=True)
class Sent:
    """What earlier collections hold, in the shape that `Expectation` asks for."""

    studies: frozenset[str]
    patients: frozenset[str]
    sop_uids: frozenset[str]
    pixel_hashes: frozenset[str]
    last_acquired: date | None


def series_list(collections: Iterable[Collection]) -> list[SeriesRow]:
    """All series in a fixed number of queries. The cover is the middle image: the outer slices of a body or a phantom
    show little.
    """
    rows = list(
        Series.objects.filter(collection__in=list(collections))
        .annotate(images=Count("instances"), size=Sum("instances__size"))
        .order_by("study_date", "study_uid", "number", "pk")
    )
    members: dict[int, list[Instance]] = {row.pk: [] for row in rows}
    for instance in Instance.objects.filter(series__in=members).order_by("series", "number", "position", "pk"):
        members[instance.series_id].append(instance)
    return [
        SeriesRow(row, len(images), row.size or 0, images[len(images) // 2])
        for row in rows
        if (images := members[row.pk])
    ]


def images_of(series: Series) -> list[Instance]:
    return list(series.instances.order_by("number", "position", "pk"))


def image_in(collections: Iterable[Collection], pk: int) -> Instance | None:
    """One image, if it is in one of these collections; otherwise None, so that a page answers 404."""
    return Instance.objects.select_related("series").filter(collection__in=list(collections), pk=pk).first()


def series_in(collections: Iterable[Collection], pk: int) -> Series | None:
    return Series.objects.filter(collection__in=list(collections), pk=pk).first()


def counts(collections: Iterable[Collection]) -> dict[int, int]:
    """Images by collection id, for task lists; a collection without images is there with 0."""
    keys = [c.pk for c in collections]
    found = Instance.objects.filter(collection__in=keys).order_by().values_list("collection").annotate(n=Count("pk"))
    return dict.fromkeys(keys, 0) | dict(found)


def refusals(collection: Collection) -> QuerySet[Refusal]:
    return Refusal.objects.filter(collection=collection)


def sent(collections: Iterable[Collection]) -> Sent:
    """Two queries, whatever the number of images."""
    keys = [c.pk for c in collections]
    series = Series.objects.filter(collection__in=keys)
    facts = list(series.values_list("study_uid", "patient_hash", "person_hash"))
    images = list(Instance.objects.filter(collection__in=keys).values_list("sop_instance_uid", "pixel_hash"))
    last = series.aggregate(last=Max("acquired_on"))["last"]
    return Sent(
        studies=frozenset(f[0] for f in facts),
        patients=frozenset(h for f in facts for h in f[1:] if h),
        sop_uids=frozenset(i[0] for i in images),
        pixel_hashes=frozenset(i[1] for i in images if i[1]),
        last_acquired=last,
    )


def here(collection: Collection, digests: Sequence[str]) -> set[str]:
    """Which of these files the collection holds already."""
    return set(Instance.objects.filter(collection=collection, sha256__in=digests).values_list("sha256", flat=True))


def unfinished(collection: Collection) -> Sending | None:
    """What was announced last and has not come to its end: somebody may go on with it."""
    return collection.sendings.filter(ended_at__isnull=True).order_by("-begun_at").first()


def exam(collection: Collection) -> Exam:
    """Everything that is asked of all images of a collection together, in a fixed number of queries."""
    places: dict[int, list[float]] = {}
    numbers: Counter[int] = Counter()
    for series, position in Instance.objects.filter(collection=collection).order_by().values_list("series", "position"):
        numbers[series] += 1
        if position is not None:
            places.setdefault(series, []).append(position)
    announced, (listed, missing) = unfinished(collection), not_here(collection)
    return Exam(
        tuple(_facts(one, numbers[one.pk], places.get(one.pk, [])) for one in collection.series.order_by("number", "pk")),
        announced.files if announced else 0, listed, missing,
    )  # fmt: skip


def _facts(series: Series, images: int, places: list[float]) -> Facts:
    said = series.details
    pixel = said.get("pixel")
    return Facts(
        title=series.description or f"series {series.number or series.pk}", images=images, thickness=series.slice_thickness,
        positions=tuple(places), pixel=(pixel[0], pixel[1]) if pixel else None, plane=said.get("plane", ""),
        after_injection=said.get("after_injection"), identified=frozenset(said.get("identified", ())),
    )  # fmt: skip


def not_here(collection: Collection) -> tuple[int, int]:
    """How many images the disks that came list of the studies that are here, and how many of those are missing."""
    tables = [disk.listed for disk in collection.disks.all()]
    if not tables:
        return 0, 0
    studies = set(Series.objects.filter(collection=collection).values_list("study_uid", flat=True))
    wanted = {uid for table in tables for study, uids in table.items() if study in studies for uid in uids}
    held = set(Instance.objects.filter(collection=collection).values_list("sop_instance_uid", flat=True))
    return len(wanted), len(wanted - held)
