"""The database of a house: a file in its folder, or one of its own on the server that the suite runs on."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg

WRITTEN = "ledger_fact, options_optionform, repeats_repeat"  # what a click on the option form writes, in no other order


class Database(Protocol):
    @property
    def url(self) -> str: ...
    def copy(self, folder: Path) -> Database: ...
    def read(self, query: str, *said: Any) -> list[Any]: ...
    def locked(self) -> Any: ...
    def busy(self) -> bool: ...
    def drop(self) -> None: ...


def new(folder: Path) -> Database:
    """As the suite runs: on SQLite, or on the PostgreSQL that `bin/with-postgres` names."""
    named = os.environ.get("REACCREDIT_DATABASE", "")
    return OnServer.made(named) if named.startswith("postgres") else InFile(folder)


@dataclass(frozen=True)
class InFile:
    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "reaccredit.sqlite3"

    @property
    def url(self) -> str:
        return f"sqlite://{self.path}"

    def copy(self, folder: Path) -> InFile:
        return InFile(folder)  # it was copied with everything else

    def read(self, query: str, *said: Any) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=30)) as line:
            return [row[0] for row in line.execute(query, said)]

    @contextmanager
    def locked(self) -> Iterator[None]:
        line = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        line.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            line.execute("ROLLBACK")
            line.close()

    def busy(self) -> bool:
        return False

    def drop(self) -> None:
        """It goes with its folder."""


@dataclass(frozen=True)
class OnServer:
    server: str
    name: str

    @classmethod
    def made(cls, server: str, like: str = "template0") -> OnServer:
        made = cls(server, f"killed_{uuid.uuid4().hex}")
        made._order(f"CREATE DATABASE {made.name} TEMPLATE {like}")
        return made

    @property
    def url(self) -> str:
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{self.name}"))

    def copy(self, folder: Path) -> OnServer:
        return self.made(self.server, self.name)

    def read(self, query: str, *said: Any) -> list[Any]:
        with psycopg.connect(self.url) as line:
            return [row[0] for row in line.execute(query.replace("%", "%%").replace("?", "%s"), said)]

    @contextmanager
    def locked(self) -> Iterator[None]:
        with psycopg.connect(self.url) as line:
            line.execute(f"LOCK TABLE {WRITTEN} IN EXCLUSIVE MODE")
            yield

    def busy(self) -> bool:
        """Does the server still work for somebody who is gone? It may be about to commit, or not have noticed."""
        return bool(
            self.read("SELECT count(*) FROM pg_stat_activity WHERE datname = ? AND pid <> pg_backend_pid()", self.name)[
                0
            ]
        )

    def drop(self) -> None:
        self._order(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _order(self, words: str) -> None:
        with psycopg.connect(urlunsplit(urlsplit(self.server)._replace(path="/postgres")), autocommit=True) as line:
            line.execute(words)  # type: ignore[call-overload]
