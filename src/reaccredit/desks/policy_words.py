"""Pieces of a revision in plain words: a condition, a term, a way on. Every word that is not English comes from the revision itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reaccredit.policy.describing import in_words, opening_in_words, term_in_words
from reaccredit.policy.refusing import title_of
from reaccredit.policy.revision import OPENS, Choice, Move, Offer, Opening, Revision, Stage, When, Window


def quoted(rev: Revision, kinds: Iterable[str]) -> str:
    return " or ".join(f"“{title_of(rev, kind)}”" for kind in kinds)


def plain(code: str) -> str:
    return code[:1].upper() + code[1:].replace("-", " ")


# ------------------------------------------------------------------ conditions
def standing(rev: Revision, offer: Offer) -> str:
    """The 2nd deficiency (= 1st failure): the row's own counts and outcomes, in the words of the programme."""
    own = When(counters=offer.when.counters, outcome=offer.when.outcome)
    stages = ", ".join(rev.stages[name].title for name in offer.stages)
    return "; ".join(said for said in (stages, in_words(rev, own)) if said) or "In every case"


def offer_when(rev: Revision, offer: Offer) -> str:
    return condition(rev, replace(offer.when, counters=(), outcome=frozenset()))


def window_when(rev: Revision, window: Window) -> str:
    return condition(rev, window.when) or "In every case"


def condition(rev: Revision, when: When) -> str:
    """A condition in words; a mark is told by what leaves it. What must not be marked is left to the rows that say it."""
    traits = [" or ".join(_short(v) for v in sorted(values)) for _, values in when.traits]
    rest = in_words(rev, replace(when, traits=(), marks=frozenset(), without=frozenset()))
    return "; ".join([*traits, *_marks(rev, when.marks), *([rest] if rest else [])])


def _short(code: str) -> str:
    return code.upper() if len(code) < 3 else code


def _marks(rev: Revision, marks: Iterable[str]) -> Iterator[str]:
    for mark in sorted(marks):
        leaving = dict.fromkeys(
            kind
            for stage in rev.stages.values()
            for kind, rows in stage.moves.items()
            if any(mark in m.marks for m in rows)
        )
        yield f"after {quoted(rev, leaving)}" if leaving else mark.replace("-", " ")


# ------------------------------------------------------------------ terms
def opening(rev: Revision, opens: Opening) -> str:
    return opening_in_words(rev, opens)


def form_due(rev: Revision, window: Window) -> str:
    if window.due is None:
        return "with the term of its stage"
    return f"{window.due.within} after it opens" if window.due.start == (OPENS,) else term_in_words(rev, window.due)


def own_terms(rev: Revision, window: Window) -> Iterator[tuple[str, str]]:
    """(option, its term) for the options that have terms of their own."""
    for name, wait in window.terms.items():
        yield name, term_in_words(rev, wait)


# ------------------------------------------------------------------ ways on
def stage_term(rev: Revision, stage: Stage) -> str:
    said = [f"{term_in_words(rev, w)}{f' ({when})' if (when := condition(rev, w.when)) else ''}" for w in stage.dues]
    over = [rev.stages[m.to].title for m in stage.overdues if m.to]
    return "; ".join(said) + (f"; then: {' or '.join(over)}" if said and over else "")


def move(rev: Revision, kind: str, one: Move) -> str:
    """“Appeal upheld”: Accredited when nothing is left deficient, else Option form."""
    when = condition(rev, one.when)
    return f"“{title_of(rev, kind)}”{f' ({when})' if when else ''}: {_ways(rev, one) or 'the case stays where it is'}"


def choice_to(rev: Revision, choice: Choice) -> str:
    return _ways(rev, choice)


def _ways(rev: Revision, way: Move | Choice) -> str:
    said = []
    if way.emptied_to:
        said.append(f"{rev.stages[way.emptied_to].title} when nothing is left")
    if way.settled_to:
        said.append(rev.stages[way.settled_to].title + (" when no area is left deficient" if way.to else ""))
    if way.to:
        said.append(("else " if said else "") + rev.stages[way.to].title)
    return ", ".join(said)


def cites_of_window(window: Window) -> tuple[str, ...]:
    own = (c for t in window.terms.values() for c in (*t.cites, *t.yields))
    return (*window.opens.cites, *(window.due.cites if window.due else ()), *own, *window.silent)


def begins_round(one: Move) -> bool:
    return one.new_round


def opens_something(rev: Revision, stage: Stage) -> bool:
    """A fact leads from here to a stage that asks."""
    return any(m.to and rev.stages[m.to].asks for rows in stage.moves.values() for m in rows)
