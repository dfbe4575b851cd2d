"""Marks in images: kept in the case, measured here, and shown to nobody who must not know of them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pydicom import dcmread

from reaccredit.appeals import arbitration
from reaccredit.imaging.models import Series
from reaccredit.imaging.storage import STORE
from reaccredit.looking import marked, queries
from reaccredit.looking.models import Annotation
from reaccredit.people.models import Person
from reaccredit.reviews import actions as reviews
from reaccredit.reviews.models import Assignment, Tie
from tests.appeals.test_appealing import BRAIN, LATER, received
from tests.looking.test_viewer import series_of, signed_in
from tests.options import world as options
from tests.reviews.world import HEAD, READ, World

JSON = {"accept": "application/json"}


def marks(series: Series) -> str:
    return reverse("looking:marks", args=[series.pk])


def keep(client: Client, series: Series, *ends: float, words: str = "", **more: object) -> object:
    image = series.instances.all()[0]
    names = ("column", "row", "to_column", "to_row")
    said = {"image": image.pk, "frame": 1, "words": words} | dict(zip(names, ends, strict=False)) | more
    return client.post(marks(series), said, headers=JSON)


def seen(person: Person, series: Series) -> list[tuple[str, str]]:
    """Who is said to have made what."""
    told = signed_in(person).get(marks(series), headers=JSON).json()["marks"]
    return sorted((one["by"], one["words"]) for one in told)


def test_a_length_is_measured_here_and_kept_with_the_image_the_frame_the_person_and_the_moment(world, reading):
    series = series_of(HEAD)
    image = series.instances.all()[0]
    down, across = (float(part) for part in dcmread(STORE.path(image.sha256)).PixelSpacing)
    answer = keep(signed_in(reading.reviewer), series, 1, 2, 4, 6, words="Vessel")
    (told,) = answer.json()["marks"]
    wanted = ((3 * across) ** 2 + (4 * down) ** 2) ** 0.5
    assert abs(told["mm"] - wanted) < 0.01
    assert told["source"] == "pixel spacing of the patient's plane"
    row = Annotation.objects.get()
    assert (row.sop_instance_uid, row.frame, row.person) == (image.sop_instance_uid, 1, reading.reviewer)
    assert (row.kind, row.points, row.side) == ("length", [[1, 2], [4, 6]], "reader")
    image.delete()  # who takes it out and sends it again finds the mark
    assert Annotation.objects.filter(pk=row.pk).exists()


def test_no_reader_learns_of_the_others_marks_before_the_sheets_are_shown_and_the_facility_never_does(
    world: World, reading
):
    series, second = series_of(HEAD), Assignment.objects.get(reviewer=world.radiologists[1], area__code=HEAD)
    keep(signed_in(world.admin), series, 1, 1, words="of the facility")
    keep(signed_in(reading.reviewer), series, 2, 2, words="of the first")
    keep(signed_in(second.reviewer), series, 3, 3, words="of the second")
    keep(signed_in(world.staff), series, 4, 4, words="of staff")
    assert seen(reading.reviewer, series) == [("You", "of the first")]
    assert seen(second.reviewer, series) == [("You", "of the second")]
    assert seen(world.admin, series) == [("You", "of the facility")]
    assert seen(world.staff, series) == [("You", "of staff")]
    for person in (reading.reviewer, second.reviewer, world.admin):
        page = signed_in(person).get(reverse("looking:series", args=[series.pk]))
        assert [w for w in ("of the facility", "of the first", "of the second", "of staff") if w in page.text] == [
            w for _, w in seen(person, series)
        ]

    world.hand_in(reading)
    world.hand_in(second, "")  # they do not agree: a third reader is asked
    assert seen(second.reviewer, series) == [("You", "of the second")]
    third = world.radiologists[2]
    reviews.assign(round=reading.round, area=reading.area, reviewer=third, actor=world.staff, now=READ)
    assert seen(third, series) == [("Reader 1", "of the first"), ("Reader 2", "of the second")]
    assert seen(world.staff, series) == [
        ("Reader 1", "of the first"),
        ("Reader 2", "of the second"),
        ("You", "of staff"),
    ]
    assert seen(world.admin, series) == [("You", "of the facility")]


@pytest.mark.django_db
def test_an_arbitrator_sees_the_readers_marks_by_number():
    world = options.build()
    appeal = received(world, [BRAIN])
    one = arbitration.assign(
        appeal=appeal, area=appeal.areas.get(), arbitrator=world.arbitrator, actor=world.staff, now=LATER
    )
    series = Series.objects.filter(
        collection__item__package=appeal.report.round.package, collection__item__area=one.area
    )[0]
    reader = Assignment.objects.get(round=appeal.report.round, area=one.area, position=2).reviewer
    image = series.instances.all()[0]
    for person, side in ((reader, "reader"), (world.staff, "staff")):
        Annotation.objects.create(
            collection=series.collection, sop_instance_uid=image.sop_instance_uid, frame=1, kind="point", points=[[1, 1]],
            side=side, person=person, made_at=LATER,
        )  # fmt: skip
    look = queries.series(world.arbitrator, series.pk, LATER)
    assert [one.by for one in marked.seen_by(look, world.arbitrator, LATER)] == ["Reader 2"]


def test_a_mark_is_taken_away_by_whoever_made_it_alone(world, reading):
    series = series_of(HEAD)
    (told,) = keep(signed_in(reading.reviewer), series, 2, 2).json()["marks"]
    for other in (world.staff, world.admin, world.radiologists[1], world.stranger):
        assert signed_in(other).post(told["remove"], headers=JSON).status_code == 404
    assert signed_in(reading.reviewer).post(told["remove"], headers=JSON).json() == {"marks": []}
    assert Annotation.objects.get().removed_at is not None
    Tie.objects.create(person=reading.reviewer, kind="bias", facility=world.facility, declared_at=timezone.now())
    assert signed_in(reading.reviewer).get(marks(series), headers=JSON).status_code == 403
    assert keep(signed_in(reading.reviewer), series, 2, 2).status_code == 403


@pytest.mark.parametrize(
    ("ends", "more", "sentence"),
    [
        ((1, 1, 5), {}, "A length has two ends"),
        ((1, 1, 1, 1), {}, "the same point"),
        ((40_000, 1), {}, "the point lies outside"),
        ((1, 1), {"frame": 9}, "The image has 1 frame."),
        ((1, 1), {"image": 999_999_999}, "not in this series any more"),
        ((1, 1), {"words": "x" * 201}, "at most 200"),
    ],
)
def test_what_can_t_be_marked_gets_a_sentence_and_nothing_typed_is_lost(world, reading, ends, more, sentence):
    client, series = signed_in(reading.reviewer), series_of(HEAD)
    refused = keep(client, series, *ends, **more)
    assert refused.status_code == 422
    assert sentence in refused.json()["error"]
    said = (
        {"image": series.instances.all()[0].pk, "frame": 1}
        | dict(zip(("column", "row", "to_column", "to_row"), ends, strict=False))
        | more
    )
    page = client.post(marks(series), said)
    assert page.status_code == 422
    assert f'value="{ends[0]}"' in page.text
    assert not Annotation.objects.exists()


def test_without_a_script_a_length_is_typed_and_leads_to_the_score_sheet(world, reading):
    client, series = signed_in(reading.reviewer), series_of(HEAD)
    image = series.instances.all()[0]
    said = {"image": image.pk, "frame": 1, "column": "7.6", "row": 3, "to_column": 9, "to_row": 3, "slice": 1}
    assert (
        client.post(marks(series), said).headers["Location"] == reverse("looking:series", args=[series.pk]) + "?slice=1"
    )
    page = client.get(reverse("looking:series", args=[series.pk]) + "?slice=1").text
    sheet = reverse("reviews:reading", args=[reading.pk]) + f"?image={image.pk}&amp;column=7&amp;row=3"
    assert f'href="{sheet}"' in page
    score = client.get(sheet.partition("#")[0].replace("&amp;", "&")).text
    assert 'name="point-column" value="7"' in score
    assert 'name="point-row" value="3"' in score


def test_more_marks_are_no_more_questions(world, reading, django_assert_max_num_queries):
    client, series = signed_in(reading.reviewer), series_of(HEAD)
    counted = []
    for _ in (1, 2):
        keep(client, series, 2, 2)
        with django_assert_max_num_queries(200) as asked:
            client.get(reverse("looking:series", args=[series.pk]))
        counted.append(len(asked))
        keep(client, series, 3, 3)
    assert counted[0] == counted[1]
