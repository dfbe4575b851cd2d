"""A package is submitted when every item is ticked, once, and staff may give it back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.queries import decision
from reaccredit.packages import actions, queries
from reaccredit.packages.models import MediaReceived, Package
from reaccredit.packages.ticks import crosses, ticks
from reaccredit.people.models import Person
from tests.packages.world import APRIL, DAY, answers, build, fill, images, send


def test_every_item_of_a_new_package_has_a_cross_with_its_reason(package):
    found = queries.items_with_ticks(package)
    assert len(found) == 12
    assert crosses(found) == found
    assert all(tick.why.endswith(".") for tick in found)


def test_a_filled_package_is_all_green(world, package):
    fill(package, world.admin, APRIL)
    found = queries.items_with_ticks(package)
    assert not crosses(found)
    assert {tick.said for tick in found} == {"2 images", "Filled in", "Document received"}


def test_a_package_with_a_cross_is_not_submitted_and_says_which_item_it_is(world, package):
    fill(package, world.admin, APRIL, leave=[package.items.get(code="dosimetry").pk])
    with pytest.raises(actions.NotComplete) as refused:
        actions.submit(package=package, actor=world.admin, now=APRIL)
    assert [tick.item.code for tick in refused.value.crosses] == ["dosimetry"]
    package.refresh_from_db()
    assert package.submitted_at is None
    assert not package.case_file.case.facts.filter(kind="package.submitted").exists()


def test_submitting_states_the_fact_and_it_is_the_reviewers_turn(world):
    package = world.submitted()
    fact = package.case_file.case.facts.get(kind="package.submitted")
    assert fact.role == "administrator"
    assert fact.about == {"package": package.pk, "medium": "upload"}
    assert decision(package.case_file.case, APRIL).standing.stage == "reviewing"


def test_two_who_submit_at_once_submit_once(world):
    package = world.submitted()
    with pytest.raises(Lost, match="already"):
        actions.submit(package=package, actor=world.admin, now=APRIL)
    assert package.case_file.case.facts.filter(kind="package.submitted").count() == 1


def test_the_last_second_counts_and_the_first_second_after_it_does_not(world, package):
    term = decision(package.case_file.case, APRIL).term
    assert term
    assert term.due
    fill(package, world.admin, APRIL)
    with pytest.raises(Refused) as refused:
        actions.submit(package=package, actor=world.admin, now=term.due)
    assert "package.missed" in {clause.id for clause in refused.value.refusal.because.clauses}
    actions.submit(package=package, actor=world.admin, now=term.due - timedelta(seconds=1))


def test_a_package_that_is_given_back_is_open_again_with_the_comment(world):
    package = world.submitted()
    actions.return_(package=package, comment="The scout is missing.", actor=world.staff, now=APRIL + DAY)
    package.refresh_from_db()
    assert package.submitted_at is None
    assert package.submitted_by is None
    assert [comment.text for comment in package.comments.all()] == ["The scout is missing."]
    assert decision(package.case_file.case, APRIL + DAY).holder == "facility"
    actions.submit(package=package, actor=world.admin, now=APRIL + 2 * DAY)
    with pytest.raises(Lost):
        actions.submit(package=package, actor=world.admin, now=APRIL + 2 * DAY)


def test_a_package_that_was_not_submitted_cannot_be_given_back(world, package):
    with pytest.raises(Lost):
        actions.return_(package=package, comment="?", actor=world.staff, now=APRIL)


def test_what_came_by_post_in_time_is_submitted_late_with_its_own_date(world):
    package = world.by_post()
    term = decision(package.case_file.case, APRIL).term
    assert term
    assert term.due
    late = term.due + 3 * DAY
    actions.submit(package=package, actor=world.staff, now=late, happened_at=term.due - DAY)
    package.refresh_from_db()
    fact = package.case_file.case.facts.get(kind="package.submitted")
    assert package.submitted_at == fact.happened_at == term.due - DAY
    assert fact.recorded_at == late
    assert fact.role == "staff"


def test_a_cd_ticks_the_images_that_are_on_it_and_no_others(world, package):
    actions.choose_medium(package=package, medium="cd", actor=world.admin, now=APRIL)
    first, *others = queries.image_items(package)
    actions.record_media(
        package=package, medium="cd", received_at=APRIL, pieces=1, items=[first], actor=world.staff, now=APRIL
    )
    package.refresh_from_db()
    found = {tick.item.pk: tick for tick in queries.items_with_ticks(package)}
    assert found[first.pk].done
    assert found[first.pk].said == "Received by post"
    assert all("CD has not arrived" in found[other.pk].why for other in others)


def test_the_way_of_sending_is_chosen_before_the_first_image(world, package):
    chest = package.items.select_related("area", "collection").filter(kind="exam").first()
    assert chest
    chest.package = package
    send(chest, images(chest, APRIL), world.admin, APRIL)
    with pytest.raises(actions.HasImages):
        actions.choose_medium(package=package, medium="film", actor=world.admin, now=APRIL)


def test_somebody_elses_answers_are_not_overwritten_unseen(world, package):
    found = package.items.get(code="dosimetry")
    found.package = package
    said = answers(found)
    first = actions.save_form(item=found, answers=said, seen=None, actor=world.physicist, now=APRIL)
    with pytest.raises(actions.SavedMeanwhile) as meanwhile:
        actions.save_form(item=found, answers=said | {"physicist": "Other"}, seen=None, actor=world.admin, now=APRIL)
    assert meanwhile.value.newest == first
    assert found.entries.count() == 1
    actions.save_form(item=found, answers=said, seen=first.pk, actor=world.admin, now=APRIL)
    assert found.entries.count() == 2


def test_a_form_that_lacks_an_answer_it_now_needs_is_no_green_tick(world, package):
    found = package.items.get(code="dosimetry")
    found.package = package
    said = answers(found) | {"physicist": ""}
    actions.save_form(item=found, answers=said, seen=None, actor=world.admin, now=APRIL)
    tick = next(t for t in queries.items_with_ticks(package) if t.item.pk == found.pk)
    assert not tick.done
    assert "Medical physicist" in tick.why


def test_an_image_is_no_document(world, package):
    found = package.items.get(code="annual-evaluation")
    found.package = package
    with pytest.raises(actions.PaperRefused):
        actions.store_paper(item=found, file=BytesIO(b"\0" * 400), actor=world.admin, now=APRIL)
    assert not found.papers.exists()


def test_ticks_of_three_packages_cost_as_many_queries_as_of_one(world):
    packages = [world.accepted(unit=world.another_unit(f"CT {n}")) for n in range(2, 5)]
    for package in packages:
        fill(package, world.admin, APRIL)
    loaded = list(Package.objects.select_related("case_file"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        ticks(loaded[:1])
    with CaptureQueriesContext(connection) as three:
        ticks(loaded)
    assert len(one) == len(three) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda p, w: Package.objects.filter(pk=p.pk).update(submitted_at=APRIL),
        lambda p, w: Package.objects.filter(pk=p.pk).update(application=None),
        lambda p, w: Package.objects.create(
            case_file=p.case_file, attempt=p.attempt, purpose=p.purpose, application=p.application, opened_at=APRIL
        ),
        lambda p, w: p.items.filter(kind="exam").update(collection=None),
        lambda p, w: p.items.update(place=1),
        lambda p, w: MediaReceived.objects.create(
            package=p, medium="cd", pieces=0, received_at=APRIL, recorded_at=APRIL, recorded_by=w.staff
        ),
        lambda p, w: MediaReceived.objects.create(
            package=p, medium="cd", pieces=1, received_at=APRIL + DAY, recorded_at=APRIL, recorded_by=w.staff
        ),
    ],
    ids=[
        "submitted by nobody",
        "of no application",
        "twice",
        "exam without images",
        "same place",
        "no piece",
        "future",
    ],
)
def test_the_database_itself_refuses_what_cannot_be(world, package, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong(package, world)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_submit_in_the_same_moment_one_is_told_what_happened():
    world = build()
    package = world.accepted()
    fill(package, world.admin, APRIL)
    start = Barrier(2)

    def submit(person: Person) -> str:
        start.wait()
        try:
            actions.submit(package=package, actor=person, now=APRIL)
        except Lost as lost:
            return str(lost)
        finally:
            connection.close()
        return "submitted"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(submit, [world.admin, world.physicist]))
    assert said[1] == "submitted"
    assert "already" in said[0]
    assert package.case_file.case.facts.filter(kind="package.submitted").count() == 1
