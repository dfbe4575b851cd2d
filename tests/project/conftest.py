from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

PASSWORD = "demo-0f1e2d3c"


@pytest.fixture(scope="module")
def programme(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The demo, loaded once for all tests of a file, in a transaction that is taken back behind them. Gives its folder."""
    data = tmp_path_factory.mktemp("demo")
    with (
        pytest.MonkeyPatch.context() as patch,
        override_settings(DEMO=True, ADOPTED=date(2021, 3, 8), DATA=data, FILES=data / "files"),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        patch.setenv("REACCREDIT_DEMO_PASSWORD", PASSWORD)
        patch.delenv("REACCREDIT_DEMO_DATE", raising=False)
        call_command("demo_data", verbosity=0)
        yield data
        transaction.set_rollback(True)
