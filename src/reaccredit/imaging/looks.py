"""Search a series for what names a person, decide about what was found, and make the copies that readers see.

The search is asked for, and done by a worker. What names a person is masked at once; a person may release it. The originals are
never written to.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from reaccredit.imaging import burned_in, phi_header
from reaccredit.imaging.header import Unreadable
from reaccredit.imaging.masking import Boxed, mask
from reaccredit.imaging.models import Instance, Look, MaskedCopy, Series, Spotted
from reaccredit.imaging.queries import images_of
from reaccredit.imaging.storage import STORE
from reaccredit.phi.roster import Roster
from reaccredit.phi.words import TOLD

HEADERS = 40  # headers of a series that are read: what names somebody stands in all of them
SECONDS = 200
PATIENCE = timedelta(minutes=30)
NOT_MASKED = "not-masked"
COPY_BYTES = 4 * 1024**3


@transaction.atomic
def ask(*, series: Iterable[Series], now: datetime) -> list[Look]:
    """Every series that was not looked at as it is now. Asked twice, it is looked at once."""
    asked = []
    for one in series:
        look, new = Look.objects.select_for_update().get_or_create(series=one, defaults={"asked_at": now})
        late = look.looked_at is None and look.asked_at < now - PATIENCE  # whoever looked at it has died
        if new or late or (look.looked_at is not None and look.images != one.instances.count()):
            look.asked_at, look.looked_at = now, None
            look.save(update_fields=["asked_at", "looked_at"])
            asked.append(look)
    return asked


def search(*, look: Look, roster: Roster, now: datetime) -> Look:
    """Takes as long as reading pictures takes; nothing is held meanwhile. What was found before gives way to what is found now."""
    images = images_of(look.series)
    paths = [STORE.path(one.sha256) for one in images]
    headers = _headers(paths, roster)
    answer = burned_in.look(paths, seconds=SECONDS, roster=roster)
    return _found(look, images, headers, answer, now)


@transaction.atomic
def _found(
    look: Look, images: Sequence[Instance], headers: list[list[object]], answer: burned_in.Answer, now: datetime
) -> Look:
    held = Look.objects.select_for_update().get(pk=look.pk)
    held.spotted.all().delete()
    Spotted.objects.bulk_create(
        Spotted(
            look=held, instance=None if one.file is None else images[one.file], frame=one.frame, kind=one.kind, left=one.box[0],
            top=one.box[1], right=one.box[2], bottom=one.box[3], certainty=one.certainty,
        )
        for one in answer.findings
    )  # fmt: skip
    held.looked_at, held.images, held.headers, held.reason = now, len(images), headers, answer.reason
    held.decided_at = held.masked_at = None
    held.save()
    return held


def _headers(paths: Sequence[Path], roster: Roster) -> list[list[object]]:
    """Kind, attribute, certainty, and in how many headers; never a value."""
    step = max(1, len(paths) // HEADERS)
    counted: Counter[tuple[str, str, float]] = Counter()
    for path in paths[::step]:
        try:
            with path.open("rb") as stream:
                counted.update((f.kind, f.attribute, f.certainty) for f in phi_header.scan(stream, roster=roster))
        except (Unreadable, FileNotFoundError):
            continue
    return [[*key, number] for key, number in sorted(counted.items()) if key[2] >= TOLD]


@transaction.atomic
def decide(*, look: Look, decisions: Mapping[int, str], actor: str, now: datetime) -> Look:
    """What a person says of each finding (by its key). The copies follow in the background."""
    held = Look.objects.select_for_update().get(pk=look.pk)
    for one in held.spotted.filter(pk__in=decisions):
        one.decision, one.decided_at, one.decided_by = decisions[one.pk], now, actor
        one.save(update_fields=["decision", "decided_at", "decided_by"])
    held.decided_at, held.masked_at = now, None
    held.save(update_fields=["decided_at", "masked_at"])
    return held


def make_copies(*, look: Look, now: datetime) -> int:
    """The copies as the decisions stand; returns how many images could not be masked, which readers then do not see masked.

    Bytes first, then the row: what dies in between is swept. Safe to be asked for twice.
    """
    wanted = _wanted(look)
    graphics = any(kind == "overlay" for kind, *_ in look.headers)
    here = {copy.instance_id: copy for copy in MaskedCopy.objects.filter(instance__series=look.series_id)}
    MaskedCopy.objects.filter(instance__in=here.keys() - wanted.keys()).delete()
    failed = 0
    for instance in Instance.objects.filter(pk__in=wanted).order_by("pk"):
        boxes = wanted[instance.pk]
        if (copy := here.get(instance.pk)) is None or copy.boxes != [list(box) for box in boxes]:
            failed += not _copy(instance, boxes, graphics, now)
    said: dict[str, datetime | str] = {"masked_at": now}
    if failed or look.reason == NOT_MASKED:
        said["reason"] = NOT_MASKED if failed else ""
    Look.objects.filter(pk=look.pk, decided_at=look.decided_at).update(**said)
    return failed


def _wanted(look: Look) -> dict[int, list[Boxed]]:
    """The boxes of each image that has any."""
    found: dict[int, list[Boxed]] = {}
    masks = [one for one in look.spotted.all() if one.masks]
    keys = list(Instance.objects.filter(series=look.series_id).values_list("pk", flat=True)) if masks else []
    for one in masks:
        for key in keys if one.instance_id is None else [one.instance_id]:
            found.setdefault(key, []).append((one.frame, one.left, one.top, one.right, one.bottom))
    return found


def _copy(instance: Instance, boxes: Sequence[Boxed], graphics: bool, now: datetime) -> bool:
    uid = generate_uid(prefix=None)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "masked"
        if not mask(STORE.path(instance.sha256), target, boxes, uid, graphics=graphics):
            return False
        with target.open("rb") as made:
            stored = STORE.put(made, limit=COPY_BYTES)
    said = {
        "sha256": stored.sha256, "sop_instance_uid": uid, "transfer_syntax": str(ExplicitVRLittleEndian), "size": stored.size,
        "boxes": [list(box) for box in boxes], "made_at": now,
    }  # fmt: skip
    MaskedCopy.objects.update_or_create(instance=instance, defaults=said)
    return True


@transaction.atomic
def release(*, series: Iterable[Series], now: datetime) -> None:
    """A person has looked at these pictures as they are now, and answers for them. What is masked stays masked."""
    for one in series:
        look, _ = Look.objects.select_for_update().get_or_create(series=one, defaults={"asked_at": now})
        look.images, look.decided_at = one.instances.count(), now
        look.save(update_fields=["images", "decided_at"])


def as_readers_see(images: Sequence[Instance]) -> Sequence[Instance]:
    """The same images, those with a masked copy as that copy: for whoever judges them. Not to be saved."""
    copies = {copy.instance_id: copy for copy in MaskedCopy.objects.filter(instance__in=[one.pk for one in images])}
    for one in images:
        if copy := copies.get(one.pk):
            one.sha256, one.transfer_syntax, one.sop_instance_uid = (
                copy.sha256,
                copy.transfer_syntax,
                copy.sop_instance_uid,
            )
    return images
