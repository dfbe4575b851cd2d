"""Numbers for people are given out once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from reaccredit.ledger.models import Case
from reaccredit.ledger.numbers import holding, next_number
from tests.packages.world import APRIL


@pytest.mark.django_db
def test_each_prefix_counts_for_itself() -> None:
    assert [next_number("CT"), next_number("CT"), next_number("MRI")] == ["CT-000001", "CT-000002", "MRI-000001"]


@pytest.mark.django_db
def test_a_number_of_a_transaction_that_failed_may_come_again() -> None:
    with transaction.atomic():
        next_number("CT")
        transaction.set_rollback(True)
    assert next_number("CT") == "CT-000001"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "word", ["CT-000003", "ct-000003", "CT", "ct-", "0003", "3", "CT-12", "T-1", "MRI-", "CT-1234567", "ct-000123"]
)
def test_a_word_finds_the_numbers_that_hold_it_whatever_is_left_out_for_speed(word: str) -> None:
    for number in ("CT-000003", "CT-000031", "CT-000123", "CT-1234567", "CT-12345678", "MRI-000003"):
        Case.objects.create(number=number, programme="diagnostic", modality="CT", opened_at=APRIL)
    plainly = set(Case.objects.filter(number__icontains=word))
    assert plainly
    for prefixes in (None, ["CT", "MRI"]):
        held = holding(word, prefixes)
        assert held is not None
        assert set(Case.objects.filter(held)) == plainly


@pytest.mark.parametrize("word", ["harbor", "C-1", "CT_", "CT-1a", "-MR"])
def test_no_number_is_looked_through_for_a_word_that_none_can_hold(word: str) -> None:
    assert holding(word, ["CT", "MRI"]) is None


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
