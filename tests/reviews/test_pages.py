"""The pages of the reviewers and of the staff who choose them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reaccredit.imaging.models import Instance
from reaccredit.packages import actions as packages
from reaccredit.people.models import Person
from reaccredit.reviews import actions, queries, viewing
from reaccredit.reviews.models import Assignment, HandedBack, Mark, Round
from tests.packages.world import APRIL, fill
from tests.reviews.world import CHEST, HEAD, World

Sign = Callable[[Person], Client]


@pytest.fixture
def sign() -> Sign:
    def signed(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed


def own(world: World, code: str = HEAD, who: int = 0) -> Assignment:
    return Assignment.objects.select_related("area", "round__package", "round__case_file__case", "reviewer").get(
        reviewer=world.radiologists[who], area__code=code
    )


def answers(reading: Assignment, **changes: Any) -> dict[str, Any]:
    return {f"{c.code}-verdict": "yes" for c in queries.criteria(reading)} | changes


def image_of(reading: Assignment) -> Instance:
    return queries.items_with_images(reading)[0][1][0].cover


def queries_for(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


# -- the reviewer ------------------------------------------------------------------------------------------------------


def test_the_reading_list_shows_what_this_person_was_given(world: World, sign: Sign) -> None:
    opened = world.round()
    head = next(a for a in queries.areas_of(opened) if a.code == HEAD)
    given = actions.assign(round=opened, area=head, reviewer=world.radiologists[0], actor=world.staff, now=APRIL)
    page = sign(world.radiologists[0]).get(reverse("reviews:reading-list"))
    assert f"Reading {given.pk}" in page.text
    other = sign(world.radiologists[1]).get(reverse("reviews:reading-list"))
    assert "Nothing waits for you" in other.text


def test_the_reading_list_costs_the_same_for_one_and_for_three(world: World, sign: Sign) -> None:
    opened = world.round()
    areas = [a for a in queries.areas_of(opened) if a.kind == "clinical"]
    client, costs = sign(world.radiologists[0]), []
    for number, area in enumerate(areas, 1):
        actions.assign(round=opened, area=area, reviewer=world.radiologists[0], actor=world.staff, now=APRIL)
        if number in {1, 3}:
            costs.append(queries_for(client, reverse("reviews:reading-list")))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("who", ["admin", "staff", "stranger", "reviewer"])
def test_nobody_else_reaches_a_reading(world: World, sign: Sign, who: str) -> None:
    world.given_out()
    found = own(world)
    client, pk = sign(getattr(world, who)), found.pk
    picture = reverse("reviews:image", args=[pk, image_of(found).pk, "small"])
    pages = [reverse(f"reviews:{name}", args=[pk]) for name in ("reading", "check", "hand-back")]
    assert {client.get(page).status_code for page in [*pages, picture]} == {404}
    assert {client.post(page).status_code for page in pages} == {404}


def test_the_other_reader_does_not_reach_it_either(world: World, sign: Sign) -> None:
    world.given_out()
    assert sign(world.radiologists[1]).get(reverse("reviews:reading", args=[own(world).pk])).status_code == 404


@pytest.mark.parametrize("who", ["admin", "staff"])
def test_only_reviewers_have_a_reading_list(world: World, sign: Sign, who: str) -> None:
    assert sign(getattr(world, who)).get(reverse("reviews:reading-list")).status_code == 404


def test_the_page_tells_neither_whose_images_they_are_nor_who_else_reads(world: World, sign: Sign) -> None:
    world.hand_in(own_of(world.given_out(), world.radiologists[1]))
    found = own(world)
    client = sign(found.reviewer)
    number = found.round.case_file.case.number
    shown = [
        client.get(address).text
        for address in (
            reverse("reviews:reading-list"),
            reverse("reviews:reading", args=[found.pk]),
            reverse("reviews:hand-back", args=[found.pk]),
        )
    ]
    secret = [
        world.facility.name, world.facility.city, world.unit.serial, number, world.radiologists[1].name,
        world.admin.name, "DEMO^", "handed in by",
    ]  # fmt: skip
    assert [(word, n) for n, text in enumerate(shown) for word in secret if word in text] == []


def own_of(round_: Round, person: Person) -> Assignment:
    return Assignment.objects.select_related("area", "reviewer", "round__package", "round__case_file__case").get(
        round=round_, reviewer=person, area__code=HEAD
    )


def test_images_of_the_area_are_shown_and_those_of_another_are_not(world: World, sign: Sign) -> None:
    opened = world.round()
    head, chest = (next(a for a in queries.areas_of(opened) if a.code == code) for code in (HEAD, CHEST))
    given = actions.assign(round=opened, area=head, reviewer=world.radiologists[0], actor=world.staff, now=APRIL)
    other = actions.assign(round=opened, area=chest, reviewer=world.radiologists[1], actor=world.staff, now=APRIL)
    client = sign(world.radiologists[0])

    def status(image: Instance, size: str = "small") -> int:
        return client.get(reverse("reviews:image", args=[given.pk, image.pk, size])).status_code

    shown = client.get(reverse("reviews:image", args=[given.pk, image_of(given).pk, "large"]))
    assert shown.content.startswith(b"\x89PNG")
    assert status(image_of(given), "huge") == 404
    assert status(image_of(other)) == 404
    page = reverse("reviews:reading", args=[given.pk])
    assert client.get(f"{page}?image={image_of(other).pk}").status_code == 404
    assert client.get(f"{page}?image=nonsense").status_code == 200


def test_going_to_the_next_image_keeps_what_was_typed(world: World, sign: Sign) -> None:
    world.given_out()
    found = own(world)
    client, page = sign(found.reviewer), reverse("reviews:reading", args=[found.pk])
    images = viewing.series_around(image_of(found))
    typed = answers(found, look=images[0].pk, step="previous", **{"coverage-note": "looks cut off"})
    answer = client.post(page, typed)
    assert answer.headers["Location"] == f"{page}?image={images[0].pk}&step=previous"
    again = client.get(answer.headers["Location"])
    assert "looks cut off" in again.text
    assert f"Image 1 of {len(images)}" in again.text


def test_save_and_finish_later_keeps_a_half_sheet(world: World, sign: Sign) -> None:
    world.given_out()
    found = own(world)
    client, page = sign(found.reviewer), reverse("reviews:reading", args=[found.pk])
    half = {
        "coverage-verdict": "no",
        "coverage-causes": ["protocol", "handling"],
        "dose-note": "<b>high</b>",
        "save": "y",
    }
    assert client.post(page, half).status_code == 302
    text = client.get(page).text
    assert "&lt;b&gt;high&lt;/b&gt;" in text
    assert text.count(" checked") == 3
    assert "Begun" in client.get(reverse("reviews:reading-list")).text


def test_what_is_missing_is_said_and_what_was_typed_stays(world: World, sign: Sign) -> None:
    world.given_out()
    found = own(world)
    client, page = sign(found.reviewer), reverse("reviews:reading", args=[found.pk])
    typed = answers(found, check="yes", **{"coverage-verdict": "no", "dose-note": "as on the form"})
    del typed["artifacts-verdict"]
    answer = client.post(page, typed)
    assert answer.status_code == 422
    assert "Choose the reason why “Anatomic coverage and required series” is not acceptable." in answer.text
    assert "Say whether “Artifacts” is acceptable." in answer.text
    assert "as on the form" in answer.text
    found.refresh_from_db()
    assert found.draft["dose-note"] == "as on the form"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"coverage-verdict": "perhaps"}, "required series” offers"),
        ({"coverage-verdict": "no", "coverage-reason": "ct-dose"}, "required series: reason” offers"),
        ({"coverage-causes": ["weather"]}, "required series: possible causes” offers"),
        ({"coverage-note": "x" * 2001}, "at most 2000"),
    ],
)
def test_a_wrong_answer_is_refused_and_kept(world: World, sign: Sign, wrong: dict[str, Any], said: str) -> None:
    world.given_out()
    found = own(world)
    client = sign(found.reviewer)
    answer = client.post(reverse("reviews:reading", args=[found.pk]), answers(found, check="yes", **wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert client.get(reverse("reviews:check", args=[found.pk])).status_code == 422
    assert client.post(reverse("reviews:check", args=[found.pk])).status_code == 422


def test_answers_are_checked_once_more_and_handed_in(world: World, sign: Sign) -> None:
    world.given_out()
    found = own(world)
    client = sign(found.reviewer)
    fault = {"coverage-verdict": "no", "coverage-reason": "incomplete-exam", "coverage-causes": ["handling"]}
    answer = client.post(reverse("reviews:reading", args=[found.pk]), answers(found, check="yes", **fault))
    assert answer.headers["Location"] == reverse("reviews:check", args=[found.pk])
    shown = client.get(answer.headers["Location"])
    assert "Together: not acceptable" in shown.text
    assert "The exam is incomplete" in shown.text
    for password, said in (("", "it signs the sheet"), ("not it", "This is not your password")):
        refused = client.post(answer.headers["Location"], {"password": password})
        assert (refused.status_code, said in refused.text) == (422, True)
    found.refresh_from_db()
    assert found.submitted_at is None
    done = client.post(answer.headers["Location"], {"password": "correct horse battery"}, follow=True)
    assert "is handed in" in done.text
    assert f"Signed by {found.reviewer.name}, reviewer" in done.text
    assert "Possible causes: Selection, labelling or handling of the exam" in done.text
    assert "does not hold" not in done.text
    staff, opened = sign(world.staff), reverse("reviews:round", args=[found.round_id])
    assert "does not hold" not in staff.get(opened).text
    Mark.objects.filter(assignment=found, acceptable=True).update(note="Added by another hand")
    assert "does not hold any more" in client.get(reverse("reviews:reading", args=[found.pk])).text
    assert "does not hold any more" in staff.get(opened).text
    found.refresh_from_db()
    assert found.outcome == "not-acceptable"
    assert found.marks.get(acceptable=False).causes == ["handling"]
    assert client.post(reverse("reviews:check", args=[found.pk])).status_code == 409
    assert client.get(reverse("reviews:reading", args=[found.pk])).status_code == 200


def test_an_area_is_given_back_with_a_reason(world: World, sign: Sign) -> None:
    world.given_out()
    found = own(world)
    client, page = sign(found.reviewer), reverse("reviews:hand-back", args=[found.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"reason": "  "}).status_code == 422
    assert client.post(page, {"reason": "I know this site"}).status_code == 302
    assert HandedBack.objects.get().reason == "I know this site"
    assert client.get(page).status_code == 403


# -- staff -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["admin", "stranger", "reviewer"])
def test_only_staff_choose_readers(world: World, sign: Sign, who: str) -> None:
    opened = world.round()
    client = sign(getattr(world, who))
    assert client.get(reverse("reviews:index")).status_code == 404
    assert client.get(reverse("reviews:round", args=[opened.pk])).status_code == 404
    assert client.post(reverse("reviews:round", args=[opened.pk])).status_code == 404
    assert client.post(reverse("reviews:open", args=[opened.package_id])).status_code == 404


def test_staff_open_a_round_and_choose_two_readers(world: World, sign: Sign) -> None:
    package = world.submitted()
    client = sign(world.staff)
    assert package.case_file.case.number in client.get(reverse("reviews:index")).text
    assert "Open the review" in client.get(reverse("reviews:open", args=[package.pk])).text
    assert not Round.objects.exists()
    page = client.post(reverse("reviews:open", args=[package.pk]), follow=True)
    opened = Round.objects.get(package=package)
    head = next(a for a in queries.areas_of(opened) if a.code == HEAD)
    assert "is not a medical physicist, who reads phantom areas" in page.text
    ann, bob, _ = world.radiologists
    address = reverse("reviews:round", args=[opened.pk])
    answer = client.post(address, {f"area-{head.pk}-1": ann.pk, f"area-{head.pk}-2": bob.pk})
    assert answer.status_code == 302
    assert set(opened.assignments.values_list("reviewer", "position")) == {(ann.pk, 1), (bob.pk, 2)}
    assert ann.name in client.get(address).text


@pytest.mark.parametrize("said", ["Choose at least one reader", "must be different people", "may not read this area"])
def test_a_choice_that_cannot_be_is_refused_with_its_reason(world: World, sign: Sign, said: str) -> None:
    opened = world.round()
    head, ann = next(a for a in queries.areas_of(opened) if a.code == HEAD), world.radiologists[0]
    first, second = f"area-{head.pk}-1", f"area-{head.pk}-2"
    wrong = {
        "Choose at least one reader": {},
        "must be different people": {first: ann.pk, second: ann.pk},
        "may not read this area": {first: world.physicists[0].pk},
    }[said]
    answer = sign(world.staff).post(reverse("reviews:round", args=[opened.pk]), wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert not opened.assignments.exists()


def test_a_disagreement_asks_for_a_third_reader_on_the_page(world: World, sign: Sign) -> None:
    opened = world.given_out()
    world.hand_in(own_of(opened, world.radiologists[0]), "equipment")
    world.read(opened)
    client, address = sign(world.staff), reverse("reviews:round", args=[opened.pk])
    page = client.get(address).text
    assert "The readers do not agree" in page
    assert "Third reader" in page
    head = own_of(opened, world.radiologists[0]).area
    assert client.post(address, {f"area-{head.pk}-3": world.radiologists[2].pk}).status_code == 302
    world.hand_in(own_of(opened, world.radiologists[2]), "equipment")
    assert "The reviews are completed" in client.get(address).text


def test_the_staff_list_costs_the_same_for_one_and_for_three(world: World, sign: Sign) -> None:
    client, costs = sign(world.staff), []
    world.given_out()
    costs.append(queries_for(client, reverse("reviews:index")))
    for name in ("CT 2", "CT 3"):
        package = world.accepted(unit=world.another_unit(name))
        fill(package, world.admin, APRIL)
        submitted = packages.submit(package=package, actor=world.admin, now=APRIL)
        world.given_out(world.round(submitted))
    costs.append(queries_for(client, reverse("reviews:index")))
    assert costs[0] == costs[1]


def test_a_round_costs_the_same_whatever_is_chosen(world: World, sign: Sign) -> None:
    opened = world.round()
    client, address = sign(world.staff), reverse("reviews:round", args=[opened.pk])
    before = queries_for(client, address)
    world.given_out(opened)
    assert queries_for(client, address) <= before
