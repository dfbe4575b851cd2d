"""A piece of text as it was read: what stands there, on which page, and where each stretch of it lies."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reaccredit.phi.words import Box

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
LEADERS = re.compile(r"\.{3,}")  # a form leads from the label to the value
ADDRESS = re.compile(r"[^\s_]\S{0,200}?(?:@|://)\S{0,400}")
SEGMENT = re.compile(r"[^\t\n|]+?(?=\t|\||[ \u00a0]{2}|\n|\Z)")
MIDDLE = 0.5


@dataclass(frozen=True)
class Stretch:
    """Characters `start` to `end` of a passage lie in this box."""

    start: int
    end: int
    box: Box


@dataclass(frozen=True)
class Passage:
    """`place` is told to people ("page 2", "comments"); `stretches` are in reading order where the place is a picture."""

    place: str
    text: str
    page: int | None = None
    stretches: Sequence[Stretch] = field(default_factory=tuple)

    def box(self, start: int, end: int) -> Box | None:
        """Around everything of which a part lies between these characters, narrowed within a stretch by its letters."""
        parts = [_narrowed(s, start, end) for s in self.stretches if s.start < end and s.end > start]
        if not parts:
            return None
        return min(p[0] for p in parts), min(p[1] for p in parts), max(p[2] for p in parts), max(p[3] for p in parts)


def _narrowed(stretch: Stretch, start: int, end: int) -> Box:
    left, top, right, bottom = stretch.box
    letters = max(1, stretch.end - stretch.start)
    step = (right - left) / letters
    first, last = max(start, stretch.start) - stretch.start, min(end, stretch.end) - stretch.start
    return round(left + first * step, 1), round(top, 1), round(left + last * step, 1), round(bottom, 1)


@dataclass(frozen=True)
class Clean:
    """The text as the rules read it: one width of letters, nothing invisible, forms' underscores as spaces. `origin`
    leads back to the characters of the passage.
    """

    text: str
    origin: Sequence[int]
    ends: Sequence[int]  # where each line ends

    def line(self, at: int) -> int:
        return bisect_right(self.ends, at) + 1

    def column(self, at: int) -> int:
        return at - (self.text.rfind("\n", 0, at) + 1) + 1

    def back(self, start: int, end: int) -> tuple[int, int]:
        if not self.origin:
            return 0, 0
        return self.origin[min(start, len(self.origin) - 1)], self.origin[min(end, len(self.origin)) - 1] + 1


def clean(text: str) -> Clean:
    if text.isascii() and not re.search('[\r_"]|\\.\\.\\.', text):
        plain, origin = text, range(len(text))
        return Clean(plain, origin, [m.start() + 1 for m in re.finditer("\n", plain)])
    letters: list[str] = []
    places: list[int] = []
    kept = frozenset(at for match in ADDRESS.finditer(text) for at in range(*match.span()))
    dots = frozenset(at for match in LEADERS.finditer(text) for at in range(*match.span()))
    for at, letter in enumerate(text):
        if (
            letters
            and unicodedata.combining(letter)
            and len(whole := unicodedata.normalize("NFC", letters[-1] + letter)) == 1
        ):
            letters[-1] = whole
            continue
        for one in letter if at in kept and letter.isascii() else " " if at in dots else _plain(text, at, letter):
            letters.append(one)
            places.append(at)
    plain = "".join(letters)
    return Clean(plain, places, [m.start() + 1 for m in re.finditer("\n", plain)])


def _plain(text: str, at: int, letter: str) -> str:
    if letter == "\r":
        return "" if text[at + 1 : at + 2] == "\n" else "\n"
    if letter in '_"':  # the lines of a form, names of fields and files, quotes of a record
        return " "
    if letter.isascii():
        return letter
    if INVISIBLE.match(letter):
        return ""
    if letter in "\u2028\u2029\x85":
        return "\n"
    return unicodedata.normalize("NFKC", letter)


@dataclass(frozen=True)
class Cell:
    """A piece of a line that stands by itself, with its place from left to right."""

    start: int
    end: int
    left: float
    right: float
    line: int


def rows(passage: Passage, seen: Clean) -> Iterator[list[Cell]]:
    """The lines of a text, cut where a table or a form cuts them: at tabs, bars and wide gaps."""
    start = 0
    for number, line in enumerate(seen.text.split("\n")):
        cells = [cell for cell in _cells(line, start, number, passage, seen)]
        if cells:
            yield cells
        start += len(line) + 1


def _cells(line: str, start: int, number: int, passage: Passage, seen: Clean) -> Iterator[Cell]:
    tabbed, place, counted = "\t" in line or "|" in line, 0, 0
    for match in SEGMENT.finditer(line):
        text = match.group()
        if tabbed:
            place += line.count("\t", counted, match.start()) + line.count("|", counted, match.start())
            counted = match.start()
        if not text.strip():
            continue
        first = start + match.start() + len(text) - len(text.lstrip())
        last = start + match.end()
        box = passage.box(*seen.back(first, last)) if passage.stretches else None
        if box is not None:
            yield Cell(first, last, box[0], box[2], number)
        elif tabbed:
            yield Cell(first, last, place * 100, place * 100 + 90, number)
        else:
            yield Cell(first, last, match.start(), match.end(), number)


WRAPPED = re.compile(r"(?<=[^\n:.|\t]{55}(?:[^\W\d_]|[,'’-]))\n(?=[ ]?[^\W\d_]+(?![\w ]{0,25}:))")


def unwrapped(text: str) -> str:
    """The same letters, with a space where a long line of prose goes on: a name may be broken there."""
    return WRAPPED.sub(" ", text)
