"""Writes of the reviews. The ledger learns that an area was read, never by whom nor what was found.

The facility sees the ledger's timeline. The actor of a reading is "reading:<id>" there: `Assignment` knows who that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from reaccredit.applications.models import Area
from reaccredit.ledger import actions as ledger
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.models import Case
from reaccredit.ledger.queries import decision
from reaccredit.packages.models import Package
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code
from reaccredit.policy import Because, Refusal
from reaccredit.reviews import agreement, calibration_results, catalogue, conflicts, guards, pointing, queries, telling
from reaccredit.reviews.models import Assignment, HandedBack, Mark, Place, Proposal, Round, RoundKind
from reaccredit.reviews.pointing import Spot

REVIEWING = "reviewing"
Of = TypeVar("Of")
Who = TypeVar("Who")


class NotEligible(Exception):
    """This person may not read this area; the sentence says why."""

    def __init__(self, person: Person, reasons: Sequence[str]) -> None:
        super().__init__(f"{person.name} {' and '.join(reasons)}. Choose somebody else.")


class NotComplete(Exception):
    """The reading cannot be handed in as it is: criterion code -> what is missing."""

    def __init__(self, missing: Mapping[str, str]) -> None:
        super().__init__(" ".join(missing.values()))
        self.missing = dict(missing)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reader says of one criterion."""

    criterion: str
    acceptable: bool
    reason: str = ""
    causes: tuple[str, ...] = ()
    note: str = ""
    places: tuple[Spot, ...] = ()


# -- staff ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_round(*, package: Package, actor: Person, now: datetime) -> Round:
    """Open the reading of a package. Raises `Refused` where the case is not under review, `Lost` when done twice."""
    case = ledger.lock(package.case_file.case)
    stands = decision(case, now)
    if package.submitted_at is None or stands.standing.stage != REVIEWING:
        said = f"The case is at “{stands.stage_title}”, so there is no package to be reviewed."
        because = Because((), stands.receipt.revision, (), said)
        raise Refused(Refusal("not-now", because, "Wait until the package is submitted."))
    try:
        with transaction.atomic():
            opened = Round.objects.create(
                case_file=package.case_file,
                package=package,
                submitted_at=package.submitted_at,
                attempt=package.attempt,
                opened_at=now,
                opened_by=actor,
            )
            Package.objects.filter(pk=package.pk).update(read_since=now)
    except IntegrityError as error:
        raise Lost("The review of this package has been opened already. Reload the page to see it.") from error
    about = {"attempt": opened.attempt}
    ledger.state(case=case, kind="review.opened", actor=code(actor), role=Role.STAFF, now=now, about=about)
    return opened


@transaction.atomic
def assign(
    *,
    round: Round,
    area: Area,
    reviewer: Person,
    actor: Person,
    now: datetime,
    proposal: Proposal | None = None,
    respond_by: datetime | None = None,
) -> Assignment:
    """Give the area to a reader, in the next place that is open. Raises `NotEligible` or `Lost`.

    Who is asked again finds what they had typed. What is not touched by `respond_by` is offered on.
    """
    case = ledger.lock(round.case_file.case)
    _still_current(round)
    who = conflicts.known(round, [area], localdate(now))
    return _give(case, round, area, reviewer, who, actor, now, proposal, respond_by)


def _give(
    case: Case, round: Round, area: Area, reviewer: Person, who: conflicts.Known, actor: Person, now: datetime,
    proposal: Proposal | None = None, respond_by: datetime | None = None,
) -> Assignment:  # fmt: skip
    here = [r for r in round.assignments.all() if r.area_id == area.pk]
    reasons = conflicts.why_not(who, reviewer, area)
    if reasons:
        raise NotEligible(reviewer, reasons)
    open_places = agreement.places(here, round.places)
    if not open_places or area not in queries.areas_of(round):
        raise Lost("This area needs no further reader. Reload the page to see who reads it.")
    try:
        with transaction.atomic():
            given = Assignment.objects.create(
                round=round, area=area, reviewer=reviewer, position=open_places[0], assigned_at=now, assigned_by=actor,
                proposal=proposal, respond_by=respond_by, draft=_draft_of(round, area, reviewer),
            )  # fmt: skip
    except IntegrityError as error:
        if said := guards.refusal(error):
            raise NotEligible(reviewer, [said]) from error
        raise Lost("Somebody else has chosen a reader for this area. Reload the page to see who reads it.") from error
    telling.state(
        round,
        case,
        "review.assigned",
        actor=code(actor),
        role=Role.STAFF,
        now=now,
        area=area.code,
        place=given.position,
    )
    telling.given(given, now)
    return given


def _draft_of(round: Round, area: Area, reviewer: Person) -> dict[str, Any]:
    """What they had typed when they gave it back; of the same images only."""
    last = HandedBack.objects.filter(round=round, area=area, reviewer=reviewer).last()
    return dict(last.draft) if last else {}


def _still_current(round: Round) -> None:
    if Round.objects.select_related("package").get(pk=round.pk).superseded:
        raise Lost("The package was returned to the facility meanwhile, so these images are not judged any more.")


@transaction.atomic
def assign_all(
    *, round: Round, chosen: Sequence[tuple[Area, Person]], actor: Person, now: datetime,
    respond_by: datetime | None = None,
) -> list[Assignment]:  # fmt: skip
    """All of them or none. What is known of the readers is gathered once."""
    case = ledger.lock(round.case_file.case)
    _still_current(round)
    who = conflicts.known(round, [area for area, _ in chosen], localdate(now))
    return [
        _give(case, round, area, person, who, actor, now, respond_by=respond_by) for area, person in in_turn(chosen)
    ]


def in_turn(chosen: Iterable[tuple[Of, Who]]) -> list[tuple[Of, Who]]:
    """All first readers, then all second ones. So the numbers of somebody's readings follow each other in every kind of round,
    and do not tell what is read for the sake of quality.
    """
    turns: dict[Of, list[Who]] = {}
    for area, person in chosen:
        turns.setdefault(area, []).append(person)
    longest = max(map(len, turns.values()), default=0)
    return [(area, people[turn]) for turn in range(longest) for area, people in turns.items() if turn < len(people)]


def ask_third(*, round: Round, area: Area, reviewer: Person, actor: Person, now: datetime) -> Assignment:
    """A third reader, where the first two do not agree. Raises `Lost` where they do."""
    if not agreement.split([r for r in round.assignments.all() if r.area_id == area.pk]):
        raise Lost("The first two readers have not disagreed on this area, so nobody reads it a third time.")
    return assign(round=round, area=area, reviewer=reviewer, actor=actor, now=now)


# -- the reviewer -----------------------------------------------------------------------------------------------------


def _open(assignment: Assignment) -> Assignment:
    """The row as it is now, held until the transaction ends."""
    held = Assignment.objects.select_for_update().filter(pk=assignment.pk).first()
    if held is None or held.submitted_at is not None:
        raise Lost("This reading has been handed in, or given to somebody else. Reload the page to see what happened.")
    return held


def check(assignment: Assignment, verdicts: Sequence[Verdict]) -> str:
    """The outcome that these verdicts add up to. Raises `NotComplete`."""
    listed = queries.criteria(assignment)
    by_code = {v.criterion: v for v in verdicts}
    missing = {}
    for criterion in listed:
        verdict = by_code.get(criterion.code)
        if verdict is None:
            missing[criterion.code] = f"Say whether “{criterion.title}” is acceptable."
        elif not verdict.acceptable and verdict.reason not in {r.code for r in criterion.reasons}:
            missing[criterion.code] = f"Choose the reason why “{criterion.title}” is not acceptable."
    if missing:
        raise NotComplete(missing)
    return catalogue.outcome(assignment.area.kind, listed, {v.criterion: v.acceptable for v in verdicts})


@transaction.atomic
def submit(*, assignment: Assignment, verdicts: Sequence[Verdict], actor: Person, now: datetime) -> Assignment:
    """Hand in a reading for good. Completes the round when it was the last one that was needed."""
    case = ledger.lock(assignment.round.case_file.case)
    _still_current(assignment.round)
    held = _open(assignment)
    if held.reviewer_id != actor.pk:
        raise NotEligible(actor, ["was not given this area to read"])
    outcome = check(assignment, verdicts)
    known = set(catalogue.causes())
    Mark.objects.bulk_create(
        Mark(
            assignment=held, criterion=v.criterion, acceptable=v.acceptable, reason="" if v.acceptable else v.reason,
            causes=[] if v.acceptable else [c for c in v.causes if c in known], note=v.note,
        )
        for v in verdicts
    )  # fmt: skip
    _keep_places(held, verdicts)
    held.outcome, held.submitted_at, held.draft = outcome, now, {}
    held.save(update_fields=["outcome", "submitted_at", "draft"])
    reading, area = f"reading:{held.pk}", assignment.area.code
    telling.state(assignment.round, case, "review.submitted", actor=reading, role=Role.REVIEWER, now=now, area=area)
    complete(round=assignment.round, actor=reading, now=now)
    return held


def _keep_places(held: Assignment, verdicts: Sequence[Verdict]) -> None:
    """Where something was found, in images of the area only."""
    marks = {mark.criterion: mark for mark in held.marks.all()}
    known = pointing.within(held, {spot.instance for v in verdicts for spot in v.places})
    Place.objects.bulk_create(
        Place(mark=marks[v.criterion], image=known[spot.instance], column=spot.column, row=spot.row)
        for v in verdicts for spot in v.places if spot.instance in known and not v.acceptable
    )  # fmt: skip


@transaction.atomic
def hand_back(
    *,
    assignment: Assignment,
    reason: str,
    actor: Person,
    now: datetime,
    kind: str = HandedBack.Kind.RECUSED,
    whole_case: bool = False,
) -> None:
    """Give an area back unread. Staff choose somebody else.

    Who recuses does not get the area again, nor any other of the case where `whole_case` says so: whatever else of it lies
    unread with them goes back, too. What they read of other cases is not touched. Who declines may be asked again.
    """
    case = ledger.lock(assignment.round.case_file.case)
    _give_back(case, _open(assignment), kind, reason, whole_case, now)
    if whole_case:
        others = Assignment.objects.filter(round=assignment.round, reviewer=actor, submitted_at__isnull=True)
        for other in others.select_for_update():
            _give_back(case, other, kind, reason, whole_case, now)


def _give_back(case: Case, held: Assignment, kind: str, reason: str, whole_case: bool, now: datetime) -> None:
    HandedBack.objects.create(
        round=held.round, area=held.area, reviewer_id=held.reviewer_id, reading=held.pk, kind=kind, reason=reason,
        whole_case=whole_case, draft=held.draft, at=now,
    )  # fmt: skip
    reading, area = f"reading:{held.pk}", held.area.code
    telling.state(held.round, case, "review.handed-back", actor=reading, role=Role.REVIEWER, now=now, area=area)
    held.delete()
    if held.round.kind == RoundKind.CALIBRATION:  # nobody else is asked for it
        complete(round=held.round, actor=reading, now=now)


@transaction.atomic
def withdraw(*, assignment: Assignment, kind: str, reason: str, now: datetime) -> bool:
    """Take an area from a reader who has not begun; False where they have."""
    case = ledger.lock(assignment.round.case_file.case)
    held = Assignment.objects.select_for_update().filter(pk=assignment.pk, saved_at=None, submitted_at=None).first()
    if held is None:
        return False
    _give_back(case, held, kind, reason, False, now)
    return True


@transaction.atomic
def take_back(*, assignment: Assignment, reason: str, now: datetime) -> None:
    """Take an area from its reader in the middle of it. What they typed stays theirs, should they be asked again."""
    case = ledger.lock(assignment.round.case_file.case)
    _give_back(case, _open(assignment), HandedBack.Kind.TAKEN_BACK, reason, False, now)


@transaction.atomic
def complete(*, round: Round, actor: str, now: datetime) -> bool:
    """State that the reviews are completed, once every area is determined. False where there is nothing to state."""
    held = Round.objects.select_for_update().get(pk=round.pk)
    if held.superseded or held.completed_at is not None or not queries.settled(held):
        return False
    held.completed_at = now
    held.save(update_fields=["completed_at"])
    telling.state(held, held.case_file.case, "reviews.completed", actor=actor, role=Role.REVIEWER, now=now)
    if held.kind == RoundKind.CALIBRATION:
        calibration_results.talk_where_due(held, now)
    return True
