"""The files that belong to the project, as the version control sees them."""

from __future__ import annotations

import subprocess
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]


def files(under: str = ".") -> list[Path]:
    """Tracked files, and new ones that nothing tells git to ignore; relative to the house."""
    # A checkout may belong to another user than the one who runs the tests.
    command = ["git", "-c", f"safe.directory={HOUSE}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run([*command, under], cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    return sorted(path for name in listed.split("\0") if name and (HOUSE / (path := Path(name))).is_file())
