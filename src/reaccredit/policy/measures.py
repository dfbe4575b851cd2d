"""Acceptance by numbers: a table of limits, measured values, and what they add up to. No reader, no float arithmetic, no guess.

A limit is compared as a decimal, so that 87.5 is 87.5. A value that is missing, a trait that was not told and a deviation
whose weight the source does not state make a table incomplete, never passed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product
from typing import Any

from reaccredit.policy.limits import (
    MAJOR,
    MINOR,
    PLAIN,
    UNSTATED,
    AcceptanceTable,
    Row,
    Threshold,
    When,
    read_table,
    shown,
)
from reaccredit.policy.table import nearest_or_all

__all__ = ["AcceptanceTable", "Line", "Row", "Threshold", "Verdict", "evaluate", "gaps", "overlaps", "read_table"]

PASS, FAIL, INCOMPLETE = "pass", "fail", "incomplete"


@dataclass(frozen=True, slots=True)
class Line:
    """One value beside one limit. `inside` is None where nothing can be said: no value, or no limit that is known to apply."""

    row: Row
    value: Decimal | bool | None
    inside: bool | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the values add up to. `clauses` are the ids of those that decided, `minors` the minor deviations counted, and
    `threshold` says from how many on the table fails, where that is known.
    """

    word: str
    lines: tuple[Line, ...]
    clauses: tuple[str, ...]
    minors: int
    threshold: Threshold | None
    sentence: str


# -- evaluating --------------------------------------------------------------------------------------------------------


def evaluate(table: AcceptanceTable, values: Mapping[str, Any], traits: Mapping[str, str]) -> Verdict:
    """Raises `ValueError` with a sentence for a value that is no number, or that no row of the table measures."""
    for name in values:
        if name not in table.measures:
            raise ValueError(f"{table.title} has no measure {name!r}{nearest_or_all(name, table.measures)}")
    given = {row.measure: _value(row, values.get(row.measure)) for row in table.rows}
    lines = tuple(_line(row, given[row.measure], traits) for row in table.rows if _may_apply(row.when, traits))
    return _add_up(table, lines, traits)


def _value(row: Row, value: Any) -> Decimal | bool | None:
    if value is None:
        return None
    if row.is_true:
        if isinstance(value, bool):
            return value
        raise ValueError(f"{row.title}: {_quoted(value)} is neither true nor false.")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"{row.title}: {_quoted(value)} is not a number.")
    number = value if isinstance(value, Decimal) else Decimal(value) if isinstance(value, int) else Decimal(str(value))
    if not number.is_finite():
        raise ValueError(f"{row.title}: {value} is not a finite number.")
    if row.each and (number < 0 or number.adjusted() > PLAIN or number != int(number)):
        raise ValueError(f"{row.title}: {shown(number)} is not a count; expected 0, 1, 2 and so on.")
    return number


def _may_apply(when: When, traits: Mapping[str, str]) -> bool:
    """No trait that was told speaks against it."""
    return all(trait not in traits or traits[trait] in words for trait, words in when.items())


def _applies(when: When, traits: Mapping[str, str]) -> bool:
    return all(traits.get(trait) in words for trait, words in when.items())


def _line(row: Row, value: Decimal | bool | None, traits: Mapping[str, str]) -> Line:
    said = "no value" if value is None else _said(row, value)
    start = f"{row.title}: {said}" if value is None or row.is_true else f"{row.title} {said}"
    advice = " (recommended)" if not row.required else ""
    cited = f"[{', '.join(row.cites)}]"
    if untold := [trait for trait in row.when if trait not in traits]:
        depends = " and ".join(untold)
        return Line(
            row, value, None, f"{start}; {row.bounds}{advice} if {_conditions(row.when)}; not told: {depends} {cited}"
        )
    limit = f"; expected {row.bounds}" if value is None or row.is_true else f": {row.bounds}"
    return Line(row, value, None if value is None else row.holds(value), f"{start}{limit}{advice} {cited}")


def _add_up(table: AcceptanceTable, lines: tuple[Line, ...], traits: Mapping[str, str]) -> Verdict:
    required = [line for line in lines if line.row.required]
    outside = [line for line in required if line.inside is False]
    broken = [line.row for line in outside if line.row.weight in ("", MAJOR)]
    minor = [line for line in outside if line.row.weight == MINOR]
    counted = sum(int(line.value) if line.row.each and line.value is not None else 1 for line in minor)
    threshold = next((t for t in table.thresholds if _applies(t.when, traits)), None)

    def verdict(word: str, said: str, *rules: Row | Threshold) -> Verdict:
        clauses = tuple(dict.fromkeys((*table.cites, *(c for rule in rules for c in rule.cites))))
        sentence = f"{table.title}: {word}, {said} [{', '.join(clauses)}]."
        return Verdict(word, lines, clauses, counted, threshold, sentence)

    too_many = threshold if threshold and counted >= threshold.minors else None
    words = [f"{_number(len(broken), 'requirement')} not met"] if broken else []
    if too_many:
        said = "; ".join([*words, f"{_number(counted, 'minor deviation')}, {too_many.minors} or more fail"])
        return verdict(FAIL, said, *broken, *(line.row for line in minor), too_many)
    if broken:
        return verdict(FAIL, words[0], *broken)
    unclear = [
        line.row for line in required if line.inside is None or (not line.inside and line.row.weight == UNSTATED)
    ]
    if unclear:
        return verdict(INCOMPLETE, f"{_number(len(unclear), 'requirement')} undecided", *unclear)
    if counted and threshold is None:
        rows = [line.row for line in minor]
        return verdict(INCOMPLETE, f"{_number(counted, 'minor deviation')}, and how many fail is not known", *rows)
    if not required and any(row.required for row in table.rows):
        return verdict(INCOMPLETE, "no limit of the table is known to apply")
    return verdict(PASS, "every requirement is met", *(line.row for line in required))


# -- words -------------------------------------------------------------------------------------------------------------


def _said(row: Row, value: Decimal | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{shown(value)} {row.unit}".rstrip()


def _quoted(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _conditions(when: When) -> str:
    return " and ".join(f"{trait} is {' or '.join(words)}" for trait, words in when.items()) or "always"


# -- what the checker asks ---------------------------------------------------------------------------------------------


def overlaps(table: AcceptanceTable) -> list[str]:
    """Two rules that can both apply where one must: rows of one measure with the same force and weight; two thresholds."""
    found = [
        f"two limits for {a.measure!r} both hold {_where(both)}: {a.bounds} and {b.bounds}"
        for a, b in combinations(table.rows, 2)
        if (a.measure, a.force, a.weight or MAJOR) == (b.measure, b.force, b.weight or MAJOR)
        and (both := _common(a.when, b.when)) is not None
    ]
    return found + [
        f"two thresholds both hold {_where(both)}: {a.minors} and {b.minors} minors"
        for a, b in combinations(table.thresholds, 2)
        if (both := _common(a.when, b.when)) is not None
    ]


def _where(when: When) -> str:
    return f"where {_conditions(when)}" if when else "always"


def _common(a: When, b: When) -> When | None:
    """When both hold; None where they cannot."""
    both = {
        t: tuple(w for w in a.get(t, b.get(t, ())) if w in b.get(t, (w,))) for t in (*a, *(t for t in b if t not in a))
    }
    return both if all(both.values()) else None


def gaps(table: AcceptanceTable, traits: Mapping[str, Collection[str]] | None = None) -> list[str]:
    """Trait words for which a required measure has no limit, or minors no threshold. `traits`: all words that a trait may have."""
    words = {**table.traits, **{t: tuple(w) for t, w in (traits or {}).items() if t in table.traits}}
    required = {m: [r.when for r in table.rows if r.required and r.measure == m] for m in table.measures}
    found = [
        f"no limit for {m!r} {_where(hole)}" for m, whens in required.items() if whens for hole in _holes(whens, words)
    ]
    minor = any(row.weight == MINOR and row.required for row in table.rows)
    holes = _holes([t.when for t in table.thresholds], words) if minor else ()
    return found + [f"no threshold for minors {_where(hole)}" for hole in holes]


def _holes(whens: Collection[When], words: Mapping[str, tuple[str, ...]]) -> Iterator[When]:
    used = [trait for trait in words if any(trait in when for when in whens)]
    for chosen in product(*(words[trait] for trait in used)):
        told = dict(zip(used, chosen, strict=True))
        if not any(_applies(when, told) for when in whens):
            yield {trait: (word,) for trait, word in told.items()}
