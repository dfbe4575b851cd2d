"""A draft is examined by a worker: walking every case that can happen takes longer than somebody waits for a page."""

from __future__ import annotations

import logging

from django.utils import timezone
from django_tasks import task

from reaccredit.policy.revision import Revision
from reaccredit.workbench import examining, queries, texts
from reaccredit.workbench.models import Examination

log = logging.getLogger(__name__)


@task()
def examine(examination_id: int) -> None:
    """Fetch by id, work it out, keep what was found. Whoever asked again meanwhile gets the newer answer."""
    asked = Examination.objects.select_related("version").filter(pk=examination_id, ended_at__isnull=True).first()
    if asked is None:
        return
    one = Examination.objects.filter(pk=asked.pk, asked_at=asked.asked_at)
    try:
        found, failed = _found(asked), ""
    except Exception as error:  # a draft is anybody's text: whatever it brings about is told on its page
        log.exception("The examination %s came to no end", asked.pk)
        found, failed = None, f"The examination came to no end ({type(error).__name__}). Tell whoever runs this system."
    now = timezone.now()  # noqa: TID251 - a task reads the clock as a view does
    one.update(found=found, failed=failed, ended_at=now, doing="")


def _found(asked: Examination) -> examining.Found:
    now = timezone.now()  # noqa: TID251
    read = texts.read_policy(asked.version.text)
    told = texts.read_scenarios(asked.version.scenarios)
    assert isinstance(read, Revision)
    scenarios = told if isinstance(told, tuple) else ()
    rules, cases = queries.rules(read.policy), queries.open_cases(read.policy)
    one = Examination.objects.filter(pk=asked.pk, asked_at=asked.asked_at)

    def say(doing: str) -> None:
        one.update(doing=doing)

    return examining.examine(read, scenarios, rules, cases, now, say)
