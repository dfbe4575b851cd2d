from __future__ import annotations

import pytest

from tests.options.clock import clock
from tests.options.world import World, build

__all__ = ["clock", "world"]


@pytest.fixture
def world(db: None) -> World:
    return build()
