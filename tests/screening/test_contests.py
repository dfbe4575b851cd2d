"""A document was refused, and somebody says that what was found is nobody's: staff see the box, decide, and nothing else is kept."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django.asserts import assertContains, assertNotContains

from reaccredit.documents.models import Document
from reaccredit.ledger.actions import Lost
from reaccredit.reinstatements.rules import PLAN
from reaccredit.screening import actions
from reaccredit.screening.models import Contest, Contested
from tests.documents.papers import pdf
from tests.reinstatements.test_pages import THEN, As, at
from tests.reinstatements.world import World

pytestmark = pytest.mark.xdist_group("contests")
LOOKS_LIKE_A_PATIENT = "Corrective action\nPatient name: Orion Phantom\nSlice thickness is checked each week.\n"
WHY = "It is how our phantom is called in the scanner's list."


def a_pdf() -> bytes:
    return pdf(LOOKS_LIKE_A_PATIENT)


def sent(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("plan.pdf", content, content_type="application/pdf")


def upload(client: Client, world: World, content: bytes):  # type: ignore[no-untyped-def]
    said = {"title": "Protocol", "paper": sent(content), "attested": "on"}
    return client.post(at(world, "papers"), said)


def contest(client: Client, world: World, content: bytes, reason: str = WHY):  # type: ignore[no-untyped-def]
    address = reverse("screening:raise", args=[world.case_file.case.number, PLAN])
    return client.post(address, {"paper": sent(content), "reason": reason}, follow=True)


def bytes_on_disk() -> list[Path]:
    return [p for p in (Path(settings.FILES) / "documents").rglob("*") if p.is_file() and p.name != ".gate"]


def test_what_staff_release_is_taken_when_the_same_file_comes_again(world: World, as_: As) -> None:
    facility, staff, content = as_(world.admin), as_(world.staff), a_pdf()
    refused = upload(facility, world, content)
    assertContains(refused, "ask staff to decide about it", status_code=422)
    before = bytes_on_disk()

    assertContains(contest(facility, world, content), "Waits for staff")
    made = Contest.objects.get()
    assert bytes_on_disk() == before
    assert not Document.objects.filter(sha256=made.sha256).exists()

    page = staff.get(reverse("screening:contest", args=[made.pk]))
    assertContains(page, WHY.replace("'", "&#x27;"))
    assertNotContains(page, "Orion")
    number = made.findings.get().number
    crop = staff.get(reverse("screening:crop", args=[made.pk, number]))
    with Image.open(BytesIO(crop.content)) as picture:  # a name's width and a line's height, not a page
        assert picture.width < 400
        assert picture.height < 60
    assert facility.get(reverse("screening:crop", args=[made.pk, number])).status_code == 404

    answer = staff.post(
        reverse("screening:contest", args=[made.pk]),
        {f"finding-{number}": "release", "note": "A phantom."},
        follow=True,
    )
    assertContains(answer, "Released")
    assert list(Contested.objects.values_list("picture", "shape")) == [(None, "")]
    assert staff.get(reverse("screening:crop", args=[made.pk, number])).status_code == 404

    assert upload(facility, world, content).status_code == 302
    assert Document.objects.filter(sha256=made.sha256, screened=True).exists()
    assertContains(upload(facility, world, pdf(LOOKS_LIKE_A_PATIENT + "Changed.")), "not taken", status_code=422)


def test_what_staff_uphold_is_refused_again(world: World, as_: As) -> None:
    facility, content = as_(world.admin), a_pdf()
    contest(facility, world, content)
    made = Contest.objects.get()
    actions.decide(contest=made, released=(), note="", actor=world.staff, now=THEN)
    assertContains(upload(facility, world, content), "not taken", status_code=422)
    with pytest.raises(Lost):
        actions.decide(contest=made, released=(1,), note="", actor=world.staff, now=THEN)


def test_of_a_text_without_a_page_staff_see_the_shape_of_what_was_found(world: World, as_: As) -> None:
    contest(as_(world.admin), world, LOOKS_LIKE_A_PATIENT.encode())
    found = Contested.objects.get()
    assert (found.picture, found.shape) == (None, "Aaaa Aaaa")
    page = as_(world.staff).get(reverse("screening:contest", args=[found.contest_id]))
    assertContains(page, "<code>Aaaa Aaaa</code>", html=True)


def test_a_contest_says_what_is_wrong_and_is_open_to_the_facility_alone(world: World, as_: As) -> None:
    facility, content = as_(world.admin), a_pdf()
    assertContains(contest(facility, world, content, reason=""), "Say why", status_code=422)
    named = contest(facility, world, content, reason="Patient name: Orion Phantom is our phantom")
    assertContains(named, "without repeating it", status_code=422)
    assertContains(contest(facility, world, b"A clean text."), "Nothing in this document", status_code=422)
    assert not Contest.objects.exists()
    contest(facility, world, content)
    assert contest(facility, world, content).status_code == 409
    address = reverse("screening:raise", args=[world.case_file.case.number, PLAN])
    assert as_(world.staff).get(address).status_code == 404
    made = Contest.objects.get()
    for stranger in (world.radiologists[0], world.arbitrator):
        assert as_(stranger).get(reverse("screening:contest", args=[made.pk])).status_code == 404
        assert as_(stranger).get(reverse("screening:contests")).status_code == 404
    for reader in (world.admin, world.staff):
        assertContains(as_(reader).get(reverse("screening:contests")), "Waits for staff")


def test_what_nobody_decides_in_thirty_days_lapses_and_its_pictures_are_gone(world: World, as_: As) -> None:
    facility, content = as_(world.admin), a_pdf()
    contest(facility, world, content)
    assert actions.sweep(now=THEN + timedelta(days=29)) == 0
    assert actions.sweep(now=THEN + timedelta(days=31)) == 1
    assert Contested.objects.get().picture is None
    assertContains(contest(facility, world, content), "Waits for staff")
