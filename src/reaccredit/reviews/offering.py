"""Proposals: made by the solver, accepted, taken back; and what was declined or not answered is offered on."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from reaccredit.applications.models import Area
from reaccredit.ledger import actions as ledger
from reaccredit.ledger.actions import Lost
from reaccredit.people.models import Person
from reaccredit.people.queries import person_of
from reaccredit.reviews import actions, queries
from reaccredit.reviews.assignment import jsonform
from reaccredit.reviews.assignment.solving import solve
from reaccredit.reviews.gathering import problem_of
from reaccredit.reviews.house_rules import house_rules
from reaccredit.reviews.models import Assignment, HandedBack, Proposal, Round

NOT_ANSWERED = "Not begun in the time that was given"
SEEDS = 2**53  # JSON's whole numbers


@transaction.atomic
def propose(
    *, round: Round, actor: Person, now: datetime, seed: int | None = None, areas: Collection[Area] | None = None
) -> Proposal:
    """Who should read the open places (of these areas), with reasons; or what stands against it. Nothing is given out yet.

    The lots are drawn from `seed`, which is kept with the answer. Raises `Lost` where no place is open.
    """
    drawn = secrets.randbelow(SEEDS) if seed is None else seed
    problem = problem_of(round, queries.areas_of(round) if areas is None else areas, localdate(now), drawn)
    if not problem.items or round.superseded:
        raise Lost("No place waits for a reader. Reload the page to see who reads what.")
    answer = jsonform.proposal(problem, solve(problem), {item.id for item in problem.items})
    return Proposal.objects.create(round=round, made_at=now, made_by=actor, seed=drawn, answer=answer)


@transaction.atomic
def accept(*, proposal: Proposal, actor: Person, now: datetime) -> list[Assignment]:
    """Give everything out as proposed, or nothing. Raises `Lost` where it no longer fits, `NotEligible` where somebody may not."""
    held = _held(proposal)
    if held.accepted_at is not None or not held.answer["feasible"]:
        raise Lost("This proposal was accepted already, or nothing in it fits. Make a new one.")
    areas = {area.code: area for area in queries.areas_of(held.round)}
    respond_by = now + timedelta(days=house_rules().answer_within_days)
    held.accepted_at, held.accepted_by = now, actor
    held.save(update_fields=["accepted_at", "accepted_by"])
    given = []
    proposed = [(row["item"], one["person"]) for row in held.answer["assignment"] for one in row["people"]]
    for item, who in actions.in_turn(proposed):
        person = person_of(who)
        if person is None or item not in areas:
            raise Lost("Somebody or something in this proposal is gone. Make a new one.")
        given.append(
            actions.assign(
                round=held.round, area=areas[item], reviewer=person, actor=actor, now=now, proposal=held, respond_by=respond_by,
            )
        )  # fmt: skip
    return given


def _held(proposal: Proposal) -> Proposal:
    ledger.lock(proposal.round.case_file.case)
    return Proposal.objects.select_related("round__case_file__case", "round__package").get(pk=proposal.pk)


@transaction.atomic
def undo(*, proposal: Proposal, actor: Person, now: datetime) -> tuple[int, int]:
    """Take back what nobody has begun to read. (taken back, left with who has begun). The same people may be asked again."""
    held = _held(proposal)
    if held.accepted_at is None or held.undone_at is not None:
        raise Lost("There is nothing to take back.")
    held.undone_at = now
    held.save(update_fields=["undone_at"])
    said = f"Taken back by {actor.name}"
    readings = list(held.assignments.select_related("round__case_file__case", "area"))
    taken = [actions.withdraw(assignment=r, kind=HandedBack.Kind.TAKEN_BACK, reason=said, now=now) for r in readings]
    return sum(taken), len(taken) - sum(taken)


@transaction.atomic
def offer_on(*, proposal: Proposal, areas: Collection[Area], now: datetime) -> Sequence[Assignment]:
    """Areas that a proposal had given out and that came back: the next best are asked. Where nothing fits staff see the open place."""
    if proposal.undone_at is not None or proposal.accepted_by is None:
        return []
    try:
        # A savepoint: where nobody can be asked, what was given back stays given back.
        with transaction.atomic():
            again = propose(round=proposal.round, actor=proposal.accepted_by, now=now, areas=areas)
            return accept(proposal=again, actor=proposal.accepted_by, now=now) if again.answer["feasible"] else []
    except (Lost, actions.NotEligible):
        return []


@transaction.atomic
def hand_back(
    *, assignment: Assignment, reason: str, actor: Person, now: datetime, kind: str, whole_case: bool = False
) -> None:
    """`actions.hand_back`, and what a proposal had given out is offered on."""
    proposal, round_ = assignment.proposal, assignment.round
    actions.hand_back(assignment=assignment, reason=reason, actor=actor, now=now, kind=kind, whole_case=whole_case)
    if proposal is not None:
        gone = round_.handed_back.filter(reviewer=actor, at=now).select_related("area")
        offer_on(proposal=proposal, areas=[row.area for row in gone], now=now)


@transaction.atomic
def take_back(*, assignment: Assignment, reason: str, now: datetime) -> None:
    """Staff take an area from its reader, begun or not; what a proposal had given out is offered on. Raises `Lost`."""
    proposal, area = assignment.proposal, assignment.area
    actions.take_back(assignment=assignment, reason=reason, now=now)
    if proposal is not None:
        offer_on(proposal=proposal, areas=[area], now=now)


def run_out(*, now: datetime) -> int:
    """Everything that was not begun in its time is taken back and offered on; each in a transaction of its own."""
    late = Assignment.objects.filter(
        respond_by__lte=now, saved_at=None, submitted_at=None, round__package__submitted_at=F("round__submitted_at")
    )
    number = 0
    for reading in late.select_related("round__case_file__case", "proposal__accepted_by", "area"):
        with transaction.atomic():
            kind = HandedBack.Kind.TIMED_OUT
            if actions.withdraw(assignment=reading, kind=kind, reason=NOT_ANSWERED, now=now):
                number += 1
                if reading.proposal is not None:
                    offer_on(proposal=reading.proposal, areas=[reading.area], now=now)
    return number
