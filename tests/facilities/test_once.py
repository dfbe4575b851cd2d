"""Who asks for a page, and what every page asks of its reader: one question beside that of the session."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, get_user
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reaccredit.facilities import actions, queries
from reaccredit.facilities.models import Facility
from reaccredit.facilities.once import SignedIn, known, looked_at
from reaccredit.ledger import publishing
from reaccredit.notices.models import Notice
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code, roles_of

PASSWORD = "correct horse battery"
TODAY = date(2021, 4, 1)
DAY = timedelta(days=1)
BEFORE = "django.contrib.auth.backends.ModelBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture
def facility() -> Facility:
    return actions.register(name="Cedar Grove Imaging", city="Albany", state="NY")


@pytest.fixture
def ada(facility: Facility) -> Person:
    made = people.register(email="ada@demo.example", name="Ada", password=PASSWORD, now=timezone.now())
    actions.post(facility=facility, person=made, role=Role.ADMINISTRATOR, since=TODAY, until=TODAY + DAY)
    actions.post(facility=facility, person=made, role=Role.TECHNOLOGIST, since=TODAY + DAY)
    people.appoint(person=made, role=Role.REVIEWER, profession="radiologist", since=TODAY)
    people.dismiss(person=made, role=Role.REVIEWER, until=TODAY + DAY)
    people.appoint(person=made, role=Role.SURVEY_TEAM, since=TODAY + 2 * DAY)
    return made


@pytest.mark.parametrize(
    ("day", "posts", "roles"),
    [
        (TODAY - DAY, set(), set()),
        (TODAY, {"administrator"}, {"reviewer"}),
        (TODAY + DAY, {"administrator", "technologist"}, {"reviewer"}),
        (TODAY + 2 * DAY, {"technologist"}, {"survey-team"}),
    ],
)
def test_posts_and_roles_are_held_from_their_first_day_to_their_last(
    ada: Person, facility: Facility, day: date, posts: set[str], roles: set[str]
) -> None:
    found = known(ada, day)
    assert (found.posts.get(facility.pk, set()), found.roles) == (posts, roles)
    assert (queries.roles_at(facility, ada, day), roles_of(ada, day)) == (posts, roles)


def test_who_asks_for_a_page_is_asked_once_for_the_person_and_for_all_days(ada: Person, facility: Facility) -> None:
    Notice.objects.create(key="a", recipient=code(ada), subject="A", body="B", created_at=timezone.now())
    with looked_at(), publishing.asked_once(), CaptureQueriesContext(connection) as asked:
        person = SignedIn().get_user(ada.pk)
        assert person == ada
        assert [known(person, day).unread for day in (TODAY, TODAY + 2 * DAY)] == [1, 1]
        assert roles_of(person, TODAY) == {"reviewer"}
        assert publishing.stamp() == publishing.NOTHING
    assert len(asked) == 1


def test_a_request_that_may_write_asks_anew_each_time(ada: Person) -> None:
    assert known(ada, TODAY).roles == {"reviewer"}
    people.dismiss(person=ada, role=Role.REVIEWER, until=TODAY)
    with CaptureQueriesContext(connection) as asked:
        assert SignedIn().get_user(ada.pk) == ada
        assert known(ada, TODAY + DAY).roles == set()
    assert len(asked) == 2


def test_whoever_signs_in_is_known_again_by_that_question_and_whoever_had_signed_in_before_stays_so(
    client: Client, ada: Person
) -> None:
    client.post("/sign-in/", {"username": ada.email, "password": PASSWORD})
    assert client.session[BACKEND_SESSION_KEY].endswith(".SignedIn")
    assert get_user(client) == ada
    earlier = Client()
    earlier.force_login(ada, backend=BEFORE)
    assert earlier.get("/profile/").status_code == client.get("/profile/").status_code == 200


def test_whoever_is_not_active_any_more_is_nobody_at_the_next_page(client: Client, ada: Person) -> None:
    client.post("/sign-in/", {"username": ada.email, "password": PASSWORD})
    assert client.get("/profile/").status_code == 200
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    assert client.get("/profile/").status_code == 302
    with looked_at():
        assert SignedIn().get_user(ada.pk) is None
        assert SignedIn().get_user(ada.pk + 1) is None
