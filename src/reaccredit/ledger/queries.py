"""Reads of the ledger. Standing is derived on every read: it costs microseconds and cannot go stale."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast

from reaccredit import policy
from reaccredit.ledger import publishing
from reaccredit.ledger.models import NO_DATE, Case, Deadline, Fact, Receipt
from reaccredit.policy.revision import Revision


@cache
def _load(folder: Path, adopted: date | None) -> tuple[Revision, ...]:
    """The revisions that this programme has adopted: a body may publish one before a programme goes by it."""
    if not any(folder.glob("*.toml")):
        return ()
    return tuple(r for r in policy.Policy.load(folder).revisions if not adopted or r.in_force <= adopted)


@lru_cache(maxsize=16)
def _policies(shelf: Path, adopted: date | None, stamp: str) -> dict[str, policy.Policy]:
    """Every programme's policy: what came with the program, and what was published here up to this stamp."""
    folders = sorted(path for path in shelf.iterdir() if path.is_dir())
    found = {path.name: list(_load(path, adopted)) for path in folders}
    for own in publishing.revisions(stamp):
        shipped = found.get(
            own.policy, []
        )  # a later release of the program may bring a text of the same day: this house has its own
        found[own.policy] = [r for r in shipped if own.revision != r.revision and own.in_force != r.in_force] + [own]
    return {name: policy.Policy(revisions) for name, revisions in sorted(found.items()) if revisions}


def policies() -> dict[str, policy.Policy]:
    """The policies that are kept here, by programme. A revision that was published a moment ago is among them."""
    return _policies(Path(settings.POLICIES), settings.ADOPTED, publishing.stamp())


def policy_for(programme: str) -> policy.Policy:
    """The policy by which a programme is run here. Raises `policy.NotGoverned`, with the clause that leaves it to another."""
    if programme not in settings.PROGRAMMES:
        raise _not_governed(programme)
    return published(programme)


def published(programme: str) -> policy.Policy:
    """The policy of a programme, whether it is run here or only kept to be read and asked. Raises `policy.NotGoverned`."""
    found = policies().get(programme)
    if found is None:
        raise _not_governed(programme)
    return found


def programmes() -> list[str]:
    """The programmes whose policy is kept here."""
    return list(policies())


def _not_governed(programme: str) -> policy.NotGoverned:
    named = programme.replace("-", " ")
    for other in programmes():
        revision = published(other).latest
        if programme in revision.excludes:
            clause = revision.cited(revision.excludes[programme])[0]
            said = f"The {other} policy does not govern {named}: its staff decide, by its own instructions."
            return policy.NotGoverned(said, clause)
    return policy.NotGoverned(f"No policy is kept here for {named}: its staff decide.")


def not_governed(case: Case) -> policy.NotGoverned | None:
    """Why no policy rules this case, with the clause; None where one does. Such a case is with staff."""
    return not_governed_programme(case.programme)


def not_governed_programme(programme: str) -> policy.NotGoverned | None:
    """The same, before there is a case."""
    try:
        policy_for(programme)
    except policy.NotGoverned as reason:
        return reason
    return None


def rules_of(case: Case, at: datetime) -> Revision:
    """The revision that governs the case at this instant. Raises `policy.NotGoverned`."""
    return policy_for(case.programme)[decision(case, at).receipt.revision.isoformat()]


def history(case: Case) -> list[policy.Fact]:
    """The facts that the policy rules on, in the order in which they happened."""
    return ruled(case.programme, case.facts.order_by("happened_at", "seq"))


def ruled(programme: str, facts: Iterable[Fact]) -> list[policy.Fact]:
    return ruled_by(policy_for(programme), facts)


def ruled_by(rules: policy.Policy, facts: Iterable[Fact]) -> list[policy.Fact]:
    known = rules.kinds
    return [policy.Fact(at=f.happened_at, kind=f.kind, about=f.about) for f in facts if f.kind in known]


class Written(Cast):
    """A column as the database hands it out: a list reads more than a thousand facts, and each was looked at four times on its way."""

    def __init__(self, column: str) -> None:
        super().__init__(column, TextField())

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return compiler.compile(self.get_source_expressions()[0])


TOLD = (Written("happened_at"), Written("about"))


def _told(kind: str, at: datetime | str, about: str) -> policy.Fact:
    """SQLite keeps an instant as a text in UTC."""
    when = datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at
    return policy.Fact(when, kind, {} if about == "{}" else json.loads(about))


def decision(case: Case, at: datetime) -> policy.Decision:
    """Where the case stands, whose turn it is, what may be done, and why. Facts after `at` are left out."""
    rules = policy_for(case.programme)
    facts = case.facts.filter(happened_at__lte=at).order_by("happened_at", "seq")
    told = facts.values_list("kind", *TOLD)  # asked for on every page: no more than the policy reads
    return rules.decide([_told(*row) for row in told if row[0] in rules.kinds], at=at)


def decisions(cases: Iterable[Case], at: datetime) -> dict[int, policy.Decision]:
    """The same for a list of cases in one query. A case that no policy governs has none: it is left out."""
    everybody = list(cases)
    rules = {name: policy_for(name) for name in {c.programme for c in everybody} if not not_governed_programme(name)}
    listed = [case for case in everybody if case.programme in rules]
    facts: dict[int, list[policy.Fact]] = {case.pk: [] for case in listed}
    known = {case.pk: rules[case.programme].kinds for case in listed}
    asked = Fact.objects.filter(case__in=listed, happened_at__lte=at, kind__in=frozenset().union(*known.values()))
    for key, *row in asked.order_by("happened_at", "seq").values_list("case", "kind", *TOLD):
        if row[0] in known[key]:
            facts[key].append(_told(*row))
    return {case.pk: rules[case.programme].decide(facts[case.pk], at=at) for case in listed}


def timeline(case: Case) -> list[Fact]:
    """Newest first, each with its receipt."""
    return list(case.facts.select_related("receipt").order_by("-happened_at", "-seq"))


def fact_hash(fact: Fact) -> str:
    """SHA-256 over everything the fact says, chained to the fact before."""
    said = [
        fact.case_id, fact.seq, fact.kind, fact.about, fact.note, fact.happened_at.isoformat(),
        fact.recorded_at.isoformat(), fact.actor, fact.role, fact.clauses,
        fact.revision.isoformat() if fact.revision else None, fact.previous,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: the place in the case, the fact that stands there (if any), and what is wrong."""

    place: int
    fact: Fact
    reason: str


def find_break(case: Case) -> Break | None:
    """The first place where a hash or link does not fit, or None when the chain is whole."""
    before = ""
    for place, fact in enumerate(case.facts.select_related("receipt").order_by("seq"), start=1):
        if reason := _wrong(fact, place, before):
            return Break(place, fact, reason)
        before = fact.hash
    return None


def _wrong(fact: Fact, place: int, before: str) -> str:
    if fact.seq != place:
        return f"fact {place} is missing; the next one is fact {fact.seq}"
    if fact.previous != before:
        return f"{fact.kind} does not follow the fact before it"
    if fact.hash != fact_hash(fact):
        return f"{fact.kind} does not say what it said when it was recorded"
    given: Receipt | None = getattr(fact, "receipt", None)
    if given is None or given.hash == receipt_hash(fact, given.said):
        return ""
    return f"the receipt of {fact.kind} does not say what it said when it was given"


def receipt_hash(fact: Fact, said: str) -> str:
    """Of a receipt: chained to the fact that brought the answer about."""
    return hashlib.sha256(f"{fact.hash}\n{said}".encode()).hexdigest()


def first_break(case: Case) -> Fact | None:
    """The first fact whose hash or link does not fit, or None when the chain is whole."""
    found = find_break(case)
    return found.fact if found else None


# ------------------------------------------------------------------ the index of what is due
def in_order() -> QuerySet[Deadline]:
    """The open cases, the sooner due the earlier; of two that are due at once, or have no date, the older case."""
    return Deadline.objects.filter(subject="stage").order_by(NO_DATE, "due_at", "case_id")


def turns(holder: str, now: datetime) -> QuerySet[Deadline]:
    """The open cases that wait for this holder, the most pressing first; and those that the clock may have brought to it."""
    mine = Q(holder=holder) | Q(due_at__lte=now)
    return Deadline.objects.filter(mine, subject="stage").order_by(F("due_at").asc(nulls_last=True), "case__number")


def overtaken(now: datetime) -> QuerySet[Deadline]:
    """Rows whose date has come since they were written."""
    return Deadline.objects.filter(due_at__lte=now, subject="stage")


def soon_due(now: datetime, until: datetime) -> QuerySet[Deadline]:
    """Turns that end between now and `until` and of which nobody was reminded yet."""
    rows = Deadline.objects.filter(subject="stage", due_at__gt=now, due_at__lte=until, reminded_at__isnull=True)
    return rows.select_related("case").order_by("due_at", "pk")
