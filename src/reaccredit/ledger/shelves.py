"""Where bytes rest, behind one narrow port: a folder of this machine, or a bucket (bucket.py). Names are SHA-256 digests."""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

AT_ONCE = 20
SHA256 = re.compile(r"[0-9a-f]{64}\Z")
Still = Callable[[Set[str]], Set[str]]


class Missing(Exception):
    """A row names bytes that are not in the store: a damaged or half-restored installation."""


@dataclass(frozen=True)
class Arrival:
    """A draft, and the SHA-256 of its bytes. `flushed`: they are on the disk already, if not under their name."""

    path: Path
    sha256: str
    flushed: bool = False


class Shelf(Protocol):
    def keep(self, drafts: Sequence[Arrival]) -> None:
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

    def keep(self, drafts: Sequence[Arrival]) -> None:
        """All of a handful are under way to the disk before the first of them is waited for: it writes them in one go."""
        to_flush = [str(draft.path) for draft in drafts if not draft.flushed]
        if len(to_flush) > 1:
            for path in to_flush:
                flush(path, wait=False)
        for path in to_flush:
            flush(path)
        root = str(self.root)
        folders = {f"{root}/{draft.sha256[:2]}" for draft in drafts}
        with self.gate(exclusive=False):
            if missing := [folder for folder in folders if not os.path.isdir(folder)]:
                for folder in missing:
                    Path(folder).mkdir(parents=True, exist_ok=True)
                flush(root)
            for draft in drafts:
                # Also over a file that is there already: its age starts anew, so a sweep at this moment leaves it alone.
                os.utime(draft.path)
                os.replace(draft.path, f"{root}/{draft.sha256[:2]}/{draft.sha256}")
            for folder in sorted(folders):
                flush(folder)

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
        handle = self._gate()
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)

    def _gate(self) -> int:
        path, how = f"{self.root}/.gate", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
        try:
            return os.open(path, how, 0o600)
        except FileNotFoundError:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            return os.open(path, how, 0o600)


def remove_if_older(path: Path, limit: float) -> bool:
    try:
        if path.stat().st_mtime >= limit:
            return False
        path.unlink()
    except FileNotFoundError:
        return False
    return True


_LIBRARY: Any = ctypes.CDLL(None)
_BEGIN = getattr(_LIBRARY, "sync_file_range", None)  # Linux
_WRITE = 2  # begin to write, and wait for nothing


def begin(handle: int) -> None:
    """What was written to a file is sent on its way to the disk, where the system can do that. Nothing is promised yet."""
    if _BEGIN is not None:
        _BEGIN(handle, ctypes.c_int64(0), ctypes.c_int64(0), _WRITE)


def flush(path: str | Path, *, wait: bool = True) -> None:
    """A file, or a folder with the names in it, is on the disk when this returns; or is only on its way there."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if wait:
            os.fsync(handle)
        else:
            begin(handle)
    finally:
        os.close(handle)
