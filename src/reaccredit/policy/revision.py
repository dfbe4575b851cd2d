"""One revision of a policy, as its file says it. Every key is known, every clause is cited, every name leads somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from reaccredit.policy.spans import Span
from reaccredit.policy.words import Clause, Standing

SCHEMA = 1
OPENS = "opens"  # the one anchor that is no fact: the moment the form opened


@dataclass(frozen=True, slots=True)
class FactKind:
    """A kind of fact: who states it, and the key of `about` whose value tells its instances apart."""

    id: str
    title: str
    by: str
    tells: str = ""


@dataclass(frozen=True, slots=True)
class AreaKind:
    """Areas whose code begins with `prefix` are of this kind; "" is the kind of all others."""

    id: str
    prefix: str
    withdrawable: bool
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """A term: `within` a span from the latest of some facts; `earliest` is when its end may first be expected."""

    within: Span
    start: tuple[str, ...]
    cites: tuple[str, ...]
    earliest: Span | None = None
    yields: tuple[
        str, ...
    ] = ()  # the clause by which a term that ends before the form can open gives way to the form's


@dataclass(frozen=True, slots=True)
class Opening:
    """A form opens a span after the latest of some facts, and not before `once` has happened."""

    wait: Span
    start: tuple[str, ...]
    once: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """When the form of a stage opens and is due, for some media and marks. Options may have terms of their own."""

    stage: str
    medium: frozenset[str]
    marks: frozenset[str]
    without: frozenset[str]
    opens: Opening
    due: Wait
    terms: Mapping[str, Wait]
    silent: tuple[str, ...]

    def fits(self, standing: Standing) -> bool:
        return (
            self.stage == standing.stage
            and (not self.medium or standing.medium in self.medium)
            and self.marks <= standing.marks
            and not self.without & standing.marks
        )


@dataclass(frozen=True, slots=True)
class Move:
    """Where a fact leads. `outcome` is what it makes of the areas in play; `over` sends a count past a number elsewhere."""

    to: str
    cites: tuple[str, ...]
    settled_to: str = ""
    emptied_to: str = ""
    counts: bool = False
    over: int = 0
    over_to: str = ""
    over_cites: tuple[str, ...] = ()
    outcome: str = ""
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stage:
    id: str
    title: str
    holder: str
    cites: tuple[str, ...]
    asks: bool = False
    ends: bool = False
    awaits: str = ""  # until this fact is heard, whoever states it has the turn
    hears: frozenset[str] = frozenset()
    moves: Mapping[str, Move] = field(default_factory=dict)
    due: Wait | None = None
    overdue: Move | None = None  # where the clock leads; a term without it ends without a consequence
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A row of the matrix: what may be chosen at this deficiency, with these marks. Exactly one row applies."""

    deficiency: int
    marks: frozenset[str]
    without: frozenset[str]
    options: tuple[str, ...]
    cites: tuple[str, ...]

    def fits(self, deficiency: int, marks: frozenset[str]) -> bool:
        return self.deficiency == deficiency and self.marks <= marks and not self.without & marks


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
    retest: str = "nothing"
    covers: str = "none"  # deficient | all | none
    puts: str = ""
    partial: bool = False
    withdraws: bool = False
    ticks: bool = True  # modules may be ticked for withdrawal on the same form
    needs: tuple[str, ...] = ()
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
    met_by: str
    met_when: str
    holder: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of the policy that is no deadline of a form: how old an image may be, how long a certificate runs."""

    id: str
    within: Span
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the revision history."""

    date: date
    section: str
    description: str


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
    governs: str
    governs_cites: tuple[str, ...]
    days_cites: tuple[str, ...]
    zone: ZoneInfo
    start: str
    sha256: str
    place: str
    excludes: Mapping[str, tuple[str, ...]]
    changes: tuple[Change, ...]
    area_kinds: tuple[AreaKind, ...]
    facts: Mapping[str, FactKind]
    stages: Mapping[str, Stage]
    windows: tuple[Window, ...]
    offers: tuple[Offer, ...]
    options: Mapping[str, Choice]
    materials: Mapping[str, Paper]
    limits: Mapping[str, Limit]
    clauses: Mapping[str, Clause]

    def cited(self, ids: tuple[str, ...]) -> tuple[Clause, ...]:
        """The clauses in the order cited, each once."""
        return tuple(self.clauses[i] for i in dict.fromkeys(ids))

    def area_kind(self, area: str) -> AreaKind:
        """The kind with the longest prefix that the area's code begins with."""
        fitting = [k for k in self.area_kinds if area == k.prefix or not k.prefix or area.startswith(k.prefix + "/")]
        return max(fitting, key=lambda k: len(k.prefix))

    def rows(self, deficiency: int, marks: frozenset[str]) -> list[Offer]:
        return [o for o in self.offers if o.fits(deficiency, marks)]

    def windows_for(self, standing: Standing) -> list[Window]:
        return [w for w in self.windows if w.fits(standing)]

    @property
    def media(self) -> tuple[str, ...]:
        """The media its windows speak of."""
        return tuple(sorted({m for w in self.windows for m in w.medium}))

    @property
    def marks(self) -> frozenset[str]:
        return frozenset(m for stage in self.stages.values() for move in stage.moves.values() for m in move.marks)

    @property
    def assumptions(self) -> tuple[Clause, ...]:
        return tuple(c for c in self.clauses.values() if c.assumed)

    @property
    def silences(self) -> tuple[Clause, ...]:
        return tuple(c for c in self.clauses.values() if c.silent)
