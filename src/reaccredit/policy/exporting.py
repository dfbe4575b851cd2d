"""What other programs' forms of a policy have in common: a name for each thing that a condition asks, and the elements of XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from xml.etree import ElementTree as ET

from reaccredit.policy.revision import Choice, Left, Move, Offer, Revision, When

OUTCOME, STAGE = "outcome_in_force", "stage"
YES, NO = "yes", "no"
MORE, AT_MOST, UNKNOWN = "more", "at most", "unknown"
Asked = tuple[str, str]  # what sort of thing, and its name in the policy


def plain(text: str) -> str:
    """Letters, digits and underlines: a name in any language."""
    return re.sub(r"\W", "_", text, flags=re.ASCII)


class Words:
    """Every name that a rule of the revision asks for, as an identifier of its own, and what it means."""

    def __init__(self, rev: Revision) -> None:
        self.rev = rev
        found = dict.fromkeys(asked for when in _whens(rev) for asked in asked_by(when))
        found |= dict.fromkeys(("count", over.counter) for over in rev.overs)
        taken: dict[str, Asked] = {}
        for asked in found:
            word = f"{asked[0]}_{plain(asked[1])}"
            while word in taken:
                word += "_"
            taken[word] = asked
        self.ids: Mapping[Asked, str] = {asked: word for word, asked in taken.items()}

    def id(self, sort: str, name: str) -> str:
        return self.ids[sort, name]

    def of(self, sort: str) -> Iterator[tuple[str, str]]:
        """(name in the policy, identifier) of each thing of this sort."""
        return ((name, word) for (found, name), word in self.ids.items() if found == sort)

    def title(self, asked: Asked) -> str:
        sort, name = asked
        if sort == "count":
            return self.rev.counters[name].title
        if sort == "trait":
            return self.rev.traits[name].title
        if sort == "mark":
            return f"marked: {name}"
        if sort == "left":
            return self.lefts[name]
        return f"{'known' if sort == 'told' else 'heard'}: {self.rev.title_of(name)}"

    @cached_property
    def lefts(self) -> Mapping[str, str]:
        """What is left until a day, in words: one question for "more than" and for "at most"."""
        found = (w.left for w in _whens(self.rev) if w.left)
        return {left_name(left): _left_said(self.rev, left) for left in found}


def _left_said(rev: Revision, left: Left) -> str:
    on = f" on the day of “{rev.title_of(left.on)}”" if left.on else ""
    return f"left until “{rev.title_of(left.until)}”{on}: more than {left.more_than or left.at_most}?"


def left_name(left: Left) -> str:
    return "-".join(filter(None, (left.until, str(left.more_than or left.at_most), left.on)))


def asked_by(when: When) -> Iterator[Asked]:
    yield from (("count", name) for name, _, _ in when.counters)
    yield from (("trait", name) for name, _ in when.traits)
    yield from (("mark", name) for name in sorted(when.marks | when.without))
    yield from (("heard", name) for name in (*when.heard, *when.unheard))
    yield from (("told", name) for name in (*when.told, *when.untold))
    if when.left:
        yield "left", left_name(when.left)


def _whens(rev: Revision) -> Iterator[When]:
    yield from (m.when for m in rev.moves)
    yield from (o.when for o in rev.offers)


def asking(rev: Revision, row: Offer) -> tuple[str, ...]:
    """The stages in which a row of the matrix can apply."""
    return row.stages or tuple(s.id for s in rev.stages.values() if s.asks)


def leads(rev: Revision, m: Move | Choice) -> bool:
    return bool(m.to or m.settled_to or m.emptied_to)


# ------------------------------------------------------------------ XML
def element(parent: ET.Element | None, tag: str, text: str = "", **attributes: str) -> ET.Element:
    """A new element; an attribute named `p_cites` is written `p:cites`, one that is empty not at all."""
    said = {name.replace("p_", "p:", 1) if name.startswith("p_") else name: v for name, v in attributes.items() if v}
    made = ET.Element(tag, said) if parent is None else ET.SubElement(parent, tag, said)
    made.text = text or None
    return made


def written(top: ET.Element) -> str:
    ET.indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(top, encoding="unicode") + "\n"


def cited(cites: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(cites))
