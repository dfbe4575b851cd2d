"""What the policy says about images: how old they may be, and which of its clauses stand behind each check.

A check is made because a clause asks for it. Where the revision that rules the case has no such clause, the check is
not made.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from reaccredit.ledger.models import Case
from reaccredit.ledger.queries import policy_for, rules_of
from reaccredit.policy import Clause
from reaccredit.policy.revision import Revision

IMAGE_AGE = "image-age"


@dataclass(frozen=True, slots=True)
class Age:
    """The first day from which a study may be, and the clause that says so."""

    oldest: date
    clauses: tuple[Clause, ...]


def revision_of(case: Case, at: datetime) -> Revision:
    return rules_of(case, at)


def clause(revision: Revision, name: str) -> Clause | None:
    """A clause that says something: one that only states a silence asks for no check."""
    found = revision.clauses.get(name)
    return found if found and not found.silent else None


def cited(case: Case, at: datetime, names: Iterable[str]) -> dict[str, Clause]:
    """The clauses that refusals were given under; their ids are all that is kept with a refusal.

    They are looked up in the revision that rules the case, else in the newest that has them.
    """
    revisions = [*policy_for(case.programme).revisions, rules_of(case, at)]
    return {name: r.clauses[name] for r in revisions for name in names if name in r.clauses}


def image_age(case: Case, opened_at: datetime) -> Age | None:
    """How old a study may be, counted back from the day on which the package was opened."""
    rules = policy_for(case.programme)
    zone: ZoneInfo = rules.zone
    day = opened_at.astimezone(zone).date()
    try:
        limit, because = rules.limit(IMAGE_AGE, day)
    except KeyError:
        return None
    assert limit.within
    return Age(rules.on(day).days.subtract(day, limit.within), because.clauses)


def months_before(case: Case, opened_at: datetime, months: int) -> date:
    """The same day of an earlier month, or that month's last one, in the policy's zone."""
    day = today(case, opened_at)
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def today(case: Case, now: datetime) -> date:
    return now.astimezone(policy_for(case.programme).zone).date()


def newest(case: Case, now: datetime) -> date:
    """The latest day that a study can be of: east of the policy's zone tomorrow has begun."""
    return today(case, now) + timedelta(days=1)
