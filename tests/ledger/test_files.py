"""Received bytes on disk: named by what they are, all there or not there."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from reaccredit.ledger.files import Missing, Store, TooLarge

LATER = datetime.now(UTC) + timedelta(days=2)


@pytest.fixture
def store(settings, tmp_path) -> Store:
    settings.FILES = tmp_path
    return Store("area")


def at_rest(store: Store) -> list[str]:
    return sorted(p.name for p in store.root.rglob("*") if p.is_file() and p.name != ".gate")


def test_what_is_put_comes_back_under_its_digest(store):
    stored = store.put(BytesIO(b"hello"), limit=10)
    assert (stored.sha256, stored.size) == (hashlib.sha256(b"hello").hexdigest(), 5)
    with store.open(stored.sha256) as handle:
        assert handle.read() == b"hello"
    assert store.put(BytesIO(b"hello"), limit=10) == stored
    assert at_rest(store) == [stored.sha256]


def test_a_draft_that_nobody_keeps_is_gone(store):
    with store.draft(BytesIO(b"hello"), limit=10) as draft, draft.open() as handle:
        assert handle.read() == b"hello"
    assert at_rest(store) == []


def test_too_many_bytes_and_a_torn_connection_leave_nothing(store):
    class Torn:
        def read(self, size: int = -1) -> bytes:
            raise ConnectionError

    with pytest.raises(TooLarge):
        store.put(BytesIO(b"hello"), limit=4)
    with pytest.raises(ConnectionError):
        store.put(Torn(), limit=4)
    assert at_rest(store) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "", "0" * 63, "0" * 64 + "\n"])
def test_only_a_digest_names_a_file(store, name):
    with pytest.raises(ValueError):
        store.open(name)


def test_an_absent_file_is_told(store):
    with pytest.raises(Missing):
        store.open("0" * 64)


def test_the_sweep_takes_old_orphans_with_what_was_derived_from_them(store):
    kept, orphan = (store.put(BytesIO(text), limit=9).sha256 for text in (b"a", b"b"))
    store.write_side(orphan, "preview.png", b"x")
    store.write_side(kept, "preview.png", b"x")
    assert store.sweep(lambda digests: {kept}, named={kept}, before=LATER - timedelta(days=4)).files == 0
    swept = store.sweep(lambda digests: {kept}, named={kept, "f" * 64}, before=LATER)
    assert (swept.files, swept.missing) == (1, ("f" * 64,))
    assert at_rest(store) == sorted([kept, "preview.png"])


def test_bytes_that_came_again_are_as_young_as_new(store):
    digest = store.put(BytesIO(b"a"), limit=9).sha256
    os.utime(store.path(digest), (0, 0))
    store.put(BytesIO(b"a"), limit=9)
    assert store.sweep(lambda digests: set(), named=set(), before=datetime.now(UTC) - timedelta(days=1)).files == 0


def test_one_room_does_not_sweep_the_files_of_another(store):
    other = Store("other")
    digest = other.put(BytesIO(b"a"), limit=9).sha256
    store.sweep(lambda digests: set(), named=set(), before=LATER)
    assert other.exists(digest)
