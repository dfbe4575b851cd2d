"""A calibration case of the demo's programme: its key is approved, two readers have it, and one of them has answered."""

from __future__ import annotations

from reaccredit.people.models import Person, Role
from reaccredit.project.demo_story.cast import RADIOLOGIST, Cast
from reaccredit.project.demo_story.telling import verdicts
from reaccredit.reviews import actions as reviews
from reaccredit.reviews import calibration, calibration_actions, queries
from reaccredit.reviews.calibration_actions import KeyAnswer
from reaccredit.reviews.calibration_models import Calibration
from reaccredit.reviews.catalogue import Criterion
from reaccredit.reviews.models import Assignment, RoundKind

MADE, READ = 3, 2  # days ago


def calibrate(cast: Cast) -> None:
    """Of the newest closed case that Reviewer Cedar has not read; nothing in a story that has none."""
    when = cast.at(MADE, 13)
    rules = calibration.rules_on(when)
    if rules is None:
        return
    listed = list(calibration.shown(calibration.candidates(when, rules)))
    ended = calibration.closed(listed, when, rules)
    cedar = cast.pools[Role.REVIEWER, RADIOLOGIST][0]
    for review in (one for one in listed if one.pk in ended and cedar.pk not in queries.readers_of(one.case_file)):
        areas = [area for area in queries.areas_of(review) if area.kind == "clinical"][:1]
        one = calibration_actions.make(
            review=review, areas=areas, because="A fault that is easily overlooked.", actor=cast.staff, now=when
        )
        _key(cast, one)
        free = [
            found.person for found in calibration.readers(one, rules, when) if found.areas and found.person != cedar
        ]
        calibration_actions.send(one=one, readers=[cedar, *free[:1]], seen=0, actor=cast.staff, now=cast.at(MADE, 15))
        _read(cast, cedar)
        return


def _key(cast: Cast, one: Calibration) -> None:
    answers = {
        area: [_answer(number, criterion) for number, criterion in enumerate(queries.criteria_of(one.review, area))]
        for area in calibration.areas(one)
    }
    key = calibration_actions.set_key(
        one=one, answers=answers, because="Read by three experts together.", seen=0, actor=cast.staff, now=cast.at(MADE, 13)
    )  # fmt: skip
    calibration_actions.approve(key=key, password=cast.password, actor=cast.second_staff, now=cast.at(MADE, 14))


def _answer(number: int, criterion: Criterion) -> KeyAnswer:
    if number == 1:
        return KeyAnswer(
            criterion.code, False, criterion.reasons[0].code, "Compare the slices at the upper and the lower end."
        )
    return KeyAnswer(criterion.code, True, why="" if number else "Every series is there.")


def _read(cast: Cast, reader: Person) -> None:
    given = Assignment.objects.filter(round__kind=RoundKind.CALIBRATION, reviewer=reader)
    for reading in given.select_related("area", "round__package", "round__case_file__case", "reviewer"):
        reviews.submit(
            assignment=reading, verdicts=verdicts(reading, ""), actor=reading.reviewer, now=cast.at(READ, 15)
        )
