"""The folder that holds all there is of a demo: its keys, its database and its files."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from reaccredit.documents.keys import self_signed

KEYS = ("REACCREDIT_SECRET_KEY", "REACCREDIT_PATIENT_KEY", "REACCREDIT_DEMO_PASSWORD", "REACCREDIT_SIGNING_PASSWORD")


class InUse(Exception):
    """Another demo runs on the folder."""


class DemoFolder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.keys_file = path / "demo-keys.json"
        self.signing_key = path / "programme.p12"
        self.unfinished = path / "demo-data-unfinished"

    @staticmethod
    def default() -> Path:
        if folder := os.environ.get("REACCREDIT_DATA"):
            return Path(folder)
        shared = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        return Path(shared) / "reaccredit"

    def open(self) -> None:
        """Make the folder, readable by its owner alone, and keep other demos out of it until this process ends."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(self.path / "demo.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise InUse from taken

    def environment(self) -> dict[str, str]:
        """What the demo's processes are told. Keys are random, made once, and never in the database they protect."""
        keys = {name: os.environ.get(name) or value for name, value in self._keys().items()}
        return {
            **keys,
            "REACCREDIT_DATA": str(self.path),
            "REACCREDIT_DATABASE": f"sqlite://{self.database}",
            "REACCREDIT_DEMO": "1",
            "REACCREDIT_SIGNING_KEY": os.environ.get("REACCREDIT_SIGNING_KEY") or str(self._signing_key(keys)),
            "REACCREDIT_ADOPTED": os.environ.get("REACCREDIT_ADOPTED", "2021-03-08"),
        }

    def _keys(self) -> dict[str, str]:
        kept = json.loads(self.keys_file.read_text()) if self.keys_file.exists() else {}
        if set(KEYS) - kept.keys():
            made = {name: secrets.token_urlsafe(48) for name in KEYS} | {KEYS[2]: f"demo-{secrets.token_hex(4)}"}
            kept = {**made, **kept}
            self._write_private(self.keys_file, json.dumps(kept, indent=2).encode())
        return {name: str(kept[name]) for name in KEYS}

    def _signing_key(self, keys: Mapping[str, str]) -> Path:
        """With which the demo signs its reports: a random one of its own, that nobody vouches for."""
        if not self.signing_key.exists():
            self._write_private(self.signing_key, self_signed("Demo programme", keys[KEYS[3]]))
        return self.signing_key

    @staticmethod
    def _write_private(target: Path, content: bytes) -> None:
        beside = target.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        beside.replace(target)

    @property
    def database(self) -> Path:
        return self.path.resolve() / "reaccredit.sqlite3"

    @property
    def is_new(self) -> bool:
        return self.unfinished.exists() or not self.database.exists()

    def begin(self) -> None:
        """Start from nothing. The mark stays until all data are in: an interrupted load is never taken for a demo."""
        self.unfinished.touch()
        for leftover in self.path.glob("reaccredit.sqlite3*"):
            leftover.unlink()
        shutil.rmtree(self.path / "files", ignore_errors=True)

    def finish(self) -> None:
        self.unfinished.unlink(missing_ok=True)
