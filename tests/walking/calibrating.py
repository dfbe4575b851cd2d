"""Calibration cases in the states that the demo does not stop in: one whose key waits for a colleague, one that can be sent,
and a talk that waits."""

from __future__ import annotations

from datetime import datetime

from reaccredit.people.models import Person
from reaccredit.reviews import calibration, calibration_actions, queries
from reaccredit.reviews.calibration_actions import KeyAnswer
from reaccredit.reviews.calibration_models import Calibration, Key, Talk


def calibrations(people: dict[str, Person], password: str, now: datetime) -> None:
    aspen, birch = people["Demo Staff Aspen"], people["Demo Staff Birch"]
    rules = calibration.rules_on(now)
    assert rules
    listed = list(calibration.shown(calibration.candidates(now, rules)))
    ended = calibration.closed(listed, now, rules)
    waits, free, *left = [review for review in listed if review.pk in ended]
    assert left  # one from which somebody can make another
    keys = []
    for review in (waits, free):
        one = calibration_actions.make(
            review=review, areas=queries.areas_of(review)[:1], because="A fault", actor=birch, now=now
        )
        keys.append(keyed(one, birch, now))
    calibration_actions.approve(key=keys[1], password=password, actor=aspen, now=now)
    rate = {"hits": 1, "number": 3}
    Talk.objects.create(
        reader=people["Demo Reviewer Elm"], modality="CT", module="head-neck", due_since=now,
        figures={"areas": rate, "criteria": rate, "threshold": 80},
    )  # fmt: skip


def keyed(one: Calibration, by: Person, now: datetime) -> Key:
    answers = {
        area: [KeyAnswer(c.code, True, why="Nothing") for c in queries.criteria_of(one.review, area)]
        for area in calibration.areas(one)
    }
    return calibration_actions.set_key(one=one, answers=answers, because="Three experts", seen=0, actor=by, now=now)
