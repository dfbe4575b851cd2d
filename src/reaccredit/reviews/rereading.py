"""A share of the closed cases is read once more, by somebody who has not read them: which ones is drawn by lot, and on record.

The lot of a review is the SHA-256 of the seed, the number of the case and the attempt; the lowest are drawn. Seed and rules stand in
dated data before, the reviews that were in the draw are kept with it: whoever doubts a draw makes it again and finds the same.
A re-read is a reading as any other to its reader. It determines nothing, and no history of a case tells of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from reaccredit.applications.models import Area
from reaccredit.ledger.actions import Lost
from reaccredit.ledger.queries import decisions
from reaccredit.packages.models import Medium
from reaccredit.people.models import Person
from reaccredit.people.paging import AHEAD
from reaccredit.reviews import catalogue, deciding, kappa, queries
from reaccredit.reviews.kappa import Kappa
from reaccredit.reviews.models import Assignment, Draw, Lot, Round, RoundKind
from reaccredit.reviews.quality_rules import QualityRules, Reread, quality_rules
from reaccredit.reviews.queries import Review

NOTHING = "No review of a closed case waits to be drawn: each is in one draw only."


# -- pure ----------------------------------------------------------------------------------------------------------------


def lot(seed: str, *words: object) -> str:
    return sha256(" ".join([seed, *(str(word) for word in words)]).encode()).hexdigest()


def drawn(keys: Iterable[tuple[str, int]], rules: Reread) -> set[tuple[str, int]]:
    """Of (number of the case, attempt): the share with the lowest lots, and one at least of anything."""
    listed = sorted(set(keys), key=lambda key: lot(rules.seed, *key))
    return set(listed[: -(-len(listed) * rules.share_percent // 100)])


def areas_drawn(key: tuple[str, int], codes: Collection[str], rules: Reread) -> list[str]:
    listed = sorted(codes, key=lambda code: lot(rules.seed, *key, code))
    return sorted(listed[: rules.areas_at_most] if rules.areas_at_most else listed)


def key_of(round_: Round) -> tuple[str, int]:
    return round_.case_file.case.number, round_.attempt


# -- the draw ------------------------------------------------------------------------------------------------------------


def in_no_draw(now: datetime, rules: QualityRules) -> QuerySet[Round]:
    """Completed reviews whose images are here, and that were in no draw yet. Which of the cases are closed is asked when it is drawn."""
    since = now - timedelta(days=rules.reread.look_back_days)
    completed = Round.objects.filter(
        ~Exists(Lot.objects.filter(round=OuterRef("pk"))), kind=RoundKind.REVIEW, completed_at__gt=since,
        completed_at__lte=now, package__medium=Medium.UPLOAD,
    )  # fmt: skip
    return queries.current(completed)


def how_many_wait(now: datetime, rules: QualityRules) -> tuple[int, bool]:
    """How many were in no draw yet, and whether there are more than that: they are counted as far as a list is."""
    number = in_no_draw(now, rules).order_by("-completed_at")[: AHEAD + 1].count()
    return min(number, AHEAD), number > AHEAD


def closed(now: datetime, rules: QualityRules) -> list[Round]:
    """Those of them whose cases are closed."""
    listed = list(in_no_draw(now, rules).select_related("case_file__case", "package").order_by("pk"))
    stands = decisions({r.case_file.case_id: r.case_file.case for r in listed}.values(), now)
    return [r for r in listed if _stage(stands.get(r.case_file.case_id)) in rules.reread.stages]


def _stage(decision: object) -> str:
    standing = getattr(decision, "standing", None)
    return standing.stage if standing else ""


@transaction.atomic
def draw(*, actor: Person, now: datetime) -> Draw:
    """Draw, and open a re-read of each review that was drawn. Raises `Lost` where nothing is to be drawn."""
    rules = quality_rules(localdate(now))
    listed = closed(now, rules)
    if not listed:
        raise Lost(NOTHING)
    made = Draw.objects.create(made_at=now, made_by=actor, seed=rules.reread.seed, rules=rules.reread.kept())
    chosen = drawn((key_of(one) for one in listed), rules.reread)
    try:
        with transaction.atomic():
            for one in listed:
                again = _open(one, rules.reread, actor, now) if key_of(one) in chosen else None
                Lot.objects.create(draw=made, round=one, again=again)
    except IntegrityError as error:
        raise Lost("Somebody else has drawn at the same moment. Reload the page to see what was drawn.") from error
    return made


def _open(review: Round, rules: Reread, actor: Person, now: datetime) -> Round:
    codes = [area.code for area in queries.areas_of(review)]
    return Round.objects.create(
        case_file=review.case_file, package=review.package, kind=RoundKind.REREAD, submitted_at=review.submitted_at,
        attempt=review.attempt, only=areas_drawn(key_of(review), codes, rules), opened_at=now, opened_by=actor,
    )  # fmt: skip


def draws() -> QuerySet[Draw]:
    """Each with how many reviews were in it, how many of them are read again, and how many readings of those are in."""
    found = Lot.objects.filter(draw=OuterRef("pk"))
    done = Assignment.objects.filter(round__drawn_by__draw=OuterRef("pk"), submitted_at__isnull=False)
    return Draw.objects.select_related("made_by").annotate(
        reviews=number_of(found, "draw"), again=number_of(found.filter(again__isnull=False), "draw"),
        in_hand=number_of(done, "round__drawn_by__draw"),
    )  # fmt: skip


def number_of(rows: QuerySet[Any], of: str) -> Coalesce:
    """How many rows of an inner query there are, for the rows of a page alone."""
    counted = rows.order_by().values(of).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def lots(draw: Draw) -> QuerySet[Lot]:
    """Every review that was in the draw."""
    return draw.lots.select_related("round__case_file__case", "round__package", "again__case_file").order_by("pk")


def read_again(draw: Draw) -> QuerySet[Lot]:
    return lots(draw).filter(again__isnull=False)


def same_again(draw: Draw) -> bool:
    """Drawn once more from what was kept: the same cases and areas?"""
    rules = Reread.read(draw.rules)
    listed = draw.lots.values_list("round__case_file__case__number", "round__attempt", "round__package", "again__only")
    keys = {(number, attempt): only for number, attempt, _, only in listed}
    codes = _codes(draw.lots.filter(again__isnull=False).values("round__package"))
    if drawn(keys, rules) != {key for key, only in keys.items() if only is not None}:
        return False
    return all(
        only == areas_drawn((number, attempt), codes.get(package, ()), rules)
        for number, attempt, package, only in listed
        if only is not None
    )


def _codes(packages: QuerySet[Any, Any]) -> dict[int, set[str]]:
    """The areas of each of these packages."""
    found: dict[int, set[str]] = defaultdict(set)
    for package, area in Area.objects.filter(items__package__in=packages).values_list("items__package", "code"):
        found[package].add(area)
    return found


# -- what came of it -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compared:
    """An area that was read again: what was determined, and what the re-read says."""

    review: Round
    again: Round
    title: str
    determined: str
    found: Review | None  # None: not handed in yet
    differ: tuple[
        str, ...
    ] = ()  # criteria that the re-read does not accept and nobody before has named, or the other way

    @property
    def same(self) -> bool:
        return self.found is not None and self.found.outcome == self.determined


def compared(listed: Iterable[Lot]) -> list[Compared]:
    """Area by area; the number of queries does not grow with that of the lots."""
    pairs = [(one.round, one.again) for one in listed if one.again]
    said = queries.reviews_of([one for pair in pairs for one in pair])
    areas: dict[int, dict[int, Area]] = defaultdict(dict)
    read = Area.objects.filter(items__package__in={again.package_id for _, again in pairs})
    for area in read.annotate(package=F("items__package")):
        areas[area.package][area.pk] = area
    return [
        _compared(review, again, area, said[review.pk].get(area.pk, []), said[again.pk].get(area.pk, []))
        for review, again in pairs
        for area in areas[again.package_id].values()
        if area.code in again.only
    ]


def _compared(review: Round, again: Round, area: Area, before: list[Review], now: list[Review]) -> Compared:
    found = next(iter(now), None)
    return Compared(
        review, again, area.title, _determined([one.outcome for one in before]), found,
        tuple(sorted(_faults([found]) ^ _faults(before))) if found else (),
    )  # fmt: skip


def _determined(outcomes: Sequence[str]) -> str:
    found = deciding.decide(catalogue.determinations(), outcomes)
    return "" if found == deciding.THIRD else found


def _faults(listed: Iterable[Review]) -> set[str]:
    return {finding.criterion.title for one in listed for finding in one.findings if finding.criterion}


def agreement(draw: Draw) -> Kappa:
    """Of everything that was drawn and is read again by now."""
    drawn_, rows = Lot.objects.filter(draw=draw, again__isnull=False), Assignment.objects.filter(outcome__isnull=False)
    before: dict[tuple[int, int], list[str]] = defaultdict(list)
    for *key, outcome in rows.filter(round__in=drawn_.values("round")).values_list("round", "area", "outcome"):
        before[key[0], key[1]].append(str(outcome))
    again = rows.filter(round__in=drawn_.values("again")).order_by("-position")
    found = again.values_list("round__drawn_by__round", "area", "outcome")
    now = {(review, area): outcome for review, area, outcome in found}  # the first of them stays
    settled = {key: _determined(before[key]) for key in now}
    return kappa.cohen([(settled[key], str(outcome)) for key, outcome in sorted(now.items()) if settled[key]])
