"""The corrective action plan, sentence by sentence of the article: all deficiencies, approval, directed actions, no PHI."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from reaccredit.documents.actions import STORE, Unacceptable
from reaccredit.documents.models import Document
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.queries import decision
from reaccredit.people.actions import WrongPassword
from reaccredit.people.models import Role
from reaccredit.reinstatements import actions, queries, rules
from reaccredit.reinstatements.actions import MayHoldPhi, NotComplete, NotTheSigner, Upload
from reaccredit.reinstatements.models import Direction, Plan, PlanLine
from tests.options.world import BRAIN, PASSWORD, SPINE
from tests.reinstatements.world import ATTESTED, CHOSEN, DAY, HOUR, World, paper

LATER = CHOSEN + HOUR


def stage(world: World, at: object = LATER) -> str:
    return decision(world.case_file.case, at).standing.stage  # type: ignore[arg-type]


def first_line(world: World) -> PlanLine:
    found = queries.lines_of(world.plan()).first()
    assert found is not None
    return found


def save(world: World, line: PlanLine, **changes: object) -> PlanLine:
    said = {
        "seen": line.saves, "cause": "Wear of the coil.", "action": "Coil replaced.", "owner": "Tess Technologist",
        "due_on": CHOSEN.date(), "declared": (), "actor": world.technologist, "now": LATER,
    } | changes  # fmt: skip
    return actions.save_line(line=line, **said)  # type: ignore[arg-type]


def files_on_disk(folder: Path) -> list[Path]:
    return [path for path in (folder / "files" / STORE.area).rglob("*") if path.is_file() and path.name != ".gate"]


# -- what it has to address ---------------------------------------------------------------------------------------------


def test_the_plan_has_a_line_for_every_deficiency_of_every_earlier_report(world: World) -> None:
    found = [
        (line.determination.report.attempt, line.determination.area.code)
        for line in queries.lines_of(world.plan())
        if line.determination
    ]
    assert found == [(1, BRAIN), (1, SPINE), (2, SPINE)]


def test_what_an_arbitrator_found_acceptable_is_no_deficiency_any_more(world: World) -> None:
    """The history of such an appeal is written by hand: in this world nobody has appealed."""
    case_file = world.case_file
    report = case_file.reports.get(attempt=1)
    fact = case_file.case.facts.filter(kind="report.viewed").first()
    assert fact is not None
    upheld = type(fact)(
        case=case_file.case, seq=999, kind="appeal.upheld", about={"areas": [BRAIN]}, happened_at=report.issued_at + HOUR,
        recorded_at=CHOSEN, actor="person:1", hash="0" * 64,
    )  # fmt: skip
    upheld.save(force_insert=True)
    latest = case_file.reports.get(attempt=2)
    assert [(d.report.attempt, d.area.code) for d in queries.deficiencies(case_file, latest)] == [
        (1, SPINE),
        (2, SPINE),
    ]


def test_submit_is_closed_until_each_line_has_cause_action_owner_and_date(world: World) -> None:
    assert [task.missing for task in queries.tasks(world.plan())] == [("cause", "action", "owner", "date")] * 3
    save(world, first_line(world), cause="", due_on=None)
    assert queries.tasks(world.plan())[0].missing == ("cause", "date")
    with pytest.raises(NotComplete):
        actions.sign(
            plan=world.plan(), password=PASSWORD, seen=queries.plan_hash(world.plan()), actor=world.physician, now=LATER
        )
    assert stage(world) == "correcting"


def test_a_second_plan_for_the_same_report_is_not_opened(world: World) -> None:
    plan = world.plan()
    with pytest.raises(Lost):
        actions.open(case_file=world.case_file, report=plan.report, actor=world.admin, now=LATER)


# -- writing together ---------------------------------------------------------------------------------------------------


def test_who_saves_over_somebody_else_is_told_and_overwrites_nothing(world: World) -> None:
    line = first_line(world)
    save(world, line, cause="First.")
    with pytest.raises(actions.SavedMeanwhile) as told:
        save(world, line, cause="Second.")
    assert told.value.newest.cause == "First."


def test_staff_do_not_write_the_facilitys_plan(world: World) -> None:
    with pytest.raises(PermissionDenied):
        save(world, first_line(world), actor=world.staff)


# -- no protected health information ------------------------------------------------------------------------------------


def test_a_text_that_names_a_patient_is_refused_and_not_kept(world: World) -> None:
    line = first_line(world)
    with pytest.raises(MayHoldPhi) as told:
        save(world, line, cause="Repeated scan.\nPatient name: Jane Roe, MRN 4711008")
    assert {(f.place, f.line) for found in told.value.findings.values() for f in found} == {("cause", 2)}
    assert told.value.terms.phi_clause is not None
    line.refresh_from_db()
    assert line.cause == ""


def test_the_facilitys_own_people_may_be_named(world: World) -> None:
    said = "Ask Dr. Sue Physician <sue.physician@demo.example>."
    assert save(world, first_line(world), action=said).action == said


def test_a_possible_identifier_can_be_declared_to_be_nobodys(world: World) -> None:
    line = first_line(world)
    text = "Call the maker's service, tel. 617-555-0123."
    with pytest.raises(MayHoldPhi) as told:
        save(world, line, action=text)
    assert told.value.declarable == {"phone"}
    assert save(world, line, action=text, declared=("phone",)).declared == ["phone"]


def test_a_paper_with_a_patient_in_it_leaves_no_bytes(world: World, own_folder: Path) -> None:
    upload = paper("Exam list\nPatient name: Jane Roe\nMRN: 4711008\n")
    with pytest.raises(Unacceptable) as told:
        actions.add_paper(plan=world.plan(), upload=upload, actor=world.technologist, now=LATER)
    assert told.value.clause == "reinstate.phi"
    assert told.value.sentences
    assert not any(
        "Roe" in sentence or "4711008" in sentence for sentence in (*told.value.sentences, told.value.sentence)
    )
    assert files_on_disk(own_folder) == []
    assert not world.plan().papers.exists()


def test_a_clean_paper_is_kept_with_what_the_uploader_attested(world: World, own_folder: Path) -> None:
    made = actions.add_paper(plan=world.plan(), upload=paper(), actor=world.technologist, now=LATER)
    assert (made.attested, made.document.screened) == (ATTESTED, True)
    assert len(files_on_disk(own_folder)) == 1


def test_a_paper_without_attestation_is_not_looked_at(world: World) -> None:
    with pytest.raises(NotComplete):
        actions.add_paper(
            plan=world.plan(), upload=Upload(BytesIO(b"fine"), "Protocol"), actor=world.technologist, now=LATER
        )


def test_a_title_is_screened_as_the_text_is(world: World) -> None:
    with pytest.raises(Unacceptable):
        actions.add_paper(
            plan=world.plan(), upload=paper(title="Patient name: Jane Roe"), actor=world.technologist, now=LATER
        )


def test_before_march_2021_the_policy_does_not_say_whether_a_plan_may_hold_phi(world: World) -> None:
    case = world.case_file.case
    assert rules.terms(case, rules.PLAN, LATER).phi == "forbidden"
    old = rules.policy_for(case.programme)["2020-09-21"].materials[rules.PLAN]
    assert old.phi == ""


def test_removing_a_paper_keeps_it_where_an_earlier_version_holds_it(world: World) -> None:
    actions.add_paper(plan=world.plan(), upload=paper(), actor=world.technologist, now=LATER)
    sent = world.sent()
    actions.return_(plan=sent, comment="Be more specific.", about_lines={}, actor=world.staff, now=LATER + HOUR)
    again = world.plan().papers.get()
    actions.remove_paper(paper=again, actor=world.technologist, now=LATER + 2 * HOUR)
    assert Document.objects.filter(pk=sent.papers.get().document_id).exists()


# -- signature ----------------------------------------------------------------------------------------------------------


def test_where_the_policy_names_no_signer_somebody_of_the_facility_signs_in_their_own_post(world: World) -> None:
    assert queries.plan_terms(world.plan()).signers == ()
    sent = world.sent()
    signature = sent.signatures.get().signature
    assert (signature.role, signature.person, signature.sha256) == (
        Role.SUPERVISING_PHYSICIAN,
        world.physician,
        sent.sha256,
    )
    assert stage(world) == "approving"
    with pytest.raises(NotTheSigner):
        stranger(world)


def stranger(world: World) -> None:
    plan = world.plan()
    actions.return_(plan=plan, comment="Once more.", about_lines={}, actor=world.staff, now=LATER + HOUR)
    following = world.plan()
    actions.sign(
        plan=following, password=PASSWORD, seen=queries.plan_hash(following), actor=world.staff, now=LATER + HOUR
    )


def test_nothing_is_signed_with_a_wrong_password(world: World) -> None:
    plan = world.written()
    with pytest.raises(WrongPassword):
        actions.sign(plan=plan, password="not it", seen=queries.plan_hash(plan), actor=world.physician, now=LATER)
    assert not plan.signatures.exists()


def test_nothing_is_signed_that_the_signer_has_not_seen(world: World) -> None:
    plan = world.written()
    seen = queries.plan_hash(plan)
    save(world, first_line(world), cause="Something else.")
    with pytest.raises(Lost):
        actions.sign(plan=plan, password=PASSWORD, seen=seen, actor=world.physician, now=LATER)


def test_a_plan_that_was_sent_cannot_be_changed(world: World) -> None:
    line = queries.lines_of(world.sent()).first()
    assert line is not None
    with pytest.raises(Lost):
        save(world, line)


# -- what staff answer --------------------------------------------------------------------------------------------------


def test_a_returned_plan_keeps_what_was_typed_and_carries_the_comments(world: World) -> None:
    sent = world.sent()
    about = queries.lines_of(sent)[1]
    actions.return_(
        plan=sent,
        comment="Say who was trained.",
        about_lines={about.pk: "Which coil?"},
        actor=world.staff,
        now=LATER + HOUR,
    )
    again = world.plan()
    assert (again.version, again.submitted_at, stage(world, LATER + HOUR)) == (2, None, "correcting")
    assert all(task.done for task in queries.tasks(again))
    assert [[c.text for c in task.comments] for task in queries.tasks(again)] == [[], ["Which coil?"], []]
    assert "Say who was trained." in [c.text for c in queries.comments_before(again)]


def test_a_directed_action_becomes_a_line_that_must_be_answered(world: World) -> None:
    following = actions.direct(plan=world.sent(), text="Replace the head coil.", actor=world.staff, now=LATER + HOUR)
    task = queries.tasks(following)[-1]
    assert (task.line.direction, task.missing) == (Direction.objects.get(), ("action", "owner", "date"))
    assert stage(world, LATER + HOUR) == "correcting"
    with pytest.raises(NotComplete):
        actions.sign(
            plan=following,
            password=PASSWORD,
            seen=queries.plan_hash(following),
            actor=world.physician,
            now=LATER + 2 * HOUR,
        )


def test_an_action_can_be_directed_while_the_facility_still_writes(world: World) -> None:
    plan = world.plan()
    assert actions.direct(plan=plan, text="Replace the head coil.", actor=world.staff, now=LATER) == plan
    assert queries.lines_of(plan).count() == 4


def test_a_direction_stays_in_every_version_that_follows(world: World) -> None:
    actions.direct(plan=world.plan(), text="Replace the head coil.", actor=world.staff, now=LATER)
    sent = world.sent()
    actions.return_(plan=sent, comment="Not yet.", about_lines={}, actor=world.staff, now=LATER + HOUR)
    assert [line.direction.text for line in queries.lines_of(world.plan()) if line.direction] == [
        "Replace the head coil."
    ]


def test_the_second_of_two_answers_is_told_that_the_first_counts(world: World) -> None:
    sent = world.sent()
    actions.approve(plan=sent, comment="", actor=world.staff, now=LATER + HOUR)
    with pytest.raises(Lost):
        actions.return_(plan=sent, comment="No.", about_lines={}, actor=world.staff, now=LATER + HOUR)
    assert world.plan().answer == Plan.Answer.APPROVED


def test_only_staff_answer(world: World) -> None:
    with pytest.raises(PermissionDenied):
        actions.approve(plan=world.sent(), comment="", actor=world.admin, now=LATER + HOUR)


def test_an_approved_plan_is_still_to_be_carried_out(world: World) -> None:
    world.approved()
    standing = decision(world.case_file.case, CHOSEN + DAY)
    assert standing.standing.stage == "testing"
    assert standing.owes(rules.EVIDENCE)
    assert not standing.owes(rules.PLAN)


def test_a_plan_that_no_form_asked_for_is_begun_only_where_the_policy_takes_one(world: World) -> None:
    world.approved()
    with pytest.raises(Refused):
        actions.begin(case_file=world.case_file, actor=world.admin, now=CHOSEN + DAY + timedelta(hours=1))
