"""A certificate is made when a case has come to be accredited, whichever way it came there. Asking twice makes no second one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from reaccredit.applications.models import CaseFile
from reaccredit.certificates.models import Certificate
from reaccredit.ledger import actions as ledger
from reaccredit.ledger import queries as facts
from reaccredit.ledger.numbers import next_number
from reaccredit.ledger.outcomes import ACCEPTABLE
from reaccredit.policy import Because
from reaccredit.reports.models import Determination

GRANTED = "granted"  # the policy's stage
TERM = "accreditation-term"  # the policy's limit
CLOCK = "clock"  # nobody's act: it follows from the facts before it


@transaction.atomic
def grant_if_accredited(*, case_file: CaseFile, now: datetime) -> Certificate | None:
    """The certificate of an accredited case, made if it is not there yet; None while the case is not accredited."""
    case = ledger.lock(case_file.case)
    if facts.not_governed(case):
        return None
    stands = facts.decision(case, now).standing
    if stands.stage != GRANTED:
        return None
    if there := Certificate.objects.filter(case_file=case_file).first():
        return there
    covered = stands.having(ACCEPTABLE)
    begins = first_passed(case_file, covered, now)
    expires, because = _expiry(case_file, begins)
    made = Certificate.objects.create(
        case_file=case_file,
        number=next_number("A"),
        granted_at=now,
        begins_on=begins,
        expires_on=expires,
        areas=list(covered),
        clauses=[c.id for c in because.clauses],
    )
    about = {"number": made.number, "begins": begins.isoformat(), "expires": expires.isoformat()}
    ledger.state(case=case, kind="certificate.granted", actor=CLOCK, role="", now=now, about=about)
    return made


def first_passed(case_file: CaseFile, covered: tuple[str, ...], now: datetime) -> date:
    """The day on which the first of the covered areas passed, in the policy's zone: the term runs from then."""
    zone = facts.policy_for(case_file.case.programme).zone
    passed = Determination.objects.filter(
        report__case_file=case_file,
        outcome=ACCEPTABLE,
        area__code__in=covered,
        report__issued_at__lte=now,
        report__taken_back_at__isnull=True,
    )
    first = passed.order_by("report__issued_at").values_list("report__issued_at", flat=True).first()
    return (first or now).astimezone(zone).date()


def _expiry(case_file: CaseFile, begins: date) -> tuple[date, Because]:
    """The last day on which it counts, and the clauses that say how long it lasts."""
    limit, because = facts.policy_for(case_file.case.programme).limit(TERM, begins)
    rules = facts.policy_for(case_file.case.programme).on(begins)
    assert limit.within
    return rules.days.ahead(begins, limit.within) - timedelta(days=1), because
