"""Each audience finds its own ways, and no way leads to a page that does not exist."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from reaccredit.facilities.models import Facility, Personnel
from reaccredit.people import actions
from reaccredit.people.models import Person, Role
from reaccredit.project.navigation import NAVIGATION, entries_for, footer_entries

NOW = datetime(2021, 4, 1, 12, 0, tzinfo=UTC)
TODAY = date(2021, 4, 1)

pytestmark = pytest.mark.django_db


def somebody(email: str, role: str = "") -> Person:
    person = actions.register(email=email, name=email, password=None, now=NOW)
    if role:
        actions.appoint(person=person, role=role, since=date(2021, 1, 1))
    return person


def at_a_facility(email: str, until: date | None = None) -> Person:
    person = somebody(email)
    harbor = Facility.objects.create(number=f"D-{person.pk}", name="Harbor Demo Imaging", city="Boston", state="MA")
    Personnel.objects.create(
        facility=harbor, person=person, role=Role.TECHNOLOGIST, since=date(2020, 1, 1), until=until
    )
    return person


def ways(person: object, path: str = "/profile/") -> list[str]:
    return [link.words for link in entries_for(person, path, TODAY)]


def test_a_facility_finds_its_reports_and_no_queue() -> None:
    found = ways(at_a_facility("tom@demo.example"))
    assert "My Final Reports" in found
    assert "Queue" not in found
    assert "Reading list" not in found


def test_staff_are_led_to_the_queue_by_one_way_only() -> None:
    found = ways(somebody("sam@demo.example", Role.STAFF))
    assert found[0] == "Queue"
    assert "Home" not in found


def test_a_reviewer_finds_the_reading_list_and_no_facility() -> None:
    found = ways(somebody("rita@demo.example", Role.REVIEWER))
    assert "Reading list" in found
    assert "Facilities" not in found
    assert "My Final Reports" not in found


def test_a_post_that_has_ended_opens_no_way_any_more() -> None:
    assert "My Final Reports" not in ways(at_a_facility("old@demo.example", until=date(2021, 3, 31)))


def test_somebody_with_two_roles_finds_each_way_once() -> None:
    person = somebody("both@demo.example", Role.STAFF)
    actions.appoint(person=person, role=Role.SURVEY_TEAM, since=date(2021, 1, 1))
    found = ways(person)
    assert len(found) == len(set(found))


def test_a_stranger_finds_no_way_but_the_foot_of_the_page() -> None:
    assert ways(AnonymousUser()) == []
    assert "Accessibility" in [link.words for link in footer_entries()]


def test_the_way_that_leads_here_is_marked() -> None:
    links = entries_for(at_a_facility("tom@demo.example"), "/packages/7/", TODAY)
    assert [link.words for link in links if link.current] == ["Testing packages"]


def test_every_role_of_the_programme_has_ways_of_its_own() -> None:
    assert set(NAVIGATION) == {"facility", Role.STAFF, Role.REVIEWER, Role.ARBITRATOR, Role.SURVEY_TEAM}


@pytest.mark.parametrize("role", [r for r in NAVIGATION if r != "facility"])
def test_each_way_of_a_role_opens(role: str, client: Client) -> None:
    person = somebody("one@demo.example", role)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    answers = {link.url: client.get(link.url, follow=True).status_code for link in entries_for(person, "/", TODAY)}
    assert {url: status for url, status in answers.items() if status != 200} == {}


def test_each_way_of_a_facility_opens(client: Client) -> None:
    person = at_a_facility("tom@demo.example")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    answers = {link.url: client.get(link.url, follow=True).status_code for link in entries_for(person, "/", TODAY)}
    assert {url: status for url, status in answers.items() if status != 200} == {}
