"""The column "Option status": what can be done with a report now, and the policy's reason for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reaccredit.policy import Because, Decision
from reaccredit.reports.models import FinalReport


@dataclass(frozen=True, slots=True)
class Status:
    """`kind` is the colour of the tag. `select`: the option form is open. `opens` and `due` are dates of the form."""

    kind: str
    words: str
    because: Because | None = None
    opens: datetime | None = None
    due: datetime | None = None
    select: bool = False
    view: bool = False  # reading the report is what comes next


def settled(report: FinalReport, *, governed: bool, latest: bool) -> Status | None:
    """Of a report with which nothing can be done any more, whatever the policy says of its case."""
    if not governed:
        return Status("quiet", "Ask the programme's staff: no policy of this site governs this case")
    if report.taken_back_at is not None:
        return Status("stop", "Void: this report was taken back")
    if not latest:
        return Status("quiet", "Closed: a later report of this case has followed")
    return Status("done", "No option form: this report was passed") if report.passed else None


def status(decision: Decision) -> Status:
    """Of a report that is not `settled`."""
    if decision.options:
        due = decision.term.due if decision.term else max((o.due for o in decision.options if o.due), default=None)
        because = decision.term.because if decision.term else decision.options[0].because
        return Status("act", "Select option", because, due=due, select=True)
    return _not_open(decision)


def _not_open(decision: Decision) -> Status:
    if (no := decision.early) and no.kind == "waiting":
        return Status("act", "Not viewed yet", no.because, view=True)
    if no:
        return Status("wait", "Not open yet", no.because, opens=decision.dates[0])
    because = next((no.because for no in decision.refused.values()), None)
    if chosen := _chosen(decision):
        return Status("done", f"Submitted: {chosen}", because)
    return Status("stop", "Closed", because)


def _chosen(decision: Decision) -> str:
    """The titles of what was chosen for this report."""
    names = () if decision.standing.lapsed else decision.standing.chosen
    known = decision.rev.options
    return "; ".join(known[name].title for name in names if name in known)
