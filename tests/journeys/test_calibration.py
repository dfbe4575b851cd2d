"""A calibration case from a closed review to what came of it: two of staff, and two readers who do not know until they have handed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, PageOf
from tests.reviews.calibration_world import second
from tests.reviews.world import World, build, reader

Look = Callable[[Page], None]
PASSWORD = "correct horse battery"


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


@pytest.fixture
def look(axe: Look, fits: Look) -> Look:
    """Nothing sticks out, wide or on a phone, and axe finds nothing there."""

    def check(page: Page) -> None:
        wide = page.viewport_size
        assert wide
        fits(page)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        fits(page)
        axe(page)
        page.set_viewport_size(wide)

    return check


def answer(page: Page, words: str) -> None:
    """Everything acceptable; the first criterion as said."""
    for group in page.locator("fieldset.criterion").all():
        group.get_by_label("Acceptable", exact=True).check()
    first = page.locator("fieldset.criterion").first
    first.get_by_label(words, exact=True).check()
    if words == "Not acceptable":
        first.get_by_label("Reason, if not acceptable").select_option(index=1)
    page.get_by_role("button", name="Check your answers").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Hand in this reading").click()
    expect(page.get_by_role("heading", name="This was a calibration case")).to_be_visible()


def test_staff_make_a_case_two_readers_answer_and_each_is_told_what_is_theirs(
    world: World, page_of: PageOf, look: Look
) -> None:
    world.reported(now=datetime.now(UTC))
    cleo, dora = world.radiologists[2], reader("Dora Radiologist", "radiologist")
    colleague = second()

    staff = page_of(world.staff)
    staff.goto("/reviews/quality/")
    staff.get_by_role("link", name="Calibration cases").click()
    expect(staff.get_by_role("heading", name="The rules")).to_be_visible()
    look(staff)
    staff.get_by_role("link", name="Make a calibration case").click()
    staff.get_by_role("link", name="Choose CT-").click()
    expect(staff.get_by_role("heading", name="Make a calibration case")).to_be_visible()
    look(staff)
    staff.get_by_label("Head/neck, adult").check()
    staff.get_by_label("Why this one?").fill("The coverage ends too early.")
    staff.get_by_role("button", name="Go on to the key").click()
    expect(staff.get_by_role("heading", name="Set the key")).to_be_visible()
    group = staff.locator("fieldset.criterion").first
    expect(group.get_by_label("Acceptable", exact=True)).to_be_checked()
    group.get_by_label("Not acceptable", exact=True).check()
    staff.get_by_label("On what does this key rest?").fill("Three experts together.")
    staff.get_by_role("button", name="Save the key").click()
    expect(staff.get_by_role("alert")).to_contain_text("choose the reason")
    group.get_by_label("Reason, if not acceptable").select_option(index=1)
    group.get_by_label("What is to be seen").fill("The lowest slices are missing.")
    look(staff)
    staff.get_by_role("button", name="Save the key").click()
    expect(staff.get_by_role("heading", name="Next: a colleague approves")).to_be_visible()

    other = page_of(colleague)
    other.goto(staff.url)
    expect(other.get_by_role("button", name="Approve the key")).to_be_visible()
    look(other)
    other.get_by_label("Your password").fill(PASSWORD)
    other.get_by_role("button", name="Approve the key").click()
    expect(other.get_by_role("link", name="Send it to readers")).to_be_visible()
    other.get_by_role("link", name="Send it to readers").click()
    expect(other.get_by_role("heading", name="By lot")).to_be_visible()
    other.get_by_text("Who cannot be sent it, and why").click()
    look(other)
    other.get_by_label(cleo.name).check()
    other.get_by_label(dora.name).check()
    other.get_by_role("button", name="Send to these readers").click()
    expect(other.get_by_role("heading", name="Who has it")).to_be_visible()
    look(other)

    for person, words in ((cleo, "Not acceptable"), (dora, "Acceptable")):
        page = page_of(person)
        page.goto("/reviews/readings/")
        expect(page.get_by_text("Calibration", exact=False)).to_have_count(0)
        page.get_by_role("link", name="Reading").filter(has_not_text="list").first.click()
        expect(page.get_by_role("heading", name="Score sheet")).to_be_visible()
        expect(page.get_by_text("Calibration", exact=False)).to_have_count(0)
        answer(page, words)
    look(page)
    page.get_by_role("link", name="See your answers beside the key").click()
    expect(page.get_by_text("You: acceptable. The key: not acceptable.")).to_be_visible()
    expect(page.get_by_text("The lowest slices are missing.")).to_be_visible()
    expect(page.get_by_text(cleo.name)).to_have_count(0)
    look(page)
    page.get_by_role("link", name="My calibration results").click()
    expect(page.get_by_text("0 of 1")).to_be_visible()
    look(page)

    staff.goto("/reviews/quality/calibration/")
    expect(staff.get_by_text("All results are in")).to_be_visible()
    look(staff)
    staff.get_by_role("link", name="How readers agree with the keys").click()
    expect(staff.get_by_role("heading", name=dora.name)).to_be_visible()
    expect(staff.get_by_role("row", name="Anatomic coverage")).to_contain_text("1 of 2")
    look(staff)
