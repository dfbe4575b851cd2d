from __future__ import annotations

import pytest

from reaccredit.reviews.models import Assignment
from tests.reviews.world import HEAD, World, build


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def reading(world: World) -> Assignment:
    world.given_out()
    return Assignment.objects.get(reviewer=world.radiologists[0], area__code=HEAD)
