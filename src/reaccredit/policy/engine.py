"""A policy: all revisions of one programme, and the questions asked of it: decide, why, admit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from reaccredit.policy import refusing
from reaccredit.policy.answering import Decision
from reaccredit.policy.given import Limit
from reaccredit.policy.reading import read_file, read_sums
from reaccredit.policy.revision import Revision
from reaccredit.policy.running import Run
from reaccredit.policy.tracing import Steps
from reaccredit.policy.words import Admitted, Because, Fact, Inadmissible, Malformed, NotGoverned, Refusal, Standing

SUMS = "SHA256SUMS"


class Policy:
    """Every revision of a programme, in force one after the other."""

    def __init__(self, revisions: Iterable[Revision]) -> None:
        self.revisions = tuple(sorted(revisions, key=lambda r: r.in_force))
        if not self.revisions:
            raise Malformed("a policy needs at least one revision")
        self._starts = [r.in_force for r in self.revisions]
        self._ends = [_end(r, then) for r, then in zip(self.revisions, [*self.revisions[1:], None], strict=True)]
        self._check_order()
        self.name = self.revisions[0].policy
        self.zone = self.revisions[0].zone
        self.kinds = frozenset(k for r in self.revisions for k in (*r.facts, *(f"option.{o}" for o in r.options)))

    @classmethod
    def load(cls, folder: str | Path) -> Policy:
        """Every `<date>.toml` of a folder; a file that `SHA256SUMS` names must be the one it names. Raises `Malformed`."""
        found = [read_file(path) for path in sorted(Path(folder).glob("*.toml")) if path.name.count(".") == 1]
        pinned = read_sums(Path(folder) / SUMS)
        for r in found:
            if pinned.get(r.place, r.sha256) != r.sha256:
                raise Malformed(
                    f"{r.place}: was changed after it was published ({SUMS} names another hash); write a new revision"
                )
        if lost := {name for name in pinned if name.count(".") == 1} - {r.place for r in found}:
            raise Malformed(f"{sorted(lost)[0]}: is published ({SUMS} names it) and is not there")
        return cls(found)

    def _check_order(self) -> None:
        for r in self.revisions:
            if r.published > r.in_force:
                raise Malformed(f"{r.place}: in force ({r.in_force}) before it was published ({r.published})")
            if r.policy != self.revisions[0].policy:
                raise Malformed(f"{r.place}: 'policy' is {r.policy!r}, its neighbours say {self.revisions[0].policy!r}")
        for before, after in zip(self.revisions, self.revisions[1:], strict=False):
            _check_neighbours(before, after)

    def __getitem__(self, revision: str) -> Revision:
        """A revision by its date, "2021-03-08"."""
        for r in self.revisions:
            if r.revision.isoformat() == revision:
                return r
        raise KeyError(
            f"{self.name} has no revision {revision}; it has {', '.join(str(r.revision) for r in self.revisions)}"
        )

    @property
    def latest(self) -> Revision:
        return self.revisions[-1]

    def on(self, day: date) -> Revision:
        """The revision in force on a day. Raises `NotGoverned` where there is none: never a silent None."""
        place = bisect_right(self._starts, day)
        if not place:
            raise NotGoverned(
                f"No revision of {self.name} is in force on {day}; the first is in force from {self._starts[0]}."
            )
        found = self.revisions[place - 1]
        if found.ended and day > found.ended:
            raise NotGoverned(
                f"No revision of {self.name} is in force on {day}; revision {found.revision} ended {found.ended}."
            )
        return found

    def at(self, instant: datetime) -> Revision:
        return self.on(instant.astimezone(self.zone).date())

    def limit(self, name: str, on: date) -> tuple[Limit, Because]:
        """A value of the policy in force on a day, with its clauses. KeyError where the revision states none."""
        rev = self.on(on)
        found = rev.limits[name]
        said = found.within if found.within is not None else found.number
        return found, refusing.because(rev, found.cites, f"{said} (revision {rev.revision}).")

    def under(self, revision: Revision) -> Policy:
        """The same programme as if this revision alone were in force, whenever it was written: for what-if questions."""
        return Policy([replace(revision, in_force=date.min, published=date.min, ended=None)])

    # -- the questions
    def decide(self, history: Iterable[Fact], at: datetime) -> Decision:
        """Where the case stands at `at`, and what may be done. Raises `Inadmissible` naming the first fact that does not fit."""
        facts = _zoned(history if isinstance(history, list | tuple) else list(history))
        _check_zone(at)
        if facts and facts[-1].at > at:
            raise Inadmissible(next(i for i, f in enumerate(facts) if f.at > at), self._in_the_future(at))
        run, first = self._begun(facts[0].at if facts else at, bool(facts))
        run.fold(facts)
        return self._decided(run, first, facts, at)

    def sift(self, history: Iterable[Fact], at: datetime) -> tuple[Decision, dict[int, Refusal]]:
        """The case as if the facts that do not fit had never been told, and why each of them, by its index, does not fit."""
        facts = _zoned(list(history))
        _check_zone(at)
        refused = {i: self._in_the_future(at) for i, fact in enumerate(facts) if fact.at > at}
        places = [i for i in range(len(facts)) if i not in refused]
        told = [facts[i] for i in places]
        run, first = self._begun(told[0].at if told else at, bool(told))
        taken, start = list[Fact](), 0
        while start < len(told):
            try:
                run.fold(told, start)
                taken += told[start:]
                break
            except Inadmissible as no:
                taken += told[start : no.index]
                refused[places[no.index]], start = no.refusal, no.index + 1
            if start < len(told) and (not taken or told[start].at < told[start - 1].at):
                # The case begins with the first fact that fits, and the clock has not come to one that does not.
                run, first = self._begun((taken or told[start:])[0].at, True)
                run.fold(taken)
        return self._decided(run, first, taken, at), dict(sorted(refused.items()))

    def admit(self, history: Iterable[Fact], fact: Fact, known_at: datetime | None = None) -> Admitted | Refusal:
        """May this fact be added? A fact entered late takes its place by its time; what came after it must still fit."""
        before = _zoned(list(history))
        _zoned([fact])
        if known_at and fact.at > known_at:
            said = "It lies in the future: a fact is recorded once it has happened."
            return Refusal("out-of-order", refusing.because(self.at(known_at), (), said))
        place = bisect_right([f.at for f in before], fact.at)
        facts = [*before[:place], fact, *before[place:]]
        try:
            run, first = self._begun(facts[0].at, True)
            run.fold(facts)
        except Inadmissible as no:
            if no.index == place:
                return no.refusal
            said = f"It cannot be entered with this time: what is recorded after it would no longer fit. {no.refusal.sentence}"
            return replace(no.refusal, because=replace(no.refusal.because, sentence=said))
        except NotGoverned as no:
            return Refusal("not-offered", Because((), self.latest.revision, (), str(no)))
        steps = Steps(facts, run.traces, first)
        mine = steps[steps.place(fact)]
        return Admitted(mine.standing, mine.because)

    def _begun(self, at: datetime, happened: bool) -> tuple[Run, Standing]:
        """Before the first fact, which happened at this instant, if there is one."""
        run = Run(self.at(at), self.kinds, self._governing, self._ahead)
        run.begin(at if happened else None)
        return run, run.standing()

    def _decided(self, run: Run, first: Standing, facts: Sequence[Fact], at: datetime) -> Decision:
        if run.shape.ticks and run.shape.may_tick(run.dates.times, at):
            run.tick(at)
        return Decision(self.name, run.rev, run.standing(), Steps(facts, run.traces, first), at)

    def _in_the_future(self, at: datetime) -> Refusal:
        rev = self.at(at) if at.astimezone(self.zone).date() >= self._starts[0] else self.revisions[0]
        said = "The fact lies in the future of the instant asked about."
        return Refusal("out-of-order", refusing.because(rev, (), said))

    def _ahead(self, rev: Revision) -> datetime:
        """The first instant of the days after this revision: another is in force then, or none."""
        return self._ends[self.revisions.index(rev)]

    def _governing(self, rev: Revision, s: Standing, fact: Fact) -> tuple[Revision, Standing, bool]:
        """Which revision rules this fact: the one in force at the start of the case, of the round, at a named fact, or at the act.

        And whether that was a question: whether another could rule it on another day.
        """
        if len(self.revisions) == 1 or not _asks_anew(rev, s, fact):
            return rev, s, False
        new = self.at(fact.at)
        if new is rev:
            return rev, s, True
        if s.stage not in new.stages:  # a decision under a newer revision, made where only the older one had a stage
            s = s.copy()
            s.stage = new.start
        return new, s, True


def _end(rev: Revision, then: Revision | None) -> datetime:
    """The first instant at which the revision is no longer the one in force."""
    days = [then.in_force] if then else []
    days += [rev.ended + timedelta(days=1)] if rev.ended else []
    return rev.days.begin_of(min(days)) if days else datetime.max.replace(tzinfo=UTC)


def _zoned(facts: Sequence[Fact]) -> Sequence[Fact]:
    for index, fact in enumerate(facts):
        if fact.at.tzinfo is None:
            raise ValueError(f"fact {index}: its time has no zone")
    return facts


def _check_zone(at: datetime) -> None:
    if at.tzinfo is None:
        raise ValueError("the instant asked about has no zone")


def _asks_anew(rev: Revision, s: Standing, fact: Fact) -> bool:
    if rev.governs == "act":
        return True
    if rev.governs == "fact":
        return fact.kind == rev.governs_fact
    if rev.governs == "round":
        rows = rev.stages[s.stage].moves.get(fact.kind)
        return not s.begun or bool(rows and any(m.new_round for m in rows))
    return False


def _check_neighbours(before: Revision, after: Revision) -> None:
    if before.in_force == after.in_force:
        raise Malformed(f"{after.place}: two revisions in force from one day, {after.in_force}")
    if before.ended and before.ended >= after.in_force:
        raise Malformed(f"{before.place}: ends {before.ended}, after {after.place} has begun")
    for stage, kind in _rounds(before) if after.governs == "round" else ():
        there = after.stages.get(stage) or after.stages[after.start]
        if kind.partition("/")[0] not in {name.partition("/")[0] for name in there.moves}:
            where = "its first stage" if there.id != stage else f"its stage {stage!r}"
            raise Malformed(f"{after.place}: {where} does not know {kind!r}, which begins a round in {before.place}")


def _rounds(rev: Revision) -> list[tuple[str, str]]:
    """At which stage which fact begins a round."""
    return [
        (s.id, kind) for s in rev.stages.values() for kind, rows in s.moves.items() if any(m.new_round for m in rows)
    ]
