"""No work is lost when a worker is killed, and none is done twice while a worker lives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from reaccredit.project.workers import MOST_STARTS, Badge, take_back

YESTERDAY = datetime(2021, 3, 8, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def begun(*workers: str) -> DBTaskResult:
    return DBTaskResult.objects.create(
        status=TaskResultStatus.RUNNING,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="reaccredit.ledger.tasks.spread",
        backend_name="default",
        run_after=YESTERDAY,
        started_at=YESTERDAY,
        worker_ids=list(workers),
    )


def test_the_task_of_a_dead_worker_is_ready_again(tmp_path: Path) -> None:
    task = begun("here-1")
    with Badge(tmp_path, "here-2") as badge:
        assert take_back(badge) == 1
    task.refresh_from_db()
    assert (task.status, task.worker_ids) == (TaskResultStatus.READY, ["here-1"])


def test_the_task_of_a_living_worker_is_left_to_it(tmp_path: Path) -> None:
    task = begun("here-1")
    with Badge(tmp_path, "here-1"), Badge(tmp_path, "here-2") as badge:
        assert take_back(badge) == 0
    task.refresh_from_db()
    assert task.status == TaskResultStatus.RUNNING


def test_the_task_of_another_machine_is_left_to_that_machine(tmp_path: Path) -> None:
    begun("there-1")
    with Badge(tmp_path, "here-2") as badge:
        assert take_back(badge) == 0


def test_a_task_that_kills_every_worker_is_given_up(tmp_path: Path) -> None:
    task = begun(*(f"here-{number}" for number in range(MOST_STARTS)))
    with Badge(tmp_path, "here-9") as badge:
        assert take_back(badge) == 0
    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED


def test_a_badge_is_gone_with_its_worker(tmp_path: Path) -> None:
    with Badge(tmp_path, "here-1") as badge:
        assert badge.is_worn("here-1")
    assert not badge.is_worn("here-1")
    assert list(tmp_path.iterdir()) == []
