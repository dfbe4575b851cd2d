"""The reading room: what is typed outlives tabs and refusals, a finding lies somewhere in an image, nothing found is said."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reaccredit.packages import criteria
from reaccredit.reports import compiling
from reaccredit.reviews import actions, catalogue, drafts, limits, pointing, queries
from reaccredit.reviews.models import Assignment, Draft, Mark, Place
from tests.reviews.test_pages import Sign, answers, image_of, own, sign  # noqa: F401 - a fixture
from tests.reviews.world import CHEST, READ, World

PASSWORD = "correct horse battery"
ITSELF = {"X-Saves-Itself": "yes"}


def sheet(found: Assignment) -> str:
    return reverse("reviews:reading", args=[found.pk])


def seen(client: Client, found: Assignment) -> str:
    text = client.get(sheet(found)).text
    return text.partition('name="seen" value="')[2].partition('"')[0]


@pytest.fixture
def found(world: World) -> Assignment:
    world.given_out()
    return own(world)


def drafted(found: Assignment) -> dict[str, Any]:
    return dict(Assignment.objects.get(pk=found.pk).draft)


# -- nothing typed is lost ---------------------------------------------------------------------------------------------


def test_a_sheet_saves_itself_and_its_history_brings_back_what_stood(found: Assignment, sign: Sign) -> None:  # noqa: F811
    client = sign(found.reviewer)
    first = client.post(sheet(found), answers(found, **{"coverage-note": "first words"}), headers=ITSELF)
    assert "Saved by itself" in first.json()["said"]
    Draft.objects.update(at=READ - timedelta(hours=1))
    second = answers(found, seen=first.json()["seen"], **{"coverage-note": ""})
    assert client.post(sheet(found), second, headers=ITSELF).status_code == 200
    page = client.get(reverse("reviews:history", args=[found.pk]))
    assert "first words" in page.text
    old = Draft.objects.last()
    assert old
    assert client.post(reverse("reviews:history", args=[found.pk]), {"line": old.pk}).status_code == 302
    assert drafted(found)["coverage-note"] == "first words"
    assert Draft.objects.filter(reading=found.pk).count() == 3


def test_what_saves_itself_several_times_a_minute_is_one_line_of_the_history(found: Assignment) -> None:
    for number in range(5):
        typed = {"coverage-note": "x" * (number + 1)}
        drafts.save(assignment=found, typed=typed, now=READ + timedelta(seconds=number), how=Draft.How.BY_ITSELF)
    assert [line.typed for line in drafts.history(found)] == [{"coverage-note": "xxxxx"}]


@pytest.mark.parametrize("headers", [{}, ITSELF])
def test_two_tabs_lose_nothing_and_the_second_is_told(found: Assignment, sign: Sign, headers: dict[str, str]) -> None:  # noqa: F811
    client = sign(found.reviewer)
    opened = seen(client, found)
    client.post(sheet(found), answers(found, seen=opened, **{"coverage-note": "of the first tab"}))
    late = client.post(sheet(found), answers(found, seen=opened, **{"coverage-note": "of the second"}), headers=headers)
    assert late.status_code == 409
    assert drafted(found)["coverage-note"] == "of the first tab"
    assert Draft.objects.get(how=Draft.How.OTHER_TAB).typed["coverage-note"] == "of the second"
    if headers:
        assert late.json()["seen"] == ""
        return
    assert "note: here “of the second”, there “of the first tab”" in late.text
    assert "coverage note" not in late.text
    again = answers(found, seen=late.context["seen"], **{"coverage-note": "of both"})
    assert client.post(sheet(found), again).status_code == 302
    assert drafted(found)["coverage-note"] == "of both"


def test_who_checked_one_thing_does_not_hand_in_another(found: Assignment, sign: Sign) -> None:  # noqa: F811
    client, page = sign(found.reviewer), reverse("reviews:check", args=[found.pk])
    client.post(sheet(found), answers(found, check="yes"))
    checked = client.get(page).context["seen"]
    client.post(sheet(found), answers(found, **{"coverage-note": "typed in another tab"}))
    answer = client.post(page, {"seen": checked, "password": PASSWORD})
    assert answer.status_code == 409
    assert "typed in another tab" in answer.text
    assert not Assignment.objects.filter(submitted_at__isnull=False).exists()
    assert client.post(page, {"seen": answer.context["seen"], "password": PASSWORD}).status_code == 302


def test_the_history_is_nobody_elses(found: Assignment, sign: Sign, world: World) -> None:  # noqa: F811
    drafts.save(assignment=found, typed={"coverage-note": "mine"}, now=READ)
    page = reverse("reviews:history", args=[found.pk])
    assert {sign(who).get(page).status_code for who in (world.staff, world.admin, world.radiologists[1])} == {404}


# -- through the sheet and on ------------------------------------------------------------------------------------------


def test_save_and_next_goes_round_what_waits(world: World, sign: Sign) -> None:  # noqa: F811
    world.given_out()
    ann = world.radiologists[0]
    first, second, *_ = Assignment.objects.filter(reviewer=ann).order_by("assigned_at", "pk")
    answer = sign(ann).post(sheet(first), {"next": "yes"})
    assert answer.headers["Location"] == sheet(second)
    world.hand_in(own(world))
    last = Assignment.objects.filter(reviewer=ann, submitted_at__isnull=True).order_by("assigned_at", "pk").last()
    assert last
    following = queries.next_reading(ann, last, READ.date())
    assert following is None or following.pk != last.pk


def test_nothing_found_is_said_once_for_the_whole_sheet(found: Assignment, sign: Sign) -> None:  # noqa: F811
    client = sign(found.reviewer)
    assert client.post(sheet(found), {"nothing": "on", "check": "yes"}).status_code == 302
    client.post(reverse("reviews:check", args=[found.pk]), {"password": PASSWORD})
    assert set(Mark.objects.values_list("acceptable", flat=True)) == {True}
    assert Mark.objects.count() == len(queries.criteria(found))


def test_nothing_found_cannot_stand_beside_something_that_was_found(found: Assignment, sign: Sign) -> None:  # noqa: F811
    sent = {"nothing": "on", "check": "yes", "coverage-verdict": "no", "coverage-reason": "incomplete-exam"}
    page = sign(found.reviewer).post(sheet(found), sent)
    assert page.status_code == 422
    assert "You say that you found nothing" in page.text


# -- where it lies -----------------------------------------------------------------------------------------------------


def pointed(found: Assignment, **more: str) -> dict[str, str]:
    return {"point": "yes", "point-criterion": "coverage", "point-column": "7", "point-row": "9"} | more


def test_a_finding_is_tied_to_a_place_in_an_image_and_told_with_the_findings(found: Assignment, sign: Sign) -> None:  # noqa: F811
    client, image = sign(found.reviewer), image_of(found)
    client.post(sheet(found), pointed(found, showing=str(image.pk)))
    spot = f"{image.pk}:7:9"
    assert drafted(found)["coverage-places"] == spot
    page = client.get(f"{sheet(found)}?image={image.pk}")
    assert "column 7, row 9" in page.text
    assert "<circle" in page.text
    sent = answers(
        found, check="yes", **{"coverage-verdict": "no", "coverage-reason": "incomplete-exam", "coverage-places": spot}
    )
    assert client.post(sheet(found), sent).status_code == 302
    client.post(reverse("reviews:check", args=[found.pk]), {"password": PASSWORD})
    place = Place.objects.get()
    assert (place.image, place.column, place.row, place.mark.criterion) == (image, 7, 9, "coverage")
    assert "column 7, row 9" in client.get(sheet(found)).text
    findings = [f for r in queries.reviews(found.round)[found.area_id] for f in r.findings]
    assert [p.spot for p in findings[0].places] == [pointing.Spot(image.pk, 7, 9)]
    reported = compiling.draft(found.area, "not-acceptable", queries.reviews(found.round)[found.area_id])
    assert "column 7, row 9." in reported.recommendations


def test_a_place_without_its_column_is_asked_for_and_nothing_is_lost(found: Assignment, sign: Sign) -> None:  # noqa: F811
    sent = pointed(found, showing=str(image_of(found).pk)) | {"point-column": "left", "coverage-note": "kept"}
    page = sign(found.reviewer).post(sheet(found), sent)
    assert page.status_code == 422
    assert "Write the column of the place as a whole number" in page.text
    assert 'value="left"' in page.text
    assert drafted(found)["coverage-note"] == "kept"


def test_a_place_is_taken_away_again(found: Assignment, sign: Sign) -> None:  # noqa: F811
    client, image = sign(found.reviewer), image_of(found)
    client.post(sheet(found), pointed(found, showing=str(image.pk)))
    spot = f"{image.pk}:7:9"
    client.post(sheet(found), {"coverage-places": spot, "unpoint": f"coverage={spot}"})
    assert drafted(found)["coverage-places"] == ""


@pytest.mark.parametrize("text", ["", "x", "1:2", "-1:2:3", "1:2:3:4", "9999999999:1:1", "1:٣x:1"])
def test_what_is_no_place_is_left_out(text: str) -> None:
    assert pointing.read(text) == []


def test_an_image_of_another_area_is_no_place_of_this_one(world: World, found: Assignment) -> None:
    other = image_of(own(world, CHEST))
    assert pointing.shown(found, [pointing.Spot(other.pk, 1, 1)]) == []
    first, *rest = queries.criteria(found)
    bad = actions.Verdict(first.code, False, first.reasons[0].code, places=(pointing.Spot(other.pk, 1, 1),))
    actions.submit(
        assignment=found, verdicts=[bad, *(actions.Verdict(c.code, True) for c in rest)], actor=found.reviewer, now=READ
    )
    assert not Place.objects.exists()


# -- the sheet as data -------------------------------------------------------------------------------------------------


def test_a_criterion_counts_by_its_weight() -> None:
    listed = catalogue.criteria("CT", "clinical")
    every = {c.code: True for c in listed}
    assert catalogue.outcome("clinical", listed, every) == "acceptable"
    assert catalogue.outcome("clinical", listed, every | {listed[0].code: False}) == "not-acceptable"
    assert {c.weight for c in listed} == {1}


@pytest.mark.parametrize(
    ("value", "near"), [("87.5", True), ("91.8", True), ("91.9", False), ("83.2", True), ("83.1", False)]
)
def test_a_value_within_a_twentieth_of_its_limit_is_a_close_call(value: str, near: bool) -> None:
    table = criteria.criteria("mri-phantom")
    assert table
    row = next(r for t in table.tables for r in t.table.rows if r.at_least == Decimal("87.5"))
    assert limits.near(Decimal(value), row) is near


@pytest.mark.parametrize(
    ("value", "near"),
    [("148", False), ("150.6", False), ("150.7", True), ("151", True), ("151.3", True), ("145.3", True)],
)
def test_between_two_limits_a_close_call_is_a_twentieth_of_what_lies_between(value: str, near: bool) -> None:
    table = criteria.criteria("mri-phantom")
    assert table
    row = next(r for t in table.tables for r in t.table.rows if (r.at_least, r.at_most) == (Decimal(145), Decimal(151)))
    assert limits.near(Decimal(value), row) is near
