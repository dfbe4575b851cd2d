"""The pages of an appeal: for the facility, for staff, for the arbitrator. Wrong input gets a sentence that helps."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reaccredit.appeals import actions, queries
from reaccredit.appeals.models import Appeal, Arbitration, Letter, Support
from reaccredit.imaging.synthetic import series
from reaccredit.reports import actions as reports
from tests.appeals.asking import page, url
from tests.appeals.test_appealing import LATER, OPEN, appealed, received, sign
from tests.options.clock import Clock
from tests.options.test_pages import as_, text
from tests.options.world import APRIL, BRAIN, DAY, HOUR, PASSWORD, PHANTOM, World, mr_images
from tests.packages.world import send

# -- the facility


def test_the_appeal_page_is_a_list_of_what_is_needed_and_who_does_it(world: World, clock: Clock) -> None:
    appeal = appealed(world, [BRAIN, PHANTOM], images=True)
    clock(LATER)
    shown = page(as_(world.admin), "appeal", appeal.pk)
    assert "Appeal letter for the clinical areas" in shown
    assert "Signed by the supervising physician: Sue Physician" in shown
    assert "Signed by the medical physicist: Phil Physicist" in shown
    assert "do not upload the entire exam again" in shown
    assert "Upload the missing images in the testing package" in shown
    assert "That time begins when everything required is in." in shown


def test_the_signer_finds_the_letter_as_a_task(world: World, clock: Clock) -> None:
    appeal = appealed(world, [BRAIN])
    clock(LATER)
    admin, physician = as_(world.admin), as_(world.physician)
    letter = url("letter", appeal.pk, "clinical")
    assert (
        admin.post(letter, {"write-text": "We disagree with the determination.", "write-seen": ""}).status_code == 302
    )
    assert "The letter waits for its signature." in text(admin.get(letter))
    assert "waits for your signature" in page(physician, "appeal", appeal.pk)
    shown = text(physician.get(letter))
    assert "Sign as supervising physician" in shown
    seen = queries.text_hash(appeal, "clinical", "We disagree with the determination.")
    wrong = physician.post(url("sign", appeal.pk, "clinical"), {"sign-password": "not it", "sign-seen": seen})
    assert wrong.status_code == 422
    assert "This is not your password" in text(wrong)
    done = physician.post(
        url("sign", appeal.pk, "clinical"), {"sign-password": PASSWORD, "sign-seen": seen}, follow=True
    )
    assert "the appeal goes to an arbitrator" in text(done)
    assert "The result is expected from" in text(done)


def test_the_administrator_does_not_sign_for_the_physician(world: World, clock: Clock) -> None:
    appeal = appealed(world, [BRAIN])
    clock(LATER)
    admin = as_(world.admin)
    admin.post(url("letter", appeal.pk, "clinical"), {"write-text": "We disagree.", "write-seen": ""})
    seen = queries.text_hash(appeal, "clinical", "We disagree.")
    answer = admin.post(url("sign", appeal.pk, "clinical"), {"sign-password": PASSWORD, "sign-seen": seen})
    assert answer.status_code == 422
    assert not Letter.objects.filter(signature__isnull=False).exists()


def test_somebody_elses_change_of_the_letter_is_not_overwritten(world: World, clock: Clock) -> None:
    appeal = appealed(world, [BRAIN])
    clock(LATER)
    actions.write_letter(
        appeal=appeal, kind="clinical", text="Version of the physician", actor=world.physician, now=LATER
    )
    stale = queries.text_hash(appeal, "clinical", "an older version")
    answer = as_(world.admin).post(
        url("letter", appeal.pk, "clinical"), {"write-text": "Mine, typed long", "write-seen": stale}
    )
    assert answer.status_code == 409
    assert "Mine, typed long" in text(answer)
    assert Letter.objects.get().text == "Version of the physician"


DICOM = series(slices=1, size=32)[0]
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)
BAD_LETTERS = {
    "no file": (None, "Choose the file"),
    "an empty file": (("letter.pdf", b""), "The file is empty"),
    "an image called a letter": (("letter.pdf", DICOM), "Images are not taken in this field"),
    "a picture called a letter": (("letter.docx", PNG), "Images are not taken in this field"),
    "a broken PDF": (("letter.pdf", b"%PDF-1.7\nnothing more"), "damaged"),
    "a program": (("letter.pdf", b"MZ\x90\x00" + b"\x00" * 300), "This is"),
    "a web page": (("letter.pdf", b"<!doctype html><html><script>alert(1)</script></html>"), "This is"),
}


@pytest.mark.parametrize("case", BAD_LETTERS)
def test_a_letter_is_judged_by_its_content(world: World, clock: Clock, case: str) -> None:
    appeal = appealed(world, [BRAIN])
    clock(LATER)
    file, told = BAD_LETTERS[case]
    said: dict[str, Any] = {"signer": str(world.physician.pk)}
    if file:
        said["file"] = SimpleUploadedFile(*file)
    answer = as_(world.admin).post(url("upload-letter", appeal.pk, "clinical"), said)
    assert answer.status_code == 422
    assert told in text(answer).replace("&#x27;", "'")
    assert not Letter.objects.exists()


@pytest.mark.parametrize(("signer", "told"), [("", "Say who signed"), ("999999", "offers"), ("admin", "offers")])
def test_a_signed_letter_needs_the_right_signer(world: World, clock: Clock, signer: str, told: str) -> None:
    appeal = appealed(world, [BRAIN])
    clock(LATER)
    key = str(world.admin.pk) if signer == "admin" else signer
    said = {"signer": key, "file": SimpleUploadedFile("letter.txt", b"We appeal.\n")}
    answer = as_(world.admin).post(url("upload-letter", appeal.pk, "clinical"), said)
    assert answer.status_code == 422
    assert told in text(answer)


def test_a_signed_paper_is_uploaded_and_downloaded(world: World, clock: Clock) -> None:
    appeal = appealed(world, [BRAIN])
    clock(LATER)
    admin = as_(world.admin)
    said = {"signer": str(world.physician.pk), "file": SimpleUploadedFile("Patient Jones.txt", b"We appeal.\n")}
    assert admin.post(url("upload-letter", appeal.pk, "clinical"), said).status_code == 302
    letter = Letter.objects.get()
    assert letter.document
    answer = admin.get(url("paper", appeal.pk, letter.document.pk))
    assert b"".join(answer.streaming_content) == b"We appeal.\n"  # type: ignore[attr-defined]
    assert "Jones" not in answer["Content-Disposition"]
    assert as_(world.stranger).get(url("paper", appeal.pk, letter.document.pk)).status_code == 404


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"write-text": ""}, "Write the letter"),
        ({"write-text": "  "}, "Write the letter"),
        ({"write-text": "x" * 30_000}, "too long"),
    ],
)
def test_a_letter_that_cannot_be_saved_comes_back(world: World, clock: Clock, said: dict[str, str], told: str) -> None:
    appeal = appealed(world, [BRAIN])
    clock(LATER)
    answer = as_(world.admin).post(url("letter", appeal.pk, "clinical"), {"write-seen": ""} | said)
    assert answer.status_code == 422
    assert told in text(answer)


def test_supporting_documents_are_welcome_and_images_are_not(world: World, clock: Clock) -> None:
    appeal = appealed(world, [BRAIN])
    clock(LATER)
    admin = as_(world.admin)
    assert admin.post(url("support", appeal.pk), {}).status_code == 422
    bad = {"title": "Data form", "file": SimpleUploadedFile("form.pdf", DICOM)}
    answer = admin.post(url("support", appeal.pk), bad)
    assert answer.status_code == 422
    assert 'value="Data form"' in text(answer)
    good = {"title": "Corrected data form", "file": SimpleUploadedFile("form.txt", b"kVp 120\n")}
    assert admin.post(url("support", appeal.pk), good).status_code == 302
    assert Support.objects.get().document.title == "Corrected data form"
    assert "Corrected data form" in page(admin, "appeal", appeal.pk)


def test_the_package_is_sent_from_the_page_of_the_appeal(world: World, clock: Clock) -> None:
    appeal = appealed(world, [BRAIN], images=True)
    sign(appeal, "clinical", world.physician)
    clock(LATER + DAY)
    admin = as_(world.admin)
    early = admin.post(url("send", appeal.pk))
    assert early.status_code == 422
    assert "There is a problem" in text(early)
    assert appeal.package
    item = appeal.package.items.select_related("area", "collection").get()
    first = appeal.report.round.package.items.filter(area__code=BRAIN, collection__isnull=False).first()
    assert first
    original = mr_images(first, APRIL)[0]
    send(
        item,
        mr_images(first, APRIL, number=7, seed=4242, description="DELAYED", same_study_as=original),
        world.admin,
        LATER,
    )
    done = admin.post(url("send", appeal.pk), follow=True)
    assert "the appeal goes to an arbitrator" in text(done)


def test_the_answer_on_images_can_be_changed_until_everything_is_in(world: World, clock: Clock) -> None:
    appeal = appealed(world, [BRAIN])
    clock(LATER)
    admin = as_(world.admin)
    assert admin.post(url("images", appeal.pk), {"additional_images": "maybe"}).status_code == 422
    assert admin.post(url("images", appeal.pk), {}).status_code == 422
    assert admin.post(url("images", appeal.pk), {"additional_images": "yes"}).status_code == 302
    appeal.refresh_from_db()
    assert appeal.package
    assert admin.post(url("images", appeal.pk), {"additional_images": "no"}).status_code == 302
    sign(Appeal.objects.get(), "clinical", world.physician)
    assert admin.post(url("images", appeal.pk), {"additional_images": "yes"}).status_code == 409


def test_nobody_else_finds_an_appeal(world: World, clock: Clock) -> None:
    appeal = appealed(world, [BRAIN])
    clock(LATER)
    for who in (world.stranger, world.reviewer, world.arbitrator):
        for name, args in (
            ("appeal", ()),
            ("letter", ("clinical",)),
            ("support", ()),
            ("images", ()),
            ("post", ()),
            ("assign", ()),
        ):
            assert as_(who).get(url(name, appeal.pk, *args)).status_code == 404
    for name in ("post", "assign"):
        assert as_(world.admin).get(url(name, appeal.pk)).status_code == 404
    assert as_(world.staff).get(url("letter", appeal.pk, "clinical")).status_code == 404
    assert as_(world.admin).get(url("letter", appeal.pk, "phantom")).status_code == 404
    assert as_(world.admin).get(url("letter", appeal.pk, "nonsense")).status_code == 404


# -- staff


def by_post(world: World) -> Appeal:
    report = world.failed([BRAIN], medium="cd")
    reports.view(report=report, person=world.admin, now=APRIL)
    reports.record_images_returned(report=report, returned_at=APRIL + HOUR, actor=world.staff, now=APRIL + HOUR)
    world.select(report, "appeal", OPEN + 2 * HOUR, images=True)
    return Appeal.objects.get()


POSTED = {"what": "letter-clinical", "came_at": "2021-04-05T10:00"}
BAD_POST: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"what": "", "came_at": ""}, "Say what came."),
    "something unknown": ({"what": "a cake"}, "offers"),
    "no day": ({"came_at": ""}, "Enter the day and time"),
    "no real day": ({"came_at": "2021-13-05"}, "Enter a day and a time"),
    "the future": ({"came_at": "2031-04-05T10:00"}, "lies in the future"),
    "before the appeal": ({"came_at": "2021-04-01T10:00"}, "before the appeal was chosen"),
    "no scan": ({}, "Choose the scan"),
    "no signer": ({"file": SimpleUploadedFile("l.txt", b"We appeal.\n")}, "Say who signed"),
    "a document without a title": (
        {"what": "support", "file": SimpleUploadedFile("l.txt", b"x\n")},
        "Say what the document is",
    ),
    "no pieces": ({"what": "images"}, "Enter the number"),
    "less than a piece": ({"what": "images", "pieces": "0"}, "1"),
    "a signer from elsewhere": ({"signer": "999999"}, "offers"),
}


@pytest.mark.parametrize("case", BAD_POST)
def test_what_staff_record_wrongly_comes_back_with_help(world: World, clock: Clock, case: str) -> None:
    appeal = by_post(world)
    clock(LATER + 2 * DAY)
    changes, told = BAD_POST[case]
    answer = as_(world.staff).post(url("post", appeal.pk), POSTED | changes)
    assert answer.status_code == 422
    assert told in text(answer)
    assert not Letter.objects.exists()


def test_a_cd_appeal_says_whom_to_contact_and_staff_record_what_came(world: World, clock: Clock) -> None:
    appeal = by_post(world)
    clock(LATER + 2 * DAY)
    assert "the facility contacts the programme" in page(as_(world.admin), "appeal", appeal.pk)
    staff = as_(world.staff)
    letter = POSTED | {"file": SimpleUploadedFile("l.txt", b"We appeal.\n"), "signer": str(world.physician.pk)}
    assert staff.post(url("post", appeal.pk), letter).status_code == 302
    images = {"what": "images", "came_at": "2021-04-06T10:00", "pieces": "2"}
    assert staff.post(url("post", appeal.pk), images).status_code == 302
    appeal.refresh_from_db()
    assert appeal.received_at
    assert f"{appeal.received_at:%Y-%m-%d %H:%M}" == "2021-04-06 14:00"


def test_staff_assign_from_a_list_that_says_why_the_others_are_not_on_it(world: World, clock: Clock) -> None:
    appeal = received(world, [BRAIN])
    clock(LATER + DAY)
    staff, area = as_(world.staff), appeal.areas.get()
    shown = page(staff, "assign", appeal.pk)
    assert "Ann Radiologist took part in the review of this case" in shown
    assert "Pia Arbitrator is not a radiologist" in shown
    address = url("assign-area", appeal.pk, area.pk)
    for wrong in ("", "999999", str(world.biased.pk), "Art"):
        assert staff.post(address, {f"area-{area.pk}-arbitrator": wrong}).status_code == 422
    assert staff.post(address, {f"area-{area.pk}-arbitrator": str(world.arbitrator.pk)}).status_code == 302
    assert Arbitration.objects.get().arbitrator == world.arbitrator
    assert staff.post(url("assign-area", appeal.pk, 999_999), {}).status_code == 404
