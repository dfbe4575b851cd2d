"""Second deficiency: a plan that comes back once, is approved and carried out. Third: a survey. Then everything is tested again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reaccredit.notices import actions as notices
from reaccredit.people.queries import code
from tests.journeys.conftest import DESKTOP, PHONE, PageOf
from tests.options.clock import Clock, clock
from tests.options.world import DAY, HOUR, PASSWORD
from tests.reinstatements.world import CHOSEN
from tests.surveys.world import FOUND, PLANNED, VISITED, World, build

__all__ = ["clock"]
pytestmark = pytest.mark.django_db(transaction=True)

Look = Callable[[Page, str], None]
PROTOCOL = "Revised lumbar protocol: field of view 28 cm, slice 3 mm."


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


@pytest.fixture
def look(axe: Callable[[Page], None], fits: Callable[[Page], None], picture: Callable[..., Path]) -> Look:
    """Each page of the journey is accessible, fits desktop and phone, and has its picture taken at both."""

    def at_both(page: Page, name: str) -> None:
        axe(page)
        fits(page)
        picture(page, name)
        page.set_viewport_size(PHONE)
        axe(page)
        fits(page)
        picture(page, f"{name}-phone")
        page.set_viewport_size(DESKTOP)

    return at_both


def fill_line(page: Page, cause: str = "The protocol was never adapted to the new coil.") -> None:
    page.get_by_label("What caused it?").fill(cause)
    page.get_by_label("What is done about it?").fill("Protocol revised with the physicist; technologists trained.")
    page.get_by_label("Who sees to it?").fill("Tess Technologist")
    page.get_by_label("When is it done?").fill("2021-05-01")
    page.get_by_role("button", name="Save").click()


def sign(page: Page, button: str) -> None:
    page.get_by_role("checkbox").check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name=button).click()


def paper(folder: Path, text: str) -> Path:
    path = folder / "paper.txt"
    path.write_text(text)
    return path


def test_a_plan_is_returned_once_approved_and_carried_out(
    world: World, page_of: PageOf, look: Look, clock: Clock, tmp_path: Path
) -> None:
    world.chose_to_reinstate()
    clock(CHOSEN + HOUR)
    number = world.case_file.case.number

    page = page_of(world.technologist)
    page.goto("/plans/")
    look(page, "plans")
    page.get_by_role("link", name=number).click()
    look(page, "plan")

    # A patient's name is refused, the other words stay.
    page.get_by_role("link", name="report 1").first.click()
    look(page, "plan-line")
    fill_line(page, "Seen with Patient name: Jane Roe, MRN 4711008")
    expect(page.get_by_text("This seems to name a patient, so it was not saved")).to_be_visible()
    expect(page.get_by_label("Who sees to it?")).to_have_value("Tess Technologist")
    look(page, "plan-line-refused")
    fill_line(page, "Worn coil; maker's service, tel. 617-555-0123.")
    page.get_by_role("checkbox", name="Not a patient's: a telephone number").check()
    look(page, "plan-line-asked")
    page.get_by_role("button", name="Save").click()
    for _ in range(2):
        page.get_by_role("listitem").filter(has_text="To do").filter(has_text="report").get_by_role(
            "link"
        ).first.click()
        fill_line(page)

    # So is a paper with a patient in it.
    page.get_by_role("link", name="Supporting documents").click()
    page.get_by_label("What is it?").fill("Revised protocol")
    page.get_by_label("Document", exact=True).set_input_files(paper(tmp_path, "Patient name: Jane Roe\nMRN: 4711008"))
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Add the document").click()
    expect(page.get_by_text("Text, line 1: this looks like a person's name.")).to_be_visible()
    expect(page.get_by_text("Jane Roe")).to_have_count(0)
    look(page, "plan-paper-refused")
    page.get_by_label("Document", exact=True).set_input_files(paper(tmp_path, PROTOCOL))
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Add the document").click()
    expect(page.get_by_text("The document is received.")).to_be_visible()

    physician = page_of(world.physician)
    physician.goto(f"/plans/{number}/")
    physician.get_by_role("link", name="Check, sign and send").click()
    look(physician, "plan-check")
    sign(physician, "Sign and send the plan")
    expect(physician.get_by_text("The plan is sent.")).to_be_visible()
    look(physician, "plan-sent")

    clock(CHOSEN + DAY)
    staff = page_of(world.staff)
    staff.goto("/plans/")
    look(staff, "plans-staff")
    staff.get_by_role("link", name=number).click()
    staff.get_by_role("link", name="Answer this plan").click()
    look(staff, "plan-review")
    staff.get_by_role("button", name="Return the plan").click()
    expect(staff.get_by_role("link", name="Write what has to be changed")).to_be_visible()
    look(staff, "plan-review-refused")
    staff.get_by_label("What has to be changed?").fill("Say who was trained, and when.")
    staff.get_by_label("Comment on line 1").fill("Which coil was it?")
    staff.get_by_role("button", name="Return the plan").click()
    expect(staff.get_by_text("The plan is with the facility again")).to_be_visible()
    look(staff, "plan-returned-staff")

    # What was typed is still there; the comments stand beside it.
    physician = page_of(world.physician)
    physician.goto(f"/plans/{number}/")
    expect(physician.get_by_text("Which coil was it?")).to_be_visible()
    look(physician, "plan-returned")
    physician.get_by_role("link", name="report 1").first.click()
    expect(physician.get_by_label("Who sees to it?")).to_have_value("Tess Technologist")
    physician.get_by_label("What caused it?").fill("Worn head coil, serial 4711; maker's service, tel. 617-555-0123.")
    physician.get_by_role("button", name="Save").click()
    physician.get_by_role("link", name="Check, sign and send").click()
    sign(physician, "Sign and send the plan")

    staff.goto(f"/plans/{number}/review/")
    staff.get_by_role("button", name="Approve the plan").click()
    expect(staff.get_by_text("The plan is approved.")).to_be_visible()
    look(staff, "plan-approved")

    clock(CHOSEN + 9 * DAY)
    page = page_of(world.technologist)
    page.goto(f"/plans/{number}/")
    page.get_by_role("link", name="Show that it is carried out").click()
    look(page, "evidence")
    for _ in range(3):
        page.get_by_role("listitem").filter(has_text="To do").get_by_role("link").first.click()
        page.get_by_label("When was it completed?").fill("2021-04-20")
        page.get_by_label("What was done").fill("Done; the protocol shows it.")
        page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add a paper").click()
    look(page, "evidence-paper")
    page.get_by_label("What is it?").fill("Protocol in use")
    page.get_by_label("Document", exact=True).set_input_files(paper(tmp_path, PROTOCOL))
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Add the document").click()
    look(page, "evidence-complete")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Hand in the evidence").click()
    expect(page.get_by_text("The application for everything is open.")).to_be_visible()
    look(page, "evidence-handed-in")
    application = world.case_file.applications.order_by("-attempt").first()
    assert application is not None
    assert (application.kind, len(application.exams)) == ("reinstatement", 3)


def test_a_survey_is_scheduled_held_signed_and_leads_to_the_application(
    world: World, page_of: PageOf, look: Look, clock: Clock
) -> None:
    world.chose_the_survey()
    clock(PLANNED)
    number = world.case_file.case.number

    staff = page_of(world.staff)
    staff.goto("/surveys/")
    look(staff, "surveys")
    staff.get_by_role("link", name=number).click()
    look(staff, "survey-open")
    staff.get_by_role("link", name="Schedule the survey").click()
    look(staff, "survey-schedule")
    staff.get_by_role("button", name="Schedule the survey").click()
    expect(staff.get_by_role("link", name="Enter the first day of the visit.")).to_be_visible()
    look(staff, "survey-schedule-refused")
    staff.get_by_label("First day of the visit").fill("2021-06-01")
    staff.get_by_label("Last day of the visit").fill("2021-06-02")
    for person in world.team.values():
        staff.get_by_label(person.name).check()
    staff.get_by_label("Base fee of the visit in dollars").fill("2500")
    staff.get_by_label("For the facility").fill("Meet Ada Admin at the front desk.")
    staff.get_by_role("button", name="Schedule the survey").click()
    expect(staff.get_by_text("The survey is scheduled")).to_be_visible()
    staff.get_by_role("link", name="Travel expenses").click()
    staff.get_by_label("Expense").fill("Flights of the radiologist")
    staff.get_by_label("Amount in dollars").fill("900.50")
    staff.get_by_role("button", name="Add").click()
    look(staff, "survey-travel")
    staff.get_by_role("button", name="Invoice the travel").click()
    expect(staff.get_by_text("The travel is invoiced to the facility")).to_be_visible()

    facility = page_of(world.admin)
    facility.goto("/surveys/")
    facility.get_by_role("link", name=number).click()
    expect(facility.get_by_text("$2,500.00")).to_be_visible()
    look(facility, "survey-scheduled")

    clock(VISITED)
    for place, person in enumerate(world.team.values()):
        member = page_of(person)
        member.goto("/surveys/")
        member.get_by_role("link", name=number).click()
        member.get_by_role("link", name="Write and sign the report").click()
        if place == 0:
            look(member, "survey-report")
            member.get_by_label("Progress").fill(FOUND.progress)
            member.get_by_label("Training given").fill(FOUND.training)
            member.get_by_role("button", name="Save the report").click()
            look(member, "survey-sign")
        sign(member, "Sign the report")
    expect(member.get_by_text("The survey is completed.").first).to_be_visible()

    facility = page_of(world.admin)
    facility.goto("/surveys/")
    facility.get_by_role("link", name=number).click()
    expect(facility.get_by_text(FOUND.progress)).to_be_visible()
    look(facility, "survey-completed")
    facility.get_by_role("link", name="Hand in a corrective action plan first").click()
    look(facility, "plan-may-begin")
    facility.go_back()
    facility.get_by_role("button", name="Go on to the application").click()
    expect(facility.get_by_text("The reinstatement application is open.")).to_be_visible()


def test_notices_are_read_and_lead_to_the_case(world: World, page_of: PageOf, look: Look, clock: Clock) -> None:
    clock(CHOSEN)
    for number in (1, 2):
        notices.tell(
            recipients=[(code(world.admin), world.admin.email)], case=None, key=f"turn:{number}",
            subject=f"It is your turn ({number})", body="Choose an option.", link="/plans/", now=CHOSEN,
        )  # fmt: skip
    page = page_of(world.admin)
    page.goto("/notices/")
    look(page, "notices")
    page.get_by_label("Tick: It is your turn (1)").check()
    page.get_by_role("button", name="Mark the ticked as read").click()
    expect(page.get_by_text("1 notice changed.")).to_be_visible()
    page.get_by_role("button", name="Open It is your turn (2)").click()
    expect(page.get_by_role("heading", name="Corrective action plans")).to_be_visible()
    page.goto("/notices/?show=unread")
    look(page, "notices-none")
