"""The one pipeline of every way in: bytes come to rest as a draft, are read, checked, and kept with a row or refused, file by file.

Order on disk and in the database: bytes under their name first, then the row. A process that dies leaves at most bytes
without a row, which `actions.sweep` removes; a row without bytes can't come about. What was answered as taken is on the disk.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum

from reaccredit.imaging import disk, reading, unpacking
from reaccredit.imaging.checks import Expectation, Problem, Seen, examine
from reaccredit.imaging.header import Header, Skipped, Unreadable
from reaccredit.imaging.models import Collection, Disk, Instance, Refusal, Series
from reaccredit.imaging.queries import patients_of, seen
from reaccredit.imaging.storage import STORE
from reaccredit.imaging.unpacking import Label, Part
from reaccredit.ledger.files import Draft, NoRoom, Readable, TooLarge

FILE_BYTES = 2 * 1024**3
STEP = 10
TOO_LARGE = f"The file is larger than {FILE_BYTES // 1024**3} GB. Send the images as single files, not as one."
FULL = Unreadable(
    "no-room", "The store has no room for this file at the moment. Send it again later; staff have been told."
)
ALTERED = Unreadable("altered", "This file was altered on its way here. Send it again.")


@dataclass(frozen=True)
class Refused:
    """A file that was not taken. `label.shown` is for the person who sent it and for nobody else."""

    label: Label
    problem: Problem
    header: Header | None = None  # where it could be read


@dataclass
class Received:
    """What became of an upload: every file is in exactly one of the three lists. `notes` are what a person still has to
    look at.
    """

    batch: uuid.UUID
    accepted: list[Instance] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    skipped: list[Refused] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Candidate:
    label: Label
    draft: Draft
    header: Header


@dataclass
class _Table:
    """A disk's table of contents that came along."""

    sha256: str
    listed: dict[str, list[str]]


@dataclass(frozen=True)
class _Errand:
    """What one upload is about."""

    collection: Collection
    expectation: Expectation
    actor: str
    now: datetime
    outcome: Received
    tables: list[_Table] = field(default_factory=list)


def receive(
    *,
    collection: Collection,
    files: Iterable[tuple[str, BinaryIO]],
    expectation: Expectation,
    actor: str,
    now: datetime,
    permit: Callable[[], None] | None = None,
) -> Received:
    """Take in what can be taken of (name, seekable stream) pairs; zip archives are opened. Never raises for what the
    bytes hold.

    The names are shown back to the sender and used for nothing else. `actor` is a code such as "person:7".
    `permit` is asked in the transaction of each step, and raises when the images may no longer be added.
    """
    return receive_parts(
        collection=collection,
        parts=unpacking.parts(files),
        expectation=expectation,
        actor=actor,
        now=now,
        permit=permit,
    )


def receive_parts(
    *,
    collection: Collection,
    parts: Iterable[Part],
    expectation: Expectation,
    actor: str,
    now: datetime,
    permit: Callable[[], None] | None = None,
) -> Received:
    """The same for single files as they come from a line: each is read to its end before the next one is asked for."""
    errand = _Errand(collection, expectation, actor, now, Received(uuid.uuid4()))
    outcome = errand.outcome
    with ExitStack() as drafts:
        candidates, refused = _read_all(errand, parts, drafts)
        main = _main_patient(collection, candidates, expectation)
        for step in (candidates[i : i + STEP] for i in range(0, len(candidates), STEP)):
            kept = _keep(errand, step, main)
            with transaction.atomic():
                if permit is not None:
                    permit()
                _take(errand, kept, main)
    outcome.skipped += [r for r in refused if not r.problem.refuses]
    outcome.refused += [r for r in refused if r.problem.refuses]
    outcome.refused.sort(key=lambda r: r.label.ordinal)
    if outcome.refused or errand.tables:
        _note(errand)
    return outcome


def _read_all(errand: _Errand, parts: Iterable[Part], drafts: ExitStack) -> tuple[list[_Candidate], list[Refused]]:
    candidates: list[_Candidate] = []
    refused: list[Refused] = []
    for part in parts:
        found = _look(errand, part, drafts)
        if isinstance(found, _Candidate):
            candidates.append(found)
        else:
            problem = Problem(found.code, found.sentence, refuses=not isinstance(found, Skipped))
            refused.append(Refused(part.label, problem))
    return candidates, refused


def _look(errand: _Errand, part: Part, drafts: ExitStack) -> _Candidate | Unreadable:
    if isinstance(part.content, Unreadable):
        return part.content
    try:
        return _read_one(errand, part, part.content, drafts)
    except Unreadable as error:
        return error


def _read_one(errand: _Errand, part: Part, stream: Readable, drafts: ExitStack) -> _Candidate:
    try:
        draft = STORE.receive(stream, limit=FILE_BYTES)
    except TooLarge:
        raise Unreadable("too-large", TOO_LARGE) from None
    except NoRoom:
        raise FULL from None
    drafts.callback(draft.drop)
    if part.claimed and part.claimed != draft.sha256:
        raise ALTERED
    with draft.open() as handle:
        try:
            return _Candidate(part.label, draft, reading.read(handle))
        except Unreadable as error:
            if error.code == "directory":
                errand.tables.append(_Table(draft.sha256, disk.listed(handle)))
            draft.drop()
            raise unpacking.LITTERED if part.label.is_table and not isinstance(error, Skipped) else error from None


def _main_patient(collection: Collection, candidates: Sequence[_Candidate], expectation: Expectation) -> frozenset[str]:
    """Whose exam is it? Whoever is in the collection already, else whom most of the usable files show: one stray file
    must not shut out the rest.
    """
    if len(candidates) < 2:
        return frozenset()  # whoever it shows is then the first
    if known := patients_of(collection):
        return known
    usable = [
        c.header
        for c in candidates
        if not any(p.refuses for p in examine(c.header, c.draft.sha256, Seen(), expectation))
    ]
    counted = Counter(h.patient_hash for h in usable if h.patient_hash)
    if not counted:
        return frozenset()
    most = counted.most_common(1)[0][0]
    return frozenset().union(*(h.patients for h in usable if h.patient_hash == most))


def _keep(errand: _Errand, step: Sequence[_Candidate], main: frozenset[str]) -> list[_Candidate]:
    """Those that would be taken come to rest, before anybody is made to wait for the database."""
    known = _known(errand, step, main)
    fit = [candidate for candidate in step if _fits(errand, candidate, known)]
    STORE.keep([candidate.draft for candidate in fit])
    return fit


def _known(errand: _Errand, step: Sequence[_Candidate], main: frozenset[str]) -> Seen:
    headers = [c.header for c in step]
    known = seen(
        errand.collection,
        [h.sop_instance_uid for h in headers],
        [c.draft.sha256 for c in step],
        [h.pixel_hash for h in headers if h.pixel_hash],
    )
    known.patients = known.patients or main
    return known


def _fits(errand: _Errand, candidate: _Candidate, known: Seen, room: _Room | None = None) -> bool:
    """Whether a file is taken; one that is not is noted with its reason."""
    problems = examine(candidate.header, candidate.draft.sha256, known, errand.expectation)
    stopped = problems[0] if problems and problems[0].refuses else None
    if stopped is None and room is not None and not room.takes(candidate.draft.size):
        stopped = Problem("quota", errand.expectation.rows["quota"].sentence)
    if stopped is not None:
        errand.outcome.refused.append(Refused(candidate.label, stopped, candidate.header))
        return False
    known.add(candidate.header, candidate.draft.sha256)
    errand.outcome.notes += [p for p in problems if p not in errand.outcome.notes]
    return True


def _take(errand: _Errand, kept: Sequence[_Candidate], main: frozenset[str]) -> None:
    """Ten rows in one short transaction. The collection is held meanwhile, so that two uploads into it wait for each other,
    and asked again what it holds by now.
    """
    if not kept:
        return
    Collection.objects.select_for_update().get(pk=errand.collection.pk)
    known, room = _known(errand, kept, main), _room(errand.collection)
    shelves: dict[tuple[object, ...], Series] = {}
    rows = [_row(errand, candidate, shelves) for candidate in kept if _fits(errand, candidate, known, room)]
    errand.outcome.accepted += Instance.objects.bulk_create(rows)


@dataclass
class _Room:
    """What a collection may still take."""

    files: int
    size: int

    def takes(self, size: int) -> bool:
        if self.files < 1 or self.size < size:
            return False
        self.files -= 1
        self.size -= size
        return True


def _room(collection: Collection) -> _Room:
    held = Instance.objects.filter(collection=collection).order_by().aggregate(files=Count("pk"), size=Sum("size"))
    return _Room(settings.MOST_IMAGES - held["files"], settings.MOST_IMAGE_BYTES - (held["size"] or 0))


def _row(errand: _Errand, candidate: _Candidate, shelves: dict[tuple[object, ...], Series]) -> Instance:
    header = candidate.header
    key = (header.study_uid, header.series_uid, header.modality, header.patient_hash)
    if key not in shelves:
        shelves[key] = _series(errand.collection, header)
    return Instance(
        collection=errand.collection, series=shelves[key], sop_instance_uid=header.sop_instance_uid,
        sop_class_uid=header.sop_class_uid, transfer_syntax=header.transfer_syntax, number=header.number,
        position=header.position, frames=header.frames, sha256=candidate.draft.sha256, pixel_hash=header.pixel_hash,
        size=candidate.draft.size, batch=errand.outcome.batch, received_at=errand.now, received_by=errand.actor,
    )  # fmt: skip


def _series(collection: Collection, header: Header) -> Series:
    same = (
        "description",
        "study_date",
        "acquired_on",
        "station",
        "serial",
        "manufacturer",
        "model",
        "rows",
        "columns",
        "slice_thickness",
    )
    details = {"plane": header.plane, "pixel": header.pixel, "after_injection": header.after_injection}
    series, _ = Series.objects.get_or_create(
        collection=collection,
        study_uid=header.study_uid,
        series_uid=header.series_uid,
        modality=header.modality,
        patient_hash=header.patient_hash or "",
        defaults={
            "person_hash": header.person_hash or "",
            "number": header.series_number,
            "details": details | {"identified": list(header.identified)},
            **{name: getattr(header, name) for name in same},
        },
    )
    return series


@transaction.atomic
def _note(errand: _Errand) -> None:
    """What stays of the files that were not taken, and of the table of a disk."""
    Refusal.objects.bulk_create(
        Refusal(
            collection=errand.collection, batch=errand.outcome.batch, ordinal=refused.label.ordinal,
            ending=refused.label.ending, code=refused.problem.code, sentence=refused.problem.sentence,
            clause=refused.problem.clause, at=errand.now, by=errand.actor,
        )
        for refused in errand.outcome.refused
    )  # fmt: skip
    for table in errand.tables:
        if table.listed:
            Disk.objects.get_or_create(
                collection=errand.collection, sha256=table.sha256,
                defaults={"listed": table.listed, "received_at": errand.now},
            )  # fmt: skip
