"""A revision as W3C SCXML: states, the facts that lead from one to another, and under which conditions.

Calendars, time zones and the arithmetic of terms are the engine's. So the clock is an event, `clock`, that whoever keeps the
calendar sends when the term of a state is over; the terms stand beside it in words (`p:due`, `p:opens`, `p:until`, `p:since`).
What a machine of states cannot know comes with the event, in its data: `areas_are` (failed, settled or emptied: what becomes
of the areas), `verdict` (of a table of numbers) and, by their names, how much is left until a day (more, at most, unknown).
Expressions are the part of ECMAScript that other readers understand too; flags are 0 or 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from reaccredit.policy.describing import opening_in_words, term_in_words
from reaccredit.policy.exporting import AT_MOST, MORE, OUTCOME, Words, asking, cited, element, left_name, plain, written
from reaccredit.policy.given import FactKind
from reaccredit.policy.revision import Choice, Move, Revision, Stage, When
from reaccredit.policy.rules import MOST
from reaccredit.policy.scxml_data import Telling

SCXML, NOTES = "http://www.w3.org/2005/07/scxml", "urn:reaccredit:policy"
CLOCK = "clock"
DATA = "_event.data."


def scxml(rev: Revision) -> str:
    words = Words(rev)
    top = element(
        None, "scxml", xmlns=SCXML, version="1.0", datamodel="ecmascript", name=plain(f"{rev.policy}_{rev.revision}"),
        initial=_state_id(rev.start), **{"xmlns:p": NOTES}, p_title=f"{rev.title}, revision {rev.revision}",
        p_source=rev.source, p_sha256=rev.sha256,
    )  # fmt: skip
    data = element(top, "datamodel")
    element(data, "data", id=OUTCOME, expr="''")
    for (sort, name), word in words.ids.items():
        if sort != "left":  # it comes with the event
            element(data, "data", id=word, expr="''" if sort == "trait" else "0", p_title=words.title((sort, name)))
    for stage in rev.stages.values():
        _Stage(rev, words, stage).write(top)
    return written(top)


def _state_id(stage: str) -> str:
    word = plain(stage)
    return word if word[:1].isalpha() or word[:1] == "_" else f"_{word}"


class _Stage:
    """Writes one stage: what moves it on, what it hears, what may be chosen."""

    def __init__(self, rev: Revision, words: Words, stage: Stage) -> None:
        self.rev, self.words, self.stage = rev, words, stage
        self.telling = Telling(rev, words)

    def write(self, top: ET.Element) -> None:
        stage = self.stage
        ended = stage.ends and not stage.moves
        state = element(
            top, "final" if ended else "state", id=_state_id(stage.id), p_title=stage.title, p_holder=stage.holder,
            p_cites=cited(stage.cites), **self._terms(),
        )  # fmt: skip
        if ended:
            return
        for fact in self.rev.facts.values():
            self._fact(state, fact)
        if stage.asks:
            for option in self.rev.options.values():
                self._option(state, option)
        for row in stage.overdues:
            if row.to:
                self._moves(state, CLOCK, [self._when(row.when)], row, None)

    def _terms(self) -> dict[str, str]:
        """The terms of the stage in words, for whoever keeps the calendar."""
        stage, rev = self.stage, self.rev
        forms = [w for w in rev.windows if w.stage == stage.id]
        dues = [*stage.dues, *(w.due for w in forms if w.due)]
        said = {
            "p_due": [term_in_words(rev, w) for w in dues],
            "p_opens": [opening_in_words(rev, w.opens) for w in forms],
            "p_until": [f"{rev.title_of(kind)}: {term_in_words(rev, w)}" for kind, w in stage.until.items()],
            "p_since": [f"{rev.title_of(kind)}: {term_in_words(rev, w)}" for kind, w in stage.since.items()],
        }
        return {key: "; ".join(dict.fromkeys(texts)) for key, texts in said.items() if texts}

    # -- facts
    def _fact(self, state: ET.Element, fact: FactKind) -> None:
        """The most exact name of a fact decides; a fact that is only heard leaves the case where it is."""
        stage, names = self.stage, self.telling.names(fact, (*self.stage.moves, *self.stage.hears))
        else_: list[str] = []
        for name, cond in reversed(names):
            for m in stage.moves.get(name, ()):
                others = [c for c in else_ if not cond or c.split(" ")[0] != cond.split(" ")[0]]
                self._moves(state, fact.id, [cond, *others, self._when(m.when)], m, fact)
            if name in stage.moves and not cond:
                return  # no name is left under which it could be anything else
            else_ += [cond.replace("==", "!=", 1)] if name in stage.moves else []
        heard = [cond for name, cond in names if name in stage.hears]
        if heard:
            also = "" if "" in heard else _any(heard)
            made = element(state, "transition", event=fact.id, cond=_all([self._only(fact.id), *else_, also]))
            made.extend(self.telling.assigned(fact))

    def _only(self, kind: str) -> str:
        """An event's name matches longer ones too; where there are such, the whole name is asked for."""
        kinds = (*self.rev.facts, *(f"option.{name}" for name in self.rev.options))
        return f"_event.name == '{kind}'" if any(other.startswith(kind + ".") for other in kinds) else ""

    # -- choices
    def _option(self, state: ET.Element, option: Choice) -> None:
        kind = f"option.{option.id}"
        never = [o.id for o in self.rev.outcomes.values() if not o.appealable] if option.challenges else []
        may = [f"{OUTCOME} != '{name}'" for name in never] + list(self._accepted(option))
        for row in self.rev.offers:
            if option.id in row.options and self.stage.id in asking(self.rev, row):
                self._moves(state, kind, [self._when(row.when), *may], option, None, row.cites)

    def _accepted(self, option: Choice) -> Iterator[str]:
        for rule in option.accepts:
            key = self.telling.key(rule.key)
            yield from (f"{key} != '{word}'" for word in rule.excluded)
            if rule.required and rule.allowed:
                yield _any([f"{key} == '{word}'" for word in rule.allowed])

    # -- ways
    def _moves(
        self, state: ET.Element, event: str, conds: list[str], m: Move | Choice, fact: FactKind | None,
        also: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """One transition for each place to which it may lead, the exceptions first."""
        conds = [self._only(event), *conds]
        if m.over:
            reached = self.telling.counted(m, m.over.counter)
            over = [*conds, f"{reached} > {m.over.past}"]
            self._transition(state, event, over, m, fact, m.over.to, (*also, *m.cites, *m.over.cites))
        if m.emptied_to:
            none = f"{DATA}areas_are == 'emptied'"
            self._transition(state, event, [*conds, none], m, fact, m.emptied_to, (*also, *m.cites))
        if m.settled_to:
            left = f"{DATA}areas_are != 'failed'"
            self._transition(state, event, [*conds, left], m, fact, m.settled_to, (*also, *m.cites))
        if m.to or not (m.settled_to or m.emptied_to):
            self._transition(state, event, conds, m, fact, m.to, (*also, *m.cites))

    def _transition(
        self, state: ET.Element, event: str, conds: list[str], m: Move | Choice, fact: FactKind | None, to: str,
        cites: tuple[str, ...],
    ) -> None:  # fmt: skip
        target = {"target": _state_id(to)} if to else {}
        made = element(state, "transition", event=event, cond=_all(conds), **target, p_cites=cited(cites))
        made.extend(self.telling.done(m, event, fact, to))

    # -- conditions
    def _when(self, when: When) -> str:
        word = self.words.id
        said = [_between(word("count", name), low, high) for name, low, high in when.counters]
        said += [_any([f"{word('trait', n)} == '{v}'" for v in sorted(values)]) for n, values in when.traits]
        said += [f"{word('mark', name)} == {int(name in when.marks)}" for name in sorted(when.marks | when.without)]
        said += [_any([f"{OUTCOME} == '{name}'" for name in sorted(when.outcome)])] if when.outcome else []
        said += [f"{word('heard', name)} == {int(name in when.heard)}" for name in (*when.heard, *when.unheard)]
        said += [f"{word('told', name)} == {int(name in when.told)}" for name in (*when.told, *when.untold)]
        if when.left:
            named = word("left", left_name(when.left))
            said.append(f"{DATA}{named} == '{MORE if when.left.more_than else AT_MOST}'")
        return _all(said)


def _between(word: str, low: int, high: int) -> str:
    if low == high:
        return f"{word} == {low}"
    bounds = ([f"{word} >= {low}"] if low else []) + ([f"{word} <= {high}"] if high != MOST else [])
    return _all(bounds)


def _all(conds: list[str]) -> str:
    return " && ".join(dict.fromkeys(c for c in conds if c))


def _any(conds: list[str]) -> str:
    return conds[0] if len(conds) == 1 else f"({' || '.join(conds)})"
