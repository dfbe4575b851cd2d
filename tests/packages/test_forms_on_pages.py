"""Forms on the pages of a package: what a refused one says, and that nothing typed is lost."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from reaccredit.packages import actions, queries
from reaccredit.packages.models import Item, Package
from tests.packages.asking import As, at, item, page, signed_in, upload
from tests.packages.world import DAY, World, answers, fill, images, send


@pytest.fixture
def now() -> datetime:
    """Pages read the clock, so their cases were opened a little while ago."""
    return datetime.now(UTC) - timedelta(hours=2)


@pytest.fixture
def package(world: World, now: datetime) -> Package:
    return world.accepted(now)


@pytest.fixture
def by() -> As:
    return signed_in


# -- data forms: ten wrong inputs, each with a sentence, and nothing lost

WRONG = [
    ("kvp", "", "Enter the tube voltage."),
    ("kvp", "a lot", "Write a number with a point"),
    ("kvp", "120,5", "Write a number with a point"),
    ("kvp", "12000", "This must be from 40 to 200 kVp."),
    ("kvp", "-1", "This must be from 40 to 200 kVp."),
    ("kvp", "NaN", "Write a number with a point"),
    ("kvp", "1e9", "This must be from 40 to 200 kVp."),
    ("rows", "2.5", "Write a whole number"),
    ("rotation", "0.12345", "at most three digits after the point"),
    ("mode", "spiral", "Choose one of the answers of the list."),
    ("mode", "", "Choose an answer: Scan mode."),
    ("kernel", "B" * 41, "Use at most 40 characters; this has 41."),
    ("kernel", "", "Enter the reconstruction kernel."),
    ("kernel", "\0", "Null characters are not allowed."),
]


@pytest.mark.parametrize(("name", "typed", "said"), WRONG)
def test_a_wrong_answer_gets_a_sentence_and_nothing_typed_is_lost(world, package, by, name, typed, said):
    protocol = item(package, "chest/adult", "protocol.1")
    filled = answers(protocol) | {"remarks": "Typed with care", name: typed}
    answer = by(world.admin).post(at("form", package.pk, protocol.pk), filled)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert escape(said) in text
    assert "Typed with care" in text
    if name != "mode":  # a choice that is not on the page cannot be shown on it
        assert escape(typed.replace("\0", "")) in text
    assert not protocol.entries.exists()


DATES = [
    ("", "Enter the day of the measurements."),
    ("27.3.2021", "Write the day as year-month-day"),
    ("2021-02-30", "Write the day as year-month-day"),
    ("2999-01-01", "lies in the future"),
    ("0021-03-27", "too long ago"),
]


@pytest.mark.parametrize(("typed", "said"), DATES)
def test_a_wrong_day_gets_a_sentence(world, package, by, typed, said):
    form = item(package, "phantom/image-quality", "dosimetry")
    answer = by(world.admin).post(at("form", package.pk, form.pk), answers(form) | {"measured": typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_right_form_is_saved_and_shown_again(world, package, by):
    protocol = item(package, "chest/adult", "protocol.1")
    client = by(world.admin)
    answer = client.post(at("form", package.pk, protocol.pk), answers(protocol) | {"kvp": "120.50"}, follow=True)
    assert "is saved" in answer.content.decode()
    assert 'value="120.50"' in page(client, "form", package.pk, protocol.pk)
    assert "Tube voltage: 120.50 kVp" in page(client, "check", package.pk)
    entry = queries.entry(protocol)
    assert entry
    assert entry.answers["kvp"] == "120.50"
    assert entry.saved_by == world.admin


def test_two_who_fill_in_one_form_see_each_others_answers(world, package, by):
    protocol = item(package, "chest/adult", "protocol.1")
    address = at("form", package.pk, protocol.pk)
    mine = answers(protocol) | {"kernel": "MINE", "seen": ""}
    by(world.physicist).post(address, answers(protocol) | {"kernel": "THEIRS", "seen": ""})
    answer = by(world.admin).post(address, mine)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Phil Physicist saved this form" in text
    assert "THEIRS" in text
    assert 'value="MINE"' in text
    seen = queries.entry(protocol)
    assert seen
    assert f'name="seen" value="{seen.pk}"' in text
    assert by(world.admin).post(address, mine | {"seen": str(seen.pk)}).status_code == 302


# -- documents


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "Choose the document"), (b"", "The file is empty"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 9, "")],
)
def test_a_document_that_is_none_is_refused_with_a_sentence(world, package, by, content, said):
    paper = item(package, None, "annual-evaluation")
    data = {} if content is None else {"paper": SimpleUploadedFile("scan.pdf", content)}
    answer = by(world.admin).post(at("item", package.pk, paper.pk), data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not paper.papers.exists()


def test_a_document_is_received_and_a_newer_one_counts(world, package, by):
    paper = item(package, None, "annual-evaluation")
    client = by(world.admin)
    for words in (b"Within limits.\n", b"Within limits, corrected.\n"):
        client.post(at("item", package.pk, paper.pk), {"paper": SimpleUploadedFile("summary.txt", words)})
    text = page(client, "item", package.pk, paper.pk)
    assert text.count("Counts") == 1
    assert text.count("Replaced") == 1


# -- post, ways of sending, giving back


def posted(package: Package, now: datetime, **changes: Any) -> dict[str, Any]:
    return {
        "medium": "cd", "received_at": timezone.localtime(now).strftime("%Y-%m-%d %H:%M:%S"), "pieces": "1", "tracking": "1Z",
        "items": [str(found.pk) for found in queries.image_items(package)], "contents": "Two discs in a sleeve",
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"medium": ""}, "Say whether CDs or films came."),
        ({"medium": "tape"}, "Choose CD or film."),
        ({"received_at": ""}, "Enter when the parcel arrived."),
        ({"received_at": "yesterday"}, "Write the day and the time as"),
        ({"received_at": "2999-01-01 10:00"}, "lies in the future"),
        ({"received_at": "2001-01-01 10:00"}, "before the package was opened"),
        ({"pieces": ""}, "Enter how many CDs"),
        ({"pieces": "0"}, "At least one"),
        ({"pieces": "two"}, "Write a whole number"),
        ({"pieces": "9999"}, "At most 500"),
        ({"items": []}, "Tick what is on the CD or film."),
        ({"items": ["999999"]}, "not part of this package"),
        ({"items": ["x"]}, "not part of this package"),
        ({"tracking": "1" * 81}, "80"),
    ],
)
def test_a_wrong_entry_of_post_gets_a_sentence_and_nothing_typed_is_lost(world, package, by, now, changes, said):
    sent = posted(package, now + timedelta(hours=1), **changes)
    answer = by(world.staff).post(at("media", package.pk), sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert "Two discs in a sleeve" in text
    assert not package.media.exists()


def test_staff_record_post_and_submit_for_the_facility(world, package, by, now):
    package = actions.choose_medium(package=package, medium="cd", actor=world.admin, now=now)
    fill(package, world.admin, now, leave=[found.pk for found in queries.image_items(package)])
    client, came = by(world.staff), now + timedelta(hours=1)
    answer = client.post(at("media", package.pk), posted(package, came), follow=True)
    assert "What came by post is recorded." in answer.content.decode()
    when = timezone.localtime(came).strftime("%Y-%m-%d %H:%M:%S")
    assert "Handed in" in page(client, "check", package.pk)
    assert client.post(at("check", package.pk), {"happened_at": when}).status_code == 302
    package.refresh_from_db()
    assert package.submitted_at == came.replace(microsecond=0)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Enter when"), ("soon", "Write the day"), ("2999-01-01 10:00", "future"), ("2001-01-01 10:00", "before")],
)
def test_staff_who_submit_say_when_it_was_here(world, package, by, now, typed, said):
    fill(package, world.admin, now)
    answer = by(world.staff).post(at("check", package.pk), {"happened_at": typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    package.refresh_from_db()
    assert package.submitted_at is None


@pytest.mark.parametrize(("typed", "said"), [("", "Choose how"), ("fax", "Choose upload, CD or film.")])
def test_a_wrong_way_of_sending_gets_a_sentence(world, package, by, typed, said):
    answer = by(world.admin).post(at("medium", package.pk), {"medium": typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_the_way_of_sending_is_chosen_and_shown(world, package, by):
    answer = by(world.admin).post(at("medium", package.pk), {"medium": "film"}, follow=True)
    text = answer.content.decode()
    assert "Way of sending: Film." in text
    assert "Staff tick this when it has come by post." in text


@pytest.mark.parametrize(("typed", "said"), [("", "Write what has to be"), ("x" * 2001, "Use at most 2000 characters")])
def test_giving_back_needs_a_comment(world, package, by, now, typed, said):
    fill(package, world.admin, now)
    actions.submit(package=package, actor=world.admin, now=now)
    answer = by(world.staff).post(at("return", package.pk), {"comment": typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_the_comment_stands_on_the_facilitys_page(world, package, by, now):
    fill(package, world.admin, now)
    actions.submit(package=package, actor=world.admin, now=now)
    by(world.staff).post(at("return", package.pk), {"comment": "The <scout> is missing."})
    text = page(by(world.admin), "package", package.pk)
    assert "The &lt;scout&gt; is missing." in text
    assert "Given back" in text


def test_giving_back_what_is_not_submitted_is_a_409(world, package, by):
    assert by(world.staff).post(at("return", package.pk), {"comment": "Why?"}).status_code == 409


def test_after_the_due_date_the_page_says_so_with_the_clause(world, by):
    package = world.accepted(datetime.now(UTC) - 60 * DAY)
    text = page(by(world.admin), "package", package.pk)
    assert "Nothing can be handed in now" in text
    assert "comes too late" in text
    fill_item = item(package, "chest/adult", "exam.1")
    assert "Send images" not in page(by(world.admin), "item", package.pk, fill_item.pk)
    assert by(world.admin).post(at("item", package.pk, fill_item.pk), {"images": upload(b"x")}).status_code == 409


def test_where_the_policy_sets_no_date_the_page_says_so(world, by):
    start = datetime.now(UTC) - 10 * DAY
    appeal = world.appeal(world.submitted(start), ["chest/adult"], start + DAY)
    text = page(by(world.admin), "package", appeal.pk)
    assert "The policy sets no date for this package." in text
    assert "What the policy does not say" in text


def test_ticks_and_crosses_stand_beside_the_images_with_their_source(world, by, package, now):
    abdomen = item(package, "abdomen/adult", "exam.1")
    send(abdomen, images(abdomen, now, slices=4), world.admin, now)
    said = page(by(world.admin), "item", package.pk, abdomen.pk)
    assert "Slices are at most 5 mm thick." in said
    assert ">Yes</" in said
    assert "article 11000049638 of 10 November 2022" in said


def asks(client: Client, item: Item, **question: Any) -> Any:
    address = reverse("packages:sending", args=[item.package_id, item.pk])
    return client.post(address, question, content_type="application/json")


def test_the_sending_page_asks_which_files_are_here_and_of_its_own_item_only(world, by, package, now):
    chest, head = item(package, "chest/adult", "exam.1"), item(package, "head-neck/adult", "exam.1")
    send(chest, images(chest, now), world.admin, now)
    keys = sorted(chest.collection.instances.values_list("sha256", flat=True))
    client = by(world.admin)
    assert asks(client, chest, ask="have", sha256=[*keys, "0" * 64]).json() == {"here": keys}
    assert asks(client, head, ask="have", sha256=keys).json() == {"here": []}
    key = asks(client, chest, ask="announce", files=3, size=99).json()["key"]
    assert "Sending 3 files" in page(client, "item", package.pk, chest.pk)
    assert asks(client, chest, ask="end", key=key).json() == {"ended": True}
    assert "Sending 3 files" not in page(client, "item", package.pk, chest.pk)
    assert asks(by(world.stranger), chest, ask="have", sha256=keys).status_code == 404


@pytest.mark.parametrize(
    "question",
    [
        {"ask": "else"}, {}, {"ask": "have"}, {"ask": "have", "sha256": ["../x"]}, {"ask": "have", "sha256": "abc"},
        {"ask": "announce", "files": 0, "size": 1}, {"ask": "announce", "files": True, "size": 1}, {"ask": "end", "key": "x"},
    ],
)  # fmt: skip
def test_what_the_script_does_not_ask_is_refused_with_a_sentence(world, by, package, question):
    answer = asks(by(world.admin), item(package, "chest/adult", "exam.1"), **question)
    assert answer.status_code == 400
    assert "Load it again" in answer.json()["stop"]


def test_a_file_that_was_altered_on_its_way_is_told_so_and_not_taken(world, by, package, now):
    chest = item(package, "chest/adult", "exam.1")
    good = images(chest, now)
    files = [SimpleUploadedFile(f"{n}.dcm", content) for n, content in enumerate(good)]
    said = {"images": files, "sha256": [hashlib.sha256(good[0]).hexdigest(), "0" * 64]}
    address = at("item", package.pk, chest.pk)
    answer = by(world.admin).post(address, said, headers={"X-Upload": "script"}).json()
    assert (answer["accepted"], [one["code"] for one in answer["refused"]]) == (1, ["altered"])
