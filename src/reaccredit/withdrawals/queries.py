"""Withdrawals that somebody may see, what they still owe, and what the modality's requirements say about leaving a module out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from reaccredit import policy
from reaccredit.applications import queries as applications
from reaccredit.applications.models import CaseFile
from reaccredit.documents import queries as documents
from reaccredit.documents.models import Document
from reaccredit.facilities import catalogue
from reaccredit.facilities.models import Personnel
from reaccredit.facilities.queries import holders
from reaccredit.ledger import queries as ledger
from reaccredit.people.models import Person, Role
from reaccredit.people.signed import Signed, signed
from reaccredit.withdrawals.models import SignageRemoval, Withdrawal

FORM = "withdrawal-form"  # the material of the policy: it names the signer
SIGNAGE = "signage-removal"
PAYERS = "withdraw.payers"  # the clause that warns of stricter payers


def form_signed(withdrawal: Withdrawal, names: Sequence[str]) -> Signed | None:
    """The signature under the form, beside what it is about now: areas that its statement does not name were added later."""
    form = getattr(withdrawal, "form", None)
    if form is None:
        return None
    if form.document:
        return signed(form.signature, documents.stands(form.document))
    added = [name for name in names if name not in form.statement]
    said = "\n".join([form.statement, *added])
    return signed(form.signature, hashlib.sha256(said.encode()).hexdigest())


def signage_hash(removal: SignageRemoval) -> str:
    """What the attestation that the signage is down is bound to."""
    said = {
        "case": removal.withdrawal.case_file.case.number, "statement": removal.statement,
        "removed_on": removal.removed_on.isoformat(), "name": removal.attested_name, "role": removal.attested_role,
        "at": removal.attested_at.astimezone(UTC).isoformat(),
    }  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def signage_signed(withdrawal: Withdrawal) -> Signed | None:
    one = getattr(withdrawal, "signage", None)
    if one is None:
        return None
    return Signed(one.attested_name, one.attested_role, one.statement, one.attested_at, one.sha256, signage_hash(one))


@dataclass(frozen=True, slots=True)
class Guidance:
    """What to weigh before a module goes: volumes, the emergency-use clause, patient types - each with its source."""

    modality: catalogue.Modality
    limits: tuple[catalogue.Limit, ...]
    emergency: catalogue.Emergency | None
    patient_types: str
    patient_types_inferred: bool
    barred: policy.Refusal | None


def barred(case_file: CaseFile) -> policy.Refusal | None:
    """Why no module or patient type of this modality can be left out, by the requirements of the modality; None where it can."""
    because = catalogue.modality(case_file.modality).drop_refusal
    if because is None:
        return None
    return policy.Refusal("areas", because, "Choose another way back, or ask the programme's staff.")


def guidance(case_file: CaseFile) -> Guidance:
    modality = catalogue.modality(case_file.modality)
    rule = modality.all_patient_types
    return Guidance(
        modality=modality,
        limits=modality.minimum_volumes,
        emergency=modality.emergency_clause,
        patient_types=rule.says if rule else "",
        patient_types_inferred=bool(rule and rule.inferred),
        barred=barred(case_file),
    )


def visible(person: Person, now: datetime) -> QuerySet[Withdrawal]:
    """Those of the cases that this person may see: all for staff, their own for the people of a facility."""
    cases = applications.visible(person, timezone.localdate(now))
    return Withdrawal.objects.filter(case_file__in=cases).select_related(
        "case_file__case",
        "case_file__facility",
        "report",
        "opened_by",
        "form__signature__person",
        "form__document",
        "signage",
    )


def get(person: Person, pk: int, now: datetime) -> Withdrawal:
    found = visible(person, now).filter(pk=pk).first()
    if found is None:
        raise Http404("no such withdrawal for this person")
    return found


def of_case(person: Person, case_file: CaseFile, now: datetime) -> list[Withdrawal]:
    return list(visible(person, now).filter(case_file=case_file))


def needs_form(withdrawal: Withdrawal) -> bool:
    """Modules and patient types go with a signed form; everything else with the option form alone."""
    return withdrawal.scope == Withdrawal.Scope.AREAS and not hasattr(withdrawal, "form")


def needs_signage(withdrawal: Withdrawal) -> bool:
    return withdrawal.scope != Withdrawal.Scope.AREAS and not hasattr(withdrawal, "signage")


def form_signers(withdrawal: Withdrawal, now: datetime) -> tuple[str, ...]:
    """The roles whose signature the policy wants under the withdraw form."""
    return _signers(withdrawal, FORM, now) or (Role.SUPERVISING_PHYSICIAN.value,)


def form_holders(withdrawal: Withdrawal, now: datetime) -> list[Person]:
    """Who holds one of those roles at the facility today."""
    today, facility = timezone.localdate(now), withdrawal.case_file.facility
    return [person for role in form_signers(withdrawal, now) for person in holders(facility, role, today)]


def signers_ever(withdrawal: Withdrawal, now: datetime) -> list[Person]:
    """Who holds or held such a post: a form that was entered late was signed by the holder of its day."""
    posts = Personnel.objects.filter(facility=withdrawal.case_file.facility_id, role__in=form_signers(withdrawal, now))
    return list(Person.objects.filter(pk__in=posts.values("person")).order_by("name"))


def signed_paper(withdrawal: Withdrawal) -> Document:
    form = getattr(withdrawal, "form", None)
    if form is None or form.document is None:
        raise Http404("no scan of a signed form")
    return form.document


def decision(withdrawal: Withdrawal, now: datetime) -> policy.Decision:
    return ledger.decision(withdrawal.case_file.case, now)


def payers(withdrawal: Withdrawal, now: datetime) -> policy.Clause | None:
    """The policy's warning that those who pay may ask for more."""
    return ledger.rules_of(withdrawal.case_file.case, now).clauses.get(PAYERS)


def _signers(withdrawal: Withdrawal, material: str, now: datetime) -> tuple[str, ...]:
    paper = ledger.rules_of(withdrawal.case_file.case, now).materials.get(material)
    return tuple(dict.fromkeys(paper.signed_by.values())) if paper else ()


def duties(withdrawal: Withdrawal, now: datetime) -> tuple[policy.Duty, ...]:
    """What the policy still asks for, of this withdrawal's kind."""
    own = {FORM} if withdrawal.scope == Withdrawal.Scope.AREAS else {SIGNAGE}
    return tuple(d for d in ledger.decision(withdrawal.case_file.case, now).duties if d.material.id in own)


def titles(withdrawal: Withdrawal) -> list[str]:
    names = {area.code: area.title for area in applications.areas(withdrawal.case_file)}
    return [names.get(code, code) for code in withdrawal.areas]


def statement(withdrawal: Withdrawal, names: Sequence[str]) -> str:
    """The sentence that the supervising physician signs."""
    what = "; ".join(names)
    return (
        f"Case {withdrawal.case_file.case.number}, {withdrawal.case_file.facility}: we withdraw from the accreditation process: {what}. "
        "I have read the program requirements of the modality, with its emergency-use clause, and understand that "
        "the withdrawn modules or patient types are not accredited."
    )


SIGNAGE_STATEMENT = "All accreditation signage that was on display has been removed."
