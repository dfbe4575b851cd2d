"""Templates with marked identifiers: `[[kind|value]]` stands for the value and says that it must be found."""

from __future__ import annotations

import re
from dataclasses import dataclass

MARK = re.compile(r"\[\[([a-z-]+)\|((?:[^\]]|\](?!\]))*)\]\]")


@dataclass(frozen=True)
class Planted:
    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Paper:
    """A text with its truth. `template` tells which sentences it is made of."""

    template: str
    text: str
    planted: tuple[Planted, ...]
    roster: tuple[dict[str, str], ...] = ()


def paper(template: str, marked: str, roster: tuple[dict[str, str], ...]) -> Paper:
    text: list[str] = []
    planted: list[Planted] = []
    at = length = 0
    for match in MARK.finditer(marked):
        text.append(marked[at : match.start()])
        length += match.start() - at
        planted.append(Planted(match[1], length, length + len(match[2])))
        text.append(match[2])
        length += len(match[2])
        at = match.end()
    text.append(marked[at:])
    return Paper(template, "".join(text), tuple(planted), roster)
