"""What waits for staff although the policy names another holder: somebody has to be found before that holder can act."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, QuerySet

from reaccredit.appeals.models import Appeal, Arbitration
from reaccredit.reviews.models import Assignment, Round, RoundKind

ARBITRATOR, READER = "An arbitrator has to be assigned", "A third reader has to be assigned"


def without_arbitrator() -> QuerySet[Appeal]:
    """Appeals that are complete and of which no area has an arbitrator yet."""
    assigned = Arbitration.objects.filter(appeal=OuterRef("pk"))
    return Appeal.objects.filter(~Exists(assigned), received_at__isnull=False)


def without_reader() -> QuerySet[Round]:
    """Reviews in which every reading is in and the areas are not settled: two readers do not agree."""
    read = Assignment.objects.filter(round=OuterRef("pk"))
    outstanding = read.filter(submitted_at__isnull=True)
    return Round.objects.filter(
        Exists(read),
        ~Exists(outstanding),
        completed_at__isnull=True,
        submitted_at=F("package__submitted_at"),
        kind=RoundKind.REVIEW,
    )


def chores() -> dict[int, str]:
    """Case file -> what staff have to do in it."""
    found = dict.fromkeys(without_arbitrator().values_list("case_file", flat=True), ARBITRATOR)
    return found | dict.fromkeys(without_reader().values_list("case_file", flat=True), READER)
