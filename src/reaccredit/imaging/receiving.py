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

from reaccredit.imaging import disk, holdings, reading, unpacking
from reaccredit.imaging.checks import Expectation, Problem, Seen, examine
from reaccredit.imaging.header import Header, Skipped, Unreadable
from reaccredit.imaging.holdings import Holdings, Shelves
from reaccredit.imaging.models import Collection, Count, Disk, Instance, Refusal, Series
from reaccredit.imaging.passing import Passed, Passing
from reaccredit.imaging.storage import STORE
from reaccredit.imaging.unpacking import Arrived, Label, Part
from reaccredit.imaging.uploads import passed_of
from reaccredit.ledger.files import CHUNK, Draft, NoRoom, Readable, TooLarge

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
            with holdings.turn(), transaction.atomic():
                if permit is not None:
                    permit()
                _take(errand, kept, main)
    outcome.skipped += [r for r in refused if not r.problem.refuses]
    outcome.refused += [r for r in refused if r.problem.refuses]
    outcome.refused.sort(key=lambda r: r.label.ordinal)
    if outcome.refused or errand.tables:
        _note(errand)
    return outcome


def look(passed: Passed) -> Arrived | Unreadable:
    """The header of a single file that has come. Nothing of it is kept yet."""
    draft = passed.draft
    if passed.header is not None:
        return Arrived(draft, passed.header)
    try:
        with draft.open() as handle:
            return Arrived(draft, reading.read(handle))
    except Unreadable as error:
        return error


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
    if isinstance(part.content, Arrived):
        return _Candidate(part.label, part.content.draft, part.content.header)
    try:
        return _read_one(errand, part, part.content, drafts)
    except Unreadable as error:
        return error


def _read_one(errand: _Errand, part: Part, stream: Readable, drafts: ExitStack) -> _Candidate:
    passed = passed_of(stream) or _written(stream)
    draft = passed.draft
    if draft.size > FILE_BYTES:
        raise Unreadable("too-large", TOO_LARGE)
    drafts.callback(draft.drop)
    if part.claimed and part.claimed != draft.sha256:
        raise ALTERED
    if passed.header is not None:
        return _Candidate(part.label, draft, passed.header)
    with draft.open() as handle:
        try:
            return _Candidate(part.label, draft, reading.read(handle))
        except Unreadable as error:
            if error.code == "directory":
                errand.tables.append(_Table(draft.sha256, disk.listed(handle)))
            draft.drop()
            raise unpacking.LITTERED if part.label.is_table and not isinstance(error, Skipped) else error from None


def _written(stream: Readable) -> Passed:
    try:
        pen = Passing(STORE.pen(limit=FILE_BYTES))
    except NoRoom:
        raise FULL from None
    try:
        while chunk := stream.read(CHUNK):
            pen.write(chunk)
        return pen.done()
    except BaseException as error:
        pen.drop()
        if isinstance(error, TooLarge):
            raise Unreadable("too-large", TOO_LARGE) from None
        raise


def _main_patient(collection: Collection, candidates: Sequence[_Candidate], expectation: Expectation) -> frozenset[str]:
    """Whose exam is it? Whoever is in the collection already, else whom most of the usable files show: one stray file
    must not shut out the rest.
    """
    if len(candidates) < 2:
        return frozenset()  # whoever it shows is then the first
    if known := holdings.series(collection).patients:
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
    known = _held(errand, step, main).seen
    fit = [candidate for candidate in step if _fits(errand, candidate, known)]
    STORE.keep([candidate.draft for candidate in fit])
    return fit


def _held(errand: _Errand, step: Sequence[_Candidate], main: frozenset[str]) -> Holdings:
    held = holdings.holdings(errand.collection, [c.header for c in step], [c.draft.sha256 for c in step])
    held.seen.patients = held.seen.patients or main
    return held


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
    holdings.lock(errand.collection)
    held, room = _held(errand, kept, main), _room(errand.collection, kept)
    rows = [_row(errand, candidate, held.shelves) for candidate in kept if _fits(errand, candidate, held.seen, room)]
    errand.outcome.accepted += holdings.add(rows)


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


def _room(collection: Collection, kept: Sequence[_Candidate]) -> _Room:
    """Counted anew only where what was counted before leaves no room for all of these."""
    before, size = collection.counted, sum(candidate.draft.size for candidate in kept)
    room = _left(collection, before)
    if before is not None and (room.files < len(kept) or room.size < size):
        return _left(collection, None)
    return room


def _left(collection: Collection, before: Count | None) -> _Room:
    collection.counted = found = holdings.count(collection, before)
    return _Room(settings.MOST_IMAGES - found.files, settings.MOST_IMAGE_BYTES - found.size)


def _row(errand: _Errand, candidate: _Candidate, shelves: Shelves) -> Instance:
    header = candidate.header
    key = holdings.key(header)
    series = shelves.get(key)
    if series is None:
        series = shelves.made[key] = _series(errand.collection, header)
    return Instance(
        collection=errand.collection, series=series, sop_instance_uid=header.sop_instance_uid,
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
