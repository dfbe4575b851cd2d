"""The way back in a real browser: the option form with its trap, an appeal to its end, a repeat, a withdrawal, two at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from reaccredit.appeals.models import Appeal
from reaccredit.options.models import OptionForm
from reaccredit.people.models import Person
from reaccredit.reports.models import FinalReport
from tests.journeys.conftest import PageOf
from tests.options.clock import Clock, clock
from tests.options.world import APRIL, BRAIN, DAY, PASSWORD, PHANTOM, World, build

__all__ = ["clock"]

OPEN = APRIL + 2 * DAY
Check = Callable[[Page], None]


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


class Visit:
    """A page that is looked at as it is walked through: accessibility, width, picture."""

    def __init__(self, page: Page, axe: Check, fits: Check, picture: Callable[..., Path], prefix: str) -> None:
        self.page, self._axe, self._fits, self._picture, self._prefix = page, axe, fits, picture, prefix

    def look(self, name: str) -> None:
        self._axe(self.page)
        self._fits(self.page)
        self._picture(self.page, f"{self._prefix}-{name}")


@pytest.fixture
def visit(page_of: PageOf, axe: Check, fits: Check, picture: Callable[..., Path]) -> Callable[..., Visit]:
    def open_one(person: Person, prefix: str, **how: bool) -> Visit:
        return Visit(page_of(person, **how), axe, fits, picture, prefix + ("-phone" if how.get("phone") else ""))

    return open_one


def attest(page: Page, name: str) -> None:
    page.get_by_label("I attest that I submit this form").check()
    page.get_by_label("Your full name").fill(name)


def to_form(page: Page, report: FinalReport, option: str) -> None:
    """The steps of the article: My Final Reports, Select Option, Other Options, the option."""
    page.goto(reverse("reports:index"))
    page.get_by_role("link", name=re.compile("Select option", re.I)).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Select Option")
    page.get_by_role("link", name="Other Options").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Other Options")
    page.get_by_role("link", name=option, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(option)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_facility_appeals_and_wins(world: World, clock: Clock, visit: Callable[..., Visit], phone: bool) -> None:
    report = world.viewed([BRAIN])
    clock(OPEN + DAY)
    admin = visit(world.admin, "appeal", phone=phone)
    page = admin.page
    page.goto(reverse("options:choose", args=[report.pk]))
    admin.look("select-option")
    page.get_by_role("link", name="Other Options").first.click()
    admin.look("other-options")
    to_form(page, report, "Appeal")
    admin.look("form")
    page.get_by_role("button", name="Check your answers").click()
    expect(page.get_by_role("alert")).to_contain_text("Say whether additional images are required.")
    admin.look("form-refused")
    page.get_by_label("No additional images need to be submitted").check()
    attest(page, "Ada Admin")
    page.get_by_role("button", name="Check your answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    admin.look("check")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Option form submitted")
    admin.look("submitted")
    page.get_by_role("link", name="Go on with the appeal").click()
    admin.look("appeal")
    _letter(world, admin, visit, phone)
    clock(OPEN + 3 * DAY)
    _arbitrate(world, visit, phone)
    page.reload()
    expect(page.get_by_text("The spatial resolution is as the criteria ask.")).to_be_visible()
    expect(page.get_by_text("Art Arbitrator")).to_have_count(0)
    admin.look("outcome")


def _letter(world: World, admin: Visit, visit: Callable[..., Visit], phone: bool) -> None:
    page = admin.page
    page.get_by_role("link", name="Appeal letter for the clinical areas").click()
    page.get_by_label("Your letter").fill("The resolution was measured on the wrong slice.")
    page.get_by_role("button", name="Save the letter").click()
    expect(page.get_by_text("The letter waits for its signature.")).to_be_visible()
    admin.look("letter")
    physician = visit(world.physician, "appeal-signer", phone=phone)
    physician.page.goto(reverse("appeals:appeal", args=[Appeal.objects.get().pk]))
    physician.page.get_by_role("link", name="Appeal letter for the clinical areas").click()
    physician.page.get_by_label("Your password").fill(PASSWORD)
    physician.look("letter")
    physician.page.get_by_role("button", name="Sign as supervising physician").click()
    expect(physician.page.get_by_text("The result is expected from")).to_be_visible()
    physician.look("window")
    page.goto(reverse("appeals:appeal", args=[Appeal.objects.get().pk]))


def _arbitrate(world: World, visit: Callable[..., Visit], phone: bool) -> None:
    staff = visit(world.staff, "appeal-staff", phone=phone)
    staff.page.goto(reverse("appeals:index"))
    staff.look("list")
    staff.page.get_by_role("link", name="MRI-").click()
    staff.page.get_by_role("link", name="Assign arbitrators").click()
    staff.look("assign")
    staff.page.get_by_label("Arbitrator", exact=True).select_option(label="Art Arbitrator")
    staff.page.get_by_role("button", name="Assign").click()
    expect(staff.page.get_by_text("is given to Art Arbitrator")).to_be_visible()
    judge = visit(world.arbitrator, "arbitrator", phone=phone)
    judge.page.goto(reverse("appeals:arbitrations"))
    judge.look("list")
    judge.page.get_by_role("link", name=re.compile(r"^Appeal \d+$")).click()
    judge.look("appeal")
    judge.page.get_by_label("Acceptable", exact=True).check()
    judge.page.get_by_label("Reasons").fill("The spatial resolution is as the criteria ask.")
    judge.page.get_by_label("I understand that this determination is final").check()
    judge.page.get_by_label("Your password").fill(PASSWORD)
    judge.page.get_by_role("button", name="Submit the determination").click()
    expect(judge.page.get_by_text("Your determination of Head/neck is recorded.")).to_be_visible()


def test_the_trap_is_told_twice_without_javascript(world: World, clock: Clock, visit: Callable[..., Visit]) -> None:
    report = world.viewed([BRAIN, PHANTOM])
    clock(OPEN + DAY)
    plain = visit(world.admin, "repeat", javascript=False)
    page = plain.page
    to_form(page, report, "Repeat")
    expect(
        page.get_by_text("Every tick here takes a module or patient type out of the accreditation process")
    ).to_be_visible()
    page.get_by_label("Spine").check()
    attest(page, "Ada Admin")
    page.get_by_role("button", name="Check your answers").click()
    expect(page.get_by_role("heading", name="This withdraws")).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_contain_text("Confirm the withdrawal, or change your answers.")
    assert not OptionForm.objects.exists()
    page.get_by_role("link", name="Change your answers", exact=True).click()
    page.get_by_label("Spine").uncheck()
    attest(page, "Ada Admin")
    page.get_by_role("button", name="Check your answers").click()
    expect(page.get_by_text("Nothing is withdrawn")).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("link", name="Go on with the repeat").click()
    expect(page.get_by_text("An exam of another patient.")).to_be_visible()
    assert OptionForm.objects.get().withdraw == []


def test_the_pages_of_a_withdrawal(world: World, clock: Clock, visit: Callable[..., Visit]) -> None:
    report = world.viewed([BRAIN])
    clock(OPEN + DAY)
    admin = visit(world.admin, "withdraw", phone=True)
    page = admin.page
    to_form(page, report, "Withdraw module or patient type")
    expect(page.get_by_text("Warning: Payers may have stricter")).to_be_visible()
    admin.look("form")
    page.get_by_label("Head/neck").check()
    attest(page, "Ada Admin")
    page.get_by_role("button", name="Check your answers").click()
    admin.look("check")
    page.get_by_label("Yes, withdraw what is listed above").check()
    page.get_by_role("button", name="Submit").click()
    admin.look("submitted")
    page.get_by_role("link", name="Go on with the withdrawal").click()
    admin.look("owed")
    physician = visit(world.physician, "withdraw-signer", phone=True)
    physician.page.goto(page.url)
    physician.page.get_by_role("link", name="Sign the Withdraw Module/Patient Type Form").click()
    physician.page.get_by_label("Your password").fill(PASSWORD)
    physician.look("form")
    physician.page.get_by_role("button", name="Sign the form").click()
    expect(physician.page.get_by_text("The form is signed and received.")).to_be_visible()


def test_withdrawing_altogether_ends_with_the_signage(world: World, clock: Clock, visit: Callable[..., Visit]) -> None:
    report = world.viewed([BRAIN])
    clock(OPEN + DAY)
    admin = visit(world.admin, "leave")
    page = admin.page
    to_form(page, report, "Withdraw from accreditation")
    attest(page, "Ada Admin")
    page.get_by_role("button", name="Check your answers").click()
    page.get_by_label("Yes, withdraw what is listed above").check()
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("link", name="Go on with the withdrawal").click()
    page.get_by_role("link", name="Remove all accreditation signage").click()
    page.get_by_label("Day on which the last signage was removed").fill("2021-04-04")
    page.get_by_label("Your full name").fill("Ada Admin")
    page.get_by_label("All accreditation signage that was on display").check()
    admin.look("signage")
    page.get_by_role("button", name="Attest the removal").click()
    expect(page.get_by_text("The removal of the signage is attested.")).to_be_visible()
    admin.look("done")


def test_of_two_browsers_one_is_admitted_and_the_other_told_what_happened(
    world: World, clock: Clock, visit: Callable[..., Visit]
) -> None:
    report = world.viewed([BRAIN])
    clock(OPEN + DAY)
    first, second = visit(world.admin, "race"), visit(world.physician, "race-second")
    for one, option, name in ((first, "Repeat", "Ada Admin"), (second, "Withdraw from accreditation", "Sue Physician")):
        to_form(one.page, report, option)
        attest(one.page, name)
        one.page.get_by_role("button", name="Check your answers").click()
    second.page.get_by_label("Yes, withdraw what is listed above").check()
    first.page.get_by_role("button", name="Submit").click()
    expect(first.page.get_by_role("heading", level=1)).to_have_text("Option form submitted")
    second.page.get_by_role("button", name="Submit").click()
    expect(second.page.get_by_text("Ada Admin, facility administrator, submitted “Repeat”")).to_be_visible()
    second.look("told")
    assert OptionForm.objects.get().option == "repeat"


def test_a_late_form_is_accepted_by_staff(world: World, clock: Clock, visit: Callable[..., Visit]) -> None:
    report = world.viewed([BRAIN])
    clock(OPEN + 30 * DAY)
    admin = visit(world.admin, "late")
    admin.page.goto(reverse("options:choose", args=[report.pk]))
    expect(admin.page.get_by_text("No option can be chosen now")).to_be_visible()
    admin.look("closed")
    staff = visit(world.staff, "late-staff")
    staff.page.goto(reverse("options:staff", args=[report.case_file.case.number]))
    staff.look("decide")
    staff.page.get_by_label("Reason").first.fill("The supervising physician was in hospital.")
    staff.page.get_by_role("button", name="Accept the late form").click()
    expect(staff.page.get_by_text("The facility can choose again.")).to_be_visible()
    admin.page.reload()
    expect(admin.page.get_by_role("link", name="Repeat")).to_be_visible()
