"""Short ways to tell a story to the policy, in Eastern time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from reaccredit.policy import Decision, Fact, Policy

SHELF = Path(__file__).parents[2] / "src" / "reaccredit" / "policies"
DIAGNOSTIC = Policy.load(SHELF / "diagnostic")
EASTERN = ZoneInfo("America/New_York")

BOTH = {"head-neck/adult": "not-acceptable", "spine/adult": "acceptable"}


def at(text: str) -> datetime:
    """ "2021-04-03 10:00", Eastern time."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


def fact(when: str, kind: str, **about: Any) -> Fact:
    return Fact(at(when), kind, about)


def ask(when: str, *facts: Fact) -> Decision:
    return DIAGNOSTIC.decide(facts, at(when))


def ids(decision: Decision) -> list[str]:
    return [o.id for o in decision.options]


def cited(because: Any) -> set[str]:
    return {c.id for c in because.clauses}


def failed(when: str = "2021-04-01 10:00", **about: Any) -> Fact:
    return fact(when, "report.failed", **about)


def first_deficiency(areas: dict[str, str] | None = None) -> list[Fact]:
    """A report of 1 April 2021, 10:00, viewed at noon: its form opens on 3 April, 10:00."""
    return [failed(areas=areas or BOTH), fact("2021-04-01 12:00", "report.viewed")]


def second_deficiency() -> list[Fact]:
    """The repeat failed on 1 June 2021 and was viewed on the same day."""
    return [
        *first_deficiency(),
        fact("2021-04-05 09:00", "option.repeat"),
        failed("2021-06-01 10:00"),
        fact("2021-06-01 12:00", "report.viewed"),
    ]


def third_deficiency() -> list[Fact]:
    """The reinstatement failed on 1 September 2021."""
    return [
        *second_deficiency(),
        fact("2021-06-05 09:00", "option.reinstate"),
        fact("2021-07-01 09:00", "plan.approved"),
        failed("2021-09-01 10:00"),
        fact("2021-09-01 12:00", "report.viewed"),
    ]


def appeal_denied() -> list[Fact]:
    """Appealed on 5 April, complete on 8 April, denied on 20 May 2021."""
    return [
        *first_deficiency(),
        fact("2021-04-05 09:00", "option.appeal"),
        fact("2021-04-08 09:00", "appeal.received"),
        fact("2021-05-20 09:00", "appeal.denied"),
    ]
