"""Proposals: made with reasons, accepted, changed, taken back; what is declined or not answered is offered on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reaccredit.facilities import actions as facilities
from reaccredit.facilities.models import Facility
from reaccredit.ledger.actions import Lost
from reaccredit.people import actions as people
from reaccredit.people.models import Authorisation, Employer, Person, Role
from reaccredit.reviews import actions, drafts, guards, offering, queries
from reaccredit.reviews.gathering import problem_of
from reaccredit.reviews.models import Assignment, HandedBack, Part, Proposal, Round, Tie
from reaccredit.reviews.proposing import Told
from tests.packages.world import APRIL, SINCE
from tests.reviews.world import CHEST, HEAD, READ, World, reader

DAY = timedelta(days=1)
LONG_AGO = date(2010, 1, 1)


def proposed(world: World, seed: int = 1) -> Proposal:
    return offering.propose(round=world.round(), actor=world.staff, now=APRIL, seed=seed)


def accepted(world: World) -> Proposal:
    made = proposed(world)
    offering.accept(proposal=made, actor=world.staff, now=APRIL)
    made.refresh_from_db()
    return made


def readers(round_: Round, code: str) -> set[Person]:
    return {r.reviewer for r in round_.assignments.filter(area__code=code).select_related("reviewer")}


def one(round_: Round, code: str) -> Assignment:
    found = Assignment.objects.select_related(
        "area", "reviewer", "proposal__accepted_by", "round__package", "round__case_file__case"
    )
    return found.filter(round=round_, area__code=code).order_by("position")[0]


def area(round_: Round, code: str) -> Any:
    return next(a for a in queries.areas_of(round_) if a.code == code)


@pytest.mark.parametrize("by", [lambda world: accepted(world).round, lambda world: world.given_out()])
def test_first_readers_are_numbered_before_all_second_ones_however_they_were_chosen(
    world: World, by: Callable[[World], Round]
) -> None:
    """A reading for the sake of quality has one reader: nobody can tell it by the gaps between their numbers."""
    given = by(world).assignments
    numbers = {place: given.filter(position=place).values_list("pk", flat=True) for place in (1, 2)}
    assert max(numbers[1]) < min(numbers[2])


def test_what_is_compared_with_somebody_is_told_in_one_sentence() -> None:
    reasons = ("would be possible; compared with Cleo:", "is slower (12 days against 7 days)", "the lot fell otherwise")
    assert Told("Ann", reasons).told == (
        "would be possible; compared with Cleo: is slower (12 days against 7 days); the lot fell otherwise"
    )


def against(world: World, person: Person, code: str = HEAD) -> tuple[str, ...]:
    opened = Round.objects.first() or world.round()
    row = next(r for r in queries.area_rows(opened, APRIL.date()) if r.area.code == code)
    return next(c.why_not for c in row.candidates if c.person == person)


# -- made, accepted, taken back ------------------------------------------------------------------------------------------


def test_a_proposal_gives_nothing_out_and_keeps_its_seed_and_reasons(world: World) -> None:
    made = proposed(world, seed=12)
    assert made.answer["feasible"]
    assert made.answer["receipt"]["seed"] == made.seed == 12
    assert all(one["because"] for row in made.answer["assignment"] for one in row["people"])
    assert not Assignment.objects.exists()


def test_what_is_accepted_has_two_readers_of_the_right_profession_everywhere(world: World) -> None:
    made = accepted(world)
    for row in queries.area_rows(made.round, APRIL.date()):
        assert len(row.readings) == 2
        assert {r.reviewer for r in row.readings} <= set(world.readers(row.area))
    with pytest.raises(Lost, match="accepted already"):
        offering.accept(proposal=made, actor=world.staff, now=APRIL)


def test_a_proposal_that_no_longer_fits_gives_out_nothing(world: World) -> None:
    made = proposed(world)
    for person in world.radiologists:
        people.be_away(person=person, since=APRIL.date())
    with pytest.raises(actions.NotEligible, match="is away until further notice"):
        offering.accept(proposal=made, actor=world.staff, now=APRIL)
    assert not Assignment.objects.exists()
    made.refresh_from_db()
    assert made.accepted_at is None


def test_where_nothing_fits_the_proposal_says_what_would_have_to_be_set_aside(world: World) -> None:
    for person in world.radiologists[:2]:
        people.be_away(person=person, since=APRIL.date())
    answer = proposed(world).answer
    assert not answer["feasible"]
    assert set(answer["relaxation"]["by_constraint"]) == {"availability"}
    assert "needs 2 people" in answer["relaxation"]["shortages"][0]["sentence"]


def test_taking_back_leaves_what_somebody_has_begun_and_lets_the_same_people_be_asked_again(world: World) -> None:
    made = accepted(world)
    begun = one(made.round, HEAD)
    drafts.save(assignment=begun, typed={"coverage-note": "half"}, now=READ)
    given = made.assignments.count()
    assert offering.undo(proposal=made, actor=world.staff, now=READ) == (given - 1, 1)
    assert list(Assignment.objects.filter(round=made.round)) == [begun]
    with pytest.raises(Lost):
        offering.undo(proposal=made, actor=world.staff, now=READ)
    again = offering.propose(round=made.round, actor=world.staff, now=READ, seed=1)
    assert len(offering.accept(proposal=again, actor=world.staff, now=READ)) == given - 1


# -- declined, recused, not answered -----------------------------------------------------------------------------------


def test_what_is_declined_is_offered_to_the_next_and_may_be_asked_of_the_first_again(world: World) -> None:
    round_ = accepted(world).round
    first = one(round_, HEAD)
    drafts.save(assignment=first, typed={"coverage-note": "half"}, now=READ)
    offering.hand_back(assignment=first, reason="busy", actor=first.reviewer, now=READ, kind="declined")
    assert readers(round_, HEAD) == set(world.radiologists) - {first.reviewer}
    gone = one(round_, HEAD)
    actions.withdraw(assignment=gone, kind=HandedBack.Kind.TAKEN_BACK, reason="x", now=READ)
    again = actions.assign(round=round_, area=first.area, reviewer=first.reviewer, actor=world.staff, now=READ)
    assert again.draft == {"coverage-note": "half"}


def test_who_recuses_from_a_case_loses_nothing_of_other_cases_and_is_never_given_it_again(world: World) -> None:
    round_ = accepted(world).round
    first = one(round_, HEAD)
    offering.hand_back(
        assignment=first, reason="I know the site", actor=first.reviewer, now=READ, kind="recused", whole_case=True
    )
    assert not Assignment.objects.filter(round=round_, reviewer=first.reviewer).exists()
    for code in (HEAD, CHEST):
        assert "has given this area back" in against(world, first.reviewer, code)
    with pytest.raises(DatabaseError, match="recused"), transaction.atomic():
        put(world, round_, first.reviewer, code=CHEST)


def test_what_nobody_begins_in_time_is_offered_on(world: World) -> None:
    round_ = accepted(world).round
    begun = one(round_, HEAD)
    drafts.save(assignment=begun, typed={}, now=READ)
    before = set(Assignment.objects.filter(round=round_).values_list("pk", flat=True))
    assert offering.run_out(now=APRIL + 4 * DAY) == 0
    assert offering.run_out(now=APRIL + 5 * DAY) == len(before) - 1
    assert Assignment.objects.filter(pk=begun.pk).exists()
    # With three of a profession there is one left for each area, until it has been declined by all.
    assert len(readers(round_, CHEST)) == 1
    assert HandedBack.objects.filter(kind=HandedBack.Kind.TIMED_OUT).count() == len(before) - 1


def test_a_choice_by_hand_is_never_taken_away_by_the_clock(world: World) -> None:
    world.given_out()
    assert offering.run_out(now=APRIL + 300 * DAY) == 0


# -- what stands against somebody ----------------------------------------------------------------------------------------


def test_an_authorisation_that_has_ended_stands_against_its_holder(world: World) -> None:
    ann = world.radiologists[0]
    people.withdraw_authorisation(authorisation=ann.authorisations.get(), until=APRIL.date() - DAY)
    assert "is not authorised for CT head-neck/adult as reviewer" in against(world, ann)[0]
    people.authorise(person=ann, role=Role.REVIEWER, modality="CT", module="head-neck", since=APRIL.date())
    assert against(world, ann) == ()
    assert against(world, ann, CHEST) != ()


def test_an_appointment_that_is_not_wide_authorises_nothing_yet(world: World) -> None:
    narrow = people.register(email="n@demo.example", name="Narrow Demo", password=None, now=APRIL)
    people.appoint(person=narrow, role=Role.REVIEWER, profession="radiologist", since=SINCE, widely=False)
    assert not Authorisation.objects.filter(person=narrow).exists()
    assert "is not authorised" in against(world, narrow)[0]


def test_a_network_an_employer_and_a_declared_tie_stand_against_it(world: World) -> None:
    ann, bob, cleo = world.radiologists
    group = Employer.objects.create(name="Demo Group")
    Facility.objects.filter(pk=world.facility.pk).update(employer=group)
    people.employ(person=ann, employer="Demo Group", since=LONG_AGO, until=APRIL.date() - 2 * 365 * DAY)
    Tie.objects.create(person=bob, kind="financial", facility=world.facility, declared_at=APRIL)
    sister = facilities.register(name="Sister Demo", city="Elsewhere", state="MA")
    Facility.objects.filter(pk=sister.pk).update(employer=group)
    facilities.post(facility=sister, person=cleo, role=Role.TECHNOLOGIST, since=SINCE)
    assert "worked for" in against(world, ann)[0]
    assert "has declared a financial relation" in against(world, bob)[0]
    assert "of the same network (Demo Group)" in against(world, cleo)[0]


def test_who_was_asked_to_declare_is_given_nothing_until_they_have(world: World) -> None:
    ann = world.radiologists[0]
    people.ask_to_declare(person=ann, year=APRIL.year, now=APRIL)
    assert against(world, ann) == (f"has not declared conflicts of interest for {APRIL.year}",)
    people.declare(person=ann, year=APRIL.year, words="None", now=APRIL)
    assert against(world, ann) == ()


def test_a_limit_and_a_delegate_are_kept_by_proposals(world: World) -> None:
    ann = world.radiologists[0]
    people.practise(person=ann, weekly_limit=1)
    made = accepted(world)
    assert made.assignments.filter(reviewer=ann).count() <= 1


def test_what_was_handed_in_counts_for_the_week_in_which_it_was_given(world: World) -> None:
    ann, bob, _ = world.radiologists
    people.practise(person=ann, weekly_limit=5)
    opened = world.given_out()
    for person in (ann, bob):
        world.hand_in(opened.assignments.get(reviewer=person, area__code=HEAD))

    def loads(on: date) -> list[int]:
        found = {p.name: p.load for p in problem_of(opened, queries.areas_of(opened), on).people}
        return [found[ann.name], found[bob.name]]

    left = opened.assignments.filter(reviewer=ann, submitted_at=None).count()
    assert loads(APRIL.date()) == [left + 1, left], "who named no number is asked for no more than so much at a time"
    assert loads(APRIL.date() + timedelta(days=8)) == [left, left]


# -- in the database itself ----------------------------------------------------------------------------------------------


def put(world: World, round_: Round, person: Person, code: str = HEAD, position: int = 1) -> Assignment:
    """Past every action, as another program would."""
    return Assignment.objects.create(
        round=round_,
        area=area(round_, code),
        reviewer=person,
        position=position,
        assigned_at=APRIL,
        assigned_by=world.staff,
    )


def test_the_database_refuses_whoever_is_not_authorised(world: World) -> None:
    round_, ann = world.round(), world.radiologists[0]
    ann.authorisations.update(until=APRIL.date() - 2 * DAY)
    with pytest.raises(DatabaseError, match="not authorised"), transaction.atomic():
        put(world, round_, ann)
    people.authorise(person=ann, role=Role.REVIEWER, modality="CT", module="chest", since=SINCE + DAY)
    assert put(world, round_, ann, CHEST).pk
    with pytest.raises(DatabaseError, match="not authorised"), transaction.atomic():
        put(world, round_, ann)
    given = put(world, round_, world.radiologists[1])
    with pytest.raises(DatabaseError, match="not authorised"), transaction.atomic():
        Assignment.objects.filter(pk=given.pk).update(reviewer=ann)


@pytest.mark.parametrize("tie", ["post", "employer", "facility", "network"])
def test_the_database_refuses_whoever_has_a_tie_to_the_facility(world: World, tie: str) -> None:
    round_, ann = world.round(), world.radiologists[0]
    group = Employer.objects.create(name="Demo Group")
    Facility.objects.filter(pk=world.facility.pk).update(employer=group)
    if tie == "post":
        facilities.post(facility=world.facility, person=ann, role=Role.TECHNOLOGIST, since=SINCE, until=SINCE)
    elif tie == "employer":
        people.employ(person=ann, employer="Demo Group", since=LONG_AGO, until=APRIL.date() - 1000 * DAY)
    elif tie == "facility":
        Tie.objects.create(person=ann, kind="bias", facility=world.facility, declared_at=APRIL)
    else:
        Tie.objects.create(
            person=ann, kind="competitor", employer=group, until=APRIL.date() - 300 * DAY, declared_at=APRIL
        )
    with pytest.raises(DatabaseError, match="conflict of interest"), transaction.atomic():
        put(world, round_, ann)


def test_a_tie_that_has_run_out_is_none_for_the_database_either(world: World) -> None:
    round_, ann = world.round(), world.radiologists[0]
    Facility.objects.filter(pk=world.facility.pk).update(employer=Employer.objects.create(name="Demo Group"))
    people.employ(person=ann, employer="Demo Group", since=LONG_AGO, until=APRIL.date() - 1100 * DAY)
    Tie.objects.create(
        person=ann, kind="personal", facility=world.facility, until=APRIL.date() - DAY, declared_at=APRIL
    )
    assert put(world, round_, ann).pk


def test_the_database_gives_a_person_one_role_in_a_case(world: World) -> None:
    round_, ann = world.round(), world.radiologists[0]
    Part.objects.create(case_file=round_.case_file, person=ann, role=Role.ARBITRATOR)
    with pytest.raises(DatabaseError, match="cannot review it"), transaction.atomic():
        put(world, round_, ann)
    assert "had another role in case" in against(world, ann)[0]
    put(world, round_, world.radiologists[1])
    assert Part.objects.get(person=world.radiologists[1]).role == Role.REVIEWER


def test_a_tie_is_to_exactly_one_and_to_somebody_else(world: World) -> None:
    ann = world.radiologists[0]
    for wrong in ({}, {"facility": world.facility, "other": world.staff}, {"other": ann}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Tie.objects.create(person=ann, kind="bias", declared_at=APRIL, **wrong)


def test_the_guards_stand_after_all_migrations_with_the_years_of_the_rules(db: None) -> None:
    standing = guards.standing(connection)
    for statement in guards.statements(guards.READINGS, connection.vendor):
        body = statement.split("$$")[1] if "$$" in statement else statement
        assert body.startswith("CREATE TRIGGER reviews_assignment_judge BEFORE") or body.strip() in standing


# -- the page ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(world: World, client: Client) -> Client:
    client.force_login(world.staff)
    return client


def test_staff_see_the_proposal_with_its_reasons_accept_it_and_take_it_back(world: World, staff: Client) -> None:
    round_ = world.round()
    made = staff.post(reverse("reviews:propose", args=[round_.pk]), follow=True)
    text = made.content.decode()
    assert made.status_code == HTTPStatus.OK
    assert "usually hands in after 7 days" in text
    assert "Why not somebody else" in text
    assert not [area.code for area in queries.areas_of(round_) if area.code in text.partition("<main")[2]]
    page = reverse("reviews:proposal", args=[Proposal.objects.get().pk])
    assert "Given out" in staff.post(page, follow=True).content.decode()
    assert round_.assignments.exists()
    assert "Taken back:" in staff.post(page, {"undo": "yes"}, follow=True).content.decode()
    assert not round_.assignments.exists()


def test_a_proposal_that_somebody_can_no_longer_keep_is_refused_with_a_sentence(world: World, staff: Client) -> None:
    made = proposed(world)
    for person in world.radiologists:
        people.be_away(person=person, since=APRIL.date())
    answer = staff.post(reverse("reviews:proposal", args=[made.pk]))
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "is away" in answer.content.decode()


def test_where_nothing_fits_the_page_says_so_and_offers_no_button(world: World, staff: Client) -> None:
    for person in world.radiologists:
        people.be_away(person=person, since=APRIL.date())
    text = staff.get(reverse("reviews:proposal", args=[proposed(world).pk])).content.decode()
    assert "Nothing fits" in text
    assert "It would fit if 6 rules were set aside, and with no fewer" in text
    for area in ("Chest", "Head"):
        assert re.search(rf"<li>{area}[^<]*: Ann Radiologist is away until", text)
    assert "Chest, adult needs 2 people" in text
    assert "Ask these readers" not in text


@pytest.mark.parametrize("who", ["admin", "radiologist"])
def test_only_staff_reach_a_proposal(world: World, client: Client, who: str) -> None:
    made = proposed(world)
    client.force_login(world.admin if who == "admin" else world.radiologists[0])
    assert client.get(reverse("reviews:proposal", args=[made.pk])).status_code == HTTPStatus.NOT_FOUND
    assert client.post(reverse("reviews:propose", args=[made.round_id])).status_code == HTTPStatus.NOT_FOUND


def test_the_pages_ask_as_often_for_three_more_readers_with_ties_as_for_one(world: World, staff: Client) -> None:
    round_ = world.round()
    counts = []
    for names in (["Dan"], ["Eve", "Flo", "Gil"]):
        for name in names:
            more = reader(f"{name} Radiologist", "radiologist")
            people.employ(person=more, employer=f"{name} Group", since=LONG_AGO)
            people.be_away(person=more, since=LONG_AGO, until=LONG_AGO)
            people.declare(person=more, year=APRIL.year, words="", now=APRIL)
            Tie.objects.create(
                person=more, kind="bias", employer=Employer.objects.get(name=f"{name} Group"), declared_at=APRIL
            )
        made = offering.propose(round=round_, actor=world.staff, now=APRIL)
        pages = reverse("reviews:proposal", args=[made.pk]), reverse("reviews:round", args=[round_.pk])
        counts.append([asked(staff, page) for page in pages])
    assert counts[0] == counts[1]


def asked(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as told:
        assert client.get(page).status_code == HTTPStatus.OK
    return len(told)


def test_a_reader_declines_on_the_page_and_the_next_is_asked(world: World, client: Client) -> None:
    round_ = accepted(world).round
    first = one(round_, HEAD)
    client.force_login(first.reviewer)
    page = reverse("reviews:hand-back", args=[first.pk])
    assert "you may ask me again" in client.get(page).content.decode()
    assert client.post(page, {"kind": "declined", "reason": "busy"}).status_code == HTTPStatus.FOUND
    assert HandedBack.objects.get().kind == HandedBack.Kind.DECLINED
    assert readers(round_, HEAD) == set(world.radiologists) - {first.reviewer}
