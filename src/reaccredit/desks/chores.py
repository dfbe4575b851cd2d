"""What waits for staff although the policy names another holder: somebody has to be found before that holder can act."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from reaccredit.appeals.models import Appeal, Arbitration
from reaccredit.applications.models import CaseFile
from reaccredit.facilities.queries import Audience
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


def with_chores(files: QuerySet[CaseFile]) -> QuerySet[CaseFile]:
    """The same cases, each with what `chore_of` reads: no query of its own."""
    return files.annotate(
        lacks_arbitrator=Exists(without_arbitrator().filter(case_file=OuterRef("pk"))),
        lacks_reader=Exists(without_reader().filter(case_file=OuterRef("pk"))),
    )


def chore_of(file: CaseFile, who: Audience) -> str:
    """What staff have to do in a case that was read `with_chores`; nothing for anybody else."""
    if not who.is_staff:
        return ""
    return (
        READER
        if getattr(file, "lacks_reader", False)
        else ARBITRATOR
        if getattr(file, "lacks_arbitrator", False)
        else ""
    )


def waits_for_staff() -> Q:
    """Of rows of the index: cases that others hold and that cannot go on before staff have found somebody."""
    case = OuterRef("case")
    readers = Exists(without_reader().filter(case_file__case=case))
    arbitrators = Exists(without_arbitrator().filter(case_file__case=case))
    return Q(holder="reviewer") & readers | Q(holder="arbitrator") & arbitrators
