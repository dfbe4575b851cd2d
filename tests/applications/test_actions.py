"""An application goes from draft to acceptance, and each step says why when it may not be taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from reaccredit.applications import actions, queries
from reaccredit.applications.models import Application, CaseFile
from reaccredit.ledger import queries as ledger
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.models import Fact
from tests.applications.conftest import ADULT_CT, NOON, House

DAY = timedelta(days=1)


def kinds() -> list[str]:
    return list(Fact.objects.order_by("seq").values_list("kind", flat=True))


def test_a_draft_opens_a_case_with_the_phantom_test_that_its_modules_call_for(
    drafted: Callable[..., Application],
) -> None:
    application = drafted()
    case = application.case_file.case
    assert (case.number, case.programme, case.modality) == ("CT-000001", "diagnostic", "CT")
    assert [a.code for a in queries.areas(application.case_file)] == [*ADULT_CT, "phantom/image-quality"]
    assert queries.state(application) == "draft"
    assert ledger.decision(case, NOON).holder == "facility"
    assert kinds() == []


def test_only_the_administrator_of_the_facility_applies(house: House, drafted: Callable[..., Application]) -> None:
    for actor in (house.technologist, house.staff, house.stranger):
        with pytest.raises(PermissionDenied, match="facility administrator"):
            drafted(actor=actor)
    assert not CaseFile.objects.exists()


def test_an_area_that_the_modality_does_not_have_is_refused(drafted: Callable[..., Application]) -> None:
    with pytest.raises(Refused, match="no area knee in Computed tomography"):
        drafted(areas=["head-neck/adult", "knee"], exams={})
    with pytest.raises(Refused, match="at least one module"):
        drafted(areas=["phantom/image-quality"], exams={})


def test_the_unit_must_be_one_of_the_facility_and_of_the_modality(
    house: House, drafted: Callable[..., Application]
) -> None:
    for wrong in (
        {"unit": None},
        {"unit": house.units["MRI 1"]},
        {"modality": "US", "areas": ["general"], "exams": {}},
    ):
        with pytest.raises(Refused, match="accredited by"):
            drafted(**wrong)


def test_a_unit_has_one_running_case(house: House, drafted: Callable[..., Application]) -> None:
    drafted()
    with pytest.raises(actions.AlreadyOpen, match="CT-000001"):
        drafted()
    assert drafted(unit=house.units["CT 2"]).case_file.case.number == "CT-000002"


def test_an_application_without_its_exams_cannot_be_submitted(
    house: House, drafted: Callable[..., Application]
) -> None:
    application = drafted(exams={"chest/adult": "Routine chest"})
    with pytest.raises(actions.Incomplete) as caught:
        actions.submit(application=application, actor=house.admin, now=NOON)
    assert [area for area, _ in caught.value.missing] == ["head-neck/adult", "abdomen/adult"]
    assert kinds() == []


def test_one_module_sends_as_many_exams_as_the_catalogue_says(
    house: House, drafted: Callable[..., Application]
) -> None:
    application = drafted(areas=["chest/adult"], exams={"chest/adult": "Routine chest; Low dose chest"})
    assert actions.what_is_missing(application) == [
        ("chest/adult", "Say which 3 exams you will send for Chest, adult.")
    ]
    actions.change(
        application=application,
        exams={"chest/adult": "Routine; Low dose; High resolution"},
        actor=house.admin,
        now=NOON,
    )
    application.refresh_from_db()
    assert actions.what_is_missing(application) == []


def test_submitting_invoices_the_fee_of_the_catalogue_and_hands_the_case_to_staff(submitted: Application) -> None:
    invoice = submitted.invoice
    assert invoice
    assert (invoice.number, invoice.purpose, invoice.cents) == ("INV-000001", "application", 290000)
    assert "11000045696" in invoice.source
    assert queries.state(submitted) == "unpaid"
    decision = ledger.decision(submitted.case_file.case, NOON)
    assert (decision.standing.stage, decision.holder) == ("accepting", "staff")


def test_a_fee_without_a_published_figure_is_left_to_staff(house: House, drafted: Callable[..., Application]) -> None:
    application = drafted(
        unit=house.units["CT 2"],
        areas=[f"{m}/adult" for m in ("head-neck", "chest", "abdomen", "cardiac")],
        exams={**ADULT_CT, "cardiac/adult": "CT angiogram"},
    )
    assert queries.fee(application).cents == 300000
    first = actions.submit(application=drafted(), actor=house.admin, now=NOON)
    assert first.invoice
    application.refresh_from_db()
    second = actions.submit(application=application, actor=house.admin, now=NOON)
    assert second.invoice
    assert (first.invoice.cents, second.invoice.cents) == (290000, None)


def test_an_application_is_submitted_once(house: House, submitted: Application) -> None:
    with pytest.raises(Lost, match="submitted already"):
        actions.submit(application=submitted, actor=house.admin, now=NOON)
    with pytest.raises(Lost, match="submitted already"):
        actions.change(application=submitted, exams={}, actor=house.admin, now=NOON)
    assert kinds() == ["application.submitted"]


def test_staff_accept_no_application_whose_fee_is_not_paid(house: House, submitted: Application) -> None:
    with pytest.raises(Refused, match="INV-000001") as caught:
        actions.accept(application=submitted, actor=house.staff, now=NOON)
    assert caught.value.refusal.because.clauses
    assert kinds() == ["application.submitted"]


def test_accepting_starts_the_45_days_of_the_testing_package(house: House, paid: Application) -> None:
    accepted = actions.accept(application=paid, actor=house.staff, now=NOON + DAY)
    assert queries.state(accepted) == "accepted"
    decision = ledger.decision(accepted.case_file.case, NOON + DAY)
    assert decision.holder == "facility"
    assert decision.term
    assert decision.term.due
    assert (decision.term.due - NOON - DAY).days == 45
    assert kinds() == ["application.submitted", "fee.paid", "application.accepted"]


def test_an_application_is_accepted_once_and_by_staff_only(house: House, paid: Application) -> None:
    with pytest.raises(PermissionDenied):
        actions.accept(application=paid, actor=house.admin, now=NOON)
    actions.accept(application=paid, actor=house.staff, now=NOON)
    with pytest.raises(Lost, match="accepted already"):
        actions.accept(application=paid, actor=house.staff, now=NOON)
    with pytest.raises(Lost, match="accepted already"):
        actions.return_(application=paid, comment="late", actor=house.staff, now=NOON)


def test_a_returned_application_is_completed_and_submitted_again_without_a_second_fee(
    house: House, paid: Application
) -> None:
    returned = actions.return_(application=paid, comment="Name the chest exam.", actor=house.staff, now=NOON + DAY)
    assert queries.state(returned) == "returned"
    assert ledger.decision(returned.case_file.case, NOON + DAY).holder == "facility"
    actions.change(application=returned, exams={"chest/adult": "High resolution"}, actor=house.admin, now=NOON + DAY)
    again = actions.submit(application=returned, actor=house.admin, now=NOON + 2 * DAY)
    assert again.invoice_id == paid.invoice_id
    assert queries.state(again) == "waiting"
    fact = Fact.objects.get(kind="application.returned")
    assert fact.note == "Name the chest exam."


def test_a_payment_is_recorded_once(house: House, paid: Application) -> None:
    assert paid.invoice
    with pytest.raises(Lost, match="recorded already"):
        actions.record_payment(
            invoice=paid.invoice, cents=None, reference="again", received_at=None, actor=house.staff, now=NOON
        )
    assert Fact.objects.filter(kind="fee.paid").get().about == {"purpose": "application", "invoice": "INV-000001"}


def test_mammography_is_recorded_and_left_to_staff_with_the_clause_that_says_so(
    house: House, drafted: Callable[..., Application]
) -> None:
    application = drafted(unit=house.units["MAM 1"], modality="MAM", areas=["ffdm"], exams={"ffdm": "Four views"})
    reason = ledger.not_governed(application.case_file.case)
    assert reason
    assert reason.clause
    assert "Mammography and radiation oncology" in reason.clause.says
    actions.submit(application=application, actor=house.admin, now=NOON)
    assert Fact.objects.get().clauses == ["intro.excluded"]
    assert ledger.decisions([application.case_file.case], NOON) == {}
