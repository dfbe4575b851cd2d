"""Writes of calibration cases: made from a closed review, keyed and approved by two persons, sent, retired.

No fact is stated of any of it: the case that it was made from stays as it is, and its facility learns nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from reaccredit.applications.models import Area
from reaccredit.ledger.actions import Lost
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role
from reaccredit.people.signed import Signed, signed
from reaccredit.reviews import actions, calibration, catalogue, queries
from reaccredit.reviews.calibration_models import Calibration, Key, KeyArea, KeyMark, Sending, Sent, Talk
from reaccredit.reviews.house_rules import house_rules
from reaccredit.reviews.models import Assignment, Round
from reaccredit.reviews.rereading import lot

MADE = "This review was made a calibration case meanwhile. Find it in the list of calibration cases."
OVERTAKEN = (
    "Somebody else has set a version of this key since you opened the page. Yours is not saved: compare the two, and send "
    "yours again if it is to stand."
)
SENT_ALREADY = (
    "This case was sent since you opened the page, perhaps by pressing the button twice. Look at who has it before you "
    "send it again."
)
REPLACED = "A newer version of this key was set meanwhile. Read that one."
YOUR_OWN = "You set this version of the key yourself. A colleague has to approve it."
YOU_READ_IT = "You were sent this case as a reader, so you neither set its key nor approve it."
NOBODY_DUE = (
    "Nobody is in the draw: whoever may read this case has had one of this modality lately. Choose by hand, or wait."
)
APPROVAL = "This is the key to the calibration case: I have looked at the images, and readers may be measured by it."


class NotAllowed(Exception):
    """This person cannot do this; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """What the key says of one criterion."""

    criterion: str
    acceptable: bool
    reason: str = ""
    why: str = ""


def _hold(one: Calibration) -> Calibration:
    held = Calibration.objects.select_for_update().get(pk=one.pk)
    if held.retired_at is not None:
        raise Lost("This case is retired, so nothing about it changes any more.")
    return held


@transaction.atomic
def make(*, review: Round, areas: Collection[Area], because: str, actor: Person, now: datetime) -> Calibration:
    """Raises `Lost` where it cannot be made, or was made meanwhile."""
    rules = calibration.rules_on(now)
    if rules is None:
        raise Lost(calibration.NO_RULES)
    if not 0 < len(areas) <= rules.areas_at_most or not set(areas) <= set(queries.areas_of(review)):
        raise Lost(f"A calibration case has at least one area of its review, and at most {rules.areas_at_most}.")
    if not calibration.candidates(now, rules).filter(pk=review.pk).exists() or not calibration.closed(
        [review], now, rules
    ):
        raise Lost(MADE if review.calibrations.filter(retired_at=None).exists() else "This review is not a closed one.")
    codes = sorted(area.code for area in areas)
    try:
        with transaction.atomic():
            return Calibration.objects.create(review=review, only=codes, because=because, made_at=now, made_by=actor)
    except IntegrityError as error:
        raise Lost(MADE) from error


# -- the key -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_key(
    *, one: Calibration, answers: Mapping[Area, Sequence[KeyAnswer]], because: str, seen: int, actor: Person, now: datetime
) -> Key:  # fmt: skip
    """A new version, which counts once a colleague has approved it. `seen`: the newest version that this person had before them.

    The determination of an area follows from the scores by the rule by which any sheet adds up. Raises `Lost` or `NotAllowed`.
    """
    held = _hold(one)
    if calibration.was_sent(held, actor):
        raise NotAllowed(YOU_READ_IT)
    newest = held.keys.first()
    version = newest.version if newest else 0
    if version != seen:
        if newest and newest.set_by_id == actor.pk and newest.because == because and _says(newest, answers):
            return newest  # the same form, sent twice
        raise Lost(OVERTAKEN)
    made = Key.objects.create(calibration=held, version=version + 1, because=because, set_at=now, set_by=actor)
    for area, listed in answers.items():
        criteria = queries.criteria_of(held.review, area)
        outcome = catalogue.outcome(area.kind, criteria, {answer.criterion: answer.acceptable for answer in listed})
        of = KeyArea.objects.create(key=made, area=area, outcome=outcome)
        KeyMark.objects.bulk_create(
            KeyMark(of=of, criterion=a.criterion, acceptable=a.acceptable, reason=a.reason, why=a.why) for a in listed
        )
    return made


def _says(key: Key, answers: Mapping[Area, Sequence[KeyAnswer]]) -> bool:
    there = {(where, m.acceptable, m.reason, m.why) for where, m in calibration.of_key(key).items()}
    return there == {
        ((area.pk, a.criterion), a.acceptable, a.reason, a.why) for area, listed in answers.items() for a in listed
    }


def key_hash(key: Key) -> str:
    """SHA-256 over everything that the key says."""
    said = {
        "calibration": key.calibration_id, "version": key.version, "because": key.because,
        "areas": sorted([one.area_id, one.outcome] for one in key.areas.all()),
        "marks": sorted([*where, m.acceptable, m.reason, m.why] for where, m in calibration.of_key(key).items()),
    }  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def signed_by(key: Key) -> Signed | None:
    return signed(key.signature, key_hash(key)) if key.signature else None


@transaction.atomic
def approve(*, key: Key, password: str, actor: Person, now: datetime) -> Key:
    """From now on readers are measured by it. Raises `Lost`, `NotAllowed` or `WrongPassword`."""
    held = _hold(key.calibration)
    newest = held.keys.prefetch_related("areas", "areas__marks").first()
    if newest is None or newest.pk != key.pk:
        raise Lost(REPLACED)
    if newest.approved_at is not None:
        raise Lost("A colleague has approved this version already.")
    if newest.set_by_id == actor.pk:
        raise NotAllowed(YOUR_OWN)
    if calibration.was_sent(held, actor):
        raise NotAllowed(YOU_READ_IT)
    newest.signature = people.sign(
        person=actor, password=password, role=Role.STAFF, meaning=APPROVAL, sha256=key_hash(newest), now=now
    )
    newest.approved_by, newest.approved_at = actor, now
    newest.save(update_fields=["signature", "approved_by", "approved_at"])
    return newest


# -- sending -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def send(*, one: Calibration, readers: Collection[Person], seen: int, actor: Person, now: datetime) -> Sending:
    """To these people, all or none. `seen`: how often it had been sent when the page was opened.

    Raises `Lost`, or `actions.NotEligible` with what stands against somebody."""  # fmt: skip
    held, known = _ready(one, seen, now)
    return _send(held, [known[person.pk] for person in readers], Sending(made_by=actor), now)


@transaction.atomic
def draw(*, one: Calibration, seen: int, actor: Person, now: datetime) -> Sending:
    """To those with the lowest lots of everybody who may read it and is due. Seed, rules and who was in the draw are kept."""
    held, known = _ready(one, seen, now)
    rules = calibration.rules_on(now)
    assert rules is not None  # or `_ready` had said so
    pool = sorted(pk for pk, reader in known.items() if reader.in_the_draw)
    if not pool:
        raise Lost(NOBODY_DUE)
    made = Sending(made_by=actor, seed=rules.seed, pool=pool, rules=rules.kept())
    return _send(held, [known[pk] for pk in drawn(held, seen + 1, pool, rules.seed, rules.readers_at_once)], made, now)


def drawn(one: Calibration, number: int, pool: Collection[int], seed: str, most: int) -> list[int]:
    """The lot of a reader is the SHA-256 of the seed, the number of the case, its attempt, the sending and the reader."""
    case = one.review.case_file.case.number, one.review.attempt, number
    return sorted(pool, key=lambda pk: lot(seed, *case, f"person:{pk}"))[:most]


def same_again(sending: Sending) -> bool:
    """Drawn once more from what was kept: the same people?"""
    one, rules = sending.calibration, sending.rules
    again = drawn(one, sending.number, sending.pool, sending.seed, rules["readers_at_once"])
    return set(again) == {row.reader_id for row in sending.sent.all()}


def _ready(one: Calibration, seen: int, now: datetime) -> tuple[Calibration, dict[int, calibration.Reader]]:
    held = _hold(one)
    rules = calibration.rules_on(now)
    if rules is None:
        raise Lost(calibration.NO_RULES)
    if said := calibration.why_not_sent(held):
        raise Lost(said)
    if held.sendings.count() != seen:
        raise Lost(SENT_ALREADY)
    return held, {reader.person.pk: reader for reader in calibration.readers(held, rules, now)}


def _send(held: Calibration, chosen: Sequence[calibration.Reader], made: Sending, now: datetime) -> Sending:
    """A round of their own for each. A reader gets what of the case they may read, and meets it as any other reading."""
    for reader in chosen:
        if not reader.areas:
            raise actions.NotEligible(reader.person, reader.why_not)
    made.calibration, made.made_at, made.number = held, now, held.sendings.count() + 1
    made.save()
    respond_by = now + timedelta(days=house_rules().answer_within_days)
    for reader in chosen:
        opened = calibration.opened(held, made.made_by, now, reader.areas)
        opened.save()
        Sent.objects.create(sending=made, reader=reader.person, round=opened)
        given = [(area, reader.person) for area in reader.areas]
        actions.assign_all(round=opened, chosen=given, actor=made.made_by, now=now, respond_by=respond_by)
    return made


# -- ends ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def retire(*, one: Calibration, because: str, actor: Person, now: datetime) -> int:
    """It goes to nobody any more, and what is not handed in is taken back: how many sheets that were. Results stay."""
    held = _hold(one)
    open_ = Assignment.objects.filter(round__calibrates__sending__calibration=held, submitted_at__isnull=True)
    listed = list(open_.select_related("round__case_file__case", "area"))
    for reading in listed:
        actions.take_back(assignment=reading, reason=f"The case was retired: {because}", now=now)
    held.retired_at, held.retired_by, held.retired_because = now, actor, because
    held.save(update_fields=["retired_at", "retired_by", "retired_because"])
    return len(listed)


@transaction.atomic
def talked(*, talk: Talk, note: str, actor: Person, now: datetime) -> Talk:
    """Somebody has talked to the reader. Raises `Lost`, or `NotAllowed` for the reader themselves."""
    held = Talk.objects.select_for_update().get(pk=talk.pk)
    if held.done_at is not None:
        raise Lost("A colleague has noted this talk already.")
    if held.reader_id == actor.pk:
        raise NotAllowed("It is about you: a colleague notes it.")
    held.done_at, held.done_by, held.note = now, actor, note
    held.save(update_fields=["done_at", "done_by", "note"])
    return held
