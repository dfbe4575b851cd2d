"""Which facts, dates and counts can still matter from a stage on: two standings that differ in nothing else are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from reaccredit.policy.revision import (
    ALWAYS,
    ANCHORS,
    DECIDED,
    DUE,
    ENTERED,
    EXPIRES,
    OPENS,
    PASSED,
    Choice,
    Move,
    Outcome,
    Revision,
    Stage,
    Wait,
    When,
)
from reaccredit.policy.spans import Span
from reaccredit.policy.words import Standing

NONE = timedelta(0)
SLACK = timedelta(days=12)  # roll, business days and cut-offs move an end by some days


def longest(span: Span | None) -> timedelta:
    """No term of this span is longer, as a rule."""
    if span is None:
        return timedelta(0)
    return timedelta(days=span.months * 31 + span.days + span.business_days * 2, minutes=span.minutes)


Here = tuple[str, frozenset[str]]  # a stage, and the marks that are set there


@dataclass(frozen=True, slots=True)
class Way:
    """One way from here to there. `forgets`: a new round begins; `tells`: traits that are told anew on the way."""

    to: Here
    forgets: bool
    tells: frozenset[str]


class Relevance:
    """What the rules of a revision read: at each stage under the marks set there, and from there on."""

    def __init__(self, rev: Revision) -> None:
        self.rev = rev
        self._waits = {s.id: tuple(self._waits_of(s)) for s in rev.stages.values()}
        self._whens = {s.id: tuple(self._whens_of(s)) for s in rev.stages.values()}
        self.lefts = {name: tuple(w.left for w in whens if w.left) for name, whens in self._whens.items()}
        # "More than" and "at most" one span of one day ask the same.
        asked = {
            (left.until, left.more_than or left.at_most, left.on): left for ls in self.lefts.values() for left in ls
        }
        self.compared = tuple(asked.values())
        self.clocks = self._clocks()
        gates = [
            (w, early)
            for st in rev.stages.values()
            for ws, early in ((st.since, True), (st.until, False))
            for w in ws.values()
        ]
        self.gates = tuple((w, early) for w, early in gates if any(n in rev.dates for n in w.start))
        self.sided = self._sided()
        self.alike = self._alike()
        self.caps = self._caps()
        self.most = self._most()
        self._classes: dict[str, list[str]] = {}
        self._here: dict[Here, frozenset[str]] = {}
        self.steps = self._steps()
        self._read = self._reads()
        self.names = frozenset(n for names, _ in self._read.values() for n in names)
        self.anchors = self.names & {ENTERED, DECIDED, PASSED}

    def here(self, stage: str, marks: frozenset[str]) -> frozenset[str]:
        """The names that are read at the stage itself: what only later ones read is not among them."""
        if (stage, marks) not in self._here:
            self._here[stage, marks] = frozenset(self._names_at((stage, marks)))
        return self._here[stage, marks]

    def waits_at(self, stage: Stage) -> tuple[Wait, ...]:
        return self._waits[stage.id]

    def whens_at(self, stage: Stage) -> tuple[When, ...]:
        return self._whens[stage.id]

    def read(self, s: Standing) -> tuple[frozenset[str], frozenset[str]]:
        """The names whose time, and the traits whose word, can still matter in this standing."""
        return self._read.get((s.stage, s.marks)) or (self.names, frozenset(self.rev.traits))

    def _waits_of(self, stage: Stage) -> Iterator[Wait]:
        yield from stage.dues
        yield from stage.until.values()
        yield from stage.since.values()
        for w in self.rev.windows:
            if w.stage == stage.id:
                yield from (w.due,) if w.due else ()
                yield from w.terms.values()
        for rows in (*stage.moves.values(), stage.overdues):
            for m in rows:
                yield from self._of_outcome(m.decides or (self.rev.stages[m.to].decides if m.to else ""))

    def _clocks(self) -> frozenset[str]:
        """The names from which a term runs that opens a form or ends a stage."""
        waits = [w for st in self.rev.stages.values() for w in st.dues]
        waits += [w for form in self.rev.windows for w in (form.due, *form.terms.values()) if w]
        names = {n for w in waits for n in _names(w)} | {n for form in self.rev.windows for n in form.opens.start}
        if EXPIRES in names:  # and what the expiry is reckoned from
            names |= {
                n for o in self.rev.outcomes.values() for w in (o.effective, o.expires, o.grace) if w for n in _names(w)
            }
        return frozenset(names)

    def _sided(self) -> tuple[str, ...]:
        """The names on whose times it depends on which side of a bound a named day lies."""
        names = {left.on for left in self.compared} | {n for wait, _ in self.gates for n in _names(wait)}
        return tuple(sorted(names - {""}))

    def _alike(self) -> dict[str, str]:
        """Facts any of which opens a form, and which nothing else asks for: only when the first of them came counts."""
        rules = [w for found in self._waits.values() for w in found]
        read = {n for wait in rules for n in _names(wait)} | {st.awaits for st in self.rev.stages.values()}
        read |= {n for form in self.rev.windows for n in form.opens.start}
        read |= {n for whens in self._whens.values() for when in whens for n in (*when.heard, *when.unheard)}
        read |= {left.on for left in self.compared} | {o.grace_once for o in self.rev.outcomes.values()}
        groups = {form.opens.once for form in self.rev.windows if len(form.opens.once) > 1}
        seen = Counter(n for group in groups for n in group)
        seen.update(n for form in self.rev.windows if len(form.opens.once) == 1 for n in form.opens.once)
        return {n: group[0] for group in groups if not any(m in read or seen[m] > 1 for m in group) for n in group}

    def _of_outcome(self, name: str) -> Iterator[Wait]:
        if name:
            outcome: Outcome = self.rev.outcomes[name]
            yield from (w for w in (outcome.effective, outcome.expires, outcome.grace, outcome.grace_in_time) if w)

    def _whens_of(self, stage: Stage) -> Iterator[When]:
        found = [w.when for w in self._waits[stage.id]]
        found += [m.when for rows in (*stage.moves.values(), stage.overdues) for m in rows]
        found += [w.when for w in self.rev.windows if w.stage == stage.id]
        if stage.asks:
            found += [o.when for o in self.rev.offers if not o.stages or stage.id in o.stages]
        yield from (w for w in dict.fromkeys(found) if w is not ALWAYS)

    # -- names
    def _names_at(self, here: Here) -> set[str]:
        stage, names = self.rev.stages[here[0]], set[str]()
        forms = [w for w in self.rev.windows if w.stage == stage.id and _possible(w.when, here[1])]
        own = {id(wait) for w in self.rev.windows if w.stage == stage.id for wait in (w.due, *w.terms.values())}
        waits = [w for w in self._waits[stage.id] if id(w) not in own and _possible(w.when, here[1])]
        waits += [wait for w in forms for wait in (w.due, *w.terms.values()) if wait]
        for wait in waits:
            names |= _names(wait)
        for w in forms:
            names.update(w.opens.start, w.opens.once)
        for when in self._whens[stage.id]:
            if _possible(when, here[1]):
                names.update(when.heard, when.unheard, (when.left.until, when.left.on) if when.left else ())
        if EXPIRES in names:
            names.update(o.grace_once for o in self.rev.outcomes.values() if o.grace)
        return (names | {stage.awaits}) - {"", OPENS, DUE}

    def _traits_at(self, here: Here) -> set[str]:
        asked = {name for when in self._whens[here[0]] if _possible(when, here[1]) for name, _ in when.traits}
        asked |= {n for when in self._whens[here[0]] for n in (*when.told, *when.untold)}
        tables = [
            self.rev.facts[k.partition("/")[0]].table
            for k in self.rev.stages[here[0]].moves
            if k.partition("/")[0] in self.rev.facts
        ]
        return (asked | {t for name in tables if name for t in self.rev.tables[name].traits}) & self.rev.traits.keys()

    def _reads(self) -> dict[Here, tuple[frozenset[str], frozenset[str]]]:
        """Names and traits that can still matter: here, or later before a new round forgets them."""
        ways = self._ways()
        names = {here: self._names_at(here) for here in ways}
        traits = {here: self._traits_at(here) for here in ways}
        lasting = {f.id for f in self.rev.facts.values() if f.lasting} | self.rev.dates.keys() | ANCHORS
        changed = True
        while changed:
            changed = False
            for here, onward in ways.items():
                for way in onward:
                    more = (names[way.to] & lasting if way.forgets else names[way.to]) - names[here]
                    told = traits[way.to] - way.tells - traits[here]
                    names[here] |= more
                    traits[here] |= told
                    changed = changed or bool(more or told)
        return {here: (frozenset(names[here]), frozenset(traits[here])) for here in ways}

    def _ways(self) -> dict[Here, list[Way]]:
        first: Here = (self.rev.start, frozenset())
        found: dict[Here, list[Way]] = {}
        edge = [first]
        while edge:
            here = edge.pop()
            if here not in found:
                found[here] = list(self._leads(here))
                edge += [way.to for way in found[here]]
        return found

    def _leads(self, here: Here) -> Iterator[Way]:
        stage, marks = self.rev.stages[here[0]], here[1]
        for kind, rows in stage.moves.items():
            for m in rows:
                if _possible(m.when, marks):
                    yield from self._onward(here, m, m.new_round, kind)
        for m in stage.overdues:
            yield from self._onward(here, m, m.new_round, "")
        if stage.asks:
            rows_here = [
                o for o in self.rev.offers if (not o.stages or stage.id in o.stages) and _possible(o.when, marks)
            ]
            for name in {name for o in rows_here for name in o.options}:
                yield from self._onward(here, self.rev.options[name], False, f"option.{name}")

    def _onward(self, here: Here, m: Move | Choice, forgets: bool, kind: str) -> Iterator[Way]:
        marks = ((frozenset() if forgets else here[1]) | m.marks) - m.unmarks
        tells = frozenset(t.id for t in self.rev.traits.values() if t.default and kind in t.told_by)
        for to in targets(m) or [here[0]]:
            yield Way((to, marks), forgets, tells)

    def leads(self, stage: Stage) -> set[str]:
        """The stages that can follow this one."""
        return {way.to[0] for here, ways in self._ways().items() if here[0] == stage.id for way in ways}

    # -- numbers
    def _caps(self) -> dict[str, timedelta]:
        """For each name that a term runs from, the age after which it changes nothing any more."""
        caps: dict[str, timedelta] = {}

        def run(names: tuple[str, ...], length: timedelta) -> None:
            for name in names:
                caps[name] = max(caps.get(name, timedelta(0)), length + SLACK)

        for w in self.rev.windows:
            waits = [wait for wait in (w.due, *w.terms.values()) if wait]
            form = max((_length(wait) for wait in waits), default=timedelta(0))
            run((*w.opens.start, *w.opens.once), longest(w.opens.wait) + longest(w.opens.before) + form)
        for wait in {id(wait): wait for stage in self.rev.stages.values() for wait in self.waits_at(stage)}.values():
            run(tuple(_names(wait)), _length(wait))
        return caps

    def _steps(self) -> dict[str, list[timedelta]]:
        """For each name that a term runs from, the lengths of these terms, shortest first: what lies between two of them is much alike."""
        found: dict[str, set[timedelta]] = {}
        rows = [
            w for form in self.rev.windows for w in (form.due, *form.terms.values()) if w
        ]  # those of a form that opens late run longer, by no more than it takes to open
        for w in {id(w): w for st in self.rev.stages.values() for w in (*self.waits_at(st), *rows)}.values():
            for part in (w, *w.of):
                for name in _names(part):
                    found.setdefault(name, {NONE}).update((longest(part.within), longest(part.before), _length(part)))
        for form in self.rev.windows:
            for name in (*form.opens.start, *form.opens.once):
                found.setdefault(name, {NONE}).add(longest(form.opens.wait) + longest(form.opens.before))
        for left in self.compared:
            found.setdefault(left.until, {NONE}).add(longest(left.more_than or left.at_most))
        return {name: sorted(lengths) for name, lengths in found.items()}

    def _most(self) -> dict[str, int]:
        """For each counter the number beyond which one more changes nothing."""
        most = {name: c.limit for name, c in self.rev.counters.items()}
        whens = [when for stage in self.rev.stages.values() for when in self.whens_at(stage)]
        numbers = [(name, low if high > 10**5 else high) for when in whens for name, low, high in when.counters]
        numbers += [(over.counter, over.past) for over in self.rev.overs]
        for name, number in numbers:
            most[name] = max(most[name], number)
        return {name: number + 1 for name, number in most.items()}

    def classes(self, trait: str) -> list[str]:
        """One value of the trait for each group of values that no condition tells apart, the default's first."""
        if trait in self._classes:
            return self._classes[trait]
        whens = [when for stage in self.rev.stages.values() for when in self.whens_at(stage)]
        sets = [values for when in whens for name, values in when.traits if name == trait]
        sets += [frozenset(r.when[trait]) for t in self.rev.tables.values() for r in t.rows if trait in r.when]
        found: dict[tuple[bool, ...], str] = {}
        known = self.rev.traits[trait]
        for value in sorted(known.values, key=lambda v: v != known.default):
            found.setdefault(tuple(value in s for s in sets), value)
        self._classes[trait] = list(found.values())
        return self._classes[trait]


def _possible(when: When, marks: frozenset[str]) -> bool:
    """May the condition hold with these marks? What else it says is not looked at."""
    return when.marks <= marks and not when.without & marks


def _names(wait: Wait) -> set[str]:
    names = set(wait.start)
    if wait.extended:
        names.add(wait.extended.once)
        names |= set(wait.extended.in_time.start) if wait.extended.in_time else set()
    return names


def _length(wait: Wait) -> timedelta:
    longer = longest(wait.extended.by) if wait.extended else timedelta(0)
    season = timedelta(days=366) if wait.season else timedelta(0)
    parts = max((_length(part) for part in wait.of), default=timedelta(0))
    return longest(wait.within) + longest(wait.before) + longer + season + parts


def targets(m: object) -> list[str]:
    """The stages that a move or choice may lead to."""
    over = getattr(m, "over", None)
    named = [getattr(m, key) for key in ("to", "settled_to", "emptied_to")] + ([over.to] if over else [])
    return [to for to in dict.fromkeys(named) if to]
