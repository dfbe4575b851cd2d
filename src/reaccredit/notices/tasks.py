"""Mail leaves in the background: a page does not wait for a mail server, and a refusal of the server loses no notice."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from reaccredit.notices import mailing


@task(priority=50)  # nobody waits for a mail until the pictures of a package were read
def send(pk: int) -> None:
    mailing.send(pk=pk, now=timezone.now())  # noqa: TID251 - a task reads the clock as a view does


def enqueue_mail(pk: int) -> None:
    """A row of the caller's transaction: it is there when the notice is, and never without it."""
    send.enqueue(pk)


def attempts(pks: Iterable[int]) -> dict[int, tuple[int, bool]]:
    """For each notice: how many tasks have failed to mail it, and whether one waits or runs now."""
    found = dict.fromkeys(pks, (0, False))
    rows = DBTaskResult.objects.filter(task_path=send.module_path).exclude(status="SUCCESSFUL") if found else ()
    for row in rows:
        pk = row.args_kwargs["args"][0]
        if pk in found:
            failures, waiting = found[pk]
            found[pk] = (failures + (row.status == "FAILED"), waiting or row.status != "FAILED")
    return found
