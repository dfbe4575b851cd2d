"""Accepting an application opens the package for exactly the areas under test."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reaccredit.applications import actions as applications
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.queries import decision
from reaccredit.packages import actions
from reaccredit.packages.models import Item, Package
from reaccredit.packages.rules import today
from tests.packages.world import APRIL, DAY, EXAMS


def lines(package: Package) -> set[tuple[str, str]]:
    return {(item.area.code if item.area else "", item.code) for item in package.items.select_related("area")}


PHANTOM = {
    ("phantom/image-quality", code)
    for code in ("adult-abdomen", "adult-head", "data-adult-abdomen", "data-adult-head", "dosimetry")
}


def test_the_original_package_has_every_area_that_was_applied_for(package):
    exams = {(area, code) for area in EXAMS for code in ("exam.1", "protocol.1")}
    assert lines(package) == exams | PHANTOM | {("", "annual-evaluation")}
    assert package.purpose == "original"
    assert package.medium == "upload"
    assert package.submitted_at is None


def test_an_exam_carries_the_name_that_the_application_gave_it(package):
    titles = set(package.items.filter(area__code="chest/adult").values_list("title", flat=True))
    assert titles == {"Routine chest", "Routine chest: Protocol"}


def test_image_items_have_a_bag_of_their_own_and_others_have_none(package):
    for item in package.items.all():
        assert (item.collection is not None) == (item.kind in {"exam", "phantom"})


def test_the_due_date_is_the_policys_and_comes_with_its_clause(world, package):
    term = decision(package.case_file.case, APRIL).term
    assert term
    assert term.due
    assert (today(package.case_file.case, term.due - timedelta(seconds=1)) - APRIL.date()).days == 45
    assert "package.term" in {clause.id for clause in term.because.clauses}


def test_a_repeat_package_has_only_the_areas_found_not_acceptable(world):
    repeat = world.repeat(world.submitted(), ["chest/adult"], APRIL + DAY)
    assert lines(repeat) == {("chest/adult", "exam.1"), ("chest/adult", "protocol.1"), ("", "annual-evaluation")}
    assert repeat.purpose == "repeat"
    assert repeat.attempt == 2


def test_a_repeat_of_the_phantom_asks_for_the_whole_phantom_test(world):
    repeat = world.repeat(world.submitted(), ["phantom/image-quality"], APRIL + DAY)
    assert lines(repeat) == PHANTOM | {("", "annual-evaluation")}


def test_an_unpaid_application_is_refused_and_opens_nothing(world):
    made = applications.draft(
        facility=world.facility, unit=world.unit, modality="CT", areas=list(EXAMS), exams=EXAMS, actor=world.admin,
        now=APRIL,
    )  # fmt: skip
    sent = applications.submit(application=made, actor=world.admin, now=APRIL)
    with pytest.raises(Refused):
        actions.accept(application=sent, actor=world.staff, now=APRIL)
    assert not Package.objects.exists()
    assert not Item.objects.exists()


def test_a_second_acceptance_is_told_that_it_was_accepted_already(world, package):
    with pytest.raises(Lost, match="already"):
        actions.accept(application=package.application, actor=world.staff, now=APRIL)
    assert Package.objects.count() == 1


def test_an_appeal_package_has_one_item_for_each_appealed_area(world):
    appeal = world.appeal(world.submitted(), ["chest/adult", "head-neck/adult"], APRIL + DAY)
    assert lines(appeal) == {("head-neck/adult", "missing.1"), ("chest/adult", "missing.2")}
    assert appeal.application is None
    assert appeal.attempt == 1


def test_an_appeal_goes_the_way_of_the_submission(world):
    package = world.by_post()
    actions.submit(package=package, actor=world.staff, now=APRIL)
    package.refresh_from_db()
    opens = APRIL + DAY
    for kind, about in [
        ("reviews.completed", {}), ("report.failed", {"medium": "cd"}), ("report.viewed", {}), ("images.returned", {}),
    ]:  # fmt: skip
        world.state(package.case_file, kind, opens, **about)
    world.state(package.case_file, "option.appeal", opens + 2 * DAY)
    area = package.case_file.areas.get(code="chest/adult")
    appeal = actions.open_appeal(case_file=package.case_file, areas=[area], actor=world.admin, now=opens + 2 * DAY)
    assert appeal.medium == "cd"
    with pytest.raises(actions.HasImages, match="same way"):
        actions.choose_medium(package=appeal, medium="upload", actor=world.admin, now=opens + 2 * DAY)


def test_a_second_appeal_of_one_report_opens_no_second_package(world):
    appeal = world.appeal(world.submitted(), ["chest/adult"], APRIL + DAY)
    area = appeal.case_file.areas.get(code="chest/adult")
    with pytest.raises(Lost):
        actions.open_appeal(case_file=appeal.case_file, areas=[area], actor=world.admin, now=APRIL + 4 * DAY)
