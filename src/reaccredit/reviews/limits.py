"""Measured values on the score sheet, beside the limits of the package's day: advice to the reader, and never a verdict.

What a reader measures goes, with its limit, into the note of the criterion when the reading is handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from reaccredit.applications.models import Area
from reaccredit.packages import criteria
from reaccredit.packages.criteria import Advice, Beside, Told
from reaccredit.packages.models import FormEntry, Package
from reaccredit.policy.measures import Row, evaluate
from reaccredit.reviews import catalogue
from reaccredit.reviews.models import Assignment

Own = Mapping[str, Decimal | bool]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one reading, and what the data forms of its area tell."""

    name: str
    package: Package
    advice: Advice
    told: Told

    def row(self, measure: str) -> Row | None:
        """How a measure is asked for. None where the criteria of the day have no limit for it."""
        dated = self.advice.dated
        return next((row for row in dated.table.rows if row.measure == measure), None) if dated else None

    def _beside(self, values: Own, measures: Iterable[str]) -> tuple[Beside, ...]:
        wanted = {measure: row.title for measure in measures if (row := self.row(measure))}
        if not wanted:
            return ()
        found = criteria.beside(self.name, self.package, replace(self.told, values=values), wanted)
        return found.lines if found else ()

    def stated(self, measures: Iterable[str]) -> tuple[Beside, ...]:
        """The facility's values and their limits; a limit alone where it stated none."""
        return self._beside(self.told.values, measures)

    def own(self, values: Own, measures: Iterable[str]) -> tuple[Beside, ...]:
        return tuple(line for line in self._beside(values, measures) if line.value)

    def minors(self, values: Own) -> str:
        """How many minor deviations the reader has counted, and from how many on they fail."""
        dated = self.advice.dated
        if dated is None or not dated.table.thresholds:
            return ""
        known = {measure: value for measure, value in values.items() if measure in dated.table.measures}
        found = evaluate(dated.table, known, dated.words(self.told.traits))
        if found.threshold is None:
            return f"Minor deviations counted: {found.minors}. How many fail is not known for this package."
        cited = "; ".join(c.at or c.says for c in dated.cited(found.threshold.cites))
        return f"Minor deviations counted: {found.minors}; {found.threshold.minors} or more fail ({cited})."

    def note(self, values: Own, measures: Iterable[str]) -> str:
        """The reader's values beside their limits, as a sentence each, with the date of the criteria."""
        dated = self.advice.dated
        lines = self.own(values, measures)
        if dated is None or not lines:
            return ""
        day = f"{dated.in_force.day} {dated.in_force:%B %Y}"
        said = "; ".join(
            f"{one.title} {one.value} ({one.limit}{', recommended' if one.advice else ''})" for one in lines
        )
        return f"Measured: {said}. Criteria of {day}."


def limits(reading: Assignment) -> Limits | None:
    """None where the sheet names no criteria, or the area has nothing measured."""
    sheet = catalogue.sheets()[reading.round.case_file.modality]
    if not sheet.dated or not any(c.measures for c in sheet.criteria if c.kind == reading.area.kind):
        return None
    package = reading.round.package
    told = criteria.told(package, _entries(package, reading.area))
    advice = criteria.beside(sheet.dated, package, told)
    return Limits(sheet.dated, package, advice, told) if advice else None


def _entries(package: Package, area: Area) -> list[FormEntry]:
    """The newest entry of each data form of the area."""
    found = FormEntry.objects.filter(item__package=package, item__area=area).select_related("item").order_by("pk")
    return list({entry.item_id: entry for entry in found}.values())
