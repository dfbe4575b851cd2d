"""The table of checks of a programme: which rule stands behind a question to single files, and what is asked of an item's images
together. Read once, checked whole: a slip says which key of which row is wrong.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from reaccredit.imaging.exams import IDENTIFIED, QUESTIONS, Limits
from reaccredit.imaging.geometry import PLANES
from reaccredit.imaging.rows import Faulty, book, check_words
from reaccredit.packages.models import Item

TABLES = Path(__file__).parent / "checks"
WORDS = frozenset({"series", "found", "wanted"})
_WHERE = {
    "kinds": list,
    "purposes": list,
    "modalities": list,
    "areas": list,
    "items": list,
    "exams": list,
    "since": date,
    "until": date,
}
_WHY = {"clause": str, "source": str, "reason": str, "assumed": str}
_RULE = {**_WHERE, **_WHY, "codes": list}
_AGE = {**_WHERE, **_WHY, "months": int}
_CHECK = {
    **_WHERE, **_WHY, "code": str, "asks": str, "says": str, "sentence": str, "most": (int, float), "least": (int, float), "needs": list,
    "like": list, "named": dict,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Where:
    """Which items a row is for. What is not said is not asked."""

    kinds: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    exams: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def fits(self, item: Item) -> bool:
        package = item.package
        opened = package.opened_at.date()
        return (
            _among(item.kind, self.kinds)
            and _among(package.purpose, self.purposes)
            and _among(package.case_file.modality, self.modalities)
            and _among(item.area.code if item.area else "", self.areas)
            and _among(item.code.partition(".")[0], self.items)
            and _among(item.title.lower(), self.exams)
            and not (self.since and opened < self.since)
            and not (self.until and opened > self.until)
        )


def _among(word: str, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatchcase(word, pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Why:
    clause: str = ""
    source: str = ""
    reason: str = ""
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    where: Where
    why: Why
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Age:
    where: Where
    why: Why
    months: int


@dataclass(frozen=True, slots=True)
class Check:
    where: Where
    why: Why
    code: str
    asks: str
    says: str
    sentence: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Table:
    rules: tuple[Rule, ...] = ()
    ages: tuple[Age, ...] = ()
    checks: tuple[Check, ...] = ()

    def rule(self, code: str, item: Item) -> Why | None:
        """What stands behind a question to the files of this item; None: this item's files are not asked it by the table."""
        return next((row.why for row in self.rules if code in row.codes and row.where.fits(item)), None)

    def age(self, item: Item) -> Age | None:
        return next((row for row in self.ages if row.where.fits(item)), None)

    def of(self, item: Item) -> list[Check]:
        return [row for row in self.checks if row.where.fits(item)]


@cache
def table(programme: str) -> Table:
    """A programme without a table has none of these checks."""
    path = TABLES / f"{programme}.toml"
    return read(path) if path.is_file() else Table()


def read(path: Path) -> Table:
    return made(path.name, path.read_text("utf-8"))


def made(name: str, text: str) -> Table:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Faulty(f"{name}: {error}") from None
    if strange := sorted(set(data) - {"rule", "age", "check"}):
        raise Faulty(f"{name}: unknown key {strange[0]!r}")
    rows = {
        kind: [(f"{name}: {kind} {place}", row) for place, row in enumerate(data.get(kind, []), 1)]
        for kind in ("rule", "age", "check")
    }
    checks = tuple(_check(*one) for one in rows["check"])
    if len({row.code for row in checks}) != len(checks):
        raise Faulty(f"{name}: two checks have the same code")
    return Table(tuple(_rule(*one) for one in rows["rule"]), tuple(_age(*one) for one in rows["age"]), checks)


def _rule(place: str, row: Any) -> Rule:
    _keys(place, row, _RULE, ("codes",))
    if strange := sorted(set(row["codes"]) - set(book())):
        raise Faulty(f"{place}: no file is asked {strange[0]!r}")
    return Rule(_where(row), _why(place, row), tuple(row["codes"]))


def _age(place: str, row: Any) -> Age:
    _keys(place, row, _AGE, ("months",))
    return Age(_where(row), _why(place, row), row["months"])


def _check(place: str, row: Any) -> Check:
    _keys(place, row, _CHECK, ("code", "asks", "says", "sentence"))
    if row["asks"] not in QUESTIONS:
        raise Faulty(f"{place}: 'asks' is {row['asks']!r}; known are {', '.join(QUESTIONS)}")
    for key in ("says", "sentence"):
        check_words(f"{place}: {key}", row[key], WORDS)
    known = {"identified": set(IDENTIFIED), "planes": set(PLANES)}.get(row["asks"])
    if known and not (row.get("needs") and set(row["needs"]) <= known):
        raise Faulty(f"{place}: 'needs' is some of {', '.join(sorted(known))}")
    limits = Limits(
        row.get("most"), row.get("least"), tuple(row.get("needs", ())), tuple(row.get("like", ())),
        {name: tuple(like) for name, like in row.get("named", {}).items()},
    )  # fmt: skip
    return Check(_where(row), _why(place, row), row["code"], row["asks"], row["says"], row["sentence"], limits)


def _where(row: dict[str, Any]) -> Where:
    said: dict[str, Any] = {}
    for key in _WHERE.keys() & row.keys():
        said[key] = tuple(row[key]) if isinstance(row[key], list) else row[key]
    return Where(**said)


def _why(place: str, row: dict[str, Any]) -> Why:
    if not any(row.get(key) for key in ("clause", "source", "reason")):
        raise Faulty(f"{place}: say why: a 'clause', a 'source' or a 'reason'")
    return Why(**{key: row[key] for key in _WHY if key in row})


def _keys(place: str, row: Any, known: dict[str, Any], needed: Sequence[str]) -> None:
    if not isinstance(row, dict):
        raise Faulty(f"{place}: expected a table")
    for key, value in row.items():
        if key not in known or not isinstance(value, known[key]) or isinstance(value, bool):
            raise Faulty(f"{place}: {key!r} is not a key with such a value; known are {', '.join(known)}")
    if missing := [key for key in needed if not row.get(key)]:
        raise Faulty(f"{place}: {missing[0]!r} is missing")
