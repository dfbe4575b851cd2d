"""A page of a list and how long the list is, in one question or two.

The rows of the page are found by the list's own index first, and only these are then joined with what is shown of them. A list
is counted some pages ahead: where it goes on after these it has "more than" so many, and each of them opens all the same.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import IntegerField, QuerySet, Subquery

PER_PAGE, AHEAD = 50, 1_000  # rows: of a page, and those after its first one that are counted


class Pages(Paginator[Any]):
    """`more`: the list goes on after the last page that is counted."""

    more = False

    @property
    def words(self) -> str:
        return f"more than {self.num_pages - 1:,}" if self.more else f"{self.num_pages:,}"


class _Length(Subquery):
    """Not the same for each row, and asked once for all of them."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS everything)"
    output_field = IntegerField()


def page_of(found: QuerySet[Any], asked: str | None, per_page: int | None = None) -> Page[Any]:
    """As `Paginator.get_page`: a number that is none is the first page, one that is too high the last."""
    number, per_page = _number(asked), per_page or PER_PAGE
    begins = (number - 1) * per_page
    keys = found.values("pk")
    length = _Length(keys.order_by()[: begins + AHEAD + 1])
    rows = list(found.filter(pk__in=keys[begins : begins + per_page]).annotate(length_of_list=length))
    if not rows and number > 1:
        ends = found.filter(pk__in=found.reverse().values("pk")[:per_page]).reverse()
        rows = list(ends.annotate(length_of_list=_Length(keys.order_by())))
        return _last_page(found, rows, per_page, rows[0].length_of_list if rows else 0)
    return _page(found, rows, number, per_page, rows[0].length_of_list if rows else 0)


def page_of_keys(found: QuerySet[Any], key: str, asked: str | None, per_page: int | None = None) -> Page[Any]:
    """Of their keys alone: read once, counted by what was read. For what is dear to find, and shown by another question."""
    number, per_page = _number(asked), per_page or PER_PAGE
    begins = (number - 1) * per_page
    keys = list(found.values_list(key, flat=True)[begins : begins + AHEAD + 1])
    if not keys and number > 1:
        ends = list(found.reverse().values_list(key, _Length(found.order_by().values(key)))[:per_page])
        return _last_page(found, [one for one, _ in ends], per_page, ends[0][1] if ends else 0)
    return _page(found, keys[:per_page], number, per_page, begins + len(keys))


def page_of_found(found: QuerySet[Any], every: QuerySet[Any], asked: str | None) -> Page[Any]:
    """The same rows of `every` that `found`, which is dear to find, has: one question to find them and one to show them."""
    page = page_of_keys(found, "pk", asked)
    places = {key: place for place, key in enumerate(page.object_list)}
    rows = sorted(every.filter(pk__in=places).order_by(), key=lambda row: places[row.pk]) if places else []
    return Page(rows, page.number, page.paginator)


def _number(asked: str | None) -> int:
    return max(int(asked), 1) if asked and asked.isascii() and asked.isdigit() and len(asked) < 10 else 1


def _last_page(found: QuerySet[Any], backwards: list[Any], per_page: int, length: int) -> Page[Any]:
    """Of what was read from the end."""
    remain = (length - 1) % per_page + 1
    return _page(found, backwards[:remain][::-1], max(1, -(-length // per_page)), per_page, length)


def _page(found: QuerySet[Any], rows: list[Any], number: int, per_page: int, length: int) -> Page[Any]:
    pages = Pages(found, per_page)
    pages.__dict__["count"] = length  # what it would ask for anew
    pages.more = length > (number - 1) * per_page + AHEAD
    return Page(rows, number, pages)
