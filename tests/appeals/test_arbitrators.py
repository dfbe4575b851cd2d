"""Who may judge an appeal: ties stand in the list beforehand, a proposal says why, and what is closed is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reaccredit.appeals import arbitration, judging
from reaccredit.appeals.models import Appeal, Arbitration, Recused
from reaccredit.ledger.actions import Lost
from reaccredit.ledger.models import Fact
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role
from reaccredit.reviews import judges
from tests.appeals.test_appealing import LATER, received
from tests.options.world import BRAIN, PASSWORD, World

TODAY = timezone.localdate


def client(person: Person) -> Client:
    made = Client()
    made.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return made


def one_of(listed: list[judging.Candidate], person: Person) -> judging.Candidate:
    return next(one for one in listed if one.person == person)


def tied(world: World) -> None:
    judges.tie(
        person=world.arbitrator, kind="financial", to=world.facility.name, since=None, until=None, now=timezone.now()
    )


def unauthorised(world: World) -> None:
    people.withdraw_authorisation(
        authorisation=world.arbitrator.authorisations.get(role=Role.ARBITRATOR), until=date(2021, 1, 1)
    )


def dismissed(world: World) -> None:
    people.dismiss(person=world.arbitrator, role=Role.ARBITRATOR, until=TODAY() - timedelta(days=1))


def silent(world: World) -> None:
    people.ask_to_declare(person=world.arbitrator, year=LATER.year, now=LATER)


def away(world: World) -> None:
    people.be_away(person=world.arbitrator, since=LATER.date())


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (tied, "has declared a financial relation"), (unauthorised, "is not authorised"),
        (silent, "has not declared conflicts of interest"), (away, "is away"),
    ],
)  # fmt: skip
def test_what_stands_between_them_is_in_the_list_beforehand(
    world: World, happens: Callable[[World], None], said: str
) -> None:
    appeal = received(world, [BRAIN])
    area = appeal.areas.get()
    assert judging.proposal(judging.candidates(appeal, area, LATER.date())).person == world.arbitrator
    happens(world)
    listed = judging.candidates(appeal, area, LATER.date())
    assert any(said in reason for reason in one_of(listed, world.arbitrator).why_not)
    assert judging.proposal(listed) is None
    with pytest.raises(arbitration.NotEligible):
        arbitration.assign(appeal=appeal, area=area, arbitrator=world.arbitrator, actor=world.staff, now=LATER)


def given(world: World) -> tuple[Appeal, Arbitration]:
    appeal = received(world, [BRAIN])
    one = arbitration.assign(
        appeal=appeal, area=appeal.areas.get(), arbitrator=world.arbitrator, actor=world.staff, now=LATER
    )
    return appeal, one


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (tied, "conflict of interest with this case is on file"),
        (unauthorised, "not authorised to judge this area any more"),
        (dismissed, "not an arbitrator of the programme any more"),
    ],
)
def test_an_appeal_that_may_not_be_judged_any_more_is_closed_with_a_sentence(
    world: World, happens: Callable[[World], None], said: str
) -> None:
    _, one = given(world)
    happens(world)
    page = reverse("appeals:arbitration", args=[one.pk])
    reasons = "The coverage is complete in the added series."
    answers = [
        client(world.arbitrator).get(page),
        client(world.arbitrator).post(
            page, {"outcome": "acceptable", "reasons": reasons, "sure": "on", "password": PASSWORD}
        ),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert all(said in answer.text for answer in answers)
    assert reasons in answers[1].text
    assert not Arbitration.objects.filter(decided_at__isnull=False).exists()


def test_an_arbitrator_recuses_at_any_time_and_is_not_asked_again(world: World) -> None:
    appeal, one = given(world)
    page, seat = reverse("appeals:recuse", args=[one.pk]), client(world.arbitrator)
    assert seat.post(page, {"reason": " "}).status_code == 422
    assert seat.post(page, {"reason": "I trained there"}).status_code == 302
    assert Recused.objects.get().reason == "I trained there"
    closed = seat.get(reverse("appeals:arbitration", args=[one.pk]))
    assert (closed.status_code, "You have given this area back" in closed.text) == (403, True)
    listed = judging.candidates(appeal, appeal.areas.get(), LATER.date())
    assert one_of(listed, world.arbitrator).why_not == ("has recused from this appeal",)
    fact = Fact.objects.get(kind="arbitrator.recused")
    assert (fact.note, "person" in fact.actor) == ("", False)
    assert "I trained there" in client(world.staff).get(reverse("appeals:assign", args=[appeal.pk])).text


def test_what_is_decided_is_not_given_back(world: World) -> None:
    _, one = given(world)
    arbitration.decide(
        arbitration=one, outcome="acceptable", reasons="The added series shows it.", password=PASSWORD, now=LATER
    )
    with pytest.raises(Lost):
        arbitration.recuse(arbitration=one, reason="x", now=LATER)
