"""The shape of a JSON document: one description that reads a value and that writes its JSON Schema.

A value that does not fit is a sentence with the path of the key: "items[3].due: expected a day such as 2026-11-23, got 'soon'".
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

LONGEST = 200
MANY = 1_000_000


class BadProblem(ValueError):
    """A problem that cannot be used; the sentence names the key."""


class Kind(Protocol):
    def read(self, value: Any, path: str) -> Any: ...
    def schema(self) -> dict[str, Any]: ...


def wrong(path: str, expected: str, value: Any) -> BadProblem:
    shown = "null" if value is None else repr(value)
    return BadProblem(f"{path}: expected {expected}, got {shown if len(shown) <= 60 else shown[:57] + '...'}")


@dataclass(frozen=True)
class Text:
    says: str = ""
    empty: bool = False

    def read(self, value: Any, path: str) -> str:
        if not isinstance(value, str) or len(value) > LONGEST or not (self.empty or value.strip()):
            raise wrong(path, f"text of 1 to {LONGEST} characters", value)
        return value.strip()

    def schema(self) -> dict[str, Any]:
        return _described(
            {"type": "string", "maxLength": LONGEST} | ({} if self.empty else {"minLength": 1}), self.says
        )


@dataclass(frozen=True)
class Day:
    says: str = ""
    null: bool = False

    def read(self, value: Any, path: str) -> date | None:
        if value is None and self.null:
            return None
        try:
            if isinstance(value, str) and len(value) == 10:
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise wrong(path, "a day such as 2026-11-23", value)

    def schema(self) -> dict[str, Any]:
        kind: Any = ["string", "null"] if self.null else "string"
        return _described({"type": kind, "format": "date"}, self.says)


@dataclass(frozen=True)
class Whole:
    least: int = 0
    most: int = 1_000_000
    says: str = ""
    null: bool = False

    def read(self, value: Any, path: str) -> int | None:
        if value is None and self.null:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            raise wrong(path, f"a whole number from {self.least} to {self.most}", value)
        return value

    def schema(self) -> dict[str, Any]:
        kind: Any = ["integer", "null"] if self.null else "integer"
        return _described({"type": kind, "minimum": self.least, "maximum": self.most}, self.says)


@dataclass(frozen=True)
class Number:
    most: float = 1000
    says: str = ""

    def read(self, value: Any, path: str) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= self.most:
            raise wrong(path, f"a number from 0 to {self.most:g}", value)
        return float(value)

    def schema(self) -> dict[str, Any]:
        return _described({"type": "number", "minimum": 0, "maximum": self.most}, self.says)


@dataclass(frozen=True)
class Flag:
    says: str = ""

    def read(self, value: Any, path: str) -> bool:
        if not isinstance(value, bool):
            raise wrong(path, "true or false", value)
        return value

    def schema(self) -> dict[str, Any]:
        return _described({"type": "boolean"}, self.says)


@dataclass(frozen=True)
class OneOf:
    words: tuple[Any, ...]
    says: str = ""

    def read(self, value: Any, path: str) -> Any:
        if isinstance(value, bool) or value not in self.words:
            raise wrong(path, "one of " + ", ".join(str(word) for word in self.words), value)
        return value

    def schema(self) -> dict[str, Any]:
        return _described({"enum": list(self.words)}, self.says)


@dataclass(frozen=True)
class Rows:
    of: Kind
    says: str = ""

    def read(self, value: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > MANY:
            raise wrong(path, "a list", value)
        return tuple(self.of.read(one, f"{path}[{index}]") for index, one in enumerate(value))

    def schema(self) -> dict[str, Any]:
        return _described({"type": "array", "items": self.of.schema()}, self.says)


@dataclass(frozen=True)
class Table:
    """An object with these keys and no other. `short`: the key that a bare text stands for."""

    name: str
    keys: Mapping[str, Kind]
    required: tuple[str, ...] = ()
    says: str = ""
    short: str = ""

    def read(self, value: Any, path: str) -> dict[str, Any]:
        if self.short and isinstance(value, str):
            value = {self.short: value}
        if not isinstance(value, dict):
            raise wrong(path or "the problem", "an object", value)
        at = f"{path}." if path else ""
        for key in value:
            if key not in self.keys:
                raise BadProblem(
                    f"{at}{key}: no such key here{_nearest(key, self.keys)}; known: {', '.join(self.keys)}"
                )
        for key in self.required:
            if key not in value:
                raise BadProblem(f"{at}{key}: is missing")
        return {key: self.keys[key].read(one, f"{at}{key}") for key, one in value.items()}

    def schema(self) -> dict[str, Any]:
        made = {
            "type": "object", "properties": {key: kind.schema() for key, kind in self.keys.items()},
            "required": list(self.required), "additionalProperties": False,
        }  # fmt: skip
        if self.short:
            return _described({"anyOf": [self.keys[self.short].schema(), made]}, self.says)
        return _described(made, self.says)


def _nearest(key: str, known: Mapping[str, Kind]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _described(schema: dict[str, Any], says: str) -> dict[str, Any]:
    return schema | ({"description": says} if says else {})
