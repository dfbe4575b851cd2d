"""The article of 8 March 2021, sentence by sentence."""

from __future__ import annotations

import pytest

from reaccredit.policy import Admitted, Refusal
from tests.policy.telling import (
    DIAGNOSTIC,
    appeal_denied,
    ask,
    at,
    cited,
    fact,
    failed,
    first_deficiency,
    ids,
    second_deficiency,
    third_deficiency,
)

FORM_OPEN = "2021-04-03 10:00"


def refuses(facts, new, kind):
    answer = DIAGNOSTIC.admit(facts, new)
    assert isinstance(answer, Refusal)
    assert answer.kind == kind
    return answer


class TestIntroduction:
    def test_after_the_first_attempt_the_facility_corrects_on_its_own_and_no_plan_is_asked_for(self):
        now = ask(FORM_OPEN, *first_deficiency())
        assert "corrective-action-plan" not in {need for o in now.options for need in o.needs}
        assert "intro.own-action" in cited(now.why("repeat"))

    @pytest.mark.parametrize("story", [first_deficiency, second_deficiency, third_deficiency])
    def test_any_denial_may_be_appealed(self, story):
        facts = story()
        now = DIAGNOSTIC.decide(
            facts, at={2: at(FORM_OPEN), 5: at("2021-06-05 10:00"), 9: at("2021-09-05 10:00")}[len(facts)]
        )
        assert "appeal" in ids(now)
        assert "intro.appeal-any" in cited(now.why("appeal"))

    def test_uploaded_the_form_opens_48_hours_after_the_report_is_issued(self):
        assert ids(ask("2021-04-03 09:59:59", *first_deficiency())) == []
        assert ids(ask("2021-04-03 10:00", *first_deficiency())) == ["repeat", "appeal", "withdraw-module", "withdraw"]
        assert "form.48h" in cited(ask("2021-04-02 10:00", *first_deficiency()).why("repeat"))

    @pytest.mark.parametrize("medium", ["cd", "film"])
    def test_on_cd_or_film_the_form_opens_48_hours_after_the_images_were_returned(self, medium):
        facts = [failed(medium=medium), fact("2021-04-01 12:00", "report.viewed")]
        waiting = ask("2021-04-10 10:00", *facts)
        assert waiting.holder == "staff"
        assert waiting.refused["repeat"].kind == "too-early"
        facts.append(fact("2021-04-08 15:00", "images.returned"))
        assert ids(ask("2021-04-10 14:59:59", *facts)) == []
        assert "repeat" in ids(ask("2021-04-10 15:00", *facts))
        assert "form.media" in cited(ask("2021-04-10 15:00", *facts).why("repeat"))

    def test_the_form_is_due_15_days_after_it_is_sent(self):
        now = ask(FORM_OPEN, *first_deficiency())
        assert now.term.due == at("2021-04-19 00:00")
        assert "withdraw" in ids(ask("2021-04-18 23:59:59", *first_deficiency()))
        assert ids(ask("2021-04-19 00:00", *first_deficiency())) == []

    def test_the_facility_is_advised_to_review_with_its_supervising_physician(self):
        assert "supervising physician" in DIAGNOSTIC["2021-03-08"].clauses["form.advice"].says

    def test_the_form_does_not_open_before_the_report_was_viewed(self):
        unseen = ask("2021-04-10 10:00", failed())
        assert unseen.refused["repeat"].kind == "waiting"
        assert "form.viewed" in cited(unseen.why("repeat"))
        seen = ask("2021-04-10 10:00", failed(), fact("2021-04-10 09:59", "report.viewed"))
        assert "repeat" in ids(seen)
        assert seen.option("repeat").opens == at("2021-04-10 09:59")

    def test_a_report_that_is_viewed_late_never_lapses_before_its_form_was_open(self):
        assert ask("2021-08-01 10:00", failed()).standing.stage == "deciding"


class TestMatrix:
    def test_first_deficiency_repeats_only_the_areas_found_not_acceptable(self):
        repeat = ask(FORM_OPEN, *first_deficiency()).option("repeat")
        assert (repeat.retest, repeat.areas) == ("not-acceptable", ("head-neck/adult",))

    def test_second_deficiency_reinstates_and_retests_everything_applied_for(self):
        now = ask("2021-06-05 10:00", *second_deficiency())
        assert ids(now) == ["reinstate", "appeal", "withdraw-module", "withdraw"]
        assert now.option("reinstate").retest == "all"
        assert set(now.option("reinstate").areas) == {"head-neck/adult", "spine/adult"}

    def test_third_deficiency_reinstates_after_an_on_site_survey(self):
        now = ask("2021-09-05 10:00", *third_deficiency())
        assert ids(now) == ["survey", "appeal", "withdraw-module", "withdraw"]
        assert now.option("survey").retest == "all"

    def test_a_fourth_deficiency_is_not_defined_and_goes_to_staff(self):
        facts = [
            *third_deficiency(),
            fact("2021-09-05 10:00", "option.survey"),
            fact("2021-11-01 10:00", "survey.completed"),
            fact("2021-11-20 10:00", "plan.approved"),
            failed("2022-02-01 10:00"),
        ]
        now = ask("2022-02-05 10:00", *facts)
        assert (now.standing.count("deficiency"), now.holder, ids(now)) == (4, "staff", [])
        assert "matrix.4" in {c.id for c in now.silences}

    @pytest.mark.parametrize(
        ("story", "when", "option", "row"),
        [
            (first_deficiency, FORM_OPEN, "reinstate", "matrix.1"),
            (first_deficiency, FORM_OPEN, "survey", "matrix.1"),
            (second_deficiency, "2021-06-05 10:00", "repeat", "matrix.2"),
            (third_deficiency, "2021-09-05 10:00", "reinstate", "matrix.3"),
        ],
    )
    def test_what_a_row_omits_is_not_offered_and_cites_the_row(self, story, when, option, row):
        no = ask(when, *story()).refused[option]
        assert no.kind == "not-offered"
        assert row in cited(no.because)

    @pytest.mark.parametrize("programme", ["mammography", "radiation-oncology"])
    def test_mammography_and_radiation_oncology_are_not_governed(self, programme):
        assert all(programme in r.excludes for r in DIAGNOSTIC.revisions)


class TestThreeClocks:
    def test_an_appeal_is_due_15_days_after_the_report(self):
        appeal = ask(FORM_OPEN, *first_deficiency()).option("appeal")
        assert appeal.due == at("2021-04-17 00:00")
        assert "appeal.term" in cited(appeal.because)
        assert isinstance(DIAGNOSTIC.admit(first_deficiency(), fact("2021-04-16 23:59:59", "option.appeal")), Admitted)
        refuses(first_deficiency(), fact("2021-04-17 00:00", "option.appeal"), "too-late")

    def test_a_repeat_is_due_15_days_after_the_report_was_received(self):
        repeat = ask("2021-04-08 10:00", failed(), fact("2021-04-02 18:00", "report.viewed")).option("repeat")
        assert repeat.due == at("2021-04-18 00:00")
        assert {"repeat.term", "repeat.received"} <= cited(repeat.because)

    def test_each_option_is_shown_with_its_own_date(self):
        now = ask("2021-04-08 10:00", failed(), fact("2021-04-02 18:00", "report.viewed"))
        assert {o.id: o.due for o in now.options} == {
            "appeal": at("2021-04-17 00:00"),
            "repeat": at("2021-04-18 00:00"),
            "withdraw-module": at("2021-04-19 00:00"),
            "withdraw": at("2021-04-19 00:00"),
        }

    def test_images_returned_late_do_not_take_the_appeal_away_before_the_form_was_open(self):
        facts = [
            failed(medium="cd"),
            fact("2021-04-01 12:00", "report.viewed"),
            fact("2021-05-03 10:00", "images.returned"),
        ]
        now = ask("2021-05-06 10:00", *facts)
        assert {"appeal", "repeat"} <= set(ids(now))
        assert now.option("appeal").due == now.term.due == at("2021-05-21 00:00")
        assert "form.yields" in cited(now.why("appeal"))


class TestAppeals:
    def test_nothing_but_the_original_exam_is_reviewed(self):
        provided = ask(FORM_OPEN, *first_deficiency()).option("appeal").provided
        assert any("No new cases" in p for p in provided)
        assert any("left out" in p for p in provided)

    def test_the_letter_is_signed_by_the_physician_for_clinical_and_the_physicist_for_phantom_areas(self):
        areas = {"head-neck/adult": "not-acceptable", "phantom/image-quality": "not-acceptable"}
        appeal = ask(FORM_OPEN, *first_deficiency(areas)).option("appeal")
        letter = next(m for m in appeal.materials if m.id == "appeal-letter")
        assert letter.signers == (("clinical", "supervising-physician"), ("phantom", "medical-physicist"))
        only = ask(FORM_OPEN, *first_deficiency({"phantom": "not-acceptable"})).option("appeal")
        assert next(m for m in only.materials if m.id == "appeal-letter").signers == (("phantom", "medical-physicist"),)

    def test_each_kind_of_letter_is_owed_until_it_is_in(self):
        areas = {"head-neck/adult": "not-acceptable", "phantom/image-quality": "not-acceptable"}
        facts = [*first_deficiency(areas), fact("2021-04-05 09:00", "option.appeal")]
        facts.append(fact("2021-04-06 09:00", "letter.received", area_kind="clinical"))
        duties = {d.met_by: d.met for d in ask("2021-04-07 09:00", *facts).duties}
        assert duties == {"letter.received/clinical": True, "letter.received/phantom": False}

    def test_until_everything_is_in_it_is_the_facilitys_turn_then_the_arbitrators(self):
        facts = [*first_deficiency(), fact("2021-04-05 09:00", "option.appeal")]
        assert ask("2021-04-06 09:00", *facts).holder == "facility"
        assert ask("2021-04-06 09:00", *facts).term is None
        facts.append(fact("2021-04-08 09:00", "appeal.received"))
        assert ask("2021-04-09 09:00", *facts).holder == "arbitrator"

    def test_the_result_comes_30_to_45_days_after_everything_was_received(self):
        facts = appeal_denied()[:-1]
        term = ask("2021-04-09 09:00", *facts).term
        assert (term.opens, term.due) == (at("2021-05-08 00:00"), at("2021-05-24 00:00"))
        assert "30 to 45 days" in term.because.facts[0]
        late = ask("2021-07-01 09:00", *facts)
        assert (late.standing.stage, late.holder) == ("appealing", "arbitrator")

    def test_the_arbitrators_word_is_final_and_a_report_is_appealed_once(self):
        refuses(appeal_denied(), fact("2021-05-21 09:00", "option.appeal"), "not-offered")

    @pytest.mark.parametrize("option", ["repeat", "withdraw-module", "withdraw"])
    def test_a_lost_appeal_of_the_first_deficiency_leaves_options_that_can_really_be_chosen(self, option):
        now = ask("2021-05-25 09:00", *appeal_denied())
        assert ids(now) == ["repeat", "withdraw-module", "withdraw"]
        assert isinstance(DIAGNOSTIC.admit(appeal_denied(), fact("2021-05-25 09:00", f"option.{option}")), Admitted)
        assert now.term.due == at("2021-06-05 00:00")
        assert "appeal.reopens" in cited(now.why(option))

    def test_a_won_appeal_accredits_the_unit_when_nothing_is_left_deficient(self):
        facts = [*appeal_denied()[:-1], fact("2021-05-20 09:00", "appeal.upheld")]
        now = ask("2021-05-21 09:00", *facts)
        assert (now.standing.stage, now.ended) == ("granted", True)
        assert dict(now.standing.areas)["head-neck/adult"] == "acceptable"
        assert now.duties == ()

    def test_an_appeal_can_be_won_for_one_area_and_lost_for_another(self):
        areas = {"head-neck/adult": "not-acceptable", "spine/adult": "not-acceptable"}
        facts = [
            *first_deficiency(areas),
            fact("2021-04-05 09:00", "option.appeal"),
            fact("2021-04-08 09:00", "appeal.received"),
            fact("2021-05-20 09:00", "appeal.upheld", areas=["spine/adult"]),
        ]
        now = ask("2021-05-21 09:00", *facts)
        assert dict(now.standing.areas) == {"head-neck/adult": "not-acceptable", "spine/adult": "acceptable"}
        assert ids(now) == ["repeat", "withdraw-module", "withdraw"]
        assert now.option("repeat").areas == ("head-neck/adult",)

    def test_modules_ticked_on_the_appeal_form_are_withdrawn(self):
        areas = {"head-neck/adult": "not-acceptable", "spine/adult": "not-acceptable"}
        facts = [*first_deficiency(areas), fact("2021-04-05 09:00", "option.appeal", withdraw=["spine/adult"])]
        now = ask("2021-04-06 09:00", *facts)
        assert dict(now.standing.areas) == {"head-neck/adult": "appealed", "spine/adult": "withdrawn"}
        assert now.owes("withdrawal-form")

    def test_ticking_every_failed_module_leaves_nothing_to_appeal(self):
        no = refuses(
            first_deficiency(), fact("2021-04-05 09:00", "option.appeal", withdraw=["head-neck/adult"]), "areas"
        )
        assert "nothing is left" in no.sentence


class TestRepeats:
    def test_a_repeat_is_from_another_patient_without_change_of_exam(self):
        provided = " ".join(ask(FORM_OPEN, *first_deficiency()).option("repeat").provided)
        assert "another patient" in provided
        assert "cannot be changed" in provided

    def test_the_form_then_application_and_payment(self):
        facts = [*first_deficiency(), fact("2021-04-05 09:00", "option.repeat")]
        now = ask("2021-04-06 09:00", *facts)
        assert [d.material.id for d in now.duties if not d.met] == ["repeat-application", "repeat-fee"]
        assert now.term is None

    def test_the_package_and_its_due_date_come_when_the_application_is_accepted(self):
        facts = [
            *first_deficiency(),
            fact("2021-04-05 09:00", "option.repeat"),
            fact("2021-04-06 09:00", "application.submitted"),
            fact("2021-04-06 09:05", "fee.paid", purpose="repeat"),
            fact("2021-04-08 09:00", "application.accepted"),
        ]
        now = ask("2021-04-09 09:00", *facts)
        assert all(d.met for d in now.duties)
        assert now.term.due == at("2021-05-24 00:00")

    def test_a_failed_repeat_leaves_appeal_of_the_repeat_images_reinstatement_and_withdrawal(self):
        now = ask("2021-06-05 10:00", *second_deficiency())
        assert set(ids(now)) == {"appeal", "reinstate", "withdraw-module", "withdraw"}
        assert now.option("appeal").areas == ("head-neck/adult",)
        assert "appeal.repeat-images" in cited(now.why("appeal"))

    def test_a_passed_repeat_accredits_the_unit(self):
        facts = [
            *first_deficiency(),
            fact("2021-04-05 09:00", "option.repeat"),
            fact("2021-06-01 10:00", "report.passed"),
        ]
        assert ask("2021-06-02 09:00", *facts).standing.stage == "granted"


class TestReinstatement:
    def test_no_protected_health_information_in_corrective_action_papers(self):
        option = ask("2021-06-05 10:00", *second_deficiency()).option("reinstate")
        assert {m.id: m.phi for m in option.materials if m.phi} == {
            "corrective-action-plan": "forbidden",
            "corrective-action-evidence": "forbidden",
        }

    def test_the_plan_is_approved_before_the_reinstatement_goes_on(self):
        facts = [*second_deficiency(), fact("2021-06-05 10:00", "option.reinstate")]
        assert ask("2021-06-06 10:00", *facts).standing.stage == "correcting"
        refuses(facts, failed("2021-07-01 10:00"), "not-now")
        facts += [fact("2021-06-10 10:00", "plan.submitted"), fact("2021-06-12 10:00", "plan.returned")]
        assert ask("2021-06-13 10:00", *facts).holder == "facility"
        facts += [fact("2021-06-14 10:00", "plan.submitted"), fact("2021-06-16 10:00", "plan.approved")]
        now = ask("2021-06-17 10:00", *facts)
        assert now.owes("corrective-action-evidence")
        assert set(now.standing.having("to-be-retested")) == {"head-neck/adult", "spine/adult"}

    def test_the_facility_pays_base_fee_and_travel_of_the_survey(self):
        facts = [
            *third_deficiency(),
            fact("2021-09-05 10:00", "option.survey"),
            fact("2021-09-06 10:00", "fee.paid", purpose="survey-base"),
        ]
        duties = {d.material.id: d.met for d in ask("2021-09-07 10:00", *facts).duties}
        assert duties == {"survey-fee": True, "survey-travel": False}

    def test_the_survey_is_followed_by_the_reinstatement(self):
        facts = [
            *third_deficiency(),
            fact("2021-09-05 10:00", "option.survey"),
            fact("2021-11-01 10:00", "survey.completed"),
        ]
        now = ask("2021-11-02 10:00", *facts)
        assert (now.standing.retest, now.holder) == ("all", "facility")
        assert isinstance(DIAGNOSTIC.admit(facts, fact("2021-11-03 10:00", "plan.approved")), Admitted)


class TestWithdrawals:
    def test_a_withdrawn_module_leaves_the_rest_to_be_decided(self):
        areas = {"head-neck/adult": "not-acceptable", "spine/adult": "not-acceptable"}
        facts = [*first_deficiency(areas), fact("2021-04-05 09:00", "option.withdraw-module", areas=["spine/adult"])]
        now = ask("2021-04-06 09:00", *facts)
        assert now.standing.stage == "deciding"
        assert now.option("repeat").areas == ("head-neck/adult",)
        assert now.owes("withdrawal-form")

    def test_the_unit_is_accredited_when_nothing_left_is_deficient(self):
        facts = [*first_deficiency(), fact("2021-04-05 09:00", "option.withdraw-module")]
        assert ask("2021-04-06 09:00", *facts).standing.stage == "granted"

    def test_a_case_of_which_nothing_is_left_is_withdrawn(self):
        facts = [
            failed(),
            fact("2021-04-01 12:00", "report.viewed"),
            fact("2021-04-05 09:00", "option.withdraw-module"),
        ]
        assert ask("2021-04-06 09:00", *facts).standing.stage == "withdrawn"

    def test_a_phantom_test_is_no_module_and_cannot_be_withdrawn(self):
        areas = {"head-neck/adult": "acceptable", "phantom/image-quality": "not-acceptable"}
        refuses(
            first_deficiency(areas),
            fact("2021-04-05 09:00", "option.withdraw-module", areas=["phantom/image-quality"]),
            "areas",
        )

    def test_withdrawing_altogether_takes_the_signage_down(self):
        facts = [*first_deficiency(), fact("2021-04-05 09:00", "option.withdraw")]
        assert ask("2021-04-06 09:00", *facts).owes("signage-removal")
        facts.append(fact("2021-04-07 09:00", "signage.removed"))
        assert not ask("2021-04-08 09:00", *facts).owes("signage-removal")
