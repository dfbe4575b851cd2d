"""Invoices are issued and marked as paid here and nowhere else. The money itself moves outside the system."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from reaccredit.billing.models import Invoice
from reaccredit.ledger import actions as ledger
from reaccredit.ledger.actions import Lost
from reaccredit.ledger.models import Case
from reaccredit.ledger.numbers import next_number


class NoAmount(Exception):
    """The catalogue has no figure for this fee and nobody has entered one."""

    def __init__(self) -> None:
        super().__init__("No figure was published for this fee. Enter the amount that the facility owes.")


@transaction.atomic
def issue(*, case: Case, purpose: str, cents: int | None, source: str, now: datetime) -> Invoice:
    """`cents` is None where no figure was published: staff enter it with `set_amount`, or with the payment."""
    return Invoice.objects.create(
        case=case, number=next_number("INV"), purpose=purpose, cents=cents, source=source[:160], issued_at=now
    )


@transaction.atomic
def set_amount(*, invoice: Invoice, cents: int, source: str) -> Invoice:
    """For a fee without a published figure, or a reduced one. Raises `Lost` when it has been paid meanwhile."""
    invoice = _unpaid(invoice)
    invoice.cents, invoice.source = cents, source[:160]
    invoice.save(update_fields=["cents", "source"])
    return invoice


@transaction.atomic
def record_payment(
    *, invoice: Invoice, reference: str, actor_code: str, role: str, now: datetime, received_at: datetime | None = None
) -> Invoice:
    """States `fee.paid`. Raises `Lost` when it was recorded already, `NoAmount` when nobody knows how much it is."""
    ledger.lock(invoice.case)
    invoice = _unpaid(invoice)
    if invoice.cents is None:
        raise NoAmount
    ledger.state(
        case=invoice.case, kind="fee.paid", actor=actor_code, role=role, now=now, happened_at=received_at,
        about={"purpose": invoice.purpose, "invoice": invoice.number},
    )  # fmt: skip
    invoice.paid_at, invoice.reference = received_at or now, reference
    invoice.save(update_fields=["paid_at", "reference"])
    return invoice


def _unpaid(invoice: Invoice) -> Invoice:
    held = Invoice.objects.select_for_update(of=("self",)).select_related("case").get(pk=invoice.pk)
    if held.paid_at is not None:
        raise Lost(f"The payment of {held.number} has been recorded already. Nothing was changed.")
    return held
