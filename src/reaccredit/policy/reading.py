"""A policy file becomes a Revision, or a sentence that says which key of which file is wrong and what was expected."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from reaccredit.policy.revision import (
    OPENS,
    SCHEMA,
    AreaKind,
    Change,
    Choice,
    FactKind,
    Limit,
    Move,
    Offer,
    Opening,
    Paper,
    Revision,
    Stage,
    Wait,
    Window,
)
from reaccredit.policy.shape import SHAPE
from reaccredit.policy.spans import Span, read_span
from reaccredit.policy.words import ACCEPTABLE, NOT_ACCEPTABLE, Clause, Malformed

GOVERNS = ("report", "case", "act")
RETESTS = ("not-acceptable", "all", "nothing")
COVERS = ("deficient", "all", "none")
PHI = ("forbidden", "allowed")
NAMES: dict[type, str] = {
    str: "a text", bool: "true or false", int: "a whole number", list: "a list", dict: "a table", date: "a date",
}  # fmt: skip


def nearest(word: str, words: Collection[str]) -> str:
    close = difflib.get_close_matches(word, list(words), 1, 0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


class Table:
    """A TOML table that hands out its keys by name and type, and refuses what is left over."""

    def __init__(self, place: str, where: str, data: Mapping[str, Any], kind: str) -> None:
        self.place, self.where, self.data = place, where, data
        for key in data:
            if key not in SHAPE[kind]:
                raise self.wrong(f"unknown key {key!r}{nearest(key, SHAPE[kind])}")

    def wrong(self, what: str) -> Malformed:
        return Malformed(f"{self.place}: {self.where}: {what}")

    def _take(self, key: str, kind: type, default: Any) -> Any:
        value = self.data.get(key, default)
        if value is ...:
            raise self.wrong(f"{key!r} is missing; expected {NAMES[kind]}")
        fits = (
            isinstance(value, kind)
            and not (kind is int and isinstance(value, bool))
            and not isinstance(value, datetime)
        )
        if value is not None and not fits:
            raise self.wrong(f"{key!r} is {value!r}; expected {NAMES[kind]}")
        return value

    def text(self, key: str, default: Any = ...) -> str:
        return str(self._take(key, str, default))

    def flag(self, key: str, default: bool = False) -> bool:
        return bool(self._take(key, bool, default))

    def number(self, key: str, default: Any = ...) -> int:
        return int(self._take(key, int, default))

    def day(self, key: str, default: Any = ...) -> date | None:
        value: date | None = self._take(key, date, default)
        return value

    def texts(self, key: str, default: Any = ()) -> tuple[str, ...]:
        value = self._take(key, list, list(default) if default is not ... else ...)
        if not all(isinstance(v, str) for v in value):
            raise self.wrong(f"{key!r} holds something that is no text")
        return tuple(value)

    def one_of(self, key: str, words: Collection[str], default: Any = ...) -> str:
        value = self.text(key, default)
        if value and value not in words:
            raise self.wrong(f"{key!r} is {value!r}; expected one of {', '.join(words)}{nearest(value, words)}")
        return value

    def span(self, key: str) -> Span:
        try:
            return read_span(self.text(key))
        except ValueError as error:
            raise self.wrong(f"{key!r}: {error}") from None

    def table(self, key: str, kind: str) -> Table | None:
        value = self._take(key, dict, None)
        return None if value is None else Table(self.place, f"{self.where}.{key}", value, kind)

    def tables(self, key: str, kind: str) -> dict[str, Table]:
        found = self._take(key, dict, {})
        return {name: Table(self.place, f"{key}.{name}", self._inner(key, name, t), kind) for name, t in found.items()}

    def rows(self, key: str, kind: str) -> list[Table]:
        found = self._take(key, list, [])
        return [Table(self.place, f"{key} {n}", self._inner(key, str(n), t), kind) for n, t in enumerate(found, 1)]

    def _inner(self, key: str, name: str, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(f"{key}.{name} is {value!r}; expected a table")
        return value

    @property
    def cites(self) -> tuple[str, ...]:
        cites = self.texts("cites", ...)
        if not cites:
            raise self.wrong("'cites' is empty; every rule names the clause it comes from")
        return cites


def _wait(t: Table) -> Wait:
    earliest = t.span("earliest") if "earliest" in t.data else None
    return Wait(t.span("within"), t.texts("from", ...), t.cites, earliest, t.texts("yields"))


def _move(t: Table) -> Move:
    over = t.table("over", "over")
    return Move(
        to=t.text("to", ""), cites=t.cites, settled_to=t.text("settled_to", ""), emptied_to=t.text("emptied_to", ""),
        counts=t.flag("counts"), over=over.number("deficiency") if over else 0, over_to=over.text("to") if over else "",
        over_cites=over.cites if over else (), outcome=t.one_of("outcome", (ACCEPTABLE, NOT_ACCEPTABLE), ""),
        marks=frozenset(t.texts("marks")),
    )  # fmt: skip


def _stage(name: str, t: Table) -> Stage:
    due, overdue = t.table("due", "wait"), t.table("overdue", "move")
    return Stage(
        id=name, title=t.text("title"), holder=t.text("holder", ""), cites=t.cites, asks=t.flag("asks"), ends=t.flag("ends"),
        awaits=t.text("awaits", ""), hears=frozenset(t.texts("hears")),
        moves={kind: _move(m) for kind, m in t.tables("moves", "move").items()},
        due=_wait(due) if due else None, overdue=_move(overdue) if overdue else None, silent=t.texts("silent"),
    )  # fmt: skip


def _window(t: Table) -> Window:
    opens, due = t.table("opens", "opens"), t.table("due", "wait")
    if opens is None or due is None:
        raise t.wrong("a window says when the form 'opens' and when it is 'due'")
    return Window(
        stage=t.text("stage"), medium=frozenset(t.texts("medium")), marks=frozenset(t.texts("marks")),
        without=frozenset(t.texts("without")), silent=t.texts("silent"), due=_wait(due),
        opens=Opening(opens.span("after"), opens.texts("from", ...), opens.text("once", ""), opens.cites),
        terms={name: _wait(term) for name, term in t.tables("term", "wait").items()},
    )  # fmt: skip


def _option(name: str, t: Table) -> Choice:
    return Choice(
        id=name, title=t.text("title"), summary=t.text("summary", ""), to=t.text("to"), cites=t.cites,
        settled_to=t.text("settled_to", ""), emptied_to=t.text("emptied_to", ""), retest=t.one_of("retest", RETESTS),
        covers=t.one_of("covers", COVERS, "none"), puts=t.text("puts", ""), partial=t.flag("partial"),
        withdraws=t.flag("withdraws"), ticks=t.flag("ticks", True), needs=t.texts("needs"), may_add=t.texts("may_add"),
        provided=t.texts("provided"), then=t.texts("then"), silent=t.texts("silent"),
    )  # fmt: skip


def _material(name: str, t: Table) -> Paper:
    signed = t.data.get("signed_by", {})
    signed = {"": signed} if isinstance(signed, str) else signed
    if not isinstance(signed, dict) or not all(isinstance(v, str) for v in signed.values()):
        raise t.wrong("'signed_by' is a role, or a table of area kind = role")
    return Paper(
        id=name, title=t.text("title"), signed_by=signed, phi=t.one_of("phi", PHI, ""), met_by=t.text("met_by", ""),
        met_when=t.text("met_when", ""), holder=t.text("holder", ""), cites=t.texts("cites"),
    )  # fmt: skip


def _clause(name: str, t: Table) -> Clause:
    clause = Clause(name, t.text("says"), t.text("at", ""), t.flag("assumed"), t.flag("silent"))
    if not (clause.at or clause.assumed or clause.silent):
        raise t.wrong("a clause says where it stands ('at'), or that it is 'assumed', or that the text is 'silent'")
    return clause


def _days(t: Table) -> tuple[str, ...]:
    """This schema counts days in one way; the file says so in words, so that another way is never taken for it."""
    days = t.table("days", "days")
    if days is None or days.text("count") != "exclude-first" or days.text("roll") != "none":
        raise t.wrong('[days] must say count = "exclude-first" and roll = "none"; this engine counts no other way')
    return days.cites


def read(text: str, place: str) -> Revision:
    """Parse and check one revision. Raises `Malformed`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(f"{place}: not TOML: {error}") from None
    top = Table(place, "policy", data, "")
    if top.number("schema") != SCHEMA:
        raise top.wrong(f"'schema' is {data['schema']}; this engine reads schema {SCHEMA}")
    made = _revision(top, text)
    check_names(made, top)
    return made


def _revision(top: Table, text: str) -> Revision:
    def each(key: str, make: Callable[[str, Table], Any]) -> dict[str, Any]:
        return {name: make(name, t) for name, t in top.tables(key, key).items()}

    governs = top.table("governs", "governs")
    if governs is None:
        raise top.wrong("[governs] is missing: it says which revision rules a running case")
    in_force = top.day("in_force")
    assert in_force is not None
    try:
        zone = ZoneInfo(top.text("zone"))
    except (KeyError, ValueError, OSError):
        raise top.wrong(f"'zone' is {top.text('zone')!r}; expected a name such as America/New_York") from None
    return Revision(
        policy=top.text("policy"), title=top.text("title"), source=top.text("source"), seen=top.text("seen"),
        revision=top.day("revision") or in_force, in_force=in_force, published=top.day("published", None) or in_force,
        ended=top.day("ended", None), governs=governs.one_of("by", GOVERNS),
        governs_cites=governs.cites, days_cites=_days(top), zone=zone,
        start=top.text("start"), sha256=hashlib.sha256(text.encode()).hexdigest(), place=top.place,
        excludes={n: t.cites for n, t in top.tables("excludes", "excludes").items()},
        changes=tuple(
            Change(r.day("date") or in_force, r.text("section"), r.text("description")) for r in top.rows("change", "change")
        ),
        area_kinds=tuple(each("area", lambda n, t: AreaKind(n, t.text("prefix"), t.flag("withdrawable"), t.cites)).values()),
        facts=each("fact", lambda n, t: FactKind(n, t.text("title"), t.text("by"), t.text("tells", ""))),
        stages=each("stage", _stage), windows=tuple(_window(r) for r in top.rows("window", "window")),
        offers=tuple(
            Offer(r.number("deficiency"), frozenset(r.texts("marks")), frozenset(r.texts("without")), r.texts("options", ...), r.cites)
            for r in top.rows("offer", "offer")
        ),
        options=each("option", _option), materials=each("material", _material),
        limits=each("limit", lambda n, t: Limit(n, t.span("within"), t.cites)), clauses=each("clause", _clause),
    )  # fmt: skip


def read_file(path: Path) -> Revision:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"{path.name}: cannot be read: {error}") from None
    return read(text, path.name)


def read_sums(path: Path) -> dict[str, str]:
    """The hashes of published files, as `sha256sum` writes them: name -> hash. Nothing is pinned where there is no such file."""
    if not path.is_file():
        return {}
    rows = (line.split(maxsplit=1) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return {row[1].lstrip("*"): row[0] for row in rows if len(row) == 2}


def check_names(r: Revision, top: Table) -> None:
    """Every name that a rule uses leads to something. Raises `Malformed`."""
    for where, word, words in _names(r):
        if word not in words:
            raise top.wrong(f"{where}: {word!r} is not defined{nearest(word, words)}")
    if not any(k.prefix == "" for k in r.area_kinds):
        raise top.wrong('one [area.<kind>] must have prefix = "" and so be the kind of all other areas')


def _names(r: Revision) -> list[tuple[str, str, Collection[str]]]:
    """(where, the word used, the words it may be)."""
    uses: list[tuple[str, str, Collection[str]]] = [("start", r.start, r.stages)]
    kinds = {*r.facts, *(f"option.{o}" for o in r.options)}
    for s in r.stages.values():
        uses += [(f"stage.{s.id}.hears", k, kinds) for k in s.hears]
        uses += [(f"stage.{s.id}.awaits", s.awaits, kinds)] if s.awaits else []
        uses += [(f"stage.{s.id}.due.from", k, kinds) for k in (s.due.start if s.due else ())]
        for kind, m in (*s.moves.items(), *([("overdue", s.overdue)] if s.overdue else [])):
            uses += [(f"stage.{s.id}.moves", kind, {*kinds, "overdue"})]
            uses += [
                (f"stage.{s.id}.moves.{kind}", to, r.stages)
                for to in (m.to, m.settled_to, m.emptied_to, m.over_to)
                if to
            ]
    for n, w in enumerate(r.windows, 1):
        uses += [(f"window {n}.stage", w.stage, r.stages)]
        uses += [(f"window {n}.opens", k, kinds) for k in (*w.opens.start, *([w.opens.once] if w.opens.once else []))]
        uses += [(f"window {n}.due", k, {*kinds, OPENS}) for k in w.due.start]
        for option, term in w.terms.items():
            uses += [
                (f"window {n}.term", option, r.options),
                *((f"window {n}.term.{option}", k, {*kinds, OPENS}) for k in term.start),
            ]
        uses += [(f"window {n}.marks", m, r.marks) for m in w.marks | w.without]
    for o in r.offers:
        uses += [(f"offer {o.deficiency}", name, r.options) for name in o.options]
        uses += [(f"offer {o.deficiency}.marks", m, r.marks) for m in o.marks | o.without]
    for c in r.options.values():
        uses += [(f"option.{c.id}", to, r.stages) for to in (c.to, c.settled_to, c.emptied_to) if to]
        uses += [(f"option.{c.id}", m, r.materials) for m in (*c.needs, *c.may_add)]
    for p in r.materials.values():
        uses += [(f"material.{p.id}.met_by", p.met_by, kinds)] if p.met_by else []
        uses += [(f"material.{p.id}.signed_by", k, {a.id for a in r.area_kinds}) for k in p.signed_by if k]
    return uses + [("cites", c, r.clauses) for c in all_cites(r)]


def all_cites(r: Revision) -> set[str]:
    """Every clause that some rule of the revision cites."""
    found: set[str] = {*r.governs_cites, *r.days_cites}
    for cites in r.excludes.values():
        found.update(cites)
    for s in r.stages.values():
        found.update(s.cites, s.silent, s.due.cites if s.due else ())
        for m in (*s.moves.values(), *([s.overdue] if s.overdue else [])):
            found.update(m.cites, m.over_cites)
    for w in r.windows:
        found.update(
            w.opens.cites,
            w.due.cites,
            w.silent,
            *(t.cites for t in w.terms.values()),
            *(t.yields for t in w.terms.values()),
        )
    for group in (r.offers, r.options.values(), r.materials.values(), r.limits.values(), r.area_kinds):
        found.update(c for item in group for c in item.cites)
    found.update(c for o in r.options.values() for c in o.silent)
    return found
