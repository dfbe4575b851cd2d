"""Two revisions walked in lockstep: the same facts happen under both, and each first parting is told with its dated story.

Beyond a parting nothing is compared: whoever had other options or other dates would have done other things.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from reaccredit.policy import folding, refusing, terms
from reaccredit.policy.accrediting import CLOCK
from reaccredit.policy.answering import Decision
from reaccredit.policy.conditions import cut_offs
from reaccredit.policy.counting import moment, through
from reaccredit.policy.exploring import BEGIN, Key, Walker, line
from reaccredit.policy.forms import due, due_row, form_cites, option_end, option_term, stage_end, timing
from reaccredit.policy.revision import Choice, Revision
from reaccredit.policy.rewording import Reworded, reworded
from reaccredit.policy.terms import ending, graced
from reaccredit.policy.tracing import NOTHING
from reaccredit.policy.words import Fact, Malformed, Refusal, Standing

ALLOWED, REFUSED, LATER, SOONER, ELSEWHERE = (
    "newly allowed", "newly refused", "later due", "sooner due", "ends elsewhere",
)  # fmt: skip
OPENS_LATER, OPENS_SOONER, HOLDER, AREAS, NEEDS = (
    "opens later", "opens sooner", "other holder", "other areas", "needs other things",
)  # fmt: skip
TIMED = frozenset({"too-early", "waiting", "too-late"})
TERM, FORM, EARLIEST, FROM, UNTIL = "term", "form", "earliest end of the term", "accredited from", "accredited until"
MATERIAL = "material."
Said = tuple[str, tuple[str, ...]]  # a sentence, and the clauses it rests on


@dataclass
class Parting:
    """What one revision does and the other does not, where they first part. `where`: in which standings it was seen."""

    kind: str
    question: str  # option or fact kind, "term", "form", "clock", "holder" or "accredited until"
    stage: str
    was: Said
    becomes: Said
    story: tuple[str, ...]
    facts: tuple[Fact, ...]
    where: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        head = f"{self.kind}: {self.question} at {self.stage} ({'; '.join(self.where)})"
        both = [_line(name, *said) for name, said in (("was", self.was), ("now", self.becomes))]
        return "\n".join([head, *both, *(f"    {told}" for told in self.story)])


def _line(name: str, said: str, cites: tuple[str, ...]) -> str:
    return f"  {name}: {said}" + (f" [{', '.join(cites)}]" if cites else "")


@dataclass
class Compared:
    old: Revision
    new: Revision
    partings: list[Parting]
    clauses: list[Reworded]
    pairs: int
    whole: bool
    unclear: list[str]  # standings in which one of the two could not say


Pair = tuple[Key, Key]


class Lockstep:
    def __init__(self, old: Revision, new: Revision) -> None:
        self.old, self.new = old, new
        self.walkers = Walker(old), Walker(new)
        self.found: dict[tuple[str, ...], Parting] = {}
        self.unclear: dict[str, None] = {}
        self.nodes: dict[Pair, tuple[Standing, Standing, datetime]] = {}
        self.parent: dict[Pair, tuple[Pair, Fact]] = {}

    def walk(self, most: int) -> Compared:
        a, b = folding.begin(self.old), folding.begin(self.new)
        a.entered = b.entered = BEGIN
        queue = deque([self._key(a, b, BEGIN)])
        self.nodes[queue[0]] = (a, b, BEGIN)
        whole = True
        while queue and whole:
            pair = queue.popleft()
            a, b, now = self.nodes[pair]
            try:
                onward = list(self._onward(pair, a, b, now))
            except (Malformed, OverflowError) as error:
                self.unclear[str(error)] = None
                continue
            for new_a, new_b, fact in onward:
                key = self._key(new_a, new_b, fact.at)
                if key not in self.nodes:
                    self.nodes[key], self.parent[key] = (new_a, new_b, fact.at), (pair, fact)
                    queue.append(key)
            whole = len(self.nodes) < most
        return Compared(
            self.old, self.new, list(self.found.values()), reworded(self.old, self.new), len(self.nodes), whole, list(self.unclear)
        )  # fmt: skip

    def _key(self, a: Standing, b: Standing, now: datetime) -> Pair:
        return self.walkers[0].key(a, now), self.walkers[1].key(b, now)

    # -- one pair of standings
    def _onward(self, pair: Pair, a: Standing, b: Standing, now: datetime) -> Iterator[tuple[Standing, Standing, Fact]]:
        dated = self._dates(pair, a, b, now)
        self._holder(pair, a, b, now)
        for fact in self._facts(a, b, now):
            ra, rb = folding.step(self.old, a, fact), folding.step(self.new, b, fact)
            if isinstance(ra, Refusal) or isinstance(rb, Refusal):
                self._refused(pair, fact, ra, rb, dated)
            elif self._same_end(pair, fact, ra, rb):
                yield ra[0], rb[0], fact
        yield from self._time(pair, a, b, now)

    def _facts(self, a: Standing, b: Standing, now: datetime) -> Iterator[Fact]:
        """What may happen under either, each once."""
        seen = set()
        for walker, s in zip(self.walkers, (a, b), strict=True):
            if not walker.rev.stages[s.stage].ends:
                for fact in walker.happenings.at(s, now):
                    said = (fact.kind, repr(fact.about))
                    if said not in seen:
                        seen.add(said)
                        yield fact

    def _refused(
        self, pair: Pair, fact: Fact, ra: folding.Moved | Refusal, rb: folding.Moved | Refusal, dated: bool
    ) -> None:
        if isinstance(ra, Refusal) and isinstance(rb, Refusal):
            return
        no = ra if isinstance(ra, Refusal) else rb
        assert isinstance(no, Refusal)
        if dated and no.kind in TIMED:
            return  # another date of the same thing: told as such
        kind = ALLOWED if no is ra else REFUSED
        self._part(kind, fact.kind, pair, answer_said(self.old, ra), answer_said(self.new, rb), fact, no.kind)

    def _same_end(self, pair: Pair, fact: Fact, ra: folding.Moved, rb: folding.Moved, question: str = "") -> bool:
        """May the two be followed further? Where they stand apart, this is told."""
        (a, _), (b, _) = ra, rb
        question, said = question or fact.kind, (answer_said(self.old, ra), answer_said(self.new, rb))
        if (a.stage, a.outcome) != (b.stage, b.outcome):
            self._part(ELSEWHERE, question, pair, *said, fact)
            return False
        for kind, day, was, becomes in accredited_days(self.old, a, self.new, b):
            self._part(kind, day, pair, (was, ra[1]), (becomes, rb[1]), fact, a.outcome)
        if set(a.owed) != set(b.owed):
            owed = (", ".join(x.owed) or "nothing is owed" for x in (a, b))
            self._part(NEEDS, question, pair, (next(owed), ra[1]), (next(owed), rb[1]), fact)
        if fact.kind.startswith(folding.OPTION):
            self._asked(pair, fact)
        if dict(a.areas) != dict(b.areas):
            self._part(AREAS, question, pair, (areas_said(a), ra[1]), (areas_said(b), rb[1]), fact)
            return False
        return True

    def _asked(self, pair: Pair, fact: Fact) -> None:
        name = fact.kind.removeprefix(folding.OPTION)
        a, b = demands(self.old, self.old.options[name]), demands(self.new, self.new.options[name])
        if a != b:
            gone, come = ", ".join(x for x in a if x not in b), ", ".join(x for x in b if x not in a)
            was = gone or "nothing more", self.old.options[name].cites
            self._part(NEEDS, fact.kind, pair, was, (come or "nothing more", self.new.options[name].cites), fact)

    # -- dates
    def _dates(self, pair: Pair, a: Standing, b: Standing, now: datetime) -> bool:
        """Compares when each thing opens and is due; True where any of it differs."""
        one, other = bounds_of(self.old, a, now), bounds_of(self.new, b, now)
        differing = {q: (one[q], other[q]) for q in one if q in other and one[q] != other[q]}
        for question, ((opens, due_a), (opened, due_b)) in differing.items():
            if way := shift((opens, opened)):
                kind = OPENS_LATER if way == LATER else OPENS_SOONER
                self._part(
                    kind,
                    question,
                    pair,
                    *self._said(question, a, b, opens_said(opens, self.old), opens_said(opened, self.new)),
                )
            ends = (due_a, due_b)
            inherited = question.startswith(folding.OPTION) and ends == tuple(x[TERM][1] for x in (one, other))
            if (way := shift(ends)) and not inherited:
                self._part(
                    way,
                    question,
                    pair,
                    *self._said(question, a, b, until_said(due_a, self.old), until_said(due_b, self.new)),
                )
        return bool(differing)

    def _said(self, question: str, a: Standing, b: Standing, was: str, becomes: str) -> tuple[Said, Said]:
        return (was, dated_by(self.old, a, question)), (becomes, dated_by(self.new, b, question))

    def _holder(self, pair: Pair, a: Standing, b: Standing, now: datetime) -> None:
        one, other = (Decision(r.policy, r, s, NOTHING, now).holder for r, s in ((self.old, a), (self.new, b)))
        if one != other:
            cites = self.old.stages[a.stage].cites, self.new.stages[b.stage].cites
            self._part(HOLDER, "holder", pair, (one or "nobody", cites[0]), (other or "nobody", cites[1]))

    def _time(self, pair: Pair, a: Standing, b: Standing, now: datetime) -> Iterator[tuple[Standing, Standing, Fact]]:
        """On to the next bound of either. Where the clock moves only one of them because their dates differ, it was told."""
        bounds = [t for w, s in zip(self.walkers, (a, b), strict=True) for t in _bounds(w, s, now)]
        later = min((t for t in bounds if t > now), default=None)
        if later is None:
            return
        fact = Fact(later, CLOCK)
        ma, mb = folding.clock(self.old, a, later), folding.clock(self.new, b, later)
        if bool(ma) != bool(mb) and due(self.old, a) != due(self.new, b):
            return
        ra, rb = (ma[-1] if ma else (a, ())), (mb[-1] if mb else (b, ()))
        if not (ma or mb) or self._same_end(pair, fact, ra, rb, "clock"):
            yield ra[0], rb[0], fact

    # -- telling
    def _part(
        self, kind: str, question: str, pair: Pair, was: Said, becomes: Said, fact: Fact | None = None, why: str = ""
    ) -> None:
        a = self.nodes[pair][0]
        key = (
            kind,
            question,
            "" if question in (FROM, UNTIL) else a.stage,
            why,
        )  # an accreditation is one date, wherever it is given
        known = self.found.get(key)
        if known is None:
            path = self._path(pair) + ([fact] if fact else [])
            story = tuple(
                f"{moment(f.at, self.old.zone)}: time passes" if f.kind == CLOCK else line(self.new if f.kind not in self.old.facts else self.old, f)
                for f in path
            )  # fmt: skip
            known = Parting(kind, question, a.stage, was, becomes, story, tuple(f for f in path if f.kind != CLOCK))
            self.found[key] = known
        where = standing_of(self.old, a)
        if where not in known.where:
            known.where.append(where)

    def _path(self, pair: Pair) -> list[Fact]:
        facts = []
        while pair in self.parent:
            pair, fact = self.parent[pair]
            facts.append(fact)
        return facts[::-1]


def compare(old: Revision, new: Revision, most: int = 60_000) -> Compared:
    """What is otherwise under the new revision: each first parting once, the shortest story first."""
    return Lockstep(old, new).walk(most)


def standing_of(rev: Revision, s: Standing) -> str:
    said = [refusing.counted(rev, name, n) for name, n in s.counters.items() if n] + sorted(s.marks)
    return ", ".join(said) or "from the beginning"


Bounds = dict[str, tuple[datetime | None, datetime | None]]  # question -> from when, until when


def bounds_of(rev: Revision, s: Standing, now: datetime) -> Bounds:
    stage = rev.stages[s.stage]
    found: Bounds = {TERM: (None, due(rev, s))}
    wait = due_row(rev, s)
    if wait and wait.earliest:
        found[EARLIEST] = (None, ending(rev, s, wait).earliest)
    for name in (*s.owed, *(n for c in s.chosen for n in rev.options[c].needs)):
        if paper := rev.materials[name].due:
            found[f"{MATERIAL}{name}"] = (None, ending(rev, s, paper, stage_end(rev, s)).due)
    if stage.asks:
        when, rows = timing(rev, s), refusing.rows(rev, s, now)
        found[FORM] = (when.opens, None)
        for name in rows[0].options if rows else ():
            found[f"{folding.OPTION}{name}"] = (None, option_end(rev, s, when, name))
    for kind in {*stage.until, *stage.since}:
        late, early = cut_offs(rev, s, kind, now)
        found[kind] = (
            refusing.opening(rev, s, early, found[TERM][1])[0] if early else None,
            ending(rev, s, late, found[TERM][1]).due if late else None,
        )
    return found


def _bounds(walker: Walker, s: Standing, now: datetime) -> Iterator[datetime]:
    """When something changes by itself, and until when what lengthens an accreditation is in time."""
    if walker.rev.stages[s.stage].ends:
        return
    yield from walker.bounds(s, now)
    outcome = terms.dated_by(walker.rev, s)
    if outcome and outcome.grace_in_time and (end := ending(walker.rev, s, outcome.grace_in_time).due):
        yield end


def dated_by(rev: Revision, s: Standing, question: str) -> tuple[str, ...]:
    """The clauses of a date."""
    stage = rev.stages[s.stage]
    if question == FORM:
        row = timing(rev, s).row
        return row.opens.cites if row else stage.cites
    if question in (TERM, EARLIEST):
        wait = due_row(rev, s)
        return form_cites(rev, s, timing(rev, s)) if stage.asks else wait.cites if wait else ()
    if question.startswith(folding.OPTION):
        return option_term(rev, s, timing(rev, s), question.removeprefix(folding.OPTION)).cites
    if question.startswith(MATERIAL) and (owed := rev.materials[question.removeprefix(MATERIAL)].due):
        return owed.cites
    return tuple(c for wait in (stage.until.get(question), stage.since.get(question)) if wait for c in wait.cites)


def shift(both: tuple[Any, Any]) -> str:
    """What is not known, or never ends, is later than any date."""
    old, new = both
    if old == new:
        return ""
    return LATER if new is None or (old is not None and new > old) else SOONER


def accredited_days(old: Revision, a: Standing, new: Revision, b: Standing) -> Iterator[tuple[str, str, str, str]]:
    """Where the accreditation begins or ends on another day: kind, question, what was, what becomes of it."""
    if a.effective and b.effective and a.effective != b.effective:
        kind = OPENS_LATER if b.effective > a.effective else OPENS_SOONER
        yield kind, FROM, f"from {a.effective}", f"from {b.effective}"
    days = graced(old, a), graced(new, b)
    if way := shift(days):
        yield way, UNTIL, day_said(days[0]), day_said(days[1])


def answer_said(rev: Revision, result: folding.Moved | Refusal) -> Said:
    if isinstance(result, Refusal):
        return result.sentence, tuple(c.id for c in result.because.clauses)
    s, cites = result
    outcome = f" ({rev.outcomes[s.outcome].title})" if s.outcome else ""
    return f"leads to “{rev.stages[s.stage].title}”{outcome}", tuple(dict.fromkeys(cites))


def demands(rev: Revision, c: Choice) -> list[str]:
    """What choosing it asks of people, and what it makes of the areas."""
    said = [f"tests {c.retest} again", *(f"provided: {p}" for p in c.provided), *(f"then: {t}" for t in c.then)]
    for word, names in (("needs", c.needs), ("may add", c.may_add)):
        for name in names:
            paper = rev.materials[name]
            signed = ", ".join(f"{kind or 'any'} by {role}" for kind, role in paper.signed_by.items())
            more = "; ".join(x for x in (signed, f"PHI {paper.phi}" if paper.phi else "", paper.fee) if x)
            said.append(f"{word} {name}{f' ({more})' if more else ''}")
    return said


def areas_said(s: Standing) -> str:
    return ", ".join(f"{area} {word}" for area, word in s.areas.items()) or "no areas"


def day_said(day: date | None) -> str:
    return f"through {day}" if day else "without an end"


def opens_said(at: datetime | None, rev: Revision) -> str:
    return f"opens {moment(at, rev.zone)}" if at else "not open yet"


def until_said(at: datetime | None, rev: Revision) -> str:
    return through(at, rev.zone) if at else "no date"
