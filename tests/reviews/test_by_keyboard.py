"""The score sheet for whoever goes by keyboard: the focus is where one was, Enter keeps what stands in a field, nothing jumps."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from reaccredit.reviews import viewing
from reaccredit.reviews.models import Assignment, Draft
from tests.reviews.test_pages import Sign, answers, image_of, own, sign  # noqa: F401 - a fixture
from tests.reviews.test_reading_room import ITSELF, seen, sheet
from tests.reviews.world import World


@pytest.fixture
def found(world: World) -> Assignment:
    world.given_out()
    return own(world)


def focus(page: str) -> list[str]:
    """The names and words of what takes the focus."""
    return re.findall(r'<(?:button|select)[^>]*?(?:id|name)="([^"]+)"[^>]* autofocus', page)


def test_a_step_keeps_the_focus_and_at_the_end_the_step_back_has_it(found: Assignment, sign: Sign) -> None:  # noqa: F811
    client, images = sign(found.reviewer), viewing.series_around(image_of(found))
    first, last = images[0].pk, images[-1].pk
    for image, step, wanted in (
        (first, "next", "step-next"), (first, "previous", "step-next"),
        (last, "previous", "step-previous"), (last, "next", "step-previous"),
    ):  # fmt: skip
        assert focus(client.get(f"{sheet(found)}?image={image}&step={step}").text) == [wanted]
    assert focus(client.get(f"{sheet(found)}?image={first}&step=nonsense").text) == []
    address = client.post(sheet(found), answers(found, look=str(first), step="previous")).headers["Location"]
    assert "#" not in address  # a browser would give the focus to nothing


def test_a_place_that_the_viewer_brings_waits_for_its_criterion_with_the_focus(found: Assignment, sign: Sign) -> None:  # noqa: F811
    page = sign(found.reviewer).get(sheet(found), {"image": image_of(found).pk, "column": "7", "row": "9"}).text
    assert focus(page) == ["point-criterion"]
    assert "Criterion <span" not in page  # it is asked for
    assert focus(sign(found.reviewer).get(sheet(found)).text) == []


def test_enter_in_another_field_keeps_the_place_that_was_typed(found: Assignment, sign: Sign) -> None:  # noqa: F811
    client, image = sign(found.reviewer), image_of(found)
    typed = answers(found, stay="yes", showing=str(image.pk)) | {"point-column": "7", "point-row": "9"}
    page = client.get(client.post(sheet(found), typed).headers["Location"])
    assert 'name="point-column" value="7"' in page.text
    assert 'name="point-row" value="9"' in page.text


def test_pointing_asks_for_what_is_missing_and_nothing_else_does(found: Assignment, sign: Sign) -> None:  # noqa: F811
    client, image = sign(found.reviewer), str(image_of(found).pk)
    page = client.post(sheet(found), {"point": "yes", "showing": image, "point-criterion": "coverage"})
    assert page.status_code == 422
    assert "Click into the picture, or write the column of the place." in page.text
    assert client.post(sheet(found), answers(found, check="yes")).status_code == 302


def test_a_sheet_that_was_overtaken_says_that_and_not_what_is_missing(found: Assignment, sign: Sign) -> None:  # noqa: F811
    client = sign(found.reviewer)
    opened = seen(client, found)
    client.post(sheet(found), {"coverage-note": "here", "seen": opened}, headers=ITSELF)
    page = client.post(sheet(found), {"coverage-note": "there", "seen": opened, "check": "yes"})
    assert page.status_code == 409
    assert "This sheet was saved elsewhere meanwhile" in page.text
    assert "There is a problem" not in page.text


def test_the_tab_that_was_overtaken_goes_on_being_kept_in_one_line(found: Assignment, sign: Sign) -> None:  # noqa: F811
    client = sign(found.reviewer)
    opened = seen(client, found)
    client.post(sheet(found), {"coverage-note": "here", "seen": opened}, headers=ITSELF)
    for words in ("there", "there, and", "there, and more"):
        answer = client.post(sheet(found), {"coverage-note": words, "seen": opened}, headers=ITSELF)
        assert answer.status_code == 409
    assert [line.typed["coverage-note"] for line in Draft.objects.filter(how=Draft.How.OTHER_TAB)] == [
        "there, and more"
    ]


def test_a_wrong_password_loses_nothing(found: Assignment, sign: Sign) -> None:  # noqa: F811
    client, check = sign(found.reviewer), reverse("reviews:check", args=[found.pk])
    client.post(sheet(found), answers(found, check="yes", **{"coverage-note": "Every slice is there"}))
    refused = client.post(check, {"password": "guessed"})
    assert refused.status_code == 422
    assert 'href="#id_password"' in refused.text
    assert client.get(sheet(found)).text.count("Every slice is there") == 1
    assert client.post(check, {"password": "correct horse battery"}).status_code == 302


def test_who_found_nothing_and_something_is_asked_about_that_alone(found: Assignment, sign: Sign) -> None:  # noqa: F811
    sent = {"check": "yes", "nothing": "on", "coverage-verdict": "no", "coverage-reason": "incomplete-exam"}
    page = sign(found.reviewer).post(sheet(found), sent)
    assert page.status_code == 422
    assert "You say that you found nothing" in page.text
    assert "Say whether" not in page.text
