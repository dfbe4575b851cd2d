"""What a running case brings along from an older revision, and this one does not name: it is known by its word alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from reaccredit.policy.revision import Choice, Outcome, Paper

T = TypeVar("T")


class Carried(dict[str, T]):
    """The words of a revision. Asked for another, it makes one that says nothing; `in`, `get` and loops know only its own."""

    def __init__(self, own: Mapping[str, T], make: Callable[[str], T]) -> None:
        super().__init__(own)
        self.make = make

    def __missing__(self, word: str) -> T:
        return self.make(word)


def outcome(word: str) -> Outcome:
    return Outcome(
        id=word, title=word, accredited=False, appealable=True, interim=False, keeps=False, suspends=False, grounded=False,
        effective=None, back_dating=True, expires=None, grace=None, grace_once="", grace_in_time=None, silent=(), cites=(),
    )  # fmt: skip


def option(word: str) -> Choice:
    return Choice(id=word, title=word, summary="", to="", cites=())


def material(word: str) -> Paper:
    return Paper(
        id=word, title=word, signed_by={}, phi="", fee="", met_by="", met_when="", holder="", due=None, cites=()
    )
