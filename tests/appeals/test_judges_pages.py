"""What staff and arbitrators find on the pages of an appeal that is complete."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reaccredit.appeals import arbitration, determinations, queries
from reaccredit.appeals.models import Arbitration, Letter
from reaccredit.facilities import actions as facilities
from reaccredit.people import actions as people
from reaccredit.people.models import Role
from tests.appeals.asking import given, page, url
from tests.appeals.test_appealing import LATER, appealed, received, sign
from tests.options.clock import Clock
from tests.options.test_pages import as_, text
from tests.options.world import BRAIN, DAY, PASSWORD, SPINE, World

GOOD = {
    "outcome": "acceptable", "reasons": "The sequence shows what the criteria ask for.", "sure": "on", "password": PASSWORD,
}  # fmt: skip


def test_the_arbitrator_decides_and_the_facility_sees_the_outcome_without_the_name(world: World, clock: Clock) -> None:
    one = given(world, world.arbitrator)
    clock(LATER + 10 * DAY)
    judge = as_(world.arbitrator)
    assert "To decide" in page(judge, "arbitrations")
    shown = page(judge, "arbitration", one.pk)
    assert "We disagree with the determination of the clinical areas." in shown
    assert "The earlier reviews" in shown
    assert "Not acceptable" in shown
    for name in ("Ann Radiologist", "Bob Radiologist"):
        assert name not in shown
    assert "Signed, supervising physician" in shown
    assert world.physician.name not in shown
    assert "does not hold any more" not in shown
    Letter.objects.update(text="Other words than those that were signed.")
    assert "This signature does not hold any more" in page(judge, "arbitration", one.pk)
    image = queries.original_images(one, queries.sight(one, LATER))[0][1][0].cover
    assert judge.get(url("picture", one.pk, image.pk, "small"))["Content-Type"] == "image/png"
    assert judge.get(url("series", one.pk, image.pk)).status_code == 200
    assert judge.post(url("arbitration", one.pk), GOOD).status_code == 302
    seen = page(as_(world.admin), "appeal", one.appeal_id)
    assert "The sequence shows what the criteria ask for." in seen
    assert "final" in seen
    assert "Signed by Sue Physician" in seen
    assert "This signature does not hold any more" in seen
    assert "Art Arbitrator" not in seen
    for reader in (judge, as_(world.staff)):
        shown = page(
            reader, "arbitration" if reader is judge else "appeal", one.pk if reader is judge else one.appeal_id
        )
        assert "Signed by Art Arbitrator, arbitrator" in shown


def test_a_determination_that_is_changed_afterwards_loses_its_signature(world: World, clock: Clock) -> None:
    one = given(world, world.arbitrator)
    clock(LATER + DAY)
    as_(world.arbitrator).post(url("arbitration", one.pk), GOOD)
    one.refresh_from_db()
    assert determinations.signatures([one])[one.pk].holds
    one.reasons += " And so on."  # the database refuses to keep it
    assert not determinations.signatures([one])[one.pk].holds


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"outcome": ""}, "Choose acceptable or not acceptable."),
        ({"outcome": "perhaps"}, "offers"),
        ({"reasons": ""}, "Write the reasons"),
        ({"reasons": "   "}, "Write the reasons"),
        ({"reasons": "Because."}, "at least twenty characters"),
        ({"reasons": "x" * 9000}, "8000"),
        ({"sure": ""}, "Confirm that the determination is final"),
        ({"password": ""}, "Type your password: it signs the determination."),
        ({"password": "not it"}, "This is not your password"),
    ],
)
def test_a_determination_that_lacks_something_comes_back(
    world: World, clock: Clock, changes: dict[str, str], told: str
) -> None:
    one = given(world, world.arbitrator)
    clock(LATER + DAY)
    answer = as_(world.arbitrator).post(url("arbitration", one.pk), GOOD | changes)
    assert answer.status_code == 422
    assert told in text(answer)
    assert not Arbitration.objects.filter(decided_at__isnull=False).exists()


def test_a_second_determination_is_refused(world: World, clock: Clock) -> None:
    one = given(world, world.arbitrator)
    clock(LATER + DAY)
    judge = as_(world.arbitrator)
    judge.post(url("arbitration", one.pk), GOOD)
    late = {"outcome": "not-acceptable", "reasons": "What was typed in a second tab, and is shown."}
    again = judge.post(url("arbitration", one.pk), GOOD | late)
    assert again.status_code == 409
    assert "This area is decided already" in text(again)
    assert late["reasons"] in text(again)
    assert Arbitration.objects.get().outcome == "acceptable"


def test_an_arbitrator_sees_no_image_of_another_area_and_nobody_elses_appeal(world: World, clock: Clock) -> None:
    one = given(world, world.arbitrator)
    clock(LATER + DAY)
    judge = as_(world.arbitrator)
    package = one.appeal.report.round.package
    other = package.items.filter(area__code=SPINE, collection__isnull=False).first()
    assert other
    assert other.collection
    image = other.collection.instances.first()
    assert image
    assert judge.get(url("picture", one.pk, image.pk, "small")).status_code == 404
    assert judge.get(url("series", one.pk, image.pk)).status_code == 404
    for who in (world.judge_physicist, world.biased, world.admin, world.stranger):
        assert as_(who).get(url("arbitration", one.pk)).status_code == 404
    assert as_(world.admin).get(url("arbitrations")).status_code == 404


def test_the_lists_ask_the_database_as_often_for_one_row_as_for_three(world: World, clock: Clock) -> None:
    asked = []
    for row in range(3):
        world.mr = facilities.add_unit(facility=world.facility, modality="MRI", name=f"Scanner {row}")
        appeal = appealed(world, [BRAIN])
        sign(appeal, "clinical", world.physician)
        appeal.refresh_from_db()
        arbitration.assign(
            appeal=appeal, area=appeal.areas.get(), arbitrator=world.arbitrator, actor=world.staff, now=LATER
        )
        clock(LATER + DAY)
        asked.append([queries_of(as_(world.staff), "index"), queries_of(as_(world.arbitrator), "arbitrations")])
    assert asked[0] == asked[2]


def queries_of(client: Client, name: str) -> int:
    client.get(url(name))
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url(name)).status_code == 200
    return len(caught)


def test_each_series_says_whether_it_was_there_from_the_beginning_beside_all_the_others(
    world: World, clock: Clock
) -> None:
    one = given(world, world.arbitrator)
    clock(LATER + DAY)
    image = queries.original_images(one, queries.sight(one, LATER))[0][1][0].cover
    shown = page(as_(world.arbitrator), "series", one.pk, image.pk)
    assert "The original exam · 2 images" in shown
    assert "DEMO AXIAL, image 1" in shown
    assert "Images added with the appeal" in shown
    for item, _ in queries.original_images(one, queries.sight(one, LATER)):
        assert item.title in shown


def test_an_area_is_given_to_somebody_else_only_where_there_is_somebody_else(world: World, clock: Clock) -> None:
    one = given(world, world.arbitrator)
    clock(LATER + DAY)
    assert "Give to somebody else" not in page(as_(world.staff), "assign", one.appeal_id)


def test_a_reviewer_who_arbitrates_starts_where_something_waits(world: World, clock: Clock) -> None:
    people.appoint(person=world.arbitrator, role=Role.REVIEWER, profession="radiologist", since=date(2020, 1, 1))
    appeal = received(world, [BRAIN])
    clock(LATER)
    client = as_(world.arbitrator)
    assert client.get("/").headers["Location"] == "/reviews/readings/"
    arbitration.assign(
        appeal=appeal, area=appeal.areas.get(), arbitrator=world.arbitrator, actor=world.staff, now=LATER
    )
    assert client.get("/").headers["Location"] == "/appeals/arbitrations/"
