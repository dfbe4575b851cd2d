"""From a submitted package to a final report that the facility opens, with two readers at two browsers and a third who decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reaccredit.applications.models import Area
from reaccredit.reports.models import FinalReport
from reaccredit.reviews import actions, queries
from reaccredit.reviews.models import Assignment, Round
from tests.journeys.conftest import PageOf, arrived
from tests.reviews.world import HEAD, World, build

Look = Callable[[Page, str], None]


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


@pytest.fixture
def look(axe: Callable[[Page], None], fits: Callable[[Page], None], picture: Callable[..., Path]) -> Look:
    """Accessible, nothing sticking out, and a picture of it at both widths."""

    def check(page: Page, name: str) -> None:
        axe(page)
        fits(page)
        picture(page, f"reviews-{name}")
        wide = page.viewport_size
        assert wide
        page.set_viewport_size({"width": 360, "height": 740})
        fits(page)
        axe(page)
        picture(page, f"reviews-{name}-phone")
        page.set_viewport_size(wide)

    return check


def mark_all(page: Page, words: str = "Acceptable") -> None:
    for group in page.locator("fieldset.criterion").all():
        group.get_by_label(words, exact=True).check()


def given_everywhere_but(world: World, opened: Round, code: str) -> None:
    """The readings of the other areas, handed in without a browser."""
    now = datetime.now(UTC)
    for area in queries.areas_of(opened):
        if area.code != code:
            for person in world.readers(area)[:2]:
                actions.assign(round=opened, area=area, reviewer=person, actor=world.staff, now=now)
    others = Assignment.objects.filter(round=opened).exclude(area__code=code)
    for reading in others.select_related("area", "reviewer", "round__package", "round__case_file__case"):
        world.hand_in(reading, now=now)


def choose(page: Page, area: Area, label: str, name: str) -> None:
    section = page.locator("section.card").filter(has=page.locator(f"#area-{area.pk}"))
    section.get_by_label(label).select_option(label=name)


def test_two_readers_disagree_a_third_decides_and_the_facility_opens_the_report(
    world: World, page_of: PageOf, look: Look
) -> None:
    package = world.submitted(datetime.now(UTC))
    ann, bob, cleo = world.radiologists

    staff = page_of(world.staff)
    staff.goto("/reviews/")
    look(staff, "staff-queue")
    staff.get_by_role("button", name="Choose readers").click()
    opened = Round.objects.get(package=package)
    head = next(a for a in queries.areas_of(opened) if a.code == HEAD)
    choose(staff, head, "First reader", ann.name)
    choose(staff, head, "Second reader", bob.name)
    look(staff, "choose-readers")
    staff.get_by_role("button", name="Ask these readers").click()
    expect(staff.get_by_text("The readers are chosen.")).to_be_visible()
    given_everywhere_but(world, opened, HEAD)

    first, second = page_of(ann), page_of(bob)
    for reader in (first, second):
        reader.goto("/reviews/readings/")
        reader.get_by_role("link", name="Reading").filter(has_not_text="list").first.click()
        expect(reader.get_by_role("heading", name="Score sheet")).to_be_visible()
        assert world.facility.name not in arrived(reader).content()
    assert bob.name not in arrived(first).content()
    look(first, "score-sheet")

    mark_all(first)
    first.get_by_role("button", name="Check your answers").click()
    expect(first.get_by_text("Together: acceptable")).to_be_visible()
    look(first, "check-answers")
    first.get_by_label("Your password").fill("correct horse battery")
    first.get_by_role("button", name="Hand in this reading").click()
    expect(first.get_by_text("is handed in").first).to_be_visible()
    look(first, "handed-in")

    second.get_by_role("button", name="Previous", exact=True).click()
    group = second.locator("fieldset.criterion").first
    group.get_by_label("Not acceptable", exact=True).check()
    second.get_by_role("button", name="Check your answers").click()
    expect(second.get_by_role("alert")).to_contain_text("Choose the reason why")
    look(second, "refused")
    mark_all(second)
    group = second.locator("fieldset.criterion").first
    group.get_by_label("Not acceptable", exact=True).check()
    group.get_by_label("Reason, if not acceptable").select_option(label="The exam is incomplete")
    group.get_by_label("Choice of protocol").check()
    second.get_by_role("button", name="Check your answers").click()
    second.get_by_label("Your password").fill("correct horse battery")
    second.get_by_role("button", name="Hand in this reading").click()
    expect(second.get_by_text("is handed in").first).to_be_visible()

    staff.reload()
    expect(staff.get_by_text("The readers do not agree")).to_be_visible()
    choose(staff, head, "Third reader", cleo.name)
    staff.get_by_role("button", name="Ask these readers").click()
    expect(staff.get_by_text("The readers are chosen.")).to_be_visible()
    third = Assignment.objects.select_related("area", "reviewer", "round__package", "round__case_file__case").get(
        round=opened, position=3
    )
    world.hand_in(third, "protocol", datetime.now(UTC))
    staff.reload()
    look(staff, "round")

    staff.get_by_role("link", name="Write the final report").click()
    look(staff, "issue")
    staff.get_by_label("Recommendations for").fill("")
    staff.get_by_role("button", name="Issue the final report").click()
    expect(staff.get_by_role("alert")).to_contain_text("Recommend how")
    staff.get_by_label("Recommendations for").fill("Send every series of the head exam.")
    staff.get_by_role("button", name="Issue the final report").click()
    expect(staff.get_by_text("The final report is issued.")).to_be_visible()

    facility = page_of(world.admin)
    facility.goto("/reports/")
    expect(facility.get_by_role("columnheader", name="Option status")).to_be_visible()
    look(facility, "my-final-reports")
    facility.get_by_role("link", name="attempt 1").click()
    look(facility, "before-opening")
    assert not FinalReport.objects.get().viewings.exists()
    facility.get_by_role("button", name="Open the report").click()
    expect(facility.get_by_text("Send every series of the head exam.")).to_be_visible()
    expect(facility.get_by_text("Consult your medical physicist or MR scientist")).to_be_visible()
    look(facility, "report")
    assert ann.name not in arrived(facility).content()
    assert FinalReport.objects.get().viewings.get().person == world.admin

    anybody = page_of()
    anybody.goto("/certificates/directory/")
    expect(anybody.get_by_text("Under review", exact=True).first).to_be_visible()
    look(anybody, "directory")


def test_a_reader_works_without_javascript_and_loses_nothing(world: World, page_of: PageOf) -> None:
    opened = world.given_out(world.round(world.submitted(datetime.now(UTC)), datetime.now(UTC)), datetime.now(UTC))
    given = Assignment.objects.get(round=opened, area__code=HEAD, position=1)
    page = page_of(given.reviewer, javascript=False)
    page.goto(f"/reviews/readings/{given.pk}/")
    page.get_by_label("Acceptable", exact=True).first.check()
    page.get_by_label("Not acceptable", exact=True).nth(1).check()
    page.get_by_label("Note").nth(1).fill("A note half")
    page.get_by_role("button", name="First", exact=True).click()
    expect(page.get_by_text("Image 1 of 2").first).to_be_visible()
    expect(page.get_by_label("Acceptable", exact=True).first).to_be_checked()
    expect(page.get_by_label("Note").nth(1)).to_have_value("A note half")
    page.get_by_role("button", name="Next", exact=True).press("Enter")
    expect(page.get_by_text("Image 2 of 2").first).to_be_visible()
    page.get_by_role("button", name="Save and finish later").click()
    expect(page.get_by_text("Begun, saved")).to_be_visible()


def test_the_keyboard_goes_through_images_and_sheet_which_saves_itself(
    world: World, page_of: PageOf, look: Look
) -> None:
    opened = world.given_out(world.round(world.submitted(datetime.now(UTC)), datetime.now(UTC)), datetime.now(UTC))
    given = Assignment.objects.get(round=opened, area__code=HEAD, position=1)
    page = page_of(given.reviewer)
    page.goto(f"/reviews/readings/{given.pk}/")
    page.get_by_label("Not acceptable", exact=True).first.check()
    page.get_by_label("Note").first.fill("Still being typed")
    page.get_by_role("button", name="Previous", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Image 1 of 2").first).to_be_visible()
    expect(page.get_by_label("Note").first).to_have_value("Still being typed")
    page.get_by_role("button", name="Next", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Image 2 of 2").first).to_be_visible()
    expect(page.get_by_text("Saved by itself")).to_be_visible()
    page.keyboard.press("[")
    expect(page.get_by_text("Image 1 of 2").first).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    expect(page.locator("fieldset.criterion").nth(1).get_by_label("Not acceptable", exact=True)).to_be_checked()
    page.locator("[data-picture]").click(position={"x": 250, "y": 200})
    expect(page.get_by_role("button", name="Keep this place")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".spots-here li")).to_have_count(1)
    page.reload()
    expect(page.get_by_label("Note").first).to_have_value("Still being typed")
    look(page, "pointed-at")
    page.goto(f"/reviews/readings/{given.pk}/history/")
    look(page, "history")
    page.goto(f"/reviews/readings/{given.pk}/")
    page.locator("h1").click()
    page.keyboard.press("n")
    expect(page.get_by_text("is saved, and not handed in yet")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("0")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Your password")).to_be_focused()
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is handed in. Thank you.")).to_be_visible()
