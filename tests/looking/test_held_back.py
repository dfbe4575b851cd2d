"""What names somebody reaches nobody who judges: no picture before it was searched or a person answers for it, on none of the ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from reaccredit.imaging.models import Look, MaskedCopy, Series, Spotted
from reaccredit.ledger.models import Fact
from reaccredit.looking import passes
from reaccredit.packages import pictures
from reaccredit.packages.models import Item, Precheck, PrecheckPicture
from reaccredit.reviews.models import Assignment
from reaccredit.reviews.sheets_signed import hand_in
from reaccredit.reviews.visibility import NotShown
from reaccredit.screening import artefacts
from tests.looking.test_dicomweb import address as dicomweb
from tests.looking.test_viewer import series_of, signed_in
from tests.packages.world import looked_at
from tests.reviews.world import HEAD, READ, World, verdicts

WAIT = "not been searched for text that names somebody"


def ways(series: Series, reading: Assignment) -> dict[str, str]:
    """Every address under which a reader could have something of the pictures of a series."""
    image = series.instances.order_by("pk")[0]
    return {
        "page": reverse("looking:series", args=[series.pk]),
        "picture": reverse("looking:picture", args=[image.pk, 1]),
        "thumbnail": reverse("looking:picture", args=[image.pk, 1]) + "?small",
        "stack": reverse("looking:stack", args=[series.pk]),
        "numbers": reverse("looking:numbers", args=[series.pk, image.pk, 1]),
        "marks": reverse("looking:marks", args=[series.pk]),
        "series": dicomweb("dicom-series", image),
        "instances": dicomweb("dicom-instances", image),
        "metadata": dicomweb("dicom-metadata", image),
        "metadata of an image": dicomweb("dicom-image-metadata", image),
        "frame": dicomweb("dicom-frame", image, 1),
        "frame rendered": dicomweb("dicom-frame-rendered", image, 1),
        "rendered": dicomweb("dicom-rendered", image),
        "sheet's picture": reverse("reviews:image", args=[reading.pk, image.pk, "large"]),
        "sheet's thumbnail": reverse("reviews:image", args=[reading.pk, image.pk, "small"]),
    }


def answers(client: Client, series: Series, reading: Assignment) -> dict[str, int]:
    passes.forget()
    return {way: client.get(address).status_code for way, address in ways(series, reading).items()}


def look_at(series: Series, **changes: object) -> Look:
    """As a search leaves it."""
    said = {"looked_at": READ, "images": series.instances.count(), "decided_at": None, "masked_at": READ} | changes
    return Look.objects.update_or_create(series=series, defaults={"asked_at": READ} | said)[0]


def box(look: Look, kind: str = "names") -> Spotted:
    return Spotted.objects.create(look=look, kind=kind, left=1, top=1, right=9, bottom=9, certainty=0.9)


def sheet(reading: Assignment) -> HttpResponse:
    return signed_in(reading.reviewer).get(reverse("reviews:reading", args=[reading.pk]))


def test_no_way_leads_a_reader_to_pictures_that_nobody_has_looked_at(world: World, reading: Assignment) -> None:
    series = series_of(HEAD)
    reader, staff, facility = (signed_in(p) for p in (reading.reviewer, world.staff, world.admin))
    assert set(answers(reader, series, reading).values()) == {200}
    Look.objects.all().delete()
    assert set(answers(reader, series, reading).values()) == {403}
    for way in ("picture", "numbers", "frame", "metadata"):
        assert staff.get(ways(series, reading)[way]).status_code == 200
        assert facility.get(ways(series, reading)[way]).status_code == 200
    assertContains(reader.get(ways(series, reading)["page"]), WAIT, status_code=403)
    page = sheet(reading)
    assertContains(page, WAIT)
    assertNotContains(page, series.description)
    assertNotContains(page, "<img")
    image = series.instances.values_list("pk", flat=True)[0]
    assert reader.get(reverse("reviews:reading", args=[reading.pk]) + f"?image={image}").status_code == 200


def test_a_reader_hands_nothing_in_before_everything_is_shown_and_loses_nothing(
    world: World, reading: Assignment
) -> None:
    Look.objects.all().delete()
    client, here = signed_in(reading.reviewer), reverse("reviews:reading", args=[reading.pk])
    said = client.post(here, {"check": "yes", "nothing": "on"}, follow=True)
    assertContains(said, "It cannot be handed in yet", status_code=409)
    reading.refresh_from_db()
    assert reading.draft["nothing"] == "on"
    with pytest.raises(NotShown):
        hand_in(
            assignment=reading,
            verdicts=verdicts(reading),
            password="correct horse battery",
            actor=reading.reviewer,
            now=READ,
        )
    looked_at(reading.round.package, READ)
    assert client.get(reverse("reviews:check", args=[reading.pk])).status_code == 200


def test_staff_see_that_readers_wait_look_for_themselves_and_release(world: World, reading: Assignment) -> None:
    Look.objects.filter(series=series_of(HEAD)).delete()
    item = Item.objects.get(package=reading.round.package, area=reading.area, kind="exam")
    round_page, page = (
        reverse("reviews:round", args=[reading.round_id]),
        reverse("packages:pictures", args=[item.package_id, item.pk]),
    )
    staff = signed_in(world.staff)
    assertContains(staff.get(round_page), page)
    assertContains(staff.get(page), "Reviewers do not see this series")
    assert signed_in(world.admin).post(page, {"release": series_of(HEAD).pk}).status_code == 404  # it is handed in
    assert staff.post(page, {"release": "x"}).status_code == 404
    assert staff.post(page, {"release": series_of(HEAD).pk}).status_code == 302
    assertNotContains(staff.get(round_page), page)
    assertContains(staff.get(page), "A person has looked at them")
    assert set(answers(signed_in(reading.reviewer), series_of(HEAD), reading).values()) == {200}
    assert Fact.objects.get(kind="pictures.released").about["series"] == series_of(HEAD).pk


def test_what_was_found_is_shown_only_masked(world: World, reading: Assignment) -> None:
    series, reader = series_of(HEAD), signed_in(reading.reviewer)
    look = look_at(series, masked_at=None)
    box(look, "text")
    assert set(answers(reader, series, reading).values()) == {200}  # text that names nobody
    box(look)
    assert set(answers(reader, series, reading).values()) == {403}
    assertContains(sheet(reading), "something in them is being masked")
    Look.objects.update(masked_at=READ)  # the copies could not be made
    assert set(answers(reader, series, reading).values()) == {403}
    assertContains(sheet(reading), "could not be masked")
    for image in series.instances.all():
        MaskedCopy.objects.create(
            instance=image, sha256=image.sha256, sop_instance_uid="2.25.1", transfer_syntax=image.transfer_syntax, size=1, boxes=[], made_at=READ
        )  # fmt: skip
    assert set(answers(reader, series, reading).values()) == {200}


def test_what_a_browser_has_kept_is_asked_for_again_and_is_given_masked(world: World, reading: Assignment) -> None:
    series, reader = series_of(HEAD), signed_in(reading.reviewer)
    first, other = series.instances.order_by("pk")[:2]
    pictures = [ways(series, reading)[way] for way in ("picture", "thumbnail", "numbers", "frame rendered", "rendered")]
    kept = {address: reader.get(address) for address in pictures}

    def again(address: str) -> HttpResponse:
        passes.forget()
        return reader.get(address, headers={"If-None-Match": kept[address]["ETag"]})

    assert {again(address).status_code for address in pictures} == {304}
    look = look_at(series, masked_at=None)
    box(look)
    assert {again(address).status_code for address in pictures} == {403}
    Look.objects.update(masked_at=READ)
    for image, copy in ((first, other), (other, first)):
        MaskedCopy.objects.create(
            instance=image, sha256=copy.sha256, sop_instance_uid="2.25.1", transfer_syntax=image.transfer_syntax, size=1, boxes=[], made_at=READ
        )  # fmt: skip
    for address in pictures:
        answer = again(address)
        assert answer.status_code == 200
        assert answer["ETag"] != kept[address]["ETag"]
        assert answer.content != kept[address].content
    for way, address in ways(series, reading).items():
        caching = reader.get(address)["Cache-Control"]
        assert "no-" in caching or way.startswith("sheet"), (way, caching)


@pytest.mark.parametrize("reason", ["no-reader", "slow", "undecodable"])
def test_what_could_not_be_searched_waits_for_a_person(world: World, reading: Assignment, reason: str) -> None:
    series, reader = series_of(HEAD), signed_in(reading.reviewer)
    look_at(series, reason=reason)
    assert set(answers(reader, series, reading).values()) == {403}
    look_at(series, reason=reason, decided_at=READ)
    assert set(answers(reader, series, reading).values()) == {200}


def test_images_that_came_after_the_search_are_searched_first(world: World, reading: Assignment) -> None:
    series = series_of(HEAD)
    look_at(series, images=1)
    assert set(answers(signed_in(reading.reviewer), series, reading).values()) == {403}


def test_a_description_that_names_somebody_is_not_told(world: World, reading: Assignment) -> None:
    series, reader = series_of(HEAD), signed_in(reading.reviewer)
    assertContains(sheet(reading), series.description)
    look_at(series, headers=[["names", "SeriesDescription", 0.9, 2]])
    for address in (reverse("reviews:reading", args=[reading.pk]), *ways(series, reading).values()):
        answer = reader.get(address)
        assert answer.status_code == 200
        assert series.description.encode() not in answer.content, address
    assertContains(signed_in(world.admin).get(ways(series, reading)["page"]), series.description)


def test_nothing_is_drawn_over_pictures_that_are_masked(world: World) -> None:
    world.given_out()
    reading = Assignment.objects.filter(area__kind="phantom").order_by("pk")[0]
    item = Item.objects.filter(package=reading.round.package, area=reading.area, kind="phantom").order_by("pk")[0]
    series = Series.objects.filter(collection=item.collection).order_by("pk")[0]
    made = Precheck.objects.create(item=item, series=series, tool="hazen", asked_at=READ, run_at=READ, images=2)
    drawn = PrecheckPicture.objects.create(precheck=made, number=1, title="slice 1", png=b"png")
    address = reverse("reviews:precheck-picture", args=[reading.pk, drawn.pk])
    assert signed_in(reading.reviewer).get(address).status_code == 200
    box(look_at(series))
    assert signed_in(reading.reviewer).get(address).status_code == 404


def test_where_the_programme_shows_images_as_they_were_sent_nothing_is_held_back(
    world: World, reading: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Look.objects.all().delete()
    row = 'artefact = "exam-picture"\ntitle = "Pictures"\nphi = "allowed"\nreviewers = "as-sent"\nassumed = "A test."'
    (tmp_path / "diagnostic.toml").write_text(f"[[row]]\n{row}\n")
    monkeypatch.setattr(artefacts, "TABLES", tmp_path)
    artefacts.table.cache_clear()
    try:
        assert set(answers(signed_in(reading.reviewer), series_of(HEAD), reading).values()) == {200}
    finally:
        artefacts.table.cache_clear()


def test_a_search_that_was_asked_for_and_released_meanwhile_is_no_riddle(world: World, reading: Assignment) -> None:
    item = Item.objects.select_related("collection").get(package=reading.round.package, area=reading.area, kind="exam")
    Look.objects.all().delete()
    assert pictures.ask(item=item, now=READ)
    assert set(answers(signed_in(reading.reviewer), series_of(HEAD), reading).values()) == {403}
    looked_at(reading.round.package, READ + timedelta(minutes=1))
    assert set(answers(signed_in(reading.reviewer), series_of(HEAD), reading).values()) == {200}


def test_who_may_see_what_is_asked_in_as_many_questions_for_many_series(
    world: World, reading: Assignment, django_assert_max_num_queries: Callable[..., object]
) -> None:
    series, client = series_of(HEAD), signed_in(reading.reviewer)
    with django_assert_max_num_queries(60) as before:  # type: ignore[attr-defined]
        client.get(reverse("reviews:reading", args=[reading.pk]))
    for number in (7, 8):
        image, copy = series.instances.order_by("pk")[0], Series.objects.get(pk=series.pk)
        copy.pk, copy.series_uid = None, f"2.25.{number}"
        copy.save()
        image.pk, image.series, image.sop_instance_uid, image.sha256 = None, copy, f"2.25.1{number}", f"{number:064d}"
        image.save()
    looked_at(reading.round.package, READ)
    with django_assert_max_num_queries(60) as after:  # type: ignore[attr-defined]
        client.get(reverse("reviews:reading", args=[reading.pk]))
    assert len(after) == len(before)  # type: ignore[arg-type]
