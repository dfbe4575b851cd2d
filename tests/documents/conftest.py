from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from reaccredit.documents import actions
from reaccredit.documents.models import Document
from reaccredit.phi.roster import Roster

NOW = datetime(2021, 4, 1, 12, 0, tzinfo=UTC)
STAFF = Roster(
    names=frozenset({"Ann Lee", "Robert Q. Staffer"}),
    phones=frozenset({"(312) 555-0147"}),
    emails=frozenset({"physics@example.com"}),
    addresses=frozenset({"100 North Main Street, Springfield, IL 62701"}),
    domains=frozenset({"hospital.example"}),
)


@pytest.fixture(autouse=True)
def store_folder(settings, tmp_path) -> Path:
    settings.FILES = tmp_path / "files"
    return settings.FILES / "documents"


@pytest.fixture
def keep(db) -> Callable[..., Document]:
    """Store a letter; `phi="forbidden"` makes it a corrective-action paper."""

    def call(content: bytes, **options) -> Document:
        values = {"kind": "letter", "title": "Letter", "allowed": actions.LETTERS, "actor": "person:1", "now": NOW}
        return actions.store(stream=BytesIO(content), **{**values, **options})

    return call


@pytest.fixture
def screened(keep) -> Callable[..., Document]:
    return lambda content, **options: keep(content, phi="forbidden", roster=STAFF, **options)
