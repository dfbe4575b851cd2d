"""Two readers for each area, blind to each other; a third where they do not agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from reaccredit.applications.models import Area
from reaccredit.facilities import actions as facilities
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.models import Fact
from reaccredit.ledger.queries import decision
from reaccredit.packages import actions as packages
from reaccredit.packages.models import Package
from reaccredit.people.models import Role
from reaccredit.reviews import actions, drafts, queries
from reaccredit.reviews.models import Assignment, Mark, Round
from tests.packages.world import APRIL, SINCE
from tests.reviews.world import CHEST, HEAD, READ, World, faulty, verdicts


def area(round_: Round, code: str) -> Area:
    return next(a for a in queries.areas_of(round_) if a.code == code)


def reading(round_: Round, code: str, position: int) -> Assignment:
    return Assignment.objects.select_related("area", "reviewer", "round__package", "round__case_file__case").get(
        round=round_, area__code=code, position=position
    )


def facts(round_: Round, prefix: str = "review") -> list[str]:
    return list(
        Fact.objects.filter(case=round_.case_file.case, kind__startswith=prefix)
        .order_by("seq")
        .values_list("kind", flat=True)
    )


# -- opening and giving out --------------------------------------------------------------------------------------------


def test_a_round_holds_the_areas_of_the_package(world: World) -> None:
    opened = world.round()
    kinds = {a.code: a.kind for a in queries.areas_of(opened)}
    assert kinds[HEAD] == "clinical"
    assert "phantom" in kinds.values()


def test_a_package_that_is_not_submitted_is_not_read(world: World) -> None:
    with pytest.raises(Refused, match="no package to be reviewed"):
        actions.open_round(package=world.accepted(), actor=world.staff, now=APRIL)


def test_a_package_is_opened_once(world: World) -> None:
    opened = world.round()
    with pytest.raises(Lost):
        actions.open_round(package=opened.package, actor=world.staff, now=APRIL)


def test_a_radiologist_reads_clinical_areas_and_a_physicist_phantoms(world: World) -> None:
    opened = world.round()
    rows = {row.area.code: row for row in queries.area_rows(opened, APRIL.date())}
    phantom = next(row for row in rows.values() if row.area.kind == Area.Kind.PHANTOM)
    assert {c.person for c in rows[HEAD].candidates if not c.why_not} == set(world.radiologists)
    assert {c.person for c in phantom.candidates if not c.why_not} == set(world.physicists)
    assert all(c.why_not for c in rows[HEAD].candidates if c.person in world.physicists)


def test_nobody_of_the_facility_reads_its_images_even_after_leaving(world: World) -> None:
    ann = world.radiologists[0]
    facilities.post(
        facility=world.facility, person=ann, role=Role.TECHNOLOGIST, since=SINCE, until=SINCE + timedelta(days=30)
    )
    opened = world.round()
    with pytest.raises(actions.NotEligible, match="has held a post at this facility"):
        actions.assign(round=opened, area=area(opened, HEAD), reviewer=ann, actor=world.staff, now=APRIL)


def test_nobody_reads_one_area_twice(world: World) -> None:
    opened = world.round()
    head, ann = area(opened, HEAD), world.radiologists[0]
    actions.assign(round=opened, area=head, reviewer=ann, actor=world.staff, now=APRIL)
    with pytest.raises(actions.NotEligible, match="reads this area already"):
        actions.assign(round=opened, area=head, reviewer=ann, actor=world.staff, now=APRIL)


@pytest.mark.parametrize("changes", [{"position": 2}, {"position": 1}, {"position": 4}])
def test_the_database_holds_that_nobody_reads_twice(world: World, changes: dict[str, int]) -> None:
    opened = world.round()
    head, (ann, bob, _) = area(opened, HEAD), world.radiologists
    actions.assign(round=opened, area=head, reviewer=ann, actor=world.staff, now=APRIL)
    who = ann if changes["position"] == 2 else bob
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(
            round=opened, area=head, reviewer=who, assigned_at=APRIL, assigned_by=world.staff, **changes
        )


def test_a_third_reader_is_not_asked_while_the_first_two_agree(world: World) -> None:
    done = world.read(world.given_out())
    with pytest.raises(Lost):
        actions.ask_third(
            round=done, area=area(done, HEAD), reviewer=world.radiologists[2], actor=world.staff, now=READ
        )


def test_a_choice_of_several_readers_is_kept_whole_or_not_at_all(world: World) -> None:
    opened = world.round()
    chosen = [(area(opened, HEAD), world.radiologists[0]), (area(opened, CHEST), world.physicists[0])]
    with pytest.raises(actions.NotEligible):
        actions.assign_all(round=opened, chosen=chosen, actor=world.staff, now=APRIL)
    assert not opened.assignments.exists()


# -- reading -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_as_it_was_typed(world: World) -> None:
    found = reading(world.given_out(), HEAD, 1)
    typed = {"coverage-verdict": "no", "coverage-note": "half a note"}
    drafts.save(assignment=found, typed=typed, now=READ)
    found.refresh_from_db()
    assert (found.draft, found.saved_at, found.submitted_at) == (typed, READ, None)


def test_every_criterion_must_be_answered_and_every_fault_have_a_reason(world: World) -> None:
    found = reading(world.given_out(), HEAD, 1)
    first, second, *rest = verdicts(found)
    wrong = [actions.Verdict(first.criterion, False), *rest]
    with pytest.raises(actions.NotComplete) as no:
        actions.submit(assignment=found, verdicts=wrong, actor=found.reviewer, now=READ)
    assert set(no.value.missing) == {first.criterion, second.criterion}
    assert not Mark.objects.exists()


def test_a_reason_of_another_criterion_is_no_reason(world: World) -> None:
    found = reading(world.given_out(), HEAD, 1)
    first, *rest = verdicts(found)
    wrong = [actions.Verdict(first.criterion, False, "ct-dose"), *rest]
    with pytest.raises(actions.NotComplete):
        actions.submit(assignment=found, verdicts=wrong, actor=found.reviewer, now=READ)


def test_a_reading_is_handed_in_once_and_stays(world: World) -> None:
    found = world.hand_in(reading(world.given_out(), HEAD, 1))
    for act in (
        lambda: world.hand_in(found),
        lambda: drafts.save(assignment=found, typed={}, now=READ),
        lambda: actions.hand_back(assignment=found, reason="late", actor=found.reviewer, now=READ),
    ):
        with pytest.raises(Lost):
            act()


def test_nobody_hands_in_for_somebody_else(world: World) -> None:
    found = reading(world.given_out(), HEAD, 1)
    with pytest.raises(actions.NotEligible):
        actions.submit(assignment=found, verdicts=verdicts(found), actor=world.radiologists[2], now=READ)


def test_a_reading_that_is_handed_in_has_an_outcome(world: World) -> None:
    found = reading(world.given_out(), HEAD, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=found.pk).update(submitted_at=READ)


def test_the_reviews_are_completed_with_the_last_reading(world: World) -> None:
    opened = world.given_out()
    *early, last = Assignment.objects.filter(round=opened).select_related(
        "area", "reviewer", "round__package", "round__case_file__case"
    )
    for one in early:
        world.hand_in(one)
    case = opened.case_file.case
    assert decision(case, READ).standing.stage == "reviewing"
    world.hand_in(last)
    assert decision(case, READ).standing.stage == "reporting"
    opened.refresh_from_db()
    assert opened.completed_at == READ


def test_two_readers_who_agree_settle_an_area(world: World) -> None:
    done = world.read(world.given_out(), {HEAD: "protocol"})
    found = queries.determinations(done)
    assert found.pop(HEAD) == "not-acceptable"
    assert set(found.values()) == {"acceptable"}


def test_two_readers_who_do_not_agree_call_for_a_third_who_decides(world: World) -> None:
    opened = world.given_out()
    first = reading(opened, HEAD, 1)
    actions.submit(assignment=first, verdicts=faulty(first), actor=first.reviewer, now=READ)
    world.read(opened)
    assert [a.code for a in queries.disagreements(opened)] == [HEAD]
    assert HEAD not in queries.determinations(opened)
    assert opened.completed_at is None
    third = actions.ask_third(
        round=opened, area=area(opened, HEAD), reviewer=world.radiologists[2], actor=world.staff, now=READ
    )
    assert third.position == 3
    world.hand_in(reading(opened, HEAD, 3), "equipment")
    assert queries.determinations(opened)[HEAD] == "not-acceptable"
    assert queries.disagreements(opened) == []
    opened.refresh_from_db()
    assert opened.completed_at == READ


def test_an_area_that_is_given_back_goes_to_somebody_else(world: World) -> None:
    opened = world.given_out()
    found = reading(opened, HEAD, 1)
    actions.hand_back(assignment=found, reason="I know the site", actor=found.reviewer, now=READ)
    row = next(r for r in queries.area_rows(opened, READ.date()) if r.area.code == HEAD)
    assert row.places == (1,)
    assert [b.reason for b in row.handed_back] == ["I know the site"]
    with pytest.raises(actions.NotEligible, match="has given this area back"):
        actions.assign(round=opened, area=row.area, reviewer=found.reviewer, actor=world.staff, now=READ)
    again = actions.assign(round=opened, area=row.area, reviewer=world.radiologists[2], actor=world.staff, now=READ)
    assert again.position == 1


# -- who sees what -----------------------------------------------------------------------------------------------------


def test_the_ledger_names_neither_the_reader_nor_what_was_found(world: World) -> None:
    opened = world.given_out()
    gone = reading(opened, CHEST, 2)
    actions.hand_back(assignment=gone, reason="I know the site", actor=gone.reviewer, now=READ)
    world.hand_in(reading(opened, HEAD, 1), "equipment")
    told = Fact.objects.filter(case=opened.case_file.case, kind__in=["review.submitted", "review.handed-back"])
    readers = {f"person:{p.pk}" for p in world.radiologists}
    assert len(told) == 2
    for fact in told:
        assert fact.actor not in readers
        assert fact.about.keys() == {"area"}
        assert fact.note == ""


def test_who_has_read_or_given_back_any_area_took_part(world: World) -> None:
    opened = world.round()
    ann, bob, cleo = world.radiologists
    given = actions.assign(round=opened, area=area(opened, HEAD), reviewer=ann, actor=world.staff, now=APRIL)
    back = actions.assign(round=opened, area=area(opened, HEAD), reviewer=bob, actor=world.staff, now=APRIL)
    actions.hand_back(assignment=back, reason="busy", actor=bob, now=READ)
    took = {p: queries.took_part(p, opened.case_file) for p in (ann, bob, cleo)}
    assert took == {ann: True, bob: True, cleo: False}
    assert queries.readers_of(opened.case_file) == {ann.pk, bob.pk}
    assert given.position == 1


def test_the_findings_are_told_without_names(world: World) -> None:
    done = world.read(world.given_out(), {HEAD: "equipment"})
    found = queries.reviews(done)[area(done, HEAD).pk]
    assert [(r.number, r.outcome, len(r.findings)) for r in found] == [
        (1, "not-acceptable", 1),
        (2, "not-acceptable", 1),
    ]
    assert found[0].findings[0].causes == ("equipment",)


def test_the_timeline_tells_the_course_of_the_review(world: World) -> None:
    done = world.read(world.given_out())
    told = facts(done)
    number = done.assignments.count()
    assert told == ["review.opened", *["review.assigned"] * number, *["review.submitted"] * number, "reviews.completed"]


# -- a package that is returned while it is being read -----------------------------------------------------------------


def test_a_package_that_was_returned_and_submitted_again_is_read_anew(world: World) -> None:
    opened = world.given_out()
    old = world.hand_in(reading(opened, HEAD, 1))
    left = reading(opened, HEAD, 2)
    packages.return_(package=opened.package, comment="A series is missing", actor=world.staff, now=READ)
    assert not queries.reading_list(left.reviewer, READ.date()).exists()
    with pytest.raises(Lost, match="not judged any more"):
        world.hand_in(left)
    again = packages.submit(
        package=Package.objects.get(pk=opened.package_id), actor=world.admin, now=READ + timedelta(hours=1)
    )
    assert list(queries.waiting(world.staff, READ.date())) == [again]
    second = world.round(again, READ + timedelta(hours=2))
    assert second != opened
    assert queries.determinations(second) == {}
    assert not queries.reading_list(old.reviewer, READ.date()).exists()
    assert not queries.waiting(world.staff, READ.date()).exists()
    given = actions.assign(
        round=second, area=area(second, HEAD), reviewer=old.reviewer, actor=world.staff, now=READ + timedelta(hours=2)
    )
    assert list(queries.reading_list(old.reviewer, READ.date())) == [given]
    with pytest.raises(Lost, match="not judged any more"):
        actions.assign(
            round=opened, area=area(opened, HEAD), reviewer=world.radiologists[2], actor=world.staff, now=READ
        )
