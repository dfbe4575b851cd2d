"""The report of a repeat is taken back and replaced: nothing is counted twice, what stood before the repeat stands, and the way goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reaccredit.ledger import queries as ledger
from reaccredit.people import actions as people
from reaccredit.people.models import Role
from reaccredit.reinstatements import queries as plans
from reaccredit.reports import actions, queries, taking_back
from reaccredit.reports.models import FinalReport
from reaccredit.reviews.models import Assignment, Mark
from tests.options.world import BRAIN, DAY, SPINE
from tests.packages.world import SINCE
from tests.reinstatements.world import REPEATED, World, build

WHY = "The areas were mixed up when the report was written."


@pytest.fixture
def taken(db: None) -> tuple[World, FinalReport]:
    world = build()
    colleague = people.register(
        email="second@demo.example", name="Sue Second", password="correct horse battery", now=REPEATED
    )
    people.appoint(person=colleague, role=Role.STAFF, since=SINCE)
    report = world.repeated()
    taking_back.ask(report=report, reason=WHY, actor=world.staff, now=REPEATED + DAY)
    taking_back.agree(report=report, reason=WHY, actor=colleague, now=REPEATED + DAY)
    return world, FinalReport.objects.get(pk=report.pk)


def test_the_report_of_a_repeat_is_replaced_and_the_way_goes_on(taken: tuple[World, FinalReport]) -> None:
    world, gone = taken
    case, issued = gone.case_file.case, REPEATED + 2 * DAY
    before = ledger.decision(case, REPEATED + DAY - timedelta(seconds=1))
    new = actions.issue(round=gone.round, actor=world.staff, now=issued)
    assert (new.attempt, new.edition) == (2, 2)
    assert {d.area.code for d in new.determinations.all()} == {BRAIN, SPINE}, "only what was repeated"
    assert new.fact.about["areas"] == dict(before.standing.areas), "and what stood before the repeat still stands"
    assert queries.latest(gone.case_file) == new
    actions.view(report=new, person=world.admin, now=issued)
    # The images went back with the report that was taken back: nobody waits for them a second time.
    new.refresh_from_db()
    assert new.images_returned_at == issued
    now = issued + 3 * DAY
    after = ledger.decision(case, now)
    assert after.standing.count("deficiency") == before.standing.count("deficiency") == 2
    assert "reinstate" in [option.id for option in after.options]
    assert "not-offered" in {no.kind for no in after.refused.values()}
    world.select(new, "reinstate", now)
    about = {
        (line.determination.report_id, line.determination.area.code)
        for line in plans.lines_of(world.plan())
        if line.determination
    }
    first = FinalReport.objects.get(case_file=gone.case_file, attempt=1)
    assert about == {(first.pk, BRAIN), (first.pk, SPINE), (new.pk, SPINE)}


def test_a_repeat_that_passes_after_all_is_granted(taken: tuple[World, FinalReport]) -> None:
    world, gone = taken
    Mark.objects.filter(assignment__round=gone.round, acceptable=False).update(acceptable=True, reason="", causes=[])
    Assignment.objects.filter(round=gone.round).update(outcome="acceptable")
    new = actions.issue(round=gone.round, actor=world.staff, now=REPEATED + 2 * DAY)
    assert new.passed
    assert ledger.decision(gone.case_file.case, REPEATED + 3 * DAY).standing.stage == "granted"
