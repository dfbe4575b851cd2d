"""The senders: each gives whole files to one server, several at a time, and counts what was answered as stored."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HANDFUL = 10
MARK = "a-mark-between-the-parts"
CSRF = "a" * 32


@dataclass(frozen=True)
class Told:
    name: str
    stored: int
    size: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.stored / self.seconds


def handfuls(files: Sequence[Path]) -> list[Sequence[Path]]:
    return [files[at : at + HANDFUL] for at in range(0, len(files), HANDFUL)]


def timed(
    name: str,
    files: Sequence[Path],
    clients: int,
    send: Callable[[Sequence[Path]], int],
    parts: Iterable[Sequence[Path]],
) -> Told:
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        stored = sum(pool.map(send, parts))
    return Told(name, stored, sum(one.stat().st_size for one in files), time.perf_counter() - began)


def post(port: int, path: str, body: bytes, head: dict[str, str]) -> tuple[int, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        line.request("POST", path, body, head)
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


def form(files: Sequence[Path]) -> bytes:
    """As the sending page of a browser frames a handful: each file with its SHA-256."""
    parts = []
    for name, said in [("csrfmiddlewaretoken", CSRF)]:
        parts.append(f'--{MARK}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n'.encode())
    for path in files:
        content = path.read_bytes()
        key = hashlib.sha256(content).hexdigest()
        parts.append(f'--{MARK}\r\nContent-Disposition: form-data; name="sha256"\r\n\r\n{key}\r\n'.encode())
        head = f'--{MARK}\r\nContent-Disposition: form-data; name="images"; filename="{path.name}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{MARK}--\r\n".encode()


def related(files: Sequence[Path]) -> bytes:
    head = f"--{MARK}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    return b"".join(head + path.read_bytes() + b"\r\n" for path in files) + f"--{MARK}--\r\n".encode()


def browser(port: int, said: dict[str, str], files: Sequence[Path], clients: int) -> Told:
    head = {
        "Cookie": f"sessionid={said['session']}; csrftoken={CSRF}", "X-Upload": "script",
        "Content-Type": f"multipart/form-data; boundary={MARK}",
    }  # fmt: skip

    def send(part: Sequence[Path]) -> int:
        status, body = post(port, said["upload"], form(part), head)
        assert status == 200, (status, body[:300])
        return int(json.loads(body)["accepted"])

    return timed("browser", files, clients, send, handfuls(files))


def stow(port: int, said: dict[str, str], files: Sequence[Path], clients: int) -> Told:
    head = {
        "Authorization": f"Bearer {said['key']}", "Accept": "application/dicom+json",
        "Content-Type": f'multipart/related; type="application/dicom"; boundary={MARK}',
    }  # fmt: skip

    def send(part: Sequence[Path]) -> int:
        status, body = post(port, "/intake/dicomweb/studies", related(part), head)
        assert status == 200, (status, body[:300])
        return len(json.loads(body)["00081199"]["Value"])

    return timed("STOW-RS", files, clients, send, handfuls(files))


def rest(port: int, files: Sequence[Path], clients: int) -> Told:
    def send(part: Sequence[Path]) -> int:
        status, body = post(
            port, "/instances", part[0].read_bytes(), {"Content-Type": "application/dicom", "Expect": ""}
        )
        assert status == 200, (status, body[:300])
        return 1

    return timed("Orthanc REST", files, clients, send, [[one] for one in files])


def store(name: str, port: int, title: str, files: Sequence[Path], lines: int) -> Told:
    """dcmtk's storescu, one process for each association."""

    def send(part: Sequence[Path]) -> int:
        for at in range(0, len(part), 500):
            subprocess.run(
                ["storescu", "-aec", title, "127.0.0.1", str(port), *map(str, part[at : at + 500])],
                check=True, capture_output=True, env=os.environ | {"TCP_NODELAY": "1"},
            )  # fmt: skip
        return len(part)

    return timed(name, files, lines, send, [files[place::lines] for place in range(lines)])
