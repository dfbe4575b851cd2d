"""Criteria that change with a date: every table of numbers of one folder, and the one that governs a day."""

from __future__ import annotations

import hashlib
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from reaccredit.policy.limits import AcceptanceTable, Limits, read_limits, read_table
from reaccredit.policy.reading import read_sums
from reaccredit.policy.table import Source, Table, nearest
from reaccredit.policy.words import Clause, Malformed, NotGoverned

SCHEMA = 1
SUMS = "SHA256SUMS"
OPENING, SCAN = "opening", "scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band(Limits):
    """A word for the numbers of a range."""

    word: str


@dataclass(frozen=True, slots=True)
class Trait:
    """A word on which limits depend. It is told, or read from a number by the band that holds it."""

    id: str
    title: str
    unit: str
    values: tuple[str, ...]
    bands: tuple[Band, ...]
    cites: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.values, *(band.word for band in self.bands))

    def word(self, told: str) -> str | None:
        """None for what this table has no word for: no limit is then known to apply."""
        if told in self.words:
            return told
        try:
            number = Decimal(told)
        except ArithmeticError:
            return None
        return next((b.word for b in self.bands if number.is_finite() and b.hold(number)), None)


@dataclass(frozen=True, slots=True)
class DatedTable:
    """The criteria of one date."""

    criteria: str
    title: str
    source: str
    seen: str
    revision: date
    in_force: date
    ended: date | None
    governs: str  # OPENING or SCAN: which day chooses the table
    governs_cites: tuple[str, ...]
    traits: Mapping[str, Trait]
    table: AcceptanceTable
    clauses: Mapping[str, Clause]
    sha256: str
    place: str

    def words(self, told: Mapping[str, str]) -> dict[str, str]:
        """The traits as words of this table. What it has no word for is left out."""
        found = {name: self.traits[name].word(value) for name, value in told.items() if name in self.traits}
        return {name: word for name, word in found.items() if word is not None}

    def cited(self, ids: Iterable[str]) -> tuple[Clause, ...]:
        return tuple(self.clauses[name] for name in dict.fromkeys(ids))

    @property
    def silences(self) -> tuple[Clause, ...]:
        return tuple(c for c in self.clauses.values() if c.silent)

    @property
    def words_of_traits(self) -> dict[str, tuple[str, ...]]:
        return {name: trait.words for name, trait in self.traits.items()}


class Criteria:
    """Every table of one folder, one after the other. What comes before the first is governed by none."""

    def __init__(self, tables: Iterable[DatedTable]) -> None:
        self.tables = tuple(sorted(tables, key=lambda t: t.in_force))
        if not self.tables:
            raise Malformed("criteria need at least one dated table")
        self._starts = [t.in_force for t in self.tables]
        self.name = self.tables[0].criteria
        self.governs = self.tables[0].governs
        self._check()

    def _check(self) -> None:
        for before, after in zip(self.tables, self.tables[1:], strict=False):
            if after.criteria != self.name:
                raise Malformed(f"{after.place}: 'criteria' is {after.criteria!r}, its neighbours say {self.name!r}")
            if after.governs != self.governs:
                raise Malformed(
                    f"{after.place}: governs by {after.governs!r}, its neighbours by {self.governs!r}; a day could have two tables or none"
                )
            if before.in_force == after.in_force:
                raise Malformed(f"{after.place}: two tables in force from one day, {after.in_force}")
            if before.ended and before.ended >= after.in_force:
                raise Malformed(f"{before.place}: ends {before.ended}, after {after.place} has begun")

    @classmethod
    def load(cls, folder: str | Path) -> Criteria:
        """Every `<date>.toml` of a folder; a file that `SHA256SUMS` names must be the one it names. Raises `Malformed`."""
        found = [read_file(path) for path in sorted(Path(folder).glob("*.toml"))]
        pinned = read_sums(Path(folder) / SUMS)
        for t in found:
            if pinned.get(t.place, t.sha256) != t.sha256:
                raise Malformed(
                    f"{t.place}: was changed after it was published ({SUMS} names another hash); write a new table"
                )
            if t.criteria != Path(folder).name:
                raise Malformed(f"{t.place}: 'criteria' is {t.criteria!r}, its folder is {Path(folder).name!r}")
        if lost := pinned.keys() - {t.place for t in found}:
            raise Malformed(f"{sorted(lost)[0]}: is published ({SUMS} names it) and is not there")
        return cls(found)

    def on(self, day: date) -> DatedTable:
        """The table in force on a day. Raises `NotGoverned` where there is none."""
        place = bisect_right(self._starts, day)
        if not place:
            raise NotGoverned(
                f"No table of {self.name} is in force on {day}; the first is in force from {self._starts[0]}."
            )
        found = self.tables[place - 1]
        if found.ended and day > found.ended:
            raise NotGoverned(
                f"No table of {self.name} is in force on {day}; that of {found.revision} ended {found.ended}."
            )
        return found

    def governing(self, *, opened: date, scanned: date | None = None) -> DatedTable:
        """The table for a package opened on a day and scanned on another, if that is known. Raises `NotGoverned`."""
        return self.on(scanned if self.governs == SCAN and scanned else opened)


# -- reading -----------------------------------------------------------------------------------------------------------


def read_file(path: Path) -> DatedTable:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"{path.name}: cannot be read: {error}") from None
    return read(text, path.name)


def read(text: str, place: str) -> DatedTable:
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(f"{place}: not TOML: {error}") from None
    top = Table(Source(place, text), (), data, "criteria")
    if top.number("schema") != SCHEMA:
        raise top.wrong(f"'schema' is {data['schema']}; this engine reads schema {SCHEMA}")
    governs, table = top.table("governs", "governs"), top.table("table", "table")
    if governs is None:
        raise top.wrong("[governs] is missing: it says which day chooses the table")
    if table is None:
        raise top.wrong("[table] is missing: it holds the limits")
    in_force = top.day("in_force")
    assert in_force is not None
    made = DatedTable(
        criteria=top.text("criteria"), title=top.text("title"), source=top.text("source"), seen=top.text("seen"),
        revision=top.day("revision", None) or in_force, in_force=in_force, ended=top.day("ended", None),
        governs=governs.one_of("by", (OPENING, SCAN)), governs_cites=governs.cites,
        traits={name: _trait(name, t) for name, t in top.tables("trait", "criteria-trait").items()},
        table=read_table(top.text("criteria"), table), clauses={n: _clause(n, t) for n, t in top.tables("clause", "clause").items()},
        sha256=hashlib.sha256(text.encode()).hexdigest(), place=place,
    )  # fmt: skip
    _check_names(made, top)
    return made


def _trait(name: str, t: Table) -> Trait:
    bands = tuple(Band(**read_limits(b), word=b.text("word")) for b in t.rows("band", "band"))
    if any(b.limitless for b in bands):
        raise t.wrong("a band has a limit: at_least, at_most, more_than or less_than")
    if not (values := t.texts("values")) and not bands:
        raise t.wrong("'values' is missing; a trait has words, or bands of numbers that stand for words")
    return Trait(name, t.text("title"), t.text("unit", ""), values, bands, t.cites)


def _clause(name: str, t: Table) -> Clause:
    made = Clause(name, t.text("says"), t.text("at", ""), t.flag("assumed"), t.flag("silent"))
    if not (made.at or made.assumed or made.silent):
        raise t.wrong("a clause says where it stands ('at'), or that it is 'assumed', or that the text is 'silent'")
    return made


def _check_names(made: DatedTable, top: Table) -> None:
    """Every word that a limit uses is defined, and every clause that states something is behind a rule."""
    known = made.words_of_traits
    for trait, words in made.table.traits.items():
        if trait not in known:
            raise top.wrong(f"table: the trait {trait!r} is not defined{nearest(trait, known)}")
        for word in words:
            if word not in known[trait]:
                raise top.wrong(f"table: {trait} is never {word!r}{nearest(word, known[trait])}")
    cited = {*made.table.all_cites, *made.governs_cites, *(c for t in made.traits.values() for c in t.cites)}
    for name in sorted(cited - made.clauses.keys()):
        raise top.wrong(f"cites: {name!r} is not defined{nearest(name, made.clauses)}")
    for name, clause in made.clauses.items():
        if name not in cited and not clause.silent:
            raise top.wrong(f"clause.{name}: no rule cites it")


def shelf(folder: Path) -> dict[str, Criteria]:
    """The criteria of every folder of a shelf, by name."""
    return {path.name: Criteria.load(path) for path in sorted(folder.iterdir()) if path.is_dir()}
