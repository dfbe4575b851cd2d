"""What a fact starts is done once, even when a worker, a queue or the handler fails in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from reaccredit.ledger import actions, tasks
from reaccredit.ledger.models import Case, Fact, Outbox

NOON = datetime(2021, 4, 1, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db

seen: list[int] = []


def remember(fact: Fact) -> None:
    seen.append(fact.pk)


def fail(fact: Fact) -> None:
    raise OSError("the mail server is away")


@pytest.fixture(autouse=True)
def handler(settings: Any) -> None:
    seen.clear()
    settings.FACT_HANDLER = f"{__name__}.remember"


@pytest.fixture
def fact() -> Fact:
    case = Case.objects.create(number="CT-000001", programme="diagnostic", modality="CT", opened_at=NOON)
    fact = Fact.objects.create(
        case=case, seq=1, kind="note.added", happened_at=NOON, recorded_at=NOON, actor="person:1", hash="0" * 64
    )
    Outbox.objects.create(fact=fact)
    return fact


def test_the_work_of_a_fact_is_done_once_however_often_it_is_asked_for(
    fact: Fact, run_tasks: Callable[[], None]
) -> None:
    for _ in range(3):
        tasks.enqueue_spread(fact.pk)
    run_tasks()
    assert seen == [fact.pk]
    assert Outbox.objects.get(fact=fact).done_at is not None


def test_work_that_nobody_took_up_within_a_minute_is_asked_for_again(fact: Fact, run_tasks: Callable[[], None]) -> None:
    assert actions.sweep_outbox(now=NOON + timedelta(seconds=59)) == 0
    assert actions.sweep_outbox(now=NOON + timedelta(seconds=60)) == 1
    run_tasks()
    assert seen == [fact.pk]
    assert actions.sweep_outbox(now=NOON + timedelta(days=1)) == 0


def test_work_that_waits_or_runs_is_not_asked_for_twice(fact: Fact) -> None:
    tasks.enqueue_spread(fact.pk)
    assert actions.sweep_outbox(now=NOON + timedelta(hours=1)) == 0
    DBTaskResult.objects.update(status="RUNNING")
    assert actions.sweep_outbox(now=NOON + timedelta(hours=1)) == 0


def test_work_that_fails_is_tried_again_after_longer_and_longer_waits(fact: Fact, settings: Any) -> None:
    settings.FACT_HANDLER = f"{__name__}.fail"
    for attempt in range(3):
        tasks.enqueue_spread(fact.pk)
        result = DBTaskResult.objects.ready().get()
        with pytest.raises(OSError, match="mail server"):
            tasks.spread.call(fact.pk)
        result.set_failed(OSError("the mail server is away"))
        wait = timedelta(minutes=2 ** (attempt + 1))
        assert actions.sweep_outbox(now=NOON + wait - timedelta(seconds=1)) == 0
    assert Outbox.objects.get(fact=fact).done_at is None
    assert actions.sweep_outbox(now=NOON + timedelta(minutes=8)) == 1


def test_a_stranger_in_the_queue_does_not_disturb_the_sweep(fact: Fact) -> None:
    tasks.enqueue_spread(fact.pk + 1000)
    assert actions.sweep_outbox(now=NOON + timedelta(minutes=1)) == 1
