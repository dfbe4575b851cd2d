"""The viewer in a browser: everything by keyboard, by hand, on a phone, and without any script."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from reaccredit.imaging.models import Series
from reaccredit.looking.models import Annotation
from reaccredit.reviews.models import Assignment
from tests.journeys.conftest import PageOf
from tests.journeys.keyboard import check_keyboard
from tests.reviews.world import HEAD, build

Check = Callable[[Page], None]
SHADES = """screen => { const canvas = screen.querySelector("canvas");
    return new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).size; }"""


def test_a_reader_goes_through_a_series(transactional_db: None, page_of: PageOf, axe: Check, fits: Check) -> None:
    world = build()
    world.given_out()
    reader = world.radiologists[0]
    series = Series.objects.filter(collection__item__area__code=HEAD)[0]
    last = series.instances.count()
    address = reverse("looking:series", args=[series.pk]) + "?slice=1"

    tab = page_of(reader)
    tab.goto(address)
    first, second = tab.get_by_label("First series"), tab.get_by_label("Second series")
    caption, said = tab.locator("#lv-caption-1"), tab.locator("#lv-said")
    expect(first).to_have_attribute("data-slice", "1")
    assert first.evaluate(SHADES) > 20
    expect(tab.get_by_text("measure: arrows move the cursor")).to_be_visible()
    by_keyboard(tab, caption, said, last)

    tab.keyboard.press("b")  # two side by side, of which X chooses
    expect(second).to_have_attribute("data-slice", re.compile(r"\d"))
    tab.keyboard.press("x")
    expect(second).to_be_focused()
    tab.keyboard.press("Home")
    expect(second).to_have_attribute("data-slice", "1")
    axe(tab)
    tab.keyboard.press("b")
    expect(second).to_be_hidden()

    by_hand(tab, first, said)
    tab.goto(address)
    expect(tab.locator("#marks-list li")).to_have_count(2)
    first.focus()
    tab.keyboard.press("f")  # the middle of the picture, to the sheet
    reading = Assignment.objects.get(reviewer=reader, area__code=HEAD)
    tab.wait_for_url(re.compile(rf"/{reading.pk}/\?image=\d+&column=16&row=16$"))
    expect(tab.get_by_label("Column")).to_have_value("16")
    hung(tab, caption, second)


def hung(tab: Page, caption: Locator, second: Locator) -> None:
    """The sheet leads to the viewer as the protocol hangs the exam; everything in it can be changed."""
    tab.get_by_role("link", name="Brain window beside bone").click()
    expect(second).to_have_attribute("data-slice", re.compile(r"\d"))
    expect(caption).to_contain_text("centre 40, width 80")
    expect(tab.locator("#lv-caption-2")).to_contain_text("centre 300, width 1500")
    expect(tab.get_by_role("button", name="Together")).to_have_attribute("aria-pressed", "true")
    tab.keyboard.press("2")
    expect(caption).to_contain_text("centre 40, width 400")
    tab.keyboard.press("b")
    expect(second).to_be_hidden()


def by_keyboard(tab: Page, caption: Locator, said: Locator, last: int) -> None:
    tab.keyboard.press("ArrowRight")
    expect(caption).to_contain_text(f"Slice 2 of {last}")
    tab.keyboard.press("Home")
    tab.keyboard.press("2")
    expect(caption).to_have_text(f"Slice 1 of {last} · centre 40, width 400")
    tab.keyboard.press("]")
    expect(caption).not_to_contain_text("width 400")
    tab.keyboard.press("0")
    tab.keyboard.press("i")
    expect(caption).to_contain_text("inverted")
    for key in ("+", "+", "Shift+ArrowLeft", "r"):  # closer, aside, and all as it was
        tab.keyboard.press(key)
    expect(caption).not_to_contain_text("inverted")
    tab.keyboard.press(" ")  # cine
    expect(tab.get_by_role("button", name="Stop")).to_be_visible()
    expect(caption).to_contain_text("Slice 2")
    tab.keyboard.press(">")
    expect(tab.get_by_text("13 a second")).to_be_visible()
    tab.keyboard.press(" ")
    tab.keyboard.press("Home")
    expect(caption).to_contain_text("Slice 1")
    tab.keyboard.press("l")
    expect(said).to_contain_text("Cursor at column 16, row 16.")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Shift+ArrowRight")
    tab.keyboard.press("ArrowLeft")
    expect(said).to_contain_text("mm")
    tab.keyboard.press("Enter")
    expect(said).to_contain_text("Kept: ")
    assert Annotation.objects.get().points == [[16, 16], [25, 16]]
    expect(tab.locator("#marks-list")).to_contain_text("from column 16, row 16 to column 25, row 16")
    tab.keyboard.press("Escape")


def by_hand(tab: Page, screen: Locator, said: Locator) -> None:
    caption = tab.locator("#lv-caption-1")
    before = caption.text_content() or ""
    tab.get_by_role("button", name="Window", exact=True).click()
    dragged(tab, screen, 60)
    expect(caption).not_to_have_text(before)
    tab.mouse.wheel(0, 100)
    expect(caption).to_contain_text("Slice 2")
    tab.get_by_role("button", name="Length").click()
    dragged(tab, screen, 80)
    expect(said).to_contain_text("Kept: ")


def dragged(tab: Page, screen: Locator, by: int) -> None:
    screen.scroll_into_view_if_needed()
    box = screen.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + by, y + by / 4, steps=3)
    tab.mouse.up()


def test_the_viewer_on_a_phone_and_without_a_script(
    transactional_db: None, page_of: PageOf, axe: Check, fits: Check
) -> None:
    world = build()
    world.given_out()
    series = Series.objects.filter(collection__item__area__code=HEAD)[0]
    last = series.instances.count()
    address = reverse("looking:series", args=[series.pk]) + "?slice=1"

    tab = page_of(world.radiologists[0], phone=True)
    tab.goto(address)
    expect(tab.get_by_label("First series")).to_have_attribute("data-slice", "1")
    axe(tab)
    fits(tab)
    assert check_keyboard(tab) == []
    tab.goto(reverse("looking:marks", args=[series.pk]))  # the form of its own, for whoever has no script
    axe(tab)
    fits(tab)

    plain = page_of(world.radiologists[0], javascript=False)
    plain.goto(address)
    expect(plain.get_by_label("First series")).to_be_hidden()
    plain.get_by_role("link", name="Next", exact=True).click()
    plain.get_by_label("Centre").fill("30")
    plain.get_by_label("Width").fill("90")
    plain.get_by_role("button", name="Show this window").click()
    expect(plain.locator("figcaption")).to_contain_text(f"Slice 2 of {last} · centre 30, width 90")
