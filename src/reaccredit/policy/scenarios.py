"""Scenarios kept beside a policy: dated histories with the answers that are expected. Whoever edits the policy sees which answers change."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from reaccredit.policy.answering import Decision
from reaccredit.policy.counting import moment
from reaccredit.policy.engine import Policy
from reaccredit.policy.places import parse
from reaccredit.policy.reading import read_file
from reaccredit.policy.shape import SHAPE
from reaccredit.policy.table import Source, Table, nearest
from reaccredit.policy.words import Fact, Inadmissible, Malformed, NotGoverned

ENDING = ".scenarios.toml"
NONE = "none"  # what is expected not to be there; TOML has no word of its own for it


@dataclass(frozen=True, slots=True)
class Ask:
    """A question at an instant. `expected`: key of the file -> what it should be."""

    at: datetime
    expected: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    title: str
    facts: tuple[Fact, ...]
    asks: tuple[Ask, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One expectation that was not met."""

    place: str
    title: str
    at: datetime
    key: str
    expected: str
    came: str

    def __str__(self) -> str:
        return f"{self.key}: expected {self.expected}, came {self.came}"


# ------------------------------------------------------------------ the file
def read(text: str, place: str) -> tuple[Scenario, ...]:
    """Raises `Malformed`: file, line, key, and the nearest known word."""
    try:
        data = parse(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(f"{place}: not TOML: {error}") from None
    top = Table(Source(place, text), (), data, "scenarios")
    found = tuple(_scenario(t) for t in top.rows("scenario", "scenario"))
    if not found:
        raise top.wrong("there is no [[scenario]]")
    return found


def read_path(path: Path) -> tuple[Scenario, ...]:
    try:
        return read(path.read_text(encoding="utf-8"), f"{path.parent.name}/{path.name}")
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"{path}: cannot be read: {error}") from None


def _scenario(t: Table) -> Scenario:
    facts = tuple(_fact(row) for row in t.rows("facts", "happened"))
    asks = tuple(_ask(row) for row in t.rows("ask", "ask"))
    if not asks:
        raise t.wrong("'ask' is missing; expected at least one [[scenario.ask]]")
    return Scenario(t.text("title"), facts, asks, t.place)


def _fact(t: Table) -> Fact:
    about = t.data.get("about", {})
    if not isinstance(about, dict):
        raise t.wrong(f"'about' is {about!r}; expected a table", "about")
    return Fact(_instant(t, "at"), t.text("kind"), {k: _plain(v) for k, v in about.items()})


def _instant(t: Table, key: str) -> datetime:
    value = t.data.get(key)
    if not isinstance(value, datetime) or value.tzinfo is None:
        said = "is missing" if value is None else f"is {_shown(value)}"
        raise t.wrong(f"{key!r} {said}; expected an instant with its offset, such as 2024-03-01T10:00:00-05:00", key)
    return value


def _plain(value: Any) -> Any:
    """As a history in JSON says it: a day is a text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def _ask(t: Table) -> Ask:
    expected = {key: _read_expected(t, key) for key in SHAPE["ask"] if key in t.data and key != "at"}
    if not expected:
        raise t.wrong(f"nothing is expected; expected at least one of {', '.join(SHAPE['ask'][1:])}")
    if "kind" in expected and "inadmissible" not in expected:
        raise t.wrong(
            "'kind' is the kind of refusal of an inadmissible fact; 'inadmissible' = its index is missing", "kind"
        )
    if "inadmissible" in expected and (more := expected.keys() - {"inadmissible", "kind"}):
        raise t.wrong(f"{sorted(more)[0]!r} cannot be expected of a history that is refused", sorted(more)[0])
    return Ask(_instant(t, "at"), expected)


def _read_expected(t: Table, key: str) -> Any:
    if key in ("stage", "holder", "outcome", "kind"):
        return t.text(key)
    if key in ("options", "marks", "duties", "silences"):
        return t.texts(key)
    if key == "accredited":
        return NONE if t.data[key] == NONE else t.flag(key)
    if key == "inadmissible":
        if isinstance(t.data[key], dict):
            raise t.wrong(
                "'inadmissible' is a table; expected the index of the fact, and beside it kind = the refusal's", key
            )
        return t.number(key)
    if key == "due":
        return NONE if t.data[key] == NONE else _instant(t, key)
    if key in ("effective", "expires"):
        return NONE if t.data[key] == NONE else t.day(key)
    return _read_table(t, key)


def _read_table(t: Table, key: str) -> dict[str, Any]:
    """A table whose keys are the policy's own words: option = date, counter = number, area or option = word."""
    own = t.data[key]
    if not isinstance(own, dict):
        raise t.wrong(f"{key!r} is {own!r}; expected a table", key)
    inner = Table(t.source, (*t.path, key), own, "excludes", more=tuple(own))
    read: Callable[[str], Any] = {
        "counters": inner.number,
        "option_due": lambda k: _none_or_instant(inner, k),
        "duty_due": lambda k: _none_or_instant(inner, k),
    }.get(key, inner.text)
    return {name: read(name) for name in own}


def _none_or_instant(t: Table, key: str) -> Any:
    return NONE if t.data[key] == NONE else _instant(t, key)


# ------------------------------------------------------------------ the answers
def differences(policy: Policy, scenario: Scenario) -> list[Difference]:
    """What came otherwise than the scenario expects; nothing where all is well."""
    return [
        Difference(scenario.place, scenario.title, ask.at, key, _shown(expected), _shown(came))
        for ask in scenario.asks
        for key, expected, came in _compared(policy, scenario.facts, ask)
    ]


def _compared(policy: Policy, facts: tuple[Fact, ...], ask: Ask) -> Iterator[tuple[str, Any, Any]]:
    wants_refusal = "inadmissible" in ask.expected
    try:
        decision = policy.decide(facts, ask.at)
    except Inadmissible as no:
        came = {"inadmissible": no.index, "kind": no.refusal.kind}
        for key, expected in ask.expected.items():
            if came.get(key) != expected:
                yield (
                    key,
                    expected,
                    came.get(key, f"no answer: fact {no.index} is refused ({no.refusal.sentence})"),
                )
        return
    except (NotGoverned, Malformed) as no:
        yield next(iter(ask.expected)), next(iter(ask.expected.values())), f"no answer: {no}"
        return
    if wants_refusal:
        yield "inadmissible", ask.expected["inadmissible"], "a history that can have happened"
        return
    for key, expected in ask.expected.items():
        came_here = CAME[key](decision, expected)
        if not _same(key, expected, came_here):
            yield key, expected, came_here


def _same(key: str, expected: Any, came: Any) -> bool:
    if key == "accredited" and expected is False and came == NONE:
        return True  # nothing was decided yet, and so nobody is accredited
    return bool(came == (set(expected) if isinstance(expected, tuple) else expected))


def _some(value: Any) -> Any:
    return NONE if value in (None, "") else value


def _refused(d: Decision, expected: Mapping[str, str]) -> dict[str, str]:
    return {name: d.refused[name].kind if name in d.refused else _not_refused(d, name) for name in expected}


def _not_refused(d: Decision, name: str) -> str:
    known = d.rev.options
    return "offered" if name in known else f"no option of revision {d.rev.revision}{nearest(name, known)}"


def _option_due(d: Decision, expected: Mapping[str, Any]) -> dict[str, Any]:
    found = {o.id: _some(o.due) for o in d.options}
    return {name: found.get(name, "not offered") for name in expected}


def _duty_due(d: Decision, expected: Mapping[str, Any]) -> dict[str, Any]:
    found = {u.material.id: _some(u.due) for u in d.duties if not u.met}
    return {name: found.get(name, "not owed") for name in expected}


def _counters(d: Decision, expected: Mapping[str, int]) -> dict[str, Any]:
    known = d.rev.counters
    return {name: d.standing.count(name) if name in known else f"no counter{nearest(name, known)}" for name in expected}


CAME: dict[str, Callable[[Decision, Any], Any]] = {
    "stage": lambda d, _: d.standing.stage,
    "holder": lambda d, _: _some(d.holder),
    "options": lambda d, _: {o.id for o in d.options},
    "due": lambda d, _: _some(d.term.due if d.term else None),
    "refused": _refused,
    "option_due": _option_due,
    "duty_due": _duty_due,
    "outcome": lambda d, _: _some(d.standing.outcome),
    "accredited": lambda d, _: _some(d.accredited),
    "effective": lambda d, _: _some(d.standing.effective),
    "expires": lambda d, _: _some(d.expires),
    "counters": _counters,
    "marks": lambda d, _: set(d.standing.marks),
    "areas": lambda d, _: dict(d.standing.areas),
    "duties": lambda d, _: {u.material.id for u in d.duties if not u.met},
    "silences": lambda d, _: {c.id for c in d.silences},
}


def _shown(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {_shown(v)}" for k, v in value.items()) + " }" if value else "nothing"
    if isinstance(value, set | frozenset):
        value = sorted(value)
    if isinstance(value, list | tuple):
        return ", ".join(_shown(v) for v in value) if value else "nothing"
    return str(value)


# ------------------------------------------------------------------ which files
def beside(policy_file: Path) -> Path:
    """2024-01-01.toml -> 2024-01-01.scenarios.toml."""
    return policy_file.with_name(policy_file.name.removesuffix(".toml") + ENDING)


def policy_of(path: Path) -> tuple[Policy, Path]:
    """The policy that a file belongs to, and the scenarios beside it. In the folder of its programme it is asked with its neighbours."""
    own = path.with_name(path.name.removesuffix(ENDING) + ".toml") if path.name.endswith(ENDING) else path
    rev = read_file(own)
    at_home = own.resolve().parent.name == rev.policy and own.name == f"{rev.revision}.toml"
    return Policy.load(own.parent) if at_home else Policy([rev]), beside(own)


def in_folder(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{ENDING}"))


def told(found: Iterable[Difference], policy: Policy) -> Iterator[str]:
    """Lines for people: each scenario once, each question once, each difference below it."""
    last: tuple[str, str] = ("", "")
    at: datetime | None = None
    for d in found:
        if (d.place, d.title) != last:
            last, at = (d.place, d.title), None
            yield f"{d.place}: {d.title}"
        if d.at != at:
            at = d.at
            yield f"  asked {moment(d.at, policy.zone)}"
        yield f"    {d}"
