"""The article on mammography of 26 February 2024, as far as it was read; and that nothing else of it became a button."""

from __future__ import annotations

import pytest

from reaccredit.policy import Admitted, Inadmissible, Policy, Refusal
from tests.policy.telling import SHELF, at, cited, fact, ids

MAMMOGRAPHY = Policy.load(SHELF / "mammography")
RULES = MAMMOGRAPHY["2024-02-26"]
LEAD = "lead-interpreting-physician"


def ask(when, *facts):
    return MAMMOGRAPHY.decide(facts, at(when))


def certificate(expires="2024-09-30"):
    return fact("2024-03-04 09:00", "certificate.recorded", expires=expires)


def failed(day="2024-07-01", **about):
    return fact(f"{day} 10:00", "report.failed", **about)


def viewed(day="2024-07-01", viewer=LEAD):
    return fact(f"{day} 11:00", "report.viewed", viewer=viewer)


def first_attempt(day="2024-07-01"):
    return [certificate(), failed(day), viewed(day)]


def second_attempt():
    return [*first_attempt(), fact("2024-07-05 09:00", "option.repeat"), failed("2024-08-20"), viewed("2024-08-20")]


def in_review():
    return [
        certificate(),
        fact("2024-07-12 09:00", "application.submitted"),
        fact("2024-07-15 09:00", "application.accepted"),
        fact("2024-08-20 09:00", "package.submitted"),
    ]


def refuses(facts, new, kind):
    answer = MAMMOGRAPHY.admit(facts, new)
    assert isinstance(answer, Refusal)
    assert answer.kind == kind
    return answer


class TestTheForm:
    def test_uploaded_it_still_opens_48_hours_after_the_report_is_issued(self):
        assert ids(ask("2024-07-03 09:59:59", *first_attempt())) == []
        now = ask("2024-07-03 10:00", *first_attempt())
        assert ids(now) == ["repeat", "appeal", "withdraw-unit"]
        assert "form.48h" in cited(now.why("repeat"))

    def test_for_films_it_opens_48_hours_after_they_were_returned(self):
        facts = [certificate(), failed(medium="film"), viewed(), fact("2024-07-08 14:00", "images.returned")]
        assert ids(ask("2024-07-10 13:59:59", *facts)) == []
        assert ids(ask("2024-07-10 14:00", *facts)) == ["repeat", "appeal", "withdraw-unit"]

    def test_it_is_due_15_days_after_it_is_sent(self):
        assert ask("2024-07-03 10:00", *first_attempt()).term.due == at("2024-07-19 00:00")
        assert ids(ask("2024-07-18 23:59:59", *first_attempt())) == ["repeat", "appeal", "withdraw-unit"]

    @pytest.mark.parametrize("viewer", [LEAD, "facility-administrator"])
    def test_the_lead_interpreting_physician_or_the_administrator_must_have_opened_the_report(self, viewer):
        assert ids(ask("2024-07-09 10:00", certificate(), failed())) == []
        assert "repeat" in ids(ask("2024-07-09 12:00", certificate(), failed(), viewed("2024-07-09", viewer)))

    @pytest.mark.parametrize("about", [{"viewer": "technologist"}, {}])
    def test_a_look_by_anybody_else_does_not_open_it(self, about):
        facts = [certificate(), failed(), fact("2024-07-02 10:00", "report.viewed", **about)]
        assert ids(ask("2024-07-09 10:00", *facts)) == []
        assert "repeat" in ids(ask("2024-07-09 12:00", *facts, viewed("2024-07-09")))


class TestTheFirstRow:
    @pytest.mark.parametrize("day", ["2024-07-01", "2024-07-31"])
    def test_with_more_than_60_days_left_on_the_certificate_the_failed_areas_are_repeated(self, day):
        now = ask("2024-08-03 10:00" if day > "2024-07-02" else "2024-07-03 10:00", *first_attempt(day))
        assert now.option("repeat").retest == "not-acceptable"
        assert now.refused["reinstate"].kind == "not-offered"
        assert "row1.repeat" in cited(now.why("repeat"))

    def test_with_60_days_left_all_areas_are_tested_again(self):
        now = ask("2024-08-03 10:00", *first_attempt("2024-08-01"))
        assert now.option("reinstate").retest == "all"
        assert now.refused["repeat"].kind == "not-offered"
        assert "row1.reinstate" in cited(now.why("reinstate"))

    def test_the_days_left_are_those_of_the_report_so_that_the_form_does_not_change_while_it_is_open(self):
        assert "repeat" in ids(ask("2024-08-14 10:00", *first_attempt("2024-07-31")))
        assert RULES.clauses["row1.measured"].assumed

    def test_without_a_recorded_certificate_there_is_neither_button_but_a_note(self):
        now = ask("2024-07-03 10:00", failed(), viewed())
        assert ids(now) == ["appeal", "withdraw-unit"]
        assert "row1.unknown" in {c.id for c in now.silences}

    def test_all_clinical_images_are_one_area(self):
        facts = [certificate(), failed(areas={"clinical": "not-acceptable", "phantom": "acceptable"}), viewed()]
        assert ask("2024-07-03 10:00", *facts).option("repeat").areas == ("clinical",)

    def test_imaging_may_go_on_while_the_certificate_is_valid(self):
        assert "row1.certificate" in cited(ask("2024-07-03 10:00", *first_attempt()).why("repeat"))


class TestLaterAttempts:
    def test_at_the_second_the_fda_is_notified_and_reinstatement_needs_corrective_action_documents(self):
        now = ask("2024-08-23 10:00", *second_attempt())
        assert ids(now) == ["reinstate-corrected", "appeal", "withdraw-unit"]
        assert "corrective-action-documents" in now.option("reinstate-corrected").needs
        assert {"fda.failure", "intro.second-attempt"} <= cited(now.why("reinstate-corrected"))
        assert now.owes("fda-notice")
        told = ask("2024-08-23 10:00", *second_attempt(), fact("2024-08-21 09:00", "fda.notified"))
        assert not told.owes("fda-notice")

    def test_at_the_first_the_fda_is_not_notified(self):
        assert not ask("2024-07-03 10:00", *first_attempt()).duties

    def test_what_could_not_be_read_of_its_row_is_a_note(self):
        assert "matrix.2" in {c.id for c in ask("2024-08-23 10:00", *second_attempt()).silences}

    def test_at_the_third_only_what_is_said_of_every_denial_is_open(self):
        facts = [
            *second_attempt(),
            fact("2024-08-25 09:00", "option.reinstate-corrected"),
            fact("2024-09-20 09:00", "plan.approved"),
            failed("2024-12-02"),
            viewed("2024-12-02"),
        ]
        now = ask("2024-12-05 10:00", *facts)
        assert ids(now) == ["appeal", "withdraw-unit"]
        assert "matrix.3" in {c.id for c in now.silences}

    def test_no_clause_says_that_imaging_stops(self):
        assert not any("cease" in c.says.lower() for c in RULES.clauses.values())


class TestAppeals:
    def test_after_the_programmes_own_appeal_the_fda_can_be_asked_within_60_days(self):
        facts = [*first_attempt(), fact("2024-07-05 09:00", "option.appeal"), fact("2024-08-12 10:00", "appeal.denied")]
        now = ask("2024-08-13 10:00", *facts)
        assert ids(now) == ["repeat", "withdraw-unit"]
        assert {"external.reconsideration", "external.hearing"} <= cited(now.why("repeat"))
        assert "external.effect" in {c.id for c in now.silences}
        asked = fact("2024-08-20 10:00", "fda.reconsideration-requested")
        assert isinstance(MAMMOGRAPHY.admit(facts, asked), Admitted)

    def test_the_section_on_appeals_could_not_be_read(self):
        facts = [*first_attempt(), fact("2024-07-05 09:00", "option.appeal")]
        assert "appeal.rules" in {c.id for c in ask("2024-07-06 10:00", *facts).silences}


class TestInterimAccreditation:
    ASKED = fact("2024-09-02 09:00", "interim.requested", accreditation="full", reason="The review is not finished.")

    def test_it_expires_45_days_after_the_certificate(self):
        now = ask("2024-09-17 10:00", *in_review(), self.ASKED, fact("2024-09-16 00:00", "interim.granted"))
        assert (now.standing.outcome, now.accredited, now.holder) == ("interim", True, "staff")
        assert now.expires.isoformat() == "2024-11-14"

    def test_it_is_not_decided_before_14_days_are_left(self):
        refuses([*in_review(), self.ASKED], fact("2024-09-15 23:59:59", "interim.granted"), "too-early")

    def test_it_is_asked_for_with_a_reason(self):
        refuses(in_review(), fact("2024-09-02 09:00", "interim.requested", accreditation="full"), "malformed")
        assert isinstance(MAMMOGRAPHY.admit(in_review(), fact("2024-09-16 09:00", "interim.granted")), Refusal)

    def test_only_what_is_fully_accredited_can_have_it(self):
        asked = fact("2024-09-02 09:00", "interim.requested", accreditation="provisional", reason="Not finished.")
        refuses(in_review(), asked, "malformed")

    def test_only_with_the_material_in_and_on_time(self):
        with pytest.raises(Inadmissible):
            ask("2024-09-17 10:00", *in_review()[:3], self.ASKED)


class TestThePackage:
    def test_late_it_may_fail_and_is_never_extended(self):
        facts = [fact("2024-07-12 09:00", "application.submitted"), fact("2024-07-15 09:00", "application.accepted")]
        assert ask("2024-08-29 23:59:59", *facts).term.due == at("2024-08-30 00:00")
        late = ask("2024-08-30 00:00", *facts)
        assert (late.standing.stage, late.holder) == ("late", "staff")
        assert "package.extended" not in RULES.facts
        assert isinstance(MAMMOGRAPHY.admit(facts, failed("2024-09-02")), Admitted)
