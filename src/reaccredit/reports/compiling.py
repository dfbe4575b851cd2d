"""From what the readers found to what the report says: one draft for each area. Staff may put it in better words before it goes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reaccredit.applications.models import Area
from reaccredit.reviews import queries as reviews
from reaccredit.reviews.models import Outcome, Round
from reaccredit.reviews.queries import Finding, Review


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be said of one area. `outcome` is empty while the readers have not settled it."""

    area: Area
    outcome: str
    recommendations: str
    reasons: tuple[str, ...]
    causes: tuple[str, ...]

    @property
    def acceptable(self) -> bool:
        return self.outcome == Outcome.ACCEPTABLE


def drafts(round_: Round) -> list[Draft]:
    found, settled = reviews.reviews(round_), reviews.determinations(round_)
    return [draft(area, settled.get(area.code, ""), found.get(area.pk, [])) for area in reviews.areas_of(round_)]


def draft(area: Area, outcome: str, readings: Sequence[Review]) -> Draft:
    """Only readings of the same outcome speak: who found the area acceptable has nothing to recommend against it."""
    if outcome != Outcome.NOT_ACCEPTABLE:
        return Draft(area, outcome, "", (), ())
    findings = [f for r in readings if r.outcome == outcome for f in r.findings]
    reasons = tuple(dict.fromkeys(f.reason.code for f in findings if f.reason))
    causes = tuple(dict.fromkeys(c for f in findings for c in f.causes))
    return Draft(area, outcome, "\n\n".join(_paragraphs(findings)), reasons, causes)


def _paragraphs(findings: Iterable[Finding]) -> list[str]:
    """One paragraph for each reason of each criterion, in the words of the catalogue; then what the readers noted."""
    advice: dict[str, None] = {}
    notes: dict[str, None] = {}
    for one in findings:
        where = one.criterion.title if one.criterion else "Requirement"
        if one.reason:
            advice[f"{where}: {_sentence(one.reason.title)} {one.reason.advice}"] = None
        if one.note:
            notes[f"{where}: {_sentence(one.note)}"] = None
        notes |= {f"{where}: seen in {place.words}.": None for place in one.places}
    return [*advice, *notes]


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
