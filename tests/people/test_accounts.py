"""Signing in and out, the profile, passwords, and the people of the demo."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client

from reaccredit.facilities.models import Facility, Personnel
from reaccredit.people import actions
from reaccredit.people.models import Person, Role

NOW = datetime(2021, 4, 1, 12, 0, tzinfo=UTC)
PASSWORD = "a long password"

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    return actions.register(email="ann@demo.example", name="Ann Demo", password=PASSWORD, now=NOW)


@pytest.fixture
def ann(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sign_in(client: Client, email: str = "ann@demo.example", password: str = PASSWORD) -> Any:
    return client.post("/sign-in/?next=/profile/", {"username": email, "password": password, "next": "/profile/"})


@pytest.mark.parametrize("written", ["ann@demo.example", "Ann@Demo.Example", " ann@demo.example "])
def test_a_person_signs_in_however_the_address_is_written(client: Client, person: Person, written: str) -> None:
    answer = sign_in(client, written)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/profile/")
    assert get_user(client) == person


def test_nobody_is_led_to_another_site_after_signing_in(client: Client, person: Person, settings: Any) -> None:
    settings.LOGIN_REDIRECT_URL = "/profile/"
    answer = client.post(
        "/sign-in/", {"username": person.email, "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert answer.headers["Location"] == "/profile/"


def test_a_wrong_password_is_a_refused_form_that_keeps_the_address(client: Client, person: Person) -> None:
    answer = sign_in(client, password="wrong")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "do not belong together" in text
    assert 'value="ann@demo.example"' in text
    assert 'value="wrong"' not in text


def test_an_unknown_address_hears_the_same_as_a_wrong_password(client: Client, person: Person) -> None:
    known = sign_in(client, password="wrong").content.decode().replace(person.email, "")
    unknown = (
        sign_in(client, email="bob@demo.example", password="wrong").content.decode().replace("bob@demo.example", "")
    )
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert token.sub("", known) == token.sub("", unknown)


def test_the_fifth_wrong_password_pauses_the_account_even_for_the_right_one(client: Client, person: Person) -> None:
    statuses = [sign_in(client, email=written, password="wrong").status_code for written in 4 * ["ann@demo.example"]]
    locked = sign_in(client, email="ANN@demo.example", password="wrong")
    assert [*statuses, locked.status_code] == [422, 422, 422, 422, 429]
    assert "for 15 minutes after the last attempt" in locked.content.decode()
    assert sign_in(client).status_code == 429
    assert not get_user(client).is_authenticated


def test_a_paused_account_does_not_pause_a_colleague_at_the_same_hospital(client: Client, person: Person) -> None:
    actions.register(email="bob@demo.example", name="Bob Demo", password=PASSWORD, now=NOW)
    for _ in range(5):
        sign_in(client, password="wrong")
    assert sign_in(client, email="bob@demo.example").status_code == 302


def test_a_link_does_not_sign_anybody_out_but_the_button_does(ann: Client) -> None:
    assert ann.get("/sign-out/").status_code == 405
    assert get_user(ann).is_authenticated
    assert ann.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert not get_user(ann).is_authenticated


def test_a_person_chooses_the_zone_in_which_dates_are_shown(ann: Client, person: Person) -> None:
    assert ann.post("/profile/", {"zone": "Asia/Tokyo"}).status_code == 302
    person.refresh_from_db()
    assert person.zone == "Asia/Tokyo"
    assert "JST" in ann.get("/profile/").content.decode()
    assert ann.post("/profile/", {"zone": ""}).status_code == 302
    person.refresh_from_db()
    assert person.zone == ""


@pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/passwd", "x" * 500, "America"])
def test_a_zone_that_does_not_exist_is_refused(ann: Client, person: Person, zone: str) -> None:
    answer = ann.post("/profile/", {"zone": zone})
    assert answer.status_code == 422
    assert "Choose a time zone from the list." in answer.content.decode()
    person.refresh_from_db()
    assert person.zone == ""


def test_a_new_password_needs_the_old_one(ann: Client, person: Person) -> None:
    new = {"new_password1": "another long one", "new_password2": "another long one"}
    assert ann.post("/profile/password/", {"old_password": "wrong", **new}).status_code == 422
    assert ann.post("/profile/password/", {"old_password": PASSWORD, **new}).status_code == 302
    person.refresh_from_db()
    assert person.check_password("another long one")
    assert get_user(ann) == person


@pytest.mark.parametrize("weak", ["short", "1q2w3e4r5t6y", "ann@demo.example"])
def test_a_weak_password_is_refused_with_what_is_wrong_with_it(ann: Client, person: Person, weak: str) -> None:
    answer = ann.post("/profile/password/", {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak})
    assert answer.status_code == 422
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(client: Client, person: Person) -> None:
    answer = client.post("/forgotten-password/", {"email": person.email}, headers={"host": "localhost"})
    assert answer.headers["Location"] == "/forgotten-password/sent/"
    [letter] = mail.outbox
    link = re.search(r"http://localhost:8000(/forgotten-password/\S+)", letter.body)
    assert link is not None
    form = client.get(link[1], follow=True)
    new = {"new_password1": "another long one", "new_password2": "another long one"}
    assert client.post(form.request["PATH_INFO"], new).headers["Location"] == "/forgotten-password/done/"
    person.refresh_from_db()
    assert person.check_password("another long one")
    assert "be used any more" in client.get(link[1], follow=True).content.decode()


def test_who_was_entered_by_the_facility_chooses_the_first_password_by_the_same_link(client: Client) -> None:
    newcomer = actions.register(email="new@demo.example", name="Nell New", password=None, now=NOW)
    client.post("/forgotten-password/", {"email": "New@demo.example"}, headers={"host": "localhost"})
    [letter] = mail.outbox
    link = re.search(r"http://localhost:8000(/forgotten-password/\S+)", letter.body)
    assert link is not None
    form = client.get(link[1], follow=True)
    client.post(form.request["PATH_INFO"], {"new_password1": "a first long one", "new_password2": "a first long one"})
    newcomer.refresh_from_db()
    assert newcomer.check_password("a first long one")


def test_asking_for_an_account_that_does_not_exist_looks_the_same_and_sends_nothing(client: Client) -> None:
    answer = client.post("/forgotten-password/", {"email": "nobody@demo.example"})
    assert answer.headers["Location"] == "/forgotten-password/sent/"
    assert mail.outbox == []


# -- the demo --


@pytest.fixture
def demo_person(settings: Any) -> Person:
    settings.DEMO = True
    settings.LOGIN_REDIRECT_URL = "/profile/"
    one = actions.register(
        email="paul@demo.example", name="Dr. Paul Demo", password=None, now=NOW, is_demo=True,
        headline="Supervising physician, Harbor Demo Imaging",
    )  # fmt: skip
    harbor = Facility.objects.create(number="D-1", name="Harbor Demo Imaging", city="Boston", state="MA")
    Personnel.objects.create(facility=harbor, person=one, role=Role.SUPERVISING_PHYSICIAN, since=date(2020, 1, 1))
    return one


def test_in_the_demo_one_click_signs_in_as_one_of_its_people(client: Client, demo_person: Person) -> None:
    page = client.get("/sign-in/").content.decode()
    assert "Supervising physician, Harbor Demo Imaging" in page
    assert client.post("/demo/", {"person": demo_person.pk}).headers["Location"] == "/profile/"
    assert get_user(client) == demo_person


def test_in_the_demo_somebody_signed_in_may_become_another(ann: Client, demo_person: Person) -> None:
    ann.post("/demo/", {"person": demo_person.pk})
    assert get_user(ann) == demo_person


@pytest.mark.parametrize("key", ["", "0", "999999", "x", "1' OR 1=1", "٣", "9" * 40])
def test_the_demo_knows_only_its_people(client: Client, demo_person: Person, key: str) -> None:
    assert client.post("/demo/", {"person": key}).status_code == 404
    assert not get_user(client).is_authenticated


def test_the_demo_lends_nobody_s_real_account(client: Client, demo_person: Person, person: Person) -> None:
    assert client.post("/demo/", {"person": person.pk}).status_code == 404
    assert not get_user(client).is_authenticated


def test_outside_the_demo_there_is_no_switch(client: Client, demo_person: Person, settings: Any) -> None:
    settings.DEMO = False
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/", {"person": demo_person.pk}).status_code == 404
    assert not get_user(client).is_authenticated
    assert b"Harbor Demo Imaging" not in client.get("/sign-in/").content


def test_the_switch_needs_the_token_of_its_page(demo_person: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/demo/", {"person": demo_person.pk}).status_code == 403


def test_the_list_of_demo_people_costs_the_same_queries_however_many_there_are(
    client: Client, demo_person: Person, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        client.get("/demo/")
    harbor = Facility.objects.get()
    for number in range(2):
        more = actions.register(
            email=f"more{number}@demo.example", name=f"More {number}", password=None, now=NOW, is_demo=True
        )
        Personnel.objects.create(facility=harbor, person=more, role=Role.TECHNOLOGIST, since=date(2020, 1, 1))
    with django_assert_num_queries(3):
        client.get("/demo/")
