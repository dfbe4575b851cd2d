"""The viewer without any script: who may look, slice by slice, in which window."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pydicom import dcmread

from reaccredit.appeals import arbitration
from reaccredit.imaging.models import Instance, Series
from reaccredit.imaging.storage import STORE
from reaccredit.looking import queries, stack, windows
from reaccredit.people.models import Person
from reaccredit.reviews.models import Tie
from tests.appeals.test_appealing import BRAIN, LATER, received
from tests.options import world as options
from tests.reviews.world import HEAD


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def series_of(area: str) -> Series:
    return Series.objects.filter(collection__item__area__code=area).order_by("pk")[0]


def address(series: Series, query: str = "") -> str:
    return reverse("looking:series", args=[series.pk]) + query


def pixels(answer: object) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(answer.content)))


def test_facility_staff_and_the_reader_of_an_area_see_it_each_with_the_way_back_and_nobody_else_does(world, reading):
    head = series_of(HEAD)
    item = head.collection.item
    way_back = reverse("packages:series", args=[item.package_id, item.pk, head.pk])
    for person in (world.admin, world.staff):
        page = signed_in(person).get(address(head))
        assert page.status_code == 200
        assert f'href="{way_back}"' in page.text
    page = signed_in(reading.reviewer).get(address(head))
    assert f'href="{reverse("reviews:reading", args=[reading.pk])}"' in page.text
    assert world.facility.name not in page.text
    picture = reverse("looking:picture", args=[head.instances.all()[0].pk, 1])
    for stranger in (world.stranger, world.radiologists[2], world.physicists[0]):
        assert signed_in(stranger).get(address(head)).status_code == 404
        assert signed_in(stranger).get(picture).status_code == 404
    assert Client().get(address(head)).status_code == 302


def test_a_reader_who_may_not_judge_the_area_any_more_is_told_why(world, reading):
    Tie.objects.create(person=reading.reviewer, kind="bias", facility=world.facility, declared_at=timezone.now())
    page = signed_in(reading.reviewer).get(address(series_of(HEAD)))
    assert page.status_code == 403
    assert "A conflict of interest with this case is on file" in page.text


@pytest.mark.django_db
def test_an_arbitrator_sees_the_images_of_the_appeal_and_of_no_other_area():
    world = options.build()
    appeal = received(world, [BRAIN])
    arbitration.assign(
        appeal=appeal, area=appeal.areas.get(), arbitrator=world.arbitrator, actor=world.staff, now=LATER
    )
    judged = appeal.report.round.package
    for item in judged.items.filter(collection__isnull=False).select_related("area"):
        for series in item.collection.series.all():
            if item.area == appeal.areas.get():
                seen = queries.series(world.arbitrator, series.pk, LATER)
                assert seen.door.words == "The appeal"
            else:
                with pytest.raises(Http404):
                    queries.series(world.arbitrator, series.pk, LATER)


def test_links_lead_through_the_slices_and_keep_the_window(world, reading):
    head = series_of(HEAD)
    client, last = signed_in(world.admin), head.instances.count()
    page = client.get(address(head, "?slice=1&window=40,80")).text
    assert f"Slice 1 of {last} · centre 40, width 80" in page
    assert 'href="?slice=2&amp;window=40,80" rel="next"' in page
    assert 'rel="prev"' not in page
    assert f"Slice {last // 2 + 1} of {last} · the image&#x27;s own window" in client.get(address(head)).text.replace(
        "'", "&#x27;"
    )
    for wrong in ("0", str(last + 1), "x", "1" * 9):
        assert client.get(address(head, f"?slice={wrong}")).status_code == 404


def test_a_window_is_computed_from_the_values_of_the_modality(world, reading):
    image = series_of(HEAD).instances.all()[0]
    made = signed_in(world.admin).get(reverse("looking:picture", args=[image.pk, 1]) + "?window=40,400")
    stored = dcmread(STORE.path(image.sha256))
    values = stored.pixel_array * float(stored.RescaleSlope) + float(stored.RescaleIntercept)
    expected = np.clip((values - (40 - 0.5 - 399 / 2)) / 399, 0, 1) * 255
    assert np.abs(pixels(made).astype(float) - expected).max() <= 1
    assert set(made["Cache-Control"].split(", ")) == {"private", "no-cache"}
    narrow = signed_in(world.admin).get(reverse("looking:picture", args=[image.pk, 1]) + "?window=40,80")
    assert (pixels(narrow) != pixels(made)).any()


@pytest.mark.parametrize(
    "asked", ["centre=abc&width=80", "centre=40&width=0", "centre=1e9&width=80", "centre=nan&width=80", "window=40"]
)
def test_a_window_that_is_none_gets_a_sentence_and_the_image_is_still_there(world, reading, asked):
    page = signed_in(world.admin).get(address(series_of(HEAD), f"?slice=1&{asked}"))
    assert page.status_code == 422
    assert "The image is shown in its own window" in page.text
    assert "Slice 1 of" in page.text
    if "abc" in asked:
        assert 'value="abc"' in page.text


def test_each_frame_of_an_image_is_a_slice():
    images = [Instance(pk=1, frames=1), Instance(pk=2, frames=3), Instance(pk=3, frames=1)]
    told = [stack.slice_of(images, number) for number in range(1, 6)]
    assert [(s.instance.pk, s.frame) for s in told if s] == [(1, 0), (2, 0), (2, 1), (2, 2), (3, 0)]
    assert stack.slice_of(images, 6) is None
    assert stack.slice_of([], None) is None
    assert dict(told[4].steps) == {"First": 1, "10 back": 1, "Previous": 4, "Next": 0, "10 on": 0, "Last": 0}


def test_the_windows_of_a_modality_can_be_asked_for_as_their_links_say():
    assert [windows.window(preset.said) for preset in windows.presets("CT")] == [
        p.window for p in windows.presets("CT")
    ]
    assert windows.presets("US") == []
