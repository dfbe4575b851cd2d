"""What whoever judges a package sees of its images. Where the programme shows reviewers a pseudonym, a series is shown once it was
searched, or once a person answers for it, and then without what names somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from reaccredit.applications.models import Area
from reaccredit.imaging import clearing, looks
from reaccredit.imaging.clearing import Cleared
from reaccredit.imaging.models import Series
from reaccredit.imaging.queries import SeriesRow
from reaccredit.ledger import actions as ledger
from reaccredit.packages import pictures
from reaccredit.packages.actions import acting_role
from reaccredit.packages.models import Item, Package
from reaccredit.people.models import Person
from reaccredit.people.queries import code
from reaccredit.policy import NotGoverned

SAYS = {
    clearing.UNSEEN: "These pictures are not shown yet: they have not been searched for text that names somebody.",
    clearing.UNREAD: "These pictures are not shown yet: they could not be searched for text that names somebody, so a person looks first.",
    clearing.UNMADE: "These pictures are not shown yet: something in them is being masked.",
    clearing.UNMASKED: "These pictures are not shown: something in them names somebody, and could not be masked.",
}
Items = Sequence[tuple[Item, list[SeriesRow]]]


@dataclass(frozen=True, slots=True)
class Sight:
    """How the series of some items are shown to whoever judges them. Of other series it says nothing."""

    by_series: Mapping[int, Cleared] = field(default_factory=dict)

    def why_not(self, series: int) -> str:
        """The sentence that stands in place of a picture; "" where the pictures are shown."""
        found = self.by_series.get(series)
        return SAYS[found.why_not] if found and found.why_not else ""

    def as_sent(self, series: int) -> bool:
        """Nothing in its pictures is held back, or masked."""
        found = self.by_series.get(series)
        return found is None or not (found.why_not or found.masked)

    @property
    def closed(self) -> list[str]:
        """Every sentence that keeps a series from being seen."""
        return sorted({SAYS[one.why_not] for one in self.by_series.values() if one.why_not})

    def dress(self, series: Series) -> Series:
        """Without a description that names somebody, or of which that is not known. Not to be saved."""
        found = self.by_series.get(series.pk)
        if found and (found.named or found.why_not):
            series.description = ""
        return series

    def dressed(self, items: Items) -> list[tuple[Item, list[SeriesRow]]]:
        return [(item, [self._dressed(row) for row in rows]) for item, rows in items]

    def _dressed(self, row: SeriesRow) -> SeriesRow:
        return replace(row, series=self.dress(row.series), closed=self.why_not(row.series.pk))

    def open(self, items: Items) -> list[tuple[Item, list[SeriesRow]]]:
        """The series that are shown."""
        return [(item, [row for row in rows if not self.why_not(row.series.pk)]) for item, rows in items]


def sight(items: Iterable[Item], now: datetime) -> Sight:
    """The package of each item, and its case, are at hand. In a fixed number of queries."""
    listed = [item for item in items if item.collection_id]
    kinds = {item.kind: item for item in listed}
    masked = {kind for kind, item in kinds.items() if _pseudonym(item, now)}
    return Sight(clearing.cleared([i.collection_id for i in listed if i.kind in masked and i.collection_id]))


def sight_of(packages: Iterable[Package | None], area: Area, now: datetime) -> Sight:
    """Of the images of one area in these packages."""
    found = (package.items.filter(collection__isnull=False, area=area) for package in packages if package)
    return sight([item for items in found for item in items], now)


def unshown(items: Sequence[Item], now: datetime) -> list[Item]:
    """Those of which whoever judges them does not see every series yet."""
    seen = sight(items, now)
    series = Series.objects.filter(collection__in=[item.collection_id for item in items if item.collection_id])
    held = {bag for pk, bag in series.order_by().values_list("pk", "collection") if seen.why_not(pk)}
    return [item for item in items if item.collection_id in held]


def _pseudonym(item: Item, now: datetime) -> bool:
    """Where no policy governs the case, nothing allows more."""
    try:
        return pictures.rule(item, now).masked_for_reviewers
    except NotGoverned:
        return True


@transaction.atomic
def release(*, item: Item, series: Series, actor: Person, now: datetime) -> None:
    """A person has looked at the pictures of a series, and readers may see them."""
    looks.release(series=[series], now=now)
    case_file = item.package.case_file
    ledger.state(
        case=case_file.case, kind="pictures.released", actor=code(actor), role=acting_role(actor, case_file, now), now=now,
        about={"package": item.package_id, "item": item.pk, "series": series.pk},
    )  # fmt: skip
