"""The pages of the survey: who finds them, what they say, and what becomes of a wrong input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from reaccredit.documents.storage import STORE
from reaccredit.people.models import Person
from reaccredit.surveys import actions, queries
from reaccredit.surveys.models import Survey, SurveyReport
from tests.options.clock import Clock
from tests.options.world import HOUR, PASSWORD
from tests.surveys.world import FOUND, PLANNED, VISITED, World

As = Callable[[Person], Client]


@pytest.fixture
def as_(clock: Clock) -> As:
    clock(PLANNED)

    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def at(world: World, name: str, *args: int) -> str:
    return reverse(f"surveys:{name}", args=[world.survey().pk, *args])


def planning(world: World, **changes: Any) -> dict[str, Any]:
    people = {profession: str(person.pk) for profession, person in world.team.items()}
    return (
        {"starts_on": "2021-06-01", "ends_on": "2021-06-02", "base": "2500.00", "contact": "Front desk."}
        | people
        | changes
    )


# -- who finds what -----------------------------------------------------------------------------------------------------


def test_each_audience_finds_its_own_surveys(world: World, as_: As) -> None:
    number, address = world.case_file.case.number, reverse("surveys:index")
    world.scheduled()
    for person in (world.staff, world.admin, world.technologist, *world.team.values()):
        assertContains(as_(person).get(address), number)
    for person in (world.has_read, world.arbitrator, world.radiologists[1]):
        assertNotContains(as_(person).get(address), number)


@pytest.mark.parametrize("name", ["survey", "schedule", "travel", "complete", "paper"])
def test_people_without_a_part_in_it_are_told_there_is_no_such_page(world: World, as_: As, name: str) -> None:
    world.scheduled()
    for stranger in (world.has_read, world.arbitrator):
        assert as_(stranger).get(at(world, name)).status_code == 404


@pytest.mark.parametrize("name", ["schedule", "travel"])
def test_only_staff_have_the_pages_of_dates_and_money(world: World, as_: As, name: str) -> None:
    world.scheduled()
    assert as_(world.staff).get(at(world, name)).status_code == 200
    for other in (world.admin, world.radiologist):
        assert as_(other).get(at(world, name)).status_code == 404


def test_the_team_sees_what_the_reports_found_and_not_what_it_costs(world: World, as_: As) -> None:
    world.scheduled()
    answer = as_(world.radiologist).get(at(world, "survey"))
    assertContains(answer, "What the reports found not acceptable")
    assertNotContains(answer, "$2,500.00")
    assertContains(as_(world.admin).get(at(world, "survey")), "$2,500.00")


def test_the_facility_reads_the_report_only_when_it_is_signed(world: World, as_: As) -> None:
    world.reported_on()
    assertNotContains(as_(world.admin).get(at(world, "survey")), FOUND.progress)
    for person in world.team.values():
        report = world.survey().findings
        actions.sign(
            survey=world.survey(), password=PASSWORD, seen=queries.report_hash(report), actor=person, now=VISITED
        )
    assertContains(as_(world.admin).get(at(world, "survey")), FOUND.progress)


def test_the_list_asks_the_database_as_often_for_three_surveys_as_for_one(
    world: World, as_: As, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    survey, client, address = world.scheduled(), as_(world.staff), reverse("surveys:index")
    client.get(address)
    with django_assert_max_num_queries(40) as one:
        client.get(address)
    for report in survey.case_file.reports.exclude(pk=survey.report_id):
        Survey.objects.create(case_file=survey.case_file, report=report, opened_at=PLANNED, opened_by=world.admin)
    with django_assert_num_queries(len(one.captured_queries)):
        client.get(address)


@pytest.mark.parametrize(
    ("show", "seen"), [("", True), ("open", True), ("scheduled", False), ("completed", False), ("x", True)]
)
def test_the_list_knows_every_state(world: World, as_: As, show: str, seen: bool) -> None:
    answer = as_(world.staff).get(reverse("surveys:index"), {"show": show})
    assert (world.case_file.case.number in answer.content.decode()) == seen


# -- scheduling ---------------------------------------------------------------------------------------------------------


def test_staff_schedule_the_survey(world: World, as_: As) -> None:
    page = as_(world.staff).get(at(world, "schedule"))
    assertContains(page, "Rhea Surveyor")
    assertContains(page, "Proposed: Milo Surveyor; ")
    assertContains(page, "Who cannot be sent, and why")
    assertContains(page, f"{world.from_here.name} ")
    assertRedirects(as_(world.staff).post(at(world, "schedule"), planning(world)), at(world, "survey"))
    assertContains(as_(world.admin).get(at(world, "survey")), "Milo Surveyor")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"starts_on": ""}, "Enter the first day"),
    ({"ends_on": ""}, "Enter the last day"),
    ({"starts_on": "June"}, "Write the day as year-month-day"),
    ({"starts_on": "2020-01-01"}, "This day is over"),
    ({"starts_on": "2031-01-01", "ends_on": "2031-01-02"}, "Check the year"),
    ({"ends_on": "2021-05-30"}, "The last day is before the first"),
    ({"ends_on": "2021-09-30"}, "more than 14 days"),
    ({"base": ""}, "Enter the base fee"),
    ({"base": "a lot"}, "Write an amount with a point"),
    ({"base": "0"}, "from 0.01 to 1000000.00"),
    ({"base": "-5"}, "from 0.01 to 1000000.00"),
    ({"base": "9999999999"}, "from 0.01 to 1000000.00"),
    ({"base": "1.234"}, "at most two digits after the point"),
    ({"base": "NaN"}, "Write an amount with a point"),
    ({"radiologist": ""}, "Choose the radiologist of the team"),
    ({"technologist": "999999"}, "Choose a technologist of the list"),
    ({"contact": "x" * 2001}, "at most 2000 characters"),
]


@pytest.mark.parametrize(("wrong", "told"), WRONG, ids=[f"{n} {told}" for n, (_, told) in enumerate(WRONG)])
def test_a_wrong_plan_of_the_visit_is_told_what_is_wrong(
    world: World, as_: As, wrong: dict[str, Any], told: str
) -> None:
    answer = as_(world.staff).post(at(world, "schedule"), planning(world, **wrong))
    assertContains(answer, told, status_code=422)
    if "contact" not in wrong:
        assertContains(answer, "Front desk.", status_code=422)
    assert world.survey().scheduled_at is None


def test_somebody_of_the_facility_cannot_be_sent_even_by_hand(world: World, as_: As) -> None:
    answer = as_(world.staff).post(at(world, "schedule"), planning(world, radiologist=str(world.from_here.pk)))
    assertContains(answer, "Choose a radiologist of the list", status_code=422)


# -- travel -------------------------------------------------------------------------------------------------------------


def test_staff_enter_travel_and_invoice_it(world: World, as_: As) -> None:
    world.scheduled()
    client, address = as_(world.staff), at(world, "travel")
    assertRedirects(client.post(address, {"what": "Flights", "amount": "900.50"}), address)
    assertRedirects(client.post(address, {"do": "invoice"}), address)
    assertContains(client.get(address), "$900.50")
    assertContains(as_(world.admin).get(at(world, "survey")), "Flights: $900.50")
    cost = queries.travel(world.survey())[0]
    changed = "The expenses have changed since they were invoiced."
    assertNotContains(client.get(address), changed)
    assertRedirects(client.post(at(world, "travel-remove", cost.pk)), address)
    assertContains(client.get(address), changed)
    assert client.post(address, {"do": "invoice"}).status_code == 409


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"what": "", "amount": "1"}, "Write what the money was spent on"),
        ({"what": "x" * 161, "amount": "1"}, "at most 160 characters"),
        ({"what": "Taxi", "amount": ""}, "Enter the amount"),
        ({"what": "Taxi", "amount": "cheap"}, "Write an amount with a point"),
        ({"what": "Taxi", "amount": "1,000"}, "Write an amount with a point"),
        ({"what": "Taxi", "amount": "-1"}, "from 0.01 to 1000000.00"),
        ({"what": "Taxi", "amount": "1e12"}, "from 0.01 to 1000000.00"),
        ({"what": "Taxi", "amount": "Infinity"}, "Write an amount with a point"),
        ({"what": "Taxi", "amount": "0.001"}, "at most two digits"),
        ({}, "Write what the money was spent on"),
    ],
)
def test_a_wrong_expense_is_told_what_is_wrong(world: World, as_: As, said: dict[str, str], told: str) -> None:
    world.scheduled()
    assertContains(as_(world.staff).post(at(world, "travel"), said), told, status_code=422)
    assert queries.travel(world.survey()) == []


# -- the report ---------------------------------------------------------------------------------------------------------


def reporting(**changes: Any) -> dict[str, Any]:
    found = {"progress": "The new protocol is in use.", "training": "", "recommendations": "", "seen": "0"} | changes
    return {name: value for name, value in found.items() if value is not None}


def test_the_team_writes_and_each_signs(world: World, as_: As, clock: Clock) -> None:
    world.scheduled()
    signed_in = as_
    assertNotContains(as_(world.radiologist).get(at(world, "survey")), "It is your turn")  # before the visit
    clock(VISITED)
    paper = SimpleUploadedFile("site.txt", b"Site report.", content_type="text/plain")
    answer = signed_in(world.radiologist).post(at(world, "complete"), reporting(paper=paper))
    assertRedirects(answer, at(world, "complete"))
    for place, person in enumerate(world.team.values()):
        clock(VISITED + place * HOUR)
        said = {
            "do": "sign",
            "sign-agreed": "on",
            "sign-password": PASSWORD,
            "sign-seen": queries.report_hash(world.survey().findings),
        }
        assertContains(signed_in(person).get(at(world, "survey")), "It is your turn")
        assertRedirects(signed_in(person).post(at(world, "complete"), said), at(world, "survey"))
        assertNotContains(signed_in(person).get(at(world, "survey")), "It is your turn")
    assert world.survey().completed_at == VISITED + 2 * HOUR
    facility = signed_in(world.admin)
    assertContains(facility.get(at(world, "survey")), "Signed by Tove Surveyor")
    assertNotContains(facility.get(at(world, "survey")), "does not hold any more")
    lies = STORE.path(world.survey().findings.document.sha256)
    before = lies.read_bytes()
    lies.chmod(0o600)
    lies.write_bytes(b"Another report.")
    assertContains(facility.get(at(world, "survey")), "does not hold any more", count=3)
    lies.write_bytes(before)
    SurveyReport.objects.update(progress="Nothing was done.")
    assertContains(facility.get(at(world, "survey")), "does not hold any more", count=3)
    assert b"".join(facility.get(at(world, "paper")).streaming_content) == b"Site report."  # type: ignore[attr-defined]
    assert facility.post(at(world, "go-on")).status_code == 302


def test_an_empty_report_is_not_told_off_before_anything_was_written(world: World, as_: As) -> None:
    world.scheduled()
    assertNotContains(as_(world.radiologist).get(at(world, "complete")), "There is a problem")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"progress": ""}, "Write what the team found"),
        ({"progress": "   "}, "Write what the team found"),
        ({"progress": "x" * 6001}, "at most 6000 characters"),
        ({"training": "x" * 6001}, "at most 6000 characters"),
        ({"recommendations": "x" * 6001}, "at most 6000 characters"),
        ({"seen": ""}, "did not arrive as it was made"),
        ({"seen": "x"}, "did not arrive as it was made"),
        ({"seen": "-1"}, "did not arrive as it was made"),
        ({"paper": SimpleUploadedFile("a.txt", b"")}, "The file is empty"),
        ({"paper": SimpleUploadedFile("a.zip", b"PK\x03\x04" + b"0" * 40)}, "Upload it as"),
    ],
)
def test_a_wrong_report_is_told_what_is_wrong_and_keeps_what_was_typed(
    world: World, as_: As, said: dict[str, Any], told: str
) -> None:
    world.scheduled()
    if "paper" in said:
        said["paper"].seek(0)
    answer = as_(world.radiologist).post(at(world, "complete"), reporting(**said))
    assertContains(answer, told, status_code=422)
    if "progress" not in said:
        assertContains(answer, "The new protocol is in use.", status_code=422)
    assert queries.findings(world.survey()) is None


@pytest.mark.parametrize(
    ("wrong", "status", "told"),
    [
        ({"sign-agreed": ""}, 422, "Tick the box: this sentence is what is signed."),
        ({"sign-password": ""}, 422, "it is your signature"),
        ({"sign-password": "wrong"}, 422, "This is not your password"),
        ({"sign-seen": "0" * 64}, 409, "Nothing was signed: read it again"),
    ],
)
def test_nothing_is_completed_with_a_wrong_signature(
    world: World, as_: As, clock: Clock, wrong: dict[str, str], status: int, told: str
) -> None:
    report = world.reported_on().findings
    signed_in = as_
    clock(VISITED)
    said = {
        "do": "sign",
        "sign-agreed": "on",
        "sign-password": PASSWORD,
        "sign-seen": queries.report_hash(report),
    } | wrong
    assertContains(signed_in(world.radiologist).post(at(world, "complete"), said), told, status_code=status)
    assert not report.signatures.exists()


def test_two_members_who_write_at_once_lose_nothing(world: World, as_: As) -> None:
    world.scheduled()
    as_(world.radiologist).post(at(world, "complete"), reporting())
    answer = as_(world.surveying_physicist).post(at(world, "complete"), reporting(progress="Other words."))
    assertContains(answer, "Rhea Surveyor saved the report while you were writing", status_code=409)
    assertContains(answer, "Other words.", status_code=409)
    assertContains(answer, "The new protocol is in use.", status_code=409)
