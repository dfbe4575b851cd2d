"""The folder of policies that a question at the terminal is asked of, and the sentences said when something is not there."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from reaccredit.policy.engine import Policy
from reaccredit.policy.reading import read_file
from reaccredit.policy.revision import Revision
from reaccredit.policy.table import nearest

SHELF = Path(__file__).resolve().parent.parent / "policies"


class Sorry(Exception):
    """What the person at the terminal reads instead of an answer."""


def programmes(shelf: Path) -> list[str]:
    return sorted(p.name for p in shelf.iterdir() if p.is_dir() and any(p.glob("*.toml")))


def excluding(shelf: Path, name: str) -> tuple[Policy, Revision] | None:
    """The policy whose latest revision says that it does not govern this programme."""
    for other in programmes(shelf):
        policy = Policy.load(shelf / other)
        if name in policy.latest.excludes:
            return policy, policy.latest
    return None


def load(shelf: Path, name: str) -> Policy:
    known = programmes(shelf)
    if name not in known:
        raise Sorry(
            f"There is no policy for the programme {name!r}{nearest(name, known) or '.'} Known: {', '.join(known)}."
        )
    return Policy.load(shelf / name)


def is_file(shelf: Path, what: str) -> bool:
    """A programme's name goes before a file of the same name."""
    return what not in programmes(shelf) and (what.endswith(".toml") or Path(what).is_file())


def revision_in(policy: Policy, revision: str) -> Revision:
    try:
        return policy[revision] if revision else policy.latest
    except KeyError as error:
        raise Sorry(str(error.args[0])) from None


def one(shelf: Path, what: str) -> Revision:
    """PROGRAMME, PROGRAMME@REVISION or FILE; the latest revision where none is named."""
    if is_file(shelf, what):
        return read_file(Path(what))
    name, _, revision = what.partition("@")
    return revision_in(load(shelf, name), revision)


def read_text(name: str, what: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Sorry(f"The {what} {name} cannot be read: {error}") from None


def as_json(data: Any) -> str:
    """As every answer is printed: the bytes that a receipt is about."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def print_json(data: Any) -> None:
    sys.stdout.write(as_json(data))
