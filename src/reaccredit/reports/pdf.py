"""The final report as a tagged PDF for archives: the same words as the page, and the same bytes whenever it is asked for."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from reaccredit.documents.pdf import ARCHIVED, compile_pdf
from reaccredit.facilities.catalogue import titles
from reaccredit.ledger import receipts
from reaccredit.ledger.outcomes import DEFICIENCY
from reaccredit.ledger.queries import policy_for
from reaccredit.policy import NotGoverned
from reaccredit.reports import queries
from reaccredit.reports.coming import Coming, coming
from reaccredit.reports.marking import marking
from reaccredit.reports.models import FinalReport

TEMPLATE = Path(__file__).parent / "print" / "report.typ"


def pdf(report: FinalReport) -> bytes:
    return compile_pdf(TEMPLATE, content(report), at=report.issued_at, standards=ARCHIVED)


def content(report: FinalReport) -> dict[str, Any]:
    """What the paper says. Times stand in the policy's zone: a paper has no reader whose zone could be asked for."""
    said, stood = queries.areas(report), queries.standing(report)
    case_file = report.case_file
    next_ = Coming() if report.taken_back_at else coming(report)  # what was to follow of a void report follows no more
    receipt = receipts.kept(report.fact)
    return {
        "title": f"Final report of {case_file.case.number}, {report.name}",
        "programme": settings.PROGRAMME_NAME,
        "footer": marking(case_file.facility.state),
        "void": _void(report),
        "facts": _facts(report, stood.count(DEFICIENCY) if stood else 0),
        "areas": [
            {
                "title": one.determination.area.title,
                "outcome": one.determination.get_outcome_display(),
                "paragraphs": one.paragraphs,
                "causes": ", ".join(one.causes),
                "consult": one.consult,
            }
            for one in said
        ],
        "clauses": [
            {
                "says": c.says,
                "at": (c.at or c.id) + (", assumed" if c.assumed else "") + (", not stated" if c.silent else ""),
            }
            for c in (*queries.clauses(report, stood), *queries.notes(said))
        ],
        "coming": {"sentences": next_.sentences, "options": next_.options},
        "receipt": receipt.receipt.said if receipt else "",
        "proof": _proof(receipt) if receipt else [],
    }


def _void(report: FinalReport) -> dict[str, str] | None:
    """What stands on every page of a report that was taken back."""
    if report.taken_back_at is None:
        return None
    when = _local(report, report.taken_back_at)
    return {
        "short": f"Taken back {when}. The report that replaces it counts.",
        "long": f"The programme has taken it back, {when}, for this reason: {report.taking_back.reason}",
    }


def _facts(report: FinalReport, deficiency: int) -> list[tuple[str, str]]:
    case_file = report.case_file
    rows = [
        ("Facility", case_file.facility.name),
        ("Modality", titles().get(case_file.modality, case_file.modality)),
        ("Unit", case_file.unit.name if case_file.unit else ""),
        ("Issued", _local(report, report.issued_at)),
        ("Submitted as", report.get_medium_display()),
        ("Result", "Passed" if report.passed else "Not passed"),
        ("Deficiency", str(deficiency) if deficiency and not report.passed else ""),
    ]
    return [row for row in rows if row[1]]


def _proof(found: receipts.Kept) -> list[tuple[str, str]]:
    """By which text this was decided, on what, when, and the hash by which the answer can be known again."""
    said = found.said
    return [
        ("Policy", f"{said['policy']}, revision {said['revision']}, SHA-256 {said['sha256']}"),
        ("History", f"{said['facts']} facts, the last of {said['last_fact']}, SHA-256 {said['history_sha256']}"),
        ("Answer", f"as of {said['at']}, by {said['engine']}, SHA-256 {said['answer_sha256']}"),
    ]


def _local(report: FinalReport, at: datetime) -> str:
    try:
        local = at.astimezone(policy_for(report.case_file.case.programme).zone)
    except NotGoverned:
        local = at
    return f"{local.day} {local:%B %Y, %H:%M %Z}"
