"""A sheet that comes twice, too late, or after its reader was taken off it: a sentence each time, and nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reaccredit.packages import actions as packages
from reaccredit.people.models import Person
from reaccredit.reviews import actions, drafts, offering, queries
from reaccredit.reviews.models import Assignment, Draft, HandedBack
from tests.reviews.test_pages import Sign, answers, own, sign  # noqa: F401 - a fixture
from tests.reviews.test_reading_room import ITSELF, sheet
from tests.reviews.world import APRIL, READ, World

LATE = {"coverage-note": "Typed in the last tab"}


@pytest.fixture
def offered(world: World) -> Assignment:
    """A reading that a proposal has given out, so that it is offered on where its reader does not read it."""
    made = offering.propose(round=world.round(), actor=world.staff, now=APRIL, seed=1)
    offering.accept(proposal=made, actor=world.staff, now=APRIL)
    head = Assignment.objects.filter(area__code="head-neck/adult").order_by("position")
    found = head.select_related("area", "round__package", "round__case_file__case", "reviewer", "proposal").first()
    assert found
    return found


def last_typed(pk: int, person: Person) -> dict[str, str]:
    line = Draft.objects.filter(reading=pk, person=person, how=Draft.How.CLOSED).first()
    assert line
    return dict(line.typed)


def test_a_sheet_that_is_submitted_twice_counts_once_and_the_second_time_is_told(world: World, sign: Sign) -> None:  # noqa: F811
    world.given_out()
    found = own(world)
    client, check = sign(found.reviewer), reverse("reviews:check", args=[found.pk])
    client.post(sheet(found), answers(found, check="yes"))
    assert client.post(check, handing_in(client, check)).status_code == 302
    again = client.post(check, {"password": "correct horse battery"})
    assert again.status_code == 409
    assert "nothing was handed in twice" in again.text
    found.refresh_from_db()
    assert found.marks.count() == len(queries.criteria(found))


def handing_in(client: Client, check: str) -> dict[str, str]:
    return {"seen": client.get(check).context["seen"], "password": "correct horse battery"}


@pytest.mark.parametrize("headers", [{}, ITSELF])
def test_a_tab_that_is_left_open_after_handing_in_changes_nothing_and_loses_nothing(
    world: World,
    sign: Sign,  # noqa: F811
    headers: dict[str, str],
) -> None:
    world.given_out()
    found = world.hand_in(own(world))
    late = sign(found.reviewer).post(sheet(found), answers(found, check="yes", **LATE), headers=headers)
    assert late.status_code == 409
    assert "It was handed in already" in late.text
    assert LATE["coverage-note"] in late.text
    assert last_typed(found.pk, found.reviewer)["coverage-note"] == LATE["coverage-note"]
    assert not found.marks.filter(note=LATE["coverage-note"]).exists()
    history = sign(found.reviewer).get(reverse("reviews:history", args=[found.pk]))
    assert LATE["coverage-note"] in history.text
    assert "Anatomic coverage and required series: note" in history.text


def test_a_sheet_that_comes_after_its_time_has_run_out_is_kept_for_its_reader(
    offered: Assignment,
    sign: Sign,  # noqa: F811
    world: World,
) -> None:
    assert offered.respond_by
    late = offered.respond_by + timedelta(hours=1)
    asked = set(Assignment.objects.filter(area=offered.area).values_list("reviewer", flat=True))
    assert offering.run_out(now=late)
    now_asked = set(Assignment.objects.filter(area=offered.area).values_list("reviewer", flat=True))
    assert len(now_asked) == 1  # three radiologists, of whom two were silent
    assert not now_asked & asked
    client = sign(offered.reviewer)
    page = client.post(sheet(offered), answers(offered, check="yes", **LATE))
    assert page.status_code == 403
    assert "not begun in time and went to somebody else" in page.text
    assert LATE["coverage-note"] in page.text
    again = actions.assign(
        round=offered.round, area=offered.area, reviewer=offered.reviewer, actor=world.staff, now=timezone.now()
    )
    assert LATE["coverage-note"] in client.get(reverse("reviews:history", args=[again.pk])).text


def test_a_reader_who_is_taken_off_in_the_middle_keeps_what_they_typed_and_the_area_is_offered_on(
    offered: Assignment,
    sign: Sign,  # noqa: F811
    world: World,
) -> None:
    drafts.save(assignment=offered, typed={"coverage-note": "half"}, now=READ)
    address = reverse("reviews:take-back", args=[offered.pk])
    assert sign(world.staff).post(address, {"reason": "Fell ill"}).status_code == 302
    others = Assignment.objects.filter(area=offered.area)
    assert others.count() == 2
    assert not others.filter(reviewer=offered.reviewer).exists()
    assert not [one.draft for one in others if one.draft]
    page = sign(offered.reviewer).post(sheet(offered), answers(offered, **LATE))
    assert (page.status_code, LATE["coverage-note"] in page.text) == (403, True)
    assert "Anatomic coverage and required series: note" in page.text
    left = others.first()
    assert left
    actions.take_back(assignment=left, reason="To ask the first again", now=timezone.now())
    again = actions.assign(
        round=offered.round, area=offered.area, reviewer=offered.reviewer, actor=world.staff, now=timezone.now()
    )
    assert again.draft == {"coverage-note": "half"}
    line = next(one for one in drafts.history(again) if one.how == Draft.How.CLOSED)
    brought = sign(again.reviewer).post(reverse("reviews:history", args=[again.pk]), {"line": line.pk})
    assert brought.status_code == 302
    again.refresh_from_db()
    assert again.draft["coverage-note"] == LATE["coverage-note"]
    assert HandedBack.objects.filter(reviewer=offered.reviewer).get().draft == {"coverage-note": "half"}


def test_a_sheet_whose_package_went_back_meanwhile_is_told_so(world: World, sign: Sign) -> None:  # noqa: F811
    opened = world.given_out()
    found = own(world)
    packages.return_(package=opened.package, comment="A series is missing", actor=world.staff, now=READ)
    page = sign(found.reviewer).post(sheet(found), answers(found, check="yes", **LATE))
    assert page.status_code == 403
    assert "The package went back" in page.text
    assert LATE["coverage-note"] in page.text
    assert last_typed(found.pk, found.reviewer)["coverage-note"] == LATE["coverage-note"]
    assert sign(world.radiologists[2]).get(sheet(found)).status_code == 404
