"""The demo as a person runs it: real processes on a real port, which all end together."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

SECONDS = 60


class Demo:
    """`reaccredit demo` in a folder, without demo data."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REACCREDIT_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "reaccredit", "demo", "--empty", "--data", str(folder)],
            env=environment | {"PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder.parent,
        )

        self.lines: list[str] = []

    def wait_until_it_is_ready(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("Ctrl-C"):
                break
        assert self.process.poll() is None, self.told()
        assert healthy(self.port), self.told()

    def told(self) -> str:
        """Everything it has said, once it has ended."""
        self.lines.append(self.process.communicate(timeout=SECONDS)[0])
        return "".join(self.lines)

    def workers(self) -> list[Path]:
        """The badges of running workers: gone when a worker has ended in order."""
        return list((self.folder / "workers").glob("*"))

    def processes(self, word: str) -> list[int]:
        """Processes of this demo that run `reaccredit WORD`."""
        return [pid for pid, parent, args in running() if args.endswith(word) and parent == self.process.pid]


def running() -> Iterator[tuple[int, int, str]]:
    """(process, its parent, its words) of all that run: from /proc, since a bare Debian has no `ps`; a Mac has no /proc."""
    if not Path("/proc/self").exists():
        told = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
        yield from (
            (int(pid), int(parent), args) for pid, parent, args in (row.split(None, 2) for row in told.splitlines())
        )
        return
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            parent = re.search(r"^PPid:\s*(\d+)", (folder / "status").read_text(), re.M)
            args = (folder / "cmdline").read_bytes().decode().replace("\0", " ").strip()
            yield int(folder.name), int(parent[1]) if parent else 0, args


def until(condition: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < limit, f"{what}: not within {SECONDS} seconds"
        time.sleep(0.1)


def healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


pytestmark = pytest.mark.xdist_group("demo server")  # what is made once for all of them takes longer than each


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture
def demo(folder: Path, port: int) -> Iterator[Demo]:
    running = Demo(folder, port)
    yield running
    running.process.kill()
    running.process.communicate()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_demo_starts_says_where_and_stops_cleanly(demo: Demo, how: signal.Signals) -> None:
    demo.wait_until_it_is_ready()
    until(lambda: bool(demo.workers()), "a worker works")
    demo.process.send_signal(how)
    told = demo.told()
    assert f"http://localhost:{demo.port}/" in told
    assert "Traceback" not in told
    assert demo.process.returncode == 0
    assert is_free(demo.port)
    assert demo.workers() == []


def test_a_killed_demo_leaves_no_process_behind(demo: Demo) -> None:
    demo.wait_until_it_is_ready()
    until(lambda: bool(demo.workers()), "a worker works")
    demo.process.kill()
    until(lambda: is_free(demo.port), "the web server ends")
    until(lambda: demo.workers() == [], "the worker ends")


@pytest.mark.parametrize("word", ["web", "work"])
def test_a_demo_that_lost_a_part_says_so_and_fails(demo: Demo, word: str) -> None:
    demo.wait_until_it_is_ready()
    (process,) = demo.processes(word)
    os.kill(process, signal.SIGKILL)
    assert "stopped by itself" in demo.told()
    assert demo.process.returncode == 1
    until(lambda: is_free(demo.port), "the web server ends")


def test_a_taken_port_is_said_plainly(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = Demo(folder, other.getsockname()[1])
        told = refused.told()
    assert f"Port {refused.port} is taken by another program" in told
    assert "Traceback" not in told
    assert refused.process.returncode == 1


@pytest.mark.parametrize("wrong", ["http", "0", "99999", "80 80"])
def test_a_port_that_is_none_is_said_plainly(tmp_path: Path, wrong: str) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "reaccredit", "demo", "--port", wrong, "--data", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, refused.stderr) == (1, f"PORT is '{wrong}'; it must be a number from 1 to 65535.\n")


def test_a_command_on_a_demo_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "reaccredit", "demo", "--data", str(tmp_path / "none"), "remind"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "Start it once with `reaccredit demo`" in refused.stderr
