"""How well readers agree, how they drift and how long they take: from completed reviews only, so that nothing is told early.

Staff see every reader; a reader sees their own numbers, and of all the others together only the middle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.utils.timezone import localdate

from reaccredit.people.models import Person
from reaccredit.reviews import catalogue, deciding, kappa
from reaccredit.reviews.kappa import Kappa
from reaccredit.reviews.models import FIRST_TWO, Assignment, Outcome

DAYS = 730  # of the past that are looked at
FEW = 10  # areas below which a number says little: the page says so
A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a completed review. `other` is what the other of the first two found, where this is one of them."""

    reader: int
    modality: str
    outcome: str
    other: str
    determined: str
    days: float
    on: date
    first: bool = False  # of the two: an area counts once among everybody

    @property
    def agreed(self) -> bool:
        return self.outcome == self.other

    @property
    def overruled(self) -> bool:
        return bool(self.other) and not self.agreed and bool(self.determined) and self.outcome != self.determined


def readings(on: date, modality: str = "") -> list[Reading]:
    """Of the reviews that were completed lately, in one query."""
    since = on - timedelta(days=DAYS)
    rows = Assignment.objects.filter(round__completed_at__date__gt=since, submitted_at__isnull=False)
    rows = rows.filter(round__case_file__modality=modality) if modality else rows
    grouped: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
    for row in rows.select_related("round__case_file"):
        grouped[row.round_id, row.area_id].append(row)
    return [one for area in grouped.values() for one in _of_area(area)]


def _of_area(area: Sequence[Assignment]) -> Iterable[Reading]:
    settled = deciding.decide(catalogue.determinations(), [str(r.outcome) for r in area])
    first = {r.pk: str(r.outcome) for r in area if r.position in FIRST_TWO}
    for one in area:
        others = [said for pk, said in first.items() if pk != one.pk]
        handed_in: datetime | None = one.submitted_at
        assert handed_in is not None
        yield Reading(
            reader=one.reviewer_id, modality=one.round.case_file.modality, outcome=str(one.outcome),
            other=others[0] if one.pk in first and others else "",
            determined="" if settled == deciding.THIRD else settled,
            days=(handed_in - one.assigned_at).total_seconds() / A_DAY, on=localdate(handed_in), first=one.position == FIRST_TWO[0],
        )  # fmt: skip


# -- of one reader -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months of one reader: how many areas, how many of them as the other reader, and the share that was refused."""

    name: str
    areas: int
    agreed: float
    refused: float

    @property
    def percent(self) -> int:
        return round(100 * self.agreed)

    @property
    def refused_percent(self) -> int:
        return round(100 * self.refused)


@dataclass(frozen=True, slots=True)
class Reader:
    read: int
    kappa: Kappa
    refused: float | None  # the share of areas that they found not acceptable
    refused_by_others: float | None  # the same share of the same areas, by whoever read them too
    overruled: int
    turnaround: float | None  # days, the middle
    quarters: tuple[Quarter, ...]

    @property
    def refused_percent(self) -> int:
        return round(100 * (self.refused or 0))

    @property
    def others_percent(self) -> int:
        return round(100 * (self.refused_by_others or 0))

    @property
    def few(self) -> bool:
        return self.kappa.areas < FEW


def reader(own: Sequence[Reading]) -> Reader:
    both = [one for one in own if one.other]
    return Reader(
        read=len(own),
        kappa=kappa.cohen([(one.outcome, one.other) for one in both]),
        refused=_share([one.outcome for one in both]),
        refused_by_others=_share([one.other for one in both]),
        overruled=sum(one.overruled for one in both),
        turnaround=median(one.days for one in own) if own else None,
        quarters=tuple(_quarters(both)),
    )


def _share(outcomes: Sequence[str]) -> float | None:
    return sum(one == Outcome.NOT_ACCEPTABLE for one in outcomes) / len(outcomes) if outcomes else None


def _quarters(both: Iterable[Reading]) -> Iterable[Quarter]:
    found: dict[tuple[int, int], list[Reading]] = defaultdict(list)
    for one in both:
        found[one.on.year, (one.on.month + 2) // 3].append(one)
    for (year, quarter), listed in sorted(found.items()):
        yield Quarter(
            f"{year}, quarter {quarter}", len(listed), sum(one.agreed for one in listed) / len(listed),
            _share([one.outcome for one in listed]) or 0.0,
        )  # fmt: skip


# -- of everybody ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Everybody:
    kappa: Kappa  # Fleiss': the two who read an area are not always the same
    turnaround: float | None


def everybody(found: Sequence[Reading]) -> Everybody:
    pairs = [[one.outcome, one.other] for one in found if one.other and one.first]
    return Everybody(kappa.fleiss(pairs), median(one.days for one in found) if found else None)


def by_reader(found: Iterable[Reading]) -> list[tuple[Person, Reader]]:
    own: dict[int, list[Reading]] = defaultdict(list)
    for one in found:
        own[one.reader].append(one)
    people = Person.objects.in_bulk(own)
    return sorted(((people[pk], reader(listed)) for pk, listed in own.items()), key=lambda row: row[0].name)
