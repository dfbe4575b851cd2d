"""Invoices, scoped by who asks: the rooms above say which cases somebody may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from reaccredit.billing.models import Invoice
from reaccredit.ledger.models import Case
from reaccredit.ledger.numbers import holding

# None stands for every case: the programme's staff.
Cases = Iterable[int] | QuerySet[Any, Any] | None


def invoices(cases: Cases) -> QuerySet[Invoice]:
    every = Invoice.objects.select_related("case").order_by("-issued_at", "-pk")
    return every if cases is None else every.filter(case__in=cases)


def listed(
    cases: Cases, *, search: str = "", state: str = "", prefixes: Collection[str] | None = None
) -> QuerySet[Invoice]:
    """`invoices` narrowed to what holds every word of `search`, and to the open or paid ones. `prefixes`: of the numbers of cases."""
    found = invoices(cases)
    for word in search.split():
        every = Invoice.objects.order_by()
        held = Q(pk__in=every.filter(reference__icontains=word))
        if numbered := holding(word, ["INV"]):
            held |= Q(pk__in=every.filter(numbered))
        if of_case := holding(word, prefixes):
            held |= Q(case__in=Case.objects.filter(of_case).order_by())
        found = found.filter(held)
    if state in {"open", "paid"}:
        found = found.filter(paid_at__isnull=state == "open")
    return found


def get(cases: Cases, number: str, *related: str) -> Invoice:
    """The invoice with this number, and rows related to it, if it belongs to one of the cases. Raises `Http404`."""
    found = invoices(cases).select_related("case", *related).filter(number=number).first()
    if found is None:
        raise Http404("no such invoice for this person")
    return found


def open_invoice(case: Case, purpose: str) -> Invoice | None:
    """The last unpaid invoice of a case for a purpose."""
    return case.invoices.filter(purpose=purpose, paid_at__isnull=True).order_by("-issued_at").first()
