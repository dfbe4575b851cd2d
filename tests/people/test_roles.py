"""Roles in the programme are held from a day to a day, and a signature is bound to what was signed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from reaccredit.people import actions, queries
from reaccredit.people.models import Person, Role, Signature

NOON = datetime(2021, 4, 1, 16, 0, tzinfo=UTC)
TODAY = date(2021, 4, 1)
DAY = timedelta(days=1)
PASSWORD = "correct horse battery"
pytestmark = pytest.mark.django_db


@pytest.fixture
def rita() -> Person:
    return actions.register(email="Rita@Demo.example", name="Rita Reader", password=PASSWORD, now=NOON)


def test_a_role_is_held_from_its_first_day_to_its_last(rita: Person) -> None:
    actions.appoint(person=rita, role=Role.REVIEWER, profession="radiologist", since=TODAY)
    actions.dismiss(person=rita, role=Role.REVIEWER, until=TODAY + DAY)
    assert [queries.holds(rita, "reviewer", TODAY + n * DAY) for n in (-1, 0, 1, 2)] == [False, True, True, False]


def test_reviewers_are_found_by_their_profession(rita: Person) -> None:
    actions.appoint(person=rita, role=Role.REVIEWER, profession="radiologist", since=TODAY)
    assert list(queries.with_role("reviewer", TODAY, "radiologist")) == [rita]
    assert list(queries.with_role("reviewer", TODAY, "medical-physicist")) == []
    assert queries.professions(rita, "reviewer", TODAY) == {"radiologist"}


def test_roles_come_in_their_own_order(rita: Person) -> None:
    for role in (Role.ARBITRATOR, Role.STAFF):
        actions.appoint(person=rita, role=role, since=TODAY)
    assert queries.role_groups(rita, TODAY) == ("staff", "arbitrator")


def test_a_person_is_known_to_the_ledger_by_a_code(rita: Person) -> None:
    code = queries.code(rita)
    assert queries.person_of(code) == rita
    assert queries.names([code, "clock", "person:x", "person:999999"]) == {code: "Rita Reader"}
    assert queries.person_of("clock") is None


def test_signing_takes_the_password_again(rita: Person) -> None:
    said = {"person": rita, "role": "supervising-physician", "meaning": "I sign this letter.", "sha256": "a" * 64}
    with pytest.raises(actions.WrongPassword):
        actions.sign(**said, password="not this one", now=NOON)  # type: ignore[arg-type]
    assert not Signature.objects.exists()
    signed = actions.sign(**said, password=PASSWORD, now=NOON)  # type: ignore[arg-type]
    assert (signed.method, signed.sha256, signed.signed_at) == ("password", "a" * 64, NOON)


def test_demo_people_are_there_in_the_demo_only(settings: Any) -> None:
    headline = "Administrator of Cedar Grove Imaging"
    made = actions.register(
        email="ada@demo.example", name="Ada Admin", password=PASSWORD, now=NOON, is_demo=True, headline=headline
    )
    settings.DEMO = False
    assert list(queries.demo_people()) == []
    settings.DEMO = True
    assert [(p, p.headline) for p in queries.demo_people()] == [(made, headline)]
