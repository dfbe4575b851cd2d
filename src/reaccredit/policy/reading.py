"""A policy file becomes a Revision, or a sentence that says which key of which file is wrong and what was expected."""

from __future__ import annotations

import hashlib
import io
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from reaccredit.policy import carrying, measures
from reaccredit.policy.carrying import Carried
from reaccredit.policy.counting import MONTHS, WEEKDAYS, Calendar, Counting, NthWeekday, Season
from reaccredit.policy.given import AreaKind, AreaWords, Change, Counter, FactKind, Limit, NamedDate, Thing, Trait
from reaccredit.policy.naming import check_names
from reaccredit.policy.places import line_of, parse
from reaccredit.policy.revision import SCHEMA, Revision
from reaccredit.policy.rules import COUNTS, ROLLS, Rules, counting_of
from reaccredit.policy.table import Source, Table
from reaccredit.policy.words import Clause, Malformed

GOVERNS = ("case", "round", "act", "fact")
FORCES = ("requirement", "recommendation")
LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def read(text: str, place: str) -> Revision:
    """Parse and check one revision. Raises `Malformed`."""
    source = Source(place, text)
    try:
        data = parse(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(f"{place}: not TOML: {error}{_slip(text, str(error))}") from None
    if "schema" in data and data["schema"] != SCHEMA:
        line = line_of(text, ("schema",))
        said = f"'schema' is {data['schema']!r}; this engine reads schema {SCHEMA}"
        raise Malformed(f"{place}{f', line {line}' if line else ''}: {said}")
    top = Table(source, (), data, "")
    top.number("schema")
    made = _revision(top, text)
    check_names(made, top)
    return made


SLIPS = (
    (
        "Invalid initial character for a key part",
        "{ ... } stands on one line; a table over several lines has a [header]",
    ),
    ("Invalid value", "text stands in straight quotation marks, yes and no are true and false"),
    ("Expected newline", "a date is year-month-day, text stands in quotation marks"),
    ("Expected '='", "a key and its value are written key = value"),
    ("twice", "each id stands once"),
    ("Cannot overwrite", "each key stands once"),
)  # what the reader of TOML says, and what the writer probably did


def _slip(text: str, said: str) -> str:
    """The line that could not be read, and what is often meant."""
    found = re.search(r"at line (\d+)", said)
    lines = text.splitlines()
    line = lines[int(found[1]) - 1].strip()[:60] if found and int(found[1]) <= len(lines) else ""
    shown = "".join(c if c.isprintable() else "?" for c in line)
    hint = next((hint for word, hint in SLIPS if word in said), "")
    return (f": {shown}" if shown else "") + (f" ({hint})" if hint else "")


def read_file(path: Path) -> Revision:
    try:
        found = path.read_bytes()
        text = io.TextIOWrapper(io.BytesIO(found), encoding="utf-8").read()  # line ends as of a text file
    except OSError as error:
        raise Malformed(f"{path.name}: cannot be read: {error}") from None
    except UnicodeDecodeError as error:
        line = found.count(b"\n", 0, error.start) + 1
        said = f"byte {found[error.start]:#04x} is not UTF-8; save the file with that encoding"
        raise Malformed(f"{path.name}, line {line}: cannot be read: {said}") from None
    return read(text, path.name)


def read_sums(path: Path) -> dict[str, str]:
    """The hashes of published files, as `sha256sum` writes them: name -> hash. Nothing is pinned where there is no such file."""
    if not path.is_file():
        return {}
    rows = (line.split(maxsplit=1) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return {row[1].lstrip("*"): row[0] for row in rows if len(row) == 2}


def _each(top: Table, key: str, make: Callable[[str, Table], Any]) -> dict[str, Any]:
    return {name: make(name, t) for name, t in top.tables(key, key).items()}


def _revision(top: Table, text: str) -> Revision:
    governs, days = top.table("governs", "governs"), top.table("days", "days")
    if governs is None:
        raise top.wrong("[governs] is missing: it says which revision rules a running case")
    if days is None:
        raise top.wrong("[days] is missing: it says how days are counted")
    in_force = top.day("in_force")
    assert in_force is not None
    calendars = _each(top, "calendar", _calendar)
    seasons = _each(top, "season", _season)
    counting = _days(days, _zone(top), calendars)
    rules = Rules(counting, calendars, seasons, tuple(top.data.get("counter", {})), tuple(top.data.get("trait", {})))
    words = top.table("areas", "areas")
    published, ended = top.day("published", None) or in_force, top.day("ended", None)
    if ended and ended < in_force:
        raise top.wrong(f"it ended on {ended}, before it came into force on {in_force}", "ended")
    if published > in_force:
        raise top.wrong(f"it was published on {published}, after it came into force on {in_force}", "published")
    if top.text("policy") in top.data.get("excludes", {}):
        raise top.wrong("a programme does not exclude itself", "excludes")
    return Revision(
        policy=top.text("policy"), title=top.text("title"), source=top.text("source"), seen=top.text("seen"),
        revision=top.day("revision") or in_force, in_force=in_force, published=published, ended=ended,
        thing=_thing(top.table("object", "object")), governs=governs.one_of("by", GOVERNS),
        governs_fact=governs.text("fact", ""), governs_cites=governs.cites, days=counting, days_cites=days.cites,
        start=top.text("start"), sha256=hashlib.sha256(text.encode()).hexdigest(), place=top.place, text=text,
        calendars=calendars, seasons=seasons, excludes=_each(top, "excludes", lambda _, t: t.cites),
        changes=tuple(
            Change(r.day("date") or in_force, r.text("section"), r.text("description")) for r in top.rows("change", "change")
        ),
        words=_words(words) if words else None,
        area_kinds=tuple(_each(top, "area", lambda n, t: AreaKind(n, t.text("prefix").rstrip("/"), t.flag("withdrawable"), t.cites)).values()),
        counters=_each(
            top,
            "counter",
            lambda n, t: Counter(
                n, t.text("title", n), t.texts("names"), t.number("limit", 0), t.texts("cites"), t.flag("lasting")
            ),
        ),
        traits=_each(top, "trait", _trait),
        dates=_each(top, "date", lambda n, t: NamedDate(n, t.text("title"), t.texts("told_by", ...), t.text("key", n), t.cites)),
        facts=_each(top, "fact", _fact), stages=_each(top, "stage", rules.stage),
        windows=tuple(rules.window(r) for r in top.rows("window", "window")),
        offers=tuple(rules.offer(r) for r in top.rows("offer", "offer")), options=Carried(_each(top, "option", rules.option), carrying.option),
        materials=Carried(_each(top, "material", rules.material), carrying.material),
        outcomes=Carried(_each(top, "outcome", rules.outcome), carrying.outcome),
        tables=_each(top, "table", measures.read_table), limits=_each(top, "limit", _limit), clauses=_each(top, "clause", _clause),
    )  # fmt: skip


def _words(t: Table) -> AreaWords:
    return AreaWords(
        t.text("default"), t.text("passed"), t.text("failed"), t.text("withdrawn"), t.text("untested"), t.texts("joined_by")
    )  # fmt: skip


def _zone(top: Table) -> ZoneInfo:
    try:
        return ZoneInfo(top.text("zone"))
    except (KeyError, ValueError, OSError):
        raise top.wrong(f"'zone' is {top.text('zone')!r}; expected a name such as America/New_York", "zone") from None


def _thing(t: Table | None) -> Thing | None:
    return Thing(t.text("is"), t.text("title", t.text("is")), t.cites) if t else None


def _days(t: Table, zone: ZoneInfo, calendars: dict[str, Calendar]) -> Counting:
    t.one_of("count", COUNTS)
    t.one_of("roll", ROLLS)
    return counting_of(t, Counting(zone), calendars)


def _calendar(name: str, t: Table) -> Calendar:
    weekend = [t_day for t_day in t.texts("weekend", ...)]
    for word in weekend:
        if word not in WEEKDAYS:
            raise t.wrong(f"'weekend' names {word!r}; expected of {', '.join(WEEKDAYS)}", "weekend")
    if len(set(weekend)) == len(WEEKDAYS):
        raise t.wrong("'weekend' leaves no business day", "weekend")
    return Calendar(
        id=name, weekend=frozenset(WEEKDAYS.index(w) for w in weekend), holidays=frozenset(t.days("holidays")),
        yearly=tuple(_month_day(t, "yearly", text) for text in t.texts("yearly")),
        weekdays=tuple(_nth(t, text) for text in t.texts("weekdays")),
        observed=t.one_of("observed", ("none", "nearest-weekday"), "none"), known_through=t.day("known_through", None), cites=t.cites,
    )  # fmt: skip


def _month_day(t: Table, key: str, text: str) -> tuple[int, int]:
    month, _, day = text.partition("-")
    if month.isdigit() and day.isdigit() and 1 <= int(month) <= 12 and 1 <= int(day) <= LENGTHS[int(month) - 1]:
        return int(month), int(day)
    raise t.wrong(f"{key!r} holds {text!r}; expected month-day, such as 07-04", key)


def _nth(t: Table, text: str) -> NthWeekday:
    """ "3rd monday of january", "last monday of may"."""
    parts = text.lower().split()
    nth = {
        "1st": 1,
        "2nd": 2,
        "3rd": 3,
        "4th": 4,
        "5th": 5,
        "first": 1,
        "second": 2,
        "third": 3,
        "fourth": 4,
        "last": -1,
    }
    if len(parts) == 4 and parts[2] == "of" and parts[0] in nth and parts[1] in WEEKDAYS and parts[3] in MONTHS:
        return NthWeekday(nth[parts[0]], WEEKDAYS.index(parts[1]), MONTHS.index(parts[3]) + 1)
    raise t.wrong(
        f"'weekdays' holds {text!r}; expected such as '3rd monday of january' or 'last monday of may'", "weekdays"
    )


def _season(name: str, t: Table) -> Season:
    return Season(name, _month_day(t, "from", t.text("from")), _month_day(t, "through", t.text("through")), t.cites)


def _trait(name: str, t: Table) -> Trait:
    values = t.texts("values", ...)
    default = t.one_of("default", values, "")
    return Trait(name, t.text("title", name), values, default, t.texts("told_by", ...), t.texts("cites"))


def _fact(name: str, t: Table) -> FactKind:
    values = t.texts("values")
    if values and not t.text("tells", ""):
        raise t.wrong("'values' says what may be told, and 'tells' does not say under which key", "values")
    if "/" in name or name.startswith("option.") or name == "clock":
        raise t.wrong(
            "a fact is not named so: what it tells stands in 'values', and choices and the clock name themselves"
        )
    return FactKind(
        name, t.text("title"), t.text("by"), t.text("tells", ""), values, t.texts("needs"), t.flag("renews"), t.flag("lasting"),
        t.text("stands_for", ""), t.text("table", ""),
    )  # fmt: skip


def _limit(name: str, t: Table) -> Limit:
    within = t.span("within") if "within" in t.data else None
    number = t.decimal("number")
    if (within is None) == (number is None):
        raise t.wrong("a limit has either 'within' (a span) or 'number'")
    return Limit(name, within, number, t.cites)


def _clause(name: str, t: Table) -> Clause:
    clause = Clause(
        name,
        t.text("says"),
        t.text("at", ""),
        t.flag("assumed"),
        t.flag("silent"),
        t.one_of("force", FORCES, FORCES[0]),
    )
    if not (clause.at or clause.assumed or clause.silent):
        raise t.wrong("a clause says where it stands ('at'), or that it is 'assumed', or that the text is 'silent'")
    if clause.assumed and clause.silent:
        raise t.wrong("a clause is either 'assumed' (a reading was taken) or 'silent' (none was)")
    return clause
