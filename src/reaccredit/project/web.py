"""The web server, set from the environment: PORT, REACCREDIT_BIND, REACCREDIT_WORKERS, REACCREDIT_THREADS."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from reaccredit.project import lifeline


class NotANumber(ValueError):
    """A setting that should be a number; the message is for the person who set it."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="reaccredit web", description=__doc__)
    parser.parse_args(argv)
    try:
        port, workers, threads = number("PORT", 8000), number("REACCREDIT_WORKERS", 1), number("REACCREDIT_THREADS", 4)
    except NotANumber as wrong:
        print(wrong, file=sys.stderr)
        return 2
    if missing := without_keys():
        print(missing, file=sys.stderr)
        return 2
    bind = os.environ.get("REACCREDIT_BIND", "127.0.0.1")
    if not port_is_free(bind, port):
        print(f"Port {port} is taken by another program; choose another one with PORT=8001.", file=sys.stderr)
        return 1
    lifeline.hold()
    serve(bind, port, workers, threads)
    return 0


def without_keys() -> str:
    """Why a server cannot start without its keys; "" when it has them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reaccredit.project.settings")
    if not settings.MISSING_KEYS:
        return ""
    named = " and ".join(settings.MISSING_KEYS)
    return f"Set {named} first, each to a long random text, and keep them: see docs/how-to/run-on-a-server.md."


def number(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise NotANumber(f"{name} is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def port_is_free(bind: str, port: int) -> bool:
    """The server itself shares ports between its workers, so it would not notice that another program has it."""
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def serve(bind: str, port: int, workers: int, threads: int) -> None:
    # Threads are bounded because each one holds a database connection.
    Granian(
        "reaccredit.project.web:application",
        factory=True,
        address=bind,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()


def application() -> Callable[..., Any]:
    """Called in each worker process, which has a lifeline of its own: it must not outlive a server that was killed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reaccredit.project.settings")
    lifeline.hold()
    # Static files are found in the package too; a folder for collected ones that is only missing is nothing to warn of.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    return get_wsgi_application()
