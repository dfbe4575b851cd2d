"""A draft becomes a revision that governs by two persons, and not while anything is wrong with it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, connection, transaction

from reaccredit.ledger import guards, publishing
from reaccredit.ledger import queries as ledger
from reaccredit.ledger.actions import Lost
from reaccredit.ledger.models import PublishedRevision
from reaccredit.notices.models import Notice
from reaccredit.people.actions import WrongPassword
from reaccredit.policy import NotGoverned, Policy, shelf
from reaccredit.policy.reading import read
from reaccredit.workbench import actions, queries
from reaccredit.workbench.models import Proposal
from tests.options.world import BRAIN, build
from tests.workbench.small import NOW, PASSWORD, SCENARIO, TEXT, begun, examined, member


@pytest.fixture
def author(db):
    return member("Ann Author")


@pytest.fixture
def second(db):
    return member("Sue Second")


def handed_over(author, text=TEXT):
    draft = begun(author, text)
    examined(draft)
    return actions.propose(draft=draft, seen=1, actor=author, now=NOW)


def missing(draft):
    with pytest.raises(actions.NotReady) as no:
        actions.propose(draft=draft, seen=queries.newest(draft).number, actor=draft.opened_by, now=NOW)
    return str(no.value)


class TestWhatMustHold:
    def test_a_draft_that_was_not_examined_is_not_handed_over(self, author):
        assert "has not come to its end" in missing(begun(author))

    def test_a_draft_that_cannot_be_read_is_not_handed_over(self, author):
        assert "did you mean 'holder'?" in missing(begun(author, TEXT.replace("holder", "holdr")))

    def test_a_draft_with_a_finding_is_not_handed_over(self, author):
        draft = begun(author, TEXT.replace('overdue = { to = "closed", cites = ["all"] }\n', ""))
        found = examined(draft).examination.found
        assert found["findings"]
        assert "to mend" in missing(draft)

    def test_a_draft_whose_scenario_is_answered_otherwise_is_not_handed_over(self, author):
        draft = begun(author, scenarios=SCENARIO.replace('"staff"', '"facility"'))
        (told,) = examined(draft).examination.found["scenarios"]["otherwise"]
        assert (told["key"], told["expected"], told["came"]) == ("holder", "facility", "staff")
        assert "1 question of 1 answered otherwise" in missing(draft)

    def test_a_scenario_that_cannot_be_read_stops_it(self, author):
        draft = begun(author, scenarios=SCENARIO.replace("holder", "holdr"))
        examined(draft)
        assert "did you mean 'holder'?" in missing(draft)

    @pytest.mark.parametrize("day", ["2026-03-01", "2026-03-02"])
    def test_nobody_is_ruled_by_what_was_published_later(self, author, day):
        draft = begun(author, TEXT.replace("2026-04-01", day), "")
        examined(draft)
        assert "write a day after today" in missing(draft)

    def test_a_text_does_not_say_that_it_was_published_before_it_was(self, author):
        draft = begun(author, TEXT.replace("in_force  =", "published = 2026-02-01\nin_force  ="))
        examined(draft)
        assert "'published' says 2026-02-01" in missing(draft)

    def test_a_date_that_a_revision_bears_already_is_not_given_twice(self, author, second):
        actions.approve(proposal=handed_over(author), password=PASSWORD, actor=second, now=NOW)
        draft = begun(author, TEXT.replace("30 days", "about 30 days"))
        examined(draft)
        assert "There is a revision of 2026-04-01 already" in missing(draft)

    @pytest.mark.parametrize("name", ["../registry", "The Registry", "r" * 41])
    def test_a_programme_has_a_name_that_can_stand_in_an_address(self, author, name):
        draft = begun(author, TEXT.replace('"registry"', f'"{name}"'), "")
        examined(draft)
        assert "expected small letters, digits and dashes" in missing(draft)

    def test_what_was_published_meanwhile_asks_for_another_examination(self, author, second):
        later = begun(author, TEXT.replace("2026-04-01", "2026-06-01"), "")
        examined(later)
        actions.approve(proposal=handed_over(author), password=PASSWORD, actor=second, now=NOW)
        assert "Examine the draft again" in missing(later)


class TestTwoPersons:
    def test_the_second_signs_and_from_its_day_on_it_governs_without_a_restart(self, author, second):
        with pytest.raises(NotGoverned):
            ledger.published("registry")
        held = handed_over(author)
        assert [(n.recipient, n.subject) for n in Notice.objects.all()] == [
            (f"person:{second.pk}", "A policy waits for approval")
        ]
        done = actions.approve(proposal=held, password=PASSWORD, actor=second, now=NOW)
        assert (done.approver, done.signature.person, done.published.approver) == (
            second,
            second,
            f"person:{second.pk}",
        )
        assert done.published.sha256 in done.signature.meaning
        policy = ledger.published("registry")
        assert policy.on(date(2026, 4, 1)).sha256 == done.published.sha256 == read(TEXT, "x").sha256
        with pytest.raises(NotGoverned):
            policy.on(date(2026, 3, 31))
        assert queries.scenarios_of(policy.latest) == SCENARIO

    def test_the_author_does_not_approve(self, author):
        with pytest.raises(actions.NotTheSecond, match="somebody else approves it"):
            actions.approve(proposal=handed_over(author), password=PASSWORD, actor=author, now=NOW)

    def test_whoever_wrote_on_it_does_not_approve(self, author, second):
        draft = begun(author)
        actions.save(draft=draft, seen=1, text=TEXT.replace("Page 1", "Page 2"), scenarios="", actor=second, now=NOW)
        examined(draft)
        held = actions.propose(draft=draft, seen=2, actor=author, now=NOW)
        with pytest.raises(actions.NotTheSecond, match="You wrote on this draft"):
            actions.approve(proposal=held, password=PASSWORD, actor=second, now=NOW)

    def test_without_the_password_nothing_is_published(self, author, second):
        with pytest.raises(WrongPassword):
            actions.approve(proposal=handed_over(author), password="another", actor=second, now=NOW)
        assert not PublishedRevision.objects.exists()

    def test_a_change_calls_back_what_was_handed_over(self, author, second):
        held = handed_over(author)
        actions.save(draft=held.draft, seen=1, text=TEXT + "# more\n", scenarios="", actor=author, now=NOW)
        with pytest.raises(Lost):
            actions.approve(proposal=held, password=PASSWORD, actor=second, now=NOW)

    def test_what_waits_past_its_day_is_not_published(self, author, second):
        held = handed_over(author)
        with pytest.raises(actions.NotReady, match="write a day after today"):
            actions.approve(proposal=held, password=PASSWORD, actor=second, now=NOW + timedelta(days=30))

    def test_a_published_draft_is_not_written_on(self, author, second):
        done = actions.approve(proposal=handed_over(author), password=PASSWORD, actor=second, now=NOW)
        with pytest.raises(Lost, match="never changed"):
            actions.save(draft=done.draft, seen=1, text="", scenarios="", actor=author, now=NOW)


class TestTheDatabaseItself:
    def test_it_refuses_one_person_in_both_places(self, author):
        revision = read(TEXT, "x")
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=handed_over(author).pk).update(approver=author)
        row = publishing.publish(revision=revision, scenarios="", author="person:1", approver="person:2", now=NOW)
        row.pk, row.seq, row.revision, row.in_force = None, 2, date(2027, 1, 1), date(2027, 1, 1)
        row.approver = row.author
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)

    @pytest.mark.parametrize(
        "statement", ["UPDATE ledger_publishedrevision SET text = 'x'", "DELETE FROM ledger_publishedrevision"]
    )
    def test_what_is_published_is_neither_changed_nor_deleted(self, db, statement):
        guards.seal(connection)
        publishing.publish(revision=read(TEXT, "x"), scenarios="", author="person:1", approver="person:2", now=NOW)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert PublishedRevision.objects.get().text == TEXT

    def test_a_row_that_was_tampered_with_is_found(self, db):
        publishing.publish(revision=read(TEXT, "x"), scenarios="", author="person:1", approver="person:2", now=NOW)
        guards.remove(connection, guards.PUBLISHED)
        PublishedRevision.objects.update(text=TEXT + "# more\n")
        with pytest.raises(CommandError, match="published revisions do not hold"):
            call_command("ledger_verify")

    def test_a_release_that_brings_a_text_of_the_same_day_does_not_displace_what_this_house_published(
        self, db, settings
    ):
        settings.ADOPTED = None
        shipped = Policy.load(shelf.SHELF / "diagnostic")["2022-11-09"].text
        own = read(shipped.replace("# ", "# own: ", 1), "x")
        publishing.publish(revision=own, scenarios="", author="person:1", approver="person:2", now=NOW)
        there = ledger.published("diagnostic")
        assert there["2022-11-09"].sha256 == own.sha256
        assert len(there.revisions) == len(Policy.load(shelf.SHELF / "diagnostic").revisions)

    def test_a_request_asks_once_which_revisions_there_are(self, db, django_assert_num_queries):
        with django_assert_num_queries(1), publishing.asked_once():
            for _ in range(5):
                ledger.policies()


def test_a_draft_is_tried_on_the_open_cases(author):
    """Ten days in place of fifteen: the case that waits for its form would be due sooner; nothing is written of it."""
    number = build().viewed([BRAIN]).case_file.case.number
    text = Policy.load(shelf.SHELF / "diagnostic")["2021-03-08"].text
    draft = begun(author, text.replace("2021-03-08", "2026-04-01").replace("P15D", "P10D"), "")
    found = examined(draft).examination.found
    (case,) = found["cases"]["otherwise"]
    assert (case["case"], case["after"], found["cases"]["count"]) == (number, "Final report issued: not passed", 1)
    assert "sooner due" in {one["kind"] for one in case["otherwise"]}
    assert "sooner due" in {one["kind"] for one in found["compared"]["partings"]}
    assert all(one["story"] for one in found["compared"]["partings"])
    assert found["cases"]["unreadable"] == []
