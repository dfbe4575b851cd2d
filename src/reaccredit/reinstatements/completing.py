"""Evidence that the actions of an approved plan were completed; with it, the application for everything begins."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from reaccredit.applications import actions as applications
from reaccredit.applications.models import Application
from reaccredit.documents import actions as documents
from reaccredit.ledger import actions as ledger
from reaccredit.ledger.actions import Lost
from reaccredit.people.models import Person
from reaccredit.people.queries import code
from reaccredit.reinstatements import actions, queries, rules
from reaccredit.reinstatements.actions import NotComplete, Upload
from reaccredit.reinstatements.models import Completion, Evidence, EvidenceDocument, PlanLine


def _open(evidence: Evidence) -> Evidence:
    """The evidence, held until the transaction ends, while it still takes something."""
    ledger.lock(evidence.plan.case_file.case)
    held = Evidence.objects.select_related("plan__case_file__case", "plan__case_file__facility", "plan__report").get(
        pk=evidence.pk
    )
    if held.submitted_at is not None:
        raise Lost("The evidence has been handed in. It cannot be changed any more.")
    return held


@transaction.atomic
def complete_line(
    *, evidence: Evidence, line: PlanLine, completed_on: date, result: str, declared: Collection[str],
    actor: Person, now: datetime,
) -> Completion:  # fmt: skip
    """Raises `actions.MayHoldPhi`, `Lost`."""
    held = _open(evidence)
    actions.member(held.plan.case_file, actor, now)
    actions.screen_texts(held.plan, queries.evidence_terms(held.plan), {"result": result}, declared, now)
    said = {
        "completed_on": completed_on, "result": result, "declared": sorted(declared), "saved_at": now, "saved_by": actor,
        "evidence": held,
    }  # fmt: skip
    completion, _ = Completion.objects.update_or_create(line=line, defaults=said)
    return completion


@transaction.atomic
def add_paper(
    *, evidence: Evidence, line: PlanLine | None, upload: Upload, actor: Person, now: datetime
) -> EvidenceDocument:
    """Raises `documents.Unacceptable`: then nothing of the file is kept."""
    held = _open(evidence)
    actions.member(held.plan.case_file, actor, now)
    terms = queries.evidence_terms(held.plan)
    document = actions.keep(held.plan, terms, rules.EVIDENCE, upload, actor, now)
    attested = upload.attested if terms.screened else ""
    return EvidenceDocument.objects.create(
        evidence=held, line=line, document=document, attested=attested, added_at=now, added_by=actor
    )


@transaction.atomic
def remove_paper(*, paper: EvidenceDocument, actor: Person, now: datetime) -> None:
    held = _open(paper.evidence)
    actions.member(held.plan.case_file, actor, now)
    document = paper.document
    paper.delete()
    documents.discard(document=document)


def lacking(evidence: Evidence) -> list[str]:
    """What is missing before the evidence can be handed in, one sentence each."""
    found = [
        f"Say when this was completed: {queries.title(line)}."
        for line in queries.lines_of(evidence.plan) if not hasattr(line, "completion")
    ]  # fmt: skip
    if not evidence.papers.exists():
        found.append("Add at least one paper that shows what was done.")
    return found


@transaction.atomic
def submit(*, evidence: Evidence, attested: str, actor: Person, now: datetime) -> Application:
    """Hand the evidence in and begin the application for everything. Raises `NotComplete`, `Refused`, `Lost`."""
    held = _open(evidence)
    role = actions.member(held.plan.case_file, actor, now)
    if found := lacking(held):
        raise NotComplete(" ".join(found))
    case_file = held.plan.case_file
    ledger.state(
        case=case_file.case, kind=rules.RECEIVED, actor=code(actor), role=role, now=now, about={"plan": held.plan_id}
    )
    held.attested, held.submitted_at, held.submitted_by = attested, now, actor
    held.save(update_fields=["attested", "submitted_at", "submitted_by"])
    return applications.start_next(case_file=case_file, kind=Application.Kind.REINSTATEMENT, actor=actor, now=now)
