"""Calibration cases: made, keyed by two, sent, read, told against the key of the day; and that no case learns of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from reaccredit.ledger.actions import Lost
from reaccredit.ledger.queries import decision
from reaccredit.notices.models import Notice
from reaccredit.people import actions as people
from reaccredit.people.actions import WrongPassword
from reaccredit.people.models import Authorisation, Person, Role
from reaccredit.people.queries import code
from reaccredit.reports import actions as reports
from reaccredit.reports.models import FinalReport
from reaccredit.reviews import (
    actions,
    calibration,
    calibration_actions,
    calibration_guards,
    calibration_results,
    drafts,
    offering,
    quality,
    queries,
    rereading,
    visibility,
)
from reaccredit.reviews.calibration_actions import NotAllowed
from reaccredit.reviews.calibration_models import Calibration, KeyArea, KeyMark, Sent, Talk
from reaccredit.reviews.models import Assignment, Draft, HandedBack, Mark, Round, RoundKind
from reaccredit.reviews.quality_rules import quality_rules
from tests.packages.world import APRIL, SINCE
from tests.reviews.calibration_world import LATER, PASSWORD, answers, flipped, keyed, made, rounds, second, sent, sheets
from tests.reviews.world import CHEST, HEAD, World, faulty, reader, verdicts

DAY = timedelta(days=1)
RULES = quality_rules(LATER.date()).calibration
assert RULES is not None


@pytest.fixture
def closed(world: World) -> FinalReport:
    return world.reported()


@pytest.fixture
def colleague(world: World) -> Person:
    return second()


@pytest.fixture
def ready(world: World, closed: FinalReport, colleague: Person) -> Calibration:
    """The head, whose key fails its first criterion."""
    one = made(world)
    keyed(world, one, colleague, faults=1)
    return one


def cleo(world: World) -> Person:
    """The third radiologist: has not read the case."""
    return world.radiologists[2]


# -- making, and the key -------------------------------------------------------------------------------------------------


def test_it_is_made_from_a_closed_review_whose_report_stands(world: World) -> None:
    done = world.read(world.given_out())
    areas = [area for area in queries.areas_of(done) if area.code == HEAD]
    with pytest.raises(Lost):
        calibration_actions.make(review=done, areas=areas, because="x", actor=world.staff, now=LATER)
    report = reports.issue(round=done, actor=world.staff, now=APRIL + DAY)
    assert list(calibration.candidates(LATER, RULES)) == [done]
    everything = queries.areas_of(done)
    with pytest.raises(Lost, match="at most 2"):
        calibration_actions.make(review=done, areas=everything, because="x", actor=world.staff, now=LATER)
    one = made(world, report=report)
    assert one.only == [HEAD]
    assert not calibration.candidates(LATER, RULES)
    with pytest.raises(Lost, match="meanwhile"):
        made(world)
    assert not calibration.candidates(LATER + timedelta(days=731), RULES)


def test_a_second_person_approves_the_key_and_it_never_changes_then(
    world: World, closed: FinalReport, colleague: Person
) -> None:
    one = made(world)
    key = calibration_actions.set_key(
        one=one, answers=answers(one, 1), because="Three experts", seen=0, actor=world.staff, now=LATER
    )
    assert [(of.area.code, of.outcome) for of in key.areas.all()] == [(HEAD, "not-acceptable")]
    with pytest.raises(NotAllowed, match="yourself"):
        calibration_actions.approve(key=key, password=PASSWORD, actor=world.staff, now=LATER)
    with pytest.raises(WrongPassword):
        calibration_actions.approve(key=key, password="no", actor=colleague, now=LATER)
    assert calibration.why_not_sent(one) == "Its key is not approved yet."
    key = calibration_actions.approve(key=key, password=PASSWORD, actor=colleague, now=LATER)
    signed = calibration_actions.signed_by(key)
    assert signed
    assert signed.holds
    with pytest.raises(Lost, match="already"):
        calibration_actions.approve(key=key, password=PASSWORD, actor=colleague, now=LATER)
    mark = KeyMark.objects.filter(of__key=key)[0]
    for change in (
        lambda: KeyMark.objects.filter(pk=mark.pk).update(why="Something else"),
        lambda: KeyArea.objects.filter(key=key).update(outcome="acceptable"),
        lambda: KeyMark.objects.create(of=mark.of, criterion="new", acceptable=True),
        lambda: one.keys.update(because="Something else"),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()
    with pytest.raises(DatabaseError), transaction.atomic():
        Calibration.objects.filter(pk=one.pk).update(because="")


def test_two_tabs_with_the_key_and_a_form_that_is_sent_twice(
    world: World, closed: FinalReport, colleague: Person
) -> None:
    one = made(world)
    said: dict[str, Any] = {"one": one, "because": "Three experts", "seen": 0, "actor": world.staff, "now": LATER}
    first = calibration_actions.set_key(answers=answers(one), **said)
    assert calibration_actions.set_key(answers=answers(one), **said) == first
    with pytest.raises(Lost, match="Yours is not saved"):
        calibration_actions.set_key(answers=answers(one, 1), **said)
    later = calibration_actions.set_key(answers=answers(one, 1), **{**said, "seen": 1})
    assert later.version == 2
    with pytest.raises(Lost, match="newer version"):
        calibration_actions.approve(key=first, password=PASSWORD, actor=colleague, now=LATER)


def test_the_key_begins_with_what_all_first_readers_said_and_is_silent_where_they_differ(world: World) -> None:
    opened = world.given_out()
    head = next(area for area in queries.areas_of(opened) if area.code == HEAD)
    for reading in opened.assignments.select_related("area", "round__package", "round__case_file__case", "reviewer"):
        world.hand_in(reading, "protocol" if reading.area == head and reading.position == 1 else None)
    cleo_reads = actions.ask_third(round=opened, area=head, reviewer=cleo(world), actor=world.staff, now=APRIL)
    world.hand_in(cleo_reads)
    opened.refresh_from_db()
    one = made(world, report=reports.issue(round=opened, actor=world.staff, now=APRIL + DAY))
    first, *rest = queries.criteria_of(opened, head)
    said = calibration.suggested(one)
    assert (head.pk, first.code) not in said
    assert {said[head.pk, c.code] for c in rest} == {(True, "")}


# -- to whom it goes -----------------------------------------------------------------------------------------------------


def test_nobody_gets_a_case_that_they_read_that_they_conflict_with_or_whose_key_they_know(
    world: World, ready: Calibration, colleague: Person
) -> None:
    ann = world.radiologists[0]
    known = {one.person: one for one in calibration.readers(ready, RULES, LATER)}
    assert [area.code for area in known[cleo(world)].areas] == [HEAD]
    assert any("does not read it again" in words for words in known[ann].why_not)
    with pytest.raises(actions.NotEligible, match="again"):
        sent(world, ready, [ann])
    with pytest.raises(actions.NotEligible, match="is not a"):
        sent(world, ready, [world.physicists[0]])
    assert not rounds()
    from_people(cleo(world), world)
    with pytest.raises(actions.NotEligible, match="post at this facility"):
        sent(world, ready, [cleo(world)])


def from_people(who: Person, world: World) -> None:
    world.facility.personnel.create(person=who, role=Role.TECHNOLOGIST, since=APRIL.date())


def test_who_knows_the_key_is_not_sent_it_and_who_was_sent_it_has_no_hand_in_the_key(
    world: World, ready: Calibration, colleague: Person
) -> None:
    reader = {one.person: one for one in calibration.readers(ready, RULES, LATER)}
    assert world.staff not in reader  # staff who do not read are not listed
    for who, words in ((colleague, "knows the key"), (second("Third Staff"), "staff, who see every key")):
        people.appoint(person=who, role=Role.REVIEWER, profession="radiologist", since=SINCE)
        with pytest.raises(actions.NotEligible, match=words):
            sent(world, ready, [who])
    sending = sent(world, ready, [cleo(world)])
    for person in (world.staff, colleague):
        with pytest.raises(DatabaseError, match="knows the key"), transaction.atomic():
            Sent.objects.create(sending=sending, reader=person, round=ready.review)
    said: dict[str, Any] = {"answers": answers(ready), "because": "Mine", "seen": 1, "now": LATER}
    with pytest.raises(NotAllowed, match="as a reader"):
        calibration_actions.set_key(one=ready, actor=cleo(world), **said)


def test_what_was_opened_for_one_reader_is_read_by_nobody_else(world: World, ready: Calibration) -> None:
    sent(world, ready, [cleo(world)])
    (sheet,), (round_,) = sheets(), rounds()
    other, dora = second("Other Reader"), reader("Dora Radiologist", "radiologist")
    with pytest.raises(DatabaseError), transaction.atomic():
        Assignment.objects.filter(pk=sheet.pk).update(reviewer=other)
    with pytest.raises(DatabaseError, match="read by nobody else"), transaction.atomic():
        Assignment.objects.create(
            round=Round.objects.create(
                case_file=round_.case_file, package=round_.package, kind=RoundKind.CALIBRATION, submitted_at=round_.submitted_at,
                attempt=1, opened_at=LATER, opened_by=world.staff,
            ), area=sheet.area, reviewer=dora, position=1, assigned_at=LATER, assigned_by=world.staff,
        )  # fmt: skip


def test_without_an_approved_key_or_once_it_is_retired_the_database_lets_it_go_to_nobody(
    world: World, closed: FinalReport
) -> None:
    one = made(world)
    with pytest.raises(Lost, match="not approved"):
        sent(world, one, [cleo(world)])
    sending = one.sendings.create(made_at=LATER, made_by=world.staff, number=1)
    with pytest.raises(DatabaseError, match="approved key"), transaction.atomic():
        Sent.objects.create(sending=sending, reader=cleo(world), round=one.review)
    keyed(world, one, second())
    Calibration.objects.update(retired_at=LATER, retired_by=world.staff, retired_because="Done")
    with pytest.raises(DatabaseError, match="retired"), transaction.atomic():
        Sent.objects.create(sending=sending, reader=cleo(world), round=one.review)


def test_the_guards_stand_after_all_migrations(db: None) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger")
        standing = " ".join(row[0] for row in cursor.fetchall())
    assert all(guard.name in standing for guard in calibration_guards.GUARDS)


def test_the_lot_can_be_drawn_again_and_asks_only_whoever_is_due(world: World, ready: Calibration) -> None:
    made_ = calibration_actions.draw(one=ready, seen=0, actor=world.staff, now=LATER)
    assert (made_.seed, made_.pool) == (RULES.seed, [cleo(world).pk])
    assert calibration_actions.same_again(made_)
    assert [row.reader for row in made_.sent.all()] == [cleo(world)]
    many = range(100, 160)
    drawn = calibration_actions.drawn(ready, 1, many, "one", 3)
    assert drawn == calibration_actions.drawn(ready, 1, reversed(many), "one", 3)
    assert drawn != calibration_actions.drawn(ready, 1, many, "two", 3)
    assert drawn != calibration_actions.drawn(ready, 2, many, "one", 3)


def test_whoever_had_one_lately_is_in_no_draw_and_pressing_twice_sends_once(world: World, ready: Calibration) -> None:
    sent(world, ready, [cleo(world)])
    with pytest.raises(Lost, match="pressing the button twice"):
        sent(world, ready, [cleo(world)])
    with pytest.raises(Lost, match="Nobody is in the draw"):
        calibration_actions.draw(one=ready, seen=1, actor=world.staff, now=LATER)
    with pytest.raises(actions.NotEligible):
        sent(world, ready, [cleo(world)], seen=1)
    assert len(sheets()) == 1
    last = {one.person: one for one in calibration.readers(ready, RULES, LATER + timedelta(days=181))}[cleo(world)]
    assert last.due
    assert not last.in_the_draw  # of this case they are no reader any more


# -- it touches no case --------------------------------------------------------------------------------------------------


def test_it_touches_neither_history_nor_determination_nor_report_nor_anybodys_numbers(
    world: World, ready: Calibration
) -> None:
    case, report = ready.review.case_file.case, FinalReport.objects.get()
    facts = list(case.facts.values_list("seq", "kind", "hash"))
    stands, settled = decision(case, LATER).standing, list(report.determinations.values_list("area", "outcome"))
    numbers, determined = quality.readings(LATER.date()), queries.determinations(ready.review)
    loads = offering_numbers(ready, world)
    sent(world, ready, [cleo(world)])
    (sheet,) = sheets()
    world.hand_in(sheet, "protocol", LATER + 30 * DAY)
    (round_,) = rounds()
    assert round_.completed_at
    assert list(case.facts.values_list("seq", "kind", "hash")) == facts
    assert decision(case, LATER + DAY).standing == stands
    assert list(report.determinations.values_list("area", "outcome")) == settled
    assert quality.readings(LATER.date()) == numbers
    assert queries.determinations(ready.review) == determined
    assert offering_numbers(ready, world) == loads
    assert not queries.rounds(world.staff, LATER.date()).filter(pk=round_.pk)
    assert not rereading.in_no_draw(LATER + 31 * DAY, quality_rules(LATER.date())).filter(pk=round_.pk)
    with pytest.raises(Lost, match="sake of quality"):
        reports.issue(round=round_, actor=world.staff, now=LATER + 31 * DAY)


def offering_numbers(one: Calibration, world: World) -> float:
    """The usual days of the reader, by which the solver proposes."""
    who = calibration.opened(one, world.staff, LATER, calibration.areas(one))
    problem = calibration.conflicts.problem_of(who, calibration.areas(one), (LATER + 31 * DAY).date(), every=True)
    return next(one.turnaround for one in problem.people if one.id == code(cleo(world)))


def test_its_reader_is_told_as_of_any_other_reading_and_it_counts_as_work_in_hand(
    world: World, ready: Calibration
) -> None:
    sent(world, ready, [cleo(world)])
    (sheet,) = sheets()
    assert list(queries.reading_list(cleo(world), LATER.date())) == [sheet]
    assert sheet.respond_by  # as what was proposed has one
    who = calibration.opened(ready, world.staff, LATER, calibration.areas(ready))
    problem = calibration.conflicts.problem_of(who, calibration.areas(ready), LATER.date(), every=True)
    assert {one.load for one in problem.people if one.id == code(cleo(world))} == {1}
    told = Notice.objects.filter(recipient=code(cleo(world))).latest("pk")
    assert (told.subject, told.body, told.case) == ("Something waits for your judgement", "Sign in to see it.", None)


# -- what comes of it ----------------------------------------------------------------------------------------------------


def test_a_result_is_told_against_the_key_and_only_when_everything_of_the_case_is_in(
    world: World, closed: FinalReport
) -> None:
    one = made(world, [HEAD, CHEST])
    keyed(world, one, second(), faults=1)
    sent(world, one, [cleo(world)])
    head, chest = sorted(sheets(), key=lambda sheet: sheet.area.code != HEAD)
    world.hand_in(head, now=LATER + DAY)
    assert calibration_results.told() == calibration_results.own(cleo(world)) == []
    head.refresh_from_db()
    assert calibration_results.result_of(head) is None
    actions.submit(assignment=chest, verdicts=faulty(chest), actor=cleo(world), now=LATER + DAY)
    found = {told.reading.area.code: told for told in calibration_results.told()}
    assert (found[HEAD].same, found[CHEST].same) == (False, True)
    rows = calibration_results.beside(found[HEAD])
    assert [row.same for row in rows] == [False, *[True] * (len(rows) - 1)]
    assert rows[0].criterion
    assert rows[0].criterion.source
    assert rows[0].key
    assert rows[0].key.why == "Look at the lower slices"
    head = sheets()[0]
    assert calibration_results.result_of(head) == Sent.objects.get().pk
    (own,) = calibration_results.own(cleo(world))
    assert (own.same, len(own.sheets)) == (1, 2)


def test_a_key_that_is_changed_afterwards_changes_no_result_and_is_named(
    world: World, ready: Calibration, colleague: Person
) -> None:
    sent(world, ready, [cleo(world)])
    world.hand_in(sheets()[0], now=LATER + DAY)
    new = {area: flipped(listed) for area, listed in answers(ready, 1).items()}
    key = calibration_actions.set_key(
        one=ready,
        answers=new,
        because="The noise is within what the exam allows",
        seen=1,
        actor=world.staff,
        now=LATER + 2 * DAY,
    )
    (before,) = calibration_results.told()
    assert before.newer is None  # nobody has approved it
    calibration_actions.approve(key=key, password=PASSWORD, actor=colleague, now=LATER + 2 * DAY)
    (after,) = calibration_results.told()
    assert not after.same
    assert (after.key.version, after.newer and after.newer.version) == (1, 2)


def test_a_sheet_that_is_handed_in_twice_counts_once(world: World, ready: Calibration) -> None:
    sent(world, ready, [cleo(world)])
    (sheet,) = sheets()
    world.hand_in(sheet, now=LATER + DAY)
    with pytest.raises(Lost, match="handed in"):
        world.hand_in(sheet, "protocol", LATER + DAY)
    assert len(calibration_results.told()) == 1
    assert Mark.objects.filter(assignment=sheet, acceptable=False).count() == 0


def test_two_tabs_of_the_sheet_never_overwrite_each_other(world: World, ready: Calibration) -> None:
    sent(world, ready, [cleo(world)])
    (sheet,) = sheets()
    seen = drafts.token(sheet.draft)
    assert drafts.save(assignment=sheet, typed={"coverage-verdict": "yes"}, now=LATER, seen=seen)
    assert not drafts.save(assignment=sheet, typed={"coverage-verdict": "no"}, now=LATER, seen=seen)
    assert [line.how for line in drafts.history(sheet)] == [Draft.How.OTHER_TAB, Draft.How.SAVED]


# -- declined, withdrawn, late, not authorised any more --------------------------------------------------------------------


def test_whoever_declines_ends_it_and_what_they_handed_in_is_told(world: World, closed: FinalReport) -> None:
    one = made(world, [HEAD, CHEST])
    keyed(world, one, second())
    sent(world, one, [cleo(world)])
    first, other = sheets()
    world.hand_in(first, now=LATER)
    offering.hand_back(assignment=other, reason="No time", kind=HandedBack.Kind.DECLINED, actor=cleo(world), now=LATER)
    assert [told.reading for told in calibration_results.told()] == [first]
    ((_, ((_, states),)),) = calibration.sendings(one, LATER)
    assert [(state.words, state.reason) for state in states] == [("Handed in", ""), ("Declined", "No time")]
    assert not any(reader.areas for reader in calibration.readers(one, RULES, LATER) if reader.person == cleo(world))
    (round_,) = rounds()
    assert queries.every_round(world.staff, LATER.date()).filter(pk=round_.pk)
    with pytest.raises(calibration.Http404):
        queries.round_(world.staff, round_.pk, LATER.date())


def test_retiring_takes_back_what_is_not_handed_in_and_leaves_what_is(world: World, closed: FinalReport) -> None:
    one = made(world, [HEAD, CHEST])
    keyed(world, one, second())
    sent(world, one, [cleo(world)])
    first, other = sheets()
    world.hand_in(first, now=LATER)
    drafts.save(assignment=other, typed={"coverage-verdict": "yes"}, now=LATER)
    assert calibration_actions.retire(one=one, because="Recognised", actor=world.staff, now=LATER) == 1
    with pytest.raises(visibility.Barred, match="taken this reading back"):
        queries.given(cleo(world), other.pk)
    assert [told.reading for told in calibration_results.told()] == [first]
    for again in (lambda: sent(world, one, [cleo(world)], seen=1), lambda: keyed(world, one, second("Third"), seen=1)):
        with pytest.raises(Lost, match="retired"):
            again()
    assert made(world).pk != one.pk  # the review can be made one anew


def test_late_sheets_are_told_apart_and_what_is_not_begun_ends_by_itself(world: World, ready: Calibration) -> None:
    sent(world, ready, [cleo(world)])
    ((_, ((_, states),)),) = calibration.sendings(ready, LATER + 40 * DAY)
    assert states[0].words == "Late: not begun"
    assert offering.run_out(now=LATER + 40 * DAY) == 1
    ((_, ((_, states),)),) = calibration.sendings(ready, LATER + 40 * DAY)
    assert states[0].words == "Not begun in time, ended by itself"
    assert not sheets()
    assert rounds()[0].completed_at


def test_who_is_not_authorised_any_more_cannot_go_on_and_staff_see_it(world: World, ready: Calibration) -> None:
    sent(world, ready, [cleo(world)])
    (sheet,) = sheets()
    Authorisation.objects.filter(person=cleo(world)).update(until=LATER.date())
    after = LATER + 3 * DAY
    with pytest.raises(visibility.Barred, match="not authorised"):
        queries.assignment(cleo(world), sheet.pk, after.date())
    ((_, ((_, states),)),) = calibration.sendings(ready, after)
    assert states[0].words.startswith("Not authorised any more")
    assert states[0].reading == sheet.pk


def test_a_report_that_is_taken_back_keeps_the_case_from_being_sent(world: World, ready: Calibration) -> None:
    Round.objects.filter(pk=ready.review_id).update(reported_at=None)
    with pytest.raises(Lost, match="taken back"):
        sent(world, ready, [cleo(world)])


# -- a talk --------------------------------------------------------------------------------------------------------------


def test_below_the_threshold_staff_get_one_task_and_a_colleague_notes_the_talk(
    world: World, ready: Calibration, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(world, ready, [cleo(world)])
    (sheet,) = sheets()
    actions.submit(assignment=sheet, verdicts=verdicts(sheet), actor=cleo(world), now=LATER + DAY)
    assert not Talk.objects.exists()  # one area and six criteria are too few
    monkeypatch.setattr(calibration_results, "_below", lambda found, rules: ["areas"])
    (round_,) = rounds()
    for _ in range(2):
        calibration_results.talk_where_due(round_, LATER + DAY)
    (talk,) = calibration.talks()
    assert (talk.reader, talk.modality, talk.module) == (cleo(world), "CT", "head-neck")
    assert talk.figures["areas"]["hits"] == 0
    told = Notice.objects.get(recipient=code(world.staff), subject=calibration_results.TALK)
    assert cleo(world).name not in told.subject + told.body
    with pytest.raises(NotAllowed, match="about you"):
        calibration_actions.talked(talk=talk, note="Fine", actor=cleo(world), now=LATER + DAY)
    calibration_actions.talked(talk=talk, note="Looked at it together", actor=world.staff, now=LATER + DAY)
    with pytest.raises(Lost, match="already"):
        calibration_actions.talked(talk=talk, note="Again", actor=world.staff, now=LATER + DAY)
    assert not calibration.talks()
