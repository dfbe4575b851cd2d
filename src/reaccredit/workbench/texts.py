"""A text that somebody types: read as hostile, and what is wrong with it shown at its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from reaccredit.policy import Malformed, scenarios
from reaccredit.policy.reading import read
from reaccredit.policy.revision import Revision
from reaccredit.policy.scenarios import Scenario

AROUND, WIDEST = 3, 200  # lines shown before and after a mistake, and how much of each
_LINE = re.compile(r"(?:, line |\(at line )(\d+)")
_AT_THE_END = "(at end of document)"
POLICY, SCENARIOS = "draft.toml", "draft.scenarios.toml"


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    text: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a text cannot be read, and the lines around the place."""

    said: str
    line: int | None
    lines: tuple[Line, ...]


def plain(text: str) -> str:
    """One kind of line end, so that the same words have the same hash whichever way they came."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if not text or text.endswith("\n") else text + "\n"


def read_policy(text: str) -> Revision | Mistake:
    """The revision, named after its date as a published one is; or what is wrong with it."""
    try:
        made = read(text, POLICY)
        return read(text, f"{made.revision}.toml")
    except (ValueError, OverflowError) as error:
        return _mistake(text, error)
    except RecursionError:
        return _mistake(text, Malformed(f"{POLICY}: something is nested too deeply to be a policy"))


def read_scenarios(text: str) -> tuple[Scenario, ...] | Mistake:
    """None of them where there is no text."""
    if not text.strip():
        return ()
    try:
        return scenarios.read(text, SCENARIOS)
    except (ValueError, OverflowError) as error:
        return _mistake(text, error)
    except RecursionError:
        return _mistake(text, Malformed(f"{SCENARIOS}: something is nested too deeply to be a scenario"))


def _mistake(text: str, error: Exception) -> Mistake:
    said = str(error) if isinstance(error, Malformed) else f"A value cannot be used: {error}"
    lines = text.splitlines()
    found = _LINE.search(said)
    line = int(found[1]) if found else len(lines) if _AT_THE_END in said else None
    return Mistake(said, line, tuple(_around(lines, line)) if line else ())


def _around(lines: list[str], line: int) -> list[Line]:
    first, last = max(1, line - AROUND), min(len(lines), line + AROUND)
    return [Line(n, lines[n - 1][:WIDEST], n == line) for n in range(first, last + 1)]


def dated(text: str, day: date) -> str:
    """The same text as a revision of this day; when it is published is known only then."""
    head, table, rest = text.partition("\n[")
    head = re.sub(r"(?m)^(revision|in_force)\s*=.*$", rf"\1 = {day.isoformat()}", head)
    head = re.sub(r"(?m)^(published|ended)\s*=.*\n?", "", head)
    return head + table + rest
