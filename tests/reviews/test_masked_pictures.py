"""Text that names a person is found in a picture, masked for readers, and released by a person; the original stays as it came."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw
from pydicom import dcmread
from pytest_django.asserts import assertContains, assertNotContains

from reaccredit.imaging.models import Instance, Look, MaskedCopy, Series, Spotted
from reaccredit.imaging.storage import STORE
from reaccredit.packages import pictures
from reaccredit.packages.models import Item
from reaccredit.people.models import Person
from reaccredit.reviews.models import Assignment
from tests.options.clock import Clock, clock
from tests.reviews.world import APRIL, HEAD, World, build

__all__ = ["clock"]


@pytest.fixture
def reading(db: None) -> tuple[World, Assignment]:
    world = build()
    world.given_out()
    return world, Assignment.objects.get(reviewer=world.radiologists[0], area__code=HEAD)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def burned(content: bytes, words: str) -> bytes:
    """The same image, larger, with words in its upper left corner as a scanner draws them."""
    ds = dcmread(BytesIO(content))
    side, numbers = 512, ds.pixel_array
    picture = Image.fromarray(numbers.astype(np.int32)).resize((side, side))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, side, 60), fill=int(numbers.min()))
    pen.text((14, 14), words, fill=int(numbers.max()), font_size=26)
    ds.Rows = ds.Columns = side
    ds.PixelData = np.asarray(picture).astype(numbers.dtype).tobytes()
    out = BytesIO()
    ds.save_as(out)
    return out.getvalue()


def burn(series: Series, words: str) -> None:
    """Before anybody looks: the stored files of this series carry the words."""
    for image in series.instances.all():
        with STORE.open(image.sha256) as stream:
            stored = STORE.put(BytesIO(burned(stream.read(), words)), limit=10**8)
        Instance.objects.filter(pk=image.pk).update(sha256=stored.sha256)
    Series.objects.filter(pk=series.pk).update(rows=512, columns=512)


def test_what_names_a_person_is_masked_for_readers_until_somebody_releases_it(
    reading: tuple[World, Assignment], clock: Clock
) -> None:
    world, one = reading
    now = APRIL
    clock(now)
    item = Item.objects.select_related("collection").get(package=one.round.package, area=one.area, kind="exam")
    assert item.collection is not None
    series = item.collection.series.order_by("pk")[0]
    burn(series, "Patient name: Jane Roe")
    Look.objects.all().delete()
    image = series.instances.order_by("pk")[0]
    original = hashlib.sha256(STORE.path(image.sha256).read_bytes()).hexdigest()
    facility, staff, reader = (signed_in(p) for p in (world.admin, world.staff, world.radiologists[0]))
    address = reverse("packages:pictures", args=[item.package_id, item.pk])
    shown = reverse("looking:picture", args=[image.pk, 1])
    before = facility.get(shown).content
    assert reader.get(shown).status_code == 403  # nobody has looked yet

    assertContains(facility.get(address), "Not looked at yet")
    assert staff.post(address).status_code == 302
    assert facility.post(address).status_code == 404  # the package is handed in
    pictures.look(series_id=series.pk, now=now)
    assert Spotted.objects.filter(look__series=series, kind="names").exists()
    page = staff.get(address)
    assertContains(page, "<rect")
    assertNotContains(page, "Jane")

    copies = MaskedCopy.objects.filter(instance__series=series)
    assert copies.count() == series.instances.count()
    masked = reader.get(shown).content
    assert masked != before
    assert facility.get(shown).content == before
    assert hashlib.sha256(STORE.path(image.sha256).read_bytes()).hexdigest() == original
    reviewers_own = reverse("reviews:image", args=[one.pk, image.pk, "large"])
    assert reader.get(reviewers_own).content == masked

    look = Look.objects.get(series=series)
    said = {"look": look.pk} | {f"box-{s.pk}": "release" for s in look.spotted.all()}
    assertContains(staff.post(address, {"look": look.pk}), "Say of each box", status_code=422)
    assert staff.post(address, said).status_code == 302
    pictures.mask(series_id=series.pk, now=now)
    assert reader.get(shown).content == before
    assert not MaskedCopy.objects.filter(instance__series=series).exists()


def test_a_page_of_pictures_asks_as_often_for_three_series_as_for_one(
    reading: tuple[World, Assignment], django_assert_num_queries: Callable[..., object]
) -> None:
    _, one = reading
    item = Item.objects.select_related("collection").get(package=one.round.package, area=one.area, kind="exam")
    assert item.collection is not None
    with django_assert_num_queries(5):  # type: ignore[attr-defined]
        pictures.page(item)
    series = item.collection.series.order_by("pk")[0]
    for number in (7, 8):
        copy = Series.objects.get(pk=series.pk)
        image = series.instances.order_by("pk")[0]
        copy.pk, copy.series_uid = None, f"2.25.{number}"
        copy.save()
        image.pk, image.series, image.sop_instance_uid, image.sha256 = None, copy, f"2.25.1{number}", f"{number:064d}"
        image.save()
    with django_assert_num_queries(5):  # type: ignore[attr-defined]
        pictures.page(item)
