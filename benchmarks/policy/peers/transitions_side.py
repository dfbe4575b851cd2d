"""The task with `transitions`: one machine for all cases, a small model for each. It answers where a case stands, and no more."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from transitions import Machine, MachineError

sys.path.insert(0, str(Path(__file__).parents[1]))
from sides import timed

STATES = ["applying", "accepting", "testing", "reviewing", "reporting", "deciding", "appealing", "correcting", "surveying",
          "granted", "withdrawn", "lapsed"]  # fmt: skip
HOURS_48, HOURS_360 = timedelta(hours=48), timedelta(hours=360)


class Case:
    def __init__(self) -> None:
        self.level, self.appealed = 0, False
        self.failed: Any = None
        self.viewed: Any = None
        self.denied: Any = None
        self.due: Any = None

    # conditions
    def is_fourth(self, at: datetime) -> bool:
        return self.level >= 3

    def is_first(self, at: datetime) -> bool:
        return self.level == 1

    def is_second(self, at: datetime) -> bool:
        return self.level == 2

    def is_third(self, at: datetime) -> bool:
        return self.level == 3

    def is_not_appealed(self, at: datetime) -> bool:
        return not self.appealed

    def is_open(self, at: datetime) -> bool:
        start = self.denied if self.appealed else self.failed
        return bool(self.viewed and at >= start + HOURS_48)

    # what a fact writes
    def on_failed(self, at: datetime) -> None:
        self.level, self.appealed, self.failed, self.viewed, self.due = self.level + 1, False, at, None, None

    def on_viewed(self, at: datetime) -> None:
        if self.viewed is None:
            self.viewed = at
            self.dated()

    def on_denied(self, at: datetime) -> None:
        self.appealed, self.denied = True, at
        self.dated()

    def dated(self) -> None:
        start = self.denied if self.appealed else self.failed
        self.due = max(start + HOURS_48, self.viewed) + HOURS_360


def row(kind: str, source: str, to: str | None, *conditions: str, after: str | None = None) -> dict[str, Any]:
    return {"trigger": kind, "source": source, "dest": to, "conditions": list(conditions), "before": after}


MACHINE = Machine(
    model=None, states=STATES, initial="applying", auto_transitions=False, transitions=[
        row("application.submitted", "applying", "accepting"), row("application.accepted", "accepting", "testing"),
        row("package.submitted", "testing", "reviewing"), row("reviews.completed", "reviewing", "reporting"),
        row("report.passed", "reporting", "granted"), row("report.failed", "reporting", "lapsed", "is_fourth", after="on_failed"),
        row("report.failed", "reporting", "deciding", after="on_failed"), row("report.viewed", "deciding", None, after="on_viewed"),
        row("option.repeat", "deciding", "testing", "is_open", "is_first"),
        row("option.reinstate", "deciding", "applying", "is_open", "is_second"),
        row("option.survey", "deciding", "correcting", "is_open", "is_third"),
        row("option.appeal", "deciding", "appealing", "is_open", "is_not_appealed"),
        row("option.withdraw", "deciding", "withdrawn", "is_open"), row("appeal.upheld", "appealing", "granted"),
        row("appeal.denied", "appealing", "deciding", after="on_denied"), row("plan.submitted", "correcting", "surveying"),
        row("survey.completed", "surveying", "testing"), row("lapse", "deciding", "lapsed"),
    ],
)  # fmt: skip


def run(history: list[tuple[datetime, str]]) -> list[list[Any]]:
    case: Any = Case()
    MACHINE.add_model(case)
    told = []
    for at, kind in history:
        if case.state == "deciding" and case.due is not None and at >= case.due:
            case.trigger("lapse", at)
        try:
            taken = case.trigger(kind, at)
        except (MachineError, AttributeError):
            taken = False
        told.append([case.state, case.level, bool(taken)])
    MACHINE.remove_model(case)
    return told


timed(run, lambda told: told)
