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
from reaccredit.reviews.charts import Chart, chart
from reaccredit.reviews.kappa import Kappa
from reaccredit.reviews.models import FIRST_TWO, Assignment, Outcome, RoundKind
from reaccredit.reviews.quality_rules import Figures, quality_rules

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
    since = on - timedelta(days=quality_rules(on).figures.look_back_days)
    rows = Assignment.objects.filter(round__completed_at__date__gt=since, submitted_at__isnull=False)
    rows = rows.filter(round__kind=RoundKind.REVIEW)
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
class Reader:
    read: int
    kappa: Kappa
    refused: float | None  # the share of areas that they found not acceptable
    refused_by_others: float | None  # the same share of the same areas, by whoever read them too
    overruled: int
    turnaround: float | None  # days, the middle

    @property
    def refused_percent(self) -> int:
        return round(100 * (self.refused or 0))

    @property
    def others_percent(self) -> int:
        return round(100 * (self.refused_by_others or 0))


def reader(own: Sequence[Reading]) -> Reader:
    both = [one for one in own if one.other]
    return Reader(
        read=len(own),
        kappa=kappa.cohen([(one.outcome, one.other) for one in both]),
        refused=_share([one.outcome for one in both]),
        refused_by_others=_share([one.other for one in both]),
        overruled=sum(one.overruled for one in both),
        turnaround=_middle(own),
    )


def _share(outcomes: Sequence[str]) -> float | None:
    return sum(one == Outcome.NOT_ACCEPTABLE for one in outcomes) / len(outcomes) if outcomes else None


def _middle(listed: Sequence[Reading]) -> float | None:
    return median(one.days for one in listed) if listed else None


# -- over time ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months of one reader beside those of all others. What rests on too few readings, or on too few people, is not said."""

    name: str
    short: str
    areas: int
    agreed: float | None  # percent of the areas that they found as the other reader did
    refused: float | None  # percent that they found not acceptable
    others_refused: float | None
    days: float | None  # from asking to handing in, the middle
    others_days: float | None


def over_time(reader: int, found: Iterable[Reading], least: int, people: int) -> list[Quarter]:
    """`least` readings behind a number of one's own, `people` behind one of the others. From their first quarter to their last."""
    told: dict[int, tuple[list[Reading], list[Reading]]] = defaultdict(lambda: ([], []))
    for one in found:
        told[one.on.year * 4 + (one.on.month - 1) // 3][one.reader != reader].append(one)
    read = [quarter for quarter, (own, _) in told.items() if own]
    span = range(min(read), max(read) + 1) if read else ()
    return [_quarter(when // 4, when % 4 + 1, *told[when], least, people) for when in span]


def _quarter(year: int, number: int, own: list[Reading], others: list[Reading], least: int, people: int) -> Quarter:
    both = [one for one in own if one.other]
    beside = [one for one in others if one.other]
    return Quarter(
        name=f"{year}, quarter {number}", short=f"Q{number} {year % 100:02}", areas=len(own),
        agreed=100 * sum(one.agreed for one in both) / len(both) if both and len(both) >= least else None,
        refused=_percent(both if len(both) >= least else []), others_refused=_percent(_of_enough(beside, people)),
        days=_middle(own if len(own) >= least else []), others_days=_middle(_of_enough(others, people)),
    )  # fmt: skip


def _of_enough(listed: Sequence[Reading], people: int) -> Sequence[Reading]:
    return listed if len({one.reader for one in listed}) >= people else ()


def _percent(listed: Sequence[Reading]) -> float | None:
    share = _share([one.outcome for one in listed])
    return None if share is None else 100 * share


def drawn(quarters: Sequence[Quarter], whose: str) -> list[Chart]:
    """Drift and turnaround. `whose` names the line of the reader: only the reader, and the others as a whole, have one."""
    names = [one.short for one in quarters]
    others = "Everybody else, together"
    return [
        chart("agreed", "Found as the other reader did", names, [(whose, "own", [q.agreed for q in quarters])], " %", 100),
        chart(
            "refused", "Found not acceptable", names,
            [(whose, "own", [q.refused for q in quarters]), (others, "others", [q.others_refused for q in quarters])], " %", 100,
        ),
        chart(
            "days", "Days from asking to handing in, the middle", names,
            [(whose, "own", [q.days for q in quarters]), (others, "others", [q.others_days for q in quarters])], "",
        ),
    ]  # fmt: skip


# -- of everybody ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Everybody:
    kappa: Kappa  # Fleiss': the two who read an area are not always the same
    turnaround: float | None
    refused: float | None = None  # percent


def everybody(found: Sequence[Reading]) -> Everybody:
    pairs = [[one.outcome, one.other] for one in found if one.other and one.first]
    return Everybody(kappa.fleiss(pairs), _middle(found), _percent([one for one in found if one.other]))


def everybody_else(found: Iterable[Reading], reader: int, figures: Figures) -> Everybody | None:
    """Of all others together, for that reader; None where they are so few that it would tell of somebody."""
    others = [one for one in found if one.reader != reader and one.other]
    return everybody(others) if _of_enough(others, figures.others_from) else None


def by_reader(found: Iterable[Reading]) -> list[tuple[Person, Reader]]:
    own: dict[int, list[Reading]] = defaultdict(list)
    for one in found:
        own[one.reader].append(one)
    people = Person.objects.in_bulk(own)
    return sorted(((people[pk], reader(listed)) for pk, listed in own.items()), key=lambda row: row[0].name)
