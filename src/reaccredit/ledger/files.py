"""Received bytes on disk, named by what they are: a file's name is the SHA-256 of its content, never a name that a
person gave.

A room keeps its files in an area of its own (`Store("imaging")`), so that each can sweep what it no longer needs
without knowing the others.
Bytes first come to rest in `incoming/` as a draft; only a draft that was read and found good is kept (flushed to disk,
then renamed into place).
A caller writes its database row after `keep()` and commits within a day: whatever has no row by then is an orphan that
the sweep removes.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from reaccredit.ledger.shelves import SHA256, Arrival, Folder, Missing, Shelf, begin, flush, remove_if_older

__all__ = ["Draft", "Missing", "NoRoom", "Pen", "Readable", "Store", "Stored", "Swept", "TooLarge"]

CHUNK = 256 * 1024
_SUFFIX = re.compile(r"[a-z0-9][a-z0-9.-]{0,30}\Z")


class Readable(Protocol):
    """Anything that gives bytes: an open file, an upload, a member of an archive."""

    def read(self, size: int = ..., /) -> bytes: ...


class TooLarge(Exception):
    """More bytes came than the caller allows; nothing of them is left on disk."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class NoRoom(Exception):
    """The disk is nearly full: nothing more is taken, so that what is under way can be finished."""


@dataclass(frozen=True)
class Stored:
    sha256: str
    size: int


@dataclass(frozen=True)
class Swept:
    """What a sweep removed. `missing` are digests that rows name and the store lacks: told, never repaired by deleting
    the row.
    """

    files: int
    drafts: int
    missing: tuple[str, ...]


class Draft:
    """Received bytes that nobody has accepted yet. Gone at the end of the `with` block unless `keep()` was called."""

    def __init__(self, store: Store, path: Path, sha256: str, size: int) -> None:
        self._store = store
        self.path = path
        self.sha256 = sha256
        self.size = size
        self.flushed = self.kept = False

    def open(self) -> BinaryIO:
        return self.path.open("rb")

    def flush(self) -> None:
        """Its bytes are on the disk when this returns, if not under their name: `keep` has less to wait for then."""
        flush(self.path)
        self.flushed = True

    @property
    def arrival(self) -> Arrival:
        return Arrival(self.path, self.sha256, self.flushed)

    def keep(self) -> Stored:
        """Bytes are at rest, and under their name, before this returns."""
        self._store.keep([self])
        return Stored(self.sha256, self.size)

    def drop(self) -> None:
        if not self.kept:
            self.path.unlink(missing_ok=True)


class Pen:
    """Writes a draft, and hashes what it writes. It ends with `done` or `drop`."""

    def __init__(self, store: Store, folder: Path, limit: int) -> None:
        self._store, self._limit = store, limit
        self._path = f"{folder}/draft-{secrets.token_hex(12)}"
        self._out: int | None = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._digest, self._size = hashlib.sha256(), 0

    def write(self, chunk: bytes | bytearray | memoryview) -> None:
        if self._out is None:
            raise ValueError("a draft that is done")
        self._size += len(chunk)
        if self._size > self._limit:
            raise TooLarge(self._limit)
        self._digest.update(chunk)
        written = os.write(self._out, chunk)
        while written < len(chunk):
            written += os.write(self._out, memoryview(chunk)[written:])

    def done(self) -> Draft:
        if self._out is not None and self._store.hurried:
            begin(self._out)
        self._close()
        return Draft(self._store, Path(self._path), self._digest.hexdigest(), self._size)

    def drop(self) -> None:
        self._close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)

    def _close(self) -> None:
        if self._out is not None:
            os.close(self._out)
            self._out = None


class Store:
    """One room's area of the folder `settings.FILES`. `hurried`: nearly all that comes is kept, so it is written to the disk at once."""

    def __init__(self, area: str, *, hurried: bool = False) -> None:
        if not area.isidentifier():
            raise ValueError("an area is a plain word")
        self.area, self.hurried = area, hurried
        self._bucket: Shelf | None = None

    @property
    def root(self) -> Path:
        return Path(settings.FILES) / self.area

    @property
    def shelf(self) -> Shelf:
        """A folder of this machine, or the bucket that the settings name."""
        if not settings.S3_BUCKET:
            return Folder(self.root)
        if self._bucket is None:
            made = importlib.import_module("reaccredit.ledger.bucket")
            self._bucket = made.Bucket(self.area, lambda: self.root, self.incoming)
        return self._bucket

    def path(self, sha256: str) -> Path:
        """A file of this machine with these bytes, as far as they are in the store."""
        if not SHA256.match(sha256):
            raise ValueError("not a SHA-256 digest")
        shelf = self.shelf
        with contextlib.suppress(Missing):
            return shelf.fetched(sha256)
        return shelf.path(sha256)

    def side(self, sha256: str, suffix: str) -> Path:
        """Where something derived from a stored file may be cached, such as a preview. It is swept with the file."""
        if not _SUFFIX.match(suffix):
            raise ValueError("not a plain suffix")
        if not SHA256.match(sha256):
            raise ValueError("not a SHA-256 digest")
        return self.root / "side" / sha256[:2] / sha256 / suffix

    def write_side(self, sha256: str, suffix: str, content: bytes) -> None:
        target = self.side(sha256, suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.incoming())
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(name).replace(target)

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def stands(self, sha256: str) -> str:
        """The hash of what lies there today under this name: another one where it was altered, "" where it is gone."""
        try:
            with self.open(sha256) as file:
                found = hashlib.sha256()
                while block := file.read(CHUNK):
                    found.update(block)
                return found.hexdigest()
        except Missing:
            return ""

    def open(self, sha256: str) -> BinaryIO:
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise Missing(sha256) from None

    def receive(self, stream: Readable, *, limit: int) -> Draft:
        """Write a stream to a draft while hashing it. The caller must `keep()` or `drop()` it; `draft()` does the
        latter by itself.
        """
        pen = self.pen(limit=limit)
        try:
            while chunk := stream.read(CHUNK):
                pen.write(chunk)
            return pen.done()
        except BaseException:
            pen.drop()
            raise

    def pen(self, *, limit: int) -> Pen:
        """For bytes that are handed over as they come. Raises `NoRoom`."""
        folder = self.root / "incoming"
        try:
            return self._pen(folder, limit)
        except (
            FileNotFoundError
        ):  # the first one of all; to look each time takes longer than it should for thousands of images
            return self._pen(self.incoming(), limit)

    def _pen(self, folder: Path, limit: int) -> Pen:
        if shutil.disk_usage(folder).free < settings.FREE_BYTES:
            raise NoRoom
        return Pen(self, folder, limit)

    def keep(self, drafts: Sequence[Draft]) -> None:
        """As each draft's own `keep`, in much less time than one after the other."""
        once = {draft.sha256: draft for draft in drafts}.values()
        self.shelf.keep([draft.arrival for draft in once])
        for draft in once:
            draft.kept = True

    @contextmanager
    def draft(self, stream: Readable, *, limit: int) -> Iterator[Draft]:
        draft = self.receive(stream, limit=limit)
        try:
            yield draft
        finally:
            draft.drop()

    def put(self, stream: Readable, *, limit: int) -> Stored:
        with self.draft(stream, limit=limit) as draft:
            return draft.keep()

    def sweep(self, referenced: Callable[[Set[str]], Set[str]], *, named: Set[str], before: datetime) -> Swept:
        """Remove drafts and unreferenced files that are older than `before`.

        `referenced(digests)` answers which of these digests a row still names; `named` are all digests that rows name,
        to tell what is missing.
        """
        shelf, limit = self.shelf, before.timestamp()
        drafts = sum(remove_if_older(path, limit) for path in self.incoming().iterdir())
        here = shelf.here()
        removed = shelf.remove(here - referenced(here), referenced, limit)
        for digest in removed:
            self._remove_sides(digest)
        return Swept(len(removed), drafts, tuple(sorted(named - here)))

    def _remove_sides(self, sha256: str) -> None:
        folder = self.side(sha256, "any").parent
        if folder.is_dir():
            for path in folder.iterdir():
                path.unlink(missing_ok=True)
            folder.rmdir()

    def incoming(self) -> Path:
        """Where drafts lie. What is left here by a process that died is swept."""
        folder = self.root / "incoming"  # on the same file system as the area: a rename is then one step
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder
