"""A case's own way through its policy: the stages it has come by, and where it may go from here, each with its dates."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from reaccredit.policy import refusing
from reaccredit.policy.answering import Decision
from reaccredit.policy.conditions import holds
from reaccredit.policy.counting import last_day
from reaccredit.policy.revision import Choice, Move, Revision
from reaccredit.policy.tracing import CLOCK

SOON = frozenset({"too-early", "waiting"})  # not yet: it may still be chosen


@dataclass(frozen=True, slots=True)
class Stop:
    """A stage that the case came to, when, and by which fact. `by` is blank where the case began."""

    stage: str
    title: str
    at: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """A way on: to which stages it may lead, and until when it is open ("opens 3 Apr 2021", "through 18 Apr 2021")."""

    title: str
    to: tuple[str, ...]
    dated: str

    def __str__(self) -> str:
        return f"{self.title}: {self.dated}" if self.dated else self.title


@dataclass(frozen=True, slots=True)
class Way:
    stops: tuple[Stop, ...]
    ahead: tuple[Ahead, ...]

    @property
    def edges(self) -> frozenset[tuple[str, str]]:
        return frozenset((a.stage, b.stage) for a, b in zip(self.stops, self.stops[1:], strict=False))

    @property
    def stages(self) -> frozenset[str]:
        return frozenset(stop.stage for stop in self.stops)

    @property
    def here(self) -> str:
        return self.stops[-1].stage


def way(decision: Decision, barred: Collection[str] = ()) -> Way:
    """What a decision says of the way so far and of the ways on. `barred`: options that something beside the policy closes."""
    rev = decision.rev
    return Way(
        tuple(_stops(decision)),
        () if decision.ended else (*_options(decision, barred), *_moves(decision), *_clock(rev, decision)),
    )


def _stops(decision: Decision) -> list[Stop]:
    rev = decision.rev
    found = [Stop(rev.start, rev.stages[rev.start].title, None, "")]
    for step in decision.steps:
        stage = step.standing.stage
        if stage != found[-1].stage:
            by = "The time ran out" if step.fact.kind == CLOCK else rev.title_of(step.fact.kind)
            title = rev.stages[stage].title if stage in rev.stages else stage  # of an earlier revision
            found.append(Stop(stage, title, step.fact.at, by))
    return found


def targets(move: Move | Choice) -> tuple[str, ...]:
    """Every stage that something may lead to."""
    over = move.over.to if move.over else ""
    return tuple(dict.fromkeys(t for t in (move.to, move.settled_to, move.emptied_to, over) if t))


def _options(d: Decision, barred: Collection[str]) -> list[Ahead]:
    rev, s = d.rev, d.standing
    rows = refusing.rows(rev, s, d.at) if rev.stages[s.stage].asks else []
    found = []
    for name in rows[0].options if rows else ():
        if name in barred:
            continue
        choice, no, option = rev.options[name], d.refused.get(name), d.option(name)
        if option or (no and no.kind in SOON):
            due = option.due if option else None
            opens = d.term.opens if no and d.term else None
            dated = (
                _through(rev, due) if due else f"opens {_day(rev, opens)}" if opens else "not open yet" if no else ""
            )
            found.append(Ahead(choice.title, targets(choice), dated))
    return found


def _moves(d: Decision) -> list[Ahead]:
    """What whoever has the turn may do to move the case on."""
    rev, here = d.rev, d.standing.stage
    due = d.term.due if d.term else None
    found = []
    for kind, rows in rev.stages[here].moves.items():
        known = rev.facts.get(kind)
        to = tuple(t for m in rows if holds(rev, m.when, d.standing, d.at) for t in targets(m) if t != here)
        if to and known and known.by == d.holder:
            found.append(Ahead(known.title, to, _through(rev, due) if due else ""))
    return found


def _clock(rev: Revision, d: Decision) -> list[Ahead]:
    """Where the clock leads when nobody acts."""
    due = d.term.due if d.term else None
    rows = [m for m in rev.stages[d.standing.stage].overdues if m.to and holds(rev, m.when, d.standing, d.at)]
    return [Ahead("If nobody acts", targets(m), f"after {_day(rev, last_day(due, rev.zone))}") for m in rows if due]


def _through(rev: Revision, due: datetime) -> str:
    return f"through {_day(rev, last_day(due, rev.zone))}"


def _day(rev: Revision, at: datetime | object) -> str:
    day = at.astimezone(rev.zone).date() if isinstance(at, datetime) else at
    return f"{day.day} {day:%b %Y}"  # type: ignore[attr-defined]
