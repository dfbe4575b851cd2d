"""Django's management commands under the words of `reaccredit`."""

from __future__ import annotations

import os
import signal
import sys

from django.core.management import ManagementUtility

from reaccredit.project import lifeline


def main(argv: list[str]) -> int:
    return run("reaccredit manage", argv)


def ledger(argv: list[str]) -> int:
    if not argv or argv[0] != "verify":
        asked = bool(argv) and argv[0] in {"-h", "--help"}
        print("usage: reaccredit ledger verify [OPTIONS]", file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    return run("reaccredit", ["ledger_verify", *argv[1:]])


def remind(argv: list[str]) -> int:
    return run("reaccredit", ["remind", *argv])


def work(argv: list[str]) -> int:
    # Until the worker has a handler of its own, being asked to stop is still a way to end in order.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    lifeline.hold()
    return run("reaccredit", ["work", *argv])


def run(program: str, argv: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reaccredit.project.settings")
    ManagementUtility([program, *argv]).execute()
    return 0
