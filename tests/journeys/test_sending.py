"""An exam is sent from a browser over a line that breaks and a laptop that is closed: what is here is not sent twice, and all of it
arrives."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from reaccredit.imaging.models import Instance, Sending
from tests.journeys.conftest import arrived
from tests.journeys.test_packages import files, item
from tests.packages.world import build, images

pytestmark = pytest.mark.django_db(transaction=True)


def choose(page: Page, paths: list[Path]) -> None:
    arrived(page).get_by_label("Files or a zip archive").set_input_files(paths)
    page.get_by_role("button", name="Send", exact=True).click()


def test_what_was_cut_off_is_gone_on_with_from_another_page(transactional_db, page_of, axe, fits, tmp_path):
    now = datetime.now(UTC) - timedelta(hours=2)
    world = build()
    package = world.accepted(now)
    exam = item(package, "chest/adult", "exam.1")
    address = f"/packages/{package.pk}/items/{exam.pk}/"
    chosen = files(tmp_path / "exam", images(exam, now, slices=25))
    page = page_of(world.admin)
    page.goto(address)
    sent: list[int] = []

    def cut(route: Route) -> None:
        """One handful goes through; then the line is dead."""
        if route.request.method == "POST":
            sent.append(1)
        if len(sent) > 1:
            route.abort()
        else:
            route.continue_()

    page.route(f"**{address}", cut)
    choose(page, chosen)
    expect(page.get_by_text("The connection is lost. 10 of 25 files")).to_be_visible()
    page.unroute(f"**{address}")
    page.close()
    assert Instance.objects.count() == 10
    assert Sending.objects.get().ended_at is None

    page = page_of(world.admin)
    page.goto(address)
    expect(page.get_by_text("Sending 25 files")).to_be_visible()
    strays = [
        *files(tmp_path / "old", images(exam, now, slices=1, seed=8, study_date=now.date() - timedelta(days=900)), 90),
        *files(tmp_path / "strange", images(exam, now, slices=1, seed=9, modality="MR", serial="OTHER"), 91),
        *files(tmp_path / "text", [b"not an image"], 92),
    ]
    choose(page, [*chosen, *strays])
    expect(page.get_by_text("3 files will not be taken; see below why. Nothing has been sent yet.")).to_be_visible()
    for why in (
        "Choose a more recent study.",
        "This is a MRI (MR) image; this item takes CT.",
        "This is not a DICOM file.",
    ):
        expect(page.get_by_text(why)).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_role("button", name="Send the other 25 files").click()
    expect(page.get_by_text("All sent: 15 images received, 10 already here, 3 not taken.")).to_be_visible()
    expect(page.get_by_role("link", name="DEMO AXIAL", exact=True)).to_be_visible()

    with zipfile.ZipFile(tmp_path / "more.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(
            images(
                exam, now, slices=3, number=2, seed=5, description="DEMO SCOUT", same_study_as=chosen[0].read_bytes()
            )
        ):
            archive.writestr(f"DICOM/{number}", content)
        archive.write(chosen[0], "DICOM/again")
        archive.writestr("__MACOSX/._0", b"x")
    choose(page, [tmp_path / "more.zip"])
    expect(
        page.get_by_text("All sent: 3 images received, 1 already here, 1 left out, being no images.")
    ).to_be_visible()
    assert Instance.objects.count() == 28
    assert not Sending.objects.filter(ended_at__isnull=True).exists()
