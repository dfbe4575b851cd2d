"""What a worker does for a testing package: reading text in pictures takes longer than a page may."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from reaccredit.packages import phantoms, pictures


@task()
def look(series_id: int) -> None:
    pictures.look(series_id=series_id, now=timezone.now())  # noqa: TID251 - a task reads the clock as a view does


@task()
def mask(series_id: int) -> None:
    pictures.mask(series_id=series_id, now=timezone.now())  # noqa: TID251 - likewise


@task()
def precheck(pk: int) -> None:
    phantoms.run(pk=pk, now=timezone.now())  # noqa: TID251 - likewise
