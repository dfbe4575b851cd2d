from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reaccredit.intake import actions
from reaccredit.packages.models import Item, Package
from tests.packages.world import World, build


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    settings.FILES = tmp_path / "files"
    settings.PATIENT_KEY = b"a key for tests"
    return settings.FILES / "imaging"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC) - timedelta(hours=2)


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def package(world: World, now: datetime) -> Package:
    return world.accepted(now)


@pytest.fixture
def chest(package: Package) -> Item:
    return item(package, "chest/adult")


@pytest.fixture
def door(world: World, package: Package, chest: Item, now: datetime) -> actions.Opened:
    """A door for the chest exam."""
    return actions.open_door(package=package, item=chest, name="PACS", actor=world.admin, now=now)


@pytest.fixture
def wide(world: World, package: Package, now: datetime) -> actions.Opened:
    """A door for any item of the package."""
    return actions.open_door(package=package, item=None, name="PACS", actor=world.admin, now=now)


def item(package: Package, area: str, code: str = "exam.1") -> Item:
    found = package.items.select_related("area", "collection").get(area__code=area, code=code)
    found.package = package
    return found
