"""Two people submit the form of the same report in the same moment: one is admitted, the other is told what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from reaccredit.options.models import Draft, OptionForm
from reaccredit.people.models import Person
from tests.options.clock import Clock
from tests.options.test_pages import GOOD, OPEN, as_, text, url
from tests.options.world import BRAIN, World, build


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each act in a thread of its own, all let go together."""
    gate, answers = Barrier(len(acts)), dict[int, Any]()

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            answers[place] = act()
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[place] for place in range(len(acts))]


def checked(person: Person, report: int, option: str, role: str) -> Client:
    """A browser that stands before the button Submit."""
    client = as_(person)
    assert client.post(url("form", report, option), GOOD | {"name": person.name, "role": role}).status_code == 302
    return client


def test_of_two_at_once_one_is_admitted_and_the_other_told(world: World, clock: Clock) -> None:
    report = world.viewed([BRAIN])
    clock(OPEN + timedelta(hours=1))
    admin = checked(world.admin, report.pk, "repeat", "administrator")
    physician = checked(world.physician, report.pk, "withdraw", "supervising-physician")
    tokens = {draft.option: str(draft.token) for draft in Draft.objects.all()}

    def press(client: Client, option: str) -> Callable[[], Any]:
        said = {"token": tokens[option], "seen": "0", "sure": "on"}
        return lambda: client.post(url("confirm", report.pk, option), said)

    answers = at_once(press(admin, "repeat"), press(physician, "withdraw"))
    assert sorted(a.status_code for a in answers) == [302, 409]
    told = next(text(a) for a in answers if a.status_code == 409)
    assert "submitted “" in told
    assert OptionForm.objects.count() == 1
    assert report.case_file.case.facts.filter(kind__startswith="option.").count() == 1


def test_a_double_click_at_once_submits_once(world: World, clock: Clock) -> None:
    report = world.viewed([BRAIN])
    clock(OPEN + timedelta(hours=1))
    client = checked(world.admin, report.pk, "repeat", "administrator")
    said = {"token": str(Draft.objects.get().token), "seen": "0"}
    clicks = [lambda: client.post(url("confirm", report.pk, "repeat"), said)] * 2
    answers = at_once(*clicks)
    assert [a.status_code for a in answers] == [302, 302]
    assert OptionForm.objects.count() == 1
