"""Evidence of completion, then everything applied for is tested again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from reaccredit.applications.models import Application
from reaccredit.documents.actions import Unacceptable
from reaccredit.ledger.actions import Lost
from reaccredit.ledger.queries import decision
from reaccredit.reinstatements import completing, queries, rules
from reaccredit.reinstatements.actions import MayHoldPhi, NotComplete
from reaccredit.reinstatements.models import Evidence
from tests.options.world import BRAIN, PHANTOM, SPINE
from tests.reinstatements.world import ATTESTED, CHOSEN, DAY, World, paper

THEN = CHOSEN + 3 * DAY


def evidence(world: World) -> Evidence:
    found = queries.evidence_of(world.approved())
    assert found is not None
    return found


def test_handing_in_the_evidence_opens_the_application_for_everything_applied_for(world: World) -> None:
    application = world.reinstating()
    assert application.kind == Application.Kind.REINSTATEMENT
    assert set(application.exams) == {BRAIN, SPINE, PHANTOM}
    assert not decision(world.case_file.case, THEN).owes(rules.EVIDENCE)


def test_every_action_needs_its_completion_and_the_whole_needs_a_paper(world: World) -> None:
    found = evidence(world)
    assert len(completing.lacking(found)) == 4
    with pytest.raises(NotComplete):
        completing.submit(evidence=found, attested=ATTESTED, actor=world.physician, now=THEN)
    assert not world.case_file.case.facts.filter(kind=rules.RECEIVED).exists()


def test_a_text_of_the_evidence_is_screened_too(world: World) -> None:
    found = evidence(world)
    line = queries.lines_of(found.plan)[0]
    with pytest.raises(MayHoldPhi):
        completing.complete_line(
            evidence=found, line=line, completed_on=THEN.date(), result="Patient name: Jane Roe, MRN 4711008",
            declared=(), actor=world.technologist, now=THEN,
        )  # fmt: skip


def test_a_paper_of_the_evidence_that_names_a_patient_is_refused_whole(world: World, own_folder: Path) -> None:
    with pytest.raises(Unacceptable):
        completing.add_paper(
            evidence=evidence(world), line=None, upload=paper("Patient name: Jane Roe\nMRN: 4711008"),
            actor=world.technologist, now=THEN,
        )  # fmt: skip


def test_a_paper_may_be_about_one_action_and_can_be_taken_out_again(world: World) -> None:
    found = evidence(world)
    line = queries.lines_of(found.plan)[0]
    made = completing.add_paper(evidence=found, line=line, upload=paper(), actor=world.technologist, now=THEN)
    assert [p.line for p in queries.evidence_papers(found)] == [line]
    completing.remove_paper(paper=made, actor=world.technologist, now=THEN)
    assert queries.evidence_papers(found) == []


def test_evidence_is_handed_in_once(world: World) -> None:
    world.reinstating()
    found = queries.evidence_of(world.plan())
    assert found is not None
    with pytest.raises(Lost):
        completing.submit(evidence=found, attested=ATTESTED, actor=world.physician, now=THEN + timedelta(hours=1))


def test_staff_do_not_hand_in_the_facilitys_evidence(world: World) -> None:
    with pytest.raises(PermissionDenied):
        completing.submit(evidence=world.completed(), attested=ATTESTED, actor=world.staff, now=THEN)
