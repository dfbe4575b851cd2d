"""A TOML table that hands out its keys by name and type, and refuses what is left over, with file, line and the nearest known word."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from reaccredit.policy.places import Path, line_of
from reaccredit.policy.shape import SHAPE
from reaccredit.policy.spans import Span, read_span
from reaccredit.policy.words import Malformed

NAMES: dict[type, str] = {
    str: "a text", bool: "true or false", int: "a whole number", list: "a list", dict: "a table", date: "a date",
}  # fmt: skip


SAID = frozenset({"title", "says", "source", "policy", "by"})  # what must not be left empty
SPANS = ("within", "before", "after", "by", "earliest", "more_than", "at_most")
FEW = 12


def nearest(word: str, words: Collection[str]) -> str:
    close = difflib.get_close_matches(word, list(words), 1, 0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def nearest_or_all(word: str, words: Collection[str]) -> str:
    """Where nothing is near, all of them, if they are few."""
    return nearest(word, words) or (f"; expected one of {', '.join(sorted(words))}" if 0 < len(words) <= FEW else "")


def _short(value: Any) -> str:
    plain = isinstance(value, Decimal | date)  # a number or a day as the file says it
    said = str(value) if plain else repr(value)
    return said if len(said) <= 100 else said[:99] + "…"


def _meant(key: str, value: Any, kind: type) -> str:
    """How it is written, where what was written says what was meant."""
    if kind is list and isinstance(value, str):
        return f': {key} = ["{value}"]' if len(value) < 60 else ""
    if kind is list and isinstance(value, dict):
        return f" of rows: [[{key}]] with two brackets"
    if kind is str and isinstance(value, int) and key in SPANS:
        return f', a span such as {key} = "P{value}D"'
    if kind is date and isinstance(value, str):
        return f" without quotation marks: {key} = 2024-01-31"
    return ""


def _controls(text: str) -> bool:
    return any((c < " " and c not in "\n\t") or c == "\x7f" for c in text)


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a table comes from: its name and its text."""

    place: str
    text: str


class Table:
    """One table. `more`: keys that its kind allows beside those of its shape."""

    def __init__(
        self, source: Source, path: Path, data: Mapping[str, Any], kind: str, more: Collection[str] = ()
    ) -> None:
        self.source, self.path, self.data = source, path, data
        known = (*SHAPE[kind], *more)
        for key in data:
            if _controls(key):
                raise self.wrong(f"the key {key!r} holds a control character")
            if key not in known:
                if isinstance(data[key], dict) and path[-2:-1] in (("moves",), ("fact",), ("until",), ("since",)):
                    name = f"{path[-1]}.{key}"
                    raise self.wrong(f'unknown key {key!r}; a name with a dot stands in quotation marks: "{name}"', key)
                raise self.wrong(f"unknown key {key!r}{nearest(key, known)}; known here: {', '.join(known)}", key)

    @property
    def place(self) -> str:
        return self.source.place

    @property
    def where(self) -> str:
        """[stage.deciding], [[offer]] 2, or the top of the file."""
        said = ""
        for part in self.path:
            said += f" {part + 1}" if isinstance(part, int) else f"{'.' if said else ''}{part}"
        return said or "top"

    def wrong(self, what: str, *key: str | int) -> Malformed:
        line = line_of(self.source.text, (*self.path, *key))
        return Malformed(f"{self.place}{f', line {line}' if line else ''}: {self.where}: {what}")

    def _take(self, key: str, kind: type, default: Any) -> Any:
        value = self.data.get(key, default)
        if value is ...:
            raise self.wrong(f"{key!r} is missing; expected {NAMES[kind]}")
        number = kind is int and isinstance(value, bool)
        fits = isinstance(value, kind) and not number and not (kind is date and isinstance(value, datetime))
        if value is not default and not fits:
            raise self.wrong(f"{key!r} is {_short(value)}; expected {NAMES[kind]}{_meant(key, value, kind)}", key)
        return value

    def text(self, key: str, default: Any = ...) -> str:
        value = str(self._take(key, str, default))
        if default is ... and key in SAID and not value.strip():
            raise self.wrong(f"{key!r} is empty; expected a text for people to read", key)
        if _controls(value):
            raise self.wrong(f"{key!r} holds a control character", key)
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        return bool(self._take(key, bool, default))

    def number(self, key: str, default: Any = ...) -> int:
        return int(self._take(key, int, default))

    def decimal(self, key: str) -> Decimal | None:
        """A limit: a whole number or one with a point, exactly as it is written."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.wrong(f"{key!r} is {value!r}; expected a number", key)
        found = Decimal(value)
        if not found.is_finite():
            raise self.wrong(f"{key!r} is {value!r}; expected a finite number", key)
        return found

    def day(self, key: str, default: Any = ...) -> date | None:
        value: date | None = self._take(key, date, default)
        return value

    def texts(self, key: str, default: Any = ()) -> tuple[str, ...]:
        value = self._take(key, list, default)
        if not all(isinstance(v, str) and not _controls(v) for v in value):
            raise self.wrong(f"{key!r} holds something that is no text", key)
        return tuple(value)

    def days(self, key: str) -> tuple[date, ...]:
        value = self._take(key, list, ())
        if not all(isinstance(v, date) and not isinstance(v, datetime) for v in value):
            raise self.wrong(f"{key!r} holds something that is no date; expected dates such as 2026-12-25", key)
        return tuple(value)

    def hour(self, key: str, default: time) -> time:
        """ "17:00"."""
        value = self.data.get(key)
        if value is None:
            return default
        try:
            return value if isinstance(value, time) else time.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.wrong(f'{key!r} is {value!r}; expected an hour such as "17:00"', key) from None

    def one_of(self, key: str, words: Collection[str], default: Any = ...) -> str:
        value = self.text(key, default)
        if value and value not in words:
            raise self.wrong(f"{key!r} is {value!r}; expected one of {', '.join(words)}{nearest(value, words)}", key)
        return value

    def span(self, key: str) -> Span:
        said = self.text(key)
        try:
            return read_span(said)
        except ValueError as error:
            raise self.wrong(f"{key!r}: {error}", key) from None

    def table(self, key: str, kind: str, more: Collection[str] = ()) -> Table | None:
        value = self._take(key, dict, None)
        return None if value is None else Table(self.source, (*self.path, key), value, kind, more)

    def tables(self, key: str, kind: str, more: Collection[str] = ()) -> dict[str, Table]:
        found = self._take(key, dict, {})
        return {
            name: Table(self.source, (*self.path, key, name), self._inner(key, name, t), kind, more)
            for name, t in found.items()
        }

    def rows(self, key: str, kind: str, more: Collection[str] = ()) -> list[Table]:
        found = self._take(key, list, ())
        return [
            Table(self.source, (*self.path, key, n), self._inner(key, str(n + 1), t), kind, more)
            for n, t in enumerate(found)
        ]

    def one_or_rows(self, key: str, kind: str) -> list[Table]:
        """[stage.x.due] is one row; [[stage.x.due]] are several."""
        if isinstance(self.data.get(key), list):
            return self.rows(key, kind)
        only = self.table(key, kind)
        return [only] if only else []

    def _inner(self, key: str, name: str, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            brackets = f": [{key}.{name}] has single brackets" if isinstance(value, list) else ""
            raise self.wrong(f"{key}.{name} is {_short(value)}; expected a table{brackets}", key, name)
        return value

    @property
    def cites(self) -> tuple[str, ...]:
        cites = self.texts("cites", ...)
        if not cites:
            raise self.wrong("'cites' is empty; every rule names the clause it comes from", "cites")
        return cites
