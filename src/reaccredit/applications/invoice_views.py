"""Pages of the invoices. They stand in this room because billing, which is below it, knows no facility and no person."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.applications import actions, queries
from reaccredit.applications.forms import AmountForm, PaymentForm
from reaccredit.billing import queries as billing
from reaccredit.billing.models import Invoice
from reaccredit.facilities.asking import Asked, page
from reaccredit.ledger.actions import Lost, Refused


@require_safe
@page
def index(asked: Asked) -> HttpResponse:
    search, wanted = asked.words("search"), asked.words("state")
    cases = queries.invoiced_cases(asked.person, asked.on)
    listed = billing.listed(cases, search=search, state=wanted, prefixes=queries.prefixes())
    every = billing.invoices(None).select_related("case__file__facility")
    rows = (
        asked.page_of_found(listed, every) if search else asked.page_of(listed.select_related("case__file__facility"))
    )
    return asked.render("billing/index.html", {"page": rows, "search": search, "wanted": wanted})


@require_safe
@page
def invoice(asked: Asked, number: str) -> HttpResponse:
    found = _found(asked, number)
    return asked.render("billing/invoice.html", _page(asked, found))


@require_http_methods(["POST"])
@page
def pay(asked: Asked, number: str) -> HttpResponse:
    """Staff record a payment that came outside the system."""
    asked.staff_only()
    found = _found(asked, number)
    form = PaymentForm(asked.http.POST, invoice=found, now=asked.now)
    context = _page(asked, found) | {"form": form}
    if not form.is_valid():
        return asked.refused("billing/invoice.html", context)
    try:
        actions.record_payment(
            invoice=found, cents=form.cents, reference=form.cleaned_data["reference"], received_at=form.received_at,
            actor=asked.person, now=asked.now,
        )  # fmt: skip
    except Lost as error:
        return asked.render("billing/invoice.html", context | {"stopped": str(error)}, HTTPStatus.CONFLICT)
    except Refused as error:
        return asked.render("billing/invoice.html", context | {"refusal": error.refusal}, HTTPStatus.CONFLICT)
    messages.success(asked.http, f"The payment of {found.number} is recorded.")
    return redirect("billing:invoice", found.number)


@require_http_methods(["POST"])
@page
def amount(asked: Asked, number: str) -> HttpResponse:
    """Staff enter what a fee without a published figure comes to, so that the facility knows what to pay."""
    asked.staff_only()
    found = _found(asked, number)
    form = AmountForm(asked.http.POST)
    if not form.is_valid():
        return asked.refused("billing/invoice.html", _page(asked, found) | {"amount_form": form})
    try:
        actions.enter_amount(invoice=found, cents=form.cents, actor=asked.person, now=asked.now)
    except Lost as error:
        return asked.render("billing/invoice.html", _page(asked, found) | {"stopped": str(error)}, HTTPStatus.CONFLICT)
    messages.success(asked.http, f"The amount of {found.number} is entered. The facility sees it on the invoice.")
    return redirect("billing:invoice", found.number)


def _page(asked: Asked, invoice: Invoice) -> dict[str, object]:
    form = _form(asked, invoice)
    return {"invoice": invoice, "form": form, "amount_form": AmountForm() if form and invoice.cents is None else None}


def _found(asked: Asked, number: str) -> Invoice:
    cases = queries.invoiced_cases(asked.person, asked.on)
    return billing.get(cases, number, "case__file__facility", "case__file__unit")


def _form(asked: Asked, invoice: Invoice) -> PaymentForm | None:
    wanted = asked.who.is_staff and invoice.paid_at is None
    return PaymentForm(invoice=invoice, now=asked.now) if wanted else None
