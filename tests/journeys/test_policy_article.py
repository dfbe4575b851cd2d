"""The policy reads as an article: for everybody, on a phone, on paper, every footnote leading to its clause."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageOf

Check = Callable[[Page], None]


@pytest.fixture(autouse=True)
def everything_adopted(settings: Any, transactional_db: None) -> None:
    settings.ADOPTED = None


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_the_article_is_accessible_and_fits(
    page_of: PageOf, axe: Check, fits: Check, picture: Callable[..., Path], phone: bool
) -> None:
    page = page_of(phone=phone)
    page.goto("/policy/?revision=2021-03-08")
    axe(page)
    fits(page)
    page.evaluate("[...document.querySelectorAll('.article > section')].slice(4).forEach(part => part.hidden = true)")
    picture(page, "policy-article-phone" if phone else "policy-article")  # its first four parts


def test_a_footnote_leads_to_its_clause(page_of: PageOf) -> None:
    page = page_of()
    page.goto("/policy/?revision=2021-03-08")
    page.get_by_role("link", name="form.48h").first.click()
    expect(page).to_have_url(page.url.split("#")[0] + "#form.48h")
    expect(page.locator("[id='form.48h']")).to_be_in_viewport()


def test_on_paper_the_article_stands_without_its_contents(page_of: PageOf) -> None:
    page = page_of()
    page.goto("/policy/?revision=2021-03-08")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Contents")).to_be_hidden()
    expect(page.get_by_role("heading", name="All clauses")).to_be_visible()
    expect(page.locator(".drawing svg")).to_be_visible()
