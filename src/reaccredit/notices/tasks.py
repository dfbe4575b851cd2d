"""Mail leaves in the background: a page does not wait for a mail server, and a refusal of the server loses no notice."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from reaccredit.notices import mailing


@task()
def send(pk: int) -> None:
    mailing.send(pk=pk, now=timezone.now())  # noqa: TID251 - a task reads the clock as a view does


def enqueue_mail(pk: int) -> None:
    """A row of the caller's transaction: it is there when the notice is, and never without it."""
    send.enqueue(pk)


def under_way(pks: Iterable[int]) -> set[int]:
    """Those of the notices whose mail waits for a worker or is being sent."""
    wanted = set(pks)
    rows = DBTaskResult.objects.filter(task_path=send.module_path).exclude(status__in=["SUCCESSFUL", "FAILED"])
    return {said["args"][0] for said in rows.values_list("args_kwargs", flat=True)} & wanted if wanted else set()
