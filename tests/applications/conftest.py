"""A facility with its people, the programme's staff, and an application on its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from reaccredit.applications import actions
from reaccredit.applications.models import Application
from reaccredit.facilities import actions as facilities
from reaccredit.facilities.models import Facility, Unit
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role

NOON = datetime(2021, 4, 1, 16, 0, tzinfo=UTC)
SINCE = date(2020, 1, 1)
PASSWORD = "correct horse battery"


def person(name: str, role: str = "", facility: Facility | None = None) -> Person:
    email = f"{name.lower().replace(' ', '.')}@demo.example"
    made = people.register(email=email, name=name, password=PASSWORD, now=NOON)
    if facility:
        facilities.post(facility=facility, person=made, role=role, since=SINCE)
    elif role:
        people.appoint(person=made, role=role, since=SINCE)
    return made


@dataclass
class House:
    """One facility with two CT units and one MRI unit, its people, and somebody of the staff."""

    facility: Facility
    admin: Person
    technologist: Person
    staff: Person
    stranger: Person
    units: dict[str, Unit] = field(default_factory=dict)


@pytest.fixture
def house(db: None) -> House:
    facility = facilities.register(name="Cedar Grove Imaging", city="Albany", state="NY")
    other = facilities.register(name="Harbor Diagnostics", city="Boston", state="MA")
    made = House(
        facility,
        person("Ada Admin", Role.ADMINISTRATOR, facility),
        person("Tess Technologist", Role.TECHNOLOGIST, facility),
        person("Stan Staff", Role.STAFF),
        person("Harry Harbor", Role.ADMINISTRATOR, other),
    )
    for modality, name in [("CT", "CT 1"), ("CT", "CT 2"), ("MRI", "MRI 1"), ("MAM", "MAM 1")]:
        made.units[name] = facilities.add_unit(facility=facility, modality=modality, name=name)
    return made


ADULT_CT = {"head-neck/adult": "Routine head", "chest/adult": "Routine chest", "abdomen/adult": "Portal-venous abdomen"}


@pytest.fixture
def drafted(house: House) -> Callable[..., Application]:
    def make(**changes: Any) -> Application:
        said = {
            "facility": house.facility, "unit": house.units["CT 1"], "modality": "CT", "areas": list(ADULT_CT),
            "exams": ADULT_CT, "actor": house.admin, "now": NOON,
        } | changes  # fmt: skip
        return actions.draft(**said)

    return make


@pytest.fixture
def submitted(house: House, drafted: Callable[..., Application]) -> Application:
    return actions.submit(application=drafted(), actor=house.admin, now=NOON)


@pytest.fixture
def paid(house: House, submitted: Application) -> Application:
    assert submitted.invoice
    actions.record_payment(
        invoice=submitted.invoice, cents=None, reference="check 77", received_at=None, actor=house.staff, now=NOON
    )
    submitted.invoice.refresh_from_db()
    return submitted
