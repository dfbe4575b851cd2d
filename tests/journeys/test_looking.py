"""The viewer in a browser: by arrow keys, wheel and links, on a phone, and without any script."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from reaccredit.imaging.models import Series
from tests.journeys.conftest import PageOf
from tests.journeys.keyboard import check_keyboard
from tests.reviews.world import HEAD, build

Check = Callable[[Page], None]


def test_a_reader_goes_through_a_series(transactional_db: None, page_of: PageOf, axe: Check, fits: Check) -> None:
    world = build()
    world.given_out()
    series = Series.objects.filter(collection__item__area__code=HEAD)[0]
    last = series.instances.count()
    address = reverse("looking:series", args=[series.pk]) + "?slice=1"

    tab = page_of(world.radiologists[0], phone=True)
    tab.goto(address)
    expect(tab.get_by_text("The left and right arrow keys")).to_be_visible()
    axe(tab)
    fits(tab)
    assert check_keyboard(tab) == []
    tab.goto(address)
    tab.keyboard.press("ArrowRight")
    expect(tab.locator("figcaption")).to_contain_text(f"Slice 2 of {last}")
    tab.get_by_role("link", name="Soft tissue").click()
    expect(tab.locator("figcaption")).to_contain_text("centre 40, width 400")
    expect(tab).to_have_url(f"{tab.url.partition('?')[0]}?slice=2&window=40,400")
    tab.locator("#slice figure img").hover()
    tab.mouse.wheel(0, -100)
    expect(tab.locator("figcaption")).to_contain_text(f"Slice 1 of {last} · centre 40, width 400")
    assert tab.locator("#slice figure img").evaluate("e => e.decode().then(() => e.naturalWidth > 0)")

    plain = page_of(world.radiologists[0], javascript=False)
    plain.goto(address)
    expect(plain.get_by_text("The left and right arrow keys")).to_be_hidden()
    plain.get_by_role("link", name="Next", exact=True).click()
    plain.get_by_label("Centre").fill("30")
    plain.get_by_label("Width").fill("90")
    plain.get_by_role("button", name="Show this window").click()
    expect(plain.locator("figcaption")).to_contain_text(f"Slice 2 of {last} · centre 30, width 90")
