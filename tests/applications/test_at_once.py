"""Two people press the same button at the same moment: one is admitted, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from reaccredit.applications import actions
from reaccredit.applications.models import Application, CaseFile
from reaccredit.billing.models import Invoice
from reaccredit.ledger.actions import Lost
from reaccredit.ledger.models import Fact
from tests.applications.conftest import NOON, House

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act: Callable[[], object], times: int = 4) -> list[str]:
    """What became of each: the name of its error, or "done"."""
    results: list[str] = []
    gate = threading.Barrier(times)

    def run() -> None:
        try:
            gate.wait()
            act()
            results.append("done")
        except (Lost, actions.AlreadyOpen) as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    runners = [threading.Thread(target=run) for _ in range(times)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    return sorted(results)


def test_an_application_is_submitted_by_one_of_them(house: House, drafted: Callable[..., Application]) -> None:
    application = drafted()
    results = at_once(lambda: actions.submit(application=application, actor=house.admin, now=NOON))
    assert results == ["Lost", "Lost", "Lost", "done"]
    assert Invoice.objects.count() == 1
    assert Fact.objects.filter(kind="application.submitted").count() == 1


def test_an_application_is_accepted_by_one_of_them(house: House, paid: Application) -> None:
    results = at_once(lambda: actions.accept(application=paid, actor=house.staff, now=NOON))
    assert results == ["Lost", "Lost", "Lost", "done"]
    assert Fact.objects.filter(kind="application.accepted").count() == 1


def test_a_unit_gets_one_case(drafted: Callable[..., Application]) -> None:
    assert at_once(drafted) == ["AlreadyOpen", "AlreadyOpen", "AlreadyOpen", "done"]
    assert CaseFile.objects.count() == 1


def test_a_payment_is_recorded_by_one_of_them(house: House, submitted: Application) -> None:
    assert submitted.invoice
    invoice = submitted.invoice

    def pay() -> object:
        return actions.record_payment(
            invoice=invoice, cents=None, reference="", received_at=None, actor=house.staff, now=NOON
        )

    assert at_once(pay) == ["Lost", "Lost", "Lost", "done"]
    assert Fact.objects.filter(kind="fee.paid").count() == 1
