"""Whoever the survey waits for is told, and the notice leads to a page that they may open."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from reaccredit.notices import queries as notices
from reaccredit.people.queries import code
from reaccredit.project.wiring import spread_at
from tests.options.clock import Clock
from tests.surveys.world import PLANNED, World


def test_the_page_of_the_case_leads_to_its_plan_and_its_survey(world: World, clock: Clock) -> None:
    clock(PLANNED)
    client = Client()
    client.force_login(world.admin, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("desks:case", args=[world.case_file.case.number]))
    assertContains(answer, reverse("reinstatements:plan", args=[world.case_file.case.number]))
    assertContains(answer, reverse("surveys:survey", args=[world.survey().pk]))


@pytest.mark.parametrize("who", ["radiologist", "surveying_technologist", "admin"])
def test_the_team_and_the_facility_are_told_of_the_dates(world: World, clock: Clock, who: str) -> None:
    clock(PLANNED)
    world.scheduled()
    fact = world.case_file.case.facts.get(kind="survey.scheduled")
    spread_at(fact, PLANNED)
    person = getattr(world, who)
    told = notices.listed(code(person)).first()
    assert told is not None
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assertContains(client.get(told.link), world.case_file.case.number)
