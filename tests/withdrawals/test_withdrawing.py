"""Withdrawing a module: what is shown before, who signs, what staff enter. Withdrawing altogether: the signage."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from reaccredit.documents import actions as documents
from reaccredit.facilities.models import Personnel
from reaccredit.ledger.actions import Lost
from reaccredit.ledger.queries import decision
from reaccredit.people.actions import WrongPassword
from reaccredit.people.models import Role
from reaccredit.people.queries import code
from reaccredit.withdrawals import actions, queries
from reaccredit.withdrawals.actions import NotTheSigner
from reaccredit.withdrawals.models import SignageRemoval, Withdrawal, WithdrawForm
from tests.options.clock import Clock
from tests.options.test_pages import as_, text
from tests.options.world import APRIL, BRAIN, DAY, PASSWORD, SPINE, World

OPEN = APRIL + 2 * DAY
LATER = OPEN + DAY


def withdrawn(world: World, option: str = "withdraw-module") -> Withdrawal:
    report = world.viewed([BRAIN, SPINE])
    world.select(report, option, OPEN, areas=[SPINE] if option == "withdraw-module" else None)
    return Withdrawal.objects.get()


def owed(withdrawal: Withdrawal, now: Any = LATER) -> list[str]:
    return [d.material.id for d in decision(withdrawal.case_file.case, now).duties if not d.met]


def scan(world: World) -> Any:
    return documents.store(
        stream=BytesIO(b"Withdraw form, signed.\n"), kind="withdrawal-form", title="Form", allowed=documents.SCANS,
        actor=code(world.staff), now=LATER,
    )  # fmt: skip


def test_the_listed_supervising_physician_signs_the_form(world: World) -> None:
    one = withdrawn(world)
    assert owed(one) == ["withdrawal-form"]
    for wrong in (world.admin, world.physicist, world.technologist):
        with pytest.raises(NotTheSigner):
            actions.sign_form(withdrawal=one, password=PASSWORD, actor=wrong, now=LATER)
    with pytest.raises(WrongPassword):
        actions.sign_form(withdrawal=one, password="wrong", actor=world.physician, now=LATER)
    form = actions.sign_form(withdrawal=one, password=PASSWORD, actor=world.physician, now=LATER)
    assert form.signature.role == Role.SUPERVISING_PHYSICIAN
    assert "Spine" in form.statement
    assert owed(one) == []


def test_the_form_is_signed_once(world: World) -> None:
    one = withdrawn(world)
    actions.sign_form(withdrawal=one, password=PASSWORD, actor=world.physician, now=LATER)
    with pytest.raises(Lost):
        actions.sign_form(withdrawal=one, password=PASSWORD, actor=world.physician, now=LATER)


def test_a_scan_that_came_by_fax_counts_from_the_day_it_came(world: World) -> None:
    one = withdrawn(world)
    came = OPEN + timedelta(hours=3)
    Personnel.objects.filter(person=world.physician).update(until=came.date())  # left since: it was theirs to sign
    actions.record_form(
        withdrawal=one,
        document=scan(world),
        signer=world.physician,
        came_by="fax",
        received_at=came,
        actor=world.staff,
        now=LATER + 5 * DAY,
    )
    fact = one.case_file.case.facts.get(kind="withdrawal-form.received")
    assert fact.happened_at == came
    assert fact.recorded_at == LATER + 5 * DAY
    assert WithdrawForm.objects.get().signature.method == "paper"


def test_a_scan_signed_by_somebody_else_is_refused(world: World) -> None:
    one = withdrawn(world)
    with pytest.raises(NotTheSigner):
        actions.record_form(
            withdrawal=one,
            document=scan(world),
            signer=world.admin,
            came_by="fax",
            received_at=LATER,
            actor=world.staff,
            now=LATER,
        )
    assert not WithdrawForm.objects.exists()


def test_withdrawing_altogether_ends_with_the_signage(world: World) -> None:
    one = withdrawn(world, "withdraw")
    assert owed(one) == ["signage-removal"]
    said = {
        "withdrawal": one,
        "name": "Ada Admin",
        "role": "administrator",
        "removed_on": LATER.date(),
        "actor": world.admin,
        "now": LATER,
    }
    removal = actions.attest_signage(**said)
    assert len(removal.sha256) == 64
    assert owed(one) == []
    with pytest.raises(Lost):
        actions.attest_signage(**said)


def test_the_guidance_is_the_data_of_the_modality(world: World) -> None:
    mri = queries.guidance(withdrawn(world).case_file)
    assert [limit.fewer_than for limit in mri.limits] == [10, 50]
    assert mri.emergency
    assert mri.barred is None
    ct = queries.guidance(world.reported({"chest/adult": ""}).case_file)
    assert ct.emergency is None
    assert ct.barred
    assert "patient types" in ct.patient_types


# -- pages


def url(name: str, *args: Any) -> str:
    return reverse(f"withdrawals:{name}", args=args)


def page(client: Client, name: str, pk: int) -> str:
    answer = client.get(url(name, pk))
    assert answer.status_code == 200
    return text(answer)


def test_the_page_shows_volumes_with_their_source_and_the_warning_about_payers(world: World, clock: Clock) -> None:
    one = withdrawn(world)
    clock(LATER)
    shown = page(as_(world.admin), "withdrawal", one.pk)
    assert "Modalities with emergency use" in shown
    assert "Payers may have stricter minimum requirements" in shown
    assert "Sue Physician" in shown
    assert "You are the listed supervising physician." in page(as_(world.physician), "withdrawal", one.pk)


def test_the_form_is_signed_on_its_page(world: World, clock: Clock) -> None:
    one = withdrawn(world)
    clock(LATER)
    client = as_(world.physician)
    assert "we withdraw from the accreditation process: Spine" in page(client, "sign", one.pk)
    wrong = client.post(url("sign", one.pk), {"password": "not it"})
    assert wrong.status_code == 422
    assert "This is not your password" in text(wrong)
    assert client.post(url("sign", one.pk), {"password": ""}).status_code == 422
    assert client.post(url("sign", one.pk), {"password": PASSWORD}).status_code == 302
    shown = page(client, "withdrawal", one.pk)
    assert "Signed by Sue Physician" in shown
    assert "does not hold any more" not in shown
    for changed in ({"areas": [*one.areas, BRAIN]}, {"areas": one.areas}):
        Withdrawal.objects.update(**changed)
        assert ("does not hold any more" in page(client, "withdrawal", one.pk)) == (changed["areas"] != one.areas)
    other = as_(world.admin).post(url("sign", one.pk), {"password": PASSWORD})
    assert other.status_code == 409


def posted(**changes: Any) -> dict[str, Any]:
    good = {
        "came_by": "fax", "received_at": "2021-04-04T09:30",
        "file": SimpleUploadedFile("form.txt", b"Withdraw form, signed.\n"),
    }  # fmt: skip
    return {k: v for k, v in (good | changes).items() if v is not None}


BAD = {
    "nothing": ({"came_by": None, "received_at": None, "signer": None, "file": None}, "Say how the form came."),
    "no way": ({"came_by": "pigeon"}, "offers"),
    "no day": ({"received_at": ""}, "Enter the day and time"),
    "no real day": ({"received_at": "2021-02-30T09:00"}, "Enter a day and a time"),
    "the future": ({"received_at": "2031-02-03T09:00"}, "lies in the future"),
    "before the option form": ({"received_at": "2021-03-01T09:00"}, "before the option form"),
    "nobody": ({"signer": ""}, "Say who signed the form."),
    "somebody else": ({"signer": "999999"}, "offers"),
    "no file": ({"file": None}, "Choose the scan"),
    "an empty file": ({"file": SimpleUploadedFile("form.pdf", b"")}, "The file is empty"),
    "a program": ({"file": SimpleUploadedFile("form.pdf", b"MZ\x90\x00" + b"\x00" * 200)}, "This is"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_record_says_what_helps(world: World, clock: Clock, case: str) -> None:
    one = withdrawn(world)
    clock(LATER + DAY)
    changes, told = BAD[case]
    said = {"signer": str(world.physician.pk)} | changes
    answer = as_(world.staff).post(url("record", one.pk), posted(**said))
    assert answer.status_code == 422
    assert told in text(answer)
    assert not WithdrawForm.objects.exists()


def test_staff_record_a_fax_and_the_facility_downloads_it(world: World, clock: Clock) -> None:
    one = withdrawn(world)
    clock(LATER + DAY)
    staff = as_(world.staff)
    assert page(staff, "record", one.pk)
    assert staff.post(url("record", one.pk), posted(signer=str(world.physician.pk))).status_code == 302
    assert "(fax)" in page(as_(world.admin), "withdrawal", one.pk)
    paper = as_(world.admin).get(url("paper", one.pk))
    assert b"".join(paper.streaming_content) == b"Withdraw form, signed.\n"  # type: ignore[attr-defined]
    assert as_(world.stranger).get(url("paper", one.pk)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"removed_on": ""}, "Enter the day"),
        ({"removed_on": "2021-02-31"}, "Enter a day"),
        ({"removed_on": "2031-01-01"}, "lies in the future"),
        ({"name": ""}, "Type your full name"),
        ({"name": "Sue Physician"}, "Type your own name"),
        ({"attested": ""}, "Check the attestation box"),
        ({"role": ""}, "Choose the role"),
        ({"role": "staff"}, "offers"),
        ({"name": "x" * 4000}, "120"),
        ({"removed_on": "tomorrow"}, "Enter a day"),
    ],
)
def test_a_wrong_attestation_of_the_signage_says_what_helps(
    world: World, clock: Clock, changes: dict[str, str], told: str
) -> None:
    one = withdrawn(world, "withdraw")
    clock(LATER)
    good = {"removed_on": "2021-04-03", "name": "Ada Admin", "role": "administrator", "attested": "on"}
    client = as_(world.admin)
    answer = client.post(url("signage", one.pk), good | changes)
    assert answer.status_code == 422
    assert told in text(answer)
    assert not SignageRemoval.objects.exists()
    assert client.post(url("signage", one.pk), good).status_code == 302
    assert "Signed by Ada Admin" in page(client, "withdrawal", one.pk)
    SignageRemoval.objects.update(removed_on="2021-04-02")
    assert "does not hold any more" in page(client, "withdrawal", one.pk)


def test_nobody_else_finds_the_pages(world: World, clock: Clock) -> None:
    one = withdrawn(world)
    clock(LATER)
    for who in (world.stranger, world.reviewer, world.arbitrator):
        for name in ("withdrawal", "sign", "record", "signage", "paper"):
            assert as_(who).get(url(name, one.pk)).status_code == 404
    assert as_(world.admin).get(url("record", one.pk)).status_code == 404
    assert as_(world.staff).get(url("sign", one.pk)).status_code == 404
