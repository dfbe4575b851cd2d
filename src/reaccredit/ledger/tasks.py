"""After a fact is committed, the handler named in the settings is called with it, once, by a worker."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from reaccredit.ledger.models import Fact, Outbox


@task(priority=60)  # before the mail that it leads to, and before anything that takes a worker minutes
def spread(fact_id: int) -> None:
    """Fetch by id, call the handler, say that it is done.

    What was done is not done again, however often it is asked for. A worker may still die between doing and saying so:
    a handler is safe to call twice.
    """
    fact = Fact.objects.select_related("case", "outbox").get(pk=fact_id)
    if fact.outbox.done_at is not None:
        return
    import_string(settings.FACT_HANDLER)(fact)
    now = timezone.now()  # noqa: TID251 - a task reads the clock as a view does
    Outbox.objects.filter(fact=fact, done_at__isnull=True).update(done_at=now)


def enqueue_spread(fact_id: int) -> None:
    spread.enqueue(fact_id)


def attempts(fact_ids: Iterable[int]) -> dict[int, tuple[int, bool]]:
    """For each fact: how many tasks have failed to spread it, and whether one waits or runs now."""
    wanted = set(fact_ids)
    found = dict.fromkeys(wanted, (0, False))
    rows = DBTaskResult.objects.filter(task_path=spread.module_path).exclude(status="SUCCESSFUL")
    for status, said in rows.values_list("status", "args_kwargs"):
        fact_id = said["args"][0]
        if fact_id in wanted:
            failures, waiting = found[fact_id]
            found[fact_id] = (failures + (status == "FAILED"), waiting or status != "FAILED")
    return found
