"""Invoices, scoped by who asks: the rooms above say which cases somebody may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from reaccredit.billing.models import Invoice
from reaccredit.ledger.models import Case

# None stands for every case: the programme's staff.
Cases = Iterable[int] | QuerySet[Any, Any] | None


def invoices(cases: Cases) -> QuerySet[Invoice]:
    every = Invoice.objects.select_related("case").order_by("-issued_at", "-pk")
    return every if cases is None else every.filter(case__in=cases)


def listed(cases: Cases, *, search: str = "", state: str = "") -> QuerySet[Invoice]:
    """`invoices` narrowed to what holds every word of `search`, and to the open or paid ones."""
    found = invoices(cases)
    for word in search.split():
        found = found.filter(Q(number__icontains=word) | Q(case__number__icontains=word) | Q(reference__icontains=word))
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
