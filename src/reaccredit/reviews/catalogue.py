"""What reviewers score, and in which words a deficiency is told. Data with its sources; what is unsound does not load.

`sheets/<modality>.toml` holds the criteria and reasons of one modality, `common.toml` the reasons that several share,
and `reading.toml` who reads, how many, and how the criteria of one reading add up.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from reaccredit.policy import Clause
from reaccredit.reviews import deciding

SHEETS = Path(__file__).parent / "sheets"
SCHEMA = 1
KINDS = ("clinical", "phantom")
ACCEPTABLE = "acceptable"
NOT_ACCEPTABLE = "not-acceptable"


class Malformed(ValueError):
    """A sheet that cannot be used: which file, which entry, and what was expected."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What may lie behind a deficiency. `consult`: the report then advises to consult a physicist or MR scientist."""

    code: str
    title: str
    consult: bool


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    title: str
    advice: str
    causes: tuple[str, ...]
    frequent: tuple[str, ...] = ()  # "CT/clinical": where the programme says that it is often found
    source: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Criterion:
    """One requirement. `required` ones decide; the others are told to the facility and decide nothing."""

    kind: str
    code: str
    title: str
    asks: str
    reasons: tuple[Reason, ...]
    required: bool = True
    modules: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    source: str = ""
    assumed: bool = False
    measures: tuple[str, ...] = ()  # of the sheet's dated criteria: their limits stand beside it
    weight: int = 1  # how many faults it counts for

    def holds(self, on: date | None, module: str) -> bool:
        if self.modules and module and module not in self.modules:
            return False
        if on is None:
            return self.until is None
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads an area of this kind, how many of them, and from how many faults it is not acceptable."""

    kind: str
    profession: str
    readers: int
    minutes: int  # that one reading usually takes
    fails_from: int
    says: str  # the rule by which the criteria of one reading add up
    source: str  # of that rule
    assumed: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    modality: str
    criteria: tuple[Criterion, ...]
    reasons: Mapping[str, Reason]
    dated: str = ""  # the dated criteria that its measures are of


# What a table may hold: key -> (type, must be there).
_REASON = {
    "code": (str, True), "title": (str, True), "advice": (str, True), "causes": (list, True), "frequent": (list, False),
    "source": (str, False), "assumed": (bool, False),
}  # fmt: skip
_CRITERION = {
    "kind": (str, True), "code": (str, True), "title": (str, True), "asks": (str, True), "reasons": (list, True),
    "required": (bool, False), "modules": (list, False), "since": (date, False), "until": (date, False),
    "source": (str, False), "assumed": (bool, False), "measures": (list, False),
    "weight": (int, False),
}  # fmt: skip
_KIND = {
    "profession": (str, True), "readers": (int, True), "minutes": (int, True), "source": (str, True), "assumed": (bool, False)
}  # fmt: skip
_OUTCOME = {
    "kind": (str, True), "from": (int, True), "says": (str, True), "source": (str, False), "assumed": (bool, False)
}  # fmt: skip
_CLOSE = {"percent": (int, True), "assumed": (bool, False)}
_POSSIBLE = {"unit": (str, True), "from": (int, True), "to": (int, True), "assumed": (bool, False)}
_CAUSE = {"title": (str, True), "consult": (bool, True)}
_NOTE = {"at": (str, True), "says": (str, True)}
_DETERMINATION = {"found": (list, True), "is": (str, True)}
_THIRD = {
    "when": (str, True),
    "says": (str, True),
    "sees_both": (bool, True),
    "source": (str, False),
    "assumed": (bool, False),
}


def _entry(where: str, table: Mapping[str, Any], allowed: Mapping[str, tuple[type, bool]]) -> dict[str, Any]:
    """The table, if it holds what it must, nothing else, and says where it is from."""
    for key, value in table.items():
        if key not in allowed:
            raise Malformed(f"{where}: unknown key {key!r}; known are {', '.join(allowed)}")
        if not isinstance(value, allowed[key][0]):
            raise Malformed(f"{where}: {key} must be {allowed[key][0].__name__}, not {value!r}")
    missing = [key for key, (_, needed) in allowed.items() if needed and key not in table]
    if missing:
        raise Malformed(f"{where}: {', '.join(missing)} is missing")
    if "assumed" in allowed and not table.get("assumed") and not table.get("source"):
        raise Malformed(f"{where}: name the source, or say that it is assumed")
    return dict(table)


def _known(where: str, words: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    listed, allowed = tuple(words), set(known)
    for word in listed:
        if word not in allowed:
            raise Malformed(f"{where}: {word!r} is not one of {', '.join(sorted(allowed))}")
    return listed


def _open(path: Path, keys: Iterable[str]) -> dict[str, Any]:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    _known(path.name, content, keys)
    if content.get("schema") != SCHEMA:
        raise Malformed(f"{path.name}: schema must be {SCHEMA}")
    return content


def _reasons(path: Path, tables: Iterable[Mapping[str, Any]], causes: Iterable[str]) -> dict[str, Reason]:
    found: dict[str, Reason] = {}
    known = tuple(causes)
    for table in tables:
        where = f"{path.name}, reason {table.get('code', '?')}"
        fields = _entry(where, table, _REASON)
        fields["causes"] = _known(where, fields["causes"], known)
        if not fields["causes"]:
            raise Malformed(f"{where}: name at least one possible cause")
        fields["frequent"] = tuple(fields.get("frequent", ()))
        if fields["code"] in found:
            raise Malformed(f"{where}: stands there twice")
        found[fields["code"]] = Reason(**fields)
    return found


def _criterion(path: Path, table: Mapping[str, Any], reasons: Mapping[str, Reason]) -> Criterion:
    where = f"{path.name}, criterion {table.get('kind', '?')}/{table.get('code', '?')}"
    fields = _entry(where, table, _CRITERION)
    _known(where, [fields["kind"]], KINDS)
    if fields.get("weight", 1) < 1:
        raise Malformed(f"{where}: weight must be 1 or more; what decides nothing says required = false")
    if not fields["reasons"]:
        raise Malformed(f"{where}: a criterion that cannot be refused with a reason is no criterion")
    fields["reasons"] = tuple(reasons[code] for code in _known(where, fields["reasons"], reasons))
    fields["modules"], fields["measures"] = tuple(fields.get("modules", ())), tuple(fields.get("measures", ()))
    return Criterion(**fields)


def read(path: Path, shared: Mapping[str, Reason], causes: Iterable[str]) -> Sheet:
    content = _open(path, ("schema", "modality", "criteria", "criterion", "reason"))
    if content.get("modality") != path.stem.upper():
        raise Malformed(f"{path.name}: modality must be {path.stem.upper()!r}")
    own = _reasons(path, content.get("reason", ()), causes)
    if doubled := own.keys() & shared.keys():
        raise Malformed(f"{path.name}: {', '.join(sorted(doubled))} stands in common.toml too")
    listed = tuple(_criterion(path, table, {**shared, **own}) for table in content.get("criterion", ()))
    codes = [(c.kind, c.code) for c in listed]
    if len(set(codes)) != len(codes) or not codes:
        raise Malformed(f"{path.name}: each criterion once, and at least one")
    used = {reason.code for criterion in listed for reason in criterion.reasons}
    if unused := own.keys() - used:
        raise Malformed(f"{path.name}: no criterion gives the reason {', '.join(sorted(unused))}")
    if not content.get("criteria") and any(c.measures for c in listed):
        raise Malformed(f"{path.name}: 'criteria' is missing; it says whose measures these are")
    kept = {code: r for code, r in {**shared, **own}.items() if code in used}
    return Sheet(content["modality"], listed, kept, content.get("criteria", ""))


@cache
def causes() -> dict[str, Cause]:
    tables = _rules()["cause"]
    return {code: Cause(code, **_entry(f"reading.toml, cause {code}", table, _CAUSE)) for code, table in tables.items()}


def named(codes: Iterable[str]) -> list[str]:
    """The titles of possible causes, for those who do not know them by their codes."""
    known = causes()
    return [known[code].title if code in known else code for code in codes]


@cache
def _rules() -> dict[str, Any]:
    return _open(
        SHEETS / "reading.toml",
        ("schema", "kind", "third", "outcome", "cause", "note", "close", "determination", "possible"),
    )


@cache
def reading(kind: str) -> Reading:
    """Who reads this kind of area and when it is not acceptable. KeyError for a kind that nobody reads."""
    who = _entry(f"reading.toml, kind {kind}", _rules()["kind"][kind], _KIND)
    rows = [_entry("reading.toml, outcome", row, _OUTCOME) for row in _rules()["outcome"] if row["kind"] == kind]
    if len(rows) != 1:
        raise Malformed(f"reading.toml: one outcome row for {kind}, not {len(rows)}")
    rule = rows[0]
    return Reading(
        kind=kind,
        profession=who["profession"],
        readers=who["readers"],
        minutes=who["minutes"],
        fails_from=rule["from"],
        says=rule["says"],
        source=rule.get("source", ""),
        assumed=bool(rule.get("assumed")),
    )


@cache
def third_reader() -> str:
    """The sentence of the rule for a disagreement."""
    return str(_entry("reading.toml, third", _rules()["third"], _THIRD)["says"])


@cache
def third_sees_both() -> bool:
    return bool(_entry("reading.toml, third", _rules()["third"], _THIRD)["sees_both"])


@cache
def determinations() -> deciding.Table:
    """The table from the outcomes of readings to a determination; whole, or it does not load."""
    rows = [_entry("reading.toml, determination", row, _DETERMINATION) for row in _rules()["determination"]]
    table = {deciding.key(row["found"]): row["is"] for row in rows}
    wrong = deciding.faults(table, (ACCEPTABLE, NOT_ACCEPTABLE))
    if wrong or len(table) < len(rows):
        raise Malformed(f"reading.toml, determination: {'; '.join(wrong) or 'a row stands there twice'}")
    return table


@cache
def close_share() -> Decimal:
    """How near to its limit, as a share of it, a measured value is a close call."""
    return Decimal(_entry("reading.toml, close", _rules()["close"], _CLOSE)["percent"]) / 100


@cache
def possible() -> dict[str, tuple[int, int]]:
    """unit -> what a value in it can be at all. A unit that is not named, and a number without one, may be anything."""
    rows = [_entry("reading.toml, possible", row, _POSSIBLE) for row in _rules().get("possible", ())]
    return {row["unit"]: (row["from"], row["to"]) for row in rows}


@cache
def note(name: str) -> Clause:
    """A sentence of the article on causes: "causes" or "consult"."""
    return Clause(id=f"note.{name}", **_entry(f"reading.toml, note {name}", _rules()["note"][name], _NOTE))


@cache
def sheets() -> dict[str, Sheet]:
    known = tuple(causes())
    path = SHEETS / "common.toml"
    shared = _reasons(path, _open(path, ("schema", "reason"))["reason"], known)
    special = {"common", "reading"}
    files = sorted(path for path in SHEETS.glob("*.toml") if path.stem not in special)
    return {sheet.modality: sheet for sheet in (read(path, shared, known) for path in files)}


def module_of(area: str) -> str:
    return area.partition("/")[0]


def criteria(modality: str, kind: str, *, on: date | None = None, area: str = "") -> tuple[Criterion, ...]:
    """What is scored in an area of this kind on a day (without one: the newest). KeyError where there is no sheet."""
    return tuple(c for c in sheets()[modality].criteria if c.kind == kind and c.holds(on, module_of(area)))


def reasons(modality: str, kind: str) -> dict[str, Reason]:
    """Every reason that a criterion of this kind can be refused with, past ones too."""
    return {r.code: r for c in sheets()[modality].criteria if c.kind == kind for r in c.reasons}


def outcome(kind: str, listed: Iterable[Criterion], acceptable: Mapping[str, bool]) -> str:
    """How the marks of one reading add up, by the rule table."""
    faults = sum(c.weight for c in listed if c.required and not acceptable[c.code])
    return NOT_ACCEPTABLE if faults >= reading(kind).fails_from else ACCEPTABLE


def consult(codes: Iterable[str]) -> bool:
    """Do these possible causes make the report advise to consult the medical physicist or MR scientist?"""
    return any(causes()[code].consult for code in codes if code in causes())


@dataclass(frozen=True, slots=True)
class Frequent:
    """A group of the public page: what is often found in one kind of area of one modality."""

    modality: str
    kind: str
    reasons: tuple[Reason, ...]


def frequent() -> tuple[Frequent, ...]:
    """The frequent deficiencies, by modality and kind, in the order of the criteria."""
    groups = [
        Frequent(name, kind, tuple(r for r in reasons(name, kind).values() if f"{name}/{kind}" in r.frequent))
        for name in sheets()
        for kind in KINDS
    ]
    return tuple(group for group in groups if group.reasons)
