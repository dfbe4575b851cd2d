"""What may happen in a standing: one fact for each way in which the rules can take it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import product
from typing import Any

from reaccredit.policy import measures, refusing
from reaccredit.policy.conditions import within
from reaccredit.policy.forms import timing
from reaccredit.policy.given import FactKind
from reaccredit.policy.measures import AcceptanceTable
from reaccredit.policy.relevance import Relevance, longest
from reaccredit.policy.revision import Choice, Revision, Stage
from reaccredit.policy.words import Fact, Malformed, Standing

TWO_AREAS = ("one/adult", "two/adult")
JOINING = "three/adult"
Abouts = list[dict[str, Any]]


class Happenings:
    def __init__(self, rev: Revision, relevance: Relevance) -> None:
        self.rev, self.relevance = rev, relevance
        self.told = self._told()
        self.matters = self._matters()
        self._places: dict[str, tuple[list[str], list[str]]] = {}
        self._stand_ins: dict[str, list[str]] = {}
        self._said: dict[str, list[Abouts]] = {}
        self._measured: dict[tuple[str, tuple[tuple[str, str], ...]], list[dict[str, Any]]] = {}
        self._grounding: dict[tuple[str, str], bool] = {}
        self._finding: dict[tuple[str, str], str] = {}
        self.requirement = next((c.id for c in rev.clauses.values() if c.force == "requirement"), "")

    def at(self, s: Standing, now: datetime) -> Iterator[Fact]:
        stage = self.rev.stages[s.stage]
        for kind in self._kinds(s, now):
            for about in self._abouts(s, now, kind):
                yield Fact(now, kind, about)
        if stage.asks:
            for name in self._choosable(s, now):
                yield from self._choices(s, now, self.rev.options[name])

    def _choosable(self, s: Standing, now: datetime) -> Iterable[str]:
        """The options that the row offers, once the form is open: no other can be chosen. All of them where the rules do not fit."""
        try:
            opens = timing(self.rev, s).opens
        except Malformed:
            return self.rev.options
        if opens is None or now < opens:
            return ()
        rows = refusing.rows(self.rev, s, now)
        return rows[0].options if rows else ()

    def _kinds(self, s: Standing, now: datetime) -> list[str]:
        """The facts that the stage moves by, and those heard that still matter and are new."""
        if s.stage not in self._places:
            self._places[s.stage] = self._place(self.rev.stages[s.stage])
        moving, heard = self._places[s.stage]
        news = [
            k for k in heard if ((k not in s.times or self._again(k, s)) and self._news(k, s)) or self._later(k, s, now)
        ]
        return list(dict.fromkeys((*moving, *news, *self._standing_in(s.stage))))

    def _place(self, stage: Stage) -> tuple[list[str], list[str]]:
        """The facts that move a stage, and those that it hears and that can matter."""
        moving = [k.partition("/")[0] for k in stage.moves]
        heard = [k.partition("/")[0] for k in sorted(stage.hears)]
        return [k for k in moving if k in self.rev.facts], [
            k for k in heard if k in self.matters and k in self.rev.facts
        ]

    def _standing_in(self, stage: str) -> list[str]:
        if stage not in self._stand_ins:
            named = {*self.rev.stages[stage].moves, *self.rev.stages[stage].hears}
            self._stand_ins[stage] = [f.id for f in self.rev.facts.values() if f.stands_for in named]
        return self._stand_ins[stage]

    def _again(self, kind: str, s: Standing) -> bool:
        return self.rev.stages[s.stage].awaits == kind

    def _news(self, kind: str, s: Standing) -> bool:
        """What only tells traits and dates is heard once: to tell them later is another story, to tell them twice is not."""
        told = self.rev.told_by(kind)
        return kind in self.relevance.names or not told or any(n not in s.traits and n not in s.dates for n in told)

    def _later(self, kind: str, s: Standing, now: datetime) -> bool:
        """A day that was told, and now leaves less than a condition asks for, may be told anew where it is asked: a later one."""
        asked = (c for c in self.relevance.lefts[s.stage] if c.until in s.dates and c.until in self.rev.dates)
        return any(
            kind in self.rev.dates[c.until].told_by and within(self.rev, c, s, now) is False for c in asked if not c.on
        )

    def _matters(self) -> set[str]:
        """Facts that start or stop a clock, open a form, are asked for by a condition, or tell something."""
        names = self.relevance.names
        bases = {n.partition("/")[0] for n in names}
        standing_in = {f.id for f in self.rev.facts.values() if f.stands_for in bases}
        return bases | self.rev.tellers | standing_in

    def _told(self) -> dict[str, list[str]]:
        """For each fact that tells something, the values that rules name, and one that none names."""
        used: dict[str, set[str]] = {}
        for stage in self.rev.stages.values():
            for name in (*stage.moves, *stage.hears, *self.relevance.names):
                base, _, value = name.partition("/")
                if value:
                    used.setdefault(base, set()).add(value)
        found: dict[str, list[str]] = {}
        for f in self.rev.facts.values():
            if f.tells:
                named = sorted(used.get(f.id, ()))
                other = [v for v in f.values if v not in named][:1]
                found[f.id] = [*named, *(other or ([] if named else ["any"]))]
        return found

    # -- what a fact says
    def _abouts(self, s: Standing, now: datetime, kind: str) -> Iterator[dict[str, Any]]:
        known = self.rev.facts[kind]
        sides = [*self._tells(s, known), *self._traits(kind), *self._dates(s, now, known), self._areas(s, kind)]
        plain: dict[str, Any] = dict.fromkeys(known.needs, "told") | self._needed(s, now, known)
        if self._grounded(s.stage, kind):
            plain["grounds"] = [self.requirement]
        for parts in product(*(side for side in sides if side)):
            about = dict(plain)
            for part in parts:
                about.update(part)
            yield about

    def _needed(self, s: Standing, now: datetime, known: FactKind) -> dict[str, Any]:
        """What the engine itself reads of a fact, where the fact must tell it."""
        said: dict[str, Any] = {}
        if "effective" in known.needs:
            said["effective"] = self.rev.days.day(now).isoformat()
        if "areas" in known.needs and self.rev.words:
            word = self._finds(s.stage, known.id) or self.rev.words.passed
            said["areas"] = dict.fromkeys(self._tested(s) or list(s.areas), word)
        return said

    def _grounded(self, stage: str, kind: str) -> bool:
        key = stage, kind
        if key not in self._grounding:
            self._grounding[key] = self._must_name_grounds(stage, kind)
        return self._grounding[key]

    def _must_name_grounds(self, stage: str, kind: str) -> bool:
        rows = [m for name, ms in self.rev.stages[stage].moves.items() if name.partition("/")[0] == kind for m in ms]
        words = [m.decides or (self.rev.stages[m.to].decides if m.to else "") for m in rows]
        return any(w and self.rev.outcomes[w].grounded for w in words)

    def _tells(self, s: Standing, known: FactKind) -> list[Abouts]:
        sides: list[Abouts] = []
        if known.tells:
            sides.append([{known.tells: value} for value in self.told[known.id]])
        if known.table:
            table = self.rev.tables[known.table]
            sides.append([{"values": values} for values in self._samples(table, self._known_traits(s))])
        return sides

    def _samples(self, table: AcceptanceTable, traits: Mapping[str, str]) -> list[dict[str, Any]]:
        key = table.id, tuple(sorted((k, v) for k, v in traits.items() if k in table.traits))
        if key not in self._measured:
            self._measured[key] = samples(table, traits)
        return self._measured[key]

    def _known_traits(self, s: Standing) -> Mapping[str, str]:
        return {t.id: t.default for t in self.rev.traits.values() if t.default} | dict(s.traits)

    def _traits(self, kind: str) -> list[Abouts]:
        if kind not in self._said:
            told = [t.id for t in self.rev.traits.values() if kind in t.told_by]
            self._said[kind] = [[{name: value} for value in self.relevance.classes(name)] for name in told]
        return self._said[kind]

    def _dates(self, s: Standing, now: datetime, known: FactKind) -> list[Abouts]:
        """Days on both sides of what is asked; none at all where rules ask whether it was told, and it need not be."""
        sides: list[Abouts] = []
        for named in self.rev.dates.values():
            if known.id in named.told_by:
                days = [self.rev.days.day(now + ahead).isoformat() for ahead in self._aheads(named.id)]
                if named.id in s.dates and known.id in s.times and known.id in self._places[s.stage][1]:
                    days = days[:1]  # told anew, it is the later one that makes a difference
                said: Abouts = [{named.key: day} for day in days]
                left_out = named.id in self._asked_for and named.key not in known.needs
                sides.append([*said, {}] if left_out else said)
        return sides

    @cached_property
    def _asked_for(self) -> frozenset[str]:
        whens = [w for st in self.rev.stages.values() for w in self.relevance.whens_at(st)]
        return frozenset(n for w in whens for n in (*w.told, *w.untold))

    def _aheads(self, name: str) -> list[timedelta]:
        """A day that leaves more than any condition asks for, and one that leaves less."""
        lefts = [left for found in self.relevance.lefts.values() for left in found if left.until == name]
        spans = [longest(left.more_than or left.at_most) for left in lefts]
        waits = [w for st in self.rev.stages.values() for w in self.relevance.waits_at(st) if name in w.start]
        ahead = [longest(w.before) + timedelta(days=30) for w in waits if w.before][:1]
        return [max(spans) + timedelta(days=100), min(spans) - timedelta(days=1)] if spans else [timedelta(0), *ahead]

    def _finds(self, stage: str, kind: str) -> str:
        """The word that this fact has for areas, if it has one."""
        key = stage, kind
        if key not in self._finding:
            moves = self.rev.stages[stage].moves.items()
            found = (m.finds for name, rows in moves if name.partition("/")[0] == kind for m in rows)
            self._finding[key] = next((f for f in found if f), "")
        return self._finding[key]

    def _tested(self, s: Standing) -> list[str]:
        return [a for a, w in s.areas.items() if w == s.play] or ([] if s.areas else list(TWO_AREAS))

    def _areas(self, s: Standing, kind: str) -> Abouts:
        words, outcome = self.rev.words, self._finds(s.stage, kind)
        if not words or not outcome:
            return [{}]
        if kind in words.joined_by and s.areas:
            return [{"areas": {JOINING: outcome}}]
        tested = self._tested(s)
        sides: Abouts = [{}] if s.areas else [{"areas": dict.fromkeys(TWO_AREAS, outcome)}]
        if len(tested) > 1:
            other = words.passed if outcome == words.failed else words.failed
            sides.append({"areas": {tested[0]: outcome} | dict.fromkeys(tested[1:], other)})
        return sides

    # -- choices
    def _choices(self, s: Standing, now: datetime, choice: Choice) -> Iterator[Fact]:
        kind = f"option.{choice.id}"
        said = {a.key: (a.allowed or ("told",))[0] for a in choice.accepts if a.required}
        for parts in product(*(self._traits(kind) or [[{}]])):
            about = {**said, **{k: v for part in parts for k, v in part.items()}}
            yield Fact(now, kind, about)
            if len(s.deficient) > 1 and (choice.withdraws or choice.partial):
                yield Fact(now, kind, {**about, "areas": list(s.deficient[:1])})


def samples(table: AcceptanceTable, traits: Mapping[str, str]) -> list[dict[str, Any]]:
    """Values that pass, that fail and that are not complete, as far as the table can say so."""
    found: dict[str, dict[str, Any]] = {}
    passing = {name: _value(table, name, traits, holds=True) for name in table.measures}
    wrong = next((n for n in table.measures if _value(table, n, traits, holds=False) is not None), None)
    failing = passing | ({wrong: _value(table, wrong, traits, holds=False)} if wrong else {})
    lacking = ({k: v for k, v in passing.items() if k != name} for name in table.measures)
    for values in (passing, failing, *(values for values in lacking if values), {}):
        said = {k: v for k, v in values.items() if v is not None}
        found.setdefault(measures.evaluate(table, said, traits).word, said)
    return list(found.values())


def _value(table: AcceptanceTable, measure: str, traits: Mapping[str, str], *, holds: bool) -> Any:
    rows = [
        r for r in table.rows if r.measure == measure and all(traits.get(t, "") in words for t, words in r.when.items())
    ]
    if any(r.is_true for r in rows):
        return holds
    limits = [x for r in rows for x in (r.at_least, r.at_most, r.more_than, r.less_than) if x is not None]
    tries = [
        Decimal(0),
        *(x + d for x in limits for d in (Decimal(0), Decimal(1), Decimal(-1), Decimal("0.01"), Decimal("-0.01"))),
    ]
    if holds:
        return next((x for x in tries if all(r.holds(x) for r in rows)), None)
    return next((x for x in tries if any(r.required and not r.holds(x) for r in rows)), None)
