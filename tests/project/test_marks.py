"""A mark that a list draws in every line looks as the component of which it takes the place."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.template import engines
from django.test import RequestFactory

from reaccredit.policy import Because, Clause

CLAUSES = (
    Clause("options.first", "The facility <may> choose.", "3.1"),
    Clause("silent.one", "", "", silent=True),
    Clause("assumed.one", "It is assumed.", "4", assumed=True),
)
REASONS = [
    Because(CLAUSES, date(2021, 3, 8), ("Issued on 3 April", "15 days & a weekend"), "It is due in 15 days."),
    Because((), date(2021, 3, 8), (), "The policy does not say."),
]
OPENED = datetime(2021, 4, 3, 14, tzinfo=UTC)


def drawn(text: str, **context: object) -> str:
    found = engines["django"].from_string(text).render(context, RequestFactory().get("/"))
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", " ".join(found.split()))


@pytest.mark.parametrize("because", REASONS)
def test_a_reason(because: Because) -> None:
    reason = '{% cotton details summary="Why" %}{% cotton reason :because="because" :programme="programme" / %}{% endcotton %}'
    found = drawn("{% why because programme %}", because=because, programme="diagnostic")
    assert found == drawn(reason, because=because, programme="diagnostic")


def test_from_when_on() -> None:
    opening = '{% cotton opening :at="at" label="Opens" / %}'
    assert drawn('{% opens at now "Opens" %}', at=OPENED) == drawn(opening, at=OPENED)
