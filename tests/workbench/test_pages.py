"""The pages of the workbench, as the staff use them."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reaccredit.workbench import actions, queries
from reaccredit.workbench.models import Draft, Version
from tests.options.clock import clock
from tests.workbench.small import NOW, PASSWORD, SCENARIO, TEXT, begun, examined, member

__all__ = ["clock"]


@pytest.fixture
def author(db, clock):
    clock(NOW)
    return member("Ann Author")


@pytest.fixture
def second(author):
    return member("Sue Second")


@pytest.fixture
def staff(client, author):
    client.force_login(author)
    return client


def at(name, draft, *more):
    return reverse(f"workbench:{name}", args=[draft.pk, *more])


def words(answer):
    return answer.content.decode()


def typed(draft, **changes):
    return {"text": TEXT, "scenarios": SCENARIO, "seen": queries.newest(draft).number} | changes


def test_nobody_but_staff_finds_the_workbench(client, author):
    draft = begun(author)
    stranger = type(author).objects.create_user("other@demo.example", PASSWORD, name="Other", joined_at=NOW)
    client.force_login(stranger)
    for name in ("draft", "edit", "approve"):
        assert client.get(at(name, draft)).status_code == 404
    for name in ("edit", "examine", "propose", "approve", "send-back", "put-aside"):
        assert client.post(at(name, draft), typed(draft)).status_code == 404
    assert client.get(at("text", draft, 1)).status_code == 404
    assert client.get(reverse("workbench:index")).status_code == 404


def test_a_draft_begins_as_a_dated_copy_of_a_revision_with_its_scenarios(staff):
    sent = {"source": "diagnostic@2021-03-08", "in_force": "2027-01-01"}
    answer = staff.post(reverse("workbench:begin"), sent)
    made = Draft.objects.get()
    assert answer.headers["Location"] == at("edit", made)
    version = queries.newest(made)
    assert "revision = 2027-01-01" in " ".join(version.text.split())
    assert "[[scenario]]" in version.scenarios
    assert str(made) == "diagnostic 2027-01-01"


def test_a_draft_begins_from_a_file(staff):
    staff.post(reverse("workbench:begin"), {"file": SimpleUploadedFile("registry.toml", TEXT.encode())})
    assert queries.newest(Draft.objects.get()).text == TEXT


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose a revision to begin from, or a file."),
        ({"source": "diagnostic@1999-01-01"}, "Choose a revision of the list."),
        ({"source": "diagnostic@2021-03-08", "in_force": "soon"}, "Enter a day, such as 2027-01-01."),
    ],
)
def test_what_cannot_be_begun_is_said(staff, sent, said):
    answer = staff.post(reverse("workbench:begin"), sent)
    assert (answer.status_code, said in words(answer)) == (422, True)


@pytest.mark.parametrize("file", [b"\x89PNG\r\n\xff", b"a\x00b", b"x" * 400_001, b"other = 2"])
def test_a_file_that_is_no_policy_is_refused_and_what_was_typed_stays(staff, author, file):
    draft = begun(author)
    answer = staff.post(at("edit", draft), typed(draft, text="mine = 1", file=SimpleUploadedFile("x.toml", file)))
    assert answer.status_code == 422
    assert "mine = 1" in words(answer)
    assert Version.objects.count() == 1


def test_a_text_that_cannot_be_read_is_kept_and_shown_at_its_line(staff, author):
    draft = begun(author)
    answer = staff.post(at("edit", draft), typed(draft, text=TEXT.replace("holder", "holdr", 1)))
    assert answer.status_code == 422
    assert "did you mean &#x27;holder&#x27;?" in words(answer)
    assert "<mark>" in words(answer)
    assert queries.newest(draft).number == 2
    assert "What is wrong" in words(staff.get(at("draft", draft)))


def test_a_file_replaces_the_text_after_what_was_typed_is_kept(staff, author):
    draft = begun(author)
    other = TEXT.replace("Page 1", "Page 3")
    staff.post(
        at("edit", draft), typed(draft, text=TEXT + "# typed\n", file=SimpleUploadedFile("x.toml", other.encode()))
    )
    assert [v.text for v in draft.versions.order_by("number")] == [TEXT, TEXT + "# typed\n", other]


def test_of_two_who_write_at_once_neither_loses_a_word(staff, author, second):
    draft = begun(author)
    actions.save(draft=draft, seen=1, text=TEXT + "# second\n", scenarios="", actor=second, now=NOW)
    answer = staff.post(at("edit", draft), typed(draft, seen=1, text=TEXT + "# first\n"))
    assert answer.status_code == 409
    assert "# first" in words(answer)
    assert "Sue Second saved version 2" in words(answer)
    assert queries.newest(draft).text == TEXT + "# second\n"


def test_the_page_says_what_it_is_doing_until_the_worker_is_done(staff, author, run_tasks):
    draft = begun(author)
    assert "Waiting for the worker to begin" in words(staff.get(at("draft", draft)))
    run_tasks()
    page = words(staff.get(at("draft", draft)))
    assert "It can be handed over for approval" in page
    assert "All as expected" in page


def test_the_way_to_publication_by_two_persons(staff, author, second):
    draft = begun(author)
    examined(draft)
    staff.post(at("propose", draft))
    assert "Waiting for a second member of the staff" in words(staff.get(at("draft", draft)))
    assert "somebody else approves it" in words(staff.post(at("approve", draft), {"password": PASSWORD}))
    staff.force_login(second)
    page = staff.get(at("approve", draft))
    assert "I have read the draft of Ann Author and approve its publication" in words(page)
    assert staff.post(at("approve", draft), {"password": "wrong"}).status_code == 422
    assert staff.post(at("approve", draft), {"password": PASSWORD}).status_code == 302
    assert "Its text is never changed" in words(staff.get(at("draft", draft)))
    assert "Sue Second" in words(staff.get(reverse("workbench:index")))
    article = staff.get(reverse("desks:policy"), {"programme": "registry"})
    assert "A request is judged within 30 days." in words(article)
    assert "not in force yet: it governs from 1 April 2026" in words(article)
    diagnostic = {"programme": "diagnostic", "revision": "2021-03-08"}
    assert "This is an earlier revision" in words(staff.get(reverse("desks:policy"), diagnostic))


def test_the_second_sends_it_back_with_a_reason(staff, author, second):
    draft = begun(author)
    examined(draft)
    staff.post(at("propose", draft))
    staff.force_login(second)
    assert staff.post(at("send-back", draft), {"reason": ""}).status_code == 422
    staff.post(at("send-back", draft), {"reason": "Thirty days are too few."})
    assert "Thirty days are too few." in words(staff.get(at("draft", draft)))


def test_what_is_missing_is_said_where_it_is_handed_over(staff, author):
    draft = begun(author, TEXT.replace("2026-04-01", "2026-01-01"), "")
    examined(draft)
    answer = staff.post(at("propose", draft))
    assert answer.status_code == 422
    assert "write a day after today (2026-03-02)" in words(answer)


def test_a_draft_put_aside_leaves_the_list_and_stays(staff, author):
    draft = begun(author)
    staff.post(at("put-aside", draft))
    assert "No draft is being written" in words(staff.get(reverse("workbench:index")))
    assert staff.get(at("text", draft, 1)).content.decode() == TEXT


def test_the_list_asks_the_database_as_often_for_three_drafts_as_for_one(staff, author):
    counts = []
    for _ in range(3):
        examined(begun(author))
        staff.get(reverse("workbench:index"))
        with CaptureQueriesContext(connection) as asked:
            staff.get(reverse("workbench:index"))
        counts.append(len(asked))
    assert counts[0] == counts[2]
