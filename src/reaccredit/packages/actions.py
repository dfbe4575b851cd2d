"""Writes of the packages room. Each is one transaction, except taking in files: those are kept one by one, so that a crash loses none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction

from reaccredit.applications import actions as applications
from reaccredit.applications.models import Application, Area, CaseFile
from reaccredit.applications.queries import exams
from reaccredit.documents import actions as documents
from reaccredit.facilities.queries import audience
from reaccredit.imaging import actions as imaging
from reaccredit.imaging import unpacking
from reaccredit.imaging.actions import Received
from reaccredit.imaging.models import Series
from reaccredit.imaging.unpacking import Part
from reaccredit.ledger import actions as ledger
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.files import Readable
from reaccredit.ledger.models import Fact
from reaccredit.ledger.queries import decision, history, policy_for
from reaccredit.packages import opening, queries, rules
from reaccredit.packages.catalogue import IMAGE_KINDS, Contents, contents
from reaccredit.packages.expectations import expectation
from reaccredit.packages.models import CommentOnReturn, FormEntry, Item, MediaReceived, Medium, Package, Paper
from reaccredit.packages.ticks import Tick, crosses, ticks
from reaccredit.people.models import FACILITY_ROLES, Person, Role
from reaccredit.people.queries import code
from reaccredit.policy import Fact as PolicyFact
from reaccredit.policy import Refusal
from reaccredit.screening import actions as screening

SUBMITTED, RETURNED, ADDED = "package.submitted", "package.returned", "images.added"
HANDED_IN = "The package has been submitted meanwhile. What is in it cannot be changed any more."
BY_POST = frozenset({Medium.CD, Medium.FILM})


class NotComplete(Exception):
    """The package has crosses: each says what is missing."""

    def __init__(self, found: Sequence[Tick]) -> None:
        number = len(found)
        super().__init__(
            f"{number} item{' is' if number == 1 else 's are'} not done yet, so the package cannot be submitted."
        )
        self.crosses = tuple(found)


class NothingKnown(Exception):
    """No source says what is sent for this modality, so no package can be opened here."""


class SavedMeanwhile(Exception):
    """Somebody else has saved the form since it was shown. Nothing is overwritten."""

    def __init__(self, newest: FormEntry) -> None:
        super().__init__("Somebody else has saved this form while you were filling it in.")
        self.newest = newest


class PaperRefused(Exception):
    """The document cannot be taken; the sentence says why."""


class SentByPost(Exception):
    """The images of this package come on CD or film: staff record them, and may read them in."""

    def __init__(self, medium: str) -> None:
        words = Medium(medium).label
        super().__init__(f"The images of this package come by post ({words}). Staff record them here when they arrive.")


class HasImages(Exception):
    """The medium cannot be changed any more."""


# -- opening ---------------------------------------------------------------------------


@transaction.atomic
def accept(*, application: Application, actor: Person, now: datetime) -> Package:
    """Accept the application and open its package, or neither. Raises `Refused` with the policy's sentence."""
    case_file = application.case_file
    ledger.lock(case_file.case)
    if Package.objects.filter(application=application).exists():
        raise Lost("This application has been accepted already, and its package is open.")
    found = _contents(case_file)
    applications.accept(application=application, actor=actor, now=now)
    standing = decision(case_file.case, now).standing
    areas = list(case_file.areas.all())
    drafts = opening.drafts(
        found,
        playing=opening.in_play(areas, standing),
        applied_for=opening.not_withdrawn(areas, standing),
        exams={area.code: exams(application, area.code) for area in areas},
    )
    package = _create(case_file, application.attempt, application.kind, now, application=application)
    _add_items(package, drafts, now)
    return package


@transaction.atomic
def open_appeal(*, case_file: CaseFile, areas: Collection[Area], actor: Person, now: datetime) -> Package:
    """Open a package for the missing images of these areas: one item each. It uses the medium of the submission it appeals."""
    ledger.lock(case_file.case)
    judged = queries.latest(case_file)
    if judged is None:
        raise NothingKnown("Nothing was submitted in this case, so there are no images that could be missing.")
    if queries.appeal_package(case_file, judged.attempt):
        raise Lost("The package for the missing images of this appeal is open already.")
    package = _create(case_file, judged.attempt, Package.Purpose.APPEAL, now, medium=judged.medium)
    kinds = {Area.Kind.CLINICAL: Item.Kind.EXAM, Area.Kind.PHANTOM: Item.Kind.PHANTOM}
    _add_items(
        package,
        [
            opening.Draft(
                area, kinds[Area.Kind(area.kind)], f"{opening.MISSING}.{number}", f"Missing images: {area.title}"
            )
            for number, area in enumerate(areas, 1)
        ],
        now,
    )
    return package


def _contents(case_file: CaseFile) -> Contents:
    found = contents(case_file.modality)
    if found is None:
        raise NothingKnown(
            "What is sent for this modality is not published, so no package can be opened here. Staff decide."
        )
    return found


def _create(
    case_file: CaseFile,
    attempt: int,
    purpose: str,
    now: datetime,
    *,
    application: Application | None = None,
    medium: str = Medium.UPLOAD,
) -> Package:
    try:
        with transaction.atomic():
            return Package.objects.create(
                case_file=case_file,
                application=application,
                attempt=attempt,
                purpose=purpose,
                medium=medium,
                opened_at=now,
            )
    except IntegrityError as error:
        raise Lost("The package was opened by somebody else meanwhile.") from error


def _add_items(package: Package, drafts: Iterable[opening.Draft], now: datetime) -> None:
    for place, draft in enumerate(drafts, 1):
        images = draft.kind in IMAGE_KINDS
        Item.objects.create(
            package=package, area=draft.area, kind=draft.kind, code=draft.code, title=draft.title, place=place,
            collection=imaging.open_collection(purpose="testing package", now=now) if images else None,
        )  # fmt: skip


# -- what is handed in -----------------------------------------------------------------


def kind_of_submission(package: Package) -> str:
    return ADDED if package.purpose == Package.Purpose.APPEAL else SUBMITTED


def closed(package: Package, now: datetime) -> Refusal | None:
    """Why nothing can be handed in now: the policy's own refusal of the submission. A parcel counts from the day it came."""
    when = now
    if package.medium in BY_POST and (came := package.media.order_by("received_at").first()):
        when = came.received_at
    return _refusal(package, kind_of_submission(package), when, now)


def not_returned(package: Package, now: datetime) -> Refusal | None:
    """Why it cannot be given back now: the policy's own refusal."""
    return _refusal(package, RETURNED, now, now)


def _refusal(package: Package, kind: str, at: datetime, now: datetime) -> Refusal | None:
    case = package.case_file.case
    answer = policy_for(case.programme).admit(history(case), PolicyFact(at=at, kind=kind), known_at=now)
    return answer if isinstance(answer, Refusal) else None


def _still_open(package: Package, now: datetime) -> Package:
    """The package, held until the transaction ends, if it still takes something."""
    ledger.lock(package.case_file.case)
    held = Package.objects.select_for_update().get(pk=package.pk)
    _must_be_open(held, now)
    return held


def _must_be_open(held: Package, now: datetime) -> None:
    if held.submitted_at is not None:
        raise Lost(HANDED_IN)
    if refusal := closed(held, now):
        raise Refused(refusal)


def upload(*, item: Item, files: Iterable[tuple[str, BinaryIO]], actor: Person, now: datetime) -> Received:
    """Take in the good files; the others are named with their reasons. Zip archives are opened."""
    return take(item=item, parts=unpacking.parts(files), actor=actor, now=now)


def take(*, item: Item, parts: Iterable[Part], actor: Person, now: datetime) -> Received:
    """The same for single files, from whichever way they come."""
    may_add(package=item.package, actor=actor, now=now)
    assert item.collection is not None
    return imaging.receive_parts(
        collection=item.collection, parts=parts, expectation=expectation(item, now), actor=code(actor), now=now,
        # Asked again with each handful of files: the package may be submitted while a large upload is still being read.
        permit=lambda: must_not_be_handed_in(item.package),
    )  # fmt: skip


def may_add(*, package: Package, actor: Person, now: datetime) -> None:
    """Raises where this person may add no images now. What comes by post is read in by staff: a facility that may upload has
    no need of a CD. Nobody waits for it: what is added asks once more inside its transaction.
    """
    held = Package.objects.select_related("case_file__case").get(pk=package.pk)
    _must_be_open(held, now)
    if held.medium in BY_POST and acting_role(actor, held.case_file, now) != Role.STAFF:
        raise SentByPost(held.medium)


def must_not_be_handed_in(package: Package) -> None:
    """The least that is asked inside each transaction that adds something: of a package that was submitted nothing changes."""
    if queries.handed_in(package):
        raise Lost(HANDED_IN)


@transaction.atomic
def remove_series(*, item: Item, series: Series, actor: Person, now: datetime) -> int:
    """Let go of a series that was sent by mistake. Returns the number of images."""
    package = _still_open(item.package, now)
    held = Series.objects.filter(pk=series.pk, collection=item.collection).first()
    if held is None:
        raise Lost("This series has been removed already.")
    number = imaging.discard_series(series=held)
    _note(package, "images.removed", {"item": item.pk, "images": number}, actor, now)
    return number


def store_paper(*, item: Item, file: Readable, actor: Person, now: datetime) -> Paper:
    """Keep the document that answers an item; an earlier one stays, and no longer counts. Raises `PaperRefused`."""
    with transaction.atomic():
        _still_open(item.package, now)
    try:
        document = screening.store(
            case_file=item.package.case_file, artefact="package-document", stream=file, title=item.title,
            allowed=documents.SCANS, actor=actor, now=now,
        )  # fmt: skip
    except documents.Unacceptable as error:
        raise PaperRefused(error.sentence) from None
    with transaction.atomic():
        _still_open(item.package, now)
        return Paper.objects.create(item=item, document=document, sent_at=now, sent_by=actor)


@transaction.atomic
def save_form(*, item: Item, answers: Mapping[str, Any], seen: int | None, actor: Person, now: datetime) -> FormEntry:
    """`seen` is the entry that the page showed; if somebody has saved another one since, nothing is overwritten."""
    _still_open(item.package, now)
    newest = item.entries.order_by("-pk").first()
    if newest is not None and newest.pk != seen:
        raise SavedMeanwhile(newest)
    return FormEntry.objects.create(item=item, answers=dict(answers), saved_at=now, saved_by=actor)


@transaction.atomic
def choose_medium(*, package: Package, medium: str, actor: Person, now: datetime) -> Package:
    """CD and film are the exception; the choice is made before the first image, and an appeal has none to make."""
    held = _still_open(package, now)
    if held.purpose == Package.Purpose.APPEAL:
        raise HasImages("An appeal is sent in the same way as the submission it appeals.")
    if any(queries.imaging.counts(queries.collections_of(held)).values()) or held.media.exists():
        raise HasImages("Images are here already. Remove them first, or stay with this way of sending.")
    if held.medium != medium:
        held.medium = medium
        held.save(update_fields=["medium"])
        _note(held, "package.medium", {"medium": medium}, actor, now)
    return held


@transaction.atomic
def record_media(
    *,
    package: Package,
    medium: str,
    received_at: datetime,
    pieces: int,
    items: Collection[Item],
    actor: Person,
    now: datetime,
    tracking: str = "",
    contents: str = "",
) -> MediaReceived:
    """Staff record what came by post, with the day on which it came."""
    ledger.lock(package.case_file.case)
    held = Package.objects.select_for_update().get(pk=package.pk)
    if held.submitted_at is not None:
        raise Lost("The package has been submitted meanwhile. What came after it belongs to no package.")
    row = MediaReceived.objects.create(
        package=held, medium=medium, received_at=received_at, pieces=pieces, tracking=tracking, contents=contents,
        recorded_at=now, recorded_by=actor,
    )  # fmt: skip
    row.items.set(items)
    _note(held, "media.received", {"medium": medium, "pieces": pieces}, actor, now, happened_at=received_at)
    return row


# -- handing in and giving back --------------------------------------------------------


@transaction.atomic
def submit(*, package: Package, actor: Person, now: datetime, happened_at: datetime | None = None) -> Package:
    """Hand the package in when every item is done. `happened_at` is for staff who enter what came by post.

    Raises `NotComplete`, `Refused` (the policy's sentence) or `Lost`; then nothing has changed.
    """
    ledger.lock(package.case_file.case)
    held = Package.objects.select_for_update().select_related("case_file__case").get(pk=package.pk)
    if held.submitted_at is not None:
        raise Lost("The package has been submitted already. It was handed in once.")
    if found := crosses(ticks([held])[held.pk]):
        raise NotComplete(found)
    fact = _state(held, kind_of_submission(held), {"medium": held.medium}, actor, now, happened_at=happened_at)
    held.submitted_at, held.submitted_by, held.read_since = fact.happened_at, actor, None
    held.save(update_fields=["submitted_at", "submitted_by", "read_since"])
    return held


@transaction.atomic
def return_(*, package: Package, comment: str, actor: Person, now: datetime) -> CommentOnReturn:
    """Staff give the package back with a comment; it is open again."""
    ledger.lock(package.case_file.case)
    held = Package.objects.select_for_update().select_related("case_file__case").get(pk=package.pk)
    if held.submitted_at is None:
        raise Lost("The package is with the facility already.")
    _state(held, RETURNED, {}, actor, now, note=comment)
    held.submitted_at = held.submitted_by = None
    held.save(update_fields=["submitted_at", "submitted_by"])
    return CommentOnReturn.objects.create(package=held, text=comment, returned_at=now, returned_by=actor)


def _state(
    package: Package,
    kind: str,
    about: Mapping[str, Any],
    actor: Person,
    now: datetime,
    *,
    happened_at: datetime | None = None,
    note: str = "",
) -> Fact:
    case_file = package.case_file
    return ledger.state(
        case=case_file.case, kind=kind, actor=code(actor), role=acting_role(actor, case_file, now), now=now,
        happened_at=happened_at, about={"package": package.pk, **about}, note=note,
    )  # fmt: skip


def _note(
    package: Package,
    kind: str,
    about: Mapping[str, Any],
    actor: Person,
    now: datetime,
    *,
    happened_at: datetime | None = None,
) -> None:
    """A fact that the timeline shows and no rule looks at."""
    _state(package, kind, about, actor, now, happened_at=happened_at)


def acting_role(person: Person, case_file: CaseFile, now: datetime) -> str:
    """The role in which somebody acts here: staff, or the first of their posts at the facility."""
    who = audience(person, rules.today(case_file.case, now))
    if who.is_staff:
        return Role.STAFF
    held = who.roles_at(case_file.facility_id)
    return next((role.value for role in FACILITY_ROLES if role in held), "")
