"""Each scenario kept beside a shipped policy is a test; and the runner says what was expected and what came."""

from __future__ import annotations

import json

import pytest

from reaccredit.policy import Malformed, Policy, scenarios
from reaccredit.policy.command import main
from tests.policy.telling import DIAGNOSTIC, SHELF

FILES = sorted(SHELF.glob("*/*.scenarios.toml"))
POLICIES = {path.parent.name: Policy.load(path.parent) for path in FILES}
SHIPPED = [
    pytest.param(POLICIES[path.parent.name], scenario, id=f"{path.parent.name} {path.name[:10]}: {scenario.title}")
    for path in FILES
    for scenario in scenarios.read_path(path)
]


@pytest.mark.parametrize(("policy", "scenario"), SHIPPED)
def test_a_shipped_scenario_is_answered_as_expected(policy, scenario):
    assert list(scenarios.told(scenarios.differences(policy, scenario), policy)) == []


def test_every_shipped_revision_has_scenarios_with_titles_of_their_own():
    assert {(f.parent.name, f.name[:10]) for f in FILES} == {
        (p.name, str(r.revision)) for p in POLICIES.values() for r in p.revisions
    }
    for path in FILES:
        titles = [s.title for s in scenarios.read_path(path)]
        assert len(titles) == len(set(titles))


HEAD = """
[[scenario]]
title = "A first deficiency"
facts = [
  { at = 2021-04-01T10:00:00-04:00, kind = "report.failed", about = { areas = { "head-neck/adult" = "not-acceptable", "spine/adult" = "acceptable" } } },
  { at = 2021-04-01T12:00:00-04:00, kind = "report.viewed" },
]
[[scenario.ask]]
at = 2021-04-03T10:00:00-04:00
"""


def asked(expectation):
    (scenario,) = scenarios.read(HEAD + expectation, "draft.scenarios.toml")
    return [str(d) for d in scenarios.differences(DIAGNOSTIC, scenario)]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('stage = "deciding"', 'stage = "appealing"', "stage: expected appealing, came deciding"),
        ('holder = "facility"', 'holder = "staff"', "holder: expected staff, came facility"),
        (
            'options = ["withdraw", "repeat", "appeal", "withdraw-module"]',
            'options = ["repeat"]',
            "options: expected repeat, came appeal, repeat, withdraw, withdraw-module",
        ),
        (
            "due = 2021-04-19T00:00:00-04:00",
            "due = 2021-04-18T00:00:00-04:00",
            "due: expected 2021-04-18T00:00:00-04:00, came 2021-04-19T00:00:00-04:00",
        ),
        ("due = 2021-04-19T04:00:00Z", 'due = "none"', "due: expected none, came 2021-04-19T00:00:00-04:00"),
        ('refused.survey = "not-offered"', 'refused.survey = "too-late"', "refused: expected { survey = too-late }, came { survey = not-offered }"),
        ("option_due.appeal = 2021-04-17T00:00:00-04:00", "option_due.survey = 2021-04-17T00:00:00-04:00",
         "option_due: expected { survey = 2021-04-17T00:00:00-04:00 }, came { survey = not offered }"),
        ('outcome = "not-granted"', 'outcome = "none"', "outcome: expected none, came not-granted"),
        ("accredited = false", "accredited = true", "accredited: expected true, came false"),
        ('effective = "none"', "effective = 2021-04-01", "effective: expected 2021-04-01, came none"),
        ('expires = "none"', "expires = 2024-04-01", "expires: expected 2024-04-01, came none"),
        ("counters.deficiency = 1", "counters.deficiency = 2", "counters: expected { deficiency = 2 }, came { deficiency = 1 }"),
        ("marks = []", 'marks = ["appealed"]', "marks: expected appealed, came nothing"),
        (
            'areas = { "spine/adult" = "acceptable", "head-neck/adult" = "not-acceptable" }',
            'areas = { "spine/adult" = "acceptable" }',
            "areas: expected { spine/adult = acceptable }, came { head-neck/adult = not-acceptable, spine/adult = acceptable }",
        ),
        ("duties = []", 'duties = ["appeal-letter"]', "duties: expected appeal-letter, came nothing"),
        ("silences = []", 'silences = ["form.overdue"]', "silences: expected form.overdue, came nothing"),
    ],
)  # fmt: skip
def test_each_expectation_holds_or_says_what_came(right, wrong, said):
    assert asked(right) == []
    assert asked(wrong) == [said]


def test_a_refused_fact_is_expected_by_its_index_and_the_kind_of_its_refusal():
    early = '[[scenario]]\ntitle = "x"\nfacts = [{ at = 2021-04-01T10:00:00-04:00, kind = "option.repeat" }]\n[[scenario.ask]]\nat = 2021-04-01T10:00:00-04:00\n'

    def said(more):
        (scenario,) = scenarios.read(early + more, "draft")
        return [str(d) for d in scenarios.differences(DIAGNOSTIC, scenario)]

    assert said('inadmissible = 0\nkind = "not-now"') == []
    assert said('inadmissible = 1\nkind = "too-late"') == [
        "inadmissible: expected 1, came 0",
        "kind: expected too-late, came not-now",
    ]
    assert said('stage = "deciding"')[0].startswith("stage: expected deciding, came no answer: fact 0 is refused (")
    assert asked("inadmissible = 0") == ["inadmissible: expected 0, came a history that can have happened"]


def test_a_word_that_the_policy_does_not_have_is_named_with_the_nearest_one():
    assert asked('refused.servey = "not-offered"') == [
        "refused: expected { servey = not-offered }, came { servey = no option of revision 2021-03-08; did you mean 'survey'? }"
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title =", "titel =", r"draft, line 3: scenario 1: unknown key 'titel'; did you mean 'title'\?"),
        ("[[scenario]]", "[[scenaro]]", r"draft, line 2: top: unknown key 'scenaro'; did you mean 'scenario'\?"),
        (
            'kind = "report.viewed"',
            'knd = "report.viewed"',
            r"line 4: scenario 1.facts 2: unknown key 'knd'; did you mean 'kind'\?",
        ),
        ('kind = "report.viewed"', "kind = 3", "'kind' is 3; expected a text"),
        (
            "at = 2021-04-03T10:00:00-04:00",
            "at = 2021-04-03T10:00:00",
            "line 9: scenario 1.ask 1: 'at' is 2021-04-03T10:00:00; expected an instant",
        ),
        ("at = 2021-04-03T10:00:00-04:00\n", "", "'at' is missing; expected an instant with its offset"),
        (
            'stage = "deciding"',
            'staeg = "deciding"',
            r"line 10: scenario 1.ask 1: unknown key 'staeg'; did you mean 'stage'\?",
        ),
        ('stage = "deciding"', "stage = 1", "'stage' is 1; expected a text"),
        ('stage = "deciding"', 'options = "repeat"', "expected a list"),
        ('stage = "deciding"', 'counters = { deficiency = "one" }', "'deficiency' is 'one'; expected a whole number"),
        ('stage = "deciding"', "due = 2021-04-03", "expected an instant"),
        ('stage = "deciding"', "", "nothing is expected; expected at least one of stage"),
        ('stage = "deciding"', 'kind = "too-late"', "'inadmissible' = its index is missing"),
        (
            'stage = "deciding"',
            'inadmissible = 1\nstage = "deciding"',
            "'stage' cannot be expected of a history that is refused",
        ),
        ('stage = "deciding"', "stage = [", "not TOML"),
    ],
)
def test_a_malformed_file_names_line_key_and_nearest_word(old, new, said):
    text = HEAD + 'stage = "deciding"\n'
    assert old in text
    with pytest.raises(Malformed, match=said):
        scenarios.read(text.replace(old, new), "draft")


@pytest.fixture
def draft(tmp_path):
    """A draft of the article with its scenarios beside it."""
    policy, beside = tmp_path / "draft.toml", tmp_path / "draft.scenarios.toml"
    policy.write_text((SHELF / "diagnostic" / "2021-03-08.toml").read_text())
    beside.write_text(HEAD + 'stage = "deciding"\n')
    return policy, beside


def test_the_command_runs_what_is_beside_a_file_and_exits_1_where_an_answer_came_otherwise(draft, capsys):
    policy, beside = draft
    assert main(["test", str(policy)]) == 0
    assert capsys.readouterr().out == "diagnostic/draft.scenarios.toml: 1 scenario, 1 question, all as expected\n"
    policy.write_text(policy.read_text().replace("PT48H", "PT72H"))
    beside.write_text(HEAD + 'options = ["repeat"]\nrefused = { survey = "not-offered" }')
    assert main(["test", str(beside)]) == 1
    out = capsys.readouterr().out
    assert "A first deficiency\n    asked 3 Apr 2021, 10:00 EDT\n      options: expected repeat, came nothing" in out
    main(["test", str(policy), "--json"])
    (report,) = json.loads(capsys.readouterr().out)
    assert report["differences"] == [
        {
            "title": "A first deficiency",
            "at": "2021-04-03T10:00:00-04:00",
            "key": "options",
            "expected": "repeat",
            "came": "nothing",
        }
    ]


def test_the_command_says_what_it_cannot_use_and_exits_2(draft, capsys):
    policy, beside = draft
    for arguments, said in [
        (["diagnostik"], "did you mean 'diagnostic'"),
        ([str(policy.with_name("other.toml"))], "There is no file"),
        (["diagnostic@1999-01-01"], "There are no scenarios for diagnostic@1999-01-01"),
    ]:
        assert main(["test", *arguments]) == 2
        assert said in capsys.readouterr().err
    beside.write_text(HEAD + "staeg = 1")
    assert main(["test", str(policy)]) == 2
    assert "did you mean 'stage'" in capsys.readouterr().err
    beside.unlink()
    assert main(["test", str(policy)]) == 2
    assert "they are kept in draft.scenarios.toml" in capsys.readouterr().err


# ruff: noqa: E501
