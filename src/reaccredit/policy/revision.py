"""One revision of a policy, as its file says it. Every key is known, every clause is cited, every name leads somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from reaccredit.policy.counting import Calendar, Counting, Season
from reaccredit.policy.given import AreaKind, AreaWords, Change, Counter, FactKind, Limit, NamedDate, Thing, Trait
from reaccredit.policy.measures import AcceptanceTable
from reaccredit.policy.spans import Span
from reaccredit.policy.words import Clause

SCHEMA = 2
# Anchors that are no facts: the form opened; the case came to its stage; the stage's own term; the decision, and the dates it set.
OPENS, ENTERED, DUE, DECIDED, EFFECTIVE, EXPIRES, PASSED = (
    "opens", "entered", "due", "decided", "effective", "expires", "passed",
)  # fmt: skip
ANCHORS = frozenset({OPENS, ENTERED, DUE, DECIDED, EFFECTIVE, EXPIRES, PASSED})


@dataclass(frozen=True, slots=True)
class Left:
    """More than (or at most) a span is left until a named day, measured on the day of a fact or on the day asked about."""

    until: str
    more_than: Span | None
    at_most: Span | None
    on: str


@dataclass(frozen=True, slots=True)
class When:
    """The closed vocabulary of conditions. All of it must hold."""

    counters: tuple[tuple[str, int, int], ...] = ()  # (counter, from, to), both included
    traits: tuple[tuple[str, frozenset[str]], ...] = ()
    marks: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    outcome: frozenset[str] = frozenset()
    heard: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    left: Left | None = None

    @property
    def plain(self) -> bool:
        """It asks for nothing that was heard or told."""
        return not (self.heard or self.unheard or self.told or self.untold)


ALWAYS = When()


@dataclass(frozen=True, slots=True)
class Extended:
    by: Span
    once: str
    in_time: Wait | None


@dataclass(frozen=True, slots=True)
class Wait:
    """A term: a span after (or before) an anchor, or a season. `earliest` is when its end may first be expected."""

    start: tuple[str, ...]
    cites: tuple[str, ...]
    within: Span | None = None
    before: Span | None = None
    season: Season | None = None
    take: str = "latest"
    earliest: Span | None = None
    round: str = ""
    extended: Extended | None = None
    yields: tuple[str, ...] = ()
    when: When = ALWAYS
    counting: Counting = field(default_factory=lambda: Counting(ZoneInfo("UTC")))
    whichever: str = ""  # "earlier" or "later" of the ends of these terms; nothing else of this one is read then
    of: tuple[Wait, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """A form opens a span after its anchors, not before `once` was heard, and where there is a season within it."""

    wait: Span
    start: tuple[str, ...]
    once: tuple[str, ...]  # any of these
    cites: tuple[str, ...]
    take: str = "latest"
    before: Span | None = None
    season: Season | None = None
    counting: Counting = field(default_factory=lambda: Counting(ZoneInfo("UTC")))


@dataclass(frozen=True, slots=True)
class Window:
    """When the form of a stage opens and is due. Options may have terms of their own."""

    stage: str
    when: When
    opens: Opening
    due: Wait | None
    terms: Mapping[str, Wait]
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Over:
    counter: str
    past: int
    to: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """Where a fact leads. `finds` is what it makes of the areas in play; `over` sends a count past a number elsewhere."""

    to: str
    cites: tuple[str, ...]
    settled_to: str = ""
    emptied_to: str = ""
    counts: tuple[str, ...] = ()
    resets: tuple[str, ...] = ()
    over: Over | None = None
    marks: frozenset[str] = frozenset()
    unmarks: frozenset[str] = frozenset()
    new_round: bool = False
    decides: str = ""
    finds: str = ""
    owes: tuple[str, ...] = ()
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class Stage:
    id: str
    title: str
    holder: str
    cites: tuple[str, ...]
    asks: bool = False
    ends: bool = False
    rests: bool = False  # nobody has to act, and nothing is due: what comes next may come any time
    awaits: str = ""  # until this fact is heard, whoever states it has the turn
    hears: frozenset[str] = frozenset()
    moves: Mapping[str, tuple[Move, ...]] = field(default_factory=dict)
    dues: tuple[Wait, ...] = ()
    overdues: tuple[Move, ...] = ()  # where the clock leads; a term without it ends without a consequence
    until: Mapping[str, Wait] = field(default_factory=dict)
    since: Mapping[str, Wait] = field(default_factory=dict)
    decides: str = ""  # the outcome of a case that comes here, unless its move says another
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A row of the matrix: what may be chosen in which standing. Exactly one row applies."""

    stages: tuple[str, ...]
    when: When
    options: tuple[str, ...]
    silent: tuple[str, ...]
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a choice may say of itself under one key of `about`: a ground that is allowed, or one that is excluded."""

    key: str
    allowed: tuple[str, ...]
    excluded: tuple[str, ...]
    required: bool
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """An option as the file says it. `covers`: which areas it is for; `puts`: the word those areas then carry."""

    id: str
    title: str
    summary: str
    to: str
    cites: tuple[str, ...]
    settled_to: str = ""
    emptied_to: str = ""
    counts: tuple[str, ...] = ()
    resets: tuple[str, ...] = ()
    over: Over | None = None
    marks: frozenset[str] = frozenset()
    unmarks: frozenset[str] = frozenset()
    retest: str = "nothing"
    covers: str = "none"  # deficient | all | none
    puts: str = ""
    partial: bool = False
    withdraws: bool = False
    ticks: bool = True  # modules may be ticked for withdrawal on the same form
    challenges: bool = False
    accepts: tuple[Accepts, ...] = ()
    needs: tuple[str, ...] = ()
    needs_nothing: bool = False  # the file says so
    may_add: tuple[str, ...] = ()
    provided: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A material as the file says it."""

    id: str
    title: str
    signed_by: Mapping[str, str]  # area kind, or "" for any -> role
    phi: str
    fee: str
    met_by: str
    met_when: str
    holder: str
    due: Wait | None
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision says of the case, and from when until when it holds."""

    id: str
    title: str
    accredited: bool
    appealable: bool
    interim: bool
    keeps: bool
    suspends: bool
    grounded: bool
    effective: Wait | None
    back_dating: bool
    expires: Wait | None
    grace: Wait | None
    grace_once: str
    grace_in_time: Wait | None
    silent: tuple[str, ...]
    cites: tuple[str, ...]


@dataclass(frozen=True, eq=False)  # compared and hashed by identity: answers about it are remembered
class Revision:
    policy: str
    title: str
    source: str
    seen: str
    revision: date
    in_force: date
    published: date
    ended: date | None
    thing: Thing | None
    governs: str
    governs_fact: str
    governs_cites: tuple[str, ...]
    days: Counting
    days_cites: tuple[str, ...]
    start: str
    sha256: str
    place: str
    text: str
    calendars: Mapping[str, Calendar]
    seasons: Mapping[str, Season]
    excludes: Mapping[str, tuple[str, ...]]
    changes: tuple[Change, ...]
    words: AreaWords | None
    area_kinds: tuple[AreaKind, ...]
    counters: Mapping[str, Counter]
    traits: Mapping[str, Trait]
    dates: Mapping[str, NamedDate]
    facts: Mapping[str, FactKind]
    stages: Mapping[str, Stage]
    windows: tuple[Window, ...]
    offers: tuple[Offer, ...]
    options: Mapping[str, Choice]
    materials: Mapping[str, Paper]
    outcomes: Mapping[str, Outcome]
    tables: Mapping[str, AcceptanceTable]
    limits: Mapping[str, Limit]
    clauses: Mapping[str, Clause]

    @property
    def zone(self) -> ZoneInfo:
        return self.days.zone

    def cited(self, ids: tuple[str, ...]) -> tuple[Clause, ...]:
        """The clauses in the order cited, each once."""
        return _cited(self, ids)

    def area_kind(self, area: str) -> AreaKind:
        """The kind with the longest prefix that the area's code begins with."""
        fitting = [k for k in self.area_kinds if area == k.prefix or not k.prefix or area.startswith(k.prefix + "/")]
        return max(fitting, key=lambda k: len(k.prefix))

    def title_of(self, kind: str) -> str:
        """How a fact, a choice, a date or an anchor is called; what tells its instances apart follows it."""
        base, _, told = kind.partition("/")
        if base in self.facts:
            return self.facts[base].title + (f" ({told})" if told else "")
        if base in self.dates:
            return self.dates[base].title
        option = self.options.get(base.removeprefix("option."))
        return f"Chosen: {option.title}" if option else ANCHOR_TITLES.get(base, base)

    @property
    def moves(self) -> tuple[Move, ...]:
        """Every move of every stage, those of the clock too."""
        return tuple(m for st in self.stages.values() for rows in (*st.moves.values(), st.overdues) for m in rows)

    @property
    def overs(self) -> tuple[Over, ...]:
        return tuple(m.over for m in self.moves if m.over) + tuple(o.over for o in self.options.values() if o.over)

    @cached_property
    def straight(self) -> frozenset[tuple[str, str]]:
        """(stage, fact) where one move leads to one stage and does nothing else: most facts of most histories."""
        return frozenset(
            (st.id, kind) for st in self.stages.values() for kind, rows in st.moves.items()
            if len(rows) == 1 and rows[0] == Move(rows[0].to, rows[0].cites) and rows[0].to and not self.stages[rows[0].to].decides
        )  # fmt: skip

    @cached_property
    def marks(self) -> frozenset[str]:
        return frozenset(k for m in self.moves for k in m.marks) | {k for o in self.options.values() for k in o.marks}

    def told_by(self, kind: str) -> tuple[str, ...]:
        """The traits and dates that a fact tells."""
        return tuple(t.id for t in self.traits.values() if kind in t.told_by) + tuple(
            d.id for d in self.dates.values() if kind in d.told_by
        )

    @cached_property
    def tellers(self) -> frozenset[str]:
        """The facts that tell a trait or a date."""
        return frozenset(k for t in self.traits.values() for k in t.told_by) | {
            k for d in self.dates.values() for k in d.told_by
        }

    @cached_property
    def about_keys(self) -> frozenset[str]:
        """What a fact's `about` may say that this revision reads, beside what every policy reads."""
        told = {key for f in self.facts.values() for key in (*f.needs, f.tells) if key}
        chosen = {rule.key for o in self.options.values() for rule in o.accepts}
        return frozenset(told | chosen | set(self.traits) | {d.key for d in self.dates.values()})

    @property
    def assumptions(self) -> tuple[Clause, ...]:
        return tuple(c for c in self.clauses.values() if c.assumed)

    @property
    def silences(self) -> tuple[Clause, ...]:
        return tuple(c for c in self.clauses.values() if c.silent)


@lru_cache(maxsize=16_384)
def _cited(rev: Revision, ids: tuple[str, ...]) -> tuple[Clause, ...]:
    return tuple(rev.clauses[i] for i in dict.fromkeys(ids))


ANCHOR_TITLES = {
    OPENS: "The form opened", ENTERED: "The case came here", DUE: "The term of this stage", DECIDED: "The decision",
    EFFECTIVE: "Accredited from", EXPIRES: "Accredited until", PASSED: "The first area passed",
}  # fmt: skip
