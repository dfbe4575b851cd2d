"""A history through the fold: by what is remembered of its shapes where that holds, else fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice

from reaccredit.policy import folding, refusing
from reaccredit.policy.dates import Dates
from reaccredit.policy.revision import Revision
from reaccredit.policy.shapes import Shape, shapes
from reaccredit.policy.tracing import CLOCK, Told, Trace
from reaccredit.policy.words import Fact, Inadmissible, Refusal, Standing

Governs = Callable[[Revision, Standing, Fact], tuple[Revision, Standing, bool]]


class Run:
    """Where a history stands while it is folded. `until`: from then on another revision is in force."""

    __slots__ = ("ahead", "before", "dates", "govern", "kinds", "known", "rev", "shape", "traces", "until")

    def __init__(
        self, rev: Revision, kinds: frozenset[str], govern: Governs, ahead: Callable[[Revision], datetime]
    ) -> None:
        self.kinds, self.govern, self.ahead = kinds, govern, ahead
        self.traces: list[Trace] = []
        self.before: datetime | None = None
        self._under(rev)

    def _under(self, rev: Revision) -> None:
        self.rev, self.known, self.until = rev, shapes(rev), self.ahead(rev)

    def begin(self, entered: datetime | None) -> None:
        s = folding.begin(self.rev)
        # An instant of its own: which dates a fact sets is read off by their identity.
        s.revision, s.entered = self.rev.revision, entered and entered.replace()
        self._stand(s)

    def _stand(self, s: Standing) -> None:
        self.shape, self.dates = self.known.of(s), Dates(s)

    def standing(self) -> Standing:
        return self.shape.dated(self.dates, self.rev.revision)

    def fold(self, facts: Sequence[Fact], start: int = 0) -> None:
        """The facts from `start` on. Raises `Inadmissible` with the index of the first that does not fit; it may go on behind that one."""
        before, add = self.before or (facts[start].at if facts else None), self.traces.append
        for index, fact in enumerate(islice(facts, start, None), start):
            now, kind, shape = fact.at, fact.kind, self.shape
            if now < before:  # type: ignore[operator]
                self.before = before
                said = "It happened before the fact that stands before it."
                raise Inadmissible(index, Refusal("out-of-order", refusing.because(self.rev, (), said)))
            if shape.ticks and shape.may_tick(self.dates.times, now):
                shape = self.tick(now)
            key = self.known.key(fact) if fact.about else kind
            edge = shape.edges.get(key)
            if (
                edge is None
                or (edge.anew and now >= self.until)
                or (edge.door and not edge.door.is_open(self.dates, now))
            ):
                self.before = before  # what is refused leaves no trace in the order
                self._step(index, fact, key)
                before = now
                continue
            before = now
            edge.write(self.dates, now)
            self.shape = edge.to
            add((fact, edge))
        self.before = before

    def tick(self, at: datetime) -> Shape:
        """The moves that the clock has made up to `at`, each of them traced."""
        for moved, cites in folding.clock(self.rev, self.standing(), at):
            assert moved.lapsed
            moved.revision = self.rev.revision
            self.traces.append((Fact(moved.lapsed[1], CLOCK), Told(moved, cites, self.rev)))
            self._stand(moved)
        return self.shape

    def _step(self, index: int, fact: Fact, key: object) -> None:
        """A fact that no edge takes: the fold says what it makes of the standing, and what holds of the shape is remembered."""
        shape, rev = self.shape, self.rev
        bar = shape.bars.get(key)
        if bar and not (bar.anew and fact.at >= self.until):
            raise Inadmissible(index, bar.refusal)
        s = self.standing()
        new, at_hand, anew = self.govern(rev, s, fact)
        if fact.kind not in self.kinds:
            raise Inadmissible(index, refusing.unknown(new, fact, self.kinds))
        result = folding.step(new, at_hand, fact)
        if isinstance(result, Refusal):
            if new is rev and key is not None:
                self.known.learn_refusal(shape, key, s, result, anew)
            raise Inadmissible(index, result)
        after, cites = result
        after.revision = new.revision
        if new is not rev:
            self._under(new)
        elif key is not None:
            self.known.learn(shape, key, s, fact, after, cites, anew)
        self.traces.append((fact, Told(after, cites, new)))
        self._stand(after)
