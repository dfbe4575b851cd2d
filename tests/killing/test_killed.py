"""`kill -9` in the middle of real work: nothing is half done, nothing is lost, and who sends a form again is told what happened."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.killing import databases
from tests.killing.house import BOUNDARY, ROOT, House, Post, copy, until

FORMS = "SELECT count(*) FROM options_optionform"
CHOSEN = "SELECT count(*) FROM ledger_fact WHERE kind = 'option.repeat'"
BEGUN = "SELECT count(*) FROM repeats_repeat"
TOLD = "SELECT count(*) FROM ledger_outbox o JOIN ledger_fact f ON f.id = o.fact_id WHERE f.kind = 'option.repeat'"
IMAGES = "SELECT count(*) FROM imaging_instance i JOIN imaging_series s ON s.id = i.series_id WHERE s.collection_id = ?"
# Mail and what leads to it go before the reading of pictures, which takes minutes: nobody waits for that here.
UNDONE = """SELECT count(*) FROM django_tasks_database_dbtaskresult
            WHERE status IN ('READY', 'RUNNING') AND task_path NOT LIKE 'reaccredit.packages.%'"""
FAILED = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status = 'FAILED'"
RUNNING = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status = 'RUNNING'"
NOTICES = "SELECT count(*) FROM notices_notice"
MAILED = "SELECT count(*) FROM notices_notice WHERE mailed_at IS NOT NULL"
# Seconds between the click and the end of the process: some fall before the commit, some after it.
MOMENTS = (0.015, 0.05)

pytestmark = pytest.mark.xdist_group("killing")  # what is made once for all of them takes longer than each


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("killed") / "prepared"
    folder.mkdir()
    house = House(folder, {}, databases.new(folder))
    made = subprocess.run(
        [sys.executable, "-m", "tests.killing.world", str(folder)],
        env=house.environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    house.said = json.loads(made.stdout.splitlines()[-1])
    yield house
    house.close()


@pytest.fixture
def house(prepared: House, tmp_path: Path) -> Iterator[House]:
    made = copy(prepared, tmp_path / "house")
    yield made
    made.close()


@pytest.fixture
def post() -> Iterator[Post]:
    server = Post()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.go_on.set()
    server.shutdown()
    server.server_close()


def all_or_nothing(house: House) -> int:
    """How often the option was chosen: each table says the same."""
    (number,) = {house.count(query) for query in (FORMS, CHOSEN, BEGUN, TOLD)}
    return number


def in_background(house: House, what: str) -> threading.Thread:
    def click() -> None:
        with suppress(OSError, HTTPException):  # the server is gone: that is what the test is about
            getattr(house, what)()

    thread = threading.Thread(target=click)
    thread.start()
    return thread


def sent_again(house: House) -> None:
    """After the start: the same click is told what has become of the first one, and the option is chosen once."""
    house.open()
    assert all_or_nothing(house) in {0, 1}
    status, location, _ = house.submit()
    assert (status, "/submitted/" in location) == (302, True)
    assert house.ask("GET", location)[0] == 200
    assert house.submit()[:2] == (302, location)
    assert all_or_nothing(house) == 1


def test_a_server_killed_right_before_it_writes_has_written_nothing(house: House) -> None:
    web = house.open()
    with house.locked():
        click = in_background(house, "submit")
        time.sleep(0.5)  # it has read the form by now, and waits for its turn to write
        house.kill(web)
        click.join()
    assert all_or_nothing(house) == 0
    sent_again(house)


def test_a_server_killed_right_after_the_commit_has_done_all_of_it(house: House) -> None:
    web = house.open()
    click = in_background(house, "submit")
    until(lambda: house.count(FORMS), "the form is committed")
    house.kill(web)
    click.join()
    assert all_or_nothing(house) == 1
    sent_again(house)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_server_killed_in_between_has_done_all_or_nothing(house: House, moment: float) -> None:
    web = house.open()
    click = in_background(house, "submit")
    time.sleep(moment)
    house.kill(web)
    click.join()
    assert all_or_nothing(house) in {0, 1}
    sent_again(house)


def stored(house: House) -> set[str]:
    return {path.name for path in (house.folder / "files").rglob("*") if path.is_file()}


def images(house: House) -> int:
    return house.count(IMAGES, house.said["collection"])


def test_an_upload_that_was_cut_off_by_the_end_of_the_server_leaves_nothing(house: House) -> None:
    before, web, body = stored(house), house.open(), house.images()
    with socket.create_connection(("127.0.0.1", house.port)) as line:
        head = house.head(f"multipart/form-data; boundary={BOUNDARY}") | {
            "Host": "localhost",
            "Content-Length": str(len(body)),
        }
        said = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        line.sendall(f"POST {house.said['upload']} HTTP/1.1\r\n{said}\r\n".encode() + body[: len(body) // 2])
        time.sleep(0.3)
        house.kill(web)
    assert images(house) == 0
    assert stored(house) == before
    uploaded_again(house)


def test_a_server_killed_while_it_keeps_files_leaves_no_row_without_its_file(house: House) -> None:
    before, web = stored(house), house.open()
    click = in_background(house, "upload")
    until(lambda: stored(house) - before, "the first file is kept")
    house.kill(web)
    click.join()
    assert house.hashes("SELECT sha256 FROM imaging_instance") <= stored(house)
    uploaded_again(house)


def uploaded_again(house: House) -> None:
    house.open()
    assert house.upload()[0] == 200
    assert images(house) == 6
    again = house.upload()
    assert (again[0], "here already" in again[2]) == (200, True)
    assert images(house) == 6


def test_a_receiver_killed_between_two_images_has_every_image_that_it_said_it_has(house: House) -> None:
    receiver, said = house.receive(), []
    for answer in house.store():
        said.append(answer)
        if len(said) == 3:
            threading.Timer(0.01, house.kill, [receiver]).start()  # in the middle of the next one
    assert len(said) >= 3
    assert {status for _, status in said} == {0}
    rows = house.hashes("SELECT sop_instance_uid FROM imaging_instance")
    assert {uid for uid, _ in said} <= rows
    assert house.hashes("SELECT sha256 FROM imaging_instance") <= stored(house)
    until(lambda: not house.running, "the receiver is gone")
    house.receive()
    assert [status for _, status in house.store()] == [0] * 6
    assert images(house) == 6


def test_a_task_whose_worker_was_killed_is_done_by_the_next_one_and_done_once(house: House, post: Post) -> None:
    house.mail = post.port
    first = house.start("work")
    assert post.waiting.wait(60), "a mail is on its way"
    assert house.count(RUNNING) == 1
    house.kill(first)
    post.go_on.set()
    assert house.count(RUNNING) == 1
    second = house.start("work")
    until(lambda: house.count(UNDONE) == 0 and house.count(NOTICES) == house.count(MAILED), "everything is done")
    assert house.count(FAILED) == 0
    assert house.count(NOTICES) == len(post.taken) > 0
    second.terminate()
    told = second.communicate(timeout=60)[1].decode()
    assert "1 tasks that were interrupted will be done again" in told
