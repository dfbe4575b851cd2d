"""What a fact tells beside its kind: which instance it is, traits, dates, measured values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reaccredit.policy import measures, refusing
from reaccredit.policy.accrediting import as_day
from reaccredit.policy.given import FactKind
from reaccredit.policy.revision import Revision
from reaccredit.policy.words import Fact, Refusal, Standing


def instances(rev: Revision, s: Standing, known: FactKind, fact: Fact) -> tuple[str, ...] | Refusal:
    """The names under which the fact is known: its kind, its kind with what it tells, and the fact that it stands for."""
    for key in known.needs:
        if fact.about.get(key) in (None, "", [], {}):
            return refusing.malformed(rev, f"“{known.title}” must tell {key!r} in 'about'")
    said = _said(rev, s, known, fact)
    if isinstance(said, Refusal):
        return said
    return (*((known.stands_for,) if known.stands_for else ()), known.id, *(f"{known.id}/{word}" for word in said))


def _said(rev: Revision, s: Standing, known: FactKind, fact: Fact) -> list[str] | Refusal:
    """The words that tell this fact apart from others of its kind."""
    words: list[str] = []
    if known.tells:
        word = fact.about.get(known.tells)
        if known.values and word not in known.values:
            return refusing.malformed(rev, f"{known.tells!r} is {word!r}; expected one of {', '.join(known.values)}")
        words += [word] if isinstance(word, str) and word else []
    if known.table:
        found = _verdict(rev, s, known, fact)
        if isinstance(found, Refusal):
            return found
        words.append(found.word)
    return words


def _verdict(rev: Revision, s: Standing, known: FactKind, fact: Fact) -> measures.Verdict | Refusal:
    values = fact.about.get("values") or {}
    if not isinstance(values, dict):
        return refusing.malformed(rev, "'values' is a table of measure = number")
    told = {name: str(fact.about[name]) for name in rev.traits if fact.about.get(name) is not None}
    defaults = {t.id: t.default for t in rev.traits.values() if t.default}
    anew = {name: default for name, default in defaults.items() if fact.kind in rev.traits[name].told_by}
    try:
        return measures.evaluate(rev.tables[known.table], values, defaults | dict(s.traits) | anew | told)
    except ValueError as error:
        return refusing.malformed(rev, str(error))


def verdict(rev: Revision, s: Standing, fact: Fact) -> measures.Verdict | None:
    """How a fact was decided by its table of numbers: each value beside its limit."""
    known = rev.facts.get(fact.kind)
    found = _verdict(rev, s, known, fact) if known and known.table else None
    return None if isinstance(found, Refusal) else found


def notes(rev: Revision, s: Standing, fact: Fact) -> Refusal | None:
    """Writes the traits and dates that the fact tells into a new standing."""
    return _traits(rev, s, fact) or _dates(rev, s, fact) if fact.kind in rev.tellers else None


def _traits(rev: Revision, s: Standing, fact: Fact) -> Refusal | None:
    for trait in rev.traits.values():
        if fact.kind in trait.told_by:
            said = fact.about.get(trait.id) or trait.default
            if said and said not in trait.values:
                return refusing.malformed(
                    rev, f"the {trait.title} {said!r} is not known; expected one of {', '.join(trait.values)}"
                )
            if said:
                s.traits = {**s.traits, trait.id: said}
    return None


def _dates(rev: Revision, s: Standing, fact: Fact) -> Refusal | None:
    for named in rev.dates.values():
        if fact.kind in named.told_by and fact.about.get(named.key) is not None:
            at = _instant(rev, fact.about[named.key])
            if at is None:
                return refusing.malformed(
                    rev, f"{named.key!r} is {fact.about[named.key]!r}; expected a day such as 2024-09-30"
                )
            s.dates = {**s.dates, named.id: at}
    return None


def _instant(rev: Revision, said: Any) -> datetime | None:
    """A day begins at midnight in the policy's zone; an instant is taken as it is."""
    if isinstance(said, str) and "T" in said:
        try:
            at = datetime.fromisoformat(said)
        except ValueError:
            return None
        return at if at.tzinfo and as_day(at) else None
    day = as_day(said)
    return rev.days.begin_of(day) if day else None
