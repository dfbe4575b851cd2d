"""Open a withdrawal, take in its signed form, take note that the signage is gone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from reaccredit.applications.models import CaseFile
from reaccredit.documents.models import Document
from reaccredit.facilities.queries import holders
from reaccredit.ledger import actions as ledger
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role, Signature
from reaccredit.people.queries import code
from reaccredit.reports.models import FinalReport
from reaccredit.withdrawals import queries
from reaccredit.withdrawals.models import SignageRemoval, Withdrawal, WithdrawForm


class NotTheSigner(Exception):
    """The form carries the signature of the role that the policy names, held on the day of the signature."""


@transaction.atomic
def open(
    *, case_file: CaseFile, report: FinalReport, scope: str, areas: Sequence[str], actor: Person, now: datetime
) -> Withdrawal:
    return Withdrawal.objects.create(
        case_file=case_file, report=report, scope=scope, areas=list(areas), opened_at=now, opened_by=actor
    )


@transaction.atomic
def sign_form(*, withdrawal: Withdrawal, password: str, actor: Person, now: datetime) -> WithdrawForm:
    """The listed supervising physician signs in the system. Raises `NotTheSigner`, `WrongPassword`, `Lost`."""
    _held(withdrawal)
    role = _signing_role(withdrawal, actor, timezone.localdate(now), now)
    said = queries.statement(withdrawal, queries.titles(withdrawal))
    digest = hashlib.sha256(said.encode()).hexdigest()
    signature = people.sign(person=actor, password=password, role=role, meaning=said, sha256=digest, now=now)
    return _receive(withdrawal, said, signature, None, "system", now, actor, role, now)


@transaction.atomic
def record_form(
    *,
    withdrawal: Withdrawal,
    document: Document,
    signer: Person,
    came_by: str,
    received_at: datetime,
    actor: Person,
    now: datetime,
) -> WithdrawForm:
    """Staff enter a signed form that came by fax, post or mail, with the time at which it came."""
    _held(withdrawal)
    role = _signing_role(withdrawal, signer, timezone.localdate(received_at), now)
    said = queries.statement(withdrawal, queries.titles(withdrawal))
    signature = people.sign_on_paper(person=signer, role=role, meaning=said, sha256=document.sha256, now=now)
    return _receive(withdrawal, said, signature, document, came_by, received_at, actor, Role.STAFF, now)


@transaction.atomic
def attest_signage(
    *, withdrawal: Withdrawal, name: str, role: str, removed_on: date, actor: Person, now: datetime
) -> SignageRemoval:
    """The facility's word that the signage is down. Raises `Lost` when it was given already."""
    ledger.lock(withdrawal.case_file.case)
    if SignageRemoval.objects.filter(withdrawal=withdrawal).exists():
        raise ledger.Lost("The removal of the signage was attested already. It is done once.")
    removal = SignageRemoval(
        withdrawal=withdrawal, statement=queries.SIGNAGE_STATEMENT, attested_name=name, attested_role=role,
        removed_on=removed_on, attested_at=now, attested_by=actor,
    )  # fmt: skip
    removal.sha256 = queries.signage_hash(removal)
    removal.save(force_insert=True)
    ledger.state(
        case=withdrawal.case_file.case, kind="signage.removed", actor=code(actor), role=role, now=now,
        about={"removed_on": removed_on.isoformat()},
    )  # fmt: skip
    return removal


def _held(withdrawal: Withdrawal) -> None:
    ledger.lock(withdrawal.case_file.case)
    if WithdrawForm.objects.filter(withdrawal=withdrawal).exists():
        raise ledger.Lost("The signed form is in already. It is needed once.")


def _signing_role(withdrawal: Withdrawal, signer: Person, on: date, now: datetime) -> str:
    facility = withdrawal.case_file.facility
    for role in queries.form_signers(withdrawal, now):
        if signer in holders(facility, role, on):
            return role
    wanted = " or ".join(Role(r).label.lower() for r in queries.form_signers(withdrawal, now))
    raise NotTheSigner(f"The form is signed by the listed {wanted}. {signer.name} does not hold that post on this day.")


def _receive(
    withdrawal: Withdrawal, said: str, signature: Signature, document: Document | None, came_by: str, received_at: datetime,
    actor: Person, role: str, now: datetime,
) -> WithdrawForm:  # fmt: skip
    form = WithdrawForm.objects.create(
        withdrawal=withdrawal, statement=said, signature=signature, document=document, came_by=came_by,
        received_at=received_at, recorded_at=now, recorded_by=actor,
    )  # fmt: skip
    ledger.state(
        case=withdrawal.case_file.case, kind="withdrawal-form.received", actor=code(actor), role=role, now=now,
        happened_at=received_at if received_at != now else None, about={"withdraw": list(withdrawal.areas), "came_by": came_by},
    )  # fmt: skip
    return form
