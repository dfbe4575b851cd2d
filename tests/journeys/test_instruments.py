"""The journeys' own instruments notice what they are there to notice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import PageOf, Watch

ADD = (
    "(tag, set) => { const made = document.createElement(tag); Object.assign(made, set); document.body.append(made); }"
)
MISHAPS = {
    "console: out of order": "() => console.error('out of order')",
    "script error: lost": "() => { setTimeout(() => { throw new Error('lost') }, 1) }",
    "content security policy: script-src-elem inline": f"() => ({ADD})('script', {{textContent: '1'}})",
    "asked another host: http://other.example/a.png": f"() => ({ADD})('img', {{src: 'http://other.example/a.png'}})",
    "404 from GET": f"() => ({ADD})('img', {{src: '/static/none.png'}})",
}


def seen(page: Page, watch: Watch, mishap: str) -> bool:
    for _ in range(100):
        if any(mishap in problem for problem in watch.problems):
            return True
        page.wait_for_timeout(100)
    return False


@pytest.mark.parametrize("mishap", MISHAPS)
def test_a_mishap_behind_the_page_is_seen(page_of: PageOf, watch: Watch, mishap: str) -> None:
    page = page_of()
    page.goto("/sign-in/")
    assert watch.problems == []
    page.evaluate(MISHAPS[mishap])
    assert seen(page, watch, mishap), watch.problems
    page.close()  # whatever it still has to say of the mishap is said
    watch.problems.clear()


def test_what_a_screen_reader_cannot_read_is_told(page_of: PageOf, axe: Callable[[Page], None]) -> None:
    page = page_of()
    page.goto("/sign-in/")
    page.evaluate("() => document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')")
    with pytest.raises(AssertionError, match="Buttons must have discernible text"):
        axe(page)


def test_what_sticks_out_of_a_phone_is_told(page_of: PageOf, fits: Callable[[Page], None]) -> None:
    page = page_of(phone=True)
    page.goto("/sign-in/")
    page.evaluate("() => { document.querySelector('h1').style.minWidth = '900px' }")
    with pytest.raises(AssertionError, match="page is wider than the screen"):
        fits(page)
