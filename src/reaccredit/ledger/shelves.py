"""Where bytes rest, behind one narrow port: a folder of this machine, or a bucket (bucket.py). Names are SHA-256 digests."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

SHA256 = re.compile(r"[0-9a-f]{64}\Z")
Still = Callable[[Set[str]], Set[str]]


class Missing(Exception):
    """A row names bytes that are not in the store: a damaged or half-restored installation."""


class Shelf(Protocol):
    def keep(self, draft: Path, sha256: str) -> None:
        """The draft's bytes are at rest under their name before this returns; the draft is gone."""

    def path(self, sha256: str) -> Path:
        """Where the file is, or would be."""

    def fetched(self, sha256: str) -> Path:
        """A file of this machine with these bytes. Raises `Missing`."""

    def here(self) -> Set[str]:
        """Every digest that is kept."""

    def remove(self, digests: Set[str], still: Still, limit: float) -> Set[str]:
        """Let go of those that were kept before the limit; those that were. Safe while others keep the same bytes."""


class Folder:
    """The default: files of one machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, draft: Path, sha256: str) -> None:
        with draft.open("rb") as handle:
            os.fsync(handle.fileno())
        target = self.path(sha256)
        with self.gate(exclusive=False):
            if not target.parent.is_dir():
                target.parent.mkdir(parents=True, exist_ok=True)
                flush_folder(target.parent.parent)
            os.utime(draft)
            # Also over a file that is there already: its age starts anew, so a sweep at this moment leaves it alone.
            draft.replace(target)
            flush_folder(target.parent)

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def fetched(self, sha256: str) -> Path:
        found = self.path(sha256)
        if not found.is_file():
            raise Missing(sha256)
        return found

    def here(self) -> Set[str]:
        return {path.name for path in self.root.glob("??/*") if SHA256.match(path.name)}

    def remove(self, digests: Set[str], still: Still, limit: float) -> Set[str]:
        removed = set()
        for digest in sorted(digests):
            with self.gate(exclusive=True):
                if remove_if_older(self.path(digest), limit):
                    removed.add(digest)
        return removed

    @contextmanager
    def gate(self, *, exclusive: bool) -> Iterator[None]:
        """Keeping (shared) and sweeping (exclusive) never meet: no file vanishes between its rename and its row."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.root / ".gate").open("wb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
            yield


def remove_if_older(path: Path, limit: float) -> bool:
    try:
        if path.stat().st_mtime >= limit:
            return False
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
