"""A demo's folder keeps its keys to its owner, and never takes half a load of demo data for a demo."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from reaccredit.people.models import Person
from reaccredit.project import demo_clock
from reaccredit.project.demo_folder import KEYS, DemoFolder, InUse


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DemoFolder:
    for key in KEYS:
        monkeypatch.delenv(key, raising=False)
    made = DemoFolder(tmp_path / "demo")
    made.open()
    return made


def test_keys_are_random_private_and_stay(folder: DemoFolder) -> None:
    keys = {name: folder.environment()[name] for name in KEYS}
    assert len(set(keys.values())) == len(KEYS)
    assert stat.S_IMODE(folder.keys_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert {name: DemoFolder(folder.path).environment()[name] for name in KEYS} == keys


def test_two_demos_have_different_keys(folder: DemoFolder, tmp_path: Path) -> None:
    other = DemoFolder(tmp_path / "other")
    other.open()
    assert not set(folder._keys().values()) & set(other._keys().values())


def test_a_key_of_the_environment_comes_first(folder: DemoFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REACCREDIT_DEMO_PASSWORD", "chosen")
    assert folder.environment()["REACCREDIT_DEMO_PASSWORD"] == "chosen"


def test_a_folder_has_one_demo_at_a_time(folder: DemoFolder) -> None:
    with pytest.raises(InUse):
        DemoFolder(folder.path).open()


def test_an_interrupted_load_begins_anew(folder: DemoFolder) -> None:
    assert folder.is_new
    folder.begin()
    folder.database.touch()
    (folder.path / "files").mkdir()
    assert folder.is_new, "the load was not finished"
    folder.begin()
    assert not folder.database.exists()
    assert not (folder.path / "files").exists()
    folder.database.touch()
    folder.finish()
    assert not folder.is_new


def test_a_demo_always_keeps_its_data_in_its_folder(folder: DemoFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REACCREDIT_DATABASE", "postgres://somewhere/else")
    assert folder.environment()["REACCREDIT_DATABASE"] == f"sqlite://{folder.database}"


@pytest.mark.django_db
def test_an_empty_demo_begins_on_the_day_that_was_asked_for(
    folder: DemoFolder, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO, settings.DATA = True, folder.path
    monkeypatch.setenv("REACCREDIT_DEMO_PASSWORD", "demo-harbor")
    monkeypatch.setenv("REACCREDIT_DEMO_DATE", "2024-10-01")
    call_command("demo_data", empty=True)
    assert demo_clock.now().date() == date(2024, 10, 1)
    assert not Person.objects.exists()
