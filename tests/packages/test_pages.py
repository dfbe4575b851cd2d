"""The pages, asked as people ask them: who sees what, what a refused form says, and that nothing typed is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from reaccredit.applications import actions as applications
from reaccredit.imaging.models import Instance
from reaccredit.packages import actions, queries
from reaccredit.packages.models import Item, Package
from reaccredit.people.models import Person
from tests.packages.world import DAY, EXAMS, World, answers, fill, images, send

As = Callable[[Person], Client]


@pytest.fixture
def now() -> datetime:
    """Pages read the clock, so their cases were opened a little while ago."""
    return datetime.now(UTC) - timedelta(hours=2)


@pytest.fixture
def package(world: World, now: datetime) -> Package:
    return world.accepted(now)


@pytest.fixture
def by() -> As:
    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def item(package: Package, area: str | None, code: str) -> Item:
    found = package.items.select_related("area", "collection").get(area__code=area, code=code)
    found.package = package
    return found


def at(name: str, *keys: object) -> str:
    return reverse(f"packages:{name}", args=keys)


def page(client: Client, name: str, *keys: object, status: int = 200) -> str:
    answer = client.get(at(name, *keys))
    assert answer.status_code == status
    return answer.content.decode()


def upload(*files: bytes) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(f"image{n}.dcm", content) for n, content in enumerate(files, 1)]


# -- who sees what


def addresses(package: Package, world: World, now: datetime) -> list[str]:
    exam = item(package, "chest/adult", "exam.1")
    send(exam, images(exam, now), world.admin, now)
    row = queries.series_of(exam)[0]
    paper = item(package, None, "annual-evaluation")
    kept = actions.store_paper(item=paper, file=BytesIO(b"Fine.\n"), actor=world.admin, now=now)
    return [
        at("package", package.pk), at("check", package.pk), at("medium", package.pk), at("item", package.pk, exam.pk),
        at("form", package.pk, item(package, "chest/adult", "protocol.1").pk),
        at("series", package.pk, exam.pk, row.series.pk), at("remove", package.pk, exam.pk, row.series.pk),
        at("picture", package.pk, row.cover.pk, "small"), at("item", package.pk, paper.pk),
        at("paper", package.pk, paper.pk, kept.pk),
    ]  # fmt: skip


def test_the_people_of_the_facility_and_staff_reach_every_page_and_nobody_else_does(world, package, by, now):
    for address in addresses(package, world, now):
        for person in (world.admin, world.physicist, world.staff):
            answer = by(person).get(address)
            assert answer.status_code == 200, address
            if answer.streaming:
                assert b"".join(answer.streaming_content) == b"Fine.\n"
        for person in (world.stranger, world.reviewer):
            assert by(person).get(address).status_code == 404, address
        assert Client().get(address).status_code == 302, address


def test_pages_of_staff_are_for_staff(world, package, by):
    for name in ("media", "return"):
        assert by(world.staff).get(at(name, package.pk)).status_code == 200
        assert by(world.admin).get(at(name, package.pk)).status_code == 404


def test_an_image_is_not_reached_through_another_package(world, package, by, now):
    exam = item(package, "chest/adult", "exam.1")
    send(exam, images(exam, now), world.admin, now)
    other = world.accepted(now, world.another_unit("CT 2"))
    cover = queries.series_of(exam)[0].cover
    assert by(world.admin).get(at("picture", other.pk, cover.pk, "small")).status_code == 404
    assert by(world.admin).get(at("picture", package.pk, cover.pk, "huge")).status_code == 404


def test_the_picture_is_a_png(world, package, by, now):
    exam = item(package, "chest/adult", "exam.1")
    send(exam, images(exam, now), world.admin, now)
    answer = by(world.admin).get(at("picture", package.pk, queries.series_of(exam)[0].cover.pk, "small"))
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["Cache-Control"].startswith("private")


def test_the_list_shows_each_person_their_own_packages(world, package, by):
    number = package.case_file.case.number
    assert number in page(by(world.admin), "index")
    assert number in page(by(world.staff), "index")
    for person in (world.stranger, world.reviewer):
        assert number not in page(by(person), "index")


@pytest.mark.parametrize("who", ["admin", "staff"])
def test_the_list_costs_the_same_for_one_package_and_for_three(world, package, by, now, who):
    client = by(getattr(world, who))
    page(client, "index")
    with CaptureQueriesContext(connection) as one:
        page(client, "index")
    for number in (2, 3):
        fill(world.accepted(now, world.another_unit(f"CT {number}")), world.admin, now)
    with CaptureQueriesContext(connection) as three:
        assert page(client, "index").count('data-label="Done"') == 3
    assert len(one) == len(three)


def test_the_item_page_costs_the_same_for_one_series_and_for_three(world, package, by, now):
    exam = item(package, "chest/adult", "exam.1")
    client = by(world.admin)
    first = images(exam, now)
    send(exam, first, world.admin, now)
    page(client, "item", package.pk, exam.pk)
    with CaptureQueriesContext(connection) as one:
        page(client, "item", package.pk, exam.pk)
    for number in (2, 3):
        more = images(
            exam, now, seed=exam.pk + number * 50, number=number, description=f"S{number}", same_study_as=first[0]
        )
        assert send(exam, more, world.admin, now).accepted
    with CaptureQueriesContext(connection) as three:
        assert page(client, "item", package.pk, exam.pk).count("file--series") == 3
    assert len(one) == len(three)


# -- staff accept


def test_staff_accept_from_the_list(world, by, now):
    made = applications.draft(
        facility=world.facility,
        unit=world.unit,
        modality="CT",
        areas=list(EXAMS),
        exams=EXAMS,
        actor=world.admin,
        now=now,
    )
    world.waiting(made, now)
    client = by(world.staff)
    assert at("accept", made.pk) in page(client, "index")
    assert "Accept and open the package" in page(client, "accept", made.pk)
    answer = client.post(at("accept", made.pk), follow=True)
    assert "is accepted and its testing package is open" in answer.content.decode()
    assert Package.objects.get(application=made)
    assert client.post(at("accept", made.pk)).status_code == 409


def test_only_staff_accept(world, package, by):
    for person in (world.admin, world.stranger, world.reviewer):
        assert by(person).post(at("accept", package.application.pk)).status_code == 404


# -- the list of items


def test_the_page_says_by_when_under_which_clause_and_what_is_missing(world, package, by):
    text = page(by(world.admin), "package", package.pk)
    assert "0 of 12 items are done" in text
    assert "It is your turn" in text
    assert "through " in text
    assert "left" in text
    assert "45" in text
    assert "Not done" in text
    assert "No images were sent yet." in text


def test_a_filled_package_offers_to_be_submitted_and_says_what_follows(world, package, by, now):
    fill(package, world.admin, now)
    client = by(world.admin)
    assert "Submit the package" in page(client, "check", package.pk)
    answer = client.post(at("check", package.pk), follow=True)
    text = answer.content.decode()
    assert "The package is submitted." in text
    assert "Waiting for the programme" in text
    assert "Submit the package" not in page(client, "check", package.pk)


def test_a_package_with_crosses_is_refused_with_their_list(world, package, by, now):
    fill(package, world.admin, now, leave=[item(package, "phantom/image-quality", "dosimetry").pk])
    answer = by(world.admin).post(at("check", package.pk))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "1 item is not done yet" in text
    assert "Dosimetry form" in text


def test_submitting_twice_is_answered_by_the_page_that_says_so(world, package, by, now):
    fill(package, world.admin, now)
    client = by(world.admin)
    client.post(at("check", package.pk))
    again = client.post(at("check", package.pk))
    assert again.status_code == 200
    assert "Submitted" in again.content.decode()
    assert package.case_file.case.facts.filter(kind="package.submitted").count() == 1


# -- images


def test_images_are_sent_by_a_plain_form(world, package, by, now):
    exam = item(package, "chest/adult", "exam.1")
    good = images(exam, now)
    answer = by(world.admin).post(at("item", package.pk, exam.pk), {"images": upload(*good, b"broken")})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "2 images received" in text
    assert "1 file was not taken" in text
    assert "image3.dcm" in text
    assert "DEMO AXIAL" in text


def test_a_folder_is_sent_by_a_plain_form(world, package, by, now):
    exam = item(package, "chest/adult", "exam.1")
    answer = by(world.admin).post(at("item", package.pk, exam.pk), {"folder": upload(*images(exam, now))})
    assert "2 images received" in answer.content.decode()


def test_an_upload_of_nothing_but_refused_files_is_a_422(world, package, by):
    exam = item(package, "chest/adult", "exam.1")
    answer = by(world.admin).post(at("item", package.pk, exam.pk), {"images": upload(b"one", b"two")})
    assert answer.status_code == 422
    assert "2 files were not taken" in answer.content.decode()


def test_an_empty_upload_says_what_to_choose(world, package, by):
    exam = item(package, "chest/adult", "exam.1")
    answer = by(world.admin).post(at("item", package.pk, exam.pk), {})
    assert answer.status_code == 422
    assert "Choose at least one file" in answer.content.decode()


def test_what_was_refused_stays_on_the_page_without_its_name(world, package, by):
    exam = item(package, "chest/adult", "exam.1")
    client = by(world.admin)
    client.post(at("item", package.pk, exam.pk), {"images": [SimpleUploadedFile("JANE DOE.dcm", b"broken")]})
    text = page(client, "item", package.pk, exam.pk)
    assert "Files that were not taken (1)" in text
    assert "JANE" not in text
    assert "File 1.dcm" in text


def test_the_script_gets_what_became_of_each_file(world, package, by, now):
    exam = item(package, "chest/adult", "exam.1")
    client, good = by(world.admin), images(exam, now)
    address = at("item", package.pk, exam.pk)
    first = client.post(address, {"images": upload(*good, b"broken")}, headers={"X-Upload": "script"}).json()
    assert (first["accepted"], len(first["refused"]), first["here"]) == (2, 1, [])
    assert first["refused"][0]["name"] == "image3.dcm"
    again = client.post(address, {"images": upload(*good)}, headers={"X-Upload": "script"}).json()
    assert (again["accepted"], again["refused"], len(again["here"])) == (0, [], 2)
    assert Instance.objects.count() == 2
    nothing = client.post(address, {}, headers={"X-Upload": "script"})
    assert nothing.status_code == 422
    assert "Choose at least one file" in nothing.json()["stop"]


def test_the_script_is_told_when_the_package_is_closed(world, package, by, now):
    fill(package, world.admin, now)
    actions.submit(package=package, actor=world.admin, now=now)
    exam = item(package, "chest/adult", "exam.1")
    answer = by(world.admin).post(
        at("item", package.pk, exam.pk), {"images": upload(b"more")}, headers={"X-Upload": "script"}
    )
    assert answer.status_code == 409
    assert "has been submitted" in answer.json()["stop"]
    plain = by(world.admin).post(at("item", package.pk, exam.pk), {"images": upload(b"more")})
    assert plain.status_code == 409


def test_a_series_is_removed_after_a_second_question(world, package, by, now):
    exam = item(package, "chest/adult", "exam.1")
    send(exam, images(exam, now), world.admin, now)
    series = queries.series_of(exam)[0].series
    client = by(world.admin)
    assert "All 2 images of this series go out" in page(client, "remove", package.pk, exam.pk, series.pk)
    assert Instance.objects.count() == 2
    answer = client.post(at("remove", package.pk, exam.pk, series.pk), follow=True)
    assert "The series is removed (2 images)." in answer.content.decode()
    assert client.post(at("remove", package.pk, exam.pk, series.pk)).status_code == 404


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
