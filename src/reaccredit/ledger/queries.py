"""Reads of the ledger. Standing is derived on every read: it costs microseconds and cannot go stale."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from reaccredit import policy
from reaccredit.ledger.models import Case, Fact


@cache
def _load(folder: Path) -> policy.Policy:
    return policy.Policy.load(folder)


def policy_for(programme: str) -> policy.Policy:
    """The policy of a programme. Raises `policy.NotGoverned` where none is shipped for it."""
    folder = Path(settings.POLICIES) / programme
    if not folder.is_dir():
        raise policy.NotGoverned(f"No policy is kept here for the programme {programme!r}; its staff decide.")
    return _load(folder)


def history(case: Case) -> list[policy.Fact]:
    """The facts that the policy rules on, in the order in which they happened."""
    return ruled(case.programme, case.facts.order_by("happened_at", "seq"))


def ruled(programme: str, facts: Iterable[Fact]) -> list[policy.Fact]:
    known = policy_for(programme).kinds
    return [policy.Fact(at=f.happened_at, kind=f.kind, about=f.about) for f in facts if f.kind in known]


def decision(case: Case, at: datetime) -> policy.Decision:
    """Where the case stands, whose turn it is, what may be done, and why. Facts after `at` are left out."""
    facts = [f for f in history(case) if f.at <= at]
    return policy_for(case.programme).decide(facts, at=at)


def decisions(cases: Iterable[Case], at: datetime) -> dict[int, policy.Decision]:
    """The same for a list of cases in one query."""
    listed = list(cases)
    facts: dict[int, list[Fact]] = {case.pk: [] for case in listed}
    for fact in Fact.objects.filter(case__in=listed, happened_at__lte=at).order_by("happened_at", "seq"):
        facts[fact.case_id].append(fact)
    return {
        case.pk: policy_for(case.programme).decide(ruled(case.programme, facts[case.pk]), at=at) for case in listed
    }


def timeline(case: Case) -> list[Fact]:
    return list(case.facts.order_by("-happened_at", "-seq"))


def fact_hash(fact: Fact) -> str:
    """SHA-256 over everything the fact says, chained to the fact before."""
    said = [
        fact.case_id, fact.seq, fact.kind, fact.about, fact.note, fact.happened_at.isoformat(), fact.recorded_at.isoformat(),
        fact.actor, fact.role, fact.clauses, fact.revision.isoformat() if fact.revision else None, fact.previous,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def first_break(case: Case) -> Fact | None:
    """The first fact whose hash or link does not fit, or None when the chain is whole."""
    before = ""
    for place, fact in enumerate(case.facts.order_by("seq"), start=1):
        if fact.seq != place or fact.previous != before or fact.hash != fact_hash(fact):
            return fact
        before = fact.hash
    return None
