"""`reaccredit demo`: everything that the demo programme needs, in one command and one folder."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import signal
import sys
from pathlib import Path
from types import FrameType

import django
from django.core.management import call_command, get_commands
from django.db import DatabaseError, connections
from django.db.migrations.exceptions import InconsistentMigrationHistory

from reaccredit.project import command
from reaccredit.project.children import STOP_SIGNALS, Children, Died
from reaccredit.project.demo_folder import DemoFolder, InUse
from reaccredit.project.web import NotANumber, number, port_is_free

# `demo_data` is the management command that fills an empty database by the same actions that people use. The module
# beside it has `lines() -> list[str]`: who can sign in, as it is printed here. Both are found by name: a house without
# demo data still opens.
DEMO_DATA = "demo_data"
SIGN_INS = "reaccredit.project.demo_signins"
SECONDS_TO_ANSWER = 60


class Problem(Exception):
    """Why the demo cannot run, as a sentence for the person at the terminal."""


def main(argv: list[str]) -> int:
    options = parsed(argv)
    for stop_signal in STOP_SIGNALS:
        # Said explicitly: a shell starts background jobs with SIGINT ignored.
        signal.signal(stop_signal, interrupt)
    try:
        return run(options)
    except (Problem, NotANumber) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", flush=True)
        return 0


def parsed(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="reaccredit demo",
        description="Runs the demo programme on this machine, with web server, worker and demo data. Ctrl-C stops it.",
        epilog="`reaccredit demo remind`, `reaccredit demo ledger verify` and the like: that word, on the demo's data.",
    )
    parser.add_argument("--port", help="the port of the web server (default: PORT, else 8000)")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="where the demo keeps its data (default: the variable REACCREDIT_DATA)",
    )
    parser.add_argument("--fresh", action="store_true", help="throw the data of the demo away and begin anew")
    parser.add_argument("--empty", action="store_true", help="load no demo data into a new demo")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def interrupt(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run(options: argparse.Namespace) -> int:
    folder = DemoFolder((options.data or DemoFolder.default()).expanduser().resolve())
    if options.command:
        if folder.is_new:
            raise Problem(f"There is no demo in {folder.path} yet. Start it once with `reaccredit demo`.")
        os.environ.update(folder.environment())
        return command.main(options.command)
    if options.port:
        os.environ["PORT"] = options.port
    port, bind = number("PORT", 8000), os.environ.setdefault("REACCREDIT_BIND", "127.0.0.1")
    if not port_is_free(bind, port):
        raise Problem(f"Port {port} is taken by another program. Choose another one, such as PORT={port % 65535 + 1}.")
    address = os.environ.setdefault("REACCREDIT_ADDRESS", f"http://localhost:{port}")
    claim(folder)
    os.environ.update(folder.environment())
    prepare(folder, fresh=options.fresh, with_data=not options.empty)
    return serve(folder, address, port)


def claim(folder: DemoFolder) -> None:
    try:
        folder.open()
    except InUse:
        raise Problem(f"A demo already runs on {folder.path}. Stop it, or name another folder with --data.") from None
    except OSError as error:
        raise Problem(
            f"The folder {folder.path} cannot be used: {error.strerror}. Name another one with --data."
        ) from None


def prepare(folder: DemoFolder, *, fresh: bool, with_data: bool) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reaccredit.project.settings")
    new = fresh or folder.is_new
    if new:
        folder.begin()
    django.setup()
    if new:
        # A first load that is interrupted begins anew: it need not wait for the disk at each step. What follows does.
        connections["default"].cursor().execute("PRAGMA synchronous=OFF")
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except (DatabaseError, InconsistentMigrationHistory) as error:
        raise Problem(
            f"The data in {folder.path} do not fit this version ({error}). Begin anew with --fresh."
        ) from error
    if new and DEMO_DATA in get_commands():
        if with_data:
            print("Loading the demo data (once) ...", flush=True)
        call_command(DEMO_DATA, verbosity=0, empty=not with_data)
    folder.finish()


def serve(folder: DemoFolder, address: str, port: int) -> int:
    welcome = sign_ins()
    connections.close_all()
    with Children() as children:
        children.start("web server", "web")
        children.start("background worker", "work")
        try:
            children.wait_until_answered(port, "/healthz", seconds=SECONDS_TO_ANSWER)
            print(
                "\n".join(
                    ["", f"Reaccredit demo: {address}/", *welcome, "", f"Data: {folder.path}", "Ctrl-C stops it."]
                ),
                flush=True,
            )
            children.wait()
        except Died as died:
            raise Problem(str(died)) from died
    return 0


def sign_ins() -> list[str]:
    if importlib.util.find_spec(SIGN_INS) is None:
        return []
    lines: list[str] = importlib.import_module(SIGN_INS).lines()
    return ["", *lines, ""]
