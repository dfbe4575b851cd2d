"""The pages, asked as people ask them: who sees what, the list of items, and images that are sent by a form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reaccredit.applications import actions as applications
from reaccredit.imaging.models import Instance
from reaccredit.packages import actions, queries
from reaccredit.packages.models import Package
from tests.packages.asking import As, at, item, page, signed_in, upload
from tests.packages.world import EXAMS, World, fill, images, send


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


def test_staff_give_a_package_back_until_its_reviews_are_in_and_are_told_why_not_after_that(world, by, now):
    package = world.submitted(now)
    staff, give_back = by(world.staff), at("return", package.pk)
    assert give_back in staff.get(at("package", package.pk)).text
    assert "<textarea" in staff.get(give_back).text
    world.state(package.case_file, "reviews.completed", now)
    world.state(package.case_file, "report.failed", now, areas={"head-neck/adult": "not-acceptable"})
    assert give_back not in staff.get(at("package", package.pk)).text
    told = staff.get(give_back)
    assert "The package cannot be given back now" in told.text
    assert "<textarea" not in told.text
    assert staff.post(give_back, {"comment": "A series is missing."}).status_code == 409
