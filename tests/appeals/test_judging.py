"""What stands against a reader stands against an arbitrator as well, in the database itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from reaccredit.appeals import arbitration, guards
from reaccredit.appeals.models import Appeal
from reaccredit.people import actions as people
from reaccredit.people.models import Role
from reaccredit.reviews import guards as judging
from reaccredit.reviews.models import Assignment, Part, Tie
from tests.appeals.test_appealing import BRAIN, LATER, received
from tests.options.world import World


def refused(world: World, appeal: Appeal, why: str) -> None:
    with pytest.raises(arbitration.NotEligible, match=why):
        arbitration.assign(
            appeal=appeal, area=appeal.areas.get(), arbitrator=world.arbitrator, actor=world.staff, now=LATER
        )


def test_an_arbitrator_with_a_tie_to_the_facility_is_refused(world: World) -> None:
    appeal = received(world, [BRAIN])
    tied = Tie.objects.create(
        person=world.arbitrator, kind="bias", facility=appeal.case_file.facility, declared_at=LATER
    )
    refused(world, appeal, "has declared bias to")
    tied.delete()
    arbitration.assign(
        appeal=appeal, area=appeal.areas.get(), arbitrator=world.arbitrator, actor=world.staff, now=LATER
    )


def test_an_arbitrator_whose_authorisation_has_ended_is_refused(world: World) -> None:
    appeal = received(world, [BRAIN])
    one = world.arbitrator.authorisations.get()
    people.withdraw_authorisation(authorisation=one, until=LATER.date() - timedelta(days=3))
    refused(world, appeal, "is not authorised for MRI")


def test_who_judged_an_appeal_has_that_one_role_in_the_case(world: World) -> None:
    appeal = received(world, [BRAIN])
    arbitration.assign(
        appeal=appeal, area=appeal.areas.get(), arbitrator=world.arbitrator, actor=world.staff, now=LATER
    )
    assert Part.objects.get(case_file=appeal.case_file, person=world.arbitrator).role == Role.ARBITRATOR
    people.appoint(person=world.arbitrator, role=Role.REVIEWER, profession="radiologist", since=LATER.date())
    reading = Assignment.objects.filter(round=appeal.report.round)[0]
    with pytest.raises(DatabaseError, match="cannot review it"), transaction.atomic():
        Assignment.objects.filter(pk=reading.pk).update(reviewer=world.arbitrator)


def test_the_guards_of_arbitration_stand_with_the_years_of_the_rules(db: None) -> None:
    standing = judging.standing(connection)
    for statement in judging.statements(guards.ARBITRATIONS, connection.vendor):
        body = statement.split("$$")[1] if "$$" in statement else statement
        assert body.startswith("CREATE TRIGGER appeals_arbitration_judge BEFORE") or body.strip() in standing
