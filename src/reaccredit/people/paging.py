"""A page of a list and how long the list is, in one question."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import IntegerField, QuerySet, Subquery

PER_PAGE = 50


class _Length(Subquery):
    """Not the same for each row, and asked once for all of them."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS everything)"
    output_field = IntegerField()


def page_of(found: QuerySet[Any], asked: str | None, per_page: int | None = None) -> Page[Any]:
    """As `Paginator.get_page`: a number that is none is the first page, one that is too high the last."""
    number = int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    per_page = per_page or PER_PAGE
    begins = (max(number, 1) - 1) * per_page
    rows = list(found.annotate(length_of_list=_Length(found.order_by().values("pk")))[begins : begins + per_page])
    pages = Paginator(found, per_page)
    if not rows and number > 1:
        return pages.get_page(asked)
    pages.__dict__["count"] = rows[0].length_of_list if rows else 0  # what it would ask for anew
    return Page(rows, max(number, 1), pages)
