"""The shortest way to each standing in which a policy asks somebody to choose: the policy's own walk, with what was told held fast.

What a fact may tell (a medium, a day that another authority sets) is asked of the person and not tried here, and there is one area: so
the walk is small enough to be made while somebody waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from reaccredit.policy import Fact
from reaccredit.policy.exploring import Edge, Walker
from reaccredit.policy.happening import Happenings
from reaccredit.policy.refusing import rows
from reaccredit.policy.relevance import Relevance
from reaccredit.policy.revision import Move, Revision
from reaccredit.policy.words import Standing

MOST = 8_000  # standings looked at; a policy that has more is asked about those that are reached soonest
Told = tuple[tuple[str, str], ...]  # trait -> what was told


@dataclass(frozen=True, slots=True)
class Way:
    """A standing in which something is asked, and what has led there."""

    standing: Standing
    at: datetime
    path: tuple[Fact, ...]
    begins: int  # the place in the path of the fact that began the round
    marking: tuple[Fact, ...]  # what has left a mark since
    relevance: Relevance


class _Telling(Happenings):
    """What may happen, as far as the person does not tell it: a trait has the told word, and there is one area."""

    def __init__(self, rev: Revision, relevance: Relevance, told: Told, aloud: bool) -> None:
        super().__init__(rev, relevance)
        self.fixed, self.aloud = dict(told), aloud

    def at(self, s: Standing, now: datetime) -> Iterator[Fact]:
        seen: list[tuple[str, dict[str, object]]] = []
        for fact in super().at(s, now):
            about = {
                k: self.fixed.get(k, v) if k in self.rev.traits else v for k, v in fact.about.items() if k != "areas"
            }
            about = {k: v for k, v in about.items() if v != ""}
            if (fact.kind, about) not in seen and (self.aloud or not self._only_tells(s, fact.kind)):
                seen.append((fact.kind, about))
                yield Fact(fact.at, fact.kind, about)

    def _only_tells(self, s: Standing, kind: str) -> bool:
        """It leads nowhere from here and no clock reads it: it only says what the person is asked for anyway."""
        if kind not in self.rev.tellers or kind in self.relevance.names:
            return False
        return not any(name.partition("/")[0] == kind for name in self.rev.stages[s.stage].moves)


def ways(rev: Revision, told: Told) -> Iterator[Way]:
    """Every standing in which something may be chosen, those that are reached soonest first."""
    found = list(_ways(rev, told, aloud=False))
    return iter(found or _ways(rev, told, aloud=True))


def _ways(rev: Revision, told: Told, *, aloud: bool) -> Iterator[Way]:
    walker = Walker(rev)
    walker.happenings = _Telling(rev, walker.relevance, told, aloud)
    out = walker.explore(MOST)
    most = walker.relevance.most
    for key, (standing, at) in out.nodes.items():
        past = any(n > most.get(name, n) for name, n in standing.counters.items())
        if rev.stages[standing.stage].asks and not past and any(row.options for row in rows(rev, standing, at)):
            edges = out.path(key)
            before = [out.nodes[edge.before][0] for edge in edges]
            yield _way(rev, standing, at, list(zip(edges, before, strict=True)), walker.relevance)


def _way(
    rev: Revision, standing: Standing, at: datetime, steps: list[tuple[Edge, Standing]], relevance: Relevance
) -> Way:
    path, begins, entered = list[Fact](), -1, -1
    marking: list[Fact] = []
    after = [*(before for _, before in steps[1:]), standing]
    for (edge, before), then in zip(steps, after, strict=True):
        if not edge.clock:
            path.append(edge.fact)
        if not edge.clock and _begins(rev, before, edge.fact):
            begins, marking = len(path) - 1, []
        elif not edge.clock and then.marks - before.marks:
            marking.append(edge.fact)
        if entered < 0 and rev.stages[then.stage].asks:
            entered = max(len(path) - 1, 0)
    return Way(standing, at, tuple(path), begins if begins >= 0 else entered, tuple(marking), relevance)


def _begins(rev: Revision, before: Standing, fact: Fact) -> bool:
    """A new round, or a decision: what the person asks about."""
    return any(m.new_round or m.decides or (m.to and rev.stages[m.to].decides) for m in moves(rev, before.stage, fact))


def moves(rev: Revision, stage: str, fact: Fact) -> tuple[Move, ...]:
    found = rev.stages[stage].moves
    return tuple(m for name in names(rev, fact) for m in found.get(name, ()))


def names(rev: Revision, fact: Fact) -> tuple[str, ...]:
    """What a rule may call this fact: by its kind, and by what tells it apart."""
    known = rev.facts.get(fact.kind)
    told = fact.about.get(known.tells) if known and known.tells else None
    return (f"{fact.kind}/{told}", fact.kind) if told else (fact.kind,)
