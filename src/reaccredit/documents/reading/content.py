"""What was read of a document, and the limits within which it is read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from reaccredit.phi.passage import Passage, Stretch

PAGES = 300
PARTS = 2_000
PART_BYTES = 50 * 1024**2
TEXT = 1_500_000  # characters: several hundred full pages
DEPTH = 4  # archives and mails inside each other
UNPACKED = 400 * 1024**2
RATIO = 200
RATIO_FROM = 8 * 1024**2


class Trouble(Exception):
    """The document can't be taken: locked, damaged, or beyond the limits. The message is the code."""


@dataclass
class Limits:
    """What one document may use up, attachments included. `until`: no picture is begun to be read after it."""

    until: float
    text: int = TEXT
    parts: int = PARTS
    unpacked: int = UNPACKED

    @classmethod
    def starting_now(cls, seconds: float) -> Limits:
        return cls(time.monotonic() + seconds)

    def spend(self, *, text: int = 0, parts: int = 0, unpacked: int = 0) -> None:
        self.text -= text
        self.parts -= parts
        self.unpacked -= unpacked
        if min(self.text, self.parts, self.unpacked) < 0:
            raise Trouble("too-long")

    @property
    def time_left(self) -> bool:
        return time.monotonic() < self.until


@dataclass
class Extract:
    """`pictures`, `opaque`: places of pictures, and of things that can't be read here. `located`: pictures that say where
    they were taken.
    """

    limits: Limits = field(default_factory=lambda: Limits.starting_now(60))
    passages: list[Passage] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    opaque: list[str] = field(default_factory=list)
    located: list[str] = field(default_factory=list)
    pages: int | None = None

    def add(self, place: str, text: str, *, page: int | None = None, stretches: Sequence[Stretch] = ()) -> None:
        self.put(Passage(place, text, page, stretches))

    def put(self, passage: Passage) -> None:
        if passage.text.strip():
            self.limits.spend(text=len(passage.text))
            self.passages.append(passage)

    def take(self, inner: Extract, within: str) -> None:
        """What an attachment holds, under the name of its place."""
        for passage in inner.passages:
            self.passages.append(Passage(f"{within}, {passage.place}", passage.text, passage.page, passage.stretches))
        self.pictures += [f"{within}, {place}" for place in inner.pictures]
        self.opaque += [f"{within}, {place}" for place in inner.opaque]
        self.located += [f"{within}, {place}" for place in inner.located]
