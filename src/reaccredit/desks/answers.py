"""What the policy answers to somebody who asks without a case: each option with its dates, needs and consequences, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reaccredit.desks import asking_policy as asking
from reaccredit.desks.asking_policy import History, Situation
from reaccredit.facilities import catalogue
from reaccredit.options import queries as options
from reaccredit.policy import Because, Clause, Decision, Fact, Inadmissible, Material, Option, Receipt, Refusal
from reaccredit.policy.revision import Revision

OPEN, LATER, PAST = "open", "later", "past"


@dataclass(frozen=True, slots=True)
class Row:
    """An option that belongs to the standing: open now, later, or no more."""

    option: Option
    state: str
    refusal: Refusal | None  # why it cannot be chosen at the instant asked about
    retest: str
    materials: tuple[options.Paper, ...]
    signers: tuple[tuple[str, str], ...]
    fees: tuple[options.Fee, ...] | None  # None: the modality was not told
    next_if_failed: tuple[str, ...]
    silences: tuple[Clause, ...]  # what the policy does not say about this option


@dataclass(frozen=True, slots=True)
class Taken:
    """One fact that the answer counts from; `supposed` where nobody told its date."""

    title: str
    at: datetime
    supposed: bool


@dataclass(frozen=True, slots=True)
class Answer:
    at: datetime
    revision: Revision
    decision: Decision
    opens: datetime | None
    due: datetime | None
    because: Because | None  # the form's own dates
    rows: tuple[Row, ...]
    refused: tuple[options.Closed, ...]
    waits_for: tuple[str, ...]  # facts that must be recorded before it opens, by their titles
    facts: tuple[Taken, ...]

    @property
    def silences(self) -> tuple[Clause, ...]:
        return self.decision.silences

    @property
    def receipt(self) -> Receipt:
        return self.decision.receipt

    @property
    def open_now(self) -> bool:
        return any(row.state == OPEN for row in self.rows)

    @property
    def over(self) -> bool:
        return bool(self.rows) and all(row.state == PAST for row in self.rows)


def answer(rev: Revision, one: Situation, told: History, at: datetime, modality: str | None = None) -> Answer:
    decision = told.policy.decide(told.facts, at=at)
    supposed, form = _form(one, told, at)
    titles = {name: choice.title for name, choice in rev.options.items()}
    rows = tuple(_row(rev, option, decision, modality, titles, bool(supposed)) for option in form.options)
    named = {row.option.id for row in rows}
    closed = (options.Closed(n, titles.get(n, n), no) for n, no in form.refused.items() if n not in named)
    term = form.term
    return Answer(
        at=at, revision=rev, decision=decision, rows=rows, refused=tuple(closed),
        opens=term.opens if term else None, due=term.due if term else None, because=term.because if term else None,
        waits_for=tuple(f"“{asking.title_of(rev, fact.kind)}”" for fact in supposed), facts=_facts(rev, told),
    )  # fmt: skip


def offered(rev: Revision, one: Situation) -> tuple[Option, ...]:
    """What is offered in a situation, whatever its dates."""
    way = History(one.path, one.begins, frozenset(), asking.alone(rev))
    return _form(one, way, one.path[-1].at)[1].options


def _form(one: Situation, told: History, at: datetime) -> tuple[Sequence[Fact], Decision]:
    """The form as it is once it is open; where facts are still missing, as if they happened at the instant asked about."""
    facts, last = told.facts, told.facts[-1].at
    supposed: list[Fact] = []
    known = {f.kind for f in facts[told.begins :]}
    form = told.policy.decide(facts, at=last)
    for q in one.questions:
        if (form.term and form.term.opens) or q.kind in known:
            continue
        fact = Fact(max(at, last), q.kind, q.about)
        try:
            form = told.policy.decide([*facts, *supposed, fact], at=fact.at)
        except Inadmissible:
            continue
        supposed.append(fact)
    opens = form.term.opens if form.term else None
    if opens and opens > form.at:
        form = told.policy.decide([*facts, *supposed], at=opens)
    return supposed, form


def _row(
    rev: Revision, option: Option, now: Decision, modality: str | None, titles: dict[str, str], waiting: bool
) -> Row:
    open_now = now.option(option.id)
    refusal = None if open_now else now.refused.get(option.id)
    later = waiting or (option.opens is not None and now.at < option.opens)
    return Row(
        option=open_now or option, state=OPEN if open_now else LATER if later else PAST, refusal=refusal,
        retest=options.RETESTS.get(option.retest, option.retest),
        materials=tuple(options.Paper(m.title, m.phi, m.id in option.may_add) for m in option.materials),
        signers=tuple(signer for material in option.materials for signer in _signers(material)),
        silences=rev.cited(rev.options[option.id].silent), fees=_fees(rev, option, modality),
        next_if_failed=tuple(titles.get(name, name) for name in option.next_if_failed),
    )  # fmt: skip


def _signers(material: Material) -> list[tuple[str, str]]:
    return [(f"{material.title}, {kind} areas" if kind else material.title, role) for kind, role in material.signers]


def _fees(rev: Revision, option: Option, modality: str | None) -> tuple[options.Fee, ...] | None:
    """The policy's own figures, else those of the modality's schedule; without a schedule, what has to be paid."""
    own = tuple(options.Fee(m.title, m.fee, "") for m in option.materials if m.fee)
    papers = [rev.materials[need] for need in option.needs]
    due = [paper.title for paper in papers if paper.met_by == options.PAID and not paper.fee]
    if not due or modality == "":
        return own if own or not due else None
    if modality is None:
        return (*own, *(options.Fee(title, "", "") for title in due))
    return (*own, *(fee for fee in options.fees(option, rev, catalogue.modality(modality)) if fee.title in due))


def _facts(rev: Revision, told: History) -> tuple[Taken, ...]:
    """The facts of this round; the rounds before are only the way to it."""
    this = told.facts[told.begins :]
    return tuple(Taken(asking.title_of(rev, f.kind), f.at, f.kind in told.supposed) for f in this)
