"""Staff are proposed readers, see why, ask them and take it back; all of it without a mouse being needed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from reaccredit.people import actions as people
from tests.journeys.conftest import PageOf
from tests.journeys.test_reviews import Look, look
from tests.reviews.world import World, build

__all__ = ["look"]


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


def test_staff_accept_a_proposal_and_take_it_back(world: World, page_of: PageOf, look: Look) -> None:
    now = datetime.now(UTC)
    opened = world.round(world.submitted(now), now)
    people.be_away(person=world.radiologists[2], since=localdate(now))
    page = page_of(world.staff, javascript=False)
    page.goto(f"/reviews/rounds/{opened.pk}/")
    page.get_by_role("button", name="Propose readers").press("Enter")
    page.get_by_text("Why not somebody else").first.click()
    expect(page.get_by_text("Cleo Radiologist cannot be asked: is away until further notice").first).to_be_visible()
    page.get_by_role("button", name="Ask these readers").press("Enter")
    expect(page.get_by_text("readings are given out")).to_be_visible()
    page.get_by_role("button", name="Take back what nobody has begun").press("Enter")
    expect(page.get_by_role("heading", name="Taken back")).to_be_visible()
    assert not opened.assignments.exists()


def test_the_proposal_is_accessible_at_both_widths_and_so_is_one_where_nothing_fits(
    world: World, page_of: PageOf, look: Look
) -> None:
    now = datetime.now(UTC)
    opened = world.round(world.submitted(now), now)
    page = page_of(world.staff)
    page.goto(f"/reviews/rounds/{opened.pk}/")
    page.get_by_role("button", name="Propose readers").click()
    look(page, "proposal")
    for person in world.radiologists[:2]:
        people.be_away(person=person, since=localdate(now))
    page.get_by_role("button", name="Propose anew").click()
    expect(page.get_by_text("Nothing fits")).to_be_visible()
    look(page, "proposal-nothing-fits")
