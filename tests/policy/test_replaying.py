"""Histories under a draft: who would be treated otherwise, how, and where guessing would begin."""

from __future__ import annotations

import json

import pytest

from reaccredit.policy.command import main
from reaccredit.policy.reading import read
from reaccredit.policy.replaying import replay, told
from tests.policy.telling import DIAGNOSTIC, appeal_denied, at, fact, failed, first_deficiency, second_deficiency
from tests.policy.test_checker import TEXT, UPLOAD, block, offer, swap


def replayed(text, facts, until=None):
    return replay(DIAGNOSTIC, DIAGNOSTIC.under(read(text, "draft.toml")), "CT-1", facts, until)


def kinds(found):
    return {(o.kind, o.question) for o in found.otherwise}


NO_APPEAL = swap(offer(1), swap('"appeal", ', "", offer(1)))
SLOWER = swap(UPLOAD, swap("PT48H", "PT72H", UPLOAD))


def test_a_case_that_the_edit_does_not_touch_is_treated_the_same():
    passed = [fact("2021-04-01 10:00", "report.passed", areas={"spine/adult": "acceptable"})]
    for facts in (passed, second_deficiency()):
        found = replayed("# a comment\n" + TEXT, facts, at("2021-12-01 10:00"))
        assert (found.otherwise, found.problem, list(told(found, facts, DIAGNOSTIC))) == ((), "", [])
    assert replayed(NO_APPEAL, passed).otherwise == ()


def test_an_option_that_was_open_before_it_was_chosen_parts_when_the_form_opens():
    found = replayed(NO_APPEAL, appeal_denied())
    assert kinds(found) == {("newly refused", "option.appeal")}
    assert (found.after, found.at) == (1, at("2021-04-03 10:00"))
    assert found.guessed == 3
    assert found.had_they == "had everybody done the same, fact 2 (option.appeal) would be refused"


def test_a_later_opening_parts_as_soon_as_its_date_is_known():
    found = replayed(SLOWER, second_deficiency())
    assert kinds(found) == {("opens later", "form"), ("later due", "term")}
    assert (found.after, found.guessed) == (1, 3)
    assert found.had_they.endswith("would stand at the same place")


def test_a_fact_that_the_draft_refuses_is_named_with_its_sentence():
    text = swap(block('stage.testing.moves."report.failed"'), "")
    found = replayed(text, [failed(), fact("2021-04-01 12:00", "report.viewed")])
    (only,) = found.otherwise
    assert (only.kind, only.question, found.after, found.guessed) == ("newly refused", "report.failed", -1, 2)
    assert "has no place" in only.becomes[0]


def test_the_clock_that_leads_elsewhere_parts_when_it_moves_and_not_before():
    text = swap(block("stage.deciding.overdue"), swap('"referred"', '"withdrawn"', block("stage.deciding.overdue")))
    assert replayed(text, first_deficiency(), at("2021-04-18 23:00")).otherwise == ()
    found = replayed(text, first_deficiency(), at("2021-04-30 10:00"))
    assert kinds(found) == {("ends elsewhere", "stage")}
    assert (found.at, found.guessed) == (at("2021-04-19 00:00"), 0)


def test_what_an_option_needs_is_told():
    found = replayed(
        swap('"repeat-application", "repeat-fee"]', '"repeat-application"]'), first_deficiency(), at("2021-04-04 10:00")
    )
    (only,) = found.otherwise
    assert (only.kind, only.question) == ("needs other things", "option.repeat")
    assert "repeat-fee" in only.was[0]


def test_a_case_that_the_policy_in_force_cannot_follow_says_why():
    found = replayed(TEXT, [fact("2021-04-01 10:00", "option.repeat")])
    assert found.problem.startswith("the policy in force refuses it: fact 0:")
    assert replayed(TEXT, []).problem == "no fact is recorded"
    assert "No revision" in replayed(TEXT, [fact("2001-04-01 10:00", "report.failed")]).problem


@pytest.fixture
def files(tmp_path):
    draft, cases = tmp_path / "draft.toml", tmp_path / "cases.json"
    draft.write_text(NO_APPEAL)
    story = [{"at": f.at.isoformat(), "kind": f.kind, "about": f.about} for f in appeal_denied()]
    cases.write_text(
        json.dumps(
            [
                {"case": "CT-1", "facts": story},
                {"case": "CT-2", "facts": story[:1]},
                {"case": "CT-3", "facts": story[2:]},
            ]
        )
    )
    return draft, cases


def test_the_command_counts_and_tells(files, capsys):
    draft, cases = files
    assert main(["replay", str(draft), "--history", str(cases)]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "3 cases: 1 treated otherwise under diagnostic 2021-03-08 (draft.toml), 1 could not be replayed\n"
    )
    assert (
        "CT-1: otherwise after fact 1 (report.viewed), 3 Apr 2021, 10:00 EDT\n  newly refused: option.appeal\n    was: Open since"
        in out
    )
    assert (
        "beyond it, 3 facts: would need a guess (had everybody done the same, fact 2 (option.appeal) would be refused)"
        in out
    )
    assert "CT-2" not in out
    assert "CT-3: could not be replayed: the policy in force refuses it: fact 0" in out
    assert main(["replay", str(draft), "--history", str(cases), "--against", str(draft), "--json"]) == 0
    answers = json.loads(capsys.readouterr().out)
    assert [bool(a["otherwise"]) for a in answers] == [False, False, False]
    assert main(["replay", str(draft), "--history", str(cases), "--against", "diagnostic@2021-03-08", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)[0]
    assert (first["case"], first["otherwise"][0]["kind"], first["would_need_a_guess"]) == ("CT-1", "newly refused", 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("{}", "cases are a list"),
        ('[{"case": "a"}]', "case 0: expected an object"),
        ('[{"case": "a", "facts": [{"kind": "x"}]}]', "case a: fact 0: 'at'"),
    ],
)
def test_a_list_of_cases_that_cannot_be_used_exits_2(files, capsys, text, said):
    draft, cases = files
    cases.write_text(text)
    assert main(["replay", str(draft), "--history", str(cases)]) == 2
    assert said in capsys.readouterr().err
