"""A machine stores images over DICOMweb with the key of a door, and is told of each what became of it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from dicomweb_client.api import DICOMwebClient
from dicomweb_client.session_utils import create_session
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st
from pydicom import dcmread

from reaccredit.imaging.header import Unreadable
from reaccredit.imaging.models import Instance
from reaccredit.intake import actions, queries
from reaccredit.intake.models import Door
from reaccredit.intake.multipart import Body, Malformed
from reaccredit.packages import actions as packages
from tests.intake.conftest import item
from tests.packages.world import fill, images

MARK = "a-boundary"


def body(*parts: bytes, kind: str = "application/dicom") -> bytes:
    heads = [f"--{MARK}\r\nContent-Type: {kind}\r\n\r\n".encode() + part + b"\r\n" for part in parts]
    return b"".join(heads) + f"--{MARK}--\r\n".encode()


def send(key: str, *parts: bytes, to: str = "", whole: bytes | None = None, **head: str) -> Any:
    return Client().post(
        f"/intake/dicomweb/studies{to}", whole if whole is not None else body(*parts),
        content_type=head.pop("kind", f'multipart/related; type="application/dicom"; boundary={MARK}'),
        headers={"Authorization": f"Bearer {key}", "Accept": "application/dicom+json"} | head,
    )  # fmt: skip


def failures(answer: Any) -> list[tuple[int, str]]:
    said = answer.json()
    found = [one for tag in ("00081198", "0008119A") for one in said.get(tag, {}).get("Value", [])]
    return [(one["00081197"]["Value"][0], one["00091001"]["Value"][0]) for one in found]


def stored(answer: Any) -> list[str]:
    return [one["00081155"]["Value"][0] for one in answer.json().get("00081199", {}).get("Value", [])]


@pytest.mark.django_db(transaction=True)
def test_a_real_client_stores_an_exam_and_is_told_of_what_was_not_taken(live_server, door, chest, now):
    session = create_session()
    session.headers["Authorization"] = f"Bearer {door.key}"
    client = DICOMwebClient(url=f"{live_server.url}/intake/dicomweb", session=session)
    good = [dcmread(BytesIO(one)) for one in images(chest, now, slices=12)]
    strange = dcmread(BytesIO(images(chest, now, seed=77, modality="MR")[0]))
    answer = client.store_instances([*good, strange])
    assert {one.ReferencedSOPInstanceUID for one in answer.ReferencedSOPSequence} == {
        one.SOPInstanceUID for one in good
    }
    (failed,) = answer.FailedSOPSequence
    assert (failed.ReferencedSOPInstanceUID, failed.FailureReason) == (strange.SOPInstanceUID, 0xA900)
    assert failed[0x00091002].value.startswith("This is a MRI (MR) image; this item takes CT.")
    assert client.store_instances(good[:2]).ReferencedSOPSequence  # once more: here already, and said to be stored
    assert chest.collection.instances.count() == 12
    study = str(good[0].StudyInstanceUID)
    assert len(client.store_instances(good[:1], study_instance_uid=study).ReferencedSOPSequence) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Authorization": "Bearer wrong"}, 401), ({"Authorization": "Basic abc"}, 401), ({"Authorization": ""}, 401),
        ({"Accept": "text/html"}, 406), ({"kind": "application/dicom"}, 415), ({"kind": "multipart/related"}, 400),
        ({"kind": f'multipart/related; type="application/dicom+xml"; boundary={MARK}'}, 415), ({"to": "/not-a-uid"}, 400),
    ],
)  # fmt: skip
def test_a_request_that_is_not_as_the_standard_has_it_is_told_so(door, chest, now, changes, status):
    answer = send(door.key, *images(chest, now), **changes)
    assert answer.status_code == status
    assert answer.content.decode().strip().endswith(".")
    assert Instance.objects.count() == 0


def test_each_instance_is_stored_or_has_its_reason(door, chest, now):
    good, other = images(chest, now), images(chest, now, seed=99, patient="OTHER", study_date=date(2019, 1, 1))
    answer = send(door.key, good[0], b"no image", good[1][:-100], other[0])
    assert answer.status_code == 202
    assert len(stored(answer)) == 1
    assert sorted(failures(answer)) == [(0xA900, "too-old"), (0xC000, "not-dicom"), (0xC000, "truncated")]
    assert send(door.key, b"no image").status_code == 409
    assert send(door.key, good[0]).status_code == 200  # here already: stored, as far as its sender is concerned


def test_an_image_of_another_study_than_the_address_names_is_not_taken(door, chest, now):
    answer = send(door.key, *images(chest, now), to="/1.2.3")
    assert failures(answer) == [(0xA900, "named-study")] * 2


def test_what_came_whole_before_the_line_broke_is_stored(door, chest, now):
    good = images(chest, now)
    answer = send(door.key, whole=body(*good)[: -len(good[1]) // 2])
    assert answer.status_code == 202
    assert len(stored(answer)) == 1
    assert {code for _, code in failures(answer)} == {"cut-off"}


def test_the_key_is_kept_nowhere_and_ends_with_its_door_its_opener_and_its_package(door, world, package, chest, now):
    row = Door.objects.values().get()
    assert door.key not in str(row)
    assert row["key_hash"] == hashlib.sha256(door.key.encode()).hexdigest()
    world.admin.is_active = False
    world.admin.save()
    assert send(door.key, *images(chest, now)).status_code == 401
    world.admin.is_active = True
    world.admin.save()
    fill(package, world.admin, now)
    packages.submit(package=package, actor=world.admin, now=now)
    refused = send(door.key, *images(chest, now, seed=8))
    assert refused.status_code == 403
    assert "submitted" in refused.content.decode()
    actions.close_door(door=door.door, actor=world.admin, now=now)
    assert send(door.key, *images(chest, now)).status_code == 401


def test_who_left_the_facility_leaves_no_door_open(door, world, chest, now):
    world.admin.posts.update(until=date(2020, 2, 1))
    assert queries.by_key(door.key, now) is None
    assert send(door.key, *images(chest, now)).status_code == 401


def test_what_comes_for_no_item_lies_in_the_tray_until_it_is_put_somewhere(wide, world, package, chest, now):
    exam = images(chest, now, slices=4)
    assert len(stored(send(wide.key, *exam[:3]))) == 3
    assert chest.collection.instances.count() == 0
    (study,) = queries.studies(package)
    assert study.images == 3
    tray = queries.tray(package)
    head = item(package, "head-neck/adult")
    actions.place(tray=tray, study=study.uid, item=head, actor=world.admin, now=datetime.now(UTC))
    assert (queries.studies(package), head.collection.instances.count()) == ([], 3)
    send(wide.key, exam[3])  # what comes later of the same study goes where it is
    assert (queries.studies(package), head.collection.instances.count()) == ([], 4)


def test_what_an_item_does_not_take_stays_in_the_tray(wide, world, package, chest, now):
    send(wide.key, *images(chest, now), *images(chest, now, seed=5, patient="B", serial="OTHER-9"))
    foreign = next(s for s in queries.studies(package) if s.series[0].serial == "OTHER-9")
    tray = queries.tray(package)
    received = actions.place(tray=tray, study=foreign.uid, item=chest, actor=world.admin, now=now)
    assert [one.problem.code for one in received.refused] == ["serial"] * 2
    assert foreign.uid in {study.uid for study in queries.studies(package)}
    assert actions.discard(tray=tray, study=foreign.uid, actor=world.admin, now=now) == 2
    assert len(queries.studies(package)) == 1


class Drip(BytesIO):
    """Gives what it has a few bytes at a time, as a slow line does."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 7, 7) if size and size > 0 else 7)


@budget(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=60) | st.just(f"\r\n--{MARK[:-1]}".encode()), max_size=5))
def test_parts_come_out_as_they_went_in_however_slow_the_line(parts):
    found = [part.stream.read() + part.stream.read() for part in Body(BytesIO(body(*parts)), MARK).parts()]
    slow = []
    for part in Body(Drip(body(*parts)), MARK).parts():
        said = b""
        while more := part.stream.read(5):
            said += more
        slow.append(said)
    assert found == slow == parts


@budget(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.integers(0, 300))
def test_no_body_raises_anything_but_that_it_is_malformed(junk, cut):
    whole = body(b"one", junk)[:cut] + junk
    with suppress(Malformed, Unreadable):
        for part in Body(BytesIO(whole), MARK).parts():
            assert len(part.stream.read()) <= len(whole)


def test_where_images_come_by_post_the_facility_is_offered_no_door(world, package, now, client):
    packages.choose_medium(package=package, medium="cd", actor=world.admin, now=now)
    told = {}
    for person in (world.admin, world.staff):
        client.force_login(person)
        told[person] = [
            client.get(page).content.decode()
            for page in (f"/packages/{package.pk}/", f"/intake/packages/{package.pk}/")
        ]
    whole, doors = told[world.admin]
    assert "Send from your PACS" not in whole
    assert "come by post (CD)" in doors
    assert "Open a door" not in doors
    assert "Send from your PACS" in told[world.staff][0]
    assert "Open a door" in told[world.staff][1]
