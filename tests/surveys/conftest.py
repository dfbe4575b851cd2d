from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.options.clock import clock
from tests.surveys.world import World, build

__all__ = ["clock", "world"]


@pytest.fixture(scope="module")
def chosen(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Built once a file: the way to a third deficiency is long. Each test runs in a transaction inside this one."""
    folder = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DATA=folder, FILES=folder / "files"):
            made = build()
            made.chose_the_survey()
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def world(chosen: World, db: None) -> World:
    return chosen
