"""Somebody comes to the site for the first time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reaccredit.people.models import Person
from tests.journeys.conftest import PageOf


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_stranger_is_led_to_the_sign_in_page(
    page_of: PageOf,
    axe: Callable[[Page], None],
    fits: Callable[[Page], None],
    picture: Callable[..., Path],
    phone: bool,
) -> None:
    page = page_of(phone=phone)
    page.goto("/profile/")
    expect(page).to_have_url(re.compile(r"/sign-in/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    axe(page)
    fits(page)
    picture(page, "sign-in-phone" if phone else "sign-in")


def test_the_sign_in_page_works_without_javascript(page_of: PageOf) -> None:
    page = page_of(javascript=False)
    page.goto("/sign-in/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_who_is_signed_in_sees_their_own_page(page_of: PageOf, axe: Callable[[Page], None]) -> None:
    joined = datetime(2021, 3, 8, 12, 0, tzinfo=UTC)
    person = Person.objects.create_user("rosa@demo.example", "a long password", name="Rosa Demo", joined_at=joined)
    page = page_of(person)
    page.goto("/profile/")
    expect(page.get_by_text("Rosa Demo").first).to_be_visible()
    axe(page)
