"""The files that belong to the project, as the version control sees them."""

from __future__ import annotations

import subprocess
from fnmatch import fnmatch
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]


def files(under: str = ".") -> list[Path]:
    """Tracked files, and new ones that nothing tells git to ignore; relative to the house."""
    return sorted(path for path in (by_git(under) or by_walking(under)) if (HOUSE / path).is_file())


def by_git(under: str) -> list[Path]:
    # A checkout may belong to another user than the one who runs the tests.
    command = ["git", "-c", f"safe.directory={HOUSE}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run([*command, under], cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    return [Path(name) for name in listed.split("\0") if name]


def by_walking(under: str) -> list[Path]:
    """For a copy of the sources without their history: everything but what .gitignore names."""
    ignored = [line.strip("/") for line in (HOUSE / ".gitignore").read_text().split()] + [".git"]
    paths = [path.relative_to(HOUSE) for path in (HOUSE / under).rglob("*")]
    return [path for path in paths if not any(fnmatch(part, name) for part in path.parts for name in ignored)]
