"""Who judges: what staff decide of them, what they keep themselves, and what is closed to them once they may not judge it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reaccredit.notices.models import Notice
from reaccredit.people import actions as people
from reaccredit.people.models import Declaration, Employer, Person, Role
from reaccredit.reviews import actions, conflicts, drafts, judges, queries
from reaccredit.reviews.models import Assignment, Draft, HandedBack, Round, Tie
from tests.reviews.test_pages import answers, image_of, own, queries_for
from tests.reviews.world import HEAD, READ, World, verdicts

Sign = Callable[[Person], Client]
TODAY = timezone.localdate


@pytest.fixture
def sign() -> Sign:
    def signed(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed


def person_page(person: Person) -> str:
    return reverse("reviews:person", args=[person.pk])


def adding(person: Person, what: str) -> str:
    return reverse("reviews:person-add", args=[person.pk, what])


def may_read(world: World, round_: Round, person: Person) -> tuple[str, ...]:
    head = next(a for a in queries.areas_of(round_) if a.code == HEAD)
    return conflicts.why_not(conflicts.known(round_, [head], TODAY()), person, head)


# -- staff -------------------------------------------------------------------------------------------------------------


def test_staff_authorise_for_one_module_and_the_end_of_it_makes_unassignable(world: World, sign: Sign) -> None:
    cleo, client, opened = world.radiologists[2], sign(world.staff), world.round()
    everything = cleo.authorisations.get()
    ended = reverse("reviews:person-end", args=[cleo.pk, "authorisation", everything.pk])
    assert client.post(ended, {"until": (TODAY() - timedelta(days=1)).isoformat()}).status_code == 302
    assert any("not authorised" in said for said in may_read(world, opened, cleo))
    sent = {"role": "reviewer", "what": "CT/head-neck", "since": TODAY().isoformat(), "grounds": "Board certificate"}
    assert client.post(adding(cleo, "authorisation"), sent).status_code == 302
    assert may_read(world, opened, cleo) == ()
    assert "Board certificate" in client.get(person_page(cleo)).text


def test_an_authorisation_that_ends_before_it_begins_is_refused_and_kept_on_the_page(world: World, sign: Sign) -> None:
    cleo = world.radiologists[2]
    sent = {"role": "reviewer", "what": "CT", "since": "2026-05-01", "until": "2026-04-01", "grounds": "Course of 2026"}
    page = sign(world.staff).post(adding(cleo, "authorisation"), sent)
    assert page.status_code == 422
    assert "The last day lies before the first" in page.text
    assert "Course of 2026" in page.text
    assert cleo.authorisations.count() == 1


def test_nobody_decides_what_they_may_judge_themselves(world: World, sign: Sign) -> None:
    ann = world.radiologists[0]
    people.appoint(person=ann, role=Role.STAFF, since=TODAY())
    assert sign(ann).get(adding(ann, "authorisation")).status_code == 404
    assert sign(ann).get(adding(world.radiologists[1], "authorisation")).status_code == 200


@pytest.mark.parametrize("who", ["admin", "stranger", "other reviewer"])
def test_the_page_of_a_judge_is_for_staff_and_for_themselves(world: World, sign: Sign, who: str) -> None:
    ann, bob, _ = world.radiologists
    client = sign(bob if who == "other reviewer" else getattr(world, who))
    addresses = [person_page(ann), adding(ann, "tie"), adding(ann, "authorisation"), reverse("reviews:people")]
    assert {client.get(address).status_code for address in addresses} == {404}


def test_the_list_costs_the_same_for_one_and_for_three_and_can_be_narrowed(world: World, sign: Sign) -> None:
    client, address = sign(world.staff), reverse("reviews:people")
    costs = [queries_for(client, f"{address}?q=Ann"), queries_for(client, f"{address}?q=Radiologist")]
    assert costs[0] == costs[1]
    people.be_away(person=world.radiologists[1], since=TODAY(), until=TODAY())
    page = client.get(f"{address}?show=away").text
    assert "Bob Radiologist" in page
    assert "Ann Radiologist" not in page


def test_staff_see_whose_declaration_is_overdue(world: World, sign: Sign) -> None:
    client, (ann, bob, _) = sign(world.staff), world.radiologists
    client.post(reverse("reviews:ask-to-declare"))
    assert Declaration.objects.filter(made_at=None).count() == judges.judges(TODAY()).count()
    assert Notice.objects.filter(link=reverse("reviews:declare")).count() == judges.judges(TODAY()).count()
    long_ago = timezone.now() - timedelta(days=40)
    Declaration.objects.filter(person=ann).update(asked_at=long_ago, year=TODAY().year)
    overdue = judges.listed(TODAY(), show="overdue")
    assert list(overdue) == [ann]
    assert judges.rows([bob], TODAY())[0].declared.words == "Asked"
    assert "Overdue" in client.get(f"{reverse('reviews:people')}?show=overdue").text


# -- the judge ---------------------------------------------------------------------------------------------------------


def declared(**changes: str) -> dict[str, str]:
    return {kind: "nothing" for kind in Tie.Kind.values} | {"complete": "on"} | changes


def test_a_declaration_in_the_middle_of_the_year_lets_things_be_given_again(world: World, sign: Sign) -> None:
    ann, opened = world.radiologists[0], world.round()
    people.ask_to_declare(person=ann, year=TODAY().year, now=timezone.now())
    assert any("has not declared" in said for said in may_read(world, opened, ann))
    client = sign(ann)
    assert "declare now" in client.get(reverse("reviews:me")).text
    assert client.post(reverse("reviews:declare"), declared()).status_code == 302
    assert may_read(world, opened, ann) == ()


def test_a_tie_that_is_declared_keeps_the_case_away(world: World, sign: Sign) -> None:
    ann, opened = world.radiologists[0], world.round()
    sent = declared(financial="something", **{"financial-to": world.facility.name.upper()})
    assert sign(ann).post(reverse("reviews:declare"), sent).status_code == 302
    assert Tie.objects.get().facility == world.facility
    assert any("financial relation" in said for said in may_read(world, opened, ann))


def test_a_tie_without_a_name_is_asked_for_and_the_rest_stays(world: World, sign: Sign) -> None:
    sent = declared(personal="something", words="My brother")
    page = sign(world.radiologists[0]).post(reverse("reviews:declare"), sent)
    assert page.status_code == 422
    assert "Name the facility or the organisation" in page.text
    assert "My brother" in page.text
    assert not Tie.objects.exists()


def test_who_declares_does_not_learn_which_facilities_there_are(world: World, sign: Sign) -> None:
    client, ann = sign(world.radiologists[0]), world.radiologists[0]
    for name in (world.facility.name, "No such place"):
        sent = {"kind": "bias", "what": "place", "to": name}
        assert client.post(adding(ann, "tie"), sent).status_code == 302
    assert {t.employer.name if t.employer else "facility" for t in ann.ties.all()} == {"facility", "No such place"}
    assert Employer.objects.filter(name="No such place").exists()
    note = "Runs no facility here"
    assert note not in client.get(reverse("reviews:me")).text
    assert sign(world.staff).get(person_page(ann)).text.count(note) == 1
    assert "A person" not in client.get(adding(ann, "tie")).text


def test_a_judge_enters_an_absence_and_a_limit_and_staff_who_stands_in(world: World, sign: Sign) -> None:
    ann, bob, _ = world.radiologists
    client, opened, today = sign(ann), world.round(), TODAY().isoformat()
    assert bob.name not in client.get(adding(ann, "absence")).text
    client.post(adding(ann, "absence"), {"since": today, "until": today})
    assert any("is away until" in said for said in may_read(world, opened, ann))
    sign(world.staff).post(adding(ann, "absence"), {"since": today, "delegate": str(bob.pk)})
    assert ann.absences.get(until=None).delegate == bob
    assert bob.name not in client.get(reverse("reviews:me")).text
    client.post(adding(ann, "practice"), {"weekly_limit": "3"})
    assert judges.rows([Person.objects.get(pk=ann.pk)], TODAY())[0].limit == 3


# -- what is closed ----------------------------------------------------------------------------------------------------


def without_authorisation(world: World, found: Assignment) -> None:
    people.withdraw_authorisation(authorisation=found.reviewer.authorisations.get(), until=TODAY() - timedelta(days=1))


def with_a_tie(world: World, found: Assignment) -> None:
    judges.tie(
        person=found.reviewer, kind="personal", to=world.facility.number, since=None, until=None, now=timezone.now()
    )


def without_role(world: World, found: Assignment) -> None:
    people.dismiss(person=found.reviewer, role=Role.REVIEWER, until=TODAY() - timedelta(days=1))


def recused(world: World, found: Assignment) -> None:
    actions.hand_back(assignment=found, reason="I know the site", actor=found.reviewer, now=READ)


def taken(world: World, found: Assignment) -> None:
    actions.take_back(assignment=found, reason="Absent for long", now=READ)


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (without_authorisation, "not authorised to judge this area any more"),
        (with_a_tie, "conflict of interest with this case is on file"),
        (without_role, "not a reviewer of the programme any more"),
        (recused, "You have given this reading back"),
        (taken, "staff have taken this reading back"),
    ],
)
def test_what_may_not_be_judged_any_more_is_closed_with_a_sentence_and_nothing_typed_is_lost(
    world: World, sign: Sign, happens: Callable[[World, Assignment], None], said: str
) -> None:
    world.given_out()
    found = own(world)
    pk, picture, sent = found.pk, image_of(found), answers(found, **{"coverage-note": "Typed just before"})
    client = sign(found.reviewer)
    address = reverse("reviews:reading", args=[pk])
    drafts.save(assignment=found, typed={"coverage-note": "Typed earlier"}, now=READ)
    happens(world, found)
    pages = [client.get(address), client.post(address, {**sent, "check": "yes"})]
    pages += [client.get(reverse("reviews:check", args=[pk])), client.post(reverse("reviews:check", args=[pk]))]
    pages += [client.get(reverse("reviews:image", args=[pk, picture.pk, "small"]))]
    assert {page.status_code for page in pages} == {403}
    assert all(said in page.text for page in pages)
    assert world.facility.name not in "".join(page.text for page in pages)
    assert "Typed just before" in pages[1].text
    assert Draft.objects.first().typed["coverage-note"] == "Typed just before"
    assert not Assignment.objects.filter(pk=pk, submitted_at__isnull=False).exists()


@pytest.mark.parametrize("happens", [without_authorisation, with_a_tie, without_role])
def test_staff_see_that_a_reading_is_closed_to_its_reader_and_waits(
    world: World, sign: Sign, happens: Callable[[World, Assignment], None]
) -> None:
    world.given_out()
    found = own(world)
    staff, address = sign(world.staff), reverse("reviews:round", args=[found.round_id])
    said = f"{found.reviewer.name} cannot read this area any more"
    assert said not in staff.get(address).text
    happens(world, found)
    assert said in staff.get(address).text


def test_other_work_of_who_recuses_is_not_touched(world: World, sign: Sign) -> None:
    world.given_out()
    found = own(world)
    before = Assignment.objects.filter(reviewer=found.reviewer).count()
    sign(found.reviewer).post(reverse("reviews:hand-back", args=[found.pk]), {"reason": "I know the patient"})
    assert Assignment.objects.filter(reviewer=found.reviewer).count() == before - 1


def test_staff_take_a_reading_from_somebody_in_the_middle_of_it(world: World, sign: Sign) -> None:
    world.given_out()
    found = own(world)
    drafts.save(assignment=found, typed={"coverage-note": "half"}, now=READ)
    address, client = reverse("reviews:take-back", args=[found.pk]), sign(world.staff)
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "Fell ill"}).status_code == 302
    assert HandedBack.objects.get().kind == "taken-back"
    again = actions.assign(
        round=found.round, area=found.area, reviewer=found.reviewer, actor=world.staff, now=datetime.now(UTC)
    )
    assert again.draft == {"coverage-note": "half"}
    assert sign(world.admin).get(address).status_code == 404
    assert actions.submit(assignment=again, verdicts=verdicts(again), actor=again.reviewer, now=READ).outcome
