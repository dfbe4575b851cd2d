"""A worker takes up what was lost: work of facts that nobody did, and tasks of workers that were killed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django_tasks_db.models import DBTaskResult

from reaccredit.ledger.models import Case, Fact, Outbox
from reaccredit.project.housekeeping import Housekeeping
from reaccredit.project.workers import Badge

LONG_AGO = datetime(2021, 3, 8, 12, 0, tzinfo=UTC)


def forgotten() -> Fact:
    case = Case.objects.create(number="CT-000001", programme="diagnostic", modality="CT", opened_at=LONG_AGO)
    fact = Fact.objects.create(
        case=case, seq=1, kind="note.added", happened_at=LONG_AGO, recorded_at=LONG_AGO, actor="clock", hash="0" * 64
    )
    Outbox.objects.create(fact=fact)
    return fact


@pytest.mark.django_db
def test_a_round_asks_for_forgotten_work_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fact = forgotten()
    with Badge(tmp_path, "here-1") as badge:
        for _ in range(2):
            Housekeeping(badge).round()
    assert [task.args_kwargs["args"] for task in DBTaskResult.objects.all()] == [[fact.pk]]
    assert "0 interrupted tasks and 1 unanswered facts" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_it_goes_round_beside_the_worker_and_ends_with_it(tmp_path: Path) -> None:
    forgotten()
    with Badge(tmp_path, "here-1") as badge, Housekeeping(badge, seconds=0.01) as housekeeping:
        for _ in range(500):
            if DBTaskResult.objects.exists():
                break
            housekeeping._over.wait(0.01)
    assert DBTaskResult.objects.count() == 1
    assert not housekeeping._thread.is_alive()
