"""The plan of the house holds: no room knows one above it, not even through a foreign key."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field, Model

HOUSE = Path(__file__).resolve().parents[2]


def floors() -> dict[str, int]:
    """Each room with its floor, the ground floor being the last line of the layers in pyproject.toml."""
    contracts = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {room.strip(): height for height, layer in enumerate(reversed(layers)) for room in layer.split("|")}


def room_of(model: type[Model]) -> str | None:
    house, _, rest = model.__module__.partition(".")
    return rest.split(".")[0] if house == "reaccredit" else None


def climbs(field: Field, floor: dict[str, int]) -> bool:
    here, there = room_of(field.model), room_of(field.related_model) if field.related_model else None
    return here is not None and there is not None and here != there and floor[there] >= floor[here]


def test_no_foreign_key_climbs_or_reaches_a_sibling() -> None:
    floor = floors()
    fields = [field for model in apps.get_models(include_auto_created=True) for field in model._meta.get_fields()]
    forward = [field for field in fields if isinstance(field, Field) and field.is_relation]
    assert [str(field) for field in forward if climbs(field, floor)] == []


def test_every_room_has_a_floor() -> None:
    rooms = {path.parent.name for path in (HOUSE / "src" / "reaccredit").glob("*/__init__.py")}
    assert rooms == set(floors())


@pytest.mark.parametrize("app", sorted(c.label for c in apps.get_app_configs() if c.name.startswith("reaccredit.")))
def test_migrations_of_a_room_stand_in_one_line(app: str) -> None:
    graph = MigrationLoader(None).graph
    names = sorted(name for label, name in graph.nodes if label == app)
    before = {name: sorted(p for label, p in graph.nodes[app, name].dependencies if label == app) for name in names}
    assert before == {name: names[place - 1 : place] if place else [] for place, name in enumerate(names)}
