"""Every name that a rule uses leads to something, and every clause that it cites is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from reaccredit.policy.measures import AcceptanceTable
from reaccredit.policy.revision import ANCHORS, DUE, OPENS, Choice, Move, Revision, Stage, Wait, When
from reaccredit.policy.table import Table, nearest_or_all

Path = tuple[str | int, ...]


class Cited(Protocol):
    """A table that has a name and cites clauses."""

    @property
    def id(self) -> str: ...
    @property
    def cites(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Use:
    """A word that a rule uses, where, and the words that it may be."""

    path: Path
    word: str
    words: Collection[str]
    what: str


def check_names(r: Revision, top: Table) -> None:
    """Raises `Malformed` for the first name that leads nowhere."""
    for use in _uses(r):
        if use.word not in use.words:
            there = Table(top.source, use.path[:-1], {}, "when")
            raise there.wrong(f"{use.path[-1]!r}: {_missing(use)}", use.path[-1])
    if r.words and not any(k.prefix == "" for k in r.area_kinds):
        raise top.wrong('one [area.<kind>] must have prefix = "" and so be the kind of all other areas', "area")
    if not r.words and r.area_kinds:
        raise top.wrong("[area.<kind>] needs [areas], which names the words that areas carry", "area")
    _check_clashes(r, top)
    _check_facts(r, top)


def _missing(use: Use) -> str:
    if use.word in ANCHORS:
        return f"{use.word!r} is not known where this is reckoned"
    return f"there is no {use.what} {use.word!r}{nearest_or_all(use.word, use.words)}"


def _check_facts(r: Revision, top: Table) -> None:
    """What stands for another is itself; a material is told apart only by what its fact tells."""
    for f in r.facts.values():
        if f.stands_for and r.facts[f.stands_for.partition("/")[0]].stands_for:
            there = Table(top.source, ("fact", f.id), {}, "fact")
            raise there.wrong(f"it stands for {f.stands_for!r}, which stands for another fact itself", "stands_for")
    for n, form in enumerate(r.windows):
        if form.due and r.stages[form.stage].dues:
            said = f"the form's 'due' is the term of its stage, and [stage.{form.stage}.due] gives another: leave one of them out"
            raise Table(top.source, ("window", n), {}, "window").wrong(
                f"{said}, or give the options terms of their own ([window.term.<option>])", "due"
            )
    for paper in r.materials.values():
        known = r.facts.get(paper.met_by.partition("/")[0])
        if paper.met_when and known and not (known.tells or known.table):
            there = Table(top.source, ("material", paper.id), {}, "material")
            raise there.wrong(
                f"'met_when' tells apart what {known.id!r} tells, and [fact.\"{known.id}\"] has no 'tells'", "met_when"
            )


def _check_clashes(r: Revision, top: Table) -> None:
    """A condition names counters and traits as it names its own keys; an anchor may be a fact, a date or a word of the engine."""
    keys = ("marks", "without", "outcome", "heard", "unheard", "told", "untold", "left")
    for name in (*r.counters, *r.traits):
        if name in keys or (name in r.counters and name in r.traits):
            kind = "counter" if name in r.counters else "trait"
            raise top.wrong(
                f"{name!r} is the name of a {kind}, and of something else that a condition can say: give it another",
                kind,
            )
    for name in (*r.dates, *r.facts):
        if name in ANCHORS or (name in r.dates and name in r.facts):
            raise top.wrong(f"{name!r} is the name of a fact or date, and of another anchor")


class _Words:
    def __init__(self, r: Revision) -> None:
        self.r = r
        told = [
            f"{f.id}/{v}"
            for f in r.facts.values()
            for v in (*f.values, *(("pass", "fail", "incomplete") if f.table else ()))
        ]
        self.kinds = {*r.facts, *(f"option.{o}" for o in r.options), *told}
        self.open = {
            f.id for f in r.facts.values() if f.tells and not f.values
        }  # what it tells is not listed: any value

    def kind(self, path: Path, kind: str, more: Collection[str] = ()) -> Use:
        known = self.kinds | set(more)
        if kind.partition("/")[0] in self.open:
            known = known | {kind}
        return Use(path, kind, known, "fact")


def _uses(r: Revision) -> Iterator[Use]:
    w = _Words(r)
    yield Use(("start",), r.start, r.stages, "stage")
    if r.governs == "fact":
        yield Use(("governs", "fact"), r.governs_fact, r.facts, "fact")
    yield from _of_data(r, w)
    yield from _of_stages(r, w)
    yield from _of_forms(r, w)
    yield from _of_options(r, w)
    yield from _of_outcomes(r, w)
    for path, cites in cites_of(r):
        yield from (Use(path, c, r.clauses, "clause") for c in cites)


def _of_data(r: Revision, w: _Words) -> Iterator[Use]:
    for t in r.traits.values():
        yield from (w.kind(("trait", t.id, "told_by"), k) for k in t.told_by)
    for d in r.dates.values():
        yield from (w.kind(("date", d.id, "told_by"), k) for k in d.told_by)
    for kind in r.words.joined_by if r.words else ():
        yield w.kind(("areas", "joined_by"), kind)
    for f in r.facts.values():
        if f.stands_for:
            yield w.kind(("fact", f.id, "stands_for"), f.stands_for)
        if f.table:
            yield Use(("fact", f.id, "table"), f.table, r.tables, "table")
    for table in r.tables.values():
        yield from _of_table(r, table)


def _of_table(r: Revision, table: AcceptanceTable) -> Iterator[Use]:
    for n, row in enumerate(table.rows):
        for trait, values in row.when.items():
            at: Path = ("table", table.id, "row", n, "when")
            yield Use(at, trait, r.traits, "trait")
            if trait in r.traits:
                yield from (Use(at, v, r.traits[trait].values, "value") for v in values)


def _of_when(r: Revision, w: _Words, path: Path, when: When) -> Iterator[Use]:
    path = (*path, "when")
    yield from (
        Use((*path, key), m, r.marks, "mark")
        for key, ms in (("marks", when.marks), ("without", when.without))
        for m in sorted(ms)
    )
    yield from (Use((*path, "outcome"), o, r.outcomes, "outcome") for o in sorted(when.outcome))
    yield from (w.kind((*path, "heard"), k) for k in (*when.heard, *when.unheard))
    yield from (Use((*path, "told"), n, {*r.dates, *r.traits}, "date or trait") for n in (*when.told, *when.untold))
    for name, values in when.traits:
        yield from (Use((*path, name), v, r.traits[name].values, "value") for v in sorted(values))
    if when.left:
        yield Use((*path, "left"), when.left.until, {*r.dates, "expires"}, "date")
        if when.left.on:
            yield w.kind((*path, "left"), when.left.on)


def _of_wait(r: Revision, w: _Words, path: Path, wait: Wait | None, more: Collection[str]) -> Iterator[Use]:
    if wait is None:
        return
    yield from (w.kind((*path, "from"), k, {*r.dates, *more}) for k in wait.start)
    yield from _of_when(r, w, path, wait.when)
    if wait.extended:
        yield w.kind((*path, "extended"), wait.extended.once)
        yield from _of_wait(r, w, (*path, "extended", "in_time"), wait.extended.in_time, ANCHORS)


def _of_move(r: Revision, w: _Words, path: Path, m: Move | Choice) -> Iterator[Use]:
    yield from (
        Use((*path, key), to, r.stages, "stage")
        for key in ("to", "settled_to", "emptied_to")
        if (to := getattr(m, key))
    )
    yield from (Use((*path, "counts"), c, r.counters, "counter") for c in (*m.counts, *m.resets))
    yield from (Use((*path, "unmarks"), k, r.marks, "mark") for k in sorted(m.unmarks))
    if m.over:
        yield Use((*path, "over"), m.over.counter, r.counters, "counter")
        yield Use((*path, "over"), m.over.to, r.stages, "stage")
    if isinstance(m, Move):
        yield from _of_when(r, w, path, m.when)
        if m.decides:
            yield Use((*path, "decides"), m.decides, r.outcomes, "outcome")
        yield from (Use((*path, "owes"), name, r.materials, "material") for name in m.owes)
        if m.finds:
            yield Use((*path, "finds"), m.finds, (r.words.passed, r.words.failed) if r.words else (), "word of [areas]")


def _of_stages(r: Revision, w: _Words) -> Iterator[Use]:
    for s in r.stages.values():
        at: Path = ("stage", s.id)
        yield from (w.kind((*at, "hears"), k) for k in sorted(s.hears))
        if s.decides:
            yield Use((*at, "decides"), s.decides, r.outcomes, "outcome")
        if s.awaits:
            yield w.kind((*at, "awaits"), s.awaits)
        yield from _of_terms(r, w, at, s)
        for kind, rows in s.moves.items():
            yield w.kind((*at, "moves", kind), kind)
            for m in rows:
                yield from _of_move(r, w, (*at, "moves", kind), m)
        for m in s.overdues:
            yield from _of_move(r, w, (*at, "overdue"), m)


def _of_terms(r: Revision, w: _Words, at: Path, s: Stage) -> Iterator[Use]:
    for wait in s.dues:
        yield from _of_wait(r, w, (*at, "due"), wait, ANCHORS - {DUE, OPENS})
    for key, waits in (("until", s.until), ("since", s.since)):
        for kind, wait in waits.items():
            yield w.kind((*at, key, kind), kind)
            yield from _of_wait(r, w, (*at, key, kind), wait, ANCHORS - {OPENS})


def _of_forms(r: Revision, w: _Words) -> Iterator[Use]:
    for n, form in enumerate(r.windows):
        at: Path = ("window", n)
        yield Use((*at, "stage"), form.stage, r.stages, "stage")
        yield from _of_when(r, w, at, form.when)
        anchors = {*r.dates, *ANCHORS} - {OPENS, DUE}
        yield from (w.kind((*at, "opens", "from"), k, anchors) for k in form.opens.start)
        yield from (w.kind((*at, "opens", "once"), k) for k in form.opens.once)
        yield from _of_wait(r, w, (*at, "due"), form.due, ANCHORS - {DUE})
        for option, term in form.terms.items():
            yield Use((*at, "term", option), option, r.options, "option")
            yield from _of_wait(r, w, (*at, "term", option), term, ANCHORS - {DUE})
    for n, o in enumerate(r.offers):
        yield from (Use(("offer", n, "stage"), s, r.stages, "stage") for s in o.stages)
        yield from (Use(("offer", n, "options"), name, r.options, "option") for name in o.options)
        yield from _of_when(r, w, ("offer", n), o.when)


def _of_options(r: Revision, w: _Words) -> Iterator[Use]:
    retests = ("all", "nothing", *((r.words.failed,) if r.words else ()))
    for c in r.options.values():
        yield from _of_move(r, w, ("option", c.id), c)
        yield Use(("option", c.id, "retest"), c.retest, retests, "word for what is retested")
        yield from (Use(("option", c.id, "needs"), m, r.materials, "material") for m in (*c.needs, *c.may_add))
    for p in r.materials.values():
        if p.met_by:
            yield w.kind(("material", p.id, "met_by"), p.met_by)
        yield from (
            Use(("material", p.id, "signed_by"), k, {a.id for a in r.area_kinds}, "kind of area")
            for k in p.signed_by
            if k
        )
        yield from _of_wait(r, w, ("material", p.id, "due"), p.due, ANCHORS)


def _of_outcomes(r: Revision, w: _Words) -> Iterator[Use]:
    for o in r.outcomes.values():
        for key, wait in (("effective", o.effective), ("expires", o.expires), ("grace", o.grace)):
            yield from _of_wait(r, w, ("outcome", o.id, key), wait, ANCHORS - {DUE, OPENS})
        if o.grace:
            yield w.kind(("outcome", o.id, "grace"), o.grace_once)
        yield from _of_wait(r, w, ("outcome", o.id, "grace", "in_time"), o.grace_in_time, ANCHORS - {DUE, OPENS})


# ------------------------------------------------------------------ what is cited
def _cites_of_wait(path: Path, wait: Wait | None) -> Iterator[tuple[Path, tuple[str, ...]]]:
    if wait:
        yield (*path, "cites"), wait.cites
        yield (*path, "yields"), wait.yields


def _cites_of_move(path: Path, m: Move | Choice) -> Iterator[tuple[Path, tuple[str, ...]]]:
    yield (*path, "cites"), m.cites
    if m.over:
        yield (*path, "over"), m.over.cites


def cites_of(r: Revision) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """(where, the clauses cited there)."""
    yield ("governs", "cites"), r.governs_cites
    yield ("days", "cites"), r.days_cites
    if r.thing:
        yield ("object", "cites"), r.thing.cites
    for name, cites in r.excludes.items():
        yield ("excludes", name, "cites"), cites
    for key, group in _plain(r):
        for item in group:
            yield (key, item.id, "cites"), item.cites
    for key, named in (("option", r.options), ("outcome", r.outcomes)):
        for name, silent in named.items():
            yield (key, name, "silent"), silent.silent
    yield from _cites_of_stages(r)
    yield from _cites_of_forms(r)
    yield from _cites_of_rest(r)


def _plain(r: Revision) -> Iterator[tuple[str, Iterable[Cited]]]:
    """The tables that have an id and cites of their own."""
    yield from (
        ("calendar", r.calendars.values()), ("season", r.seasons.values()), ("area", r.area_kinds), ("counter", r.counters.values()),
        ("trait", r.traits.values()), ("date", r.dates.values()), ("material", r.materials.values()), ("outcome", r.outcomes.values()),
        ("limit", r.limits.values()), ("table", r.tables.values()),
    )  # fmt: skip


def _cites_of_stages(r: Revision) -> Iterator[tuple[Path, tuple[str, ...]]]:
    for s in r.stages.values():
        at: Path = ("stage", s.id)
        yield (*at, "cites"), s.cites
        yield (*at, "silent"), s.silent
        for wait in s.dues:
            yield from _cites_of_wait((*at, "due"), wait)
        for key, waits in (("until", s.until), ("since", s.since)):
            for kind, wait in waits.items():
                yield from _cites_of_wait((*at, key, kind), wait)
        for kind, rows in s.moves.items():
            for m in rows:
                yield from _cites_of_move((*at, "moves", kind), m)
        for m in s.overdues:
            yield from _cites_of_move((*at, "overdue"), m)


def _cites_of_forms(r: Revision) -> Iterator[tuple[Path, tuple[str, ...]]]:
    for n, form in enumerate(r.windows):
        yield ("window", n, "silent"), form.silent
        yield ("window", n, "opens", "cites"), form.opens.cites
        yield from _cites_of_wait(("window", n, "due"), form.due)
        for option, term in form.terms.items():
            yield from _cites_of_wait(("window", n, "term", option), term)
    for n, o in enumerate(r.offers):
        yield ("offer", n, "cites"), o.cites
        yield ("offer", n, "silent"), o.silent


def _cites_of_rest(r: Revision) -> Iterator[tuple[Path, tuple[str, ...]]]:
    for c in r.options.values():
        yield from _cites_of_move(("option", c.id), c)
        yield from ((("option", c.id, "accepts", a.key), a.cites) for a in c.accepts)
    for p in r.materials.values():
        yield from _cites_of_wait(("material", p.id, "due"), p.due)
    for o in r.outcomes.values():
        for key, wait in (("effective", o.effective), ("expires", o.expires), ("grace", o.grace)):
            yield from _cites_of_wait(("outcome", o.id, key), wait)
    for table in r.tables.values():
        yield ("table", table.id, "row"), tuple(c for row in table.rows for c in row.cites)
        yield ("table", table.id, "threshold"), tuple(c for threshold in table.thresholds for c in threshold.cites)


def all_cites(r: Revision) -> set[str]:
    """Every clause that some rule of the revision cites."""
    return {clause for _, cites in cites_of(r) for clause in cites}
