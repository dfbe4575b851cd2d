"""An invoice is issued with a number, paid once, and read only by whom the rooms above let."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from reaccredit.billing import actions, queries
from reaccredit.billing.models import Invoice
from reaccredit.ledger.actions import Lost, Refused, open_case
from reaccredit.ledger.models import Case, Fact

NOON = datetime(2021, 4, 1, 16, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return open_case(number="CT-000001", programme="diagnostic", modality="CT", now=NOON)


def issue(case: Case, cents: int | None = 290000) -> Invoice:
    return actions.issue(case=case, purpose="application", cents=cents, source="Fees", now=NOON)


def pay(invoice: Invoice, now: datetime = NOON, received_at: datetime | None = None) -> Invoice:
    return actions.record_payment(
        invoice=invoice, reference="check 77", actor_code="person:1", role="staff", now=now, received_at=received_at
    )


def test_a_payment_is_a_fact_of_the_case(case: Case) -> None:
    paid = pay(issue(case))
    assert (paid.paid_at, paid.reference) == (NOON, "check 77")
    fact = Fact.objects.get()
    assert (fact.kind, fact.about["purpose"], fact.actor, fact.role) == ("fee.paid", "application", "person:1", "staff")


def test_a_payment_that_came_by_post_is_entered_with_its_own_day(case: Case) -> None:
    later = NOON + timedelta(days=3)
    paid = pay(issue(case), now=later, received_at=NOON)
    assert paid.paid_at == NOON
    fact = Fact.objects.get()
    assert (fact.happened_at, fact.recorded_at) == (NOON, later)


def test_a_payment_is_recorded_once(case: Case) -> None:
    invoice = issue(case)
    pay(invoice)
    with pytest.raises(Lost):
        pay(invoice)
    with pytest.raises(Lost):
        actions.set_amount(invoice=invoice, cents=1, source="later")
    assert Fact.objects.count() == 1


def test_a_fee_without_a_figure_is_paid_when_staff_have_entered_it(case: Case) -> None:
    invoice = issue(case, cents=None)
    assert invoice.amount == ""
    with pytest.raises(actions.NoAmount):
        pay(invoice)
    actions.set_amount(invoice=invoice, cents=145000, source="Entered by staff")
    assert pay(invoice).amount == "$1,450.00"
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.update(cents=None)


def test_a_payment_in_the_future_is_refused_and_nothing_is_kept(case: Case) -> None:
    invoice = issue(case)
    with pytest.raises(Refused):
        pay(invoice, received_at=NOON + timedelta(days=1))
    invoice.refresh_from_db()
    assert invoice.paid_at is None
    assert not Fact.objects.exists()


def test_invoices_are_read_within_the_cases_that_were_given(case: Case) -> None:
    other = open_case(number="CT-000002", programme="diagnostic", modality="CT", now=NOON)
    mine, theirs = issue(case), issue(other)
    assert list(queries.listed([case.pk])) == [mine]
    assert set(queries.listed(None)) == {mine, theirs}
    assert list(queries.listed([])) == []
    assert queries.get(None, theirs.number) == theirs
    with pytest.raises(Http404):
        queries.get([case.pk], theirs.number)
    assert queries.open_invoice(case, "application") == mine
    assert queries.open_invoice(case, "repeat") is None
