"""Where in a TOML file a key stands. The parser of the standard library does not say; a mistake without its line is hard to find."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Path = tuple[str | int, ...]
_HEADER = re.compile(r"^\s*(\[\[?)(.+?)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
LONGEST = 1_000_000  # a policy of a hundred pages is a tenth of it
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def lines(text: str) -> dict[Path, int]:
    """The line of each table header and of each key at the beginning of a line: ("stage", "deciding", "holder") -> 52."""
    found: dict[Path, int] = {}
    counted: dict[Path, int] = {}
    here: Path = ()
    inside = False  # of a text or list that goes over several lines
    for number, line in enumerate(text.splitlines(), 1):
        if not inside and (header := _HEADER.match(line)) and (name := _parts(header[2])):
            here = _resolved(name, counted, row=header[1] == "[[")
            found.setdefault(here, number)
            for end in range(1, len(here)):  # the first table or row under a name stands for them all
                found.setdefault(here[:end], number)
        elif not inside and (key := _KEY.match(line)):
            found.setdefault((*here, *_parts(key[1])), number)
        inside = _goes_on(line, inside)
    return found


def _goes_on(line: str, inside: bool) -> bool:
    if line.count('"""') % 2 or line.count("'''") % 2:
        return not inside
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*', "", line)
    if inside:
        return bare.count("]") <= bare.count("[")
    return "=" in bare and bare.count("[") > bare.count("]")


def _parts(text: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(text))


def _resolved(name: Path, counted: dict[Path, int], *, row: bool) -> Path:
    """A header's path with the number of each row: [[window]] ... [window.due] is ("window", 0, "due")."""
    path: Path = ()
    for place, part in enumerate(name):
        path = (*path, part)
        if row and place == len(name) - 1:
            counted[path] = counted.get(path, -1) + 1
        if path in counted:
            path = (*path, counted[path])
    return path


def line_of(text: str, path: Path) -> int | None:
    """The line of a key, or of the nearest thing that holds it."""
    known = lines(text)
    while path:
        if path in known:
            return known[path]
        path = path[:-1]
    return None


def parse(text: str) -> Mapping[str, Any]:
    """Raises `tomllib.TOMLDecodeError`, which names line and column by itself."""
    if len(text) > LONGEST:
        raise tomllib.TOMLDecodeError(f"longer than {LONGEST:,} characters")
    try:
        return tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)  # a limit of 87.5 is 87.5
    except RecursionError:
        raise tomllib.TOMLDecodeError("lists or tables stand too deep in one another") from None
