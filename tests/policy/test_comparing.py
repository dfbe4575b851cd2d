"""Two revisions compared: every planted edit is found, with its story, and nothing else is."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from reaccredit.policy import Policy
from reaccredit.policy.command import main
from reaccredit.policy.comparing import compare
from reaccredit.policy.reading import read
from tests.policy.telling import DIAGNOSTIC, SHELF
from tests.policy.test_checker import AFTER_APPEAL, TEXT, UPLOAD, block, offer, swap

OLD = DIAGNOSTIC["2021-03-08"]


def partings(text):
    found = compare(OLD, read(text, "draft.toml"))
    assert found.whole
    assert found.unclear == []
    return {(p.kind, p.question, p.stage) for p in found.partings}


EDITS = {
    "nothing but a comment": ("# a comment\n" + TEXT, set()),
    "no appeal of a first deficiency": (
        swap(offer(1), swap('"appeal", ', "", offer(1))), {("newly refused", "option.appeal", "deciding")},
    ),
    "a repeat after a second deficiency too": (
        swap(offer(2), swap("options = [", 'options = ["repeat", ', offer(2))), {("newly allowed", "option.repeat", "deciding")},
    ),
    "the form of an upload opens after 72 hours": (
        swap(UPLOAD, swap("PT48H", "PT72H", UPLOAD)), {("opens later", "form", "deciding"), ("later due", "term", "deciding")},
    ),
    "the form of an upload opens after 24 hours and is due 16 days later: the same day, unless it opens when the report is viewed": (
        swap(UPLOAD, swap("PT48H", "PT24H", UPLOAD).replace('within  = "P15D"\nfrom    = ["opens"]', 'within  = "P16D"\nfrom    = ["opens"]')),
        {("opens sooner", "form", "deciding"), ("later due", "term", "deciding")},
    ),
    "an appeal is decided within 40 days": (
        swap(block("stage.appealing.due"), swap("P45D", "P40D", block("stage.appealing.due"))),
        {("sooner due", "term", "appealing")},
    ),
    "a form that nobody sent in closes the case": (
        swap(block("stage.deciding.overdue"), swap('"referred"', '"withdrawn"', block("stage.deciding.overdue"))),
        {("ends elsewhere", "clock", "deciding")},
    ),
    "a completed survey leads back to testing": (
        swap(block('stage.surveying.moves."survey.completed"'),
             swap('"surveyed"', '"testing"', block('stage.surveying.moves."survey.completed"'))),
        {("ends elsewhere", "survey.completed", "surveying")},
    ),
    "the plan is due from the reader": (
        swap(block("stage.correcting"), swap('holder  = "facility"', 'holder  = "staff"', block("stage.correcting"))),
        {("other holder", "holder", "correcting")},
    ),
    "a repeat needs no fee": (swap('"repeat-application", "repeat-fee"]', '"repeat-application"]'), {("needs other things", "option.repeat", "deciding")}),
    "accredited for two years": (
        swap('within     = "P3Y"', 'within     = "P2Y"'), {("sooner due", "accredited until", "testing")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_a_planted_edit_is_found_and_nothing_else(name):
    text, expected = EDITS[name]
    assert partings(text) == expected


def test_two_edits_are_two_partings():
    text = swap(offer(1), swap('"appeal", ', "", offer(1)))
    text = swap(block("stage.appealing.due"), swap("P45D", "P40D", block("stage.appealing.due")), text)
    assert partings(text) == {("newly refused", "option.appeal", "deciding"), ("sooner due", "term", "appealing")}


def test_a_parting_has_a_story_that_the_old_revision_admits_and_the_new_one_refuses():
    new = read(swap(offer(1), swap('"appeal", ', "", offer(1))), "draft.toml")
    (parting,) = compare(OLD, new).partings
    last = parting.facts[-1]
    assert last.kind == "option.appeal"
    assert DIAGNOSTIC.under(OLD).decide(parting.facts, last.at).standing.stage == "appealing"
    before = Policy([new]).decide(parting.facts[:-1], last.at)
    assert "appeal" in before.refused
    assert parting.story[0].startswith("1 Jun 2021, 10:00 EDT: report.failed")
    assert parting.was[0] == "leads to “Appeal” (Accreditation not granted)"
    assert "“Appeal” is not offered" in parting.becomes[0]
    assert parting.where == ["1st deficiency", "1st deficiency, reopened"]


def test_the_same_edit_the_other_way_round_is_told_the_other_way_round():
    new = read(swap(UPLOAD, swap("PT48H", "PT72H", UPLOAD)), "draft.toml")
    assert {(p.kind, p.question) for p in compare(new, OLD).partings} == {
        ("opens sooner", "form"),
        ("sooner due", "term"),
    }


def test_both_dates_are_told_with_their_clauses():
    new = read(swap(UPLOAD, swap("PT48H", "PT72H", UPLOAD)), "draft.toml")
    due = next(p for p in compare(OLD, new).partings if p.kind == "later due")
    assert (due.was[0], due.becomes[0]) == ("through 18 Jun 2021, midnight EDT", "through 19 Jun 2021, midnight EDT")
    assert "form.due" in due.was[1]
    assert due.facts[-1].at - due.facts[0].at < timedelta(days=1)


def test_clauses_that_are_new_gone_or_reworded_are_listed():
    text = swap('[clause."days.count"]\nassumed = true\n', '[clause."days.count"]\nat = "Dates"\n')
    text = swap(
        block('clause."form.viewed"'), block('clause."form.viewed"').replace("form.viewed", "form.seen"), text
    ).replace('"form.viewed"', '"form.seen"')
    found = {(c.id, c.change) for c in compare(OLD, read(text, "draft.toml")).clauses}
    assert found == {("days.count", "reworded"), ("form.seen", "new"), ("form.viewed", "gone")}


def test_a_limit_that_other_parts_look_up_is_listed_beside_the_clauses():
    text = TEXT.replace("[limit.image-age]", "[limit.image-age]\n#").replace('within = "P6M"', 'within = "P9M"')
    (only,) = compare(OLD, read(text, "draft.toml"), most=10).clauses
    assert (only.id, only.change, only.was, only.becomes) == ("limit.image-age", "reworded", "6 months", "9 months")


def test_the_walk_says_when_it_was_cut_off():
    found = compare(OLD, OLD, most=50)
    assert (found.whole, found.pairs >= 50) == (False, True)


def test_the_article_as_of_2022_opens_sooner_and_offers_two_more_options():
    found = {(p.kind, p.question) for p in compare(OLD, DIAGNOSTIC["2022-11-09"]).partings}
    assert {
        ("opens sooner", "form"),
        ("newly allowed", "option.supplemental-review"),
        ("newly allowed", "option.withdraw-unit"),
    } <= found


def test_the_command_compares_revisions_and_files(tmp_path, capsys):
    draft = tmp_path / "draft.toml"
    draft.write_text(swap(offer(1), swap('"appeal", ', "", offer(1))))
    assert main(["compare", "diagnostic@2021-03-08", str(draft)]) == 0
    out = capsys.readouterr().out
    assert "newly refused: option.appeal at deciding (1st deficiency; 1st deficiency, reopened)" in out
    assert "3 Jun 2021, 10:00 EDT: time passes" in out
    assert main(["compare", "diagnostic@2021-03-08", "diagnostic@2021-03-08"]) == 0
    assert "No case is treated otherwise." in capsys.readouterr().out
    assert main(["compare", "diagnostic@2021-03-08", str(draft), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    (parting,) = answer["partings"]
    assert (parting["kind"], parting["question"], parting["facts"][-1]["kind"]) == (
        "newly refused",
        "option.appeal",
        "option.appeal",
    )
    assert (answer["whole"], answer["clauses"]) == (True, [])
    for wrong, said in (
        (["diagnostic@2021-03-09"], "has no revision"),
        (["diagnostik"], "did you mean"),
        ([str(tmp_path / "no.toml")], "cannot be read"),
    ):
        assert main(["compare", "diagnostic", *wrong]) == 2
        assert said in capsys.readouterr().err


def test_a_comparison_of_the_other_shipped_policies_with_themselves_finds_nothing():
    for name in ("radiation-oncology",):
        rev = Policy.load(SHELF / name).latest
        assert compare(rev, rev).partings == []


def test_after_an_appeal_the_window_has_its_own_parting():
    new = read(swap(AFTER_APPEAL, swap('within  = "P15D"', 'within  = "P20D"', AFTER_APPEAL)), "draft.toml")
    (parting,) = compare(OLD, new).partings
    assert (parting.kind, parting.question, parting.where) == (
        "later due",
        "term",
        [
            "1st deficiency, appealed",
            "2nd deficiency (= 1st failure), appealed",
            "3rd deficiency (= 2nd failure), appealed",
        ],
    )


SPAN = re.compile(r'"(PT?)(\d+)([DBMYWH])"')
FILES = [*sorted((Path(__file__).parent / "shapes").glob("*.toml")), SHELF / "radiation-oncology" / "2019-12-12.toml"]
FILES = [f for f in FILES if "scenarios" not in f.name]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_no_span_of_a_policy_of_another_shape_can_be_changed_unnoticed(path):
    text = path.read_text()
    old = read(text, path.name)
    assert compare(old, old).partings == []
    unnoticed = []
    for m in SPAN.finditer(text):
        longer = f'"{m[1]}{int(m[2]) + 7}{m[3]}"'
        if not compare(old, read(text[: m.start()] + longer + text[m.end() :], "draft.toml")).partings:
            unnoticed.append((text[: m.start()].count("\n") + 1, m[0]))
    assert unnoticed == []


# ruff: noqa: E501
