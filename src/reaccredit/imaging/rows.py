"""The table of what single files are asked, read once and checked whole: a slip in it says which key of which row is wrong."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# What a question may fill into its sentences.
WORDS = frozenset({"found", "wanted", "kind"})


class Faulty(ValueError):
    """A table that cannot be used."""


@dataclass(frozen=True, slots=True)
class Row:
    code: str
    sentence: str
    reason: str
    says: str = ""
    refuses: bool = True


@cache
def book() -> Mapping[str, Row]:
    """The questions to every file, by code."""
    return read(HERE / "checks.toml")


@cache
def kinds() -> Mapping[str, frozenset[str]]:
    """SOP classes by modality; under `any` those that may be of each."""
    data = tomllib.loads((HERE / "kinds.toml").read_text("utf-8"))
    return {modality: frozenset(classes) for modality, classes in data.items()}


def read(path: Path) -> dict[str, Row]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Faulty(f"{path.name}: {error}") from None
    return {code: _row(f"{path.name}: {code}", code, table) for code, table in data.items()}


def _row(place: str, code: str, table: Any) -> Row:
    known = {"sentence": str, "reason": str, "says": str, "refuses": bool}
    if not isinstance(table, dict):
        raise Faulty(f"{place}: expected a table")
    for key, value in table.items():
        if key not in known or not isinstance(value, known[key]):
            raise Faulty(f"{place}: {key!r} is not a key with such a value; known are {', '.join(known)}")
    for key in ("sentence", "reason"):
        if not table.get(key):
            raise Faulty(f"{place}: {key!r} is missing")
    for key in ("sentence", "says"):
        check_words(f"{place}: {key}", table.get(key, ""), WORDS)
    return Row(code, **table)


def check_words(place: str, sentence: str, known: frozenset[str]) -> None:
    used = {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
    if strange := sorted(used - known):
        raise Faulty(f"{place}: {{{strange[0]}}} is filled in by no question; known are {', '.join(sorted(known))}")
