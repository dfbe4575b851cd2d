"""Whatever somebody types is answered with the place and what was expected."""

from __future__ import annotations

from datetime import date

import pytest

from reaccredit.policy.revision import Revision
from reaccredit.workbench import texts
from tests.workbench.small import SCENARIO, TEXT


def test_a_mistake_is_shown_at_its_line_with_the_nearest_word():
    wrong = texts.read_policy(TEXT.replace('holder = "staff"', 'holdr = "staff"'))
    assert isinstance(wrong, texts.Mistake)
    assert "did you mean 'holder'?" in wrong.said
    (line,) = (one for one in wrong.lines if one.wrong)
    assert (line.number, line.text) == (wrong.line, 'holdr = "staff"')


@pytest.mark.parametrize(
    "text",
    ["", "[", "a = " + "[" * 9000, "a = " + "{a = " * 3000, "revision = " + "9" * 5000, "\ud800",
     TEXT.replace("P30D", "P" + "9" * 30 + "D"), TEXT[:200]],
    ids=["nothing", "half a table", "deep list", "deep table", "huge number", "half a character", "huge span", "cut off"],
)  # fmt: skip
def test_no_text_brings_the_page_down(text):
    assert isinstance(texts.read_policy(text), texts.Mistake)
    assert isinstance(texts.read_scenarios(text or "x"), texts.Mistake)


def test_a_mistake_in_a_scenario_is_shown_at_its_line():
    wrong = texts.read_scenarios(SCENARIO.replace("holder", "holdr"))
    assert isinstance(wrong, texts.Mistake)
    assert [one.text for one in wrong.lines if one.wrong] == ['holdr = "staff"']


def test_a_copy_is_dated_anew_and_says_nothing_about_its_publication():
    old = TEXT.replace("in_force  =", "published = 2026-01-01\nin_force  =")
    made = texts.read_policy(texts.dated(old, date(2027, 1, 1)))
    assert isinstance(made, Revision)
    assert (made.revision, made.in_force, made.published) == (date(2027, 1, 1),) * 3


def test_the_line_ends_of_a_browser_make_no_other_text():
    assert texts.plain(TEXT.replace("\n", "\r\n")) == texts.plain(TEXT) == TEXT
