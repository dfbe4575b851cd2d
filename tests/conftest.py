"""What every test stands on: a database file, a folder of its own, no network, quick passwords."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.db import connection
from django.test import override_settings
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from reaccredit.ledger.guards import unseal

# Small and always the same examples where somebody waits for the answer; many and new ones at night
# (HYPOTHESIS_PROFILE=nightly bin/test tests/policy).
hypothesis_settings.register_profile(
    "small", max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile("nightly", max_examples=2000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "small"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite in a file, as it is used: in memory, a server's threads would share one connection and one transaction."""
    database: dict[str, Any] = project_settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        folder = tmp_path_factory.mktemp("database", numbered=True)
        database.setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")
        # A power cut during the tests may cost the test database.
        options = database["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests that commit empty the database behind them; the ledger lets nobody do that whose reason is not written down."""
    with django_db_blocker.unblock():
        unseal(connection, "the database of the tests is emptied between tests")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords_and_no_collected_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For the whole run, because the server of the journeys starts before any test."""
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STATIC_ROOT=tmp_path_factory.mktemp("static"),
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_looked_for_once() -> Iterator[None]:
    """Every test client starts the middleware anew, and it would look for all static files each time."""
    look_for, found = WhiteNoiseMiddleware.add_files_from_finders, dict[str, Any]()

    def remember(self: WhiteNoiseMiddleware) -> None:
        if not found:
            look_for(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", remember)
        yield


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that a test receives lie in a folder of its own; this is the folder."""
    settings.DATA = tmp_path_factory.mktemp("data")
    settings.FILES = settings.DATA / "files"
    settings.FILES.mkdir(parents=True)
    settings.STORAGES = {
        **project_settings.STORAGES,
        "default": {**project_settings.STORAGES["default"], "OPTIONS": {"location": settings.FILES}},
    }
    folder: Path = settings.DATA
    return folder


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the suite may need another machine; this one may talk to itself."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _only_to_this_machine(getattr(socket.socket, name)))


def _only_to_this_machine(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test wanted to talk to {address[0]}; tests use no network")
        return connect(self, address)

    return guarded


@pytest.fixture
def run_tasks(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Does the background work that waits, as the worker would; work that fails, fails the test. `urgent`: what has priority, and no more."""
    # A worker closes the connection between tasks, and with it would end the transaction that the test runs in.
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)

    def work(most: int | None) -> None:
        db_worker.Worker(
            queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=most,
            worker_id="tests", excluded_queue_names=[],
        ).run()  # fmt: skip

    def run(*, urgent: bool = False) -> None:
        while urgent and DBTaskResult.objects.ready().filter(priority__gt=0).exists():
            work(1)
        if not urgent:
            work(None)
        failures = [f"{result.task_path}\n{result.traceback}" for result in DBTaskResult.objects.failed()]
        assert not failures, "\n".join(failures)

    return run
