"""A closed case of which the answers are known, and how it gets to its readers. Made by the real actions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from reaccredit.applications.models import Area
from reaccredit.people.models import Person, Role
from reaccredit.reports.models import FinalReport
from reaccredit.reviews import calibration, calibration_actions, queries
from reaccredit.reviews.calibration_actions import KeyAnswer
from reaccredit.reviews.calibration_models import Calibration, Key, Sending
from reaccredit.reviews.models import Assignment, Round, RoundKind
from tests.packages.world import APRIL, person
from tests.reviews.world import HEAD, World

LATER = APRIL + timedelta(days=20)
PASSWORD = "correct horse battery"
FULL = ("area", "reviewer", "round__package", "round__case_file__case", "round__case_file__facility")


def second(name: str = "Second Staff") -> Person:
    return person(name, Role.STAFF)


def made(
    world: World, codes: Collection[str] = (HEAD,), report: FinalReport | None = None, now: datetime = LATER
) -> Calibration:
    review = (report or FinalReport.objects.get()).round
    areas = [area for area in queries.areas_of(review) if area.code in codes]
    return calibration_actions.make(
        review=review, areas=areas, because="Noise is easily overlooked", actor=world.staff, now=now
    )


def answers(one: Calibration, faults: int = 0) -> dict[Area, list[KeyAnswer]]:
    """Everything is acceptable, save the first so many criteria of each area."""
    found = {}
    for area in calibration.areas(one):
        listed = queries.criteria_of(one.review, area)
        good = [KeyAnswer(c.code, True, why="Nothing to be seen") for c in listed]
        bad = [KeyAnswer(c.code, False, c.reasons[0].code, "Look at the lower slices") for c in listed[:faults]]
        found[area] = [*bad, *good[faults:]]
    return found


def keyed(
    world: World, one: Calibration, approver: Person, faults: int = 0, now: datetime = LATER, seen: int = 0
) -> Key:  # fmt: skip
    key = calibration_actions.set_key(
        one=one, answers=answers(one, faults), because="Three experts together", seen=seen, actor=world.staff, now=now
    )
    return calibration_actions.approve(key=key, password=PASSWORD, actor=approver, now=now)


def sent(world: World, one: Calibration, readers: Sequence[Person], now: datetime = LATER, seen: int = 0) -> Sending:
    return calibration_actions.send(one=one, readers=readers, seen=seen, actor=world.staff, now=now)


def sheets(reader: Person | None = None) -> list[Assignment]:
    """Calibration sheets, of everybody or of one."""
    found = Assignment.objects.filter(round__kind=RoundKind.CALIBRATION).select_related(*FULL).order_by("pk")
    return list(found.filter(reviewer=reader) if reader else found)


def rounds() -> list[Round]:
    return list(Round.objects.filter(kind=RoundKind.CALIBRATION).order_by("pk"))


def flipped(listed: Sequence[KeyAnswer]) -> list[KeyAnswer]:
    first, *rest = listed
    return [replace(first, acceptable=True, reason=""), *rest]
