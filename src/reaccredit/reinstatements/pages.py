"""What each page of the room shows: the answers of queries and policy, put together. Nothing is written here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reaccredit.applications.models import CaseFile
from reaccredit.facilities.queries import Audience
from reaccredit.ledger.queries import decision
from reaccredit.people.models import Role
from reaccredit.reinstatements import completing, queries, rules
from reaccredit.reinstatements.models import Evidence, Plan, PlanLine
from reaccredit.reports import queries as reports


def heading(case_file: CaseFile, who: Audience) -> dict[str, Any]:
    parts = [str(case_file.facility), str(case_file.unit or ""), case_file.case.number]
    return {
        "case_file": case_file, "case": case_file.case, "kicker": " · ".join(part for part in parts if part),
        "is_staff": who.is_staff, "is_member": bool(who.roles_at(case_file.facility_id)),
    }  # fmt: skip


def none(case_file: CaseFile, who: Audience, now: datetime) -> dict[str, Any]:
    """No plan is here: whether one can be begun, and why not."""
    return heading(case_file, who) | beginning(case_file, None, now)


def beginning(case_file: CaseFile, plan: Plan | None, now: datetime) -> dict[str, Any]:
    latest = reports.latest(case_file)
    if latest is None or (plan is not None and plan.report_id == latest.pk):
        return {"may_begin": False, "refusal": None}
    refusal = rules.refusal(case_file.case, rules.SUBMITTED, now)
    return {"may_begin": refusal is None, "refusal": refusal}


def plan(plan: Plan, who: Audience, now: datetime) -> dict[str, Any]:
    found, terms = queries.tasks(plan), queries.plan_terms(plan)
    head = heading(plan.case_file, who)
    state = queries.state(plan)
    left = [task for task in found if not task.done]
    answer = decision(plan.case_file.case, now)
    return head | beginning(plan.case_file, plan, now) | {
        "plan": plan, "tasks": found, "left": left, "complete": not left, "done": len(found) - len(left), "of": len(found),
        "papers": queries.papers(plan), "terms": terms, "state": state, "decision": answer,
        "may_write": head["is_member"] and state == "writing",
        "may_answer": head["is_staff"] and state == "waiting", "may_direct": head["is_staff"] and state in {"writing", "waiting"},
        "comments": [c for c in queries.comments_before(plan) if c.line is None],
        "said": queries.comments_on(plan), "directions": queries.directions(plan), "earlier": queries.earlier(plan),
        "evidence": queries.evidence_of(plan),
        "shows_lines": head["is_member"] or state != "writing",
        "signed": queries.signed_by(plan) if head["is_member"] or state != "writing" else [],
    }  # fmt: skip


def line(found: PlanLine, who: Audience) -> dict[str, Any]:
    task = next(t for t in queries.tasks(found.plan) if t.line.pk == found.pk)
    about = found.determination
    recommended = [p.strip() for p in about.recommendations.split("\n\n") if p.strip()] if about else []
    return heading(found.plan.case_file, who) | {
        "plan": found.plan, "line": found, "task": task, "recommended": recommended, "terms": queries.plan_terms(found.plan),
    }  # fmt: skip


def check(plan_: Plan, who: Audience, now: datetime) -> dict[str, Any]:
    context = plan(plan_, who, now)
    digest, terms = queries.plan_hash(plan_), context["terms"]
    wanted = queries.unsigned_roles(plan_, terms, digest)
    held = who.roles_at(plan_.case_file.facility_id)
    return context | {
        "digest": digest, "statement": queries.statement(terms), "wanted": [Role(role).label for role in wanted],
        "may_sign": bool(set(wanted) & held) and context["may_write"],
        "anyone": not terms.signers,
    }  # fmt: skip


def evidence(found: Evidence, who: Audience, now: datetime) -> dict[str, Any]:
    head = heading(found.plan.case_file, who)
    lines = list(queries.lines_of(found.plan))
    papers = queries.evidence_papers(found)
    lacking = completing.lacking(found)
    return head | {
        "plan": found.plan, "evidence": found, "terms": queries.evidence_terms(found.plan), "lacking": lacking,
        "complete": not lacking, "decision": decision(found.plan.case_file.case, now),
        "lines": [(line, queries.title(line), [p for p in papers if p.line_id == line.pk]) for line in lines],
        "papers": papers, "general": [p for p in papers if p.line_id is None],
        "may_write": head["is_member"] and found.submitted_at is None,
        "statement": queries.no_phi("Every action of the plan is completed, and neither this evidence nor its papers hold"),
    }  # fmt: skip
