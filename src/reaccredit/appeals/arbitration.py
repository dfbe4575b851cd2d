"""Giving an appeal to arbitrators, and their word on it.

The ledger names the arbitration, never the arbitrator: its timeline is shown to the facility.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import DatabaseError, transaction
from django.utils import timezone

from reaccredit.appeals import determinations, judging
from reaccredit.appeals.models import Appeal, Arbitration, Recused
from reaccredit.applications.models import Area
from reaccredit.certificates import actions as certificates
from reaccredit.ledger import actions as ledger
from reaccredit.ledger.actions import Lost
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code
from reaccredit.reviews.guards import refusal


class NotEligible(Exception):
    """This person may not judge this area; the sentence says why."""

    def __init__(self, person: Person, reasons: Sequence[str]) -> None:
        super().__init__(f"{person.name} {' and '.join(reasons)}. Choose somebody else.")


@transaction.atomic
def assign(*, appeal: Appeal, area: Area, arbitrator: Person, actor: Person, now: datetime) -> Arbitration:
    """Give an area of a complete appeal to an arbitrator, or to another one while it is not decided.

    Raises `NotEligible`; the database refuses by itself whoever took part in the initial review.
    """
    ledger.lock(appeal.case_file.case)
    if appeal.received_at is None:
        raise Lost(
            "The appeal is not complete yet; it is given to an arbitrator when everything required was received."
        )
    found = next(
        (c for c in judging.candidates(appeal, area, timezone.localdate(now)) if c.person.pk == arbitrator.pk), None
    )
    if found is None:
        raise NotEligible(arbitrator, ["does not hold the role of arbitrator on this day"])
    if not found.eligible:
        raise NotEligible(arbitrator, found.why_not)
    one = Arbitration.objects.filter(appeal=appeal, area=area).first() or Arbitration(appeal=appeal, area=area)
    if one.decided_at is not None:
        raise Lost("This area is decided already, and the determination is final.")
    one.arbitrator, one.assigned_at, one.assigned_by = arbitrator, now, actor
    try:
        with transaction.atomic():
            one.save()
    except DatabaseError as error:
        said = refusal(error) or "took part in the review of this case"
        raise NotEligible(arbitrator, [said]) from error
    ledger.state(
        case=appeal.case_file.case, kind="arbitrator.assigned", actor=code(actor), role=Role.STAFF, now=now,
        about={"areas": [area.code], "arbitration": one.pk},
    )  # fmt: skip
    return one


@transaction.atomic
def recuse(*, arbitration: Arbitration, reason: str, now: datetime) -> None:
    """Give an area back undecided. Other appeals of the same arbitrator are not touched. Raises `Lost` where it is decided."""
    case = arbitration.appeal.case_file.case
    ledger.lock(case)
    held = Arbitration.objects.select_related("area").filter(pk=arbitration.pk, decided_at__isnull=True).first()
    if held is None or held.arbitrator_id != arbitration.arbitrator_id:
        raise Lost(
            "This area is decided already, or given to another arbitrator. Reload the page to see what happened."
        )
    Recused.objects.create(
        appeal=arbitration.appeal, area=held.area, arbitrator_id=held.arbitrator_id, arbitration=held.pk, reason=reason, at=now
    )  # fmt: skip
    about = {"areas": [held.area.code], "arbitration": held.pk}
    ledger.state(
        case=case, kind="arbitrator.recused", actor=f"arbitration:{held.pk}", role=Role.ARBITRATOR, now=now, about=about
    )
    held.delete()


@transaction.atomic
def decide(*, arbitration: Arbitration, outcome: str, reasons: str, password: str, now: datetime) -> Arbitration:
    """The arbitrator's determination of one area, signed. With the last one the appeal is decided; nothing can be changed after.

    Raises `Lost`, and `WrongPassword`: then nothing is recorded.
    """
    appeal = arbitration.appeal
    ledger.lock(appeal.case_file.case)
    held = Arbitration.objects.select_related("area").filter(pk=arbitration.pk).first()
    if held is None:
        raise Lost("This area was given back meanwhile. Nothing was recorded.")
    if held.arbitrator_id != arbitration.arbitrator_id:
        raise Lost("This area was given to another arbitrator meanwhile. Nothing was recorded.")
    if held.decided_at is not None:
        raise Lost("This area is decided already, and the determination is final.")
    held.outcome, held.reasons, held.decided_at = outcome, reasons.strip(), now
    held.save(update_fields=["outcome", "reasons", "decided_at"])
    determinations.sign(one=held, signer=arbitration.arbitrator, password=password, now=now)
    _conclude(appeal, held, now)
    return held


def _conclude(appeal: Appeal, last: Arbitration, now: datetime) -> None:
    """When every appealed area is decided: one fact for the whole appeal."""
    found = dict(appeal.arbitrations.filter(decided_at__isnull=False).values_list("area__code", "outcome"))
    if set(found) != {area.code for area in appeal.areas.all()}:
        return
    upheld = Arbitration.Outcome.ACCEPTABLE in found.values()
    ledger.state(
        case=appeal.case_file.case, kind="appeal.upheld" if upheld else "appeal.denied", actor=f"arbitration:{last.pk}",
        role=Role.ARBITRATOR, now=now, about={"areas": found},
    )  # fmt: skip
    Appeal.objects.filter(pk=appeal.pk).update(decided_at=now)
    certificates.grant_if_accredited(case_file=appeal.case_file, now=now)
