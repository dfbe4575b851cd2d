from __future__ import annotations

import pytest

from reaccredit.packages.models import Package
from tests.packages.world import World, build


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def package(world: World) -> Package:
    return world.accepted()
