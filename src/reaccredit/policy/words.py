"""The words in which a question is asked of a policy, and the words in which it answers. Values only: nothing here decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

DEFAULT_AREA = "unit"  # a history that names no areas has this one

ACCEPTABLE = "acceptable"
NOT_ACCEPTABLE = "not-acceptable"
WITHDRAWN = "withdrawn"
UNTESTED = "untested"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to a case. `kind` is one of the policy's fact kinds; `about` may name medium, areas, withdraw."""

    at: datetime
    kind: str
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands after some facts. Everything here follows from the history alone."""

    stage: str
    deficiency: int = 0
    marks: frozenset[str] = frozenset()
    retest: str = ""
    chosen: tuple[str, ...] = ()  # the options chosen since the last report, as far as they still bind
    medium: str = "upload"
    areas: tuple[tuple[str, str], ...] = ()  # area -> its outcome, or the word of what is being done with it
    play: str = UNTESTED  # the word that marks the areas now under test or appeal
    times: tuple[tuple[str, datetime], ...] = ()  # first hearing of each fact since the last report
    entered: datetime | None = None  # when the case came to its stage
    revision: date | None = None
    lapsed: tuple[str, datetime, tuple[str, ...]] | None = None  # stage left by the clock, its due date, its clauses

    def heard(self, kind: str) -> datetime | None:
        return next((at for name, at in self.times if name == kind), None)

    def having(self, outcome: str) -> tuple[str, ...]:
        """The areas with this outcome, in their order."""
        return tuple(area for area, word in self.areas if word == outcome)

    @property
    def deficient(self) -> tuple[str, ...]:
        return self.having(NOT_ACCEPTABLE)


@dataclass(frozen=True, slots=True)
class Clause:
    """One addressable sentence of a revision: where it stands, or that it is assumed, or that the text is silent."""

    id: str
    says: str
    at: str = ""
    assumed: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Because:
    """Why an answer is what it is: the clauses, the revision they belong to, the facts and their arithmetic, and a sentence."""

    clauses: tuple[Clause, ...]
    revision: date
    facts: tuple[str, ...]
    sentence: str

    def __str__(self) -> str:
        cited = ", ".join(c.id for c in self.clauses)
        return f"{self.sentence} [{cited}; revision {self.revision}]"


@dataclass(frozen=True, slots=True)
class Material:
    """Something a facility hands in: who signs it for these areas, and whether it may hold protected health information."""

    id: str
    title: str
    signers: tuple[tuple[str, str], ...] = ()  # (area kind or "", role)
    phi: str = ""  # "forbidden", "allowed" or "" where the policy does not say


@dataclass(frozen=True, slots=True)
class Term:
    """A wait that ends: from when it can be met, until when (exclusive), and the last whole day of it."""

    opens: datetime | None
    due: datetime | None
    because: Because


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that may be made now."""

    id: str
    title: str
    summary: str
    opens: datetime | None
    due: datetime | None
    needs: tuple[str, ...]
    materials: tuple[Material, ...]
    may_add: tuple[str, ...]
    provided: tuple[str, ...]
    then: tuple[str, ...]
    retest: str
    areas: tuple[str, ...]
    partial: bool
    withdraws: bool  # choosing it withdraws the areas it names
    because: Because
    next_if_failed: tuple[str, ...] = ()  # options after one more deficiency


@dataclass(frozen=True, slots=True)
class Duty:
    """A material still owed for what was chosen."""

    material: Material
    met_at: datetime | None
    met_by: str
    holder: str
    because: Because

    @property
    def met(self) -> bool:
        return self.met_at is not None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not. `kind` keeps "not offered in this standing" apart from "offered, but not now" and from a faulty fact."""

    kind: str  # not-offered | too-early | not-viewed | too-late | not-now | unknown | out-of-order | malformed | areas | ended
    because: Because
    what_helps: str = ""

    @property
    def sentence(self) -> str:
        return self.because.sentence


@dataclass(frozen=True, slots=True)
class Admitted:
    """The fact fits: this is where the case would stand after it, and the clauses that let it happen."""

    standing: Standing
    because: Because


@dataclass(frozen=True, slots=True)
class Step:
    """One fact of a history (or a move of the clock) and what let it happen."""

    fact: Fact
    standing: Standing
    because: Because


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is needed to give the same answer again, byte for byte."""

    engine: str
    schema: int
    policy: str
    revision: date
    sha256: str
    facts: int
    last_fact: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a policy about a case at an instant."""

    at: datetime
    standing: Standing
    stage_title: str
    holder: str  # whose turn it is; "" when nobody has to act
    ended: bool
    term: Term | None  # by when the holder acts, as far as the policy says
    options: tuple[Option, ...]
    refused: Mapping[str, Refusal]
    duties: tuple[Duty, ...]
    silences: tuple[Clause, ...]  # what the policy does not say about where the case stands
    steps: tuple[Step, ...]
    receipt: Receipt

    def option(self, name: str) -> Option | None:
        return next((o for o in self.options if o.id == name), None)

    def why(self, name: str) -> Because:
        """Why this option is open, or why it is not. KeyError for a word that is no option of the revision."""
        offered = self.option(name)
        return offered.because if offered else self.refused[name].because

    def owes(self, material: str) -> bool:
        return any(d.material.id == material and not d.met for d in self.duties)


class Malformed(ValueError):
    """A policy file that cannot be used: says which file and key, what was expected, and the nearest known word."""


class Inadmissible(ValueError):
    """A history that cannot have happened under the policy: which fact (its index), and why."""

    def __init__(self, index: int, refusal: Refusal) -> None:
        super().__init__(f"fact {index}: {refusal.sentence}")
        self.index = index
        self.refusal = refusal


class NotGoverned(LookupError):
    """No revision is in force on that day, or the programme is expressly left to another policy."""

    def __init__(self, sentence: str, clause: Clause | None = None) -> None:
        super().__init__(sentence)
        self.clause = clause
