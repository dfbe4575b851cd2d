"""A policy: all revisions of one programme, and the three questions asked of it: decide, why, admit."""

from __future__ import annotations

import difflib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from reaccredit.policy import answering, folding, refusing
from reaccredit.policy.reading import read_file, read_sums
from reaccredit.policy.revision import Limit, Revision
from reaccredit.policy.words import (
    Admitted,
    Because,
    Decision,
    Fact,
    Inadmissible,
    Malformed,
    NotGoverned,
    Refusal,
    Standing,
    Step,
)

CLOCK = "clock"
SUMS = "SHA256SUMS"


class Policy:
    """Every revision of a programme, in force one after the other."""

    def __init__(self, revisions: Iterable[Revision]) -> None:
        self.revisions = tuple(sorted(revisions, key=lambda r: r.in_force))
        if not self.revisions:
            raise Malformed("a policy needs at least one revision")
        self._starts = [r.in_force for r in self.revisions]
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
        if lost := pinned.keys() - {r.place for r in found}:
            raise Malformed(f"{sorted(lost)[0]}: is published ({SUMS} names it) and is not there")
        return cls(found)

    def _check_order(self) -> None:
        for r in self.revisions:
            if r.published > r.in_force:
                raise Malformed(f"{r.place}: in force ({r.in_force}) before it was published ({r.published})")
            if r.policy != self.revisions[0].policy:
                raise Malformed(f"{r.place}: 'policy' is {r.policy!r}, its neighbours say {self.revisions[0].policy!r}")
        for before, after in zip(self.revisions, self.revisions[1:], strict=False):
            if before.in_force == after.in_force:
                raise Malformed(f"{after.place}: two revisions in force from one day, {after.in_force}")
            if before.ended and before.ended >= after.in_force:
                raise Malformed(f"{before.place}: ends {before.ended}, after {after.place} has begun")
            counting = {kind for s in before.stages.values() for kind, m in s.moves.items() if m.counts}
            if lost := counting - after.stages[after.start].moves.keys():
                raise Malformed(
                    f"{after.place}: its first stage does not know {sorted(lost)[0]!r}, which begins a round in {before.place}"
                )

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
        """A number of the policy in force on a day, with its clauses. KeyError where the revision states none."""
        rev = self.on(on)
        found = rev.limits[name]
        return found, refusing.because(rev, found.cites, f"{found.within} (revision {rev.revision}).")

    # -- the questions
    def decide(self, history: Iterable[Fact], at: datetime) -> Decision:
        """Where the case stands at `at`, and what may be done. Raises `Inadmissible` naming the first fact that does not fit."""
        facts = _aware(list(history))
        rev, standing, steps = self._fold(facts, at)
        if facts and facts[-1].at > at:
            late = next(i for i, f in enumerate(facts) if f.at > at)
            raise Inadmissible(
                late,
                Refusal(
                    "out-of-order", refusing.because(rev, (), "The fact lies in the future of the instant asked about.")
                ),
            )
        for moved in folding.clock(rev, standing, at):
            assert moved.standing.lapsed
            due = moved.standing.lapsed[1]
            steps.append(self._step(rev, Fact(due, CLOCK), moved))
            standing = moved.standing
        return answering.answer(self.name, rev, standing, steps, facts, at)

    def admit(self, history: Iterable[Fact], fact: Fact, known_at: datetime | None = None) -> Admitted | Refusal:
        """May this fact be added? A fact entered late takes its place by its time; what came after it must still fit."""
        before = _aware(list(history))
        if known_at and fact.at > known_at:
            rev = self.at(known_at)
            return Refusal(
                "out-of-order",
                refusing.because(rev, (), "It lies in the future: a fact is recorded once it has happened."),
            )
        place = bisect_right([f.at for f in before], fact.at)
        facts = [*before[:place], fact, *before[place:]]
        try:
            _, standing, steps = self._fold(_aware(facts), facts[-1].at)
        except Inadmissible as no:
            if no.index == place:
                return no.refusal
            said = f"It cannot be entered with this time: what is recorded after it would no longer fit. {no.refusal.sentence}"
            return replace(no.refusal, because=replace(no.refusal.because, sentence=said))
        except NotGoverned as no:
            return Refusal("not-offered", Because((), self.latest.revision, (), str(no)))
        mine = next(s for s in steps if s.fact is fact)
        return Admitted(standing, mine.because)

    def _fold(self, facts: Sequence[Fact], at: datetime) -> tuple[Revision, Standing, list[Step]]:
        rev = self.at(facts[0].at if facts else at)
        standing, steps = folding.begin(rev), list[Step]()
        for index, fact in enumerate(facts):
            if index and fact.at < facts[index - 1].at:
                raise Inadmissible(
                    index,
                    Refusal(
                        "out-of-order", refusing.because(rev, (), "It happened before the fact that stands before it.")
                    ),
                )
            for moved in folding.clock(rev, standing, fact.at):
                assert moved.standing.lapsed
                steps.append(self._step(rev, Fact(moved.standing.lapsed[1], CLOCK), moved))
                standing = moved.standing
            rev = self._governing(rev, standing, fact)
            if (
                standing.stage not in rev.stages
            ):  # a report under a newer revision, issued where only the older one had a stage
                standing = replace(standing, stage=rev.start)
            if fact.kind not in self.kinds:
                close = difflib.get_close_matches(fact.kind, self.kinds, 1, 0.5)
                raise Inadmissible(index, refusing.unknown(rev, fact, f"; did you mean {close[0]!r}?" if close else ""))
            result = folding.step(rev, standing, fact)
            if isinstance(result, Refusal):
                raise Inadmissible(index, result)
            standing = replace(result.standing, revision=rev.revision)
            steps.append(self._step(rev, fact, folding.Moved(standing, result.cites)))
        return rev, standing, steps

    def _governing(self, rev: Revision, standing: Standing, fact: Fact) -> Revision:
        """Which revision rules this fact: the one in force at the report, at the start of the case, or at the act."""
        move = rev.stages[standing.stage].moves.get(fact.kind)
        if rev.governs == "act" or (rev.governs == "report" and (standing.deficiency == 0 or (move and move.counts))):
            return self.at(fact.at)
        return rev

    def _step(self, rev: Revision, fact: Fact, moved: folding.Moved) -> Step:
        sentence = "The time ran out." if fact.kind == CLOCK else refusing.title_of(rev, fact.kind) + "."
        return Step(fact, moved.standing, refusing.because(rev, moved.cites, sentence))


def _aware(facts: list[Fact]) -> list[Fact]:
    for index, fact in enumerate(facts):
        if fact.at.tzinfo is None:
            raise ValueError(f"fact {index}: its time has no zone")
    return facts
