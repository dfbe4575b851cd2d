"""From a standing to the answer: whose turn it is, by when, which options are open, which are not and why, what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reaccredit.policy import folding, refusing, spans
from reaccredit.policy.revision import SCHEMA, Choice, Paper, Revision
from reaccredit.policy.windows import option_due, stage_due, timing
from reaccredit.policy.words import (
    NOT_ACCEPTABLE,
    WITHDRAWN,
    Clause,
    Decision,
    Duty,
    Fact,
    Material,
    Option,
    Receipt,
    Refusal,
    Standing,
    Step,
    Term,
)

ENGINE = "reaccredit-policy/1"


def answer(
    policy: str, rev: Revision, s: Standing, steps: Sequence[Step], facts: Sequence[Fact], at: datetime
) -> Decision:
    stage = rev.stages[s.stage]
    options, refused = _options(rev, s, at)
    receipt = Receipt(ENGINE, SCHEMA, policy, rev.revision, rev.sha256, len(facts), facts[-1].at if facts else None, at)
    return Decision(
        at=at, standing=s, stage_title=stage.title, holder=_holder(rev, s), ended=stage.ends, term=_term(rev, s),
        options=options, refused=refused, duties=_duties(rev, s), silences=_silences(rev, s), steps=tuple(steps), receipt=receipt,
    )  # fmt: skip


def _holder(rev: Revision, s: Standing) -> str:
    """Who has to act. While a form waits for a fact, whoever states that fact."""
    stage = rev.stages[s.stage]
    if stage.awaits and not folding.awaited(rev, s):
        return rev.facts[stage.awaits].by
    if stage.asks:
        missing = timing(rev, s).missing
        return rev.facts[missing[0]].by if missing else stage.holder
    return stage.holder


def _term(rev: Revision, s: Standing) -> Term | None:
    stage = rev.stages[s.stage]
    opens, due, facts = stage_due(rev, s)
    if opens is None and due is None:
        return None
    if stage.asks:
        row = timing(rev, s).row
        cites = (*row.opens.cites, *row.due.cites)
    else:
        cites = stage.due.cites if stage.due else ()
    said = f"Due {spans.through(due, rev.zone)}." if due else "No date follows yet."
    return Term(opens, due, refusing.because(rev, cites, said, facts))


def _silences(rev: Revision, s: Standing) -> tuple[Clause, ...]:
    stage = rev.stages[s.stage]
    silent = list(stage.silent)
    if stage.asks:
        when = timing(rev, s)
        silent += when.row.silent if when.missing else ()
    for name in s.chosen:
        silent += rev.options[name].silent
    return rev.cited(tuple(silent))


def _options(rev: Revision, s: Standing, at: datetime) -> tuple[tuple[Option, ...], dict[str, Refusal]]:
    open_now: dict[str, Option] = {}
    refused: dict[str, Refusal] = {}
    for name, choice in rev.options.items():
        no = refusing.option(rev, s, name, at)
        if no:
            refused[name] = no
        else:
            open_now[name] = _option(rev, s, choice)
    row = rev.rows(s.deficiency, s.marks)
    order = [o for o in row[0].options if o in open_now] if open_now else []
    return tuple(open_now[name] for name in order), refused


def _option(rev: Revision, s: Standing, choice: Choice) -> Option:
    when = timing(rev, s)
    due, due_cites, facts = option_due(rev, s, when, choice.id)
    row = rev.rows(s.deficiency, s.marks)[0]
    opened = f"Open since {spans.moment(when.opens, rev.zone)}" if when.opens else "Open"
    said = f"{opened}; due {spans.through(due, rev.zone)}." if due else f"{opened}."
    areas = covered(rev, s, choice)
    return Option(
        id=choice.id, title=choice.title, summary=choice.summary, opens=when.opens, due=due, needs=choice.needs,
        materials=tuple(material(rev, rev.materials[m], areas) for m in (*choice.needs, *choice.may_add)),
        may_add=choice.may_add, provided=choice.provided, then=choice.then, retest=choice.retest, areas=areas,
        partial=choice.partial, withdraws=choice.withdraws, next_if_failed=_next(rev, s, choice),
        because=refusing.because(rev, (*row.cites, *choice.cites, *when.row.opens.cites, *due_cites), said, facts),
    )  # fmt: skip


def covered(rev: Revision, s: Standing, choice: Choice) -> tuple[str, ...]:
    """The areas that the option is for: those found not acceptable, or all that are not withdrawn."""
    if choice.covers == "all":
        return tuple(a for a, w in s.areas if w != WITHDRAWN)
    areas = s.having(NOT_ACCEPTABLE)
    return tuple(a for a in areas if rev.area_kind(a).withdrawable) if choice.withdraws else areas


def _next(rev: Revision, s: Standing, choice: Choice) -> tuple[str, ...]:
    if choice.retest == "nothing":
        return ()
    rows = rev.rows(s.deficiency + 1, frozenset())
    return rows[0].options if rows else ()


def material(rev: Revision, paper: Paper, areas: Sequence[str]) -> Material:
    """With the signers for these areas: one role, or one for each kind of area among them."""
    kinds = {rev.area_kind(a).id for a in areas}
    signers = tuple((k, role) for k, role in paper.signed_by.items() if not k or k in kinds)
    return Material(paper.id, paper.title, signers, paper.phi)


def _duties(rev: Revision, s: Standing) -> tuple[Duty, ...]:
    duties: list[Duty] = []
    for name in s.chosen:
        choice = rev.options[name]
        for need in choice.needs:
            paper = rev.materials[need]
            if paper.met_by:
                duties += _duty(rev, s, paper, choice)
    return tuple(duties)


def _duty(rev: Revision, s: Standing, paper: Paper, choice: Choice) -> list[Duty]:
    """One duty, or one for each kind of area where each kind has a signer of its own."""
    areas = [a for a, w in s.areas if w in (choice.puts or s.play, NOT_ACCEPTABLE)] or [a for a, _ in s.areas]
    kinds = [k for k, _ in material(rev, paper, areas).signers if k]
    found = []
    for kind in kinds or [""]:
        key = kind or paper.met_when
        told = f"{paper.met_by}/{key}" if key else paper.met_by
        any_told = any(k.startswith(paper.met_by + "/") for k, _ in s.times)
        met = s.heard(told) or (None if any_told else s.heard(paper.met_by))
        own = Material(
            paper.id, paper.title, tuple((k, r) for k, r in paper.signed_by.items() if not kind or k == kind), paper.phi
        )
        holder = paper.holder or (rev.facts[paper.met_by].by if paper.met_by in rev.facts else "")
        said = f"“{choice.title}” needs: {paper.title}."
        found.append(Duty(own, met, told, holder, refusing.because(rev, (*paper.cites, *choice.cites), said)))
    return found
