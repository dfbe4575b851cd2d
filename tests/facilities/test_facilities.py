"""Who belongs to a facility on a day, what they see of it, and what its administrator may change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.test import Client

from reaccredit.facilities import actions, queries
from reaccredit.facilities.models import Facility, Personnel, Unit
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role

NOON = datetime(2021, 4, 1, 16, 0, tzinfo=UTC)
TODAY = date(2021, 4, 1)
SINCE = date(2020, 1, 1)
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def somebody(name: str) -> Person:
    email = f"{name.lower().replace(' ', '.')}@demo.example"
    return people.register(email=email, name=name, password="correct horse battery", now=NOON)


@pytest.fixture
def facility() -> Facility:
    return actions.register(name="Cedar Grove Imaging", city="Albany", state="NY")


@pytest.fixture
def admin(facility: Facility) -> Person:
    made = somebody("Ada Admin")
    actions.post(facility=facility, person=made, role=Role.ADMINISTRATOR, since=SINCE)
    return made


@pytest.fixture
def staff() -> Person:
    made = somebody("Stan Staff")
    people.appoint(person=made, role=Role.STAFF, since=SINCE)
    return made


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


# -- posts


def test_a_post_is_held_from_its_first_day_to_its_last(facility: Facility) -> None:
    person = somebody("Paula Physicist")
    actions.post(facility=facility, person=person, role="medical-physicist", since=TODAY, until=TODAY + DAY)
    held = [queries.roles_at(facility, person, TODAY + n * DAY) for n in (-1, 0, 1, 2)]
    assert held == [frozenset(), {"medical-physicist"}, {"medical-physicist"}, frozenset()]
    assert queries.holders(facility, "medical-physicist", TODAY) == [person]
    assert queries.holders(facility, "medical-physicist", TODAY + 2 * DAY) == []


def test_somebody_may_hold_two_roles_but_each_of_them_once_at_a_time(facility: Facility, admin: Person) -> None:
    actions.post(facility=facility, person=admin, role="technologist", since=SINCE)
    with pytest.raises(actions.AlreadyThere, match="holds this role already"):
        actions.post(facility=facility, person=admin, role="technologist", since=TODAY)
    assert queries.audience(admin, TODAY).posts == {facility.pk: {"administrator", "technologist"}}


def test_who_left_holds_nothing(facility: Facility, admin: Person) -> None:
    Person.objects.filter(pk=admin.pk).update(is_active=False)
    admin.refresh_from_db()
    assert queries.audience(admin, TODAY).facility_ids == frozenset()
    assert queries.role_groups(admin, TODAY) == ()
    assert queries.holders(facility, "administrator", TODAY) == []


def test_nobody_is_nothing() -> None:
    nobody: Any = AnonymousUser()
    assert queries.role_groups(nobody, TODAY) == ()
    assert queries.audience(nobody, TODAY).programme == frozenset()


def test_a_person_belongs_to_each_kind_of_audience_once(facility: Facility, admin: Person) -> None:
    people.appoint(person=admin, role=Role.REVIEWER, since=SINCE)
    people.appoint(person=admin, role=Role.STAFF, since=SINCE)
    actions.post(facility=facility, person=admin, role="technologist", since=SINCE)
    assert queries.role_groups(admin, TODAY) == ("facility", "staff", "reviewer")


def test_the_only_administrator_cannot_be_ended(facility: Facility, admin: Person) -> None:
    post = Personnel.objects.get()
    with pytest.raises(actions.LastAdministrator):
        actions.end_post(post=post, until=TODAY, now=NOON)
    actions.post(facility=facility, person=somebody("Bea Second"), role=Role.ADMINISTRATOR, since=SINCE)
    actions.end_post(post=post, until=TODAY, now=NOON)
    assert queries.roles_at(facility, admin, TODAY + DAY) == frozenset()


# -- scope


def test_staff_see_all_facilities_others_their_own(facility: Facility, admin: Person, staff: Person) -> None:
    other = actions.register(name="Harbor Diagnostics", city="Boston", state="MA")
    assert set(queries.visible(staff, TODAY)) == {facility, other}
    assert list(queries.visible(admin, TODAY)) == [facility]
    assert list(queries.visible(somebody("Rita Reader"), TODAY)) == []
    with pytest.raises(Http404):
        queries.get(admin, other.number, TODAY)


def test_the_page_of_another_facility_does_not_exist(admin: Person) -> None:
    other = actions.register(name="Harbor Diagnostics", city="Boston", state="MA")
    client = as_person(admin)
    for address in ("", "units/new/", "people/new/", "people/1/end/"):
        assert client.get(f"/facilities/{other.number}/{address}").status_code == 404


def test_who_is_not_the_administrator_changes_nothing(facility: Facility) -> None:
    technologist = somebody("Tess Technologist")
    actions.post(facility=facility, person=technologist, role="technologist", since=SINCE)
    client = as_person(technologist)
    page = client.get(f"/facilities/{facility.number}/")
    assert page.status_code == 200
    assert b"Add a unit" not in page.content
    assert (
        client.post(f"/facilities/{facility.number}/units/new/", {"modality": "CT", "name": "CT 1"}).status_code == 403
    )
    assert not Unit.objects.exists()


# -- pages


def test_who_belongs_to_one_facility_goes_straight_to_it(facility: Facility, admin: Person) -> None:
    assert as_person(admin).get("/facilities/").headers["Location"] == f"/facilities/{facility.number}/"


def test_the_administrator_adds_a_unit(facility: Facility, admin: Person) -> None:
    client = as_person(admin)
    address = f"/facilities/{facility.number}/units/new/"
    said = {"modality": "CT", "name": "CT 1", "manufacturer": "Sample", "serial": "77"}
    assert client.post(address, said).status_code == 302
    assert b"CT 1" in client.get(f"/facilities/{facility.number}/").content
    for typed, sentence in [
        ({"modality": ""}, "Choose the modality of the unit."),
        ({"modality": "US"}, "Choose one of the modalities."),
        ({"name": ""}, "Enter the name by which you know the unit."),
        ({"name": "x" * 81}, "Use at most 80 characters."),
        ({"name": "ct 1"}, "with the name"),
        ({"name": "CT 2"}, "serial number 77 is entered already"),
    ]:
        page = client.post(address, said | typed)
        assert page.status_code == 422, typed
        assert sentence in page.content.decode()
        assert 'value="Sample"' in page.content.decode()
    assert Unit.objects.count() == 1


def test_the_administrator_adds_a_person_who_may_have_an_account_already(facility: Facility, admin: Person) -> None:
    client = as_person(admin)
    address = f"/facilities/{facility.number}/people/new/"
    said = {
        "name": "Paula Physicist",
        "email": "Paula@demo.example",
        "role": "medical-physicist",
        "since": "2021-04-01",
    }
    assert client.post(address, said).status_code == 302
    paula = Person.objects.get(email="paula@demo.example")
    assert not paula.has_usable_password()
    assert client.post(address, said | {"role": "technologist"}).status_code == 302
    assert queries.roles_at(facility, paula, TODAY) == {"medical-physicist", "technologist"}
    for typed, sentence in [
        ({"name": ""}, "Enter the person&#x27;s name."),
        ({"email": "paula"}, "Enter an email address"),
        ({"role": ""}, "Choose the role."),
        ({"role": "staff"}, "Choose one of the roles."),
        ({"since": "soon"}, "Write the day as year-month-day"),
        ({}, "holds this role already"),
    ]:
        page = client.post(address, said | typed)
        assert page.status_code == 422, typed
        assert sentence in page.content.decode()


def test_a_role_ends_with_its_last_day(facility: Facility, admin: Person) -> None:
    paula = somebody("Paula Physicist")
    post = actions.post(facility=facility, person=paula, role="medical-physicist", since=SINCE)
    client = as_person(admin)
    address = f"/facilities/{facility.number}/people/{post.pk}/end/"
    assert client.post(address, {"until": "2019-01-01"}).status_code == 422
    assert client.post(address, {"until": ""}).status_code == 422
    assert client.post(address, {"until": "2021-04-01"}).status_code == 302
    assert queries.roles_at(facility, paula, TODAY + DAY) == frozenset()
    assert client.get(address).status_code == 404
    only = Personnel.objects.get(role="administrator")
    page = client.post(f"/facilities/{facility.number}/people/{only.pk}/end/", {"until": "2021-04-01"})
    assert page.status_code == 422
    assert b"only administrator" in page.content


def test_staff_register_a_facility(staff: Person, admin: Person) -> None:
    client = as_person(staff)
    assert client.post("/facilities/new/", {"name": "", "city": "", "state": ""}).status_code == 422
    answer = client.post("/facilities/new/", {"name": "Lakeside MRI", "city": "Erie", "state": "PA"})
    assert client.get(answer.headers["Location"]).status_code == 200
    assert as_person(admin).get("/facilities/new/").status_code == 404


def test_the_list_of_facilities_asks_the_same_number_of_questions_for_one_and_for_three(
    facility: Facility, staff: Person, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client = as_person(staff)
    client.get("/facilities/")
    with django_assert_max_num_queries(20) as one:
        client.get("/facilities/")
    for name in ("Harbor Diagnostics", "Lakeside MRI"):
        actions.register(name=name, city="Boston", state="MA")
    with django_assert_num_queries(len(one)):
        page = client.get("/facilities/")
    assert len(page.context["page"].object_list) == 3


def test_the_page_of_a_facility_asks_the_same_number_of_questions_for_one_and_for_three(
    facility: Facility, admin: Person, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client, address = as_person(admin), f"/facilities/{facility.number}/"
    actions.add_unit(facility=facility, modality="CT", name="CT 1")
    client.get(address)
    with django_assert_max_num_queries(20) as one:
        client.get(address)
    for number in (2, 3):
        actions.add_unit(facility=facility, modality="CT", name=f"CT {number}")
        actions.post(facility=facility, person=somebody(f"Tess {number}"), role="technologist", since=SINCE)
    with django_assert_num_queries(len(one)):
        client.get(address)


@pytest.mark.parametrize(
    ("words", "count"), [("cedar", 1), ("cedar NY", 1), ("cedar boston", 0), ("F-0000", 1), ("%", 0)]
)
def test_facilities_are_found_by_name_number_city_and_state(
    facility: Facility, staff: Person, words: str, count: int
) -> None:
    page = as_person(staff).get("/facilities/", {"search": words})
    assert len(page.context["page"].object_list) == count


def test_every_modality_has_a_page_with_its_sources(admin: Person) -> None:
    client = as_person(admin)
    page = client.get("/facilities/modalities/")
    for modality in page.context["modalities"]:
        shown = client.get(f"/facilities/modalities/{modality.code}/")
        assert shown.status_code == 200
        assert modality.source.article in shown.content.decode()
    assert "The policy does not say" in client.get("/facilities/modalities/CT/").content.decode()
    assert client.get("/facilities/modalities/XR/").status_code == 404
