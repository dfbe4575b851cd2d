"""`reaccredit policy`: the same answers in a terminal."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from reaccredit.policy.command import main
from tests.policy.telling import SHELF

STORY = [
    {
        "at": "2021-04-01T10:00:00-04:00",
        "kind": "report.failed",
        "about": {"medium": "upload", "areas": {"head-neck/adult": "not-acceptable", "spine/adult": "acceptable"}},
    },
    {"at": "2021-04-01T12:00:00-04:00", "kind": "report.viewed"},
]


@pytest.fixture
def story(tmp_path):
    def write(data):
        path = tmp_path / "history.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data))
        return str(path)

    return write


def decide(path, when="2021-04-03T10:00:00-04:00", programme="diagnostic"):
    return main(["decide", programme, "--history", path, "--at", when, "--json"])


def test_list_names_every_programme_and_revision(capsys):
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    for revision in ("2019-12-12", "2020-09-21", "2021-03-08", "2022-11-09"):
        assert revision in out


def test_decide_prints_standing_holder_options_and_refusals(story, capsys):
    assert decide(story(STORY)) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["standing"]["stage"], answer["standing"]["deficiency"], answer["standing"]["revision"]) == (
        "deciding",
        1,
        "2021-03-08",
    )
    assert answer["holder"] == "facility"
    repeat = answer["options"][0]
    assert repeat["id"] == "repeat"
    assert repeat["opens"] == "2021-04-03T10:00:00-04:00"
    assert (repeat["due"], repeat["last_day"]) == ("2021-04-17T00:00:00-04:00", "2021-04-16")
    assert repeat["retest"] == "not-acceptable"
    assert repeat["needs"] == ["option-form", "repeat-application", "repeat-fee"]
    assert set(repeat["because"]) == {"sentence", "clauses", "revision", "facts"}
    assert answer["refused"]["reinstate"]["kind"] == "not-offered"


def test_the_same_question_gives_the_same_bytes(story, capsys):
    path = story(STORY)
    decide(path)
    first = capsys.readouterr().out
    decide(path)
    assert capsys.readouterr().out == first


def test_about_may_be_left_out(story, capsys):
    assert decide(story([{"at": "2021-04-01T10:00:00-04:00", "kind": "report.failed"}])) == 0
    standing = json.loads(capsys.readouterr().out)["standing"]
    assert (standing["medium"], standing["areas"]) == ("upload", {"unit": "not-acceptable"})


def test_an_inadmissible_history_exits_2_and_names_the_fact(story, capsys):
    path = story([*STORY, {"at": "2021-04-02T10:00:00-04:00", "kind": "option.repeat"}])
    assert decide(path) == 2
    said = capsys.readouterr()
    assert "Fact 2 (counted from 0: option.repeat, 2021-04-02T10:00:00-04:00) is not admissible" in said.err
    answer = json.loads(said.out)["inadmissible"]
    assert (answer["fact"], answer["fact_kind"], answer["fact_at"]) == (2, "option.repeat", "2021-04-02T10:00:00-04:00")


def test_what_would_not_fit_either_is_named_in_the_same_answer(story, capsys):
    strange = {"at": "2021-04-02T11:00:00-04:00", "kind": "survey.complete"}
    early = {"at": "2021-04-02T10:00:00-04:00", "kind": "option.repeat"}
    assert decide(story([*STORY, early, strange])) == 2
    said = capsys.readouterr()
    assert [line[:6] for line in said.err.splitlines()] == ["Fact 2", "Fact 3"]
    assert "survey.complete, 2021-04-02T11:00:00-04:00) would not fit either: " in said.err
    answer = json.loads(said.out)
    assert [(one["fact"], one["kind"]) for one in answer["also"]] == [(3, "unknown")]


def test_a_misspelt_word_that_would_count_as_left_out_is_pointed_at(story, capsys):
    about = {"median": "cd", "report": 7}
    assert decide(story([{"at": "2021-04-01T10:00:00-04:00", "kind": "report.failed", "about": about}])) == 0
    said = capsys.readouterr()
    assert said.err == "Fact 0: nothing reads 'median' in 'about'; did you mean 'medium'?\n"
    assert json.loads(said.out)["standing"]["medium"] == "upload"


def test_a_programme_that_the_policy_leaves_out_goes_to_staff_while_it_has_no_rules_of_its_own(story, capsys):
    assert decide(story(STORY), programme="mammography") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["standing"]["stage"], answer["holder"], answer["options"]) == ("not-governed", "staff", [])
    assert answer["because"]["clauses"][0]["id"] == "intro.excluded"


@pytest.mark.parametrize(
    ("history", "when", "programme", "said"),
    [
        (STORY, "2021-04-03", "diagnostic", "offset is missing"),
        (STORY, "soon", "diagnostic", "expected an instant"),
        (STORY, "2021-04-03T10:00:00-04:00", "diagnostik", "did you mean 'diagnostic'"),
        ("{", "2021-04-03T10:00:00-04:00", "diagnostic", "not JSON"),
        ({}, "2021-04-03T10:00:00-04:00", "diagnostic", "a list of facts"),
        ([3], "2021-04-03T10:00:00-04:00", "diagnostic", "fact 0: expected an object"),
        ([{"kind": "report.failed"}], "2021-04-03T10:00:00-04:00", "diagnostic", "fact 0: 'at'"),
        ([{"at": "2021-04-01T10:00:00-04:00"}], "2021-04-03T10:00:00-04:00", "diagnostic", "'kind' is missing"),
        ([{**STORY[1], "why": 1}], "2021-04-03T10:00:00-04:00", "diagnostic", "unknown key 'why'"),
        ([{**STORY[1], "about": []}], "2021-04-03T10:00:00-04:00", "diagnostic", "'about' is []; expected an object"),
        (STORY, "2001-04-03T10:00:00-04:00", "diagnostic", "future"),
        ([], "2001-04-03T10:00:00-04:00", "diagnostic", "No revision"),
    ],
)
def test_a_question_that_cannot_be_used_gets_a_sentence_and_exit_2(story, capsys, history, when, programme, said):
    assert decide(story(history), when, programme) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_a_history_that_is_not_there_is_said_so(capsys):
    assert decide("/nowhere/history.json") == 2
    assert "cannot be read" in capsys.readouterr().err


def test_check_passes_the_shipped_policy_and_fails_a_broken_file(tmp_path, capsys):
    assert main(["check", "diagnostic@2021-03-08"]) == 0
    broken = tmp_path / "draft.toml"
    text = (SHELF / "diagnostic" / "2021-03-08.toml").read_text()
    broken.write_text(
        text.replace('[stage.surveying.moves."survey.completed"]', '[stage.surveying.moves."case.closed"]')
    )
    assert main(["check", str(broken)]) == 1
    out = capsys.readouterr().out
    assert "never heard" in out
    broken.write_text(text.replace("title   =", "tilte   =", 1))
    assert main(["check", str(broken)]) == 1
    assert "did you mean 'title'" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "nothing.toml")]) == 1


@pytest.mark.parametrize("revision", ["2019-12-12", "2020-09-21", "2021-03-08", "2022-11-09"])
def test_draw_gives_a_picture_with_every_stage(capsys, revision):
    assert main(["draw", f"diagnostic@{revision}", "--format", "svg"]) == 0
    drawing = ET.fromstring(capsys.readouterr().out)
    boxes = drawing.findall("{http://www.w3.org/2000/svg}g")
    main(["draw", f"diagnostic@{revision}"])
    mermaid = capsys.readouterr().out
    assert len(boxes) == sum(1 for line in mermaid.splitlines() if ": " in line and "-->" not in line)


def test_both_schemas_are_exported(capsys):
    assert main(["schema"]) == 0
    both = json.loads(capsys.readouterr().out)
    assert set(both) == {"policy", "history"}
