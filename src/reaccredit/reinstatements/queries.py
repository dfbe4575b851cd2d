"""The plans that somebody may see, what each still lacks, and what its text and papers may hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from reaccredit.applications import queries as applications
from reaccredit.applications.models import CaseFile
from reaccredit.documents import queries as documents
from reaccredit.documents.screening import KINDS, Finding, screen
from reaccredit.ledger.models import Case, Fact
from reaccredit.ledger.outcomes import ACCEPTABLE, NOT_ACCEPTABLE
from reaccredit.people.models import FACILITY_ROLES, Person, Signature
from reaccredit.people.signed import Signed, signed
from reaccredit.phi.roster import Roster
from reaccredit.reinstatements import rules
from reaccredit.reinstatements.models import (
    IN_ORDER,
    Direction,
    Evidence,
    EvidenceDocument,
    Plan,
    PlanComment,
    PlanDocument,
    PlanLine,
)  # fmt: skip
from reaccredit.reinstatements.rules import Terms
from reaccredit.reports.models import Determination, FinalReport

RELATED = ("case_file__case", "case_file__facility", "case_file__unit", "report", "submitted_by", "answered_by")


# -- which plans -------------------------------------------------------------------------------------------------------


def case_file(person: Person, number: str, on: date) -> CaseFile:
    return applications.get(person, number, on)


def latest(case_file: CaseFile) -> Plan | None:
    """The version that counts now. A case has a plan for each report that led to one."""
    return case_file.plans.select_related(*RELATED).order_by("-report__attempt", "-version").first()


def version(case_file: CaseFile, pk: int) -> Plan:
    found = case_file.plans.select_related(*RELATED).filter(pk=pk, submitted_at__isnull=False).first()
    if found is None:
        raise Http404("no such version of a plan in this case")
    return found


def earlier(plan: Plan) -> list[Plan]:
    return list(plan.case_file.plans.filter(submitted_at__isnull=False).exclude(pk=plan.pk).select_related(*RELATED))


def line(plan: Plan, pk: int) -> PlanLine:
    found = lines_of(plan).filter(pk=pk).first()
    if found is None:
        raise Http404("no such line in this plan")
    return found


def lines_of(plan: Plan) -> QuerySet[PlanLine]:
    return plan.lines.select_related(
        "determination__area", "determination__report", "direction__directed_by", "saved_by", "completion__saved_by"
    ).order_by(F("direction").asc(nulls_first=True), "determination__report__attempt", "pk")


def paper(plan: Plan, pk: int) -> PlanDocument:
    found = plan.papers.select_related("document", "added_by").filter(pk=pk).first()
    if found is None:
        raise Http404("no such paper in this plan")
    return found


def evidence_paper(evidence: Evidence, pk: int) -> EvidenceDocument:
    found = evidence.papers.select_related("document", "added_by", "line").filter(pk=pk).first()
    if found is None:
        raise Http404("no such paper in this evidence")
    return found


STATES = {
    "writing": Q(submitted_at__isnull=True),
    "waiting": Q(submitted_at__isnull=False, answered_at__isnull=True),
    "completing": Q(answer=Plan.Answer.APPROVED, evidence__submitted_at__isnull=True),
    "done": Q(evidence__submitted_at__isnull=False),
}


def listed(person: Person, on: date, *, wanted: str = "") -> QuerySet[Plan]:
    """The newest version of each plan in the cases that somebody may see; what waits longest comes first."""
    newest = Plan.objects.filter(report=OuterRef("report")).order_by("-version").values("pk")[:1]
    found = applications.within(Plan.objects.filter(pk=Subquery(newest)), person, on)
    if wanted in STATES:
        found = found.filter(STATES[wanted])
    own = ("version", "submitted_at", "answered_at", "answer", "evidence__submitted_at")
    return applications.in_a_list(found, *own).select_related(*applications.CASE, "evidence").order_by(*IN_ORDER)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list of plans."""

    plan: Plan
    state: str


def state(plan: Plan) -> str:
    """Where a version stands: a word of STATES, or "answered" for one that a newer version follows."""
    if plan.submitted_at is None:
        return "writing"
    if plan.answered_at is None:
        return "waiting"
    if plan.answer != Plan.Answer.APPROVED:
        return "answered"
    found = evidence_of(plan)
    return "done" if found and found.submitted_at else "completing"


def rows(plans: Sequence[Plan]) -> list[Row]:
    return [Row(plan, state(plan)) for plan in plans]


def evidence_of(plan: Plan) -> Evidence | None:
    return plan.evidence if hasattr(plan, "evidence") else None


# -- what a plan has to address ----------------------------------------------------------------------------------------


def deficiencies(case_file: CaseFile, report: FinalReport) -> list[Determination]:
    """Every determination of every report so far that was not acceptable, oldest report first.

    What an arbitrator has found acceptable since is no deficiency any more: the arbitrator's word is final.
    """
    reports = list(
        case_file.reports.filter(attempt__lte=report.attempt, taken_back_at__isnull=True).order_by("attempt")
    )
    overturned = _overturned(case_file.case, reports)
    found = Determination.objects.filter(report__in=reports, outcome=NOT_ACCEPTABLE).select_related("area", "report")
    ordered = found.order_by("report__attempt", "area__kind", "area_id")
    return [d for d in ordered if (d.report_id, d.area.code) not in overturned]


def _overturned(case: Case, reports: Sequence[FinalReport]) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    for fact in case.facts.filter(kind="appeal.upheld"):
        judged = [r for r in reports if r.issued_at <= fact.happened_at]
        if judged:
            found |= {(judged[-1].pk, code) for code in _upheld(fact)}
    return found


def _upheld(fact: Fact) -> list[str]:
    said = fact.about.get("areas", [])
    return [code for code, word in said.items() if word == ACCEPTABLE] if isinstance(said, dict) else list(said)


@dataclass(frozen=True, slots=True)
class LineTask:
    """A line of the task list: what is still missing in it, in words."""

    line: PlanLine
    missing: tuple[str, ...]
    comments: tuple[PlanComment, ...] = ()

    @property
    def done(self) -> bool:
        return not self.missing

    @property
    def title(self) -> str:
        return title(self.line)

    @property
    def unanswered(self) -> bool:
        """Staff have said something about this line since it was last saved."""
        return any(self.line.saved_at is None or comment.made_at > self.line.saved_at for comment in self.comments)

    @property
    def declared(self) -> tuple[str, ...]:
        return tuple(KINDS[kind] for kind in self.line.declared if kind in KINDS)

    @property
    def why(self) -> str:
        return f"Still missing: {', '.join(self.missing)}." if self.missing else ""


def title(line: PlanLine) -> str:
    if line.determination is None:
        return "A specific action that the programme directed"
    return f"{line.determination.area.title}, report {line.determination.report.attempt}"


def missing(line: PlanLine) -> tuple[str, ...]:
    """A direction has no cause to be named: it says itself what is to be done."""
    asked = {"cause": line.cause if line.determination_id else "-", "action": line.action, "owner": line.owner}
    found = [word for word, text in asked.items() if not text.strip()]
    return (*found, *(() if line.due_on else ("date",)))


def tasks(plan: Plan) -> list[LineTask]:
    """The lines with what they lack, and what staff said about the same line of the version before."""
    said: dict[tuple[int | None, int | None], list[PlanComment]] = {}
    for comment in comments_before(plan):
        if comment.line:
            said.setdefault((comment.line.determination_id, comment.line.direction_id), []).append(comment)
    return [
        LineTask(line, missing(line), tuple(said.get((line.determination_id, line.direction_id), ())))
        for line in lines_of(plan)
    ]


def comments_before(plan: Plan) -> list[PlanComment]:
    """What staff said about the version before this one."""
    found = PlanComment.objects.filter(plan__report=plan.report_id, plan__version=plan.version - 1)
    return list(found.select_related("line", "made_by"))


def comments_on(plan: Plan) -> list[PlanComment]:
    return list(plan.comments.select_related("line", "made_by"))


def directions(plan: Plan) -> list[Direction]:
    return list(Direction.objects.filter(report=plan.report_id).select_related("directed_by"))


def papers(plan: Plan) -> list[PlanDocument]:
    return list(plan.papers.select_related("document", "added_by"))


def evidence_papers(evidence: Evidence) -> list[EvidenceDocument]:
    return list(evidence.papers.select_related("document", "added_by", "line"))


# -- text and papers: what they may hold -------------------------------------------------------------------------------


def plan_terms(plan: Plan) -> Terms:
    kinds = {line.determination.area.kind for line in lines_of(plan) if line.determination}
    return rules.terms(plan.case_file.case, rules.PLAN, plan.opened_at, kinds)


def evidence_terms(plan: Plan) -> Terms:
    return rules.terms(plan.case_file.case, rules.EVIDENCE, plan.opened_at)


def screened(texts: Mapping[str, str], known: Roster, declared: Iterable[str]) -> dict[str, list[Finding]]:
    """What stands in the way of these texts, by field: certain findings, and possible ones that nobody has declared."""
    found = {field: screen([(field, text)], roster=known) for field, text in texts.items()}
    open_ = {field: [f for f in one if f.certain or f.kind not in declared] for field, one in found.items()}
    return {field: one for field, one in open_.items() if one}


# -- the signature -----------------------------------------------------------------------------------------------------


def plan_hash(plan: Plan) -> str:
    """SHA-256 over everything that the version says, its papers included."""
    said = {
        "case": plan.case_file.case.number, "report": plan.report.attempt, "version": plan.version,
        "lines": [_said(line) for line in lines_of(plan)], "papers": [documents.stands(p.document) for p in papers(plan)],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _said(line: PlanLine) -> dict[str, object]:
    about = line.determination
    return {
        "area": about.area.code if about else "", "report": about.report.attempt if about else 0,
        "direction": line.direction.text if line.direction else "", "cause": line.cause, "action": line.action,
        "owner": line.owner, "due_on": line.due_on.isoformat() if line.due_on else "",
    }  # fmt: skip


def statement(terms: Terms) -> str:
    """The sentence that is signed with a plan."""
    said = "This plan addresses every deficiency of every earlier report."
    return f"{said} {no_phi('Neither the plan nor its papers hold')}" if terms.screened else said


def no_phi(subject: str) -> str:
    return f"{subject} any protected health information of a patient."


def signed_by(plan: Plan) -> list[Signed]:
    """Every signature under the version, those that do not hold any more too."""
    stands = plan_hash(plan)
    rows_ = plan.signatures.select_related("signature__person").order_by("signature__signed_at")
    return [signed(row.signature, stands) for row in rows_]


def valid_signatures(plan: Plan, digest: str) -> list[Signature]:
    rows_ = plan.signatures.select_related("signature__person").filter(signature__sha256=digest)
    return [row.signature for row in rows_]


def unsigned_roles(plan: Plan, terms: Terms, digest: str) -> list[str]:
    """The roles that have still to sign; where the policy names none, one signature of anybody at the facility is asked for."""
    held = {signature.role for signature in valid_signatures(plan, digest)}
    if terms.signers:
        return [role for role in terms.signers if role not in held]
    return [] if held else [role.value for role in FACILITY_ROLES]
