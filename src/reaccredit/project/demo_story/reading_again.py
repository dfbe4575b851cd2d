"""How the demo's programme looks after its own reading: a draw of closed cases, a re-read that is in and one that is not."""

from __future__ import annotations

from reaccredit.project.demo_story.cast import Cast
from reaccredit.project.demo_story.telling import verdicts
from reaccredit.reviews import actions as reviews
from reaccredit.reviews import offering, rereading
from reaccredit.reviews.models import Assignment, Round, RoundKind
from reaccredit.reviews.quality_rules import quality_rules

DRAWN, READ = 3, 2  # days ago


def draw(cast: Cast) -> None:
    when = cast.at(DRAWN, 10)
    if not rereading.closed(when, quality_rules(cast.today)):
        return  # a story in which nothing has ended yet
    made = rereading.draw(actor=cast.second_staff, now=when)
    for again in Round.objects.filter(kind=RoundKind.REREAD, drawn_by__draw=made).select_related("package"):
        now = cast.at(DRAWN, 11)
        proposal = offering.propose(round=again, actor=cast.second_staff, now=now, seed=made.pk)
        if proposal.answer["feasible"]:
            offering.accept(proposal=proposal, actor=cast.second_staff, now=now)
    given = Assignment.objects.filter(round__kind=RoundKind.REREAD, submitted_at__isnull=True)
    listed = given.select_related("area", "round__package", "round__case_file__case", "reviewer").order_by("pk")
    for reading in listed[:1]:
        reviews.submit(
            assignment=reading, verdicts=verdicts(reading, ""), actor=reading.reviewer, now=cast.at(READ, 14)
        )
