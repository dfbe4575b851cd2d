"""The frame of the site in a real browser: signing in, being paused, the demo, and the style guide."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reaccredit.people import actions
from reaccredit.people.models import Person, Role
from tests.journeys.conftest import PageOf

NOW = datetime(2021, 4, 1, 12, 0, tzinfo=UTC)
PASSWORD = "a long password"

Check = Callable[[Page], None]


@pytest.fixture
def person(transactional_db: None) -> Person:
    return actions.register(email="rosa@demo.example", name="Rosa Demo", password=PASSWORD, now=NOW)


@pytest.fixture
def staff(person: Person) -> Person:
    actions.appoint(person=person, role=Role.STAFF, since=date(2021, 1, 1))
    return person


def type_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with javascript", "without javascript"])
def test_somebody_signs_in_sees_their_page_and_signs_out(page_of: PageOf, person: Person, javascript: bool) -> None:
    page = page_of(javascript=javascript)
    page.goto("/profile/")
    type_in(page, "Rosa@demo.example", PASSWORD)
    expect(page).to_have_url(re.compile(r"/profile/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")
    page.get_by_role("button", name="Sign out").first.click()
    expect(page).to_have_url(re.compile(r"/sign-in/$"))


def test_a_wrong_password_puts_the_reader_at_the_list_of_what_to_correct(
    page_of: PageOf, person: Person, axe: Check
) -> None:
    page = page_of()
    page.goto("/sign-in/")
    type_in(page, "rosa@demo.example", "wrong")
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("do not belong together")
    expect(summary).to_be_focused()
    expect(page.get_by_label("Email address")).to_have_value("rosa@demo.example")
    expect(page).to_have_title(re.compile("^Error: Sign in"))
    axe(page)


def test_five_wrong_passwords_pause_the_account_and_the_page_says_for_how_long(
    page_of: PageOf, person: Person, axe: Check, picture: Callable[..., Path]
) -> None:
    page = page_of()
    page.goto("/sign-in/")
    for _ in range(5):
        type_in(page, "rosa@demo.example", "wrong")
    expect(page.get_by_role("heading", level=1)).to_have_text("Signing in is paused")
    expect(page.get_by_text("15 minutes after the last attempt")).to_be_visible()
    axe(page)
    picture(page, "sign-in-paused")


def test_the_zone_of_the_reader_changes_the_clock_of_the_pages(page_of: PageOf, person: Person, axe: Check) -> None:
    page = page_of(person)
    page.goto("/profile/")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Your time zone is saved.")
    expect(page.locator("main time").first).to_contain_text("JST")
    axe(page)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_demo_lends_each_of_its_people_with_one_click(
    page_of: PageOf, person: Person, axe: Check, fits: Check, picture: Callable[..., Path], settings: Any, phone: bool
) -> None:
    settings.DEMO = True
    settings.LOGIN_REDIRECT_URL = "/profile/"
    actions.register(
        email="paul@demo.example", name="Dr. Paul Demo", password=None, now=NOW, is_demo=True,
        headline="Supervising physician, Harbor Demo Imaging",
    )  # fmt: skip
    page = page_of(phone=phone)
    page.goto("/sign-in/")
    axe(page)
    fits(page)
    page.get_by_role("button", name="Dr. Paul Demo").click()
    expect(page.locator("main")).to_contain_text("paul@demo.example")
    page.get_by_role("link", name="Be someone else").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose whom to be")
    axe(page)
    fits(page)
    picture(page, "demo-people-phone" if phone else "demo-people")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_every_component_in_every_state_is_accessible(
    page_of: PageOf, staff: Person, axe: Check, fits: Check, picture: Callable[..., Path], scheme: Any, phone: bool
) -> None:
    page = page_of(staff, phone=phone)
    page.emulate_media(color_scheme=scheme)
    page.goto("/styleguide/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Style guide")
    axe(page)
    fits(page)
    picture(page, f"styleguide-{scheme}{'-phone' if phone else ''}")


def test_the_style_guide_can_be_read_at_twice_the_size(page_of: PageOf, staff: Person, fits: Check) -> None:
    page = page_of(staff)
    page.set_viewport_size({"width": 640, "height": 450})  # what is left of 1280 by 900 at 200 %
    page.goto("/styleguide/")
    fits(page)


def test_things_to_touch_are_large_enough_on_a_phone(page_of: PageOf, staff: Person) -> None:
    page = page_of(staff, phone=True)
    page.goto("/styleguide/form/")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, .button, .field label:has(input), summary")]
        .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_on_a_phone_the_ways_are_behind_a_menu_that_needs_no_javascript(page_of: PageOf, staff: Person) -> None:
    page = page_of(staff, phone=True, javascript=False)
    page.goto("/profile/")
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_the_keyboard_reaches_the_content_first(page_of: PageOf, staff: Person) -> None:
    page = page_of(staff)
    page.goto("/profile/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_refused_form_leads_to_each_field_and_keeps_what_was_typed(
    page_of: PageOf, staff: Person, axe: Check
) -> None:
    page = page_of(staff)
    page.goto("/styleguide/form/")
    page.get_by_label("Name of the unit").fill("CT 1")
    page.get_by_label("Scans last year").fill("many")
    page.get_by_label("What was the cause?").fill("Motion <during> the scan")
    page.get_by_role("button", name="Save and continue").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page.get_by_label("Name of the unit")).to_have_value("CT 1")
    expect(page.get_by_label("What was the cause?")).to_have_value("Motion <during> the scan")
    summary.get_by_role("link", name="“Scans last year” must be a whole number").click()
    expect(page.get_by_label("Scans last year")).to_be_focused()
    expect(page.get_by_label("Scans last year")).to_have_value("many")
    summary.get_by_role("link", name="Choose an answer for “How did you send the images?”").click()
    expect(page.get_by_label("Upload")).to_be_focused()
    axe(page)


@pytest.mark.parametrize("address", ["/no-such-page", "/accessibility/", "/forgotten-password/", "/profile/password/"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_quiet_pages_are_accessible_too(
    page_of: PageOf, staff: Person, axe: Check, fits: Check, address: str, phone: bool
) -> None:
    page = page_of(staff, phone=phone)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    axe(page)
    fits(page)


def test_on_paper_there_are_no_ways_and_no_buttons(page_of: PageOf, staff: Person) -> None:
    page = page_of(staff)
    page.goto("/styleguide/")
    page.emulate_media(media="print")
    expect(page.locator(".bar")).to_be_hidden()
    expect(page.locator(".button").first).to_be_hidden()
    expect(page.locator(".printed-head")).to_be_visible()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
