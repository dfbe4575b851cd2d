"""What a report says, as one hash: an approval is bound to it, and a page that shows the report works it out once more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reaccredit.people.signed import Signed, signed
from reaccredit.reports.compiling import Draft
from reaccredit.reports.models import Content, Determination, FinalReport
from reaccredit.reviews.models import Round

APPROVAL = "I have read this report and approve that it goes out."


def _hash(number: str, attempt: int, areas: Iterable[tuple[str, str, str, Sequence[str], Sequence[str]]]) -> str:
    said = {"case": number, "attempt": attempt, "areas": sorted([list(one) for one in areas])}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def of_drafts(round_: Round, drafts: Sequence[Draft], texts: Mapping[str, str]) -> str:
    """Of what would go out."""
    rows = [(d.area.code, str(d.outcome), texts[d.area.code], list(d.reasons), list(d.causes)) for d in drafts]
    return _hash(round_.case_file.case.number, round_.attempt, rows)


def of_report(report: FinalReport) -> str:
    """Of what the rows say today."""
    found = Determination.objects.filter(report=report).select_related("area")
    rows = [(d.area.code, d.outcome, d.recommendations, d.reasons, d.causes) for d in found]
    return _hash(report.case_file.case.number, report.attempt, rows)


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a report still says what went out, and the signature under it, if somebody had to approve it."""

    changed: bool
    approval: Signed | None


def check(report: FinalReport) -> Check:
    kept = Content.objects.filter(report=report).select_related("approval__person").first()
    if kept is None:  # issued before what it said was kept
        return Check(False, None)
    stands = of_report(report)
    return Check(kept.sha256 != stands, signed(kept.approval, stands) if kept.approval else None)
