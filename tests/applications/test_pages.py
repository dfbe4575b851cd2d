"""The pages of applications and invoices: who sees them, what they refuse, and that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from reaccredit.applications import actions
from reaccredit.applications.models import Application
from reaccredit.billing.models import Invoice
from reaccredit.people.models import Person
from tests.applications.conftest import NOON, House


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin(house: House) -> Client:
    return as_person(house.admin)


@pytest.fixture
def staff(house: House) -> Client:
    return as_person(house.staff)


def test_an_application_is_made_in_four_steps(house: House, admin: Client, staff: Client) -> None:
    subject = f"unit-{house.units['CT 1'].pk}"
    first = admin.get("/applications/new/")
    assert b"CT 1" in first.content
    second = admin.get("/applications/new/", {"subject": subject})
    assert second.headers["Location"] == f"/applications/new/areas/?subject={subject}"
    third = admin.post(second.headers["Location"], {"areas": ["chest/adult", "abdomen/adult"]})
    assert third.headers["Location"] == "/applications/CT-000001/1/exams/"
    page = admin.get(third.headers["Location"])
    names = list(page.context["form"].fields)
    fourth = admin.post(third.headers["Location"], dict.fromkeys(names, "Routine"))
    assert fourth.headers["Location"] == "/applications/CT-000001/1/check/"
    check = admin.get(fourth.headers["Location"])
    assert b"$2,900.00" in check.content
    done = admin.post(fourth.headers["Location"], {"agreed": "on"})
    assert done.headers["Location"] == "/applications/CT-000001/1/"
    assert Invoice.objects.get().amount == "$2,900.00"
    assert b"Submitted, fee open" in staff.get("/applications/").content


def test_the_steps_say_what_is_missing(house: House, admin: Client) -> None:
    page = admin.get("/applications/new/", {"asked": "yes"})
    assert page.status_code == 422
    assert b"Choose the unit, or the facility." in page.content
    address = f"/applications/new/areas/?subject=unit-{house.units['CT 1'].pk}"
    page = admin.post(address, {})
    assert page.status_code == 422
    assert b"Choose at least one module." in page.content
    page = admin.post(address, {"areas": ["knee"]})
    assert page.status_code == 422
    assert b"knee is no module" in page.content


@pytest.mark.parametrize("subject", ["unit-999999", "facility-1-XX", "'; --", "unit-"])
def test_a_subject_that_is_not_theirs_is_refused(admin: Client, subject: str) -> None:
    assert admin.get("/applications/new/", {"subject": subject}).status_code == 422
    assert admin.get("/applications/new/areas/", {"subject": subject}).headers["Location"] == "/applications/new/"


def test_a_unit_with_a_running_case_is_named(house: House, admin: Client, submitted: Application) -> None:
    page = admin.get("/applications/new/", {"subject": f"unit-{house.units['CT 1'].pk}"})
    assert page.status_code == 422
    assert b"CT-000001" in page.content


def test_a_submission_needs_the_confirmation(admin: Client, drafted: Callable[..., Application]) -> None:
    drafted()
    page = admin.post("/applications/CT-000001/1/check/", {})
    assert page.status_code == 422
    assert b"Confirm that it is correct" in page.content
    assert Application.objects.get().submitted_at is None


def test_an_incomplete_draft_says_what_is_missing_and_is_not_submitted(
    admin: Client, drafted: Callable[..., Application]
) -> None:
    drafted(exams={})
    page = admin.post("/applications/CT-000001/1/check/", {"agreed": "on"})
    assert page.status_code == 422
    assert b"Say which exam you will send for Chest, adult." in page.content


def test_what_is_typed_about_exams_is_kept_and_too_much_is_refused(
    admin: Client, drafted: Callable[..., Application]
) -> None:
    application = drafted(exams={})
    page = admin.get("/applications/CT-000001/1/exams/")
    first, *others = page.context["form"].fields
    page = admin.post("/applications/CT-000001/1/exams/", {first: "x" * 81, others[0]: "Chest; low dose"})
    assert page.status_code == 422
    assert b"Use at most 80 characters." in page.content
    assert b"Chest; low dose" in page.content
    admin.post("/applications/CT-000001/1/exams/", {first: "Head", others[0]: "Chest; low dose"})
    application.refresh_from_db()
    assert application.exams["chest/adult"] == "Chest, low dose"


def test_modules_of_a_draft_can_be_changed_and_exams_that_stay_are_kept(
    admin: Client, drafted: Callable[..., Application]
) -> None:
    application = drafted()
    answer = admin.post("/applications/CT-000001/1/areas/", {"areas": ["chest/adult", "chest/pediatric"]})
    assert answer.headers["Location"] == "/applications/CT-000001/1/exams/"
    application.refresh_from_db()
    assert application.exams == {"chest/adult": "Routine chest", "chest/pediatric": "", "phantom/image-quality": ""}
    assert application.case_file.areas.count() == 3


def test_mammography_says_that_this_policy_does_not_govern_it(house: House, admin: Client) -> None:
    page = admin.get("/applications/new/areas/", {"subject": f"unit-{house.units['MAM 1'].pk}"})
    assert b"does not govern" in page.content
    assert b"options and procedures of their own" in page.content


ADDRESSES = [
    "/applications/CT-000001/", "/applications/CT-000001/1/", "/applications/CT-000001/1/exams/",
    "/applications/CT-000001/1/areas/", "/applications/CT-000001/1/check/", "/applications/CT-000001/1/return/",
    "/invoices/INV-000001/",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_facility_finds_no_such_page(house: House, submitted: Application, address: str) -> None:
    client = as_person(house.stranger)
    assert client.get(address).status_code == 404
    assert client.post(address, {"comment": "x", "agreed": "on"}).status_code in {404, 405}


def test_who_may_look_may_not_write(house: House, drafted: Callable[..., Application]) -> None:
    drafted()
    client = as_person(house.technologist)
    assert client.get("/applications/CT-000001/1/").status_code == 200
    for step in ("areas", "exams", "check"):
        assert client.get(f"/applications/CT-000001/1/{step}/").status_code == 403
    assert client.get("/applications/new/").status_code == 403
    assert client.get("/applications/CT-000001/1/return/").status_code == 404


def test_a_draft_is_the_facilitys_own(staff: Client, drafted: Callable[..., Application]) -> None:
    drafted()
    assert staff.get("/applications/CT-000001/1/").status_code == 404
    assert b"CT-000001" not in staff.get("/applications/").content


def test_staff_record_the_fee_and_see_where_to_accept(staff: Client, submitted: Application) -> None:
    page = staff.get("/applications/CT-000001/1/")
    assert b"Record the fee" in page.content
    answer = staff.post(
        "/invoices/INV-000001/paid/", {"amount": "2900.00", "received": "2021-04-01", "reference": "77"}
    )
    assert answer.headers["Location"] == "/invoices/INV-000001/"
    page = staff.get("/applications/CT-000001/1/")
    assert f"/packages/accept/{submitted.pk}" in page.content.decode() or b"Accept" in page.content


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": ""}, "Enter the amount that was paid."),
        ({"amount": "2,9oo"}, "Write the amount as a number, for example 2900.00."),
        ({"amount": "0"}, "The amount must be more than nothing."),
        ({"amount": "-5"}, "The amount must be more than nothing."),
        ({"amount": "1.999"}, "Write at most two digits after the point."),
        ({"amount": "99999999999999999999"}, "The amount cannot be more than a million dollars."),
        ({"received": ""}, "Enter the day on which the payment came."),
        ({"received": "yesterday"}, "Write the day as year-month-day"),
        ({"received": "2999-01-01"}, "The day lies in the future."),
        ({"reference": "x" * 81}, "Use at most 80 characters."),
    ],
)
def test_a_payment_that_cannot_be_right_is_refused(
    staff: Client, submitted: Application, typed: dict[str, str], sentence: str
) -> None:
    said = {"amount": "2900.00", "received": "2021-04-01", "reference": "check 77 of Cedar Grove"} | typed
    page = staff.post("/invoices/INV-000001/paid/", said)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    if "reference" not in typed:
        assert "check 77 of Cedar Grove" in page.content.decode()
    assert Invoice.objects.get().paid_at is None


def test_a_payment_that_a_colleague_has_recorded_is_told(staff: Client, paid: Application) -> None:
    page = staff.post("/invoices/INV-000001/paid/", {"amount": "2900.00", "received": "2021-04-01"})
    assert page.status_code == 409
    assert b"recorded already" in page.content


def test_the_facility_sees_its_invoices_and_cannot_record_payments(admin: Client, submitted: Application) -> None:
    assert b"INV-000001" in admin.get("/invoices/").content
    assert b"Record the payment" not in admin.get("/invoices/INV-000001/").content
    answer = admin.post("/invoices/INV-000001/paid/", {"amount": "1.00", "received": "2021-04-01"})
    assert answer.status_code == 404
    assert Invoice.objects.get().paid_at is None


def test_staff_return_an_application_with_a_comment(staff: Client, admin: Client, submitted: Application) -> None:
    assert staff.post("/applications/CT-000001/1/return/", {"comment": " "}).status_code == 422
    staff.post("/applications/CT-000001/1/return/", {"comment": "Name the kernel of the chest exam."})
    assert b"Name the kernel of the chest exam." in admin.get("/applications/CT-000001/1/").content
    assert staff.post("/applications/CT-000001/1/return/", {"comment": "again"}).status_code == 409


@pytest.mark.parametrize("page", ["/applications/", "/invoices/"])
def test_lists_ask_the_same_number_of_questions_for_one_row_and_for_three(
    house: House, staff: Client, drafted: Callable[..., Application], page: str,
    django_assert_num_queries: Any, django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    actions.submit(application=drafted(), actor=house.admin, now=NOON)
    staff.get(page)
    with django_assert_max_num_queries(20) as one:
        assert staff.get(page).status_code == 200
    for unit, modality, area in [("CT 2", "CT", "chest/adult"), ("MRI 1", "MRI", "spine")]:
        application = drafted(unit=house.units[unit], modality=modality, areas=[area], exams={area: "; ".join("abcd")})
        actions.submit(application=application, actor=house.admin, now=NOON)
    with django_assert_num_queries(len(one)):
        answer = staff.get(page)
    assert len(answer.context["page"].object_list) == 3


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/applications/?search=cedar", True), ("/applications/?search=harbor", False),
        ("/applications/?state=unpaid", True), ("/applications/?state=accepted", False),
        ("/applications/?state=nonsense", True), ("/applications/?page=99", True), ("/applications/?page=x", True),
        ("/invoices/?search=CT-000001", True), ("/invoices/?state=paid", False), ("/invoices/?search=INV-9", False),
    ],
)  # fmt: skip
def test_lists_can_be_narrowed(staff: Client, submitted: Application, address: str, found: bool) -> None:
    page = staff.get(address)
    assert page.status_code == 200
    assert (b"CT-000001</" in page.content) is found


def test_staff_take_on_what_no_policy_governs_without_a_testing_package(
    house: House, staff: Client, drafted: Callable[..., Application]
) -> None:
    application = drafted(unit=house.units["MAM 1"], modality="MAM", areas=["ffdm"], exams={"ffdm": "Four views"})
    actions.submit(application=application, actor=house.admin, now=NOON)
    staff.post("/invoices/INV-000001/paid/", {"amount": "1500.00", "received": "2021-04-01"})
    page = staff.get("/applications/MAM-000001/1/")
    assert b"take-on" in page.content
    assert b"/packages/accept" not in page.content
    assert staff.post("/applications/MAM-000001/1/take-on/").status_code == 302
    assert b"staff lead the case" in staff.get("/applications/MAM-000001/1/").content
    assert staff.post("/applications/MAM-000001/1/take-on/").status_code == 409


def test_a_governed_application_is_only_accepted_with_its_package(staff: Client, paid: Application) -> None:
    assert staff.post("/applications/CT-000001/1/take-on/").status_code == 404
    paid.refresh_from_db()
    assert paid.accepted_at is None


def test_after_submitting_the_facility_is_told_to_pay_and_how_much(admin: Client, submitted: Application) -> None:
    page = admin.get("/applications/CT-000001/1/").content.decode()
    assert "It is your turn: pay the fee of $2,900.00" in page
    assert "/invoices/INV-000001/" in page


def test_a_fee_without_a_figure_is_entered_by_staff_and_read_by_the_facility_before_it_pays(
    house: House, staff: Client, admin: Client, submitted: Application, run_tasks: Callable[[], None]
) -> None:
    Invoice.objects.update(cents=None, source="")
    waiting = admin.get("/applications/CT-000001/1/").content.decode()
    assert "staff to enter the amount of the fee" in waiting
    assert admin.post("/invoices/INV-000001/amount/", {"cost": "1450"}).status_code == 404
    page = staff.post("/invoices/INV-000001/amount/", {"cost": "a lot"})
    assert page.status_code == 422
    assert b"Write the amount as a number" in page.content
    assert b"a lot" in page.content
    assert staff.post("/invoices/INV-000001/amount/", {"cost": "$1,450.00"}).status_code == 302
    assert b"$1,450.00" in admin.get("/invoices/INV-000001/").content
    run_tasks()
    assert "A fee is to be paid" in admin.get("/notices/").content.decode()
    assert Invoice.objects.get().paid_at is None


def test_the_amount_of_what_was_paid_is_not_entered_again(staff: Client, paid: Application) -> None:
    assert staff.post("/invoices/INV-000001/amount/", {"cost": "1"}).status_code == 409
    assert Invoice.objects.get().cents == 290000
