"""The article on radiation oncology of 12 December 2019, sentence by sentence."""

from __future__ import annotations

import pytest

from reaccredit.policy import Admitted, Policy, Refusal
from tests.policy.telling import SHELF, at, cited, fact, ids

RADIATION = Policy.load(SHELF / "radiation-oncology")


def ask(when, *facts):
    return RADIATION.decide(facts, at(when))


def reported(outcome, *, received=True):
    facts = [
        fact("2024-01-10 16:00", "survey.completed"),
        fact("2024-04-01 10:00", "report.issued", outcome=outcome),
    ]
    return [*facts, fact("2024-04-05 09:00", "report.received")] if received else facts


def approved(outcome, day="2024-07-10"):
    """The plan was submitted on 1 June; the committee approved it."""
    option = "option.answer-deferral" if outcome == "deferred" else "option.answer-denial"
    return [
        *reported(outcome),
        fact("2024-06-01 10:00", option),
        fact(f"{day} 10:00", "plan.answered", answer="approved"),
    ]


def refuses(facts, new, kind):
    answer = RADIATION.admit(facts, new)
    assert isinstance(answer, Refusal)
    assert answer.kind == kind
    return answer


class TestBoth:
    @pytest.mark.parametrize(("outcome", "option"), [("deferred", "answer-deferral"), ("denied", "answer-denial")])
    def test_the_corrective_action_plan_is_due_within_90_days(self, outcome, option):
        now = ask("2024-04-06 10:00", *reported(outcome))
        assert ids(now) == [option, "appeal"]
        assert now.term.due == at("2024-07-01 00:00")
        assert "plan.90-days" in cited(now.why(option))

    @pytest.mark.parametrize("outcome", ["deferred", "denied"])
    def test_the_plan_is_approved_by_the_committee(self, outcome):
        now = ask("2024-06-02 10:00", *approved(outcome)[:-1])
        assert (now.standing.stage, now.holder) == ("approving", "committee")

    @pytest.mark.parametrize("outcome", ["deferred", "denied"])
    def test_an_appeal_is_made_within_30_days_of_receiving_the_report(self, outcome):
        assert "appeal" in ids(ask("2024-05-05 23:59:59", *reported(outcome)))
        no = ask("2024-05-06 00:00", *reported(outcome)).refused["appeal"]
        assert no.kind == "too-late"
        assert "appeal.30-days" in cited(no.because)

    def test_the_30_days_do_not_run_before_the_report_was_received(self):
        assert "appeal" in ids(ask("2024-06-15 10:00", *reported("denied", received=False)))

    def test_the_chief_of_radiation_oncology_appeals_in_writing_to_the_chair(self):
        appeal = ask("2024-04-06 10:00", *reported("denied")).option("appeal")
        assert [m.signers for m in appeal.materials] == [(("", "chief-of-radiation-oncology"),)]
        facts = [*reported("denied"), fact("2024-04-20 10:00", "option.appeal")]
        assert ask("2024-04-21 10:00", *facts).holder == "committee-chair"

    def test_no_plan_within_90_days_is_not_spoken_of_and_goes_to_the_staff(self):
        now = ask("2024-07-01 00:00", *reported("denied"))
        assert (now.standing.stage, now.holder, ids(now)) == ("referred", "staff", [])
        assert "plan.missed" in {c.id for c in now.silences}

    @pytest.mark.parametrize("outcome", ["deferred", "denied"])
    def test_the_committees_approval_gives_three_years(self, outcome):
        way = (
            fact("2025-01-02 10:00", "self-audit.submitted")
            if outcome == "deferred"
            else fact("2025-02-10 16:00", "survey.completed")
        )
        facts = [*approved(outcome), way, fact("2025-04-01 10:00", "committee.decided", outcome="approved")]
        now = ask("2025-04-02 10:00", *facts)
        assert (now.ended, now.standing.outcome, now.accredited) == (True, "accredited", True)
        assert (now.standing.effective.isoformat(), now.expires.isoformat()) == ("2025-04-01", "2028-03-31")

    def test_the_final_report_comes_8_to_12_weeks_after_the_survey(self):
        term = ask("2024-01-11 10:00", *reported("denied")[:1]).term
        assert term.due == at("2024-04-04 00:00")
        assert "report.weeks" in cited(term.because)


class TestDeferred:
    def test_the_self_audit_is_due_within_six_months_of_the_committees_answer(self):
        now = ask("2024-07-11 10:00", *approved("deferred"))
        assert (now.standing.stage, now.holder, now.term.due) == ("auditing", "facility", at("2025-01-11 00:00"))

    def test_six_months_from_the_last_of_august_end_with_february(self):
        assert ask("2024-09-01 10:00", *approved("deferred", "2024-08-31")).term.due == at("2025-03-01 00:00")

    def test_the_committee_may_ask_for_a_survey(self):
        facts = [*approved("deferred"), fact("2024-10-01 10:00", "self-audit.submitted")]
        assert isinstance(RADIATION.admit(facts, fact("2024-10-20 10:00", "survey.requested")), Admitted)

    def test_there_is_no_fee(self):
        assert ask("2024-07-11 10:00", *approved("deferred")).duties == ()


class TestDenied:
    def test_the_follow_up_survey_is_six_to_nine_months_after_the_committees_answer(self):
        no = refuses(approved("denied"), fact("2025-01-09 23:59:59", "survey.completed"), "too-early")
        assert "denied.survey" in cited(no.because)
        assert isinstance(
            RADIATION.admit(approved("denied"), fact("2025-04-10 23:59:59", "survey.completed")), Admitted
        )
        refuses(approved("denied"), fact("2025-04-11 00:00", "survey.completed"), "too-late")

    def test_the_reapplication_fee_is_5000_dollars_with_a_new_survey_agreement(self):
        facts = [*approved("denied"), fact("2024-07-20 10:00", "fee.paid", purpose="reapplication")]
        duties = {d.material.id: d.met for d in ask("2024-07-21 10:00", *facts).duties}
        assert duties == {"reapplication-fee": True, "survey-agreement": False}
        assert RADIATION["2019-12-12"].materials["reapplication-fee"].fee == "USD 5000"

    def test_a_survey_that_the_committee_asks_for_is_for_deferrals_only(self):
        facts = [*approved("denied"), fact("2025-02-10 16:00", "survey.completed")]
        assert isinstance(RADIATION.admit(facts, fact("2025-02-20 10:00", "survey.requested")), Refusal)
