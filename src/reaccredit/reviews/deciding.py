"""From the outcomes of the readings of one area to its determination, by a table. Pure: it knows outcomes, and no person.

A row says what is determined where exactly these outcomes were found, in whatever order. `THIRD` asks for one reading more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import combinations_with_replacement

THIRD = "third"
Table = Mapping[tuple[str, ...], str]
FIRST, MOST = 2, 3  # readings with which an area may be settled, and with which it must be


def key(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(found))


def decide(table: Table, found: Collection[str]) -> str:
    """An outcome, `THIRD`, or "" while too few have read it."""
    return table.get(key(found), "")


def faults(table: Table, words: Collection[str]) -> list[str]:
    """What is wrong with a table: a standing that it does not settle, or a row that no reading can reach."""
    told = [
        f"{', '.join(row)}: decided as {result!r}" for row, result in table.items() if result not in {*words, THIRD}
    ]
    reached = {key(first) for first in combinations_with_replacement(sorted(words), FIRST)}
    for found in sorted(reached):
        if table.get(found) == THIRD:
            reached |= {key([*found, word]) for word in words}
    told += [f"{', '.join(found)}: no row" for found in sorted(reached) if found not in table]
    told += [f"{', '.join(row)}: nobody gets there" for row in sorted(table) if row not in reached]
    told += [
        f"{', '.join(row)}: a fourth would have to read it"
        for row, result in table.items()
        if len(row) >= MOST and result == THIRD
    ]
    return told
