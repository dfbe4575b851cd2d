"""Bytes at rest in a bucket (S3), for installations of several machines. Needs the extra `s3`.

Each machine keeps what it has lately read in a folder of its own, which may be lost at any time.

There is no lock over several machines. What the sweep lets go of first moves to `trash/` for a day: bytes that were kept anew at
that very moment are found there by whoever asks for them, and are put back.
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings

from reaccredit.ledger.shelves import AT_ONCE, SHA256, Arrival, Missing, Still, remove_if_older

CACHED_SECONDS = 24 * 3600
TRASH_SECONDS = 24 * 3600
CHUNK = 1024 * 1024


class Bucket:
    def __init__(self, area: str, root: Callable[[], Path], incoming: Callable[[], Path]) -> None:
        self.area, self._root, self._incoming = area, root, incoming
        self._client: Any = None

    @property
    def cache(self) -> Path:
        return self._root() / "cache"

    @property
    def client(self) -> Any:
        if self._client is None:
            self._client = boto3.client(
                "s3", endpoint_url=settings.S3_ENDPOINT or None, region_name=settings.S3_REGION or None,
                config=Config(retries={"max_attempts": 5, "mode": "standard"}, connect_timeout=10, read_timeout=60),
            )  # fmt: skip
        return self._client

    # -- the port

    def keep(self, drafts: Sequence[Arrival]) -> None:
        client = self.client  # made before the threads are
        assert client
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda one: self._keep(one.path, one.sha256), drafts))

    def _keep(self, draft: Path, sha256: str) -> None:
        """Always sent, also where the bucket has it: its age starts anew. The bucket checks the digest itself."""
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        with draft.open("rb") as body:
            self.client.put_object(
                Bucket=settings.S3_BUCKET, Key=self._key(sha256), Body=body, ChecksumSHA256=checksum,
                ContentType="application/octet-stream",
            )  # fmt: skip
        target = self.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(target)

    def path(self, sha256: str) -> Path:
        return self.cache / sha256[:2] / sha256

    def fetched(self, sha256: str) -> Path:
        found = self.path(sha256)
        try:
            os.utime(found)  # asked for today: stays in the cache
        except FileNotFoundError:
            self._fetch(sha256, found)
        return found

    def here(self) -> Set[str]:
        return {name for name, _ in self._all(self._key(""))}

    def remove(self, digests: Set[str], still: Still, limit: float) -> Set[str]:
        removed = set()
        for digest in sorted(digests):
            head = self._head(self._key(digest))
            if head is not None and head.timestamp() < limit:
                self._move(self._key(digest), self._trash(digest))
                removed.add(digest)
        self._empty_trash(still)
        self._tidy_cache()
        return removed

    # -- how

    def _key(self, sha256: str) -> str:
        return f"{settings.S3_PREFIX}{self.area}/{sha256}"

    def _trash(self, sha256: str) -> str:
        return f"{settings.S3_PREFIX}trash/{self.area}/{sha256}"

    def _head(self, key: str) -> datetime | None:
        try:
            found: datetime = self.client.head_object(Bucket=settings.S3_BUCKET, Key=key)["LastModified"]
        except ClientError as error:
            if _is_absent(error):
                return None
            raise
        return found

    def _all(self, prefix: str) -> Iterator[tuple[str, float]]:
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=settings.S3_BUCKET, Prefix=prefix):
            for one in page.get("Contents", ()):
                name = one["Key"].removeprefix(prefix)
                if SHA256.match(name):
                    yield name, one["LastModified"].timestamp()

    def _move(self, key: str, to: str) -> None:
        self.client.copy({"Bucket": settings.S3_BUCKET, "Key": key}, settings.S3_BUCKET, to)
        self.client.delete_object(Bucket=settings.S3_BUCKET, Key=key)

    def _empty_trash(self, still: Still) -> None:
        """What a row names after all is put back; the rest goes for good when it has lain a day."""
        lying = dict(self._all(self._trash("")))
        wanted = still(set(lying)) if lying else set()
        for digest, since in lying.items():
            if digest in wanted:
                self._move(self._trash(digest), self._key(digest))
            elif since < time.time() - TRASH_SECONDS:
                self.client.delete_object(Bucket=settings.S3_BUCKET, Key=self._trash(digest))

    def _tidy_cache(self) -> None:
        limit = time.time() - CACHED_SECONDS
        for path in self.cache.glob("??/*"):
            remove_if_older(path, limit)

    def _fetch(self, sha256: str, target: Path) -> None:
        body = self._body(self._key(sha256))
        if body is None and self._head(self._trash(sha256)) is not None:
            self._move(self._trash(sha256), self._key(sha256))
            body = self._body(self._key(sha256))
        if body is None:
            raise Missing(sha256)
        handle, name = tempfile.mkstemp(dir=self._incoming())
        digest = hashlib.sha256()
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in body.iter_chunks(CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
            if digest.hexdigest() != sha256:
                raise Missing(sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)

    def _body(self, key: str) -> Any:
        try:
            return self.client.get_object(Bucket=settings.S3_BUCKET, Key=key)["Body"]
        except ClientError as error:
            if _is_absent(error):
                return None
            raise


def _is_absent(error: ClientError) -> bool:
    return str(error.response.get("Error", {}).get("Code")) in {"404", "NoSuchKey", "NotFound"}
