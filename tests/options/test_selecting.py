"""The option form: who, when, which areas, and what it starts."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from reaccredit.appeals.models import Appeal
from reaccredit.certificates.models import Certificate
from reaccredit.ledger.actions import Refused
from reaccredit.ledger.queries import decision
from reaccredit.options import actions, queries
from reaccredit.options.models import OptionForm
from reaccredit.packages.models import Package
from reaccredit.people.models import Role
from reaccredit.repeats.models import Repeat
from reaccredit.reports import actions as reports
from reaccredit.reports.models import FinalReport
from reaccredit.withdrawals.models import Withdrawal
from tests.options.world import APRIL, BRAIN, DAY, PHANTOM, SPINE, World, fill, packages

SECOND = timedelta(seconds=1)
OPEN = APRIL + 2 * DAY


def test_the_form_opens_48_hours_after_the_report_and_not_a_second_before(world: World) -> None:
    report = world.viewed([BRAIN])
    with pytest.raises(Refused) as no:
        world.select(report, "repeat", OPEN - SECOND)
    assert no.value.refusal.kind == "too-early"
    assert "form.48h" in [c.id for c in no.value.refusal.because.clauses]
    assert world.select(report, "repeat", OPEN).option == "repeat"


def test_the_form_does_not_open_before_the_report_was_viewed(world: World) -> None:
    report = world.failed([BRAIN])
    with pytest.raises(Refused) as no:
        world.select(report, "repeat", OPEN + DAY)
    assert no.value.refusal.kind == "waiting"
    reports.view(report=report, person=world.technologist, now=OPEN + DAY)
    assert world.select(report, "repeat", OPEN + DAY)


def test_the_appeal_and_the_form_have_due_dates_of_their_own(world: World) -> None:
    report = world.viewed([BRAIN])
    options = {o.id: o.due for o in decision(report.case_file.case, OPEN).options}
    assert options["appeal"] == datetime(2021, 4, 17, 4, 0, tzinfo=UTC)  # 15 days from the report, to midnight Eastern
    assert options["withdraw"] == datetime(2021, 4, 19, 4, 0, tzinfo=UTC)  # 15 days from the day the form opened
    with pytest.raises(Refused) as no:
        world.select(report, "appeal", datetime(2021, 4, 17, 4, 0, tzinfo=UTC))
    assert no.value.refusal.kind == "too-late"
    assert OptionForm.objects.count() == 0


def test_a_repeat_opens_its_application_for_what_was_not_acceptable(world: World) -> None:
    report = world.viewed([BRAIN, PHANTOM])
    form = world.select(report, "repeat", OPEN)
    made = Repeat.objects.get(report=report)
    assert set(made.application.exams) == {BRAIN, PHANTOM}
    assert made.application.kind == "repeat"
    assert form.fact.kind == "option.repeat"
    assert set(form.areas) == {BRAIN, PHANTOM}


def test_a_tick_withdraws_the_module_and_asks_for_the_signed_form(world: World) -> None:
    report = world.viewed([BRAIN, SPINE])
    world.select(report, "repeat", OPEN, withdraw=[SPINE])
    standing = dict(decision(report.case_file.case, OPEN).standing.areas)
    assert standing[SPINE] == "withdrawn"
    assert Withdrawal.objects.get().areas == [SPINE]
    assert set(Repeat.objects.get().application.exams) == {BRAIN}


def test_withdrawing_the_only_deficient_module_grants_the_rest(world: World) -> None:
    report = world.viewed([SPINE])
    world.select(report, "withdraw-module", OPEN)
    assert decision(report.case_file.case, OPEN).standing.stage == "granted"
    assert Certificate.objects.get().areas == [BRAIN, PHANTOM]


def test_withdrawing_altogether_leaves_the_signage_as_a_duty(world: World) -> None:
    report = world.viewed([SPINE])
    world.select(report, "withdraw", OPEN)
    now = decision(report.case_file.case, OPEN)
    assert now.standing.stage == "withdrawn"
    assert [d.material.id for d in now.duties if not d.met] == ["signage-removal"]
    assert Withdrawal.objects.get().scope == "all"


def test_a_phantom_test_cannot_be_withdrawn(world: World) -> None:
    report = world.viewed([PHANTOM])
    with pytest.raises(Refused) as no:
        world.select(report, "withdraw-module", OPEN, areas=[PHANTOM])
    assert no.value.refusal.kind == "areas"


def test_a_modality_without_an_emergency_clause_refuses_to_drop_a_module(world: World) -> None:
    report = world.reported({"chest/adult": ""})
    reports.view(report=report, person=world.admin, now=APRIL)
    with pytest.raises(Refused) as no:
        world.select(report, "withdraw-module", OPEN, areas=["chest/adult"])
    assert "emergency-use clause" in no.value.refusal.sentence
    assert Withdrawal.objects.count() == 0


def test_an_appeal_can_be_for_some_of_the_areas(world: World) -> None:
    report = world.viewed([BRAIN, SPINE])
    world.select(report, "appeal", OPEN, areas=[SPINE])
    assert [a.code for a in Appeal.objects.get().areas.all()] == [SPINE]
    assert decision(report.case_file.case, OPEN).standing.deficient == (BRAIN,)


def test_a_second_click_finds_the_first(world: World) -> None:
    report, token = world.viewed([BRAIN]), uuid.uuid4()
    said = {"report": report, "option": "repeat", "attested": actions.Attestation("Ada Admin", Role.ADMINISTRATOR)}
    first = actions.select(**said, actor=world.admin, now=OPEN, token=token, seen=0)
    again = actions.select(**said, actor=world.admin, now=OPEN + SECOND, token=token, seen=0)
    assert first == again
    assert Repeat.objects.count() == 1


def test_who_comes_second_is_told_who_was_first(world: World) -> None:
    report = world.viewed([BRAIN, SPINE])
    first = world.select(report, "withdraw-module", OPEN, areas=[SPINE])
    with pytest.raises(actions.Overtaken) as late:
        actions.select(
            report=report, option="repeat", attested=actions.Attestation("Sue Physician", Role.SUPERVISING_PHYSICIAN),
            actor=world.physician, now=OPEN + SECOND, token=uuid.uuid4(), seen=0,
        )  # fmt: skip
    assert late.value.form == first
    assert OptionForm.objects.count() == 1


def test_a_failure_below_leaves_nothing_of_the_form(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    report = world.viewed([BRAIN])

    def breaks(**said: object) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr("reaccredit.options.actions.repeats.open", breaks)
    with pytest.raises(RuntimeError):
        world.select(report, "repeat", OPEN)
    assert OptionForm.objects.count() == 0
    assert not report.case_file.case.facts.filter(kind="option.repeat").exists()


def test_the_attestation_is_bound_to_what_was_chosen(world: World) -> None:
    report = world.viewed([BRAIN])
    form = world.select(report, "repeat", OPEN)
    assert form.statement == queries.STATEMENT
    assert len(form.sha256) == 64
    assert (form.attested_name, form.attested_role) == ("Ada Admin", "administrator")


def test_the_options_of_an_older_report_are_closed(world: World) -> None:
    report = world.viewed([BRAIN])
    world.select(report, "repeat", OPEN)
    application = Repeat.objects.get().application
    package = world.through(application, OPEN)
    newer = again(world, package, OPEN + DAY)
    reports.view(report=newer, person=world.admin, now=OPEN + DAY)
    with pytest.raises(actions.Superseded):
        world.select(report, "reinstate", OPEN + 5 * DAY)
    offered = [o.id for o in decision(report.case_file.case, OPEN + 4 * DAY).options]
    assert offered[0] == "reinstate"
    assert "repeat" not in offered


def again(world: World, package: Package, now: datetime) -> FinalReport:
    """Hand in the repeat, which fails again."""
    fill(package, world.admin, now)
    sent = packages.submit(package=package, actor=world.admin, now=now)
    return world.reported({BRAIN: ""}, sent, now)


def test_a_late_form_is_accepted_by_staff_with_a_reason(world: World) -> None:
    report = world.viewed([BRAIN])
    late = OPEN + 20 * DAY
    with pytest.raises(Refused):
        world.select(report, "repeat", late)
    assert decision(report.case_file.case, late).holder == "staff"
    actions.accept_late(case_file=report.case_file, reason="The physician was ill.", actor=world.staff, now=late)
    assert world.select(report, "repeat", late + DAY)


def test_a_case_that_was_closed_by_staff_takes_no_form(world: World) -> None:
    report = world.viewed([BRAIN])
    late = OPEN + 20 * DAY
    actions.close(case_file=report.case_file, reason="The facility does not answer.", actor=world.staff, now=late)
    with pytest.raises(Refused) as no:
        world.select(report, "repeat", late)
    assert no.value.refusal.kind == "ended"


def test_a_fourth_deficiency_is_not_defined_and_staff_let_the_case_go_on(world: World) -> None:
    file = world.viewed([BRAIN]).case_file
    story = [
        "option.repeat", "report.failed", "report.viewed", "option.reinstate", "plan.submitted", "plan.approved", "report.failed",
        "report.viewed", "option.survey", "survey.scheduled", "survey.completed", "report.failed",
    ]  # fmt: skip
    for number, kind in enumerate(story):
        world.state(file, kind, OPEN + 3 * number * DAY)
    late = OPEN + 50 * DAY
    assert decision(file.case, late).holder == "staff"
    assert {no.kind for no in decision(file.case, late).refused.values()} == {"not-now"}
    actions.direct(case_file=file, reason="The committee agrees to one more attempt.", actor=world.staff, now=late)
    assert decision(file.case, late).holder == "facility"
    assert file.applications.filter(attempt=2).exists()


def test_the_revision_of_2022_offers_a_supplemental_review_and_staff_enter_its_outcome(world: World) -> None:
    now = datetime(2023, 2, 1, 16, 0, tzinfo=UTC)
    report = world.viewed([BRAIN, SPINE], now)
    offered = [o.id for o in decision(report.case_file.case, now).options]
    assert "supplemental-review" in offered
    assert "withdraw-unit" in offered
    world.select(report, "supplemental-review", now)
    assert decision(report.case_file.case, now).holder == "staff"
    areas = queries.in_supplemental_review(report.case_file, now)
    assert [a.code for a in areas] == [BRAIN, SPINE]
    actions.conclude_supplemental(
        case_file=report.case_file, outcomes={BRAIN: "acceptable", SPINE: "not-acceptable"}, reason="As supplied.",
        actor=world.staff, now=now + DAY,
    )  # fmt: skip
    assert decision(report.case_file.case, now + DAY).standing.deficient == (SPINE,)


def test_withdrawing_the_unit_takes_the_signage_down(world: World) -> None:
    now = datetime(2023, 2, 1, 16, 0, tzinfo=UTC)
    report = world.viewed([BRAIN], now)
    world.select(report, "withdraw-unit", now)
    assert Withdrawal.objects.get().scope == "unit"
    assert [d.material.id for d in decision(report.case_file.case, now).duties if not d.met] == ["signage-removal"]
