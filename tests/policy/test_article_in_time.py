"""The article of 8 March 2021: whose turn it is, time that runs out, which revision governs, and what cannot have happened."""

from __future__ import annotations

import pytest

from reaccredit.policy import Admitted, Inadmissible, Refusal
from tests.policy.telling import (
    DIAGNOSTIC,
    ask,
    at,
    fact,
    failed,
    first_deficiency,
    ids,
)

FORM_OPEN = "2021-04-03 10:00"


def refuses(facts, new, kind):
    answer = DIAGNOSTIC.admit(facts, new)
    assert isinstance(answer, Refusal)
    assert answer.kind == kind
    return answer


class TestWhoseTurnItIs:
    def test_a_package_that_was_returned_and_submitted_again_waits_for_readers_again(self):
        facts = [
            fact("2021-04-01 09:00", "package.submitted"),
            fact("2021-04-02 09:00", "review.opened"),
            fact("2021-04-03 09:00", "package.returned"),
            fact("2021-04-04 09:00", "package.submitted"),
        ]
        assert ask("2021-04-02 10:00", *facts[:2]).holder == "reviewer"
        assert ask("2021-04-05 09:00", *facts).holder == "staff"
        assert ask("2021-04-06 10:00", *facts, fact("2021-04-06 09:00", "review.opened")).holder == "reviewer"


class TestTimeRunsOut:
    def test_a_missed_form_goes_to_staff_because_the_article_is_silent(self):
        now = ask("2021-04-19 00:00", *first_deficiency())
        assert (now.standing.stage, now.holder) == ("referred", "staff")
        assert "form.overdue" in {c.id for c in now.silences}
        refuses(first_deficiency(), fact("2021-04-19 00:00", "option.withdraw"), "too-late")

    def test_what_never_belonged_to_the_form_is_not_called_late(self):
        refuses(first_deficiency(), fact("2021-04-25 09:00", "case.directed"), "not-now")

    def test_staff_can_accept_a_late_form(self):
        facts = [*first_deficiency(), fact("2021-04-25 09:00", "form.late-accepted")]
        now = ask("2021-04-26 09:00", *facts)
        assert {"repeat", "appeal", "withdraw-module", "withdraw"} == set(ids(now))
        assert now.term.due == at("2021-05-11 00:00")

    def test_nothing_follows_an_end(self):
        facts = [*first_deficiency(), fact("2021-04-05 09:00", "option.withdraw")]
        refuses(facts, fact("2021-04-06 09:00", "option.repeat"), "ended")
        refuses(facts, failed("2021-06-01 09:00"), "ended")


class TestWhichRevisionGoverns:
    def test_the_revision_in_force_at_the_report_governs_it_to_its_end(self):
        facts = [failed("2021-03-05 10:00"), fact("2021-03-10 10:00", "report.viewed")]
        assert str(ask("2021-03-12 10:00", *facts).standing.revision) == "2020-09-21"

    def test_the_next_report_picks_up_the_newer_revision(self):
        facts = [
            failed("2021-02-01 10:00"),
            fact("2021-02-01 12:00", "report.viewed"),
            fact("2021-02-05 10:00", "option.repeat"),
            failed("2021-04-01 10:00"),
        ]
        assert str(ask("2021-04-02 10:00", *facts).standing.revision) == "2021-03-08"

    def test_from_november_2022_an_upload_opens_as_soon_as_the_report_is_viewed(self):
        facts = [failed("2022-12-01 10:00"), fact("2022-12-01 10:30", "report.viewed")]
        now = ask("2022-12-01 10:30", *facts)
        assert {"supplemental-review", "withdraw-unit", "repeat", "appeal"} <= set(ids(now))
        assert ask("2022-12-01 10:29", failed("2022-12-01 10:00")).refused["repeat"].kind == "waiting"

    def test_before_the_first_revision_nothing_governs(self):
        with pytest.raises(LookupError, match="No revision"):
            ask("2019-06-01 10:00", failed("2019-05-01 10:00"))


class TestHistoriesThatCannotHaveHappened:
    @pytest.mark.parametrize(
        ("facts", "index", "kind"),
        [
            ([failed(), fact("2021-04-01 09:00", "report.viewed")], 1, "out-of-order"),
            ([failed(), fact("2021-04-01 12:00", "report.veiwed")], 1, "unknown"),
            ([*first_deficiency(), fact("2021-04-02 09:00", "option.repeat")], 2, "too-early"),
            ([failed(), fact("2021-04-05 09:00", "option.repeat")], 1, "waiting"),
            ([*first_deficiency(), fact("2021-04-05 09:00", "option.reinstate")], 2, "not-offered"),
            ([*first_deficiency(), fact("2021-04-05 09:00", "option.repeat", withdraw=["liver/adult"])], 2, "areas"),
            ([*first_deficiency(), fact("2021-04-05 09:00", "option.repeat", withdraw="spine/adult")], 2, "malformed"),
            ([failed(areas={"a/adult": "acceptable"})], 0, "areas"),
            ([failed(areas={"a/adult": "bad"})], 0, "malformed"),
            ([failed(medium="fax")], 0, "malformed"),
        ],
    )
    def test_the_fact_is_named_and_the_reason_given(self, facts, index, kind):
        with pytest.raises(Inadmissible) as no:
            ask("2021-05-01 10:00", *facts)
        assert (no.value.index, no.value.refusal.kind) == (index, kind)
        assert no.value.refusal.sentence

    def test_a_fact_of_the_future_is_refused(self):
        with pytest.raises(Inadmissible) as no:
            ask("2021-03-31 10:00", failed())
        assert no.value.index == 0

    def test_what_is_entered_late_takes_its_place_by_its_time(self):
        facts = [failed(medium="cd"), fact("2021-04-09 12:00", "report.viewed")]
        answer = DIAGNOSTIC.admit(facts, fact("2021-04-05 12:00", "images.returned"), known_at=at("2021-04-10 12:00"))
        assert isinstance(answer, Admitted)

    def test_what_is_entered_late_may_not_undo_what_followed(self):
        facts = [*first_deficiency(), fact("2021-04-05 09:00", "option.withdraw")]
        no = DIAGNOSTIC.admit(facts, fact("2021-04-04 09:00", "option.repeat"), known_at=at("2021-04-10 12:00"))
        assert isinstance(no, Refusal)
        assert "recorded after it" in no.sentence
