"""Applications are written, submitted, returned and accepted here and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.timezone import localdate

from reaccredit.applications import queries
from reaccredit.applications.models import Application, Area, CaseFile
from reaccredit.billing import actions as billing
from reaccredit.billing.models import Invoice
from reaccredit.facilities import catalogue
from reaccredit.facilities.models import Facility, Unit
from reaccredit.facilities.queries import audience
from reaccredit.ledger import actions as ledger
from reaccredit.ledger import queries as history
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.numbers import next_number
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code
from reaccredit.policy import Because, Clause, Refusal

ENTERED = "Entered by the programme's staff"
KINDS = {Application.Kind.REPEAT, Application.Kind.REINSTATEMENT}


class Incomplete(Exception):
    """What is missing before an application can be submitted: (area code, what to do), in the order of the form."""

    def __init__(self, missing: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(sentence for _, sentence in missing))
        self.missing = missing


class AlreadyOpen(Exception):
    """The unit has a case that has not ended."""

    def __init__(self, number: str) -> None:
        super().__init__(f"There is a case for this already that has not ended: {number}. Go on with that one.")
        self.number = number


@transaction.atomic
def draft(
    *, facility: Facility, unit: Unit | None, modality: str, areas: Collection[str], exams: Mapping[str, str],
    actor: Person, now: datetime,
) -> Application:  # fmt: skip
    """Open a case and its original application. Phantom tests that the areas call for are added.

    Raises `AlreadyOpen`, and `Refused` for areas that the modality does not have.
    """
    _submitter(actor, facility, now)
    Facility.objects.select_for_update().get(pk=facility.pk)
    kind = catalogue.modality(modality)
    if (unit is None) == kind.by_unit or (unit and (unit.facility_id != facility.pk or unit.modality != modality)):
        raise _refused(f"{kind.title} is accredited by {kind.by}; choose one that fits.", kind)
    if running := queries.unfinished(facility, unit, modality, now):
        raise AlreadyOpen(running.case.number)
    case = ledger.open_case(number=next_number(kind.code), programme=kind.programme, modality=kind.code, now=now)
    file = CaseFile.objects.create(case=case, facility=facility, unit=unit, modality=kind.code)
    found = Application.objects.create(
        case_file=file, kind=Application.Kind.ORIGINAL, attempt=1, exams={}, created_at=now
    )
    _choose_areas(found, kind, areas)
    _choose_exams(found, exams)
    return found


@transaction.atomic
def change(
    *,
    application: Application,
    exams: Mapping[str, str],
    actor: Person,
    now: datetime,
    areas: Collection[str] | None = None,
) -> Application:
    """Change a draft. In a repeat the exam types are fixed: raises `Refused` with the clause that says so."""
    _submitter(actor, application.case_file.facility, now)
    found = _unsubmitted(application)
    kind = catalogue.modality(found.case_file.modality)
    if areas is not None:
        if found.kind != Application.Kind.ORIGINAL:
            raise _refused("What is tested follows from the report; it cannot be chosen again.", kind)
        _choose_areas(found, kind, areas)
    fixed = queries.exams_fixed(found, now)
    if fixed and any(found.exams.get(area) != exam for area, exam in exams.items()):
        raise Refused(Refusal("malformed", fixed, "Submit the repeat with the exam types of the original application."))
    _choose_exams(found, exams)
    return found


@transaction.atomic
def submit(*, application: Application, actor: Person, now: datetime) -> Application:
    """Hand the application to the programme's staff and invoice its fee. Raises `Incomplete`, `Lost`, `Refused`."""
    file = application.case_file
    role = _submitter(actor, file.facility, now)
    ledger.lock(file.case)
    found = _unsubmitted(application)
    if missing := what_is_missing(found):
        raise Incomplete(missing)
    if found.invoice is None:
        found.invoice = _invoice(found, now)
    found.submitted_at, found.submitted_by = now, actor
    found.save(update_fields=["invoice", "submitted_at", "submitted_by"])
    ledger.state(
        case=file.case, kind="application.submitted", actor=code(actor), role=role, now=now,
        about={"application": found.kind, "attempt": found.attempt},
    )  # fmt: skip
    return found


@transaction.atomic
def return_(*, application: Application, comment: str, actor: Person, now: datetime) -> Application:
    """Give a submitted application back to the facility, with what has to be completed."""
    _staff(actor, now)
    ledger.lock(application.case_file.case)
    found = _submitted(application)
    found.submitted_at, found.submitted_by = None, None
    found.returned_at, found.comment = now, comment
    found.save(update_fields=["submitted_at", "submitted_by", "returned_at", "comment"])
    ledger.state(
        case=found.case_file.case, kind="application.returned", actor=code(actor), role=Role.STAFF, now=now,
        note=comment, about={"application": found.kind, "attempt": found.attempt},
    )  # fmt: skip
    return found


@transaction.atomic
def accept(*, application: Application, actor: Person, now: datetime) -> Application:
    """Accept a submitted and paid application: the time of the testing package runs. Raises `Refused`, `Lost`."""
    _staff(actor, now)
    ledger.lock(application.case_file.case)
    found = _submitted(application)
    if found.invoice is not None and found.invoice.paid_at is None:
        raise Refused(Refusal("not-now", _unpaid(found, now), f"Record the payment of {found.invoice.number} first."))
    found.accepted_at, found.accepted_by = now, actor
    found.save(update_fields=["accepted_at", "accepted_by"])
    ledger.state(
        case=found.case_file.case, kind="application.accepted", actor=code(actor), role=Role.STAFF, now=now,
        about={"application": found.kind, "attempt": found.attempt},
    )  # fmt: skip
    return found


@transaction.atomic
def start_next(*, case_file: CaseFile, kind: str, actor: Person, now: datetime) -> Application:
    """The application of a repeat or a reinstatement, filled in from the ones before. A running one is taken up again.

    It covers what the policy's standing puts to the test: areas not acceptable in a repeat, all that are not withdrawn
    in a reinstatement.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} follows no other application")
    ledger.lock(case_file.case)
    before = list(case_file.applications.order_by("attempt"))
    if before and before[-1].accepted_at is None:
        return before[-1]
    exams = {area: exam for earlier in before for area, exam in earlier.exams.items()}
    return Application.objects.create(
        case_file=case_file, kind=kind, attempt=before[-1].attempt + 1 if before else 1, created_at=now,
        exams={area: exams.get(area, "") for area in queries.under_test(case_file, now)},
    )  # fmt: skip


@transaction.atomic
def enter_amount(*, invoice: Invoice, cents: int, actor: Person, now: datetime) -> Invoice:
    """Staff say what a fee without a published figure comes to. Raises `Lost` when it has been paid meanwhile."""
    _staff(actor, now)
    case = ledger.lock(invoice.case)
    entered = billing.set_amount(invoice=invoice, cents=cents, source=ENTERED)
    about = {"purpose": invoice.purpose, "invoice": invoice.number}
    ledger.state(case=case, kind="fee.entered", actor=code(actor), role=Role.STAFF, now=now, about=about)
    return entered


@transaction.atomic
def record_payment(
    *, invoice: Invoice, cents: int | None, reference: str, received_at: datetime | None, actor: Person, now: datetime
) -> Invoice:
    """Staff record that an invoice was paid; `cents` is the amount where it was not known or is another one."""
    _staff(actor, now)
    if cents is not None and cents != invoice.cents:
        invoice = billing.set_amount(invoice=invoice, cents=cents, source=ENTERED)
    return billing.record_payment(
        invoice=invoice, reference=reference, actor_code=code(actor), role=Role.STAFF, now=now, received_at=received_at
    )


def what_is_missing(application: Application) -> list[tuple[str, str]]:
    """(area code, sentence) for each area whose exam types are not all named; empty when it can be submitted."""
    missing = [] if application.exams else [("", "Choose at least one module to apply for.")]
    for area in queries.areas_of(application):
        wanted, have = queries.exam_count(application, area.code), len(queries.exams(application, area.code))
        if have < wanted:
            exams = "exam" if wanted == 1 else f"{wanted} exams"
            missing.append((area.code, f"Say which {exams} you will send for {area.title}."))
    return missing


# -- who may, and what stands in the way


def _submitter(actor: Person, facility: Facility, now: datetime) -> str:
    roles = audience(actor, localdate(now)).roles_at(facility.pk)
    held = [role for role in catalogue.submitters() if role in roles]
    if not held:
        names = " or ".join(Role(role).label.lower() for role in catalogue.submitters())
        raise PermissionDenied(f"Only the {names} of the facility can do this.")
    return held[0]


def _staff(actor: Person, now: datetime) -> None:
    if not audience(actor, localdate(now)).is_staff:
        raise PermissionDenied("Only the programme's staff can do this.")


def _held(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",))
    return rows.select_related("case_file__case", "case_file__facility", "invoice").get(pk=application.pk)


def _unsubmitted(application: Application) -> Application:
    found = _held(application)
    if found.submitted_at is not None:
        raise Lost("This application has been submitted already. Nothing was changed.")
    return found


def _submitted(application: Application) -> Application:
    found = _held(application)
    if found.accepted_at is not None:
        raise Lost("This application has been accepted already. Nothing was changed.")
    if found.submitted_at is None:
        raise Lost("This application is with the facility: it was returned, or not submitted yet. Nothing was changed.")
    return found


def _refused(sentence: str, modality: catalogue.Modality) -> Refused:
    """What the catalogue does not have: the refusal names the article that the modality was read in."""
    clause = Clause(id=f"catalogue.{modality.code}", says=str(modality), at=str(modality.source))
    return Refused(Refusal("areas", Because((clause,), modality.source.revision or date.min, (), sentence)))


def _unpaid(application: Application, now: datetime) -> Because:
    """The duty that the policy states, or the clause by which staff accept an application."""
    number = application.invoice.number if application.invoice else ""
    said = f"The fee of this application has not been recorded as paid ({number})."
    case = application.case_file.case
    if history.not_governed(case):
        return Because((), localdate(now), (), said)
    decision, rules = history.decision(case, now), history.rules_of(case, now)
    owed = [duty.because for duty in decision.duties if not duty.met and duty.met_by.startswith("fee.paid")]
    clauses = owed[0].clauses if owed else rules.cited(rules.stages[decision.standing.stage].cites)
    return Because(clauses, rules.revision, (), said)


# -- columns


def _choose_areas(application: Application, modality: catalogue.Modality, chosen: Collection[str]) -> None:
    unknown = [c for c in chosen if modality.area(c) is None]
    wanted = modality.with_phantoms(chosen)
    if unknown or not wanted:
        what = (
            f"There is no area {', '.join(unknown)} in {modality.title}." if unknown else "Choose at least one module."
        )
        raise _refused(what, modality)
    file = application.case_file
    file.areas.exclude(code__in=[a.code for a in wanted]).delete()
    have = set(file.areas.values_list("code", flat=True))
    Area.objects.bulk_create(
        Area(case_file=file, code=a.code, kind=a.kind, title=a.title) for a in wanted if a.code not in have
    )
    application.exams = {a.code: application.exams.get(a.code, "") for a in wanted}
    application.save(update_fields=["exams"])


def _choose_exams(application: Application, exams: Mapping[str, str]) -> None:
    strangers = set(exams) - set(application.exams)
    if strangers:
        modality = catalogue.modality(application.case_file.modality)
        raise _refused(f"The application is not for {', '.join(sorted(strangers))}.", modality)
    application.exams = {area: exams.get(area, exam).strip() for area, exam in application.exams.items()}
    application.save(update_fields=["exams"])


def _invoice(application: Application, now: datetime) -> Invoice:
    fee = queries.fee(application)
    source = f"{fee.title}; {fee.source}" if fee.source and fee.cents is not None else "No published figure"
    return billing.issue(
        case=application.case_file.case, purpose=queries.purpose(application), cents=fee.cents, source=source, now=now
    )
