"""What a decision makes of the accreditation: its outcome, from which day, until which."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from reaccredit.policy import refusing
from reaccredit.policy.revision import Outcome, Revision
from reaccredit.policy.terms import FirstDay, due_of, graced, prolonged
from reaccredit.policy.words import Fact, Refusal, Standing

FIRST_YEAR, LAST_YEAR = 1900, 7000
CLOCK = "clock"  # when nobody acted, nobody names grounds: the clauses of the move are the reason


def decided(rev: Revision, s: Standing, fact: Fact, word: str) -> Refusal | None:
    """Writes the outcome and its dates into a new standing. The refusal says why the decision cannot stand."""
    outcome = rev.outcomes[word]
    if outcome.grounded and fact.kind != CLOCK and (no := _ungrounded(rev, outcome, fact)):
        return no
    running = graced(rev, s) if is_accredited(rev, s, fact.at) else None
    s.decided = fact.at
    before = _before(rev, s)
    s.outcome = word
    if outcome.keeps or outcome.suspends:
        return None
    s.effective = s.expires = None
    if not outcome.accredited:
        return None
    effective = _effective(rev, before, outcome, fact)
    if isinstance(effective, Refusal):
        return effective
    s.times = before.times = _without_renewals(rev, s, fact)  # the next term has a renewal of its own
    s.effective, s.expires = _term(rev, before, outcome, FirstDay.of(effective, word, running))
    return None


def granted(rev: Revision, s: Standing, word: str, at: datetime) -> tuple[date, date | None]:
    """The first and the last day of a term that no other goes before, as `decided` reckons them."""
    outcome, before = rev.outcomes[word], s.copy()
    before.effective, before.expires, before.outcome = None, None, ""
    first = _effective(rev, before, outcome, Fact(at, CLOCK))
    assert isinstance(first, date)
    return _term(rev, before, outcome, FirstDay.of(first, word, None))


def _term(rev: Revision, before: Standing, outcome: Outcome, first: FirstDay) -> tuple[date, date | None]:
    before.effective = first
    return first, due_of(rev, before, outcome.expires, plain=True) if outcome.expires else None


def _before(rev: Revision, s: Standing) -> Standing:
    """What the new term is reckoned from: everything that was heard, and the dates of the term before, without its grace."""
    found = s.copy()
    found.expires, found.outcome = prolonged(rev, s), ""
    return found


def _effective(rev: Revision, before: Standing, outcome: Outcome, fact: Fact) -> date | Refusal:
    """The first day: as the fact states it, else as the outcome reckons it, else the day of the decision."""
    day, stated = rev.days.day(fact.at), _stated(rev, fact.about.get("effective"))
    if isinstance(stated, Refusal):
        return stated
    if stated is None:
        reckoned = (due_of(rev, before, outcome.effective) if outcome.effective else None) or day
        return reckoned if outcome.back_dating else max(reckoned, day)
    if stated < day and not outcome.back_dating:
        said = (
            f"“{outcome.title}” cannot take effect on {stated}, before the decision of {day}: back-dating is forbidden."
        )
        because = refusing.because(rev, _dating_cites(outcome), said)
        return Refusal("malformed", because, "State the day of the decision or a later one.")
    return stated


def _without_renewals(rev: Revision, s: Standing, fact: Fact) -> dict[str, datetime]:
    asked = {o.grace_once for o in rev.outcomes.values() if o.grace}
    asked |= {o.expires.extended.once for o in rev.outcomes.values() if o.expires and o.expires.extended}
    return {k: at for k, at in s.times.items() if k not in asked or k == fact.kind}


def _dating_cites(outcome: Outcome) -> tuple[str, ...]:
    return outcome.effective.cites if outcome.effective else outcome.cites


def _stated(rev: Revision, said: Any) -> date | Refusal | None:
    if said is None:
        return None
    day = as_day(said)
    return day or refusing.malformed(rev, f"'effective' is {said!r}; expected a day such as 2024-03-31")


def as_day(said: Any) -> date | None:
    """A day far enough from both ends of the calendar that every term which runs from it stays inside."""
    try:
        day = said if isinstance(said, date) else date.fromisoformat(said)
    except (TypeError, ValueError):
        return None
    day = day.date() if isinstance(day, datetime) else day
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _ungrounded(rev: Revision, outcome: Outcome, fact: Fact) -> Refusal | None:
    """A decision against the applicant names what it rests on, and advice alone is not enough."""
    named = fact.about.get("grounds") or ()
    if not isinstance(named, list | tuple) or not all(isinstance(n, str) for n in named):
        return refusing.malformed(rev, "'grounds' is a list of criteria or clauses")
    forces = _forces(rev)
    for name in named:
        if name not in forces:
            return refusing.malformed(
                rev, f"'grounds' names {name!r}, which is no criterion and no clause of this revision"
            )
    if any(forces[name] == "requirement" for name in named):
        return None
    rests = "rests on recommendations alone" if named else "names no requirement that was not met"
    said = f"“{outcome.title}” {rests}: it must name at least one requirement in 'grounds'."
    return Refusal("malformed", refusing.because(rev, outcome.cites, said), "Name the requirement that was not met.")


def _forces(rev: Revision) -> dict[str, str]:
    rows = {row.measure: row.force for table in rev.tables.values() for row in table.rows}
    return rows | {c.id: c.force for c in rev.clauses.values()}


def is_accredited(rev: Revision, s: Standing, at: datetime) -> bool | None:
    """On this day; None while nothing was decided."""
    if not s.outcome:
        return None
    if rev.outcomes[s.outcome].suspends:
        return False
    if s.effective is None:
        return rev.outcomes[s.outcome].accredited if not rev.outcomes[s.outcome].keeps else False
    day, until = rev.days.day(at), graced(rev, s)
    running = s.effective.running if isinstance(s.effective, FirstDay) else None
    return (s.effective <= day and (until is None or day <= until)) or (running is not None and day <= running)
