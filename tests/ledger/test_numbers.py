"""Numbers for people are given out once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from reaccredit.ledger.numbers import next_number


@pytest.mark.django_db
def test_each_prefix_counts_for_itself() -> None:
    assert [next_number("CT"), next_number("CT"), next_number("MRI")] == ["CT-000001", "CT-000002", "MRI-000001"]


@pytest.mark.django_db
def test_a_number_of_a_transaction_that_failed_may_come_again() -> None:
    with transaction.atomic():
        next_number("CT")
        transaction.set_rollback(True)
    assert next_number("CT") == "CT-000001"


@pytest.mark.django_db(transaction=True)
def test_people_who_ask_at_once_get_different_numbers() -> None:
    given: list[str] = []

    def ask() -> None:
        try:
            for _ in range(5):
                given.append(next_number("CT"))
        finally:
            connection.close()

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert sorted(given) == [f"CT-{n:06d}" for n in range(1, 21)]
