"""A repeat: the same exams of what was not acceptable, another patient, a new scan; and who owes what."""

from __future__ import annotations

from django.urls import reverse

from reaccredit.repeats import queries
from reaccredit.repeats.models import Repeat
from tests.options.clock import Clock
from tests.options.test_pages import as_, text
from tests.options.world import APRIL, BRAIN, DAY, PHANTOM, SPINE, World

OPEN = APRIL + 2 * DAY


def repeated(world: World, areas: list[str]) -> Repeat:
    world.select(world.viewed(areas), "repeat", OPEN)
    return Repeat.objects.get()


def test_only_what_was_not_acceptable_is_repeated_with_its_exams(world: World) -> None:
    repeat = repeated(world, [BRAIN, PHANTOM])
    lines = {line.code: line for line in queries.status(repeat, OPEN).lines}
    assert set(lines) == {BRAIN, PHANTOM}
    assert lines[BRAIN].exam == "Routine brain; Brain for stroke"
    assert lines[PHANTOM].phantom
    assert SPINE not in repeat.application.exams


def test_application_and_fee_are_owed_and_ticked_when_they_are_met(world: World) -> None:
    repeat = repeated(world, [BRAIN])
    assert [(d.material.id, d.met) for d in queries.status(repeat, OPEN).duties] == [
        ("repeat-application", False),
        ("repeat-fee", False),
    ]
    world.waiting(repeat.application, OPEN + DAY)
    assert all(d.met for d in queries.status(repeat, OPEN + DAY).duties)


def test_the_package_opens_when_staff_accept_the_application(world: World) -> None:
    repeat = repeated(world, [BRAIN])
    assert queries.status(repeat, OPEN).package is None
    package = world.through(repeat.application, OPEN + DAY)
    status = queries.status(Repeat.objects.get(), OPEN + DAY)
    assert status.package == package
    assert status.decision.term
    assert status.decision.term.due


def test_the_page_says_who_does_what_and_what_is_checked(world: World, clock: Clock) -> None:
    repeat = repeated(world, [BRAIN, PHANTOM])
    clock(OPEN)
    page = text(as_(world.admin).get(reverse("repeats:repeat", args=[repeat.pk])))
    assert "An exam of another patient." in page
    assert "the identity itself is not stored" in page
    assert "A new scan of the phantom" in page
    assert "Repeat application" in page
    assert "It opens, with its due date, when the programme's staff accept the repeat application." in page.replace(
        "&#x27;", "'"
    )
    for who in (world.stranger, world.reviewer, world.arbitrator):
        assert as_(who).get(reverse("repeats:repeat", args=[repeat.pk])).status_code == 404


def test_the_page_lives_on_after_the_next_report(world: World, clock: Clock) -> None:
    repeat = repeated(world, [BRAIN])
    clock(OPEN + DAY)
    world.through(repeat.application, OPEN + DAY)
    page = text(as_(world.admin).get(reverse("repeats:repeat", args=[repeat.pk])))
    assert "Testing package" in page
    assert "To do" in page


def test_the_page_of_a_repeat_tells_the_facility_that_it_is_its_turn_and_staff_that_it_is_not(
    world: World, clock: Clock
) -> None:
    repeat = repeated(world, [BRAIN])
    clock(OPEN)
    address = reverse("repeats:repeat", args=[repeat.pk])
    assert "It is your turn" in text(as_(world.admin).get(address))
    assert "Waiting for the facility" in text(as_(world.staff).get(address))


def test_the_next_step_of_a_repeat_is_one_button_for_the_facility_and_none_for_staff(
    world: World, clock: Clock
) -> None:
    repeat = repeated(world, [BRAIN])
    clock(OPEN)
    address = reverse("repeats:repeat", args=[repeat.pk])
    assert "Go on with the repeat application" in text(as_(world.admin).get(address))
    assert "Go on with" not in text(as_(world.staff).get(address))
    clock(OPEN + DAY)
    world.through(repeat.application, OPEN + DAY)
    assert "Go on with the testing package" in text(as_(world.admin).get(address))
