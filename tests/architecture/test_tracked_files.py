"""What is committed speaks of the project alone, wherever it was written and whatever it was installed from."""

from __future__ import annotations

import re

from tests.architecture.tracked import HOUSE, files

# Written so that this file does not hold what it looks for.
FORBIDDEN = {
    "a path of somebody's machine": re.compile(r"/(wor[k]|roo[t]|far[m]|hom[e]/[a-z]+|User[s]/[a-z]+|tmp/studi[o])/"),
    "a host of a package registry": re.compile(
        r"pythonhoste[d]|registry\.npm[j]s|pyp[i]\.org|deb\.debia[n]|crate[s]\.io"
    ),
    "an unfinished piece": re.compile(r"\bTOD[O]\b|\bFIXM[E]\b|\bXX[X]\b|raise NotImplementedErro[r]"),
}
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".html",
    ".css",
    ".js",
    ".json",
    ".sh",
    ".typ",
    ".svg",
    ".yml",
    ".yaml",
    "",
}


def test_tracked_files_speak_of_the_project_alone() -> None:
    found = []
    for path in files():
        if path.suffix not in TEXTS or path.name == "LICENSE":
            continue
        for number, line in enumerate((HOUSE / path).read_text(encoding="utf-8").splitlines(), start=1):
            found += [
                f"{path}:{number}: {what}: {m.group()}" for what, p in FORBIDDEN.items() for m in p.finditer(line)
            ]
    assert found == []


def test_locks_hold_hashes_and_no_addresses() -> None:
    for lock in (HOUSE / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text, lock.name
        pinned = re.findall(r"^[a-z0-9][^\s#]*==[^\s\\]+.*\n(.*)", text, re.MULTILINE)
        assert pinned, lock.name
        assert [line for line in pinned if not line.lstrip().startswith("--hash=sha256:")] == [], lock.name
