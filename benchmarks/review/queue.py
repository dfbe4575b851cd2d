"""`python -m benchmarks.review.queue [--cases 100000] [--only TEXT] [--keep FOLDER]`: every list of staff; the page beside this file says what is measured."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

MS, QUERIES = 25.0, 6


def environment(folder: Path) -> dict[str, str]:
    """Of an ordinary server; `REACCREDIT_DATABASE` may name an empty PostgreSQL database, else it is SQLite in the folder."""
    told = {
        "SECRET_KEY": "x" * 50,
        "PATIENT_KEY": "benchmark",
        "ADOPTED": "2021-03-08",
        "HOSTS": "testserver",
        "DATA": str(folder),
    }
    settings = {"DJANGO_SETTINGS_MODULE": "reaccredit.project.settings", "PYTHONWARNINGS": "ignore"}
    return os.environ | settings | {f"REACCREDIT_{name}": value for name, value in told.items()}


def run(module: str, argument: str, env: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"benchmarks.review.{module}", argument]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)


def measured(args: argparse.Namespace, folder: Path) -> int:
    env = environment(folder)
    if not (folder / "filled").exists():
        filling = run("cases", str(args.cases), env | {"REACCREDIT_DEMO": "1"})
        made, _ = filling.communicate()
        if filling.returncode:
            return filling.returncode
        print(f"{made.strip()} cases", flush=True)
        (folder / "filled").touch()
    missed = 0
    process = run("lists", args.only, env)
    for line in process.stdout or ():
        found = json.loads(line)
        good = found["ms"] < MS and found["queries"] <= QUERIES
        missed += not good
        said = f"{found['ms']:9.1f} ms {found['queries']:3} queries {found['rows']:4} rows"
        print(f"{said}  {'  ' if good else 'NO'} {found['address']}", flush=True)
    print(f"under {MS:g} ms of CPU with at most {QUERIES} queries: {'all' if not missed else f'not {missed} of them'}")
    return int(bool(missed or process.wait()))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--only", default="", help="lists whose address holds this text")
    parser.add_argument("--keep", type=Path, help="a folder for the database, filled where it is not and left as it is")
    args = parser.parse_args()
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
        return measured(args, args.keep)
    with tempfile.TemporaryDirectory() as folder:
        return measured(args, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
