"""The demo programme: facilities, people and cases in every interesting situation, made by the actions behind the pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from reaccredit.ledger.queries import policy_for
from reaccredit.project.demo_story import calibrating, drafting, reading_again
from reaccredit.project.demo_story.cast import Hashing, gather
from reaccredit.project.demo_story.papers import Papers
from reaccredit.project.demo_story.samples import Sample, write
from reaccredit.project.demo_story.settling import settle
from reaccredit.project.demo_story.situations import MODELS, SITUATIONS, Situation
from reaccredit.project.demo_story.telling import Tale


@transaction.atomic
def tell(*, now: datetime, password: str, situations: Iterable[Situation] = SITUATIONS) -> None:
    """Everything, or nothing of it. `now` is the demo's present: all that happens lies before it."""
    hashing = Hashing(password)
    cast, papers, samples = gather(now=now, password=password), Papers(), list[Sample]()
    for told in situations:
        if told.survey_from and "survey" not in policy_for("diagnostic").at(cast.at(told.survey_from)).options:
            continue
        house = cast.houses[told.house]
        unit = house.unit(told.modality, told.unit, MODELS[told.modality]) if told.unit else None
        told.tell(Tale(cast, house, papers, told.modality, told.exams, unit, samples))
    reading_again.draw(cast)
    calibrating.calibrate(cast)
    settle(now)
    drafting.write(cast.second_staff, now)
    hashing.give()
    write(cast, samples)
