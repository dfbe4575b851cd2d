"""The corrective action plan: opened, written, signed and sent; approved, returned or answered with a directed action."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from reaccredit.applications.models import CaseFile
from reaccredit.documents import actions as documents
from reaccredit.documents.models import Document
from reaccredit.documents.screening import Finding
from reaccredit.facilities.queries import audience, roles_at
from reaccredit.ledger import actions as ledger
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.files import Readable
from reaccredit.people import actions as people
from reaccredit.people.models import FACILITY_ROLES, Person, Role
from reaccredit.people.queries import code
from reaccredit.reinstatements import queries, rules
from reaccredit.reinstatements.models import (
    Direction,
    Evidence,
    Plan,
    PlanComment,
    PlanDocument,
    PlanLine,
    PlanSignature,
)  # fmt: skip
from reaccredit.reinstatements.rules import Terms
from reaccredit.reports import queries as reports
from reaccredit.reports.models import FinalReport
from reaccredit.screening import actions as screening
from reaccredit.screening import queries as screened

KEPT = ("cause", "action", "owner", "due_on", "declared")


class NotComplete(Exception):
    """Something is still missing; the tasks say what."""


class NotTheSigner(Exception):
    """The plan is signed by whoever holds the role that the policy names, on the day of the signature."""


class SavedMeanwhile(Lost):
    """Somebody else has saved the same line since the page was made. Nothing is overwritten."""

    def __init__(self, newest: PlanLine) -> None:
        super().__init__("Somebody else has saved this while you were writing. Nothing was overwritten.")
        self.newest = newest


class MayHoldPhi(Exception):
    """A text seems to name a patient. `findings` are by field; where none is certain, they may be declared to be nobody's."""

    def __init__(self, findings: Mapping[str, list[Finding]], terms: Terms) -> None:
        super().__init__("A text may hold protected health information.")
        self.findings = findings
        self.terms = terms

    @property
    def declarable(self) -> frozenset[str]:
        every = [f for found in self.findings.values() for f in found]
        return frozenset() if any(f.certain for f in every) else frozenset(f.kind for f in every)


@dataclass(frozen=True, slots=True)
class Upload:
    """A paper as it comes from a form: `declared` are kinds of possible identifiers that the uploader says are nobody's."""

    stream: Readable
    title: str
    attested: str = ""
    declared: frozenset[str] = frozenset()


# -- opening -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def open(*, case_file: CaseFile, report: FinalReport, actor: Person, now: datetime) -> Plan:
    """The first version: a line for every deficiency of every report up to this one."""
    ledger.lock(case_file.case)
    if Plan.objects.filter(report=report).exists():
        raise Lost("The corrective action plan for this report is open already.")
    plan = Plan.objects.create(case_file=case_file, report=report, version=1, opened_at=now, opened_by=actor)
    for found in queries.deficiencies(case_file, report):
        PlanLine.objects.create(plan=plan, determination=found)
    return plan


@transaction.atomic
def begin(*, case_file: CaseFile, actor: Person, now: datetime) -> Plan:
    """A plan that no option form has opened: where the policy lets one be handed in, as after the on-site survey."""
    member(case_file, actor, now)
    ledger.lock(case_file.case)
    if refusal := rules.refusal(case_file.case, rules.SUBMITTED, now):
        raise Refused(refusal)
    report = reports.latest(case_file)
    if report is None:
        raise Lost("There is no final report in this case, so there is nothing to correct.")
    return open(case_file=case_file, report=report, actor=actor, now=now)


def member(case_file: CaseFile, actor: Person, now: datetime) -> str:
    """The role in which somebody of the facility acts here."""
    held = roles_at(case_file.facility, actor, localdate(now))
    for role in FACILITY_ROLES:
        if role.value in held:
            return role.value
    raise PermissionDenied("Only the people of the facility can do this.")


def staff(actor: Person, now: datetime) -> None:
    if not audience(actor, localdate(now)).is_staff:
        raise PermissionDenied("Only the programme's staff can do this.")


def _writable(plan: Plan) -> Plan:
    """The version, held until the transaction ends, while the facility still writes it."""
    ledger.lock(plan.case_file.case)
    held = Plan.objects.select_related("case_file__case", "case_file__facility", "report").get(pk=plan.pk)
    if held.submitted_at is not None:
        raise Lost("This version of the plan has been sent. It cannot be changed any more.")
    return held


# -- writing -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_line(
    *, line: PlanLine, seen: int, cause: str, action: str, owner: str, due_on: date | None,
    declared: Collection[str], actor: Person, now: datetime,
) -> PlanLine:  # fmt: skip
    """`seen` is how often the line had been saved when the page was made. Raises `SavedMeanwhile`, `MayHoldPhi`, `Lost`."""
    plan = _writable(line.plan)
    member(plan.case_file, actor, now)
    held = queries.lines_of(plan).get(pk=line.pk)
    if held.saves != seen:
        raise SavedMeanwhile(held)
    texts = {"cause": cause, "action": action, "owner": owner}
    screen_texts(plan, queries.plan_terms(plan), texts, declared, now)
    held.cause, held.action, held.owner, held.due_on = cause, action, owner, due_on
    held.declared, held.saves, held.saved_at, held.saved_by = sorted(declared), held.saves + 1, now, actor
    held.save()
    return held


def screen_texts(plan: Plan, terms: Terms, texts: Mapping[str, str], declared: Collection[str], now: datetime) -> None:
    """What a file must not hold, a text field must not hold either."""
    if not terms.screened:
        return
    if found := queries.screened(texts, screened.roster(plan.case_file, localdate(now)), declared):
        raise MayHoldPhi(found, terms)


def add_paper(*, plan: Plan, upload: Upload, actor: Person, now: datetime) -> PlanDocument:
    """Raises `documents.Unacceptable`: then nothing of the file is kept."""
    member(plan.case_file, actor, now)
    terms = queries.plan_terms(plan)
    with transaction.atomic():
        held = _writable(plan)
        document = keep(held, terms, rules.PLAN, upload, actor, now)
        attested = upload.attested if terms.screened else ""
        try:
            with transaction.atomic():
                return PlanDocument.objects.create(
                    plan=held, document=document, attested=attested, added_at=now, added_by=actor
                )
        except IntegrityError as error:
            raise Lost("This paper is in the plan already.") from error


def keep(plan: Plan, terms: Terms, kind: str, upload: Upload, actor: Person, now: datetime) -> Document:
    if terms.screened and not upload.attested:
        raise NotComplete("The uploader has to attest that no protected health information is in the paper.")
    return screening.store(
        case_file=plan.case_file, artefact=kind, stream=upload.stream, title=upload.title, allowed=documents.SCANS, actor=actor, now=now,
        governed_at=plan.opened_at, declared=upload.declared,
    )  # fmt: skip


@transaction.atomic
def remove_paper(*, paper: PlanDocument, actor: Person, now: datetime) -> None:
    """Take a paper out of a version that was not sent. A version before it may still hold the same paper."""
    plan = _writable(paper.plan)
    member(plan.case_file, actor, now)
    document = paper.document
    paper.delete()
    if not PlanDocument.objects.filter(document=document).exists():
        documents.discard(document=document)


# -- signing and sending -----------------------------------------------------------------------------------------------


@transaction.atomic
def sign(*, plan: Plan, password: str, seen: str, actor: Person, now: datetime) -> Plan:
    """Sign what the page showed (`seen` is its hash); with the last signature that the policy asks for, the plan is sent.

    Raises `NotComplete`, `NotTheSigner`, `WrongPassword`, `Refused` with the policy's sentence, `Lost`.
    """
    held = _writable(plan)
    terms, digest = queries.plan_terms(held), queries.plan_hash(held)
    if not complete(held, terms):
        raise NotComplete("The plan can be sent when every line has its cause, action, owner and date.")
    if seen != digest:
        raise Lost("The plan was changed after this page was made. Nothing was signed: read it again, then sign.")
    role = _signing_role(held, terms, digest, actor, now)
    said = queries.statement(terms)
    signature = people.sign(person=actor, password=password, role=role, meaning=said, sha256=digest, now=now)
    PlanSignature.objects.create(plan=held, signature=signature)
    if not queries.unsigned_roles(held, terms, digest):
        _send(held, digest, role, actor, now)
    return held


def complete(plan: Plan, terms: Terms) -> bool:
    lines_done = all(task.done for task in queries.tasks(plan))
    papers_fit = all(p.attested and p.document.screened for p in queries.papers(plan)) or not terms.screened
    return lines_done and papers_fit


def _signing_role(plan: Plan, terms: Terms, digest: str, actor: Person, now: datetime) -> str:
    held = roles_at(plan.case_file.facility, actor, localdate(now))
    wanted = queries.unsigned_roles(plan, terms, digest)
    for role in wanted:
        if role in held:
            return role
    names = " and the ".join(Role(role).label.lower() for role in wanted) or "nobody any more"
    raise NotTheSigner(f"This plan is signed by the {names}. You do not hold that post today.")


def _send(plan: Plan, digest: str, role: str, actor: Person, now: datetime) -> None:
    ledger.state(
        case=plan.case_file.case, kind=rules.SUBMITTED, actor=code(actor), role=role, now=now,
        about={"plan": plan.pk, "version": plan.version},
    )  # fmt: skip
    plan.sha256, plan.submitted_at, plan.submitted_by = digest, now, actor
    plan.save(update_fields=["sha256", "submitted_at", "submitted_by"])


# -- what staff answer -------------------------------------------------------------------------------------------------


@transaction.atomic
def approve(*, plan: Plan, comment: str, actor: Person, now: datetime) -> Plan:
    """The plan may be carried out; its evidence is opened."""
    held = _answer(plan, Plan.Answer.APPROVED, rules.APPROVED, comment, actor, now)
    Evidence.objects.create(plan=held, opened_at=now)
    return held


@transaction.atomic
def return_(*, plan: Plan, comment: str, about_lines: Mapping[int, str], actor: Person, now: datetime) -> Plan:
    """Give the plan back; returns the next version, which keeps what was typed."""
    held = _answer(plan, Plan.Answer.RETURNED, rules.RETURNED, comment, actor, now)
    for line in queries.lines_of(held):
        if text := about_lines.get(line.pk, "").strip():
            PlanComment.objects.create(plan=held, line=line, text=text, made_at=now, made_by=actor)
    return _next_version(held, actor, now)


@transaction.atomic
def direct(*, plan: Plan, text: str, actor: Person, now: datetime) -> Plan:
    """Ask for a specific action. A plan that was sent comes back with it; one that is being written gets another line."""
    staff(actor, now)
    ledger.lock(plan.case_file.case)
    held = Plan.objects.select_related("case_file__case", "report").get(pk=plan.pk)
    if held.answered_at is not None:
        raise Lost("This version has been answered meanwhile. Nothing was directed.")
    if held.submitted_at is not None:
        held = _answer(held, Plan.Answer.DIRECTED, rules.DIRECTED, text, actor, now, comments=False)
    else:
        _state(held, rules.DIRECTED, text, actor, now)
    direction = Direction.objects.create(
        case_file=held.case_file, report=held.report, text=text, directed_at=now, directed_by=actor
    )
    following = _next_version(held, actor, now) if held.submitted_at is not None else held
    PlanLine.objects.create(plan=following, direction=direction)
    return following


def _answer(
    plan: Plan, answer: str, kind: str, comment: str, actor: Person, now: datetime, *, comments: bool = True
) -> Plan:
    staff(actor, now)
    ledger.lock(plan.case_file.case)
    held = Plan.objects.select_related("case_file__case", "case_file__facility", "report").get(pk=plan.pk)
    if held.submitted_at is None:
        raise Lost("This version has not been sent yet.")
    if held.answered_at is not None:
        raise Lost("Somebody else has answered this version meanwhile. Nothing of yours was recorded.")
    _state(held, kind, comment, actor, now)
    held.answer, held.answered_at, held.answered_by = answer, now, actor
    held.save(update_fields=["answer", "answered_at", "answered_by"])
    if comments and comment.strip():
        PlanComment.objects.create(plan=held, text=comment, made_at=now, made_by=actor)
    return held


def _state(plan: Plan, kind: str, note: str, actor: Person, now: datetime) -> None:
    ledger.state(
        case=plan.case_file.case, kind=kind, actor=code(actor), role=Role.STAFF, now=now, note=note,
        about={"plan": plan.pk, "version": plan.version},
    )  # fmt: skip


def _next_version(plan: Plan, actor: Person, now: datetime) -> Plan:
    following = Plan.objects.create(
        case_file=plan.case_file, report=plan.report, version=plan.version + 1, opened_at=now, opened_by=actor
    )
    for line in queries.lines_of(plan):
        kept = {name: getattr(line, name) for name in KEPT}
        PlanLine.objects.create(
            plan=following, determination=line.determination, direction=line.direction, saved_at=line.saved_at,
            saved_by=line.saved_by, saves=line.saves, **kept,
        )  # fmt: skip
    for paper in queries.papers(plan):
        PlanDocument.objects.create(
            plan=following,
            document=paper.document,
            attested=paper.attested,
            added_at=paper.added_at,
            added_by=paper.added_by,
        )
    return following
