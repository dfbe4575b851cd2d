"""What a fact writes into the datamodel of an SCXML document: counters, marks, traits, what was heard and told, the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from reaccredit.policy.exporting import OUTCOME, Words, element, leads
from reaccredit.policy.given import FactKind
from reaccredit.policy.measures import FAIL, INCOMPLETE, PASS
from reaccredit.policy.revision import Choice, Move, Revision

DATA = "_event.data"


class Telling:
    def __init__(self, rev: Revision, words: Words) -> None:
        self.rev, self.words = rev, words

    def key(self, name: str) -> str:
        """A key of `about`, as the data of the event has it."""
        return f"{DATA}.{name}" if name.isidentifier() else f"{DATA}['{name}']"

    def names(self, fact: FactKind, asked: Iterable[str]) -> list[tuple[str, str]]:
        """The names under which rules may know a fact, each with the condition that makes it so; the most exact last."""
        found = [(fact.stands_for, "")] if fact.stands_for else []
        found.append((fact.id, ""))
        values = [n.partition("/")[2] for n in dict.fromkeys(asked) if n.partition("/")[0] == fact.id and "/" in n]
        for value in values:
            key = f"{DATA}.verdict" if fact.table and value in (PASS, FAIL, INCOMPLETE) else self.key(fact.tells)
            found.append((f"{fact.id}/{value}", f"{key} == '{value}'"))
        return found

    def counted(self, m: Move | Choice, counter: str) -> str:
        """The counter as it will stand after the move."""
        word = self.words.id("count", counter)
        more = m.counts.count(counter)
        base = "0" if counter in m.resets else word
        return f"{base} + {more}" if more else base

    # -- what is written
    def done(self, m: Move | Choice, event: str, fact: FactKind | None, to: str) -> Iterator[ET.Element]:
        """Everything that a move or a choice writes, in the order in which it counts."""
        for name, word in self.words.of("count"):
            if name in m.counts or name in m.resets:
                yield _assign(word, self.counted(m, name))
        new_round = isinstance(m, Move) and m.new_round
        if new_round:
            yield from self._forgotten()
        if not (new_round and fact is None):  # the clock's own round begins without marks
            yield from self._marked(m)
        word = self._decided(m, to)
        if word:
            yield _assign(OUTCOME, f"'{word}'")
            yield from self._renewed(word, event)
        yield from self.assigned(fact) if fact else self._chosen(event)

    def _decided(self, m: Move | Choice, to: str) -> str:
        own = m.decides if isinstance(m, Move) else ""
        return own or (self.rev.stages[to].decides if to and leads(self.rev, m) else "")

    def _forgotten(self) -> Iterator[ET.Element]:
        for name, word in self.words.of("heard"):
            known = self.rev.facts.get(name.partition("/")[0])
            if not (known and known.lasting):
                yield _assign(word, "0")
        for _, word in self.words.of("mark"):
            yield _assign(word, "0")

    def _marked(self, m: Move | Choice) -> Iterator[ET.Element]:
        for name, word in self.words.of("mark"):
            if name in m.marks or name in m.unmarks:
                yield _assign(word, str(int(name not in m.unmarks)))

    def _renewed(self, outcome: str, event: str) -> Iterator[ET.Element]:
        """A new term asks for a renewal of its own."""
        made = self.rev.outcomes[outcome]
        if made.accredited and not (made.keeps or made.suspends):
            renewals = {o.grace_once for o in self.rev.outcomes.values() if o.grace and o.grace_once != event}
            yield from (_assign(word, "0") for name, word in self.words.of("heard") if name in renewals)

    def _chosen(self, event: str) -> Iterator[ET.Element]:
        if ("heard", event) in self.words.ids:
            yield _assign(self.words.id("heard", event), "1")
        yield from self._told(event)

    def assigned(self, fact: FactKind) -> Iterator[ET.Element]:
        """What is heard with a fact: its names, the traits and the dates that it tells."""
        asked = dict(self.words.of("heard"))
        for name, cond in self.names(fact, asked):
            if name in asked:
                yield _if(cond, _assign(asked[name], "1")) if cond else _assign(asked[name], "1")
        yield from self._told(fact.id)

    def _told(self, kind: str) -> Iterator[ET.Element]:
        traits, told = dict(self.words.of("trait")), dict(self.words.of("told"))
        for trait in self.rev.traits.values():
            if kind in trait.told_by:
                key = self.key(trait.id)
                yield from self._trait(key, trait.default, traits.get(trait.id, ""), told.get(trait.id, ""))
        for named in self.rev.dates.values():
            if kind in named.told_by and named.id in told:
                yield _if(self.key(named.key), _assign(told[named.id], "1"))

    def _trait(self, key: str, default: str, trait: str, told: str) -> Iterator[ET.Element]:
        if trait:
            yield _if(key, _assign(trait, key), *([_assign(trait, f"'{default}'")] if default else []))
        if told:
            yield _assign(told, "1") if default else _if(key, _assign(told, "1"))


def _assign(location: str, expr: str) -> ET.Element:
    return element(None, "assign", location=location, expr=expr)


def _if(cond: str, then: ET.Element, otherwise: ET.Element | None = None) -> ET.Element:
    made = element(None, "if", cond=cond)
    made.append(then)
    if otherwise is not None:
        element(made, "else")
        made.append(otherwise)
    return made
