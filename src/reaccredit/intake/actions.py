"""Open and close doors; take what comes through one; put what lies in the tray where it belongs."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from reaccredit.imaging import actions as imaging
from reaccredit.imaging.actions import Received
from reaccredit.imaging.checks import Expectation
from reaccredit.imaging.models import Collection, Instance, Series
from reaccredit.imaging.storage import STORE
from reaccredit.imaging.unpacking import Part
from reaccredit.intake import queries
from reaccredit.intake.models import Door, Tray
from reaccredit.ledger.actions import Lost
from reaccredit.packages import actions as packages
from reaccredit.packages.expectations import expectation
from reaccredit.packages.models import Item, Package
from reaccredit.people.models import Person
from reaccredit.people.queries import code

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are taken for another
MOST_DOORS = 20
FEW_SECONDS = 60


class TooMany(Exception):
    """The package has as many open doors as anybody could keep an eye on."""


@dataclass(frozen=True)
class Opened:
    """`key` is told once, here."""

    door: Door
    key: str


@transaction.atomic
def open_door(*, package: Package, item: Item | None, name: str, actor: Person, now: datetime) -> Opened:
    packages.may_add(package=package, actor=actor, now=now)
    if package.doors.filter(closed_at__isnull=True).count() >= MOST_DOORS:
        raise TooMany(f"{MOST_DOORS} doors of this package are open. Close one that is not used any more.")
    key = secrets.token_urlsafe(32)
    title = "RA" + "".join(secrets.choice(LETTERS) for _ in range(14))
    door = Door.objects.create(
        package=package,
        item=item,
        name=name,
        key_hash=queries.hashed(key),
        ae_title=title,
        opened_at=now,
        opened_by=actor,
    )
    return Opened(door, key)


@transaction.atomic
def close_door(*, door: Door, actor: Person, now: datetime) -> None:
    """Nothing more comes in through it from this moment on; what came is kept."""
    if not Door.objects.filter(pk=door.pk, closed_at__isnull=True).update(closed_at=now, closed_by=actor):
        raise Lost("This door has been closed already.")


@dataclass
class Welcome:
    """What a door takes at the moment, asked once for many images. `elsewhere`: studies that no item holds."""

    door: Door
    collection: Collection
    expectation: Expectation
    tray: Tray | None
    elsewhere: set[str] = field(default_factory=set)


def welcome(*, door: Door, now: datetime, study: str = "") -> Welcome:
    """`study`: only images of this study are taken. Raises what the package raises when it takes nothing any more."""
    packages.may_add(package=door.package, actor=door.opened_by, now=now)
    if door.used_at is None or (now - door.used_at).total_seconds() > FEW_SECONDS:
        Door.objects.filter(pk=door.pk).update(used_at=now)
    if door.item is not None:
        assert door.item.collection is not None
        expected = replace(expectation(door.item, now), named_study=study)
        return Welcome(door, door.item.collection, expected, None)
    tray = _tray(door.package, now)
    return Welcome(door, tray.collection, replace(queries.anything(door.package, now), named_study=study), tray)


def take(*, welcome: Welcome, parts: Iterable[Part], now: datetime) -> Received:
    """What comes through a door, as sent by the person who opened it."""
    door = welcome.door
    received = imaging.receive_parts(
        collection=welcome.collection, parts=parts, expectation=welcome.expectation, actor=code(door.opened_by), now=now,
        permit=lambda: packages.must_not_be_handed_in(door.package),
    )  # fmt: skip
    if welcome.tray is not None:
        _sort(welcome, welcome.tray, received, now)
    return received


def _sort(welcome: Welcome, tray: Tray, received: Received, now: datetime) -> None:
    """What belongs to a study that an item holds already goes there."""
    for study in {one.series.study_uid for one in received.accepted} - welcome.elsewhere:
        if item := queries.item_of(tray.package, study):
            place(tray=tray, study=study, item=item, actor=welcome.door.opened_by, now=now)
        else:
            welcome.elsewhere.add(study)


@transaction.atomic
def _tray(package: Package, now: datetime) -> Tray:
    Package.objects.select_for_update().get(pk=package.pk)
    found = queries.tray(package)
    if found is None:
        collection = imaging.open_collection(purpose="tray of a testing package", now=now)
        found = Tray.objects.create(package=package, collection=collection)
    return found


def place(*, tray: Tray, study: str, item: Item, actor: Person, now: datetime) -> Received:
    """Put a study of the tray into an item. What the item does not take stays in the tray, and is named with its reason.

    Each image is in the item before it leaves the tray: whenever this is cut off, it can be done again.
    """
    lying = list(queries.in_tray(tray, study))
    if not lying:
        raise Lost("This study is not in the tray any more.")
    received = packages.upload(item=item, files=_files(lying), actor=actor, now=now)
    staying = {one.label.ordinal for one in received.refused if one.problem.code != "duplicate"}
    _leave([one for place, one in enumerate(lying, 1) if place not in staying])
    return received


def _files(lying: Iterable[Instance]) -> Iterator[tuple[str, BinaryIO]]:
    for place, one in enumerate(lying, 1):
        with STORE.open(one.sha256) as handle:
            yield f"image {place}", handle


@transaction.atomic
def _leave(instances: list[Instance]) -> int:
    keys = [one.pk for one in instances]
    for at in range(0, len(keys), 500):
        Instance.objects.filter(pk__in=keys[at : at + 500]).delete()
    Series.objects.filter(pk__in={one.series_id for one in instances}, instances__isnull=True).delete()
    return len(keys)


@transaction.atomic
def discard(*, tray: Tray, study: str, actor: Person, now: datetime) -> int:
    """Let go of a study that was sent by mistake."""
    packages.may_add(package=tray.package, actor=actor, now=now)
    return _leave(list(queries.in_tray(tray, study)))
