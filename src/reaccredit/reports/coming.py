"""What happens next, as a report says it: asked of the policy for the moment at which the report was issued, with the dates."""

from __future__ import annotations

from dataclasses import dataclass

from reaccredit.ledger import queries as ledger
from reaccredit.policy import Decision, Fact
from reaccredit.policy.counting import moment, through
from reaccredit.policy.forms import timing
from reaccredit.reports.models import FinalReport


@dataclass(frozen=True, slots=True)
class Coming:
    """`options`: a title, and by when it must be chosen at the latest, in words of the policy's zone."""

    sentences: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sentences or self.options)


def coming(report: FinalReport) -> Coming:
    """Nothing where no policy governs the case: then staff say what follows."""
    case = report.case_file.case
    if ledger.not_governed(case):
        return Coming()
    then = _as_issued(report)
    if not then.rev.stages[then.standing.stage].asks:
        return Coming(_settled(then))
    return _form(report, then)


def _as_issued(report: FinalReport) -> Decision:
    """The answer that this report brought about, whatever was recorded since."""
    policy = ledger.policy_for(report.case_file.case.programme)
    facts = report.case_file.case.facts.filter(seq__lte=report.fact.seq).order_by("happened_at", "seq")
    return policy.decide(ledger.ruled_by(policy, facts), report.issued_at)


def _settled(then: Decision) -> tuple[str, ...]:
    if then.accredited and then.expires:
        return (f"The accreditation runs through {then.expires.day} {then.expires:%B %Y}.",)
    return (f"The case is at “{then.stage_title}”.",)


def _form(report: FinalReport, then: Decision) -> Coming:
    rev, policy = then.rev, ledger.policy_for(report.case_file.case.programme)
    missing = timing(rev, then.standing).missing
    facts = [*then.steps.facts, *(Fact(report.issued_at, kind) for kind in missing)]
    ready = policy.decide(facts, report.issued_at)
    term = ready.term
    if term is None or term.opens is None:
        return Coming()
    opened = policy.decide(facts, max(term.opens, report.issued_at))
    names = " and ".join(f"“{rev.title_of(kind)}”" for kind in missing)
    said = f"The option form opens {moment(term.opens, rev.zone)} at the earliest"
    sentences = [f"{said}, and not before {names} is recorded." if missing else f"{said}."]
    if term.due:
        sentences.append(f"{'Opened then, it' if missing else 'It'} is due {through(term.due, rev.zone)}.")
    if missing:
        sentences.append(f"The dates below are those if {names} is recorded on the day of issue.")
    options = tuple((o.title, through(o.due, rev.zone) if o.due else "no date is stated") for o in opened.options)
    return Coming(tuple(sentences), options)
