"""What people are told: once, by mail that names no patient, and in a list that is theirs alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from reaccredit.ledger import actions as ledger
from reaccredit.ledger.models import Case
from reaccredit.notices import actions, mailing, queries
from reaccredit.notices.models import Notice
from reaccredit.people import actions as people
from reaccredit.people.models import Person
from reaccredit.people.queries import code

NOON = datetime(2021, 4, 1, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return ledger.open_case(number="CT-000123", programme="diagnostic", modality="CT", now=NOON)


@pytest.fixture
def ada() -> Person:
    return people.register(email="ada@demo.example", name="Ada Admin", password="a long password", now=NOON)


@pytest.fixture
def bea() -> Person:
    return people.register(email="bea@demo.example", name="Bea Bystander", password="a long password", now=NOON)


@pytest.fixture
def as_ada(ada: Person) -> Client:
    client = Client()
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    return client


def tell(*who: Person, case: Case | None = None, key: str = "turn:1", **changes: Any) -> list[Notice]:
    said = {
        "subject": "It is your turn", "body": "Choose an option in case CT-000123.", "link": "/cases/CT-000123/", "now": NOON,
    } | changes  # fmt: skip
    return actions.tell(recipients=[(code(p), p.email) for p in who], case=case, key=key, **said)


# -- telling ------------------------------------------------------------------------------------------------------------


def test_everybody_is_told_once_however_often_the_same_thing_is_said(ada: Person, bea: Person, case: Case) -> None:
    assert len(tell(ada, bea, case=case)) == 2
    assert tell(ada, bea, case=case) == []
    assert len(tell(ada, case=case, key="turn:2")) == 1
    assert Notice.objects.count() == 3


def test_somebody_named_twice_is_told_once(ada: Person) -> None:
    assert len(tell(ada, ada)) == 1


def test_the_mail_leaves_in_the_background_with_the_case_number_and_a_link(
    ada: Person, case: Case, run_tasks: Callable[[], None], settings: Any
) -> None:
    settings.SITE_ADDRESS = "https://reaccredit.example/"
    tell(ada, case=case)
    assert mail.outbox == []
    run_tasks()
    sent = mail.outbox[0]
    assert (sent.to, sent.subject) == (["ada@demo.example"], "It is your turn")
    assert "https://reaccredit.example/cases/CT-000123/" in sent.body
    assert "Case CT-000123" in sent.body
    assert Notice.objects.get().mailed_at is not None


def test_a_mail_that_left_does_not_leave_again(ada: Person, run_tasks: Callable[[], None]) -> None:
    notice = tell(ada)[0]
    run_tasks()
    assert mailing.send(pk=notice.pk, now=NOON) is False
    assert len(mail.outbox) == 1


def test_a_line_break_in_a_subject_begins_no_other_header(ada: Person, run_tasks: Callable[[], None]) -> None:
    tell(ada, subject="It is your turn\r\nBcc: everybody@demo.example")
    run_tasks()
    assert mail.outbox[0].subject == "It is your turn Bcc: everybody@demo.example"
    assert mail.outbox[0].recipients() == ["ada@demo.example"]


class Down(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("the mail server is down")


def test_mail_that_a_server_refused_is_asked_for_again_and_not_while_it_waits(
    ada: Person, run_tasks: Callable[[], None], settings: Any
) -> None:
    notice = tell(ada)[0]
    later = NOON + timedelta(minutes=11)
    assert actions.sweep(now=later) == 0  # it waits for a worker
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    with pytest.raises(ConnectionRefusedError):
        mailing.send(pk=notice.pk, now=NOON)
    DBTaskResult.objects.update(status="FAILED")
    assert actions.sweep(now=later) == 0  # after one failure it waits twice as long
    assert actions.sweep(now=NOON + timedelta(minutes=20)) == 1
    assert actions.sweep(now=NOON + timedelta(minutes=21)) == 0  # it waits for a worker again
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    DBTaskResult.objects.filter(status="FAILED").delete()
    run_tasks()
    assert len(mail.outbox) == 1


def test_a_reminder_is_given_once_for_each_due_date(ada: Person, case: Case) -> None:
    said = {"recipients": [(code(ada), ada.email)], "case": case, "subject": "Option form", "link": "/x/", "now": NOON}
    assert len(actions.remind_row(due="18 April 2021", key="deciding:18", **said)) == 1  # type: ignore[arg-type]
    assert actions.remind_row(due="18 April 2021", key="deciding:18", **said) == []  # type: ignore[arg-type]
    assert len(actions.remind_row(due="30 April 2021", key="deciding:30", **said)) == 1  # type: ignore[arg-type]
    assert Notice.objects.order_by("pk")[0].subject == "Reminder: Option form, case CT-000123"


# -- the list -----------------------------------------------------------------------------------------------------------


def test_the_list_holds_the_readers_own_notices_and_nobody_elses(as_ada: Client, ada: Person, bea: Person) -> None:
    tell(bea, subject="For Bea alone")
    assertContains(as_ada.get(reverse("notices:index")), "No notices yet")
    tell(ada)
    answer = as_ada.get(reverse("notices:index"))
    assertContains(answer, "It is your turn")
    assertNotContains(answer, "For Bea alone")
    assert queries.unread(code(ada)) == 1


def test_every_page_says_how_many_notices_are_unread(as_ada: Client, ada: Person) -> None:
    assertNotContains(as_ada.get("/profile/"), "unread")
    tell(ada)
    assertContains(
        as_ada.get("/profile/"), '<span class="count">1<span class="out-of-sight"> unread</span></span>', count=2
    )


def test_opening_a_notice_reads_it_and_leads_where_it_points(as_ada: Client, ada: Person) -> None:
    notice = tell(ada)[0]
    answer = as_ada.post(reverse("notices:follow", args=[notice.pk]))
    assertRedirects(answer, "/cases/CT-000123/", fetch_redirect_response=False)
    assert queries.unread(code(ada)) == 0


@pytest.mark.parametrize("link", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_a_notice_leads_nowhere_but_into_this_site(as_ada: Client, ada: Person, link: str) -> None:
    notice = tell(ada, link=link)[0]
    assertRedirects(as_ada.post(reverse("notices:follow", args=[notice.pk])), reverse("notices:index"))


def test_the_notice_of_somebody_else_cannot_be_opened_or_marked(as_ada: Client, bea: Person) -> None:
    notice = tell(bea)[0]
    assert as_ada.post(reverse("notices:follow", args=[notice.pk])).status_code == 404
    as_ada.post(reverse("notices:index"), {"what": "read", "notice": [notice.pk]})
    assert queries.unread(code(bea)) == 1


def test_ticked_notices_are_marked_as_read_and_as_unread(as_ada: Client, ada: Person) -> None:
    first, second = tell(ada)[0], tell(ada, key="turn:2")[0]
    as_ada.post(reverse("notices:index"), {"what": "read", "notice": [first.pk, second.pk]})
    assert queries.unread(code(ada)) == 0
    as_ada.post(reverse("notices:index"), {"what": "unread", "notice": [first.pk]})
    assert list(queries.listed(code(ada), only_unread=True)) == [first]
    as_ada.post(reverse("notices:index"), {"what": "all"})
    assert queries.unread(code(ada)) == 0


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "Say whether the ticked notices are read or unread"),
        ({"what": ""}, "Say whether"),
        ({"what": "burn"}, "and nothing else"),
        ({"what": "read"}, "Tick at least one notice first"),
        ({"what": "unread"}, "Tick at least one notice first"),
        ({"what": "read", "notice": ["x"]}, "did not arrive"),
        ({"what": "read", "notice": ["-1"]}, "did not arrive"),
        ({"what": "read", "notice": ["1.5"]}, "did not arrive"),
        ({"what": "read", "notice": ["9" * 40]}, "did not arrive"),
        ({"what": "read", "notice": ["²"]}, "did not arrive"),
        ({"what": "read", "notice": ["1"] * 501}, "did not arrive"),
    ],
)
def test_a_wrong_mark_is_told_what_is_wrong(as_ada: Client, ada: Person, said: dict[str, Any], told: str) -> None:
    tell(ada)
    assertContains(as_ada.post(reverse("notices:index"), said), told, status_code=422)
    assert queries.unread(code(ada)) == 1


def test_the_list_asks_the_database_as_often_for_three_notices_as_for_one(
    as_ada: Client, ada: Person, case: Case, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    tell(ada, case=case)
    as_ada.get(reverse("notices:index"))
    with django_assert_max_num_queries(20) as one:
        as_ada.get(reverse("notices:index"))
    tell(ada, case=case, key="turn:2")
    tell(ada, case=case, key="turn:3")
    with django_assert_num_queries(len(one.captured_queries)):
        as_ada.get(reverse("notices:index"))
