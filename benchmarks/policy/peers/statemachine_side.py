"""The task with python-statemachine: one instance for each case, as its manual shows. It answers where a case stands, and no more."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from statemachine import State, StateMachine
from statemachine.exceptions import TransitionNotAllowed

sys.path.insert(0, str(Path(__file__).parents[1]))
from sides import timed

HOURS_48, HOURS_360 = timedelta(hours=48), timedelta(hours=360)


class Case(StateMachine):
    applying = State(initial=True)
    accepting = State()
    testing = State()
    reviewing = State()
    reporting = State()
    deciding = State()
    appealing = State()
    correcting = State()
    surveying = State()
    granted = State(final=True)
    withdrawn = State(final=True)
    lapsed = State(final=True)

    application_submitted = applying.to(accepting)
    application_accepted = accepting.to(testing)
    package_submitted = testing.to(reviewing)
    reviews_completed = reviewing.to(reporting)
    report_passed = reporting.to(granted)
    report_failed = reporting.to(lapsed, cond="is_fourth") | reporting.to(deciding, unless="is_fourth")
    report_viewed = deciding.to.itself(internal=True)
    option_repeat = deciding.to(testing, cond=["is_open", "is_first"])
    option_reinstate = deciding.to(applying, cond=["is_open", "is_second"])
    option_survey = deciding.to(correcting, cond=["is_open", "is_third"])
    option_appeal = deciding.to(appealing, cond="is_open", unless="is_appealed")
    option_withdraw = deciding.to(withdrawn, cond="is_open")
    appeal_upheld = appealing.to(granted)
    appeal_denied = appealing.to(deciding)
    plan_submitted = correcting.to(surveying)
    survey_completed = surveying.to(testing)
    lapse = deciding.to(lapsed)

    def __init__(self) -> None:
        self.level, self.was_appealed = 0, False
        self.failed: Any = None
        self.viewed: Any = None
        self.denied: Any = None
        self.due: Any = None
        super().__init__()

    # conditions
    def is_fourth(self) -> bool:
        return self.level >= 3

    def is_first(self) -> bool:
        return self.level == 1

    def is_second(self) -> bool:
        return self.level == 2

    def is_third(self) -> bool:
        return self.level == 3

    def is_appealed(self) -> bool:
        return self.was_appealed

    def is_open(self, at: datetime) -> bool:
        start = self.denied if self.was_appealed else self.failed
        return bool(self.viewed and at >= start + HOURS_48)

    # what a fact writes
    def on_report_failed(self, at: datetime) -> None:
        self.level, self.was_appealed, self.failed, self.viewed, self.due = self.level + 1, False, at, None, None

    def on_report_viewed(self, at: datetime) -> None:
        if self.viewed is None:
            self.viewed = at
            self.dated()

    def on_appeal_denied(self, at: datetime) -> None:
        self.was_appealed, self.denied = True, at
        self.dated()

    def dated(self) -> None:
        start = self.denied if self.was_appealed else self.failed
        self.due = max(start + HOURS_48, self.viewed) + HOURS_360


def run(history: list[tuple[datetime, str]]) -> list[list[Any]]:
    case, told = Case(), []
    stage = "applying"
    for at, kind in history:
        if stage == "deciding" and case.due is not None and at >= case.due:
            case.send("lapse", at=at)
        try:
            case.send(kind.replace(".", "_"), at=at)
            taken = True
        except TransitionNotAllowed:
            taken = False
        (stage,) = case.configuration_values
        told.append([stage, case.level, taken])
    return told


timed(run, lambda told: told)
