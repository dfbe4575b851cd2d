"""A share of the closed cases is read once more, by somebody who has not read them: which ones is drawn by lot, and on record.

The lot of a review is the SHA-256 of the seed, the number of the case and the attempt; the lowest are drawn. Seed and rules stand in
dated data before, the reviews that were in the draw are kept with it: whoever doubts a draw makes it again and finds the same.
A re-read is a reading as any other to its reader. It determines nothing, and no history of a case tells of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from reaccredit.ledger.actions import Lost
from reaccredit.ledger.queries import decisions
from reaccredit.packages.models import Medium
from reaccredit.people.models import Person
from reaccredit.reviews import kappa, queries
from reaccredit.reviews.kappa import Kappa
from reaccredit.reviews.models import Draw, Lot, Round, RoundKind
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
    return Round.objects.filter(
        ~Exists(Lot.objects.filter(round=OuterRef("pk"))), kind=RoundKind.REVIEW, completed_at__gt=since,
        completed_at__lte=now, package__submitted_at=F("submitted_at"), package__medium=Medium.UPLOAD,
    )  # fmt: skip


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
    done = Q(lots__again__assignments__submitted_at__isnull=False)
    return Draw.objects.select_related("made_by").annotate(
        reviews=Count("lots", distinct=True), again=Count("lots__again", distinct=True),
        in_hand=Count("lots__again__assignments", filter=done, distinct=True),
    )  # fmt: skip


def lots(draw: Draw) -> list[Lot]:
    return list(draw.lots.select_related("round__case_file__case", "round__package", "again__package"))


def same_again(draw: Draw, listed: Sequence[Lot]) -> bool:
    """Drawn once more from what was kept: the same cases and areas?"""
    rules = Reread.read(draw.rules)
    chosen = drawn((key_of(one.round) for one in listed), rules)
    return chosen == {key_of(one.round) for one in listed if one.again} and all(
        one.again.only == areas_drawn(key_of(one.round), _codes(one.round), rules) for one in listed if one.again
    )


def _codes(review: Round) -> list[str]:
    return [area.code for area in queries.areas_of(review)]


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
    return [one for row in listed if row.again for one in _of(row.round, row.again)]


def _of(review: Round, again: Round) -> Iterable[Compared]:
    settled, before, now = queries.determinations(review), queries.reviews(review), queries.reviews(again)
    for area in queries.areas_of(again):
        found = next(iter(now.get(area.pk, [])), None)
        yield Compared(
            review, again, area.title, settled.get(area.code, ""), found,
            tuple(sorted(_faults([found]) ^ _faults(before.get(area.pk, [])))) if found else (),
        )  # fmt: skip


def _faults(listed: Iterable[Review]) -> set[str]:
    return {finding.criterion.title for one in listed for finding in one.findings if finding.criterion}


def agreement(rows: Iterable[Compared]) -> Kappa:
    return kappa.cohen([(one.determined, one.found.outcome) for one in rows if one.found and one.determined])
