"""The demo's clock goes forward only, by the steps that are offered, and says that it did."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from reaccredit.project import demo_clock

pytestmark = pytest.mark.django_db
CLOCK = "/demo/clock/"


@pytest.fixture
def demo(settings: Any) -> Client:
    settings.DEMO = True
    return Client()


@pytest.mark.parametrize("step", demo_clock.STEPS)
def test_each_step_moves_the_clock_on_and_the_page_confirms_it(demo: Client, own_folder: Path, step: str) -> None:
    words, by = demo_clock.STEPS[step]
    before = demo_clock.offset()
    answer = demo.post(CLOCK, {"step": step}, follow=True)
    assert demo_clock.offset() - before == by > timedelta(0)
    assert f"moved on by {words}" in answer.content.decode()


def test_steps_add_up(demo: Client, own_folder: Path) -> None:
    demo.post(CLOCK, {"step": "day"})
    demo.post(CLOCK, {"step": "hour"})
    assert demo_clock.offset() == timedelta(hours=25)


@pytest.mark.parametrize("wrong", ["", "-15-days", "2020-01-01", "15", "yesterday", "9" * 40, "a\0b", "<script>"])
def test_any_other_step_is_refused_with_a_sentence_and_the_clock_stays(
    demo: Client, own_folder: Path, wrong: str
) -> None:
    demo.post(CLOCK, {"step": "day"})
    answer = demo.post(CLOCK, {"step": wrong})
    assert answer.status_code == 422
    assert "The clock was not moved" in answer.content.decode()
    assert "<script>" not in answer.content.decode().split("<main", 1)[1]
    assert demo_clock.offset() == timedelta(days=1)


def test_outside_the_demo_there_is_no_clock_to_move(client: Client, own_folder: Path) -> None:
    assert client.get(CLOCK).status_code == 404
    assert client.post(CLOCK, {"step": "day"}).status_code == 404
    assert demo_clock.offset() == timedelta(0)
