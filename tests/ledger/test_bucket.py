"""Bytes in a bucket, against a real S3 server in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import boto3
import pytest

from reaccredit.imaging import actions, synthetic
from reaccredit.imaging.checks import Expectation
from reaccredit.imaging.models import Instance
from reaccredit.ledger.files import Missing, Store

SECONDS = 60
NOW = datetime(2021, 3, 10, 15, 0, tzinfo=UTC)
LATER = timedelta(days=2)
BYTES = b"an image" * 9000
NAME = sha256(BYTES).hexdigest()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"},
    )  # fmt: skip
    limit = time.monotonic() + SECONDS
    while True:
        assert server.poll() is None, "the S3 server ended"
        assert time.monotonic() < limit, "the S3 server does not answer"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    server.kill()
    server.wait()


@pytest.fixture
def client(endpoint: str, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "demo")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "demo")
    settings.FILES, settings.PATIENT_KEY = tmp_path / "files", b"a key for tests"
    settings.S3_ENDPOINT, settings.S3_REGION = endpoint, "us-east-1"
    settings.S3_BUCKET, settings.S3_PREFIX = (
        f"demo-{tmp_path.name}".replace("_", "-").lower()[:60].rstrip("-"),
        "house/",
    )
    found = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    found.create_bucket(Bucket=settings.S3_BUCKET)
    return found


@pytest.fixture
def store(client: Any) -> Store:
    return Store("papers")


def keys(client: Any, settings: Any) -> set[str]:
    return {one["Key"] for one in client.list_objects_v2(Bucket=settings.S3_BUCKET).get("Contents", ())}


def another_machine(settings: Any, tmp_path: Any) -> Store:
    settings.FILES = tmp_path / "another"
    return Store("papers")


def test_what_one_machine_keeps_another_one_reads(store, client, settings, tmp_path):
    assert store.put(BytesIO(BYTES), limit=10**6).sha256 == NAME
    assert keys(client, settings) == {f"house/papers/{NAME}"}
    other = another_machine(settings, tmp_path)
    with other.open(NAME) as handle:
        assert handle.read() == BYTES
    assert other.exists(NAME)
    assert not other.exists("0" * 64)
    with pytest.raises(Missing):
        other.open("0" * 64)


def test_bytes_that_changed_in_the_bucket_are_not_given_out(store, client, settings, tmp_path):
    store.put(BytesIO(BYTES), limit=10**6)
    client.put_object(Bucket=settings.S3_BUCKET, Key=f"house/papers/{NAME}", Body=b"something else")
    with pytest.raises(Missing):
        another_machine(settings, tmp_path).open(NAME)


def sweep(store: Store, named: set[str], *, later: timedelta = LATER) -> Any:
    return store.sweep(lambda digests: named & set(digests), named=named, before=datetime.now(UTC) + later)


def test_the_sweep_removes_what_no_row_names_and_tells_what_is_not_there(store, client, settings):
    store.put(BytesIO(BYTES), limit=10**6)
    lost = store.put(BytesIO(b"lost"), limit=10).sha256
    client.delete_object(Bucket=settings.S3_BUCKET, Key=f"house/papers/{lost}")
    assert sweep(store, {lost}, later=-LATER).files == 0  # it may still be an upload under way
    swept = sweep(store, {NAME, lost})
    assert (swept.files, swept.missing) == (0, (lost,))
    assert sweep(store, set()).files == 1
    assert keys(client, settings) == {f"house/trash/papers/{NAME}"}


def test_what_was_kept_anew_while_it_was_swept_is_put_back(store, client, settings, tmp_path):
    store.put(BytesIO(BYTES), limit=10**6)
    sweep(store, set())
    with another_machine(settings, tmp_path).open(NAME) as handle:  # a row names it after all
        assert handle.read() == BYTES
    assert keys(client, settings) == {f"house/papers/{NAME}"}
    sweep(store, set())
    assert sweep(store, {NAME}).files == 0
    assert keys(client, settings) == {f"house/papers/{NAME}"}


@pytest.mark.django_db
def test_an_upload_comes_to_rest_in_the_bucket(client, settings):
    collection = actions.open_collection(purpose="an exam", now=NOW)
    files = [(f"{n}.dcm", BytesIO(content)) for n, content in enumerate([*synthetic.series(slices=3), b"no image"])]
    received = actions.receive(collection=collection, files=files, expectation=Expectation(), actor="person:1", now=NOW)
    assert (len(received.accepted), len(received.refused)) == (3, 1)
    assert keys(client, settings) == {f"house/imaging/{one.sha256}" for one in Instance.objects.all()}
    assert actions.sweep(now=datetime.now(UTC) + LATER).files == 0
