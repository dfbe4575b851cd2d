from __future__ import annotations

import pytest
from tests.packages.world import World, build

from reaccredit.packages.models import Package


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def package(world: World) -> Package:
    return world.accepted()
