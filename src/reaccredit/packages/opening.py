"""Which items a package has: the lines of the contents data, for the areas in play. Pure: nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reaccredit.applications.models import Area
from reaccredit.ledger.outcomes import WITHDRAWN
from reaccredit.packages.catalogue import Contents, Line
from reaccredit.policy import Standing

MISSING = "missing"  # the code of an appeal's item: images that were left out


@dataclass(frozen=True, slots=True)
class Draft:
    """An item that is to be opened."""

    area: Area | None
    kind: str
    code: str
    title: str


def in_play(areas: Collection[Area], standing: Standing) -> list[Area]:
    """The areas that are under test now. A case whose areas no report has judged yet has all of them under test."""
    words = dict(standing.areas)
    if not any(area.code in words for area in areas):
        return list(areas)
    return [area for area in areas if words.get(area.code, standing.play) == standing.play]


def not_withdrawn(areas: Iterable[Area], standing: Standing) -> list[Area]:
    words = dict(standing.areas)
    return [area for area in areas if words.get(area.code) != WITHDRAWN]


def drafts(
    contents: Contents, *, playing: Iterable[Area], applied_for: Iterable[Area], exams: Mapping[str, Sequence[str]]
) -> list[Draft]:
    """The items of a package: area by area, then what the package needs once."""
    codes = [area.code for area in applied_for]
    found: list[Draft] = []
    for area in playing:
        if area.kind == Area.Kind.CLINICAL:
            found += _exams(contents, area, codes, exams.get(area.code, ()))
        found += [
            Draft(area, line.kind, line.code, line.title) for line in _lines(contents, area.kind, area.code, codes)
        ]
    found += [Draft(None, line.kind, line.code, line.title) for line in contents.of("package") if line.needed(codes)]
    return found


def _lines(contents: Contents, scope: str, area: str, codes: Collection[str]) -> Iterator[Line]:
    return (line for line in contents.of(scope) if line.fits(area) and line.needed(codes))


def _exams(contents: Contents, area: Area, codes: Collection[str], chosen: Sequence[str]) -> Iterator[Draft]:
    """Each exam that the application names has its own lines, numbered, so that a protocol stays with its exam."""
    for number, exam in enumerate(chosen or ("",), 1):
        for line in _lines(contents, "exam", area.code, codes):
            words = exam or f"Exam {number}"
            yield Draft(area, line.kind, f"{line.code}.{number}", f"{words}: {line.title}" if line.title else words)
