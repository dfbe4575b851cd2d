"""The steps of an appeal: letters, supporting documents, missing images. When the last required piece is in, that fact is stated by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from reaccredit.appeals import queries
from reaccredit.appeals.models import Appeal, Letter, Support
from reaccredit.applications.models import CaseFile
from reaccredit.documents.models import Document
from reaccredit.facilities.queries import holders
from reaccredit.ledger import actions as ledger
from reaccredit.ledger.actions import Lost
from reaccredit.packages import actions as packages
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role, Signature
from reaccredit.people.queries import code
from reaccredit.reports.models import FinalReport


class NotTheSigner(Exception):
    """The letter is signed by whoever holds the role that the policy names, on the day of the signature."""


@transaction.atomic
def open(
    *,
    case_file: CaseFile,
    report: FinalReport,
    areas: Sequence[str],
    additional_images: bool,
    actor: Person,
    now: datetime,
) -> Appeal:
    """Begin the appeal that the option form has chosen; with additional images, open the package for exactly those."""
    if Appeal.objects.filter(report=report).exists():
        raise Lost("This report has been appealed already.")
    appeal = Appeal.objects.create(
        case_file=case_file,
        report=report,
        medium=report.medium,
        additional_images=False,
        opened_at=now,
        opened_by=actor,
    )
    appeal.areas.set(case_file.areas.filter(code__in=list(areas)))
    if additional_images:
        _open_package(appeal, actor, now)
    return appeal


def _open_package(appeal: Appeal, actor: Person, now: datetime) -> None:
    if appeal.package is None:
        appeal.package = packages.open_appeal(
            case_file=appeal.case_file, areas=list(appeal.areas.all()), actor=actor, now=now
        )
    appeal.additional_images = True
    appeal.save(update_fields=["package", "additional_images"])


def _held(appeal: Appeal) -> Appeal:
    """The appeal, held until the transaction ends, while it still takes something."""
    ledger.lock(appeal.case_file.case)
    held = Appeal.objects.select_related("case_file__case", "case_file__facility", "report", "package").get(
        pk=appeal.pk
    )
    if held.received_at is not None:
        raise Lost(
            "Everything required was received meanwhile, and the appeal is with the arbitrator. Nothing can be changed any more."
        )
    return held


# -- letters -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_letter(
    *, appeal: Appeal, kind: str, text: str, actor: Person, now: datetime, seen: str | None = None
) -> Letter:
    """Keep the text of a letter that is to be signed here. `seen` is the hash of the text that the page showed."""
    held = _held(appeal)
    letter = held.letters.filter(kind=kind).first()
    if letter is None:
        return Letter.objects.create(appeal=held, kind=kind, text=text, written_at=now, written_by=actor)
    _unsigned(letter)
    if seen is not None and seen != queries.text_hash(held, kind, letter.text):
        raise Lost(
            "Somebody else has changed this letter while you were writing. Compare your text with theirs and save again."
        )
    letter.text, letter.written_at, letter.written_by = text, now, actor
    letter.save(update_fields=["text", "written_at", "written_by"])
    return letter


@transaction.atomic
def sign_letter(*, appeal: Appeal, kind: str, password: str, seen: str, actor: Person, now: datetime) -> Letter:
    """Sign the text that the page showed (`seen` is its hash). Raises `NotTheSigner`, `WrongPassword`, `Lost`."""
    held = _held(appeal)
    letter = held.letters.filter(kind=kind).first()
    if letter is None:
        raise Lost("There is no letter to sign yet. Write it first.")
    _unsigned(letter)
    digest = queries.text_hash(held, kind, letter.text)
    if seen != digest:
        raise Lost("The letter was changed after this page was made. Nothing was signed: read it again, then sign.")
    role = _signing_role(held, kind, actor, now, now)
    meaning = f"Appeal letter, {kind} areas, case {held.case_file.case.number}"
    signature = people.sign(person=actor, password=password, role=role, meaning=meaning, sha256=digest, now=now)
    return _receive(held, letter, signature, actor, role, now, now)


@transaction.atomic
def upload_letter(
    *, appeal: Appeal, kind: str, document: Document, signer: Person, actor: Person, now: datetime
) -> Letter:
    """A signed paper, handed in as a file. It takes the place of what was written or received before, until the appeal is complete."""
    return _paper(appeal, kind, document, signer, actor, "", now, now)


@transaction.atomic
def record_letter(
    *, appeal: Appeal, kind: str, document: Document, signer: Person, came_at: datetime, actor: Person, now: datetime
) -> Letter:
    """Staff enter a letter that came by post, with the time at which it came."""
    return _paper(appeal, kind, document, signer, actor, Role.STAFF, came_at, now)


def _paper(
    appeal: Appeal,
    kind: str,
    document: Document,
    signer: Person,
    actor: Person,
    acting: str,
    came_at: datetime,
    now: datetime,
) -> Letter:
    held = _held(appeal)
    role = _signing_role(held, kind, signer, came_at, now)
    letter = held.letters.filter(kind=kind).first() or Letter(appeal=held, kind=kind)
    meaning = f"Appeal letter on paper, {kind} areas, case {held.case_file.case.number}"
    signature = people.sign_on_paper(person=signer, role=role, meaning=meaning, sha256=document.sha256, now=now)
    letter.document, letter.text, letter.written_at, letter.written_by = document, "", came_at, actor
    return _receive(
        held, letter, signature, actor, acting or packages.acting_role(actor, held.case_file, now), came_at, now
    )


def _unsigned(letter: Letter) -> None:
    if letter.signature_id is not None:
        raise Lost("This letter is signed already. Its words are not changed; a signed paper can take its place.")


def _signing_role(appeal: Appeal, kind: str, signer: Person, at: datetime, now: datetime) -> str:
    task = queries.letter_task(appeal, kind, now)
    if signer not in holders(appeal.case_file.facility, task.role, timezone.localdate(at)):
        wanted = Role(task.role).label.lower()
        raise NotTheSigner(f"This letter is signed by the {wanted}. {signer.name} does not hold that post on this day.")
    return task.role


def _receive(
    appeal: Appeal, letter: Letter, signature: Signature, actor: Person, role: str, came_at: datetime, now: datetime
) -> Letter:
    letter.signature, letter.received_at = signature, came_at
    letter.save()
    ledger.state(
        case=appeal.case_file.case, kind="letter.received", actor=code(actor), role=role, now=now,
        happened_at=came_at if came_at != now else None, about={"area_kind": letter.kind},
    )  # fmt: skip
    complete_if_ready(appeal=appeal, actor=actor, now=now)
    return letter


# -- what supports it, and what was missing ------------------------------------------------------------------------------


@transaction.atomic
def add_support(*, appeal: Appeal, document: Document, actor: Person, now: datetime) -> Support:
    held = _held(appeal)
    try:
        with transaction.atomic():
            return Support.objects.create(appeal=held, document=document, added_at=now, added_by=actor)
    except IntegrityError as error:
        raise Lost("This document was added already.") from error


@transaction.atomic
def say_images(*, appeal: Appeal, needed: bool, actor: Person, now: datetime) -> Appeal:
    """Additional images: yes opens the package for them, no lets the appeal go without."""
    held = _held(appeal)
    if needed:
        _open_package(held, actor, now)
        return held
    if held.package is not None and held.package.submitted_at is not None:
        raise Lost("The additional images have been sent already. They stay with the appeal.")
    held.additional_images = False
    held.save(update_fields=["additional_images"])
    complete_if_ready(appeal=held, actor=actor, now=now, at=now)
    return held


@transaction.atomic
def send_package(*, appeal: Appeal, actor: Person, now: datetime, came_at: datetime | None = None) -> Appeal:
    """Hand the package of the missing images in. Raises `packages.NotComplete` with what is still missing, `Refused`, `Lost`."""
    held = _held(appeal)
    if held.package is None:
        raise Lost("No additional images were asked for in this appeal.")
    held.package = packages.submit(package=held.package, actor=actor, now=now, happened_at=came_at)
    complete_if_ready(appeal=held, actor=actor, now=now)
    return held


@transaction.atomic
def record_images(*, appeal: Appeal, pieces: int, came_at: datetime, actor: Person, now: datetime) -> Appeal:
    """Staff enter the additional images that came by post: one parcel that holds what the package waits for."""
    held = _held(appeal)
    if held.package is None:
        raise Lost("No additional images were asked for in this appeal.")
    packages.record_media(
        package=held.package, medium=held.medium, received_at=came_at, pieces=pieces, items=list(held.package.items.all()),
        actor=actor, now=now,
    )  # fmt: skip
    return send_package(appeal=held, actor=actor, now=now, came_at=came_at)


@transaction.atomic
def complete_if_ready(*, appeal: Appeal, actor: Person, now: datetime, at: datetime | None = None) -> bool:
    """State that everything required was received, once it was: called after each step, and true for the step that completed it.

    It counts from the moment at which the last piece came, also when staff enter that piece later.
    """
    ledger.lock(appeal.case_file.case)
    held = Appeal.objects.select_related("case_file__case", "case_file__facility", "report", "package").get(
        pk=appeal.pk
    )
    if held.received_at is not None:
        return False
    standing = queries.status(held, now)
    if not standing.ready:
        return False
    came = [t.letter.received_at for t in standing.letters if t.letter and t.letter.received_at]
    if held.package is not None and held.package.submitted_at is not None:
        came.append(held.package.submitted_at)
    received = at or max([held.opened_at, *came])
    ledger.state(
        case=held.case_file.case, kind="appeal.received", actor=code(actor), now=now,
        role=packages.acting_role(actor, held.case_file, now), happened_at=received if received != now else None,
    )  # fmt: skip
    held.received_at = received
    held.save(update_fields=["received_at"])
    return True
