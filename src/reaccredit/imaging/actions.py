"""Take images in, let them go, sweep up. An upload is read whole first, then taken in steps of ten files.

Order on disk and in the database: bytes under their name first, then the row. A process that dies leaves at most bytes
without a row,
which `sweep` removes; a row without bytes can't come about.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import transaction

from reaccredit.imaging import reading, unpacking
from reaccredit.imaging.checks import Expectation, Problem, Seen, examine
from reaccredit.imaging.header import Header, Skipped, Unreadable
from reaccredit.imaging.models import Collection, Instance, Refusal, Series
from reaccredit.imaging.queries import seen
from reaccredit.imaging.storage import STORE
from reaccredit.imaging.unpacking import Label
from reaccredit.ledger.files import Draft, Readable, Swept, TooLarge

FILE_BYTES = 2 * 1024**3
STEP = 10
ORPHAN_AGE = timedelta(days=1)


@dataclass(frozen=True)
class Refused:
    """A file that was not taken. `label.shown` is for the person who sent it and for nobody else."""

    label: Label
    problem: Problem


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


def open_collection(*, purpose: str, now: datetime) -> Collection:
    return Collection.objects.create(purpose=purpose, created_at=now)


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
    outcome = Received(uuid.uuid4())
    with ExitStack() as drafts:
        candidates, refused = _read_all(files, drafts)
        main = _main_patient(collection, candidates, expectation)
        for step in _steps(candidates):
            with transaction.atomic():
                if permit is not None:
                    permit()
                _take(collection, step, main, expectation, outcome, actor, now)
    outcome.skipped += [r for r in refused if not r.problem.refuses]
    outcome.refused += [r for r in refused if r.problem.refuses]
    outcome.refused.sort(key=lambda r: r.label.ordinal)
    _note_refusals(collection, outcome, actor, now)
    return outcome


def _read_all(files: Iterable[tuple[str, BinaryIO]], drafts: ExitStack) -> tuple[list[_Candidate], list[Refused]]:
    candidates: list[_Candidate] = []
    refused: list[Refused] = []
    for part in unpacking.parts(files):
        found = _look(part, drafts)
        if isinstance(found, _Candidate):
            candidates.append(found)
        else:
            problem = Problem(found.code, found.sentence, refuses=not isinstance(found, Skipped))
            refused.append(Refused(part.label, problem))
    return candidates, refused


def _look(part: unpacking.Part, drafts: ExitStack) -> _Candidate | Unreadable:
    if isinstance(part.content, Unreadable):
        return part.content
    try:
        return _read_one(part.label, part.content, drafts)
    except Unreadable as error:
        return error


def _read_one(label: Label, stream: Readable, drafts: ExitStack) -> _Candidate:
    try:
        draft = STORE.receive(stream, limit=FILE_BYTES)
    except TooLarge:
        limit = f"{FILE_BYTES // 1024**3} GB"
        raise Unreadable(
            "too-large", f"The file is larger than {limit}. Send the images as single files, not as one."
        ) from None
    try:
        with draft.open() as handle:
            header = reading.read(handle)
    except BaseException:
        draft.drop()
        raise
    drafts.callback(draft.drop)
    return _Candidate(label, draft, header)


def _main_patient(collection: Collection, candidates: Sequence[_Candidate], expectation: Expectation) -> frozenset[str]:
    """Whose exam is it? Whoever is in the collection already, else whom most of the usable files show: one stray file
    must not shut out the rest.
    """
    if known := seen(collection, [], [], []).patients:
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


def _steps(candidates: Sequence[_Candidate]) -> Iterable[Sequence[_Candidate]]:
    return (candidates[i : i + STEP] for i in range(0, len(candidates), STEP))


@transaction.atomic
def _take(
    collection: Collection,
    step: Sequence[_Candidate],
    main: frozenset[str],
    expectation: Expectation,
    outcome: Received,
    actor: str,
    now: datetime,
) -> None:
    """Ten files in one short transaction. The collection is held meanwhile, so that two uploads into it wait for each
    other.
    """
    Collection.objects.select_for_update().get(pk=collection.pk)
    headers = [c.header for c in step]
    known = seen(
        collection,
        [h.sop_instance_uid for h in headers],
        [c.draft.sha256 for c in step],
        [h.pixel_hash for h in headers if h.pixel_hash],
    )
    known.patients = known.patients or main
    for candidate in step:
        problems = examine(candidate.header, candidate.draft.sha256, known, expectation)
        if problems and problems[0].refuses:
            outcome.refused.append(Refused(candidate.label, problems[0]))
            continue
        known.add(candidate.header, candidate.draft.sha256)
        outcome.accepted.append(_store(collection, candidate, outcome.batch, actor, now))
        outcome.notes += [p for p in problems if p not in outcome.notes]


def _store(collection: Collection, candidate: _Candidate, batch: uuid.UUID, actor: str, now: datetime) -> Instance:
    header, stored = candidate.header, candidate.draft.keep()
    series, _ = Series.objects.get_or_create(
        collection=collection,
        study_uid=header.study_uid,
        series_uid=header.series_uid,
        modality=header.modality,
        patient_hash=header.patient_hash or "",
        defaults={
            "person_hash": header.person_hash or "",
            **{
                name: getattr(header, name)
                for name in ("description", "study_date", "acquired_on", "station", "serial")
            },
            **{name: getattr(header, name) for name in ("manufacturer", "model", "rows", "columns", "slice_thickness")},
            "number": header.series_number,
        },
    )
    return Instance.objects.create(
        collection=collection,
        series=series,
        sop_instance_uid=header.sop_instance_uid,
        sop_class_uid=header.sop_class_uid,
        transfer_syntax=header.transfer_syntax,
        number=header.number,
        position=header.position,
        frames=header.frames,
        sha256=stored.sha256,
        pixel_hash=header.pixel_hash,
        size=stored.size,
        batch=batch,
        received_at=now,
        received_by=actor,
    )


def _note_refusals(collection: Collection, outcome: Received, actor: str, now: datetime) -> None:
    Refusal.objects.bulk_create(
        Refusal(
            collection=collection,
            batch=outcome.batch,
            ordinal=refused.label.ordinal,
            ending=refused.label.ending,
            code=refused.problem.code,
            sentence=refused.problem.sentence,
            clause=refused.problem.clause,
            at=now,
            by=actor,
        )
        for refused in outcome.refused
    )


@transaction.atomic
def discard(*, instance: Instance) -> None:
    """Let go of one image; its bytes go with the next sweep. Whether it may be let go is the caller's question, and the
    caller's fact to state.
    """
    series = instance.series
    instance.delete()
    if not series.instances.exists():
        series.delete()


@transaction.atomic
def discard_series(*, series: Series) -> int:
    """Let go of a whole series. Returns how many images it had."""
    count, _ = series.instances.all().delete()
    series.delete()
    return count


def sweep(*, now: datetime) -> Swept:
    """Remove drafts and files without a row that are older than a day; tell which rows lack their file."""
    named = frozenset(Instance.objects.values_list("sha256", flat=True).distinct())
    return STORE.sweep(_still_named, named=named, before=now - ORPHAN_AGE)


def _still_named(digests: Iterable[str]) -> set[str]:
    wanted = set(digests)
    return {d for d in Instance.objects.values_list("sha256", flat=True).distinct().iterator() if d in wanted}
