"""Where bytes rest, behind one narrow port: a folder of this machine, or a bucket (bucket.py). Names are SHA-256 digests."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

AT_ONCE = 10
SHA256 = re.compile(r"[0-9a-f]{64}\Z")
Still = Callable[[Set[str]], Set[str]]


class Missing(Exception):
    """A row names bytes that are not in the store: a damaged or half-restored installation."""


class Shelf(Protocol):
    def keep(self, drafts: Sequence[tuple[Path, str]]) -> None:
        """The bytes of each draft are at rest under their SHA-256 before this returns; the drafts are gone."""

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

    def keep(self, drafts: Sequence[tuple[Path, str]]) -> None:
        """Several at a time are flushed side by side: the disk then writes them in one go."""
        _side_by_side(flush, [draft for draft, _ in drafts])
        folders = {self.path(sha256).parent for _, sha256 in drafts}
        with self.gate(exclusive=False):
            if missing := [folder for folder in folders if not folder.is_dir()]:
                for folder in missing:
                    folder.mkdir(parents=True, exist_ok=True)
                flush(self.root)
            for draft, sha256 in drafts:
                # Also over a file that is there already: its age starts anew, so a sweep at this moment leaves it alone.
                os.utime(draft)
                draft.replace(self.path(sha256))
            _side_by_side(flush, sorted(folders))

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


def _side_by_side(work: Callable[[Path], None], paths: Sequence[Path]) -> None:
    if len(paths) < 2:
        for path in paths:
            work(path)
        return
    with ThreadPoolExecutor(min(len(paths), AT_ONCE)) as pool:
        list(pool.map(work, paths))


def flush(path: Path) -> None:
    """A file, or a folder with the names in it, is on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
