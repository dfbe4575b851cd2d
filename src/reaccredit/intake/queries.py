"""Reads of the doors: by key or AE title for a machine that knocks, by package for the people of it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db.models import Count, Min, QuerySet, Sum

from reaccredit.imaging.checks import Expectation
from reaccredit.imaging.models import Collection as Images
from reaccredit.imaging.models import Instance, Series
from reaccredit.intake.models import Door, Tray
from reaccredit.packages import queries as packages
from reaccredit.packages import rules
from reaccredit.packages.expectations import expectation
from reaccredit.packages.models import Item, Package

T = TypeVar("T")
FRESH_SECONDS, MOST_KNOWN = 2.0, 200


class Lately(Generic[T]):
    """What was found at a door, believed for two seconds: who sends an exam asks for it many times a second."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[T, float]] = {}

    def get(self, name: str, study: str = "") -> T | None:
        found, looked_at = self._known.get((name, study), (None, 0.0))
        return found if found is not None and time.monotonic() - looked_at < FRESH_SECONDS else None

    def put(self, found: T, name: str, study: str = "") -> T:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[name, study] = found, time.monotonic()
        return found

    def forget(self) -> None:
        self._known.clear()


@dataclass(frozen=True)
class Study:
    """A study that lies in the tray."""

    uid: str
    images: int
    size: int
    series: list[Series]


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _open() -> QuerySet[Door]:
    return Door.objects.filter(closed_at__isnull=True, opened_by__is_active=True).select_related(
        "package__case_file__case", "package__case_file__facility", "package__case_file__unit", "item__area",
        "item__collection", "opened_by",
    )  # fmt: skip


def by_key(key: str, now: datetime) -> Door | None:
    """The open door of this key, if whoever opened it still has to do with its package."""
    return _allowed(_open().filter(key_hash=hashed(key)).first(), now)


def still_open(door: Door) -> bool:
    """The least that is asked of a door that was looked at a moment ago."""
    return Door.objects.filter(pk=door.pk, closed_at__isnull=True, opened_by__is_active=True).exists()


def by_title(title: str, now: datetime) -> Door | None:
    return _allowed(_open().filter(ae_title=title).first(), now)


def _allowed(door: Door | None, now: datetime) -> Door | None:
    if door is None:
        return None
    on = rules.today(door.package.case_file.case, now)
    if not packages.packages_of(door.opened_by, on).filter(pk=door.package_id).exists():
        return None
    if door.item is not None:
        door.item.package = door.package
    return door


def doors(package: Package) -> QuerySet[Door]:
    return package.doors.select_related("item", "opened_by", "closed_by")


def door(package: Package, pk: int) -> Door | None:
    return doors(package).filter(pk=pk).first()


# -- the tray --------------------------------------------------------------------------


def anything(package: Package, now: datetime) -> Expectation:
    """What the tray takes: whatever one of the items might take."""
    wanted: frozenset[str] = frozenset()
    for item in image_items(package):
        wanted |= expectation(item, now).modalities
    return Expectation(modalities=wanted, one_patient=False)


def image_items(package: Package) -> list[Item]:
    found = packages.image_items(package)
    for item in found:
        item.package = package
    return found


def tray(package: Package) -> Tray | None:
    return Tray.objects.select_related("collection").filter(package=package).first()


def studies(package: Package) -> list[Study]:
    """What lies in the tray, in three queries."""
    held = tray(package)
    if held is None:
        return []
    series: dict[str, list[Series]] = {}
    for one in held.collection.series.order_by("number", "pk"):
        series.setdefault(one.study_uid, []).append(one)
    counted = (
        Instance.objects.filter(collection=held.collection)
        .order_by()
        .values("series__study_uid")
        .annotate(images=Count("pk"), size=Sum("size"), came=Min("received_at"))
        .order_by("came")
    )
    return [
        Study(row["series__study_uid"], row["images"], row["size"], series[row["series__study_uid"]]) for row in counted
    ]


def item_of(package: Package, study: str) -> Item | None:
    """The one item that holds images of this study already."""
    found = list(
        package.items.filter(collection__series__study_uid=study).select_related("area", "collection").distinct()[:2]
    )
    if len(found) != 1:
        return None
    found[0].package = package
    return found[0]


def in_tray(held: Tray, study: str) -> QuerySet[Instance]:
    return Instance.objects.filter(collection=held.collection, series__study_uid=study).order_by("pk")


def collections(package: Package) -> list[Images]:
    held = tray(package)
    return [*packages.collections_of(package), *([held.collection] if held else [])]


def safe(package: Package, identifiers: Collection[str]) -> set[str]:
    """Which of these images are here and at rest, in an item or in the tray."""
    wanted, found = list(identifiers), set[str]()
    bags = collections(package)
    for at in range(0, len(wanted), 500):
        part = wanted[at : at + 500]
        named = Instance.objects.filter(collection__in=bags, sop_instance_uid__in=part)
        found.update(named.values_list("sop_instance_uid", flat=True))
    return found
