"""After a fact is committed, the handler named in the settings is called with it, once, by a worker."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string
from django_tasks import task

from reaccredit.ledger.models import Fact


@task()
def spread(fact_id: int) -> None:
    """Fetch by id, call the handler. A handler is safe to call twice: a worker may die between doing and saying so."""
    import_string(settings.FACT_HANDLER)(Fact.objects.select_related("case").get(pk=fact_id))


def enqueue_spread(fact_id: int) -> None:
    spread.enqueue(fact_id)
