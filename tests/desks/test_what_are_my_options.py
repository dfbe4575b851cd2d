"""Anybody may ask what the policy offers after a decision, without a case, and nothing of it is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from reaccredit.ledger import publishing
from reaccredit.ledger import queries as ledger
from tests.desks.asking import FIRST, ask, card, complaint, words

DENIED = {"since": "appealed", "on_appeal_denied": "2021-05-02", "as_of": "2021-05-03"}


@pytest.fixture(autouse=True)
def everything_adopted(settings, db):
    settings.ADOPTED = None


class TestAsking:
    def test_the_page_asks_before_it_answers_and_says_what_the_policy_offers(self, client):
        answer = client.get(reverse("desks:what-are-my-options"))
        assert answer.status_code == 200
        assert "1st deficiency: what the policy offers" in words(answer)
        assert complaint(answer, "on-report-failed") == ""

    def test_nothing_is_stored_and_the_database_is_only_asked_which_revisions_there_are(self, client):
        with CaptureQueriesContext(connection) as queries:
            answer = ask(client)
        assert [q["sql"] for q in queries] == [publishing.NEWEST]
        assert not answer.cookies
        assert answer.status_code == 200

    def test_each_option_says_from_when_until_when_and_how_many_days_are_left(self, client):
        answer = ask(client)
        assert "Opens Saturday 3 April 2021, 10:00 EDT" in card(answer, "repeat")
        assert "through Friday 16 April 2021, midnight EDT (11 days left)" in card(answer, "repeat")
        assert "through Sunday 18 April 2021, midnight EDT (13 days left)" in card(answer, "withdraw")

    def test_each_option_says_what_it_needs_who_signs_what_is_retested_and_what_follows(self, client):
        answer = ask(client, areas=["clinical", "phantom"])
        appeal, repeat = card(answer, "appeal"), card(answer, "repeat")
        assert "Appeal letter, clinical areas: supervising physician" in appeal
        assert "Appeal letter, phantom areas: medical physicist" in appeal
        assert "Only the areas found not acceptable" in repeat
        assert "Reinstate with corrective action, Appeal" in repeat.split("If it is not passed again")[1]
        assert "the determination is final" in appeal

    def test_each_option_shows_its_clauses_revision_and_arithmetic(self, client):
        appeal = card(ask(client), "appeal")
        assert "A determination may be appealed within 15 days of the final report" in appeal
        assert "revision of 8 March 2021" in appeal
        assert "Final report issued: not passed 1 Apr 2021, 10:00 EDT + 15 days = due through 16 Apr 2021" in appeal

    def test_what_is_not_offered_says_why_and_what_helps(self, client):
        page = words(ask(client))
        assert "“Reinstate with corrective action” is not offered at the 1st deficiency." in page
        assert "It is offered at the 2nd deficiency (= 1st failure)." in page

    def test_the_counter_chooses_the_row_of_the_matrix(self, client):
        assert card(ask(client, stands="deciding.not-granted.2"), "reinstate")
        assert not card(ask(client, stands="deciding.not-granted.2"), "repeat")
        assert card(ask(client, stands="deciding.not-granted.3"), "survey")

    def test_the_revision_in_force_when_the_report_was_issued_answers(self, client):
        answer = ask(client, on_report_failed="2023-01-10", on_report_viewed="2023-01-10", as_of="2023-01-14")
        assert "under the revision of 9 November 2022" in words(answer)
        assert card(answer, "supplemental-review")

    def test_a_form_that_waits_for_a_fact_says_which_and_what_would_follow(self, client):
        page = words(ask(client, on_report_viewed=""))
        assert "“Final report viewed” is not recorded" in page
        assert "What may be chosen, and from when" in page
        assert "The article sets no date by which the report must be viewed" in page

    def test_the_medium_asks_for_what_its_clock_reads(self, client):
        waiting = ask(client, trait_medium="cd", stands="deciding.not-granted.2")
        assert "“Images returned to the facility” is not recorded" in words(waiting)
        answer = ask(
            client,
            trait_medium="cd",
            stands="deciding.not-granted.2",
            on_images_returned="2021-04-10",
            as_of="2021-04-13",
            at_images_returned="09:00",
        )
        assert "Opens Monday 12 April 2021, 09:00 EDT" in card(answer, "reinstate")

    def test_after_a_denied_appeal_the_form_opens_again(self, client):
        answer = ask(client, since="appealed", on_appeal_denied="2021-05-20", as_of="2021-05-25", on_option_appeal="")
        assert "through Friday 4 June 2021, midnight EDT (10 days left)" in card(answer, "repeat")
        assert not card(answer, "appeal")
        assert "“Appeal” is not offered at the 1st deficiency (appealed)." in words(answer)

    def test_another_situation_asks_for_its_own_dates_first(self, client):
        answer = ask(client, since="appealed")
        assert answer.status_code == 200
        assert 'name="on-appeal-denied"' in answer.content.decode()
        assert complaint(answer, "on-appeal-denied") == ""

    def test_when_the_time_is_over_it_says_since_when_and_whose_turn_it_is(self, client):
        answer = ask(client, as_of="2021-05-01")
        assert "The time to choose is over" in words(answer)
        assert "was open through 18 Apr 2021, midnight EDT" in card(answer, "withdraw")
        assert "Waiting for the programme's staff" in words(answer)

    def test_the_fee_is_the_one_of_the_modality(self, client):
        assert "depends on the modality" in card(ask(client), "repeat")
        assert "Repeat fee:" in card(ask(client, modality="CT"), "repeat")

    def test_a_programme_without_a_policy_says_where_its_rules_are(self, client):
        excluded = next(iter(ledger.policy_for("diagnostic").latest.excludes.keys() - set(ledger.programmes())), None)
        if excluded:
            page = words(client.get(reverse("desks:what-are-my-options"), {"programme": excluded}))
            assert "rules of its own" in page
            assert "this policy does not govern them" in page

    def test_the_answers_of_another_programme_are_not_taken_for_this_ones(self, client):
        answer = ask(client, asked="somewhere-else")
        assert answer.status_code == 200
        assert "what the policy offers" in words(answer)


class TestWrongAnswers:
    @pytest.mark.parametrize(
        ("changed", "field", "sentence"),
        [
            ({"on_report_viewed": "2021-03-01"}, "on-report-viewed", "cannot be before “Final report issued: not passed”, 1 April 2021"),
            ({"as_of": "2021-03-31"}, "on-report-failed", "lies after the day asked about"),
            ({"on_report_failed": "2031-04-01", "as_of": ""}, "on-report-failed", "lies after now"),
            ({"on_report_failed": "soon"}, "on-report-failed", "must be a date, such as 2021-03-27"),
            ({"on_report_failed": ""}, "on-report-failed", "Enter the day of “Final report issued: not passed”"),
            ({"on_report_failed": "2001-04-01", "on_report_viewed": ""}, "on-report-failed", "the first is in force from 2019-12-12"),
            ({"on_report_failed": "0001-01-01"}, "on-report-failed", "before 1 January 1990"),
            ({"on_report_failed": "999999999999-01-01"}, "on-report-failed", "must be a date"),
            ({"at_report_failed": "25:61"}, "at-report-failed", "must be a time, such as 14:30"),
            ({"as_of": "9999-12-31"}, "as-of", "more than two years ahead"),
            ({"programme": "astrology"}, "programme", "no such answer"),
            ({"stands": "deciding.not-granted.9"}, "stands", "no such answer"),
            ({"trait_medium": "fax"}, "trait-medium", "no such answer"),
            ({"areas": "soul"}, "areas", "no such answer"),
            ({"modality": "X" * 5000}, "modality", "no such answer"),
            ({"since": "appealed", "on_appeal_denied": "2021-04-02"}, "on-appeal-denied", "cannot be as early as that"),
            ({**DENIED, "on_option_appeal": "2021-04-02"}, "on-option-appeal", "cannot be chosen yet"),
        ],
    )  # fmt: skip
    def test_a_wrong_answer_gets_a_sentence_at_its_field_and_nothing_is_lost(self, client, changed, field, sentence):
        answer = ask(client, **changed)
        assert answer.status_code == 422
        assert sentence in complaint(answer, field)
        kept = changed.get("on_report_failed", "2021-04-01")
        assert "programme" in changed or kept in answer.content.decode()

    def test_a_situation_that_the_revision_does_not_know_says_which_it_knows(self, client):
        answer = ask(client, stands="deciding.not-granted.1", since="reopened+supplemented")
        assert answer.status_code == 422
        assert complaint(answer, "since")


class TestTheCalendar:
    def entries(self, client, **changed):
        answer = client.get(reverse("desks:option-dates"), {**FIRST, **changed})
        assert answer.headers["Content-Type"].startswith("text/calendar")
        return {str(e["UID"]): e for e in Calendar.from_ical(answer.content).walk("VEVENT")}

    def test_it_holds_until_when_each_option_can_be_chosen(self, client):
        ends = {str(e["SUMMARY"]): e["DTEND"].dt for e in self.entries(client).values()}
        assert ends["Last day to choose “Repeat”"] == datetime(2021, 4, 17, 4, tzinfo=UTC)
        assert ends["Last day to choose “Withdraw from accreditation”"] == datetime(2021, 4, 19, 4, tzinfo=UTC)

    def test_before_the_form_opens_it_holds_that_too(self, client):
        found = [
            e
            for e in self.entries(client, **{"as-of": "2021-04-02"}).values()
            if "can be chosen from now" in e["SUMMARY"]
        ]
        assert found[0]["DTSTART"].dt == datetime(2021, 4, 3, 14, tzinfo=UTC)

    def test_times_are_utc_instants_with_alarms(self, client):
        raw = client.get(reverse("desks:option-dates"), FIRST).content.decode()
        assert "DTEND;VALUE=DATE-TIME:20210417T040000Z" in raw
        assert "PRODID:-//Reaccredit//What are my options//EN" in raw
        assert "VTIMEZONE" not in raw
        event = next(iter(self.entries(client).values()))
        assert {a["TRIGGER"].dt for a in event.walk("VALARM")} == {timedelta(days=-7), timedelta(days=-1)}

    def test_the_same_question_asked_again_updates_the_same_entries(self, client):
        early = self.entries(client, **{"on-report-viewed": "2021-04-02"})
        assert early.keys() == self.entries(client).keys()
        assert early.keys().isdisjoint(
            self.entries(client, **{"on-report-failed": "2021-04-02", "on-report-viewed": "2021-04-02"})
        )

    def test_without_an_answer_it_leads_back_to_the_questions(self, client):
        answer = client.get(reverse("desks:option-dates"), {**FIRST, "on-report-failed": ""})
        assert answer.status_code == 302
        back = client.get(answer.headers["Location"])
        assert complaint(back, "on-report-failed")

    def test_what_is_typed_into_the_address_cannot_break_a_line_of_the_file(self, client):
        query = urlencode({**FIRST, "modality": "", "x": "a\r\nBEGIN:VALARM"})
        raw = client.get(f"{reverse('desks:option-dates')}?{query}").content.decode()
        assert "\r\nBEGIN:VALARM\r\nACTION" in raw
        assert raw.count("BEGIN:VALARM") == raw.count("END:VALARM")
