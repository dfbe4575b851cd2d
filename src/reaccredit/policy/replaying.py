"""Real histories under a draft: which cases would be treated otherwise, and how, up to where the answers first part.

Beyond that point nothing is claimed: with other options or other dates people would have done other things.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from reaccredit.policy import folding
from reaccredit.policy.answering import Decision
from reaccredit.policy.comparing import (
    ALLOWED,
    AREAS,
    ELSEWHERE,
    FORM,
    HOLDER,
    NEEDS,
    OPENS_LATER,
    OPENS_SOONER,
    REFUSED,
    SOONER,
    TERM,
    TIMED,
    Said,
    accredited_days,
    answer_said,
    areas_said,
    bounds_of,
    dated_by,
    demands,
    opens_said,
    shift,
    until_said,
)
from reaccredit.policy.counting import moment
from reaccredit.policy.engine import Policy
from reaccredit.policy.jsonform import BadHistory, facts_of, parse
from reaccredit.policy.revision import Revision
from reaccredit.policy.tracing import CLOCK, NOTHING
from reaccredit.policy.words import Fact, Inadmissible, NotGoverned, Refusal, Standing, Step

MOST_INSTANTS = 200  # bounds looked at between two facts


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One question that the draft answers otherwise."""

    kind: str
    question: str
    was: Said
    becomes: Said


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one case. `after`: the index of the last fact before the parting; `guessed`: how many facts lie beyond it."""

    case: str
    after: int | None = None
    at: datetime | None = None
    otherwise: tuple[Otherwise, ...] = ()
    guessed: int = 0
    had_they: str = ""  # had everybody done the same: a guess, and said to be one
    problem: str = ""  # why the case could not be replayed


@dataclass(frozen=True, slots=True)
class Told:
    """A history under one policy: where it stood after each fact, as far as it is admitted."""

    standings: tuple[tuple[Standing, Revision], ...]
    refused: Inadmissible | None


def read_cases(text: str) -> list[tuple[str, list[Fact]]]:
    """[{"case": "...", "facts": [...]}, ...]. Raises `BadHistory`."""
    data = parse(text)
    if not isinstance(data, list):
        raise BadHistory('cases are a list: [{"case": "...", "facts": [...]}, ...]')
    return [_case(n, item) for n, item in enumerate(data)]


def _case(n: int, item: object) -> tuple[str, list[Fact]]:
    if not isinstance(item, dict) or set(item) != {"case", "facts"} or not isinstance(item["case"], str):
        raise BadHistory(f'case {n}: expected an object with "case" (a text) and "facts" (a history), and nothing else')
    try:
        return item["case"], facts_of(item["facts"])
    except BadHistory as error:
        raise BadHistory(f"case {item['case']}: {error}") from None


def replay(policy: Policy, draft: Policy, case: str, facts: Sequence[Fact], until: datetime | None = None) -> Replayed:
    """One case under the policy as it governed, and under a draft as if it had been in force all the time (`policy.under(draft)`)."""
    if not facts:
        return Replayed(case, problem="no fact is recorded")
    try:
        old = _told(policy, facts)
    except NotGoverned as error:
        return Replayed(case, problem=str(error))
    if old.refused:
        return Replayed(case, problem=f"the policy in force refuses it: {old.refused}")
    new = _told(draft, facts)
    for i, fact in enumerate(facts):
        if i == len(new.standings):
            assert new.refused
            no = new.refused.refusal
            was = answer_said(old.standings[i][1], (old.standings[i][0], ()))
            refused = Otherwise(REFUSED, fact.kind, was, (no.sentence, tuple(c.id for c in no.because.clauses)))
            return Replayed(
                case,
                i - 1,
                fact.at,
                (refused,),
                len(facts) - i,
                "" if i == len(facts) - 1 else _had_they(policy, facts, old, new),
            )
        end = facts[i + 1].at if i + 1 < len(facts) else until
        for at, found in _between(old.standings[i], new.standings[i], fact.at, end):
            if found:
                return Replayed(case, i, at, tuple(found), len(facts) - i - 1, _had_they(policy, facts, old, new))
    return Replayed(case)


def _told(policy: Policy, facts: Sequence[Fact]) -> Told:
    steps: Sequence[Step]
    refused, admitted = None, list(facts)
    try:
        steps = policy.decide(admitted, admitted[-1].at).steps
    except Inadmissible as no:
        refused, admitted = no, admitted[: no.index]
        steps = policy.decide(admitted, admitted[-1].at).steps if admitted else ()
    mine = (step for step in steps if step.fact.kind != CLOCK)
    return Told(tuple((s.standing, policy[s.because.revision.isoformat()]) for s in mine), refused)


def _had_they(policy: Policy, facts: Sequence[Fact], old: Told, new: Told) -> str:
    if new.refused:
        kind = facts[new.refused.index].kind
        return f"had everybody done the same, fact {new.refused.index} ({kind}) would be refused"
    (a, rev), (b, draft) = old.standings[-1], new.standings[-1]
    where = (
        "the same place"
        if a.stage == b.stage
        else f"“{draft.stages[b.stage].title}” and not at “{rev.stages[a.stage].title}”"
    )
    return f"had everybody done the same, the case would stand at {where}"


Stood = tuple[Standing, Revision]


def _between(old: Stood, new: Stood, at: datetime, end: datetime | None) -> Iterator[tuple[datetime, list[Otherwise]]]:
    """The differences at this fact, and at each bound of either before the next one (or through `end`, for the last)."""
    (a, rev), (b, draft) = old, new
    for _ in range(MOST_INSTANTS):
        yield at, list(_differences(rev, a, draft, b, at))
        dates = [
            t
            for bounds in (bounds_of(rev, a, at), bounds_of(draft, b, at))
            for both in bounds.values()
            for t in both
            if t
        ]
        later = min((t for t in dates if t > at), default=None)
        if later is None or end is None or later >= end:
            return
        at = later
        a, b = _ticked(rev, a, at), _ticked(draft, b, at)


def _ticked(rev: Revision, s: Standing, at: datetime) -> Standing:
    moved = folding.clock(rev, s, at)
    return moved[-1][0] if moved else s


def _differences(rev: Revision, a: Standing, draft: Revision, b: Standing, at: datetime) -> Iterator[Otherwise]:
    if (a.stage, a.outcome) != (b.stage, b.outcome):
        yield Otherwise(ELSEWHERE, "stage", answer_said(rev, (a, ())), answer_said(draft, (b, ())))
        return
    if dict(a.areas) != dict(b.areas):
        yield Otherwise(AREAS, "areas", (areas_said(a), ()), (areas_said(b), ()))
    for kind, day, was, becomes in accredited_days(rev, a, draft, b):
        yield Otherwise(kind, day, (was, ()), (becomes, ()))
    dated = list(_dates(rev, a, draft, b, at))
    yield from dated
    yield from _options(
        Decision(rev.policy, rev, a, NOTHING, at),
        Decision(draft.policy, draft, b, NOTHING, at),
        bool(dated),
    )


def _dates(rev: Revision, a: Standing, draft: Revision, b: Standing, at: datetime) -> Iterator[Otherwise]:
    one, other = bounds_of(rev, a, at), bounds_of(draft, b, at)
    terms = one[TERM][1], other[TERM][1]
    for question in [q for q in one if q in other]:
        (opens, due_a), (opened, due_b) = one[question], other[question]
        cites = dated_by(rev, a, question), dated_by(draft, b, question)
        if way := shift((opens, opened)):
            kind = OPENS_SOONER if way == SOONER else OPENS_LATER
            yield Otherwise(kind, question, (opens_said(opens, rev), cites[0]), (opens_said(opened, draft), cites[1]))
        inherited = question not in (TERM, FORM) and (due_a, due_b) == terms
        if (way := shift((due_a, due_b))) and not inherited:
            yield Otherwise(way, question, (until_said(due_a, rev), cites[0]), (until_said(due_b, draft), cites[1]))


def _options(old: Decision, new: Decision, dated: bool) -> Iterator[Otherwise]:
    if old.holder != new.holder:
        yield Otherwise(HOLDER, "holder", (old.holder or "nobody", ()), (new.holder or "nobody", ()))
    before, after = {o.id for o in old.options}, {o.id for o in new.options}
    for name in sorted(before ^ after):
        kind, refused = (REFUSED, new.refused) if name in before else (ALLOWED, old.refused)
        no = refused.get(name)
        if no is None or not (dated and no.kind in TIMED):
            yield Otherwise(kind, f"option.{name}", _offered(old, name, no), _offered(new, name, no))
    for name in sorted(before & after):
        one, other = demands(old.rev, old.rev.options[name]), demands(new.rev, new.rev.options[name])
        if one != other:
            gone, come = ", ".join(x for x in one if x not in other), ", ".join(x for x in other if x not in one)
            cites = old.rev.options[name].cites, new.rev.options[name].cites
            yield Otherwise(
                NEEDS, f"option.{name}", (gone or "nothing more", cites[0]), (come or "nothing more", cites[1])
            )


def _offered(d: Decision, name: str, no: Refusal | None) -> Said:
    offered = d.option(name)
    if offered:
        return offered.because.sentence, tuple(c.id for c in offered.because.clauses)
    own = d.refused.get(name)
    return (
        (own.sentence, tuple(c.id for c in own.because.clauses))
        if own
        else (f"No option of revision {d.rev.revision}.", ())
    )


def told(found: Replayed, facts: Sequence[Fact], policy: Policy) -> Iterator[str]:
    """Lines for people about one case; none where it is treated the same."""
    if found.problem:
        yield f"{found.case}: could not be replayed: {found.problem}"
    if not found.otherwise or found.at is None:
        return
    since = (
        f"after fact {found.after} ({facts[found.after].kind})"
        if found.after is not None and found.after >= 0
        else "from the first fact on"
    )
    yield f"{found.case}: otherwise {since}, {moment(found.at, policy.zone)}"
    for o in found.otherwise:
        yield f"  {o.kind}: {o.question}"
        for name, (said, cites) in (("was", o.was), ("now", o.becomes)):
            yield f"    {name}: {said}" + (f" [{', '.join(cites)}]" if cites else "")
    if found.guessed:
        facts_said = f"{found.guessed} fact{'' if found.guessed == 1 else 's'}"
        yield f"  beyond it, {facts_said}: would need a guess" + (f" ({found.had_they})" if found.had_they else "")
