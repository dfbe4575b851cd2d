"""Real processes on a database of their own, and the signal that nobody can catch."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pydicom import dcmread
from pynetdicom import AE
from pynetdicom.sop_class import MRImageStorage

from reaccredit.intake import sockets
from tests.killing.databases import Database

sockets.make_sure()

SECONDS = 60
ROOT = Path(__file__).resolve().parents[2]
CSRF = "a" * 32
BOUNDARY = "part-of-the-form"


def until(condition: Callable[[], Any], what: str) -> None:
    limit = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < limit, f"{what}: not within {SECONDS} seconds"
        time.sleep(0.002)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class House:
    """A copy of the prepared folder, with the processes that work on it."""

    folder: Path
    said: dict[str, Any]
    database: Database
    port: int = 0
    mail: int = 9
    dicom: int = 0
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REACCREDIT_")}
        return kept | {
            "REACCREDIT_DATA": str(self.folder), "REACCREDIT_DATABASE": self.database.url,
            "REACCREDIT_SECRET_KEY": "k" * 50, "REACCREDIT_PATIENT_KEY": "p" * 50, "REACCREDIT_ADOPTED": "2021-03-08",
            "REACCREDIT_MAIL": "django.core.mail.backends.smtp.EmailBackend", "REACCREDIT_MAIL_PORT": str(self.mail),
            "REACCREDIT_MAIL_HOST": "127.0.0.1", "PORT": str(self.port), "REACCREDIT_HOSTS": "localhost,127.0.0.1,testserver",
            "DJANGO_SETTINGS_MODULE": "reaccredit.project.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }  # fmt: skip

    def start(self, word: str, *more: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "reaccredit", word, *more],
            env=self.environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.folder,
        )  # fmt: skip
        self.running.append(process)
        return process

    def open(self) -> subprocess.Popen[bytes]:
        self.port = free_port()
        web = self.start("web")
        until(self.answers, "the web server answers")
        return web

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """The process and all that it has started, at once."""
        with suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        self.running.remove(process)

    def close(self) -> None:
        for process in list(self.running):
            self.kill(process)
        self.database.drop()

    # -- the browser

    def head(self, kind: str) -> dict[str, str]:
        return {"Cookie": f"sessionid={self.said['session']}; csrftoken={CSRF}", "Content-Type": kind}

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "text/plain") -> tuple[int, str, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request(method, path, body, self.head(kind))
            answer = line.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read().decode(errors="replace")
        finally:
            line.close()

    def submit(self) -> tuple[int, str, str]:
        said = {"csrfmiddlewaretoken": CSRF, "token": self.said["token"], "seen": "0"}
        return self.ask(
            "POST", str(self.said["confirm"]), urlencode(said).encode(), "application/x-www-form-urlencoded"
        )

    def images(self) -> bytes:
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{CSRF}\r\n'.encode()
        ]
        for path in sorted(self.folder.glob("image*.dcm")):
            head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="images"; filename="{path.name}"\r\n\r\n'
            parts.append(head.encode() + path.read_bytes() + b"\r\n")
        return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()

    def upload(self) -> tuple[int, str, str]:
        return self.ask("POST", str(self.said["upload"]), self.images(), f"multipart/form-data; boundary={BOUNDARY}")

    # -- the archive of a hospital

    def receive(self) -> subprocess.Popen[bytes]:
        """A receiver that listens."""
        self.dicom = free_port()
        receiver = self.start("dicom", "receive", "--bind", "127.0.0.1", "--port", str(self.dicom))
        assert receiver.stderr
        assert b"Receiving images" in receiver.stderr.readline()
        return receiver

    def store(self) -> Iterator[tuple[str, int]]:
        """Send the images one by one: the hash of the picture, and the status that was answered. Ends when the line breaks."""
        sender = AE()
        sender.add_requested_context(MRImageStorage)
        line = sender.associate("127.0.0.1", self.dicom, ae_title=str(self.said["title"]))
        assert line.is_established
        for path in sorted(self.folder.glob("image*.dcm")):
            image = dcmread(path)
            status = line.send_c_store(image) if line.is_established else None
            if not status:
                return
            yield str(image.SOPInstanceUID), int(status.Status)
        line.release()

    # -- the database, as somebody sees it who is not part of the programme

    def read(self, query: str, *said: Any) -> list[Any]:
        if not self.running:
            until(lambda: not self.database.busy(), "nobody is served any more")
        return self.database.read(query, *said)

    def count(self, query: str, *said: Any) -> int:
        return int(self.read(query, *said)[0])

    def hashes(self, query: str) -> set[str]:
        return set(self.read(query))

    def locked(self) -> AbstractContextManager[None]:
        """Nobody else can write for as long as this lasts."""
        found: AbstractContextManager[None] = self.database.locked()
        return found


def copy(prepared: House, target: Path) -> House:
    shutil.copytree(prepared.folder, target)
    return House(target, prepared.said, prepared.database.copy(target))


class Post(socketserver.ThreadingTCPServer):
    """A mail server that takes what it is given, and can be made to wait before it says so."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.taken: list[str] = []
        self.waiting = threading.Event()  # somebody waits for our word
        self.go_on = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Talk(socketserver.StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        self.say("220 here")
        to = ""
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "RCPT":
                to = line
            if word == "DATA":
                self.say("354 go on")
                said = self.message()
                self.server.waiting.set()
                self.server.go_on.wait(SECONDS)
                if not self.heard():
                    return
                self.server.taken.append(f"{to} {said}")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 well")

    def heard(self) -> bool:
        """Who is still there says the next thing; a sender that was killed has closed the line."""
        try:
            self.say("250 taken")
            return bool(self.rfile.peek(1))
        except OSError:
            return False

    def message(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode().strip()) != ".":
            lines.append(line)
        return next(one for one in lines if one.startswith("Subject"))

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
