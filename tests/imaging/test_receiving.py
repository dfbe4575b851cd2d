"""An upload, from the browser's files to rows and stored bytes."""

from __future__ import annotations

import logging
import os
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.fileset import FileSet

from reaccredit.imaging import actions, holdings, queries, receiving, synthetic, unpacking
from reaccredit.imaging.checks import Expectation
from reaccredit.imaging.models import Instance, Refusal, Series

NOW = datetime(2021, 3, 10, 15, 0, tzinfo=UTC)


def codes(received) -> list[str]:
    return [r.problem.code for r in received.refused]


def stored(store) -> set[str]:
    """Names of all bytes at rest, drafts included."""
    return {p.name for p in store.rglob("*") if p.is_file() and p.name != ".gate"}


def zipped(*members, **options) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def test_a_whole_series_is_taken(receive, store):
    received = receive(*synthetic.series(slices=12))
    assert len(received.accepted) == 12
    assert (received.refused, received.skipped, received.notes) == ([], [], [])
    assert Series.objects.get().instances.count() == 12
    assert stored(store) == set(Instance.objects.values_list("sha256", flat=True))


def test_what_is_stored_is_what_was_sent(receive):
    image = synthetic.series(slices=1)[0]
    (instance,) = receive(image).accepted
    with actions.STORE.open(instance.sha256) as handle:
        assert handle.read() == image


def test_a_broken_file_is_named_and_refused_and_the_rest_stays(receive, store):
    good = synthetic.series(slices=2)
    received = receive(("a.dcm", good[0]), ("holiday.jpg", b"\xff\xd8\xff rest"), ("b.dcm", good[1][:-100]))
    assert len(received.accepted) == 1
    assert [(r.label.shown, r.problem.code) for r in received.refused] == [
        ("holiday.jpg", "not-dicom"),
        ("b.dcm", "truncated"),
    ]
    assert len(stored(store)) == 1


def test_the_name_of_a_file_is_not_kept_since_it_may_be_a_patients(receive, store):
    receive(("Mustermann_Erika.jpg", b"not an image"), ("Smith.John", b"neither"))
    rows = Refusal.objects.all()
    assert [(r.ordinal, r.ending) for r in rows] == [(1, ".jpg"), (2, "")]
    assert "Mustermann" not in str(list(rows.values()))
    assert "ohn" not in str(list(rows.values()))


def test_nothing_of_a_refused_file_reaches_a_log(receive, caplog):
    with caplog.at_level(logging.DEBUG):
        receive(("Mustermann.dcm", b"junk"), synthetic.series(slices=1, patient="SECRET-1")[0])
    assert "Mustermann" not in caplog.text
    assert "SECRET" not in caplog.text


def test_a_file_sent_twice_is_taken_once(receive):
    image = synthetic.series(slices=1)[0]
    assert codes(receive(image, image)) == ["duplicate"]
    assert codes(receive(image)) == ["duplicate"]
    assert Instance.objects.count() == 1


def test_one_file_of_another_patient_does_not_shut_out_the_exam(receive):
    stray = synthetic.series(slices=1, patient="OTHER", seed=2)
    received = receive(*stray, *synthetic.series(slices=3))
    assert len(received.accepted) == 3
    assert [(r.label.ordinal, r.problem.code) for r in received.refused] == [(1, "mixed-patients")]


def test_a_later_upload_must_show_the_same_patient(receive):
    receive(*synthetic.series(slices=1))
    assert codes(receive(*synthetic.series(slices=3, patient="OTHER", seed=2))) == ["mixed-patients"] * 3


def test_a_collection_may_hold_several_patients_where_the_caller_says_so(receive):
    free = Expectation(one_patient=False)
    files = [synthetic.series(slices=1, seed=i, patient=f"P-{i}")[0] for i in range(3)]
    assert len(receive(*files, expectation=free).accepted) == 3
    assert Series.objects.count() == 3


def test_a_zip_is_opened(receive):
    a, b = synthetic.series(slices=2)
    received = receive(
        ("exam.zip", zipped(("IMG/0001", a), ("IMG/0002", b), ("DICOMDIR", b"x"), ("__MACOSX/._0001", b"y")))
    )
    assert len(received.accepted) == 2
    assert len(received.skipped) == 2
    assert received.refused == []


def test_names_inside_a_zip_lead_nowhere(receive, store, tmp_path):
    (image,) = synthetic.series(slices=1)
    receive(("exam.zip", zipped(("../../escape.dcm", image), ("/etc/escape.dcm", b"x"))))
    assert not list(tmp_path.parent.rglob("escape*"))
    assert len(stored(store)) == 1


def test_a_zip_in_a_zip_is_refused(receive):
    inner = zipped(("a.dcm", synthetic.series(slices=1)[0]))
    assert codes(receive(("outer.zip", zipped(("inner.zip", inner))))) == ["nested-zip"]


def test_a_damaged_zip_is_refused_as_one(receive):
    whole = zipped(("a.dcm", synthetic.series(slices=1)[0]))
    assert codes(receive(("exam.zip", whole[: len(whole) // 2]))) == ["bad-zip"]


def test_damage_inside_a_zip_costs_only_that_file(receive):
    a, b = synthetic.series(slices=2)
    content = bytearray(zipped(("a.dcm", a), ("b.dcm", b)))
    content[200] ^= 0xFF
    received = receive(("exam.zip", bytes(content)))
    assert codes(received) == ["bad-zip"]
    assert len(received.accepted) == 1


def test_an_empty_zip_says_so(receive):
    assert codes(receive(("exam.zip", zipped()))) == ["empty-zip"]


def test_a_zip_bomb_is_not_unpacked(receive, monkeypatch):
    assert codes(receive(("exam.zip", zipped(("a.dcm", bytes(40 * 1024**2)))))) == ["zip-limits"]
    monkeypatch.setattr(unpacking, "MEMBERS", 2)
    assert codes(receive(("exam.zip", zipped(*((f"{i}", b"x") for i in range(3)))))) == ["zip-limits"]


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(receive, store, monkeypatch):
    monkeypatch.setattr(receiving, "FILE_BYTES", 1024)
    assert codes(receive(*synthetic.series(slices=1))) == ["too-large"]
    assert stored(store) == set()


def test_an_item_takes_so_many_images_and_no_more(receive, settings):
    settings.MOST_IMAGES = 2
    assert codes(receive(*synthetic.series(slices=3))) == ["quota"]
    settings.MOST_IMAGES, settings.MOST_IMAGE_BYTES = 10, 60_000
    assert codes(receive(*synthetic.series(slices=1, seed=4))) == ["quota"]


def test_a_full_disk_takes_nothing_and_breaks_nothing(receive, settings, store):
    settings.FREE_BYTES = 2**60
    assert codes(receive(*synthetic.series(slices=1))) == ["no-room"]
    assert stored(store) == set()


def test_what_arrives_otherwise_than_the_sender_has_it_is_not_taken(collection, store):
    (image,) = synthetic.series(slices=1)
    part = unpacking.Part(unpacking.label(1, "a.dcm"), BytesIO(image), claimed="0" * 64)
    received = actions.receive_parts(
        collection=collection, parts=[part], expectation=Expectation(), actor="person:1", now=NOW
    )
    assert codes(received) == ["altered"]
    assert stored(store) == set()


def test_a_disk_tells_which_of_its_images_are_not_here(receive, collection, tmp_path):
    files = synthetic.series(slices=4, size=32)
    table = disk(tmp_path, files)
    assert queries.not_here(collection) == (0, 0)
    received = receive(("DICOMDIR", table), *files[:3])
    assert [one.problem.code for one in received.skipped] == ["directory"]
    assert queries.not_here(collection) == (4, 1)
    receive(("cd.zip", zipped(("DICOMDIR", table), ("DICOM/0004", files[3]))))
    assert queries.not_here(collection) == (4, 0)


def test_a_hostile_table_of_a_disk_ends_no_upload(receive, collection, tmp_path):
    files = synthetic.series(slices=2, size=32)
    table = bytearray(disk(tmp_path, files))
    for at in range(360, len(table), 97):
        table[at] ^= 0xFF
    assert len(receive(("DICOMDIR", bytes(table)), ("x/DICOMDIR", b"junk"), *files).accepted) == 2


def disk(folder, files: list[bytes]) -> bytes:
    """The table of contents that a CD of these images would have."""
    made = FileSet()
    for content in files:
        made.add(dcmread(BytesIO(content)))
    made.write(folder / "cd")
    made._stage["t"].cleanup()  # pydicom leaves that to the collector, which complains
    return (folder / "cd" / "DICOMDIR").read_bytes()


def test_a_sending_that_was_announced_is_unfinished_until_it_ends(collection):
    first = actions.announce(collection=collection, files=3, size=9, actor="person:1", now=NOW)
    second = actions.announce(collection=collection, files=5, size=9, actor="person:1", now=NOW)
    assert queries.unfinished(collection) == second
    assert not actions.ended(collection=collection, key=first.key, now=NOW)
    assert actions.ended(collection=collection, key=second.key, now=NOW)
    assert queries.unfinished(collection) is None


def test_a_file_without_a_date_is_taken_with_a_note(receive):
    wanted = Expectation(oldest=date(2020, 1, 1), clauses={"no-date": "3.2"})
    received = receive(*synthetic.series(slices=3, study_date=None), expectation=wanted)
    assert len(received.accepted) == 3
    assert [(n.code, n.clause) for n in received.notes] == [("no-date", "3.2")]


def test_the_refusal_carries_the_callers_clause(receive):
    wanted = Expectation(modalities=frozenset({"MR"}), clauses={"modality": "2.1"})
    (refused,) = receive(*synthetic.series(slices=1), expectation=wanted).refused
    assert refused.problem.clause == "2.1"
    assert Refusal.objects.get().clause == "2.1"


def test_what_an_earlier_collection_holds_refuses_the_same_patient_in_a_repeat(receive, collection):
    receive(*synthetic.series(slices=2))
    earlier = queries.sent([collection])
    repeat = actions.open_collection(purpose="repeat", now=NOW)
    wanted = Expectation(forbidden_patients=earlier.patients)
    assert codes(receive(*synthetic.series(slices=2, seed=9), expectation=wanted, into=repeat)) == ["same-patient"] * 2
    other = synthetic.series(slices=2, seed=9, patient="DEMO-2")
    assert len(receive(*other, expectation=wanted, into=repeat).accepted) == 2


def test_an_appeal_takes_omitted_sequences_of_the_original_exam_only(receive, collection):
    original = synthetic.series(slices=2)
    receive(*original)
    earlier = queries.sent([collection])
    wanted = Expectation(
        required_studies=earlier.studies, sent_sop_uids=earlier.sop_uids, sent_pixel_hashes=earlier.pixel_hashes
    )
    appeal = actions.open_collection(purpose="appeal", now=NOW)
    omitted = synthetic.series(slices=2, seed=5, description="DEMO CORONAL", number=2, same_study_as=original[0])
    foreign = synthetic.series(slices=1, seed=6)
    received = receive(*omitted, *foreign, original[0], expectation=wanted, into=appeal)
    assert len(received.accepted) == 2
    assert codes(received) == ["other-study", "sent-before"]


def test_two_uploads_at_once_cannot_bring_one_image_twice(receive, collection):
    (instance,) = receive(*synthetic.series(slices=1)).accepted
    instance.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        instance.save(force_insert=True)


def test_a_process_that_dies_leaves_only_what_the_sweep_removes(receive, store, monkeypatch):
    def dies(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(holdings, "add", dies)
        with pytest.raises(SystemExit):
            receive(*synthetic.series(slices=1))
    assert Instance.objects.count() == Series.objects.count() == 0
    assert len(stored(store)) == 1  # bytes without a row
    assert actions.sweep(now=datetime.now(UTC)).files == 0  # it may still be an upload under way
    assert actions.sweep(now=datetime.now(UTC) + timedelta(days=2)).files == 1
    assert stored(store) == set()


def test_the_sweep_keeps_what_has_a_row_and_tells_what_is_missing(receive, store):
    kept, lost = receive(*synthetic.series(slices=2)).accepted
    actions.STORE.path(lost.sha256).unlink()
    draft = store / "incoming" / "left-behind"
    draft.write_bytes(b"half a file")
    os.utime(draft, (0, 0))
    swept = actions.sweep(now=datetime.now(UTC) + timedelta(days=2))
    assert (swept.files, swept.drafts, swept.missing) == (0, 1, (lost.sha256,))
    assert stored(store) == {kept.sha256}


def test_bytes_of_one_image_in_two_collections_outlive_one_of_them(receive, store):
    image = synthetic.series(slices=1)[0]
    (first,) = receive(image).accepted
    (second,) = receive(image, into=actions.open_collection(purpose="other", now=NOW)).accepted
    actions.discard(instance=first)
    actions.sweep(now=datetime.now(UTC) + timedelta(days=2))
    assert stored(store) == {second.sha256}


def test_a_discarded_series_is_gone_with_its_bytes_after_the_sweep(receive, store):
    receive(*synthetic.series(slices=3))
    assert actions.discard_series(series=Series.objects.get()) == 3
    assert actions.sweep(now=datetime.now(UTC) + timedelta(days=2)).files == 3
    assert stored(store) == set()


def test_the_last_image_of_a_series_takes_the_series_with_it(receive):
    (instance,) = receive(*synthetic.series(slices=1)).accepted
    actions.discard(instance=instance)
    assert Series.objects.count() == 0


@budget(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flips=st.lists(st.tuples(st.integers(0, 3500), st.integers(0, 255)), min_size=1, max_size=20))
def test_no_flipped_bytes_raise_out_of_an_upload(flips, receive):
    a, b = (bytearray(image) for image in synthetic.series(slices=2, size=32))
    for at, value in flips:
        a[at % len(a)] = value
    archive = bytearray(zipped(("a", bytes(a)), ("b", bytes(b))))
    for at, value in flips:
        archive[at % len(archive)] = value
    received = receive(bytes(a), bytes(b), ("exam.zip", bytes(archive)))
    assert all(r.problem.sentence for r in received.refused)


def test_the_series_list_asks_the_same_number_of_questions_for_one_and_for_three(
    receive, collection, django_assert_num_queries
):
    receive(*synthetic.series(slices=3))
    with django_assert_num_queries(2):
        (row,) = queries.series_list([collection])
    assert (row.images, row.cover.number) == (3, 2)
    for number in (2, 3):
        first = synthetic.series(slices=1)[0]
        receive(*synthetic.series(slices=2, seed=number, number=number, same_study_as=first))
    with django_assert_num_queries(2):
        assert [r.images for r in queries.series_list([collection])] == [3, 2, 2]


def test_an_image_is_found_only_in_the_collections_of_who_asks(receive, collection):
    (instance,) = receive(*synthetic.series(slices=1)).accepted
    other = actions.open_collection(purpose="other", now=NOW)
    assert queries.image_in([collection], instance.pk) == instance
    assert queries.image_in([other], instance.pk) is None
    assert queries.series_in([other], instance.series_id) is None
    assert queries.counts([collection, other]) == {collection.pk: 1, other.pk: 0}


@pytest.mark.django_db(transaction=True)
def test_two_browsers_that_send_the_same_exam_at_once_bring_it_once():
    collection = actions.open_collection(purpose="an exam", now=NOW)
    files = synthetic.series(slices=15, size=64)
    start = threading.Barrier(2)

    def send(_) -> actions.Received:
        start.wait()
        try:
            streams = [("image.dcm", BytesIO(content)) for content in files]
            return actions.receive(
                collection=collection, files=streams, expectation=Expectation(), actor="person:1", now=NOW
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(send, range(2))
    assert len(first.accepted) + len(second.accepted) == 15
    assert sorted(codes(first) + codes(second)) == ["duplicate"] * 15
    assert Instance.objects.count() == 15
    assert Series.objects.count() == 1
