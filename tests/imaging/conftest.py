from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pydicom.data.data_manager import DATA_ROOT

from reaccredit.imaging import actions
from reaccredit.imaging.checks import Expectation
from reaccredit.imaging.models import Collection

NOW = datetime(2021, 3, 10, 15, 0, tzinfo=UTC)
SAMPLES = Path(DATA_ROOT) / "test_files"


@pytest.fixture(autouse=True)
def store(settings, tmp_path) -> Path:
    settings.FILES = tmp_path / "files"
    settings.PATIENT_KEY = b"a key for tests"
    return settings.FILES / "imaging"


@pytest.fixture
def collection(db) -> Collection:
    return actions.open_collection(purpose="an exam", now=NOW)


@pytest.fixture
def receive(collection) -> Callable[..., actions.Received]:
    """Send files (bytes, or a pair of name and bytes) as one upload."""

    def send(*files, expectation=None, into=None, now=NOW) -> actions.Received:
        pairs = [f if isinstance(f, tuple) else (f"image{i}.dcm", f) for i, f in enumerate(files)]
        streams = [(name, BytesIO(content)) for name, content in pairs]
        return actions.receive(
            collection=into or collection,
            files=streams,
            expectation=expectation or Expectation(),
            actor="person:1",
            now=now,
        )

    return send


@pytest.fixture
def sample() -> Callable[[str], bytes]:
    return lambda name: (SAMPLES / name).read_bytes()
