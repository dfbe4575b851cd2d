"""The pages of appeals as somebody asks for them."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from reaccredit.appeals import arbitration
from reaccredit.appeals.models import Arbitration
from reaccredit.people.models import Person
from tests.appeals.test_appealing import LATER, received
from tests.options.test_pages import text
from tests.options.world import BRAIN, World


def url(name: str, *args: Any) -> str:
    return reverse(f"appeals:{name}", args=args)


def page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(url(name, *args))
    assert answer.status_code == 200
    return text(answer)


def given(world: World, who: Person, now: Any = LATER) -> Arbitration:
    appeal = received(world, [BRAIN], now)
    return arbitration.assign(appeal=appeal, area=appeal.areas.get(), arbitrator=who, actor=world.staff, now=now)
