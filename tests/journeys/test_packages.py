"""A facility fills its testing package in the browser and submits it; staff give it back; an appeal adds what was missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reaccredit.applications import actions as applications
from reaccredit.packages import actions
from reaccredit.packages.models import Item, Package
from tests.journeys.conftest import arrived
from tests.packages.world import DAY, EXAMS, SERIAL, World, build, fill, images

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[[Page], None]


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC) - timedelta(hours=2)


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


@pytest.fixture
def looked_at(axe: Check, fits: Check, picture: Callable[[Page, str], Path]) -> Callable[[Page, str], None]:
    """Each page of the journey is accessible, fits the screen, and has its picture taken."""

    def look(page: Page, name: str) -> None:
        axe(page)
        fits(page)
        picture(page, name)

    return look


def files(folder: Path, contents: list[bytes], start: int = 1) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for number, content in enumerate(contents, start):
        path = folder / f"IM{number:04}.dcm"
        path.write_bytes(content)
        found.append(path)
    return found


def item(package: Package, area: str | None, code: str) -> Item:
    found = package.items.select_related("area", "collection").get(area__code=area, code=code)
    found.package = package
    return found


def test_staff_accept_and_the_facility_fills_the_package_and_submits_it(world, now, page_of, looked_at, tmp_path):
    made = applications.draft(
        facility=world.facility, unit=world.unit, modality="CT", areas=list(EXAMS), exams=EXAMS, actor=world.admin, now=now
    )  # fmt: skip
    world.waiting(made, now)

    staff = page_of(world.staff)
    staff.goto("/packages/")
    looked_at(staff, "packages-staff")
    staff.get_by_role("link", name=made.case_file.case.number).click()
    looked_at(staff, "packages-accept")
    staff.get_by_role("button", name="Accept and open the package").click()
    expect(staff.get_by_text("its testing package is open")).to_be_visible()

    package = Package.objects.get(application=made)
    now = datetime.now(UTC)
    exam, protocol = item(package, "chest/adult", "exam.1"), item(package, "chest/adult", "protocol.1")
    left = {exam.pk, protocol.pk, item(package, "phantom/image-quality", "dosimetry").pk}
    fill(package, world.admin, now, leave=left)

    page = page_of(world.admin)
    page.goto("/packages/")
    page.get_by_role("link", name=made.case_file.case.number).click()
    looked_at(page, "packages-list-of-items")
    expect(page.get_by_text("No images were sent yet.")).to_have_count(1)

    # Twelve images and one broken file: two handfuls, the good ones are kept.
    page.get_by_role("link", name="Routine chest", exact=True).click()
    good = images(exam, now, slices=12)
    chosen = [*files(tmp_path / "exam", good), *files(tmp_path / "broken", [b"not an image"], 99)]
    arrived(page).get_by_label("Files or a zip archive").set_input_files(chosen)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("1 file will not be taken; see below why. Nothing has been sent yet.")).to_be_visible()
    expect(page.get_by_text("IM0099.dcm")).to_be_visible()
    looked_at(page, "packages-preflight")
    page.get_by_role("button", name="Send the other 12 files").click()
    expect(page.get_by_text("All sent: 12 images received, 1 not taken.")).to_be_visible()
    expect(page.get_by_role("link", name="DEMO AXIAL", exact=True)).to_be_visible()
    looked_at(page, "packages-images")

    # The same files once more are recognised.
    arrived(page).get_by_label("Files or a zip archive").set_input_files(chosen[:3])
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("All sent: 0 images received, 3 already here.")).to_be_visible()

    page.get_by_role("link", name="DEMO AXIAL", exact=True).click()
    looked_at(page, "packages-series")
    page.get_by_role("link", name="Remove this series").click()
    looked_at(page, "packages-remove")
    page.get_by_role("link", name="Cancel").click()

    page.get_by_role("link", name="Back to the list").click()
    page.get_by_role("link", name="Routine chest: Protocol").click()
    page.get_by_label("Tube voltage (kVp)").fill("12000")
    page.get_by_label("Reconstruction kernel").fill("B30f")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="This must be from 40 to 200 kVp.")).to_be_visible()
    expect(page.get_by_label("Reconstruction kernel")).to_have_value("B30f")
    looked_at(page, "packages-form-refused")
    for label, text in [
        ("Tube voltage (kVp)", "120"), ("Tube current-time product (mAs)", "80"), ("Rotation time (s)", "0.5"),
        ("Detector rows used (N)", "64"), ("Width of one row (T) (mm)", "0.625"),
        ("Pitch, or table increment in mm for an axial scan", "0.98"), ("Reconstructed slice thickness (mm)", "5"),
        ("CTDIvol that the scanner reports (mGy)", "7.2"),
    ]:  # fmt: skip
        page.get_by_label(label).fill(text)
    page.get_by_label("Helical").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is saved")).to_be_visible()

    page.get_by_role("link", name="Check and submit").click()
    expect(page.get_by_text("This form has not been filled in yet.").first).to_be_visible()
    looked_at(page, "packages-check-refused")
    others = {found.pk for found in package.items.all()} - {item(package, "phantom/image-quality", "dosimetry").pk}
    fill(package, world.admin, datetime.now(UTC), leave=others)
    page.reload()
    looked_at(page, "packages-check")
    page.get_by_role("button", name="Submit the package").click()
    expect(page.get_by_text("Waiting for the programme")).to_be_visible()
    looked_at(page, "packages-submitted")
    assert protocol.entries.count() == 1

    staff.goto(f"/packages/{package.pk}/")
    staff.get_by_role("link", name="Give it back").click()
    looked_at(staff, "packages-return")
    staff.get_by_label("What has to be completed or corrected?").fill("The scout of the chest exam is missing.")
    staff.get_by_role("button", name="Give it back").click()
    page.reload()
    expect(page.get_by_text("The scout of the chest exam is missing.")).to_be_visible()
    looked_at(page, "packages-given-back")


def test_everything_works_on_a_phone_and_without_javascript(world, now, page_of, looked_at, tmp_path):
    package = world.accepted(now)
    exam = item(package, "chest/adult", "exam.1")
    page = page_of(world.admin, phone=True, javascript=False)
    page.goto("/packages/")
    page.get_by_role("link", name=package.case_file.case.number).click()
    page.get_by_role("link", name="Routine chest", exact=True).click()
    chosen = [*files(tmp_path / "a", images(exam, now)), *files(tmp_path / "b", [b"not an image"], 99)]
    arrived(page).get_by_label("Files or a zip archive").set_input_files(chosen)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("2 images received")).to_be_visible()
    expect(page.get_by_text("1 file was not taken")).to_be_visible()

    phone = page_of(world.admin, phone=True)
    for address, name in [
        ("/packages/", "index"), (f"/packages/{package.pk}/", "items"), (f"/packages/{package.pk}/check/", "check"),
        (f"/packages/{package.pk}/items/{exam.pk}/", "images"), (f"/packages/{package.pk}/medium/", "medium"),
        (f"/packages/{package.pk}/items/{item(package, 'chest/adult', 'protocol.1').pk}/form/", "form"),
        (f"/packages/{package.pk}/items/{item(package, None, 'annual-evaluation').pk}/", "document"),
    ]:  # fmt: skip
        phone.goto(address)
        looked_at(phone, f"packages-phone-{name}")


def test_staff_record_a_cd_and_submit_it_with_its_own_date(world, now, page_of, looked_at):
    package = actions.choose_medium(package=world.accepted(now), medium="cd", actor=world.admin, now=now)
    fill(package, world.admin, now, leave={i.pk for i in package.items.all() if i.collection_id})
    staff = page_of(world.staff)
    staff.goto(f"/packages/{package.pk}/")
    staff.get_by_role("link", name="Record what came by post").click()
    staff.get_by_role("button", name="Record").click()
    expect(staff.get_by_role("link", name="Enter how many CDs or sheets came.")).to_be_visible()
    looked_at(staff, "packages-media-refused")
    came = (now + timedelta(hours=1)).astimezone().strftime("%Y-%m-%dT%H:%M")
    staff.get_by_label("Received").fill(came)
    staff.get_by_label("Number of CDs or sheets").fill("2")
    for box in staff.get_by_role("group", name="Which items are on it?").get_by_role("checkbox").all():
        box.check()
    staff.get_by_role("button", name="Record").click()
    expect(staff.get_by_text("What came by post is recorded.")).to_be_visible()
    looked_at(staff, "packages-by-post")
    staff.get_by_role("link", name="Check and submit").click()
    looked_at(staff, "packages-check-staff")
    staff.get_by_role("button", name="Submit the package").click()
    expect(staff.get_by_text("The package is submitted.")).to_be_visible()


def test_an_appeal_takes_only_the_missing_images_of_the_original_exam(world, page_of, looked_at, tmp_path):
    start = datetime.now(UTC) - 10 * DAY
    package = world.submitted(start)
    original = item(package, "chest/adult", "exam.1")
    appeal = world.appeal(package, ["chest/adult"], start + DAY)
    missing = item(appeal, "chest/adult", "missing.1")
    sent = images(original, start)
    omitted = images(missing, start, description="DEMO DELAYED", number=7, same_study_as=sent[0])
    foreign = images(missing, start, seed=4321, patient="NEW-CASE", serial=SERIAL)
    page = page_of(world.admin)
    page.goto(f"/packages/{appeal.pk}/")
    looked_at(page, "packages-appeal")
    page.get_by_role("link", name="Missing images: Chest, adult").click()
    chosen = files(tmp_path / "appeal", [*omitted, sent[0], foreign[0]])
    arrived(page).get_by_label("Files or a zip archive").set_input_files(chosen)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("All sent: 2 images received, 2 not taken.")).to_be_visible()
    expect(page.get_by_text("This image was already sent.")).to_be_visible()
    expect(page.get_by_text("This image is not part of the exam that was submitted.")).to_be_visible()
    looked_at(page, "packages-appeal-images")
    page.goto(f"/packages/{appeal.pk}/check/")
    page.get_by_role("button", name="Submit the package").click()
    expect(page.get_by_text("The package is submitted.")).to_be_visible()
