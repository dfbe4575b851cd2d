"""What follows a report that was not passed is filled in from what was applied for before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from reaccredit.applications import actions, queries
from reaccredit.applications.models import Application
from reaccredit.ledger import actions as ledger
from reaccredit.ledger import queries as history
from reaccredit.ledger.actions import Refused
from reaccredit.people.queries import code
from tests.applications.conftest import ADULT_CT, NOON, House

DAY = timedelta(days=1)
PHANTOM = "phantom/image-quality"


def tell(house: House, application: Application, kind: str, at: datetime, **about: Any) -> None:
    ledger.state(case=application.case_file.case, kind=kind, actor=code(house.staff), role="staff", now=at, about=about)


def fail(house: House, application: Application, at: datetime, *deficient: str) -> None:
    """The package is submitted and read, and the report finds these areas not acceptable."""
    tell(house, application, "package.submitted", at)
    tell(house, application, "reviews.completed", at)
    areas = {a: "not-acceptable" if a in deficient else "acceptable" for a in application.exams}
    tell(house, application, "report.failed", at, medium="upload", areas=areas)
    tell(house, application, "report.viewed", at)


@pytest.fixture
def repeat(house: House, paid: Application) -> Application:
    actions.accept(application=paid, actor=house.staff, now=NOON)
    fail(house, paid, NOON + 10 * DAY, "chest/adult", PHANTOM)
    tell(house, paid, "option.repeat", NOON + 13 * DAY, areas=["chest/adult", PHANTOM])
    return actions.start_next(case_file=paid.case_file, kind="repeat", actor=house.admin, now=NOON + 13 * DAY)


def test_a_repeat_is_filled_in_with_the_areas_found_not_acceptable(repeat: Application) -> None:
    assert (repeat.kind, repeat.attempt) == ("repeat", 2)
    assert repeat.exams == {"chest/adult": "Routine chest", PHANTOM: ""}
    assert [a.code for a in queries.areas_of(repeat)] == ["chest/adult", PHANTOM]


def test_a_repeat_that_was_begun_is_taken_up_again(house: House, repeat: Application) -> None:
    again = actions.start_next(case_file=repeat.case_file, kind="repeat", actor=house.admin, now=NOON + 14 * DAY)
    assert again == repeat


def test_the_exam_type_cannot_change_in_a_repeat(house: House, repeat: Application) -> None:
    with pytest.raises(Refused, match="cannot be changed in a repeat") as caught:
        actions.change(
            application=repeat, exams={"chest/adult": "High resolution"}, actor=house.admin, now=NOON + 13 * DAY
        )
    clauses = caught.value.refusal.because.clauses
    assert [c.says for c in clauses] == ["Exams cannot be changed in a repeat cycle."]
    repeat.refresh_from_db()
    assert repeat.exams["chest/adult"] == "Routine chest"


def test_the_areas_of_a_repeat_cannot_be_chosen(house: House, repeat: Application) -> None:
    with pytest.raises(Refused, match="follows from the report"):
        actions.change(application=repeat, exams={}, areas=list(ADULT_CT), actor=house.admin, now=NOON + 13 * DAY)


def test_a_repeat_is_accepted_when_its_own_fee_is_paid(house: House, repeat: Application) -> None:
    now = NOON + 14 * DAY
    sent = actions.submit(application=repeat, actor=house.admin, now=now)
    assert sent.invoice
    assert (sent.invoice.purpose, sent.invoice.cents) == ("repeat", None)
    with pytest.raises(Refused) as caught:
        actions.accept(application=sent, actor=house.staff, now=now)
    assert "payment" in " ".join(c.says for c in caught.value.refusal.because.clauses)
    actions.record_payment(
        invoice=sent.invoice, cents=145000, reference="wire 9", received_at=None, actor=house.staff, now=now
    )
    accepted = actions.accept(application=sent, actor=house.staff, now=now)
    decision = history.decision(accepted.case_file.case, now)
    assert all(duty.met for duty in decision.duties)
    assert decision.standing.stage == "testing"


def test_a_reinstatement_tests_everything_that_was_applied_for_and_not_withdrawn(
    house: House, repeat: Application
) -> None:
    now = NOON + 14 * DAY
    sent = actions.submit(application=repeat, actor=house.admin, now=now)
    assert sent.invoice
    actions.record_payment(
        invoice=sent.invoice, cents=145000, reference="", received_at=None, actor=house.staff, now=now
    )
    actions.accept(application=sent, actor=house.staff, now=now)
    tell(house, sent, "package.submitted", now)
    tell(house, sent, "reviews.completed", now)
    areas = {"chest/adult": "not-acceptable", PHANTOM: "acceptable"}
    tell(house, sent, "report.failed", now, medium="upload", areas=areas)
    tell(house, sent, "report.viewed", now)
    later = now + 3 * DAY
    tell(house, sent, "option.reinstate", later, withdraw=["head-neck/adult"])
    reinstatement = actions.start_next(case_file=sent.case_file, kind="reinstatement", actor=house.admin, now=later)
    assert reinstatement.attempt == 3
    assert reinstatement.exams == {
        "chest/adult": "Routine chest", "abdomen/adult": "Portal-venous abdomen", PHANTOM: "",
    }  # fmt: skip
    changed = actions.change(
        application=reinstatement, exams={"chest/adult": "High resolution"}, actor=house.admin, now=later
    )
    assert changed.exams["chest/adult"] == "High resolution"


def test_nothing_follows_an_application_but_a_repeat_or_a_reinstatement(house: House, paid: Application) -> None:
    with pytest.raises(ValueError, match="follows no other"):
        actions.start_next(case_file=paid.case_file, kind="original", actor=house.admin, now=NOON)


def test_the_page_of_a_repeat_shows_its_exams_and_why_they_are_fixed(house: House, repeat: Application) -> None:
    client = Client()
    client.force_login(house.admin, backend="django.contrib.auth.backends.ModelBackend")
    address = "/applications/CT-000001/2/exams/"
    page = client.get(address)
    assert b"they cannot be changed in a repeat" in page.content
    assert b"Exams cannot be changed in a repeat cycle." in page.content
    page = client.post(address, {"exam-0-1": "High resolution"})
    assert page.status_code == 422
    assert client.get("/applications/CT-000001/2/areas/").headers["Location"] == "/applications/CT-000001/2/"
    assert b"Routine chest" in client.get("/applications/CT-000001/2/check/").content
