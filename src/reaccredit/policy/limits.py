"""The limits of a table of numbers, as a file states them. What is unsound does not load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from reaccredit.policy.table import Table

REQUIREMENT, RECOMMENDATION = "requirement", "recommendation"
MAJOR, MINOR, UNSTATED = "major", "minor", "unstated"
LIMITS = ("at_least", "at_most", "more_than", "less_than")
PLAIN = 15  # digits up to which a number is written out

When = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    at_least: Decimal | None
    at_most: Decimal | None
    more_than: Decimal | None
    less_than: Decimal | None

    @property
    def limitless(self) -> bool:
        return all(getattr(self, word) is None for word in LIMITS)

    def hold(self, value: Decimal) -> bool:
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.more_than is None or value > self.more_than)
            and (self.less_than is None or value < self.less_than)
        )

    def said(self, unit: str) -> str:
        """In words: "at least 87.5 %", "from 0.90 to 1.10"."""
        unit = f" {unit}" if unit else ""
        if self.at_least is not None and self.at_least == self.at_most:
            return f"{shown(self.at_least)}{unit}"
        if self.at_least is not None and self.at_most is not None:
            return f"from {shown(self.at_least)} to {shown(self.at_most)}{unit}"
        named = ((word.replace("_", " "), getattr(self, word)) for word in LIMITS)
        return " and ".join(f"{word} {shown(value)}{unit}" for word, value in named if value is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Limits):
    """One limit. `is_true` asks for a yes; `each` counts what the value counts, where another row counts one deviation."""

    measure: str
    title: str
    unit: str
    is_true: bool
    each: bool
    when: When
    force: str
    weight: str
    cites: tuple[str, ...]

    @property
    def required(self) -> bool:
        return self.force == REQUIREMENT

    @property
    def bounds(self) -> str:
        return "yes" if self.is_true else self.said(self.unit)

    def holds(self, value: Decimal | bool) -> bool:
        return value is True if self.is_true else self.hold(Decimal(value))


@dataclass(frozen=True, slots=True)
class Threshold:
    """From how many minor deviations on the table fails."""

    minors: int
    when: When
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AcceptanceTable:
    id: str
    title: str
    rows: tuple[Row, ...]
    thresholds: tuple[Threshold, ...]
    cites: tuple[str, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.measure for row in self.rows))

    @property
    def traits(self) -> dict[str, tuple[str, ...]]:
        """Every trait that a row or a threshold asks for, with the words that stand there."""
        found: dict[str, dict[str, None]] = {}
        for when in (*(r.when for r in self.rows), *(t.when for t in self.thresholds)):
            for trait, words in when.items():
                found.setdefault(trait, {}).update(dict.fromkeys(words))
        return {trait: tuple(words) for trait, words in found.items()}

    @property
    def all_cites(self) -> frozenset[str]:
        cites = (self.cites, *(r.cites for r in self.rows), *(t.cites for t in self.thresholds))
        return frozenset(name for each in cites for name in each)


# -- reading -----------------------------------------------------------------------------------------------------------


def read_table(name: str, t: Table) -> AcceptanceTable:
    """[table.<name>] of a policy or criteria file. Raises `Malformed`."""
    rows = tuple(_row(r) for r in t.rows("row", "row"))
    thresholds = tuple(_threshold(r) for r in t.rows("threshold", "threshold"))
    if not rows:
        raise t.wrong("'row' is missing; a table has at least one [[row]] with a limit")
    minor = any(row.weight == MINOR and row.required for row in rows)
    if minor and not thresholds:
        raise t.wrong(
            "a row has weight = \"minor\", and no [[threshold]] says from how many 'minors' on the table fails"
        )
    if thresholds and not minor:
        raise t.wrong('a [[threshold]] counts minors, and no requirement has weight = "minor"')
    kinds: dict[str, tuple[str, bool]] = {}
    for row in rows:
        if kinds.setdefault(row.measure, (row.unit, row.is_true)) != (row.unit, row.is_true):
            raise t.wrong(f"the rows of {row.measure!r} do not agree on its unit, or on whether it is a number")
    return AcceptanceTable(name, t.text("title"), rows, thresholds, t.cites)


def _row(t: Table) -> Row:
    force = t.one_of("force", (REQUIREMENT, RECOMMENDATION), REQUIREMENT)
    weight = t.one_of("weight", (MAJOR, MINOR, UNSTATED), "")
    measure = t.text("measure")
    made = Row(
        **read_limits(t), measure=measure, title=t.text("title", measure), unit=t.text("unit", ""), is_true=t.flag("is_true"),
        each=t.flag("each"), when=read_when(t), force=force, weight=weight, cites=t.cites,
    )  # fmt: skip
    if made.limitless != made.is_true:
        raise t.wrong(f"a row has a limit ({', '.join(LIMITS)}), or is_true = true; exactly one of the two")
    if force == RECOMMENDATION and weight:
        raise t.wrong("a recommendation never fails, so it has no 'weight'")
    if made.each and (weight != MINOR or made.is_true):
        raise t.wrong("'each' is for a number of deviations with weight = \"minor\"")
    return made


def read_limits(t: Table) -> dict[str, Decimal | None]:
    found = {word: _limit(t, word) for word in LIMITS}
    if None not in (found["at_least"], found["more_than"]) or None not in (found["at_most"], found["less_than"]):
        raise t.wrong("there is one lower and one upper limit at most")
    low = found["more_than"] if found["at_least"] is None else found["at_least"]
    high = found["less_than"] if found["at_most"] is None else found["at_most"]
    if low is not None and high is not None:
        open_ended = found["more_than"] is not None or found["less_than"] is not None
        if low > high or (low == high and open_ended):
            raise t.wrong(f"no value can be {Limits(**found).said('')}")
    return found


def _limit(t: Table, key: str) -> Decimal | None:
    value = t.data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise t.wrong(f"{key!r} is {value!r}; expected a number")
    number = Decimal(str(value))  # the digits that were written, not the nearest binary fraction
    if not number.is_finite():
        raise t.wrong(f"{key!r} is {value!r}; expected a finite number")
    return number


def read_when(t: Table) -> When:
    found = t.data.get("when", {})
    if not isinstance(found, dict):
        raise t.wrong(f"'when' is {found!r}; expected a table of trait = list of words")
    for trait, words in found.items():
        if not (isinstance(words, list) and words and all(isinstance(w, str) for w in words)):
            raise t.wrong(f"'when.{trait}' is {words!r}; expected a list of words")
    return {trait: tuple(words) for trait, words in found.items()}


def _threshold(t: Table) -> Threshold:
    minors = t.number("minors")
    if minors < 1:
        raise t.wrong(f"'minors' is {minors}; expected 1 or more")
    return Threshold(minors, read_when(t), t.cites)


def shown(number: Decimal) -> str:
    """The digits as they were given; only what has very many of them is shortened."""
    exponent = number.as_tuple().exponent
    written_out = isinstance(exponent, int) and -PLAIN <= exponent <= 0 and number.adjusted() <= PLAIN
    return format(number, "f") if written_out else format(number, ".6E")
