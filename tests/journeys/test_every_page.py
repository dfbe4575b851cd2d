"""Every page of every role at the width of a phone, in a real browser: nothing for axe to find, nothing to scroll sideways,
everything within reach of the keyboard. And every form is sent in at least ten wrong ways by somebody who may use it, and by
people who may not: each answer is a 4xx with a sentence that helps, and nothing typed is lost. A url pattern whose page nobody
was shown, and a form that nobody was seen to send, fail the test.

One test, as it takes a minute to tell the story and to walk through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from playwright.sync_api import Page

from reaccredit.people.models import Person
from tests.journeys.conftest import PageOf
from tests.journeys.keyboard import check_keyboard
from tests.walking.attacks import Attack, attack
from tests.walking.crawl import look, patterns
from tests.walking.site import Site

Check = Callable[[Page], None]
LEAST = 10  # wrong inputs for each form

# Url patterns whose page nobody can be shown, each with the reason.
NO_PAGE = {
    "desks:option-dates": "a file for a calendar",
    "applications:latest": "leads on to the newest application",
    "appeals:complete": "a button, there only between two breaths of the worker",
    "options:supplemental": "a button that the revision of the demo does not know",
    "people:sign-out": "a button",
    "intake:stow": "for machines",
    "looking:stack": "for the script of the viewer",
    "looking:numbers": "for the script of the viewer",
    "looking:dicom-series": "for programs that show images",
    "looking:dicom-instances": "for programs that show images",
    "looking:dicom-metadata": "for programs that show images",
    "looking:dicom-image-metadata": "for programs that show images",
    "looking:dicom-frame": "for programs that show images",
    "looking:dicom-frame-rendered": "for programs that show images",
    "looking:dicom-rendered": "for programs that show images",
    "packages:sending": "for the script of the sending page",
    "packages:precheck-picture": "a picture, where programs have measured a phantom; tests/reviews ask for it",
    "reviews:precheck-picture": "likewise",
}
# Homes and lists look different to each of them.
ROLES = (
    "Administrator Harbor", "Physician Lakeside", "Physicist Harbor", "Technologist Harbor", "Newcomer Valley", "Staff Aspen",
    "Reviewer Cedar", "Arbitrator Juniper", "Surveyor Maple",
)  # fmt: skip
WRONG = (
    ("Staff Aspen", "/no-such-page/", 404), ("Physician Harbor", "/applications/new/", 403), ("Staff Aspen", "/sign-out/", 405),
    (None, "/forgotten-password/x/y/", 200),
)  # fmt: skip


@pytest.fixture
def site(transactional_db: None, settings: Any) -> Site:
    return Site.told(settings)


def reached(site: Site) -> tuple[dict[tuple[str, str], tuple[Person | None, str]], list[str]]:
    """One page of each pattern and each template, with who sees it; and the patterns that nobody saw."""
    unseen = []
    for name in dict.fromkeys(patterns()):
        met = site.found.forms.get(name, [])
        if name not in site.found.pages and met:
            look(met[0].person, met[0].form.action, site.found)
        if name not in site.found.pages and name not in {*NO_PAGE, "people:new-password"} and not met:
            unseen.append(name)
    pages = {}
    for name, listed in site.found.pages.items():
        for one in listed:
            if one.status == 200 and one.template:
                pages.setdefault((name, one.template), (one.person, one.address))
    return pages, unseen


def to_visit(
    site: Site, pages: dict[tuple[str, str], tuple[Person | None, str]]
) -> Iterator[tuple[Person | None, str]]:
    everything = list(pages.values())
    everything += [(site.people[f"Demo {name}"], "/") for name in ROLES]
    someone = site.people["Demo Staff Birch"]
    key, token = urlsafe_base64_encode(force_bytes(someone.pk)), default_token_generator.make_token(someone)
    everything.append((None, reverse("people:new-password", args=[key, token])))
    everything += [(site.people[f"Demo {name}"] if name else None, address) for name, address, _ in WRONG]
    yield from sorted(dict.fromkeys(everything), key=lambda one: one[0].pk if one[0] else 0)


def test_every_page_is_for_everybody_and_every_form_refuses_what_is_wrong(
    page_of: PageOf, site: Site, axe: Check, fits: Check
) -> None:
    told = of_pages(page_of, site, axe, fits) + of_forms(site)
    assert not told, "\n".join(told)


def of_forms(site: Site) -> list[str]:
    missed, attacks = site.missed(), dict[str, Attack]()
    for name, met in site.forms():
        attack(site, name, met, attacks.setdefault(name, Attack(name)))
    few = [f"{made.name}: only {made.sent} wrong inputs" for made in attacks.values() if made.sent < LEAST]
    return missed + few + [complaint for made in attacks.values() for complaint in made.complaints]


def of_pages(page_of: PageOf, site: Site, axe: Check, fits: Check) -> list[str]:
    pages, unseen = reached(site)
    told = [f"{name}: no role was shown its page" for name in unseen]
    tabs: dict[Person | None, Page] = {}
    for person, address in to_visit(site, pages):
        if person not in tabs:
            for tab in tabs.values():
                tab.context.close()
            tabs = {person: page_of(person, phone=True)}
        tab = tabs[person]
        tab.goto(address)
        told += [f"{address} ({person}): {one}" for one in complaints(tab, axe, fits)]
    tab = page_of(site.people["Demo Staff Aspen"], phone=True)
    tab.goto("/facilities/new/")
    with tab.expect_response(lambda answer: answer.status == 422):
        tab.locator("main form button[type=submit]").click()
    told += [f"a form that was refused: {one}" for one in complaints(tab, axe, fits)]
    tab.context.close()
    return told


def complaints(tab: Page, axe: Check, fits: Check) -> list[str]:
    told = []
    for check in (axe, fits):
        try:
            check(tab)
        except AssertionError as error:
            told.append(str(error))
    return told + check_keyboard(tab)
