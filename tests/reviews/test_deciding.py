"""From readings to a determination by a table; a third who sees both; a sheet that goes back to be repaired."""

from __future__ import annotations

from itertools import product

import pytest
from django.urls import reverse

from reaccredit.ledger.actions import Lost
from reaccredit.ledger.models import Fact
from reaccredit.reviews import actions, catalogue, deciding, queries, repairing
from reaccredit.reviews.models import Assignment, Mark, Returned
from tests.reviews.test_pages import Sign, answers, sign  # noqa: F401 - a fixture
from tests.reviews.test_reading import area, reading
from tests.reviews.world import HEAD, READ, World, faulty, verdicts

YES, NO = "acceptable", "not-acceptable"
WHOLE = {(YES, YES): YES, (NO, NO): NO, (YES, NO): "third", (YES, YES, NO): YES, (YES, NO, NO): NO}


def test_the_programmes_table_is_whole() -> None:
    assert catalogue.determinations() == WHOLE
    assert deciding.faults(WHOLE, (YES, NO)) == []


@pytest.mark.parametrize("found", [f for f in product([YES, NO], repeat=3) if len(set(f)) > 1])
def test_two_of_three_decide_whatever_the_order(found: tuple[str, ...]) -> None:
    assert deciding.decide(WHOLE, found) == (YES if found.count(YES) > 1 else NO)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({(YES, NO): None}, "no row"),
        ({(YES, NO): NO}, "nobody gets there"),
        ({(YES, NO, NO): "third"}, "a fourth would have to read it"),
        ({(YES, YES): "perhaps"}, "decided as 'perhaps'"),
        ({(YES,): YES}, "nobody gets there"),
    ],
)
def test_a_table_with_a_hole_is_told(change: dict[tuple[str, ...], str | None], told: str) -> None:
    table = {row: result for row, result in (WHOLE | change).items() if result}
    assert any(told in fault for fault in deciding.faults(table, (YES, NO)))


def disagreeing(world: World) -> Assignment:
    """The head is read by two who do not agree, and given to a third."""
    opened = world.given_out()
    first = reading(opened, HEAD, 1)
    actions.submit(assignment=first, verdicts=faulty(first), actor=first.reviewer, now=READ)
    world.hand_in(reading(opened, HEAD, 2))
    return actions.ask_third(
        round=opened, area=area(opened, HEAD), reviewer=world.radiologists[2], actor=world.staff, now=READ
    )


def test_a_third_reader_sees_what_was_noted_beside_what_is_acceptable(world: World, sign: Sign) -> None:  # noqa: F811
    third = disagreeing(world)
    of_the_second = Mark.objects.filter(assignment=reading(third.round, HEAD, 2), acceptable=True)
    of_the_second.update(note="Measured: 88.0 % (at least 87.5 %; a close call)")
    page = sign(third.reviewer).get(reverse("reviews:reading", args=[third.pk])).text
    assert "Noted beside what is acceptable" in page
    assert "88.0 % (at least 87.5 %; a close call)" in page


def test_a_third_reader_sees_both_sheets_and_neither_name(world: World, sign: Sign) -> None:  # noqa: F811
    third = disagreeing(world)
    page = sign(third.reviewer).get(reverse("reviews:reading", args=[third.pk])).text
    assert "The first two readers do not agree" in page
    assert "Seen on several slices" in page
    assert not [p.name for p in world.radiologists[:2] if p.name in page]
    found = reading(third.round, HEAD, 1)
    assert queries.seen_by_third(found) == []


def test_a_sheet_goes_back_with_a_reason_and_finds_its_reader_as_it_was(world: World, sign: Sign) -> None:  # noqa: F811
    opened = world.given_out()
    found = reading(opened, HEAD, 1)
    actions.submit(assignment=found, verdicts=faulty(found, "protocol"), actor=found.reviewer, now=READ)
    address, client = reverse("reviews:send-back", args=[found.pk]), sign(world.staff)
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "Say on which slices"}).status_code == 302
    found.refresh_from_db()
    assert (found.submitted_at, found.outcome, Mark.objects.filter(assignment=found).count()) == (None, None, 0)
    assert (Returned.objects.get().outcome, Returned.objects.get().by) == (NO, world.staff)
    page = sign(found.reviewer).get(reverse("reviews:reading", args=[found.pk])).text
    assert "Say on which slices" in page
    assert "Seen on several slices" in page
    fact = Fact.objects.get(kind="review.returned")
    assert (fact.about, fact.note) == ({"area": HEAD}, "")
    again = answers(found, check="yes")
    reader = sign(found.reviewer)
    reader.post(reverse("reviews:reading", args=[found.pk]), again)
    assert (
        reader.post(reverse("reviews:check", args=[found.pk]), {"password": "correct horse battery"}).status_code == 302
    )
    found.refresh_from_db()
    assert found.outcome == YES


def test_a_sheet_does_not_go_back_once_somebody_relies_on_it(world: World, sign: Sign) -> None:  # noqa: F811
    third = disagreeing(world)
    first = reading(third.round, HEAD, 1)
    with pytest.raises(Lost, match="third reader has been asked"):
        repairing.send_back(reading=first, reason="x", actor=world.staff, now=READ)
    done = world.read(third.round)
    with pytest.raises(Lost, match="completed"):
        repairing.send_back(reading=reading(done, HEAD, 3), reason="x", actor=world.staff, now=READ)
    assert "too late" in sign(world.staff).get(reverse("reviews:send-back", args=[first.pk])).text
    assert verdicts(first)


def test_only_staff_return_a_sheet(world: World, sign: Sign) -> None:  # noqa: F811
    found = world.hand_in(reading(world.given_out(), HEAD, 1))
    address = reverse("reviews:send-back", args=[found.pk])
    assert {sign(who).get(address).status_code for who in (world.admin, found.reviewer)} == {404}
