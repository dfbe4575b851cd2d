"""A report that was wrong is taken back by two persons, in sight of the facility; whether it may be is for the policy to say.

Nothing of it is removed: the report, its facts and its paper stay, the paper with a mark that it is void. What comes instead is issued as
any report is, of the same review, and the policy begins its terms anew.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from reaccredit.ledger import actions as ledger
from reaccredit.ledger import queries as facts
from reaccredit.ledger.actions import Lost
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code
from reaccredit.policy import Fact, Refusal
from reaccredit.reports import sealing
from reaccredit.reports.models import FinalReport, Seal, TakingBack
from reaccredit.reviews.models import Round

WITHDRAWN = "report.withdrawn"
DONE = "This report was taken back already."


class NotAllowed(Exception):
    """This person cannot do this; the sentence says why and what to do."""


def asked(report: FinalReport) -> TakingBack | None:
    found = TakingBack.objects.filter(report=report).select_related("asked_by", "agreed_by")
    return found.first()


def refusal(report: FinalReport, now: datetime) -> Refusal | str | None:
    """Why this report cannot be taken back now: the policy's own refusal, or a sentence where no policy rules; None where it can be."""
    case = report.case_file.case
    if report.taken_back_at is not None:
        return DONE
    if facts.not_governed(case):
        return "No policy of this site governs this case, so nothing here says how its report would be taken back."
    rules = facts.policy_for(case.programme)
    if WITHDRAWN not in facts.rules_of(case, now).facts:
        return "The policy that governs this case does not know how a report is taken back."
    if report.case_file.reports.filter(issued_at__gt=report.issued_at).exists():
        return "A later report has followed, so this one is part of what came after it."
    answer = rules.admit(facts.history(case), Fact(at=now, kind=WITHDRAWN), known_at=now)
    return answer if isinstance(answer, Refusal) else None


def _hold(report: FinalReport, now: datetime) -> FinalReport:
    """Locked, and still to be taken back. Raises `Lost` or `Refused`."""
    ledger.lock(report.case_file.case)
    held = FinalReport.objects.select_for_update().get(pk=report.pk)
    no = refusal(held, now)
    if isinstance(no, Refusal):
        raise ledger.Refused(no)
    if no:
        raise Lost(no)
    return held


@transaction.atomic
def ask(*, report: FinalReport, reason: str, actor: Person, now: datetime) -> TakingBack:
    """Raises `Lost` where somebody was faster, `Refused` where the policy does not admit it."""
    held = _hold(report, now)
    try:
        with transaction.atomic():
            return TakingBack.objects.create(report=held, reason=reason, asked_by=actor, asked_at=now)
    except IntegrityError as error:
        raise Lost(
            "A colleague has asked already that this report be taken back. Read the reason on its page."
        ) from error


@transaction.atomic
def give_up(*, report: FinalReport, actor: Person) -> None:
    """The report stands as it is: whoever asked thinks better of it, or a colleague does not agree."""
    ledger.lock(report.case_file.case)
    gone, _ = TakingBack.objects.filter(report=report, agreed_at__isnull=True).delete()
    if not gone:
        raise Lost("Nobody asks any more that this report be taken back, or it was taken back meanwhile.")


@transaction.atomic
def agree(*, report: FinalReport, reason: str, actor: Person, now: datetime) -> TakingBack:
    """Take it back, for the reason that was read. Raises `NotAllowed`, `Lost`, `Refused` or `sealing.NotSealed`."""
    held = _hold(report, now)
    found = TakingBack.objects.select_for_update().filter(report=held).first()
    if found is None or found.reason != reason:
        raise Lost("What you read here is not asked any more. Read the page anew.")
    if found.asked_by_id == actor.pk:
        raise NotAllowed("You asked for it yourself. A colleague has to agree before the report is taken back.")
    about = {"attempt": held.attempt, "edition": held.edition, "asked_by": code(found.asked_by)}
    found.fact = ledger.state(
        case=held.case_file.case,
        kind=WITHDRAWN,
        actor=code(actor),
        role=Role.STAFF,
        now=now,
        about=about,
        note=found.reason,
    )
    found.agreed_by, found.agreed_at = actor, now
    found.save(update_fields=["fact", "agreed_by", "agreed_at"])
    held.taken_back_at = now
    held.save(update_fields=["taken_back_at"])
    Round.objects.filter(pk=held.round_id).update(reported_at=None)
    sealing.seal(held, kind=Seal.Kind.VOID, now=now)
    return found
