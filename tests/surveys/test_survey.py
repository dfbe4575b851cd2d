"""The scheduled on-site survey: three professions, dates, fees invoiced to the facility, the team's report, then reinstatement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from reaccredit.applications.models import Application
from reaccredit.billing import actions as billing
from reaccredit.billing.models import Invoice
from reaccredit.documents.actions import Unacceptable
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.queries import decision
from reaccredit.people import actions as people
from reaccredit.people.actions import WrongPassword
from reaccredit.people.models import Person
from reaccredit.reinstatements import actions as plans
from reaccredit.reviews import guards as reviews_guards
from reaccredit.reviews.models import Tie
from reaccredit.surveys import actions, guards, queries, sending
from reaccredit.surveys.actions import NotATeam
from reaccredit.surveys.models import TeamMember
from tests.options.world import BRAIN, DAY, HOUR, PHANTOM, SPINE
from tests.surveys.world import BASE, FOUND, OPENED, PLANNED, VISIT, VISITED, World, sign

AFTER = VISITED + DAY


def stage(world: World, at: object) -> str:
    return decision(world.case_file.case, at).standing.stage  # type: ignore[arg-type]


# -- the team -----------------------------------------------------------------------------------------------------------


def test_the_third_deficiency_leads_to_a_survey_that_staff_schedule(world: World) -> None:
    assert queries.state(world.survey()) == "open"
    assert stage(world, OPENED) == "surveying"
    world.scheduled()
    assert queries.state(world.survey()) == "scheduled"
    assert [(m.profession, m.person) for m in queries.team(world.survey())] == list(world.team.items())


@pytest.mark.parametrize("missing", ["radiologist", "medical-physicist", "technologist"])
def test_the_team_needs_all_three_professions(world: World, missing: str) -> None:
    team = {profession: person for profession, person in world.team.items() if profession != missing}
    with pytest.raises(NotATeam):
        actions.schedule(survey=world.survey(), visit=VISIT, team=team, base_cents=BASE, actor=world.staff, now=PLANNED)
    assert world.survey().scheduled_at is None


def test_nobody_of_the_facility_is_on_the_team(world: World) -> None:
    known = sending.known(world.case_file, PLANNED.date())
    assert [c.person for c in known.eligible("radiologist")] == [world.has_read, world.radiologist]
    assert known.proposed("radiologist") in known.eligible("radiologist")
    assert [c.person for c in known.barred("radiologist")] == [world.from_here]
    with pytest.raises(NotATeam):
        actions.schedule(
            survey=world.survey(), visit=VISIT, team=world.team | {"radiologist": world.from_here}, base_cents=BASE,
            actor=world.staff, now=PLANNED,
        )  # fmt: skip


def test_that_somebody_reviewed_the_case_is_advice_and_no_rule(world: World) -> None:
    found = {c.person: c.advice for c in sending.known(world.case_file, PLANNED.date()).eligible("radiologist")}
    assert "reviewed images of this case" in found[world.has_read]
    assert found[world.radiologist] == ""
    actions.schedule(
        survey=world.survey(), visit=VISIT, team=world.team | {"radiologist": world.has_read}, base_cents=BASE,
        actor=world.staff, now=PLANNED,
    )  # fmt: skip


def with_a_tie(world: World, person: Person) -> None:
    Tie.objects.create(person=person, kind="financial", facility=world.facility, declared_at=PLANNED)


def without_authorisation(world: World, person: Person) -> None:
    person.authorisations.all().delete()


def silent(world: World, person: Person) -> None:
    people.ask_to_declare(person=person, year=PLANNED.year, now=PLANNED)


def away_on_the_day(world: World, person: Person) -> None:
    people.be_away(person=person, since=VISIT.ends_on, until=VISIT.ends_on)


@pytest.mark.parametrize(
    ("happens", "said", "held_by_the_database"),
    [
        (with_a_tie, "financial", True),
        (without_authorisation, "authorised", True),
        (silent, "declar", False),
        (away_on_the_day, "is away", False),
    ],
)
def test_who_may_not_be_sent_is_named_with_the_reason(
    world: World, happens: Callable[[World, Person], None], said: str, held_by_the_database: bool
) -> None:
    happens(world, world.surveying_physicist)
    with pytest.raises(NotATeam, match=said):
        world.scheduled()
    survey = world.survey()
    assert survey.scheduled_at is None
    row = {"person": world.surveying_physicist, "profession": "medical-physicist", "named_at": PLANNED}
    if held_by_the_database:
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamMember.objects.create(survey=survey, **row)
        made = TeamMember.objects.create(survey=survey, **row | {"person": world.radiologist})
        with pytest.raises(IntegrityError), transaction.atomic():
            TeamMember.objects.filter(pk=made.pk).update(person=world.surveying_physicist)
    else:
        assert TeamMember.objects.create(survey=survey, **row)


def test_the_guards_of_the_team_stand_with_the_years_of_the_rules(db: None) -> None:
    standing = " ".join(reviews_guards.standing(connection).split())
    for condition, said in guards.checks(connection.vendor):
        assert " ".join(condition.split()) in standing
        assert said in standing


def test_somebody_of_another_profession_cannot_take_a_place(world: World) -> None:
    with pytest.raises(NotATeam):
        actions.schedule(
            survey=world.survey(), visit=VISIT, team=world.team | {"technologist": world.radiologist}, base_cents=BASE,
            actor=world.staff, now=PLANNED,
        )  # fmt: skip


def test_only_staff_schedule(world: World) -> None:
    with pytest.raises(PermissionDenied):
        actions.schedule(
            survey=world.survey(), visit=VISIT, team=world.team, base_cents=BASE, actor=world.admin, now=PLANNED
        )


def test_the_days_and_the_team_can_be_changed(world: World) -> None:
    survey = world.scheduled()
    named = {member.person_id: member.named_at for member in queries.team(survey)}
    moved = replace(VISIT, starts_on=date(2021, 6, 8), ends_on=date(2021, 6, 9))
    actions.schedule(
        survey=survey, visit=moved, team=world.team | {"radiologist": world.has_read}, base_cents=BASE, actor=world.staff,
        now=PLANNED + DAY,
    )  # fmt: skip
    again = world.survey()
    assert again.starts_on == date(2021, 6, 8)
    assert {m.person for m in queries.team(again)} == {*world.team.values(), world.has_read} - {world.radiologist}
    stayed = {m.person_id: m.named_at for m in queries.team(again) if m.person != world.has_read}
    assert stayed.items() <= named.items()


# -- what it costs ------------------------------------------------------------------------------------------------------


def test_the_base_fee_is_invoiced_to_the_facility_with_the_amount_that_staff_enter(world: World) -> None:
    fee = world.scheduled().base_fee
    assert fee is not None
    assert (fee.purpose, fee.cents, fee.case) == (Invoice.Purpose.SURVEY_BASE, BASE, world.case_file.case)


def test_changing_the_survey_does_not_invoice_the_base_fee_twice(world: World) -> None:
    survey = world.scheduled()
    actions.schedule(
        survey=survey, visit=VISIT, team=world.team, base_cents=300_000, actor=world.staff, now=PLANNED + DAY
    )
    assert [i.cents for i in Invoice.objects.filter(purpose=Invoice.Purpose.SURVEY_BASE)] == [300_000]


def test_a_base_fee_that_was_paid_stays_as_it_is(world: World) -> None:
    fee = world.scheduled().base_fee
    assert fee is not None
    billing.record_payment(invoice=fee, reference="r", actor_code="person:1", role="staff", now=PLANNED + HOUR)
    actions.schedule(
        survey=world.survey(), visit=VISIT, team=world.team, base_cents=300_000, actor=world.staff, now=PLANNED + DAY
    )
    assert [i.cents for i in Invoice.objects.filter(purpose=Invoice.Purpose.SURVEY_BASE)] == [BASE]


def test_all_travel_is_one_invoice_that_grows_until_it_is_paid(world: World) -> None:
    survey = world.scheduled()
    with pytest.raises(Lost):
        actions.invoice_travel(survey=survey, actor=world.staff, now=VISITED)
    actions.add_travel(survey=survey, what="Flights", cents=90_000, actor=world.staff, now=VISITED)
    assert actions.invoice_travel(survey=survey, actor=world.staff, now=VISITED).cents == 90_000
    hotel = actions.add_travel(survey=world.survey(), what="Hotel", cents=40_000, actor=world.staff, now=VISITED)
    invoice = actions.invoice_travel(survey=world.survey(), actor=world.staff, now=VISITED)
    assert (invoice.cents, Invoice.objects.filter(purpose=Invoice.Purpose.SURVEY_TRAVEL).count()) == (130_000, 1)
    billing.record_payment(invoice=invoice, reference="r", actor_code="person:1", role="staff", now=AFTER)
    with pytest.raises(Lost):
        actions.remove_travel(cost=type(hotel).objects.get(pk=hotel.pk), actor=world.staff, now=AFTER)


def test_paying_base_fee_and_travel_meets_the_duties_of_the_survey(world: World) -> None:
    survey = world.scheduled()
    owed = {d.material.id for d in decision(world.case_file.case, PLANNED).duties if not d.met}
    assert {"survey-fee", "survey-travel"} <= owed
    actions.add_travel(survey=survey, what="Flights", cents=90_000, actor=world.staff, now=PLANNED)
    travel = actions.invoice_travel(survey=world.survey(), actor=world.staff, now=PLANNED)
    for invoice in (survey.base_fee, travel):
        assert invoice is not None
        billing.record_payment(invoice=invoice, reference="r", actor_code="person:1", role="staff", now=PLANNED + HOUR)
    left = {d.material.id for d in decision(world.case_file.case, PLANNED + HOUR).duties if not d.met}
    assert not {"survey-fee", "survey-travel"} & left


# -- the report ---------------------------------------------------------------------------------------------------------


def test_the_survey_is_completed_when_each_of_the_three_has_signed(world: World) -> None:
    survey = world.reported_on()
    for place, person in enumerate(world.team.values()):
        assert world.survey().completed_at is None
        sign(survey, person, VISITED + place * HOUR)
    assert world.survey().completed_at == VISITED + 2 * HOUR
    assert stage(world, AFTER) == "surveyed"


def test_a_change_takes_the_signatures_away(world: World) -> None:
    survey = world.reported_on()
    sign(survey, world.radiologist, VISITED)
    actions.write(
        survey=survey, said=replace(FOUND, training="None."), seen=1, actor=world.surveying_physicist, now=VISITED
    )
    assert [s.signature for s in queries.signings(world.survey())] == [None, None, None]


def test_members_who_write_at_once_overwrite_nothing(world: World) -> None:
    survey = world.reported_on()
    with pytest.raises(actions.SavedMeanwhile):
        actions.write(survey=survey, said=FOUND, seen=0, actor=world.surveying_physicist, now=VISITED)


def test_nothing_is_signed_before_the_visit(world: World) -> None:
    survey = world.scheduled()
    actions.write(survey=survey, said=FOUND, seen=0, actor=world.radiologist, now=PLANNED)
    with pytest.raises(Lost):
        sign(survey, world.radiologist, PLANNED + HOUR)


def test_nobody_signs_twice_or_with_a_wrong_password(world: World) -> None:
    survey = world.reported_on()
    with pytest.raises(WrongPassword):
        sign(survey, world.radiologist, VISITED, password="not it")
    sign(survey, world.radiologist, VISITED)
    with pytest.raises(Lost):
        sign(survey, world.radiologist, VISITED)


def test_only_the_team_of_this_survey_writes_and_signs(world: World) -> None:
    survey = world.reported_on()
    for stranger in (world.has_read, world.staff, world.admin):
        with pytest.raises(PermissionDenied):
            sign(survey, stranger, VISITED)


def test_the_paper_of_the_team_stands_with_its_words(world: World) -> None:
    survey = world.scheduled()
    first = actions.write(
        survey=survey, said=FOUND, seen=0, actor=world.radiologist, now=VISITED, paper=BytesIO(b"Site report.")
    )
    assert first.document is not None
    actions.write(
        survey=survey, said=FOUND, seen=1, actor=world.radiologist, now=VISITED, paper=BytesIO(b"Newer report.")
    )
    assert not type(first.document).objects.filter(pk=first.document.pk).exists()
    with pytest.raises(Unacceptable):
        actions.write(survey=survey, said=FOUND, seen=2, actor=world.radiologist, now=VISITED, paper=BytesIO(b""))


# -- what follows -------------------------------------------------------------------------------------------------------


def test_after_the_survey_the_facility_applies_for_everything_again(world: World) -> None:
    with pytest.raises(Refused):
        actions.go_on(survey=world.scheduled(), actor=world.admin, now=PLANNED)
    application = actions.go_on(survey=world.done(), actor=world.admin, now=AFTER)
    assert application.kind == Application.Kind.REINSTATEMENT
    assert set(application.exams) == {BRAIN, SPINE, PHANTOM}


def test_after_the_survey_the_facility_may_hand_in_a_plan_first(world: World) -> None:
    world.done()
    plan = plans.begin(case_file=world.case_file, actor=world.admin, now=AFTER)
    assert plan.report == world.survey().report
    assert plan.lines.count() == 4


def test_a_completed_survey_is_not_scheduled_again(world: World) -> None:
    with pytest.raises(Lost):
        actions.schedule(
            survey=world.done(), visit=VISIT, team=world.team, base_cents=BASE, actor=world.staff, now=AFTER
        )
