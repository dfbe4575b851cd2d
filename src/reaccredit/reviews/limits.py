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
from reaccredit.policy.criteria import DatedTable
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

    def close(self, values: Own, measures: Iterable[str]) -> frozenset[str]:
        """The measures whose value lies so near to a limit that another reading could fall on its other side."""
        dated = self.advice.dated
        if dated is None:
            return frozenset()
        wanted = set(measures)
        lines = evaluate(dated.table, _known(values, dated), dated.words(self.told.traits)).lines
        return frozenset(
            line.row.measure for line in lines
            if line.row.measure in wanted and line.inside is not None and isinstance(line.value, Decimal) and near(line.value, line.row)
        )  # fmt: skip

    def minors(self, values: Own) -> str:
        """How many minor deviations the reader has counted, and from how many on they fail."""
        dated = self.advice.dated
        if dated is None or not dated.table.thresholds:
            return ""
        found = evaluate(dated.table, _known(values, dated), dated.words(self.told.traits))
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
        close = self.close(values, measures)
        said = "; ".join(
            f"{one.title} {one.value} ({one.limit}{', recommended' if one.advice else ''}"
            f"{'; outside it' if one.inside is False else ''}"
            f"{'; a close call' if one.measure in close else ''})"
            for one in lines
        )
        return f"Measured: {said}. Criteria of {day}."


def _known(values: Own, dated: DatedTable) -> dict[str, Decimal | bool]:
    return {measure: value for measure, value in values.items() if measure in dated.table.measures}


def near(value: Decimal, row: Row) -> bool:
    """Within the share of a limit, on either side of it; of what lies between two limits, where there are two. A count has no
    near: one more is one more.
    """
    if row.is_true or row.each:
        return False
    bounds = [bound for bound in (row.at_least, row.at_most, row.more_than, row.less_than) if bound is not None]
    between = (
        max(bounds) - min(bounds) if len(bounds) > 1 else None
    )  # 145 to 151 mm: a share of 145 would be the whole of it
    return any(
        abs(value - bound) <= (abs(bound) if between is None else between) * catalogue.close_share() for bound in bounds
    )


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
