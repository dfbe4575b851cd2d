"""From a facility with one scanner to a testing package that staff may open, in the browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from reaccredit.facilities import actions as facilities
from reaccredit.facilities.models import Facility
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role

pytestmark = pytest.mark.django_db(transaction=True)
SINCE = date(2020, 1, 1)
Look = Callable[[Page], None]


def somebody(name: str, now: datetime) -> Person:
    email = f"{name.lower().replace(' ', '.')}@demo.example"
    return people.register(email=email, name=name, password="correct horse battery", now=now)


@pytest.fixture
def facility(transactional_db: None) -> Facility:
    return facilities.register(
        name="Cedar Grove Imaging", street="12 Cedar Lane", city="Albany", state="NY", postcode="12207"
    )


@pytest.fixture
def admin(facility: Facility) -> Person:
    made = somebody("Ada Admin", timezone.now())
    facilities.post(facility=facility, person=made, role=Role.ADMINISTRATOR, since=SINCE)
    return made


@pytest.fixture
def staff(transactional_db: None) -> Person:
    made = somebody("Stan Staff", timezone.now())
    people.appoint(person=made, role=Role.STAFF, since=SINCE)
    return made


@pytest.fixture
def look(axe: Look, fits: Look, picture: Callable[..., Any]) -> Callable[[Page, str], None]:
    """Accessibility, width and a picture of the page."""

    def check(page: Page, name: str) -> None:
        axe(page)
        fits(page)
        picture(page, name)

    return check


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_facility_applies_and_staff_record_the_fee(
    page_of: Any, admin: Person, staff: Person, facility: Facility, look: Callable[[Page, str], None], phone: bool
) -> None:
    size = "phone" if phone else "desktop"
    page = page_of(admin, phone=phone)

    page.goto(f"/facilities/{facility.number}/")
    page.get_by_role("link", name="Add a unit").click()
    page.get_by_role("button", name="Add the unit").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the name by which you know the unit.")
    look(page, f"facility-unit-refused-{size}")
    page.get_by_label("Computed tomography (CT)").check()
    page.get_by_label("Name of the unit").fill("CT 1")
    page.get_by_role("button", name="Add the unit").click()
    expect(page.get_by_role("status")).to_contain_text("CT 1 is added.")
    look(page, f"facility-{size}")

    page.get_by_role("link", name="Apply for accreditation").click()
    look(page, f"application-new-{size}")
    page.get_by_label("CT 1 – Computed tomography (CT)").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one module.")
    look(page, f"application-modules-{size}")
    page.get_by_label("Chest, adult").check()
    page.get_by_label("Abdomen, adult").check()
    page.get_by_role("button", name="Save and continue").click()
    look(page, f"application-exams-{size}")
    page.get_by_label("Chest, adult").fill("Routine chest")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("Say which exam you will send for Abdomen, adult.")).to_be_visible()
    look(page, f"application-not-complete-{size}")
    page.get_by_role("link", name="Say which exam").click()
    page.get_by_label("Abdomen, adult").fill("Portal-venous abdomen")
    page.get_by_role("button", name="Save and continue").click()
    look(page, f"application-check-{size}")
    page.get_by_label("What is said here is correct").check()
    page.get_by_role("button", name="Submit the application").click()
    expect(page.get_by_text("It is your turn: pay the fee of $2,900.00")).to_be_visible()
    look(page, f"application-submitted-{size}")

    desk = page_of(staff, phone=phone)
    desk.goto("/applications/")
    look(desk, f"applications-{size}")
    desk.get_by_role("link", name="CT-000001").click()
    desk.get_by_role("link", name="Record the fee").click()
    expect(desk.get_by_label("Amount in US dollars")).to_have_value("2900.00")
    look(desk, f"invoice-{size}")
    desk.get_by_role("button", name="Record the payment").click()
    expect(desk.get_by_role("status")).to_contain_text("is recorded")
    desk.goto("/invoices/")
    look(desk, f"invoices-{size}")
    desk.goto("/applications/CT-000001/1/")
    expect(desk.get_by_role("link", name="Accept")).to_be_visible()
    look(desk, f"application-paid-{size}")
    desk.goto("/facilities/")
    look(desk, f"facilities-{size}")
    desk.goto("/facilities/modalities/CT/")
    look(desk, f"modality-{size}")
