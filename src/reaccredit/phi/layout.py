"""Pieces of text on a page become the lines that a person sees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reaccredit.phi.passage import Passage, Stretch
from reaccredit.phi.words import Box


def laid_out(place: str, pieces: Iterable[tuple[str, Box]], page: int | None = None) -> Passage:
    """Pieces of text as they lie on a page: lines from top to bottom, a tab where a table leaves a gap."""
    text: list[str] = []
    stretches: list[Stretch] = []
    length = 0
    for row in _rows(sorted(pieces, key=lambda p: (p[1][1] + p[1][3], p[1][0]))):
        for number, (piece, box) in enumerate(row):
            joint = "" if not number else _joint(row[number - 1][1], box)
            text += [joint, piece]
            length += len(joint)
            stretches.append(Stretch(length, length + len(piece), box))
            length += len(piece)
        text.append("\n")
        length += 1
    return Passage(place, "".join(text), page, stretches)


def _rows(pieces: Sequence[tuple[str, Box]]) -> list[list[tuple[str, Box]]]:
    rows: list[list[tuple[str, Box]]] = []
    for piece in pieces:
        if rows and _level(rows[-1], piece[1]):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p[1][0]) for row in rows]


def _level(row: Sequence[tuple[str, Box]], box: Box) -> bool:
    top, bottom = row[-1][1][1], row[-1][1][3]
    shared = min(bottom, box[3]) - max(top, box[1])
    return shared > 0.5 * min(bottom - top, box[3] - box[1])


def _joint(before: Box, after: Box) -> str:
    gap, height = after[0] - before[2], max(1.0, min(before[3] - before[1], after[3] - after[1]))
    return "\t" if gap > 1.1 * height else " "
