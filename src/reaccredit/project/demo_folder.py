"""The folder that holds all there is of a demo: its keys, its database and its files."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from pathlib import Path

KEYS = ("REACCREDIT_SECRET_KEY", "REACCREDIT_PATIENT_KEY", "REACCREDIT_DEMO_PASSWORD")


class InUse(Exception):
    """Another demo runs on the folder."""


class DemoFolder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.keys_file = path / "demo-keys.json"
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
            "REACCREDIT_ADOPTED": os.environ.get("REACCREDIT_ADOPTED", "2021-03-08"),
        }

    def _keys(self) -> dict[str, str]:
        if not self.keys_file.exists():
            made = {name: secrets.token_urlsafe(48) for name in KEYS[:2]} | {KEYS[2]: f"demo-{secrets.token_hex(4)}"}
            self._write_private(self.keys_file, json.dumps(made, indent=2))
        kept = json.loads(self.keys_file.read_text())
        return {name: str(kept[name]) for name in KEYS}

    @staticmethod
    def _write_private(target: Path, text: str) -> None:
        beside = target.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
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
