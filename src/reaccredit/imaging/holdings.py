"""What a collection holds, as it is asked for every handful of images that comes. In plain SQL: to build these few questions anew
each time took the ORM longer than the database needs for the answers, and longer than anything else of an intake.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, router

from reaccredit.imaging.checks import Seen
from reaccredit.imaging.header import Header
from reaccredit.imaging.models import Collection, Count, Instance, Series
from reaccredit.imaging.storage import STORE

LIKE = """SELECT sop_instance_uid, sha256, pixel_hash FROM imaging_instance
    WHERE collection_id = %s AND (sop_instance_uid IN ({uids}) OR sha256 IN ({digests}) OR pixel_hash IN ({pictures}))"""
COUNTED = "SELECT COUNT(*), COALESCE(SUM(size), 0), COALESCE(MAX(id), 0) FROM imaging_instance WHERE collection_id = %s AND id > %s"
INSERT = "INSERT INTO imaging_instance ({names}) VALUES {marks} RETURNING id"
SERIES = """SELECT id, collection_id, study_uid, series_uid, modality, patient_hash, person_hash FROM imaging_series
    WHERE collection_id = %s"""
COLUMNS = ("id", "collection_id", "study_uid", "series_uid", "modality", "patient_hash", "person_hash")
LOCK = "SELECT id FROM imaging_collection WHERE id = %s"
NONE = "-"  # neither an identifier nor a hash: a list may not be empty

Key = tuple[str, str, str, str]


@dataclass
class Shelves:
    """The series of a collection, by what tells one from another. Of each no more is read than that."""

    rows: dict[Key, tuple[Any, ...]]
    made: dict[Key, Series] = field(default_factory=dict)

    @property
    def patients(self) -> frozenset[str]:
        """Every hash under which the patients of the collection are known."""
        return frozenset(one for row in self.rows.values() for one in row[5:7] if one)

    def get(self, key: Key) -> Series | None:
        if key not in self.made and (row := self.rows.get(key)):
            self.made[key] = Series.from_db(router.db_for_read(Series), COLUMNS, row)
        return self.made.get(key)


@dataclass
class Holdings:
    """What is here of the files that came, and every series that is here."""

    seen: Seen
    shelves: Shelves


def key(header: Header) -> Key:
    """What tells one series of a collection from another."""
    return header.study_uid, header.series_uid, header.modality, header.patient_hash or ""


def holdings(collection: Collection, headers: Sequence[Header], digests: Sequence[str]) -> Holdings:
    uids = [header.sop_instance_uid for header in headers] or [NONE]
    pictures = [header.pixel_hash for header in headers if header.pixel_hash] or [NONE]
    found = digests or [NONE]
    question = LIKE.format(uids=_marks(uids), digests=_marks(found), pictures=_marks(pictures))
    held = _rows(question, collection.pk, *uids, *found, *pictures)
    shelves = series(collection)
    seen = Seen(
        sop_uids={one[0] for one in held}, digests={one[1] for one in held}, pixel_hashes={one[2] for one in held if one[2]},
        pictures={one[0]: one[2] for one in held}, patients=shelves.patients,
    )  # fmt: skip
    return Holdings(seen, shelves)


def series(collection: Collection) -> Shelves:
    return Shelves({(row[2], row[3], row[4], row[5]): row for row in _rows(SERIES, collection.pk)})


@contextmanager
def turn() -> Iterator[None]:
    """Who writes next. A database with one writer at a time lets the others look again and again, and sleep between: up to a tenth
    of a second for what takes a few thousandths. Here they stand in a queue, and the system wakes the next one.
    """
    if connection.features.has_select_for_update or connection.in_atomic_block:
        yield
        return
    place = os.open(STORE.root, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


def lock(collection: Collection) -> None:
    """Until the transaction ends, who else adds to it waits. Where a database has one writer at a time, that is so already."""
    if connection.features.has_select_for_update:
        _rows(LOCK + " FOR UPDATE", collection.pk)


def count(collection: Collection, since: Count | None = None) -> Count:
    """Counted on from what was counted before, since to count thousands of images anew for each that comes takes longer than
    everything else. What was removed in between counts then still: it is too much, never too little.
    """
    before = since or Count()
    ((files, size, last),) = _rows(COUNTED, collection.pk, before.last)
    return Count(before.files + int(files), before.size + int(size), max(before.last, int(last)))


def add(rows: Sequence[Instance]) -> list[Instance]:
    """Rows of images, in one question: the ORM takes three times as long for a single one."""
    if not rows or not connection.features.can_return_rows_from_bulk_insert:
        return Instance.objects.bulk_create(rows)
    names, fields = _columns()
    marks = ", ".join([f"({_marks(names)})"] * len(rows))
    values = [one.get_db_prep_save(getattr(row, name), connection) for row in rows for name, one in fields]
    made = _rows(INSERT.format(names=", ".join(names), marks=marks), *values)
    for row, (key,) in zip(rows, made, strict=True):
        row.pk, row._state.adding, row._state.db = key, False, router.db_for_write(Instance)
    return list(rows)


@cache
def _columns() -> tuple[list[str], list[tuple[str, Any]]]:
    fields = [one for one in Instance._meta.concrete_fields if not one.primary_key]
    return [str(one.column) for one in fields], [(one.attname, one) for one in fields]


def _marks(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))


def _rows(question: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return list(cursor.fetchall())
