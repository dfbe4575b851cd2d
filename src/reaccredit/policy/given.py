"""What a policy names before it says any rule: facts, areas, counters, traits, dates, what is accredited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reaccredit.policy.spans import Span


@dataclass(frozen=True, slots=True)
class FactKind:
    """A kind of fact: who states it, and the key of `about` whose value tells its instances apart."""

    id: str
    title: str
    by: str
    tells: str = ""
    values: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    renews: bool = False
    lasting: bool = False
    stands_for: str = ""
    table: str = ""

    @property
    def speaks(self) -> bool:
        """It says more than its kind, or must."""
        return bool(self.tells or self.needs or self.table or self.stands_for)


@dataclass(frozen=True, slots=True)
class AreaKind:
    """Areas whose code begins with `prefix` are of this kind; "" is the kind of all others."""

    id: str
    prefix: str
    withdrawable: bool
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AreaWords:
    """The words that areas carry; without [areas] a case is one thing and has none."""

    default: str
    passed: str
    failed: str
    withdrawn: str
    untested: str
    joined_by: tuple[str, ...] = ()  # facts by which areas join a case that runs


@dataclass(frozen=True, slots=True)
class Counter:
    id: str
    title: str
    names: tuple[str, ...]
    limit: int
    cites: tuple[str, ...]
    lasting: bool = False  # counts on in a new round


@dataclass(frozen=True, slots=True)
class Trait:
    """Something told once on which rules depend: a medium, a state, a type of survey."""

    id: str
    title: str
    values: tuple[str, ...]
    default: str
    told_by: tuple[str, ...]
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedDate:
    """A day that somebody else sets, told by a fact: an external certificate's expiry, the first clinical use."""

    id: str
    title: str
    told_by: tuple[str, ...]
    key: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A value that is no deadline of a form: how old an image may be, how many cases are read twice."""

    id: str
    within: Span | None
    number: Decimal | None
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """What is accredited: an organisation, a site, a unit, a module, a scanner."""

    word: str
    title: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the revision history."""

    date: date
    section: str
    description: str
