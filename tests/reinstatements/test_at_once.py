"""Two people act at the same moment: one is heard, the other is told. Real transactions, real threads."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from reaccredit.ledger.actions import Lost, Refused
from reaccredit.reinstatements import actions
from reaccredit.reinstatements.models import Plan
from tests.options.world import HOUR
from tests.reinstatements.world import CHOSEN, build

THEN = CHOSEN + 2 * HOUR


def together(*acts: Callable[[], object]) -> list[str]:
    """What became of each: "done", or the name of the refusal."""
    ready, outcomes = Barrier(len(acts)), [""] * len(acts)

    def run(place: int) -> None:
        ready.wait()
        try:
            acts[place]()
            outcomes[place] = "done"
        except (Lost, Refused) as error:
            outcomes[place] = type(error).__name__
        finally:
            connection.close()

    threads = [Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_is_given_and_the_other_is_told() -> None:
    world = build()
    world.chose_to_reinstate()
    sent = world.sent()
    copies = [Plan.objects.select_related("case_file__case").get(pk=sent.pk) for _ in range(2)]
    assert together(
        lambda: actions.approve(plan=copies[0], comment="", actor=world.staff, now=THEN),
        lambda: actions.return_(plan=copies[1], comment="No.", about_lines={}, actor=world.staff, now=THEN),
    ) == ["Lost", "done"]
    assert world.case_file.case.facts.filter(kind__in=["plan.approved", "plan.returned"]).count() == 1
