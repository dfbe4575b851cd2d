"""From a standing to the answer: whose turn it is, by when, which options are open, which are not and why, what is owed.

Each part is worked out when it is asked for: most readers want two or three of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property

from reaccredit.policy import refusing
from reaccredit.policy.accrediting import is_accredited
from reaccredit.policy.conditions import left_said, turning
from reaccredit.policy.counting import moment, through
from reaccredit.policy.folding import awaited
from reaccredit.policy.forms import due_row, form_cites, form_facts, option_term, stage_end, timing
from reaccredit.policy.revision import SCHEMA, Choice, Offer, Paper, Revision
from reaccredit.policy.terms import ending, graced
from reaccredit.policy.tracing import Steps
from reaccredit.policy.words import Because, Clause, Duty, Material, Option, Receipt, Refusal, Standing, Term

ENGINE = "reaccredit-policy/2"
NOT_YET = frozenset({"too-early", "waiting"})  # refusals of what will be open


class Decision:
    """The answer of a policy about a case at an instant. The same question gives the same answer, byte for byte."""

    def __init__(self, policy: str, rev: Revision, standing: Standing, steps: Steps, at: datetime) -> None:
        self.policy, self.rev, self.standing, self.steps, self.at = policy, rev, standing, steps, at

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Decision):
            return NotImplemented
        return (self.receipt, self.standing, list(self.steps)) == (other.receipt, other.standing, list(other.steps))

    __hash__ = None  # type: ignore[assignment]

    @property
    def stage_title(self) -> str:
        return self.rev.stages[self.standing.stage].title

    @property
    def ended(self) -> bool:
        return self.rev.stages[self.standing.stage].ends

    @cached_property
    def holder(self) -> str:
        """Whose turn it is; "" when nobody has to act. While a form waits for a fact: whoever states that fact."""
        rev, s = self.rev, self.standing
        stage = rev.stages[s.stage]
        if stage.awaits and not awaited(rev, s):
            return _by(rev, stage.awaits)
        if stage.asks and (missing := timing(rev, s).missing):
            return _by(rev, missing[0]) or stage.holder
        return stage.holder

    @cached_property
    def term(self) -> Term | None:
        """By when the holder acts, as far as the policy says."""
        return _term(self.rev, self.standing, *self.dates)

    @cached_property
    def dates(self) -> tuple[datetime | None, datetime | None]:
        """From when and until when the holder acts: those of `term`, without the reason."""
        return _dates(self.rev, self.standing)

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """What may be chosen now, in the order of the policy's row."""
        rev, s = self.rev, self.standing
        if not rev.stages[s.stage].asks or not self._named:
            return ()
        opens = timing(rev, s).opens
        if opens is None or self.at < opens:
            return ()
        return tuple(_option(rev, s, rev.options[name], self.at) for name in self._named if not self._no(name))

    @cached_property
    def refused(self) -> Mapping[str, Refusal]:
        """Every other option of the revision, and why it cannot be chosen now."""
        return {name: no for name in self.rev.options if (no := self._no(name))}

    @property
    def early(self) -> Refusal | None:
        """Where the form is not open yet: what is refused first, in the order of the revision. None once it is, or where there is none."""
        if not self.rev.stages[self.standing.stage].asks:
            return None
        named = (name for name in self.rev.options if name in self._named)
        return next((no for name in named if (no := self._no(name)) and no.kind in NOT_YET), None)

    @property
    def _named(self) -> tuple[str, ...]:
        return self._rows[0].options if self._rows else ()

    @cached_property
    def _rows(self) -> list[Offer]:
        return refusing.rows(self.rev, self.standing, self.at)

    @cached_property
    def _asked(self) -> dict[str, Refusal | None]:
        return {}

    def _no(self, name: str) -> Refusal | None:
        """Why this option cannot be chosen now: asked once for what is offered, and for what is not."""
        if name not in self._asked:
            self._asked[name] = refusing.option(self.rev, self.standing, name, self.at, self._rows)
        return self._asked[name]

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        return _duties(self.rev, self.standing)

    @cached_property
    def silences(self) -> tuple[Clause, ...]:
        """What the policy does not say about where the case stands."""
        return _silences(self.rev, self.standing, self.at)

    @cached_property
    def receipt(self) -> Receipt:
        facts, rev = self.steps.facts, self.rev
        last = facts[-1].at if facts else None
        return Receipt(ENGINE, SCHEMA, self.policy, rev.revision, rev.sha256, len(facts), last, self.at)

    @property
    def outcome_title(self) -> str:
        return self.rev.outcomes[self.standing.outcome].title if self.standing.outcome else ""

    @property
    def accredited(self) -> bool | None:
        """On the day asked about; None while nothing was decided."""
        return is_accredited(self.rev, self.standing, self.at)

    @property
    def expires(self) -> date | None:
        """The last day of the accreditation, with its grace where that is given."""
        return graced(self.rev, self.standing)

    @property
    def left(self) -> Mapping[str, int]:
        """How often something may still be done, for each counter that has a limit."""
        return {c.id: max(c.limit - self.standing.count(c.id), 0) for c in self.rev.counters.values() if c.limit}

    @property
    def turns_at(self) -> datetime | None:
        """When the options change by themselves because of what is left until a day, if that is to come."""
        found = [turning(self.rev, o.when.left, self.standing) for o in self.rev.offers if o.when.left]
        return min((t for t in found if t and t > self.at), default=None)

    def option(self, name: str) -> Option | None:
        return next((o for o in self.options if o.id == name), None)

    def why(self, name: str) -> Because:
        """Why this option is open, or why it is not. KeyError for a word that is no option of the revision."""
        offered = self.option(name)
        return offered.because if offered else self.refused[name].because

    def owes(self, material: str) -> bool:
        return any(d.material.id == material and not d.met for d in self.duties)


def _by(rev: Revision, kind: str) -> str:
    known = rev.facts.get(kind.partition("/")[0])
    return known.by if known else ""


def _dates(rev: Revision, s: Standing) -> tuple[datetime | None, datetime | None]:
    if rev.stages[s.stage].asks:
        when = timing(rev, s)
        return when.opens, when.due
    wait = due_row(rev, s)
    end = ending(rev, s, wait) if wait else None
    return (end.earliest, end.due) if end and end.due else (None, None)


def _term(rev: Revision, s: Standing, opens: datetime | None, due: datetime | None) -> Term | None:
    if opens is None and due is None:
        return None
    if rev.stages[s.stage].asks:
        when = timing(rev, s)
        facts, cites = (
            form_facts(rev, s, when),
            (*(when.row.opens.cites if when.row else ()), *form_cites(rev, s, when)),
        )
    else:
        wait = due_row(rev, s)
        assert wait
        facts, cites = ending(rev, s, wait).facts(rev), wait.cites
    said = f"Due {through(due, rev.zone)}." if due else "No date follows yet."
    return Term(opens, due, refusing.because(rev, cites, said, facts))


def _silences(rev: Revision, s: Standing, at: datetime) -> tuple[Clause, ...]:
    stage = rev.stages[s.stage]
    silent = list(stage.silent)
    if stage.asks:
        when = timing(rev, s)
        silent += when.row.silent if when.row and when.missing else ()
        silent += [c for row in refusing.rows(rev, s, at)[:1] for c in row.silent]
    silent += [c for name in s.chosen for c in rev.options[name].silent]
    silent += rev.outcomes[s.outcome].silent if s.outcome else ()
    return rev.cited(tuple(silent))


def _option(rev: Revision, s: Standing, choice: Choice, at: datetime) -> Option:
    when = timing(rev, s)
    term = option_term(rev, s, when, choice.id)
    row = refusing.rows(rev, s, at)[0]
    opened = f"Open since {moment(when.opens, rev.zone)}" if when.opens else "Open"
    said = f"{opened}; due {through(term.due, rev.zone)}." if term.due else f"{opened}."
    areas = covered(rev, s, choice)
    cites = (*row.cites, *choice.cites, *(when.row.opens.cites if when.row else ()), *term.cites)
    return Option(
        id=choice.id, title=choice.title, summary=choice.summary, opens=when.opens, due=term.due, needs=choice.needs,
        materials=tuple(material(rev, rev.materials[m], areas) for m in (*choice.needs, *choice.may_add)),
        may_add=choice.may_add, provided=choice.provided, then=choice.then, retest=choice.retest, areas=areas,
        partial=choice.partial, withdraws=choice.withdraws, next_if_failed=_next(rev, s, choice, at),
        because=refusing.because(rev, cites, said, (*term.facts, *((left_said(rev, row.when.left, s, at),) if row.when.left else ()))),
    )  # fmt: skip


def covered(rev: Revision, s: Standing, choice: Choice) -> tuple[str, ...]:
    """The areas that the option is for: those found wanting, or all that are not withdrawn."""
    if choice.covers == "all" and rev.words:
        return tuple(a for a, w in s.areas.items() if w != rev.words.withdrawn)
    areas = s.deficient
    return tuple(a for a in areas if rev.area_kind(a).withdrawable) if choice.withdraws else areas


def _next(rev: Revision, s: Standing, choice: Choice, at: datetime) -> tuple[str, ...]:
    """The options after one more decision that goes against the case, where the option leads to another test."""
    if choice.retest == "nothing":
        return ()
    again = [m for st in rev.stages.values() for rows in st.moves.values() for m in rows if m.new_round and m.counts]
    if not again:
        return ()
    then = s.copy()
    then.counters = {**s.counters, **{name: s.count(name) + 1 for name in again[0].counts}}
    then.stage, then.marks, then.outcome = again[0].to, again[0].marks, again[0].decides or s.outcome
    rows = refusing.rows(rev, then, at)
    return rows[0].options if rows else ()


def material(rev: Revision, paper: Paper, areas: Sequence[str]) -> Material:
    """With the signers for these areas: one role, or one for each kind of area among them."""
    kinds = {rev.area_kind(a).id for a in areas}
    signers = tuple((k, role) for k, role in paper.signed_by.items() if not k or k in kinds)
    return Material(paper.id, paper.title, signers, paper.phi, paper.fee)


def _duties(rev: Revision, s: Standing) -> tuple[Duty, ...]:
    duties: list[Duty] = []
    for name in s.chosen:
        choice = rev.options[name]
        for paper in (rev.materials[need] for need in choice.needs):
            if paper.met_by:
                duties += _duty(rev, s, paper, choice)
    for name in s.owed:
        duties += _duty(rev, s, rev.materials[name], None)
    return tuple(duties)


def _duty(rev: Revision, s: Standing, paper: Paper, choice: Choice | None) -> list[Duty]:
    """One duty, or one for each kind of area where each kind has a signer of its own."""
    puts = choice.puts if choice else ""
    areas = [a for a, w in s.areas.items() if w in (puts or s.play, s.failed)] or list(s.areas)
    kinds = [k for k, _ in material(rev, paper, areas).signers if k]
    due = ending(rev, s, paper.due, stage_end(rev, s)).due if paper.due else None
    said = f"“{choice.title}” needs: {paper.title}." if choice else f"Owed: {paper.title}."
    because = refusing.because(rev, (*paper.cites, *(choice.cites if choice else ())), said)
    found = []
    for kind in kinds or [""]:
        told, met = _met(s, paper, kind)
        signed = tuple((k, r) for k, r in paper.signed_by.items() if not kind or k == kind)
        own = Material(paper.id, paper.title, signed, paper.phi, paper.fee)
        holder = paper.holder or _by(rev, paper.met_by)
        found.append(Duty(own, met, told, holder, because, due))
    return found


def _met(s: Standing, paper: Paper, kind: str) -> tuple[str, datetime | None]:
    """The fact that shows the material is in, and when it was heard."""
    key = kind or paper.met_when
    told = f"{paper.met_by}/{key}" if key else paper.met_by
    any_told = any(k.startswith(paper.met_by + "/") for k in s.times)
    return told, s.times.get(told) or (None if any_told else s.times.get(paper.met_by))
