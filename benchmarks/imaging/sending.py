"""The senders: each gives whole files to one server, several at a time, and counts what was answered as stored.

They run on the machine that they measure, so they do little: what a browser works out before it sends (the SHA-256 of each file) and
the lines between the files are ready before the clock starts, and every server is sent to by the same few lines of code.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HANDFUL = 10
MARK = "a-mark-between-the-parts"
CSRF = "a" * 32


@dataclass(frozen=True)
class Told:
    name: str
    stored: int
    size: int
    seconds: float
    client: float  # seconds of the processor that the senders took meanwhile, and the server with all its processes
    server: float

    @property
    def rate(self) -> float:
        return self.stored / self.seconds


def handfuls(files: Sequence[Path]) -> list[Sequence[Path]]:
    return [files[at : at + HANDFUL] for at in range(0, len(files), HANDFUL)]


@dataclass(frozen=True)
class Body:
    """What is sent: lines of our own, and files that are read when their turn comes."""

    pieces: Sequence[bytes | Path]

    def __len__(self) -> int:
        return sum(len(one) if isinstance(one, bytes) else one.stat().st_size for one in self.pieces)

    def __iter__(self) -> Iterator[bytes]:
        for one in self.pieces:
            yield one if isinstance(one, bytes) else one.read_bytes()


@dataclass(frozen=True)
class To:
    """A server that is measured: where it listens, and its process."""

    port: int
    pid: int


def timed(
    name: str, to: To, files: Sequence[Path], clients: int, send: Callable[[Any], int], parts: Sequence[Any]
) -> Told:
    began, before, its = time.perf_counter(), os.times(), taken(to.pid)
    with ThreadPoolExecutor(clients) as pool:
        stored = sum(pool.map(send, parts))
    seconds, after = time.perf_counter() - began, os.times()
    size = sum(one.stat().st_size for one in files)
    return Told(name, stored, size, seconds, sum(after[:4]) - sum(before[:4]), taken(to.pid) - its)


def taken(pid: int) -> float:
    """Seconds of the processor that a process and its children have taken, where the system tells."""
    ticks = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = place.read_text().partition(" (")
        except OSError:
            continue
        said = rest.rpartition(") ")[2].split()
        if str(pid) in (number, said[1]):
            ticks += int(said[11]) + int(said[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def post(port: int, path: str, body: Body, head: dict[str, str]) -> tuple[int, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        line.request("POST", path, body, head | {"Content-Length": str(len(body))})
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


def warm(port: int, said: dict[str, str], workers: int) -> None:
    """Every worker has shown the page once: what is timed is not its start."""
    with ThreadPoolExecutor(4 * workers) as pool:
        for _ in range(3):
            list(pool.map(lambda _: _page(port, said), range(4 * workers)))


def _page(port: int, said: dict[str, str]) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    line.request("GET", said["upload"], headers={"Cookie": f"sessionid={said['session']}"})
    answer = line.getresponse()
    answer.read()
    line.close()
    assert answer.status == 200, answer.status


def form(files: Sequence[Path]) -> Body:
    """As the sending page of a browser frames a handful: each file with its SHA-256."""
    pieces: list[bytes | Path] = [field("csrfmiddlewaretoken", CSRF)]
    for path in files:
        head = f'--{MARK}\r\nContent-Disposition: form-data; name="images"; filename="{path.name}"\r\n\r\n'
        pieces += [
            field("sha256", hashlib.sha256(path.read_bytes()).hexdigest()) + head.encode(), path, b"\r\n",
        ]  # fmt: skip
    return Body([*pieces, f"--{MARK}--\r\n".encode()])


def field(name: str, said: str) -> bytes:
    return f'--{MARK}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n'.encode()


def related(files: Sequence[Path]) -> Body:
    head = f"--{MARK}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    return Body([*(piece for path in files for piece in (head, path, b"\r\n")), f"--{MARK}--\r\n".encode()])


def browser(to: To, said: dict[str, str], files: Sequence[Path], clients: int) -> Told:
    head = {
        "Cookie": f"sessionid={said['session']}; csrftoken={CSRF}", "X-Upload": "script",
        "Content-Type": f"multipart/form-data; boundary={MARK}",
    }  # fmt: skip

    def send(part: Body) -> int:
        status, body = post(to.port, said["upload"], part, head)
        assert status == 200, (status, body[:300])
        return int(json.loads(body)["accepted"])

    return timed("browser", to, files, clients, send, [form(part) for part in handfuls(files)])


def stow(to: To, said: dict[str, str], files: Sequence[Path], clients: int) -> Told:
    head = {
        "Authorization": f"Bearer {said['key']}", "Accept": "application/dicom+json",
        "Content-Type": f'multipart/related; type="application/dicom"; boundary={MARK}',
    }  # fmt: skip

    def send(part: Body) -> int:
        status, body = post(to.port, "/intake/dicomweb/studies", part, head)
        assert status == 200, (status, body[:300])
        return len(json.loads(body)["00081199"]["Value"])

    return timed("STOW-RS", to, files, clients, send, [related(part) for part in handfuls(files)])


def rest(to: To, files: Sequence[Path], clients: int) -> Told:
    def send(part: Body) -> int:
        status, body = post(to.port, "/instances", part, {"Content-Type": "application/dicom", "Expect": ""})
        assert status == 200, (status, body[:300])
        return 1

    return timed("Orthanc REST", to, files, clients, send, [Body([one]) for one in files])


def store(name: str, to: To, title: str, files: Sequence[Path], lines: int) -> Told:
    """dcmtk's storescu, one process for each association."""

    def send(part: Sequence[Path]) -> int:
        for at in range(0, len(part), 500):
            subprocess.run(
                ["storescu", "-aec", title, "127.0.0.1", str(to.port), *map(str, part[at : at + 500])],
                check=True, capture_output=True, env=os.environ | {"TCP_NODELAY": "1"},
            )  # fmt: skip
        return len(part)

    return timed(name, to, files, lines, send, [files[place::lines] for place in range(lines)])
