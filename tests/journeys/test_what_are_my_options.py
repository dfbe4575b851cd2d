"""Somebody who is not signed in asks what the policy offers: at a desk, on a phone, by keyboard alone, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageOf

Check = Callable[[Page], None]
PATH = "/what-are-my-options/"
ANSWERED = (
    PATH + "?programme=diagnostic&asked=diagnostic&stands=deciding.not-granted.1&since=nothing&trait-medium=upload&areas=clinical&modality=CT"
    "&on-report-failed=2021-04-01&at-report-failed=10%3A00&on-report-viewed=2021-04-01&as-of=2021-04-05"
)  # fmt: skip


@pytest.fixture(autouse=True)
def everything_adopted(settings: Any, transactional_db: None) -> None:
    settings.ADOPTED = None


@pytest.mark.parametrize("javascript", [True, False], ids=["with javascript", "without javascript"])
def test_the_questions_are_answered_and_the_address_can_be_sent_on(page_of: PageOf, javascript: bool) -> None:
    page = page_of(javascript=javascript)
    page.goto(PATH)
    page.get_by_label("Final report issued: not passed", exact=True).fill("2021-04-01")
    page.get_by_label("Final report viewed").fill("2021-04-01")
    page.get_by_label("Ask as of another day").fill("2021-04-05")
    page.get_by_role("button", name="Show the options").click()
    expect(page.get_by_role("heading", name="What may be chosen now")).to_be_visible()
    other = page_of()
    other.goto(page.url)
    expect(other.get_by_role("heading", level=3, name="Appeal")).to_be_visible()
    assert other.context.cookies() == []


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_questions_and_answer_are_accessible_and_fit(
    page_of: PageOf, axe: Check, fits: Check, picture: Callable[..., Path], phone: bool
) -> None:
    page = page_of(phone=phone)
    page.goto(PATH)
    axe(page)
    fits(page)
    page.goto(ANSWERED)
    expect(page.get_by_role("link", name="Add the dates to a calendar")).to_be_visible()
    axe(page)
    fits(page)
    picture(page, "what-are-my-options-phone" if phone else "what-are-my-options")


def test_the_keyboard_is_enough(page_of: PageOf) -> None:
    page = page_of()
    page.goto(PATH)
    page.get_by_label("Programme").focus()
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.innerText"))
        if reached[-1] == "Show the options":
            break
    assert "stands" in reached
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter the day of “Final report issued: not passed”")
    expect(page.get_by_role("alert")).to_be_focused()


def test_a_wrong_date_is_named_at_the_top_and_at_its_field(page_of: PageOf, axe: Check, fits: Check) -> None:
    page = page_of(phone=True)
    page.goto(ANSWERED.replace("on-report-viewed=2021-04-01", "on-report-viewed=2021-03-01"))
    expect(page).to_have_title(re.compile("^Error: What are my options"))
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Final report viewed")).to_be_focused()
    axe(page)
    fits(page)


def test_on_paper_the_answer_stands_without_the_questions(page_of: PageOf) -> None:
    page = page_of()
    page.goto(ANSWERED)
    page.emulate_media(media="print")
    expect(page.locator(".ask-form")).to_be_hidden()
    expect(page.get_by_role("heading", name="What this answer counts from")).to_be_visible()
    expect(page.get_by_text("Where does the case stand?").last).to_be_visible()
