"""Images are taken file by file; what is refused is named with its reason, and the rest stays."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from io import BytesIO

import pytest

from reaccredit.imaging.models import Instance
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.packages import actions, queries
from reaccredit.packages.expectations import doubts, expectation
from reaccredit.packages.models import Item, Package
from reaccredit.packages.ticks import crosses
from tests.packages.world import APRIL, DAY, World, images, send


def item(package: Package, area: str, code: str = "exam.1") -> Item:
    found = package.items.select_related("area", "collection").get(area__code=area, code=code)
    found.package = package
    return found


def codes(received: actions.Received) -> list[str]:
    return [one.problem.code for one in received.refused]


@pytest.fixture
def chest(package: Package) -> Item:
    return item(package, "chest/adult")


def test_good_files_are_kept_and_a_broken_one_is_named(world, chest):
    good = images(chest, APRIL)
    received = send(chest, [good[0], b"no image", good[1]], world.admin, APRIL)
    assert len(received.accepted) == 2
    assert len(received.refused) == 1
    assert received.refused[0].label.shown == "image2.dcm"
    assert len(queries.series_of(chest)) == 1


def test_a_zip_archive_is_opened(world, chest):
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        for number, content in enumerate(images(chest, APRIL)):
            out.writestr(f"DICOM/{number}", content)
    received = send(chest, [archive.getvalue()], world.admin, APRIL)
    assert len(received.accepted) == 2
    assert not received.refused


def test_files_that_are_here_already_are_told_so_and_kept_once(world, chest):
    files = images(chest, APRIL)
    send(chest, files, world.admin, APRIL)
    again = send(chest, files, world.admin, APRIL)
    assert codes(again) == ["duplicate", "duplicate"]
    assert Instance.objects.count() == 2
    assert queries.refusals(chest) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"modality": "MR"}, "modality"),
        ({"serial": "OTHER-9"}, "serial"),
        ({"study_date": date(2020, 9, 1)}, "too-old"),
        ({"study_date": date(2021, 4, 9)}, "too-new"),
    ],
)
def test_what_is_not_the_exam_that_was_asked_for_is_refused(world, chest, changes, code):
    received = send(chest, images(chest, APRIL, **changes), world.admin, APRIL)
    assert codes(received) == [code, code]


def test_the_age_of_an_image_is_counted_back_from_the_day_the_package_was_opened(world, chest):
    oldest = expectation(chest, APRIL).oldest
    assert oldest is not None
    assert oldest < APRIL.date()
    late = APRIL + 40 * DAY
    assert expectation(chest, late).oldest == oldest
    assert send(chest, images(chest, APRIL, study_date=oldest), world.admin, late).accepted
    before = images(chest, APRIL, study_date=oldest - timedelta(days=1), seed=99)
    refused = send(chest, before, world.admin, late).refused
    assert refused[0].problem.code == "too-old"
    assert refused[0].problem.clause == "images.age"


def test_one_exam_is_one_patient(world, chest):
    send(chest, images(chest, APRIL), world.admin, APRIL)
    other = images(chest, APRIL, seed=77, patient="SOMEBODY-ELSE")
    assert codes(send(chest, other, world.admin, APRIL)) == ["mixed-patients", "mixed-patients"]


def test_a_header_that_does_not_say_is_taken_and_shown_for_a_person_to_look_at(world, chest):
    received = send(chest, images(chest, APRIL, serial="", study_date=None), world.admin, APRIL)
    assert len(received.accepted) == 2
    found = doubts(queries.series_of(chest)[0].series, expectation(chest, APRIL))
    assert len(found) == 2


def test_a_wrong_series_can_be_removed_and_sent_again(world, chest):
    files = images(chest, APRIL)
    send(chest, files, world.admin, APRIL)
    row = queries.series_of(chest)[0]
    assert actions.remove_series(item=chest, series=row.series, actor=world.admin, now=APRIL) == 2
    assert queries.series_of(chest) == []
    assert len(send(chest, files, world.admin, APRIL).accepted) == 2
    kinds = list(chest.package.case_file.case.facts.values_list("kind", flat=True))
    assert "images.removed" in kinds


def test_nothing_can_be_sent_after_the_due_date(world, chest):
    with pytest.raises(Refused) as refused:
        send(chest, images(chest, APRIL), world.admin, APRIL + 60 * DAY)
    assert refused.value.refusal.because.clauses
    assert not Instance.objects.exists()


def test_nothing_can_be_sent_or_removed_once_the_package_is_submitted(world):
    package = world.submitted()
    chest = item(package, "chest/adult")
    with pytest.raises(Lost, match="submitted"):
        send(chest, images(chest, APRIL, seed=500), world.admin, APRIL)
    with pytest.raises(Lost, match="submitted"):
        actions.remove_series(item=chest, series=queries.series_of(chest)[0].series, actor=world.admin, now=APRIL)


def test_a_package_that_is_submitted_during_an_upload_takes_no_more_of_it(world, monkeypatch):
    package = world.accepted()
    for found in package.items.select_related("area", "collection"):
        found.package = package
    chest = item(package, "chest/adult")
    files = images(chest, APRIL, slices=12)

    class Slow(BytesIO):
        """The last file is still being read when somebody submits."""

        def read(self, size: int | None = -1, /) -> bytes:
            Package.objects.filter(pk=package.pk).update(submitted_at=APRIL, submitted_by=world.admin)
            return super().read(size)

    pairs = [(f"{n}.dcm", BytesIO(content)) for n, content in enumerate(files[:-1])] + [("last.dcm", Slow(files[-1]))]
    with pytest.raises(Lost, match="submitted"):
        actions.upload(item=chest, files=pairs, actor=world.admin, now=APRIL)
    assert not Instance.objects.exists()


# -- repeats


def test_a_clinical_repeat_shows_another_patient(world):
    first = world.submitted()
    repeat = world.repeat(first, ["chest/adult"], APRIL + DAY)
    when = APRIL + 5 * DAY
    chest, before = item(repeat, "chest/adult"), item(first, "chest/adult")
    same = images(before, APRIL, study_date=date(2021, 3, 20), patient=f"DEMO{before.pk}", seed=before.pk)
    refused = send(chest, same, world.admin, when).refused
    assert [one.problem.code for one in refused] == ["same-patient"] * 2
    assert refused[0].problem.clause == "repeat.patient"
    assert len(send(chest, images(chest, when), world.admin, when).accepted) == 2


def test_a_phantom_repeat_is_a_new_scan(world):
    first = world.submitted()
    repeat = world.repeat(first, ["phantom/image-quality"], APRIL + DAY)
    when = APRIL + 5 * DAY
    phantom = item(repeat, "phantom/image-quality", "adult-head")
    before = item(first, "phantom/image-quality", "adult-head")
    assert codes(send(phantom, images(before, APRIL), world.admin, when)) == ["same-study"] * 2
    older = images(phantom, APRIL, seed=900, study_date=date(2021, 2, 1))
    refused = send(phantom, older, world.admin, when).refused
    assert {one.problem.code for one in refused} == {"not-newer"}
    assert {one.problem.clause for one in refused} == {"repeat.phantom"}
    assert send(phantom, images(phantom, when, study_date=date(2021, 4, 4)), world.admin, when).accepted


# -- appeals


@pytest.fixture
def appeal(world: World) -> Package:
    return world.appeal(world.submitted(), ["chest/adult"], APRIL + DAY)


def originals(appeal: Package) -> list[bytes]:
    before = Item.objects.get(
        package__case_file=appeal.case_file, package__purpose="original", area__code="chest/adult", kind="exam"
    )
    return images(before, APRIL)


def test_an_appeal_takes_omitted_sequences_of_the_original_exam(world, appeal):
    missing = item(appeal, "chest/adult", "missing.1")
    omitted = images(missing, APRIL, description="DEMO DELAYED", number=7, same_study_as=originals(appeal)[0])
    received = send(missing, omitted, world.admin, APRIL + 4 * DAY)
    assert len(received.accepted) == 2
    assert not received.refused


def test_an_appeal_refuses_what_is_of_another_study_or_was_sent_before_file_by_file(world, appeal):
    missing = item(appeal, "chest/adult", "missing.1")
    sent = originals(appeal)
    omitted = images(missing, APRIL, description="DEMO DELAYED", number=7, same_study_as=sent[0])
    foreign = images(missing, APRIL, seed=321, patient="NEW CASE")
    received = send(missing, [omitted[0], sent[0], foreign[0], omitted[1]], world.admin, APRIL + 4 * DAY)
    assert len(received.accepted) == 2
    assert [(one.problem.code, one.problem.clause) for one in received.refused] == [
        ("sent-before", "appeal.additional"),
        ("other-study", "appeal.no-new-cases"),
    ]


def test_an_appeal_does_not_take_another_areas_exam_of_the_same_case(world, appeal):
    other = Item.objects.get(
        package__case_file=appeal.case_file, package__purpose="original", area__code="abdomen/adult", kind="exam"
    )
    missing = item(appeal, "chest/adult", "missing.1")
    more = images(missing, APRIL, description="MORE", number=9, same_study_as=images(other, APRIL)[0])
    assert codes(send(missing, more, world.admin, APRIL + 4 * DAY)) == ["other-study"] * 2


def test_the_appeals_images_state_that_they_were_added(world, appeal):
    missing = item(appeal, "chest/adult", "missing.1")
    omitted = images(missing, APRIL, description="DEMO DELAYED", number=7, same_study_as=originals(appeal)[0])
    with pytest.raises(actions.NotComplete):
        actions.submit(package=appeal, actor=world.admin, now=APRIL + 4 * DAY)
    send(missing, omitted, world.admin, APRIL + 4 * DAY)
    actions.submit(package=appeal, actor=world.admin, now=APRIL + 4 * DAY)
    fact = appeal.case_file.case.facts.get(kind="images.added")
    assert fact.about["package"] == appeal.pk


def test_what_comes_by_post_is_read_in_by_staff_alone(world, chest):
    package = actions.choose_medium(package=chest.package, medium="cd", actor=world.admin, now=APRIL)
    chest.package = package
    with pytest.raises(actions.SentByPost, match="by post"):
        send(chest, images(chest, APRIL), world.admin, APRIL)
    assert len(send(chest, images(chest, APRIL), world.staff, APRIL).accepted) == 2


def test_an_appeal_of_two_areas_adds_what_was_left_out_of_one_and_can_be_submitted(world):
    package = world.appeal(world.submitted(), ["chest/adult", "head-neck/adult"], APRIL + DAY)
    assert len(crosses(queries.items_with_ticks(package))) == 2
    missing = item(package, "chest/adult", "missing.2")
    omitted = images(missing, APRIL, description="DEMO DELAYED", number=7, same_study_as=originals(package)[0])
    send(missing, omitted, world.admin, APRIL + 3 * DAY)
    assert "nothing has to be" in next(t.said for t in queries.items_with_ticks(package) if t.item != missing)
    actions.submit(package=package, actor=world.admin, now=APRIL + 4 * DAY)
    assert package.case_file.case.facts.filter(kind="images.added").exists()
