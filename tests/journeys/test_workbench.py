"""A policy is changed in the browser: mended at its line, examined while one looks on, and published by two persons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reaccredit.ledger import queries as ledger
from reaccredit.people.models import Person
from reaccredit.workbench.models import Draft
from tests.journeys.conftest import PageOf
from tests.workbench import small

Check = Callable[[Page], None]
DAY = date.today() + timedelta(days=90)  # noqa: DTZ011 - far enough off for any zone


@pytest.fixture
def author(transactional_db: None, settings: Any) -> Person:
    settings.ADOPTED = date(2021, 3, 8)
    return small.member("Ann Author")


def test_a_draft_of_the_shipped_policy_is_mended_and_examined(
    page_of: PageOf, author: Person, axe: Check, fits: Check, picture: Callable[..., Path]
) -> None:
    page = page_of(author)
    page.goto("/workbench/")
    page.get_by_role("link", name="Begin a draft").click()
    page.get_by_role("combobox", name="Begin from").select_option("diagnostic@2021-03-08")
    page.get_by_label("In force from").fill(DAY.isoformat())
    page.get_by_role("button", name="Begin the draft").click()
    text = page.get_by_role("textbox", name="The text of the policy")
    copied = text.input_value()
    text.fill(copied.replace('holder = "facility"', 'holdr = "facility"', 1))
    page.get_by_role("button", name="Save and examine").click()
    expect(page.locator("mark")).to_contain_text('holdr = "facility"')
    expect(page.get_by_text("did you mean 'holder'?")).to_be_visible()
    axe(page)
    fits(page)
    picture(page, "workbench-edit")
    text.fill(copied.replace("P15D", "P20D"))
    page.get_by_role("button", name="Save and examine").click()
    expect(page.get_by_text("The draft is being examined")).to_be_visible()
    small.examined(Draft.objects.get())
    expect(page.get_by_role("heading", name="What it changes")).to_be_visible()  # by itself
    expect(page.get_by_role("heading", name="Later due: the term")).to_be_visible()
    page.get_by_text("The shortest story that shows it").first.click()
    axe(page)
    fits(page)
    picture(page, "workbench-draft")


def test_two_persons_publish_without_a_mouse_or_a_script(page_of: PageOf, author: Person, axe: Check) -> None:
    second = small.member("Sue Second")
    draft = small.begun(author, small.TEXT.replace("2026-04-01", DAY.isoformat()), "")
    small.examined(draft)
    page = page_of(author, javascript=False)
    page.goto(f"/workbench/{draft.pk}/")
    page.get_by_role("button", name="Hand over for approval").press("Enter")
    expect(page.get_by_text("Waiting for a second member of the staff")).to_be_visible()
    page = page_of(second)
    page.goto(f"/workbench/{draft.pk}/")
    page.get_by_role("link", name="Read and approve").press("Enter")
    expect(page.get_by_text("I have read the draft of Ann Author")).to_be_visible()
    axe(page)
    page.get_by_label("Your password").fill(small.PASSWORD)
    page.get_by_role("button", name="Sign and publish").press("Enter")
    expect(page.get_by_text("Its text is never changed")).to_be_visible()
    page.get_by_role("link", name="Read it as an article").click()
    expect(page.get_by_role("heading", name="The registry")).to_be_visible()
    assert ledger.published("registry").latest.in_force == DAY
