"""The words in which a question is asked of a policy, and the words in which it answers. Values only: nothing here decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to a case. `kind` is one of the policy's fact kinds; `about` may name medium, areas, withdraw."""

    at: datetime
    kind: str
    about: Mapping[str, Any] = field(default_factory=dict)


class Standing:
    """Where a case stands after some facts. Everything here follows from the history alone. Read it; the engine makes new ones.

    counters: counter -> how often · marks: words remembered in this round · traits, dates: what facts told ·
    areas: area -> its outcome, or the word of what is being done with it · play: the word of the areas now under test ·
    chosen: the options chosen in this round that still bind · times: when each fact counts as heard in this round ·
    begun: has a round begun? · entered: when the case came to its stage · lapsed: (stage left by the clock, its due date, its clauses) ·
    passed: when the first area passed · owed: materials that a move laid on somebody ·
    outcome, decided, effective, expires: the decision in force, and the first and last day that it gives ·
    revision: the revision that governs, set by `Policy`.
    """

    __slots__ = (
        "areas", "begun", "chosen", "counters", "dates", "decided", "effective", "entered", "expires", "failed", "lapsed", "marks", "outcome",
        "owed", "passed", "play", "retest", "revision", "stage", "times", "timing", "traits",
    )  # fmt: skip

    stage: str
    counters: Mapping[str, int]
    marks: frozenset[str]
    traits: Mapping[str, str]
    dates: Mapping[str, datetime]
    areas: Mapping[str, str]
    play: str
    failed: str  # the word of an area found wanting
    begun: bool
    chosen: tuple[str, ...]
    retest: str
    owed: tuple[str, ...]
    passed: datetime | None
    times: Mapping[str, datetime]
    entered: datetime | None
    lapsed: tuple[str, datetime, tuple[str, ...]] | None
    outcome: str
    decided: datetime | None
    effective: date | None
    expires: date | None
    revision: date | None
    timing: Any  # the dates of the form, once they were asked for

    def __init__(self, stage: str, failed: str = "", play: str = "") -> None:
        self.stage, self.failed, self.play = stage, failed, play
        self.counters, self.traits, self.dates, self.areas, self.times = {}, {}, {}, {}, {}
        self.begun = False
        self.marks, self.chosen, self.owed, self.retest, self.outcome = frozenset(), (), (), "", ""
        self.entered = self.passed = self.lapsed = self.decided = self.effective = self.expires = self.revision = (
            self.timing
        ) = None

    def copy(self) -> Standing:
        """Another with the same values, to be changed by replacing them: the mappings are shared."""
        new = Standing.__new__(Standing)
        new.stage, new.failed, new.play, new.retest, new.outcome = (
            self.stage,
            self.failed,
            self.play,
            self.retest,
            self.outcome,
        )
        new.counters, new.traits, new.dates, new.areas, new.times = (
            self.counters,
            self.traits,
            self.dates,
            self.areas,
            self.times,
        )
        new.marks, new.chosen, new.entered, new.lapsed = self.marks, self.chosen, self.entered, self.lapsed
        new.begun, new.owed, new.passed = self.begun, self.owed, self.passed
        new.decided, new.effective, new.expires, new.revision = (
            self.decided,
            self.effective,
            self.expires,
            self.revision,
        )
        new.timing = None
        return new

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Standing):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__ if name != "timing")

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        said = ", ".join(
            f"{name}={getattr(self, name)!r}" for name in self.__slots__ if name != "timing" and getattr(self, name)
        )
        return f"Standing({said})"

    def count(self, counter: str) -> int:
        return self.counters.get(counter, 0)

    def trait(self, name: str) -> str:
        return self.traits.get(name, "")

    def heard(self, kind: str) -> datetime | None:
        return self.times.get(kind)

    def having(self, outcome: str) -> tuple[str, ...]:
        """The areas with this outcome, in their order."""
        return tuple(area for area, word in self.areas.items() if word == outcome)

    @property
    def deficient(self) -> tuple[str, ...]:
        return self.having(self.failed)


@dataclass(frozen=True, slots=True)
class Clause:
    """One addressable sentence of a revision: where it stands, or that it is assumed, or that the text is silent."""

    id: str
    says: str
    at: str = ""
    assumed: bool = False
    silent: bool = False
    force: str = "requirement"  # or "recommendation"


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
    fee: str = ""


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
    due: datetime | None = None

    @property
    def met(self) -> bool:
        return self.met_at is not None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not. `kind` keeps "not offered in this standing" apart from "offered, but not now" and from a faulty fact."""

    kind: str  # not-offered | too-early | waiting | too-late | not-now | excluded | unknown | out-of-order | malformed | areas | ended
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
