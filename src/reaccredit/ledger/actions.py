"""Writes of the ledger: open a case, state a fact. The policy is asked first; a refusal writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from reaccredit import policy
from reaccredit.ledger import queries, receipts
from reaccredit.ledger.models import Case, Deadline, Fact, Outbox
from reaccredit.ledger.tasks import attempts, enqueue_spread
from reaccredit.policy import Option, Term

PATIENCE = timedelta(minutes=1)  # what is not done by then is asked for again
NOT_GOVERNED, STAFF = "not-governed", "staff"  # a case that no policy rules is with the programme's staff
MOST_DOUBLINGS = 10  # a handler that always fails is asked about twice a day in the end


class Refused(Exception):
    """An act that may not be done. Its sentence is the one that the page shows, with the clauses that make it so."""

    def __init__(self, refusal: policy.Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


class Lost(Exception):
    """Somebody else was faster: what this act wanted to change has changed meanwhile."""


def open_case(*, number: str, programme: str, modality: str, now: datetime) -> Case:
    return Case.objects.create(number=number, programme=programme, modality=modality, opened_at=now)


def lock(case: Case) -> Case:
    """Hold the case until the transaction ends: who comes second sees what the first has done."""
    return Case.objects.select_for_update().get(pk=case.pk)


@transaction.atomic
def state(
    *,
    case: Case,
    kind: str,
    actor: str,
    role: str,
    now: datetime,
    happened_at: datetime | None = None,
    about: Mapping[str, Any] | None = None,
    note: str = "",
) -> Fact:
    """Append a fact. Raises `Refused` with the policy's own sentence when the policy does not admit it.

    `happened_at` is given for what is entered late (post, CDs); it may not lie in the future. A kind that the case's
    policy does not know is recorded without being asked about: the timeline shows it, the rules do not see it.
    """
    case = lock(case)
    when = happened_at or now
    about = dict(about or {})
    clauses, revision = _admit(case, policy.Fact(at=when, kind=kind, about=about), now)
    last = case.facts.order_by("-seq").first()
    fact = Fact(
        case=case, seq=last.seq + 1 if last else 1, kind=kind, about=about, note=note, happened_at=when.astimezone(UTC),
        recorded_at=now.astimezone(UTC), actor=actor, role=role, clauses=clauses, revision=revision,
        previous=last.hash if last else "",
    )  # fmt: skip
    fact.hash = queries.fact_hash(fact)
    try:
        with transaction.atomic():
            fact.save(force_insert=True)
    except IntegrityError as error:
        raise Lost("The case has changed while you worked. Reload the page to see what happened.") from error
    Outbox.objects.create(fact=fact)
    answered = refresh_deadlines(case=case, now=now)
    if answered and revision:
        receipts.give(fact, answered, queries.policy_for(case.programme))
    enqueue_spread(fact.pk)  # a row of the same transaction: both are there after a crash, or neither
    return fact


def _admit(case: Case, fact: policy.Fact, now: datetime) -> tuple[list[str], Any]:
    if ungoverned := queries.not_governed(case):
        return [ungoverned.clause.id] if ungoverned.clause else [], None
    rules = queries.policy_for(case.programme)
    if fact.kind not in rules.kinds:
        return [], None
    answer = rules.admit(queries.history(case), fact, known_at=now)
    if isinstance(answer, policy.Refusal):
        raise Refused(answer)
    return [c.id for c in answer.because.clauses], answer.because.revision


@transaction.atomic
def refresh_deadlines(*, case: Case, now: datetime) -> policy.Decision | None:
    """Rebuild the index of whose turn it is and what is due: one row for the stage, one for each option that is open.

    Gives the answer that the index is made of; None where no policy governs the case.
    """
    if queries.not_governed(case):
        Deadline.objects.get_or_create(case=case, subject="stage", defaults={"stage": NOT_GOVERNED, "holder": STAFF})
        return None
    decision = queries.decision(case, now.astimezone(UTC))
    rows: dict[str, Term | Option | None] = {} if decision.ended else {"stage": decision.term}
    rows |= {f"option.{o.id}": o for o in decision.options}
    reminded = dict(case.deadlines.values_list("subject", "reminded_at"))
    due_before = dict(case.deadlines.values_list("subject", "due_at"))
    case.deadlines.all().delete()
    Deadline.objects.bulk_create(
        Deadline(
            case=case, subject=subject, stage=decision.standing.stage, holder=decision.holder,
            opens_at=row.opens if row else None, due_at=row.due if row else None,
            clauses=[c.id for c in row.because.clauses] if row else [],
            reminded_at=reminded.get(subject) if row and due_before.get(subject) == row.due else None,
        )
        for subject, row in rows.items()
    )  # fmt: skip
    return decision


def refresh_due(*, now: datetime) -> int:
    """The clock moves cases too: rebuild the rows whose date has come. How many cases that were."""
    cases = Case.objects.filter(pk__in=queries.overtaken(now).values("case"))
    for case in cases:
        refresh_deadlines(case=case, now=now)
    return len(cases)


@transaction.atomic
def mark_spread(*, fact: Fact, now: datetime) -> bool:
    """True for the one caller that may do the work which this fact has started."""
    return bool(Outbox.objects.filter(fact=fact, done_at__isnull=True).update(done_at=now))


@transaction.atomic
def sweep_outbox(*, now: datetime) -> int:
    """Ask again for the work of facts that should be done by now and that nobody works on; how many that were.

    A task may be lost with a queue, or have failed. After each failure the next attempt waits twice as long.
    """
    late = dict(
        Outbox.objects.filter(done_at__isnull=True, fact__recorded_at__lte=now - PATIENCE).values_list(
            "fact", "fact__recorded_at"
        )
    )
    again = [
        fact_id
        for fact_id, (failures, waiting) in attempts(late).items()
        if not waiting and now - late[fact_id] >= PATIENCE * 2 ** min(failures, MOST_DOUBLINGS)
    ]
    for fact_id in sorted(again):
        enqueue_spread(fact_id)
    return len(again)
