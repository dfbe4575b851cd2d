"""Pieces of a revision in plain words: a condition, a term, a way on. Every word that is not English comes from the revision itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reaccredit.policy.refusing import ordinal, title_of
from reaccredit.policy.revision import Choice, Move, Offer, Opening, Revision, Stage, Wait, Window


def quoted(rev: Revision, kinds: Iterable[str]) -> str:
    return " or ".join(f"“{title_of(rev, kind)}”" for kind in kinds)


def plain(code: str) -> str:
    return code[:1].upper() + code[1:].replace("-", " ")


# ------------------------------------------------------------------ conditions
def standing(rev: Revision, offer: Offer) -> str:
    """The 2nd deficiency (= 1st failure): the row's own count, in the words of the programme."""
    n = offer.deficiency
    return f"{ordinal(n)} deficiency" + (f" (= {ordinal(n - 1)} failure)" if n > 1 else "")


def offer_when(rev: Revision, offer: Offer) -> str:
    return "; ".join(_marks(rev, offer.marks))


def window_when(rev: Revision, window: Window) -> str:
    said = [" or ".join(_medium(m) for m in sorted(window.medium))] if window.medium else []
    return "; ".join([*said, *_marks(rev, window.marks)]) or "In every case"


def _medium(code: str) -> str:
    return code.upper() if len(code) < 3 else code


def _marks(rev: Revision, marks: Iterable[str]) -> Iterator[str]:
    for mark in sorted(marks):
        leaving = dict.fromkeys(
            kind for stage in rev.stages.values() for kind, move in stage.moves.items() if mark in move.marks
        )
        yield f"after {quoted(rev, leaving)}" if leaving else mark.replace("-", " ")


# ------------------------------------------------------------------ terms
def opening(rev: Revision, opens: Opening) -> str:
    start = quoted(rev, opens.start)
    said = f"{opens.wait} after {start}" if opens.wait.hours or opens.wait.days else f"at once after {start}"
    return f"{said}, and not before {quoted(rev, [opens.once])}" if opens.once else said


def form_due(rev: Revision, window: Window) -> str:
    return f"{window.due.within} after it opens"


def own_terms(rev: Revision, window: Window) -> Iterator[tuple[str, str]]:
    """(option, its term) for the options that have terms of their own."""
    for name, wait in window.terms.items():
        yield name, term(rev, wait)


def term(rev: Revision, wait: Wait) -> str:
    span = f"{wait.earliest} to {wait.within}" if wait.earliest else str(wait.within)
    return f"{span} after {quoted(rev, wait.start)}"


# ------------------------------------------------------------------ ways on
def stage_term(rev: Revision, stage: Stage) -> str:
    if stage.due is None:
        return ""
    over = f"; then: {rev.stages[stage.overdue.to].title}" if stage.overdue and stage.overdue.to else ""
    return term(rev, stage.due) + over


def move(rev: Revision, kind: str, one: Move) -> str:
    """“Appeal upheld”: Accredited when nothing is left deficient, else Option form."""
    return f"“{title_of(rev, kind)}”: {_ways(rev, one)}"


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
    return (*window.opens.cites, *window.due.cites, *own, *window.silent)


def begins_round(one: Move) -> bool:
    return one.counts


def opens_something(rev: Revision, stage: Stage) -> bool:
    """A fact leads from here to a stage that asks."""
    return any(m.to and rev.stages[m.to].asks for m in stage.moves.values())
