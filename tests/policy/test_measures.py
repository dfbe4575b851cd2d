"""Tables of numbers: inclusive limits to the last digit, minor deviations, traits, and what is refused."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaccredit.policy.measures import AcceptanceTable, Verdict, evaluate, gaps, overlaps, read_table
from reaccredit.policy.table import Source, Table
from reaccredit.policy.words import Malformed

PIU = """
title = "Phantom limits"
cites = ["phantom"]
[[row]]
measure = "uniformity"
title = "Integral uniformity"
unit = "%"
at_least = 87.5
when = { field = ["0.5T", "1.5T"] }
cites = ["phantom.piu"]
[[row]]
measure = "uniformity"
title = "Integral uniformity"
unit = "%"
at_least = 82
when = { field = ["3T"] }
cites = ["phantom.piu"]
"""
MINORS = """
title = "Deviations"
cites = ["fails"]
[[row]]
measure = "dose"
at_most = 30
weight = "major"
cites = ["dose"]
[[row]]
measure = "entries"
at_most = 0
weight = "minor"
each = true
cites = ["entries"]
[[row]]
measure = "mismatch"
is_true = true
weight = "minor"
cites = ["mismatch"]
[[threshold]]
minors = 4
when = { protocols = ["1"] }
cites = ["minors"]
[[threshold]]
minors = 5
when = { protocols = ["2"] }
cites = ["minors"]
"""


def table(text: str) -> AcceptanceTable:
    return read_table(
        "phantom",
        Table(Source("draft.toml", ""), ("table", "phantom"), tomllib.loads(text, parse_float=Decimal), "table"),
    )


def one(limits: str, more: str = "") -> AcceptanceTable:
    row = f'[[row]]\nmeasure = "x"\ntitle = "X"\nunit = "mm"\n{limits}\ncites = ["x"]\n'
    return table(f'title = "T"\ncites = ["t"]\n{row}{more}')


def word(t: AcceptanceTable, value: Any, **traits: str) -> str:
    return evaluate(t, {t.measures[0]: value}, traits).word


# -- limits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "inside", "outside"),
    [
        ("at_least = 87.5", ["87.5", "87.50", "100"], ["87.499999999999999999", "0", "-88"]),
        ("at_most = 3.0", ["3", "3.000", "-1"], ["3.000000000000000000000001", "4"]),
        ("more_than = 5", ["5.0000000000000000001"], ["5", "5.0", "4.9"]),
        ("less_than = 5", ["4.9999999999999999999"], ["5", "5.0", "6"]),
        ("at_least = 0.90\nat_most = 1.10", ["0.9", "1.1", "1"], ["0.8999999999", "1.1000000001"]),
        ("more_than = 0\nat_most = 1", ["0.0001", "1"], ["0", "1.0001"]),
        ("at_least = 0\nless_than = 1", ["0", "0.9999"], ["-0.0001", "1"]),
        ("at_least = 3\nat_most = 3", ["3"], ["2.999", "3.001"]),
        ("at_least = -7\nat_most = 7", ["-7", "7", "0"], ["-7.1", "7.1"]),
    ],
)
def test_a_limit_is_met_to_the_last_digit(limits: str, inside: list[str], outside: list[str]) -> None:
    assert [word(one(limits), Decimal(v)) for v in inside] == ["pass"] * len(inside)
    assert [word(one(limits), Decimal(v)) for v in outside] == ["fail"] * len(outside)


def test_a_float_counts_by_its_digits_and_not_by_its_binary_fraction() -> None:
    assert word(one("at_least = 0.1\nat_most = 0.1"), 0.1) == "pass"
    assert word(one("at_most = 1.1"), 1.1) == "pass"
    assert word(one("at_most = 0.3"), 0.1 + 0.2) == "fail"


@given(
    low=st.decimals(min_value=-1000, max_value=1000, places=3),
    width=st.decimals(min_value=0, max_value=100, places=3),
    value=st.decimals(min_value=-1200, max_value=1200, places=5),
)
def test_inside_is_what_arithmetic_says(low: Decimal, width: Decimal, value: Decimal) -> None:
    high = low + width
    found = word(one(f"at_least = {low}\nat_most = {high}"), value)
    assert found == ("pass" if low <= value <= high else "fail")


@given(edge=st.decimals(min_value=-1000, max_value=1000, places=4), places=st.integers(5, 25))
def test_the_edge_itself_is_inside_and_the_next_digit_is_not(edge: Decimal, places: int) -> None:
    step = Decimal(1).scaleb(-places)
    at_least, less_than = one(f"at_least = {edge}"), one(f"less_than = {edge}")
    assert [word(at_least, v) for v in (edge, edge - step)] == ["pass", "fail"]
    assert [word(less_than, v) for v in (edge, edge - step)] == ["fail", "pass"]


@pytest.mark.parametrize(
    "value",
    ["86.9", True, False, [1], {"a": 1}, b"1", float("nan"), float("inf"), Decimal("sNaN"), Decimal("-Infinity")],
)
def test_what_is_no_number_is_refused_with_a_sentence(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^X: .* is not a (finite )?number\.$"):
        word(one("at_least = 1"), value)


def test_a_very_large_number_is_shown_short() -> None:
    assert len(evaluate(one("at_most = 1"), {"x": 10**4000}, {}).lines[0].sentence) < 80
    assert word(one("at_most = 1"), Decimal("1E+999999")) == "fail"


def test_a_measure_that_the_table_does_not_know_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"no measure 'uniformty'; did you mean 'uniformity'\?"):
        evaluate(table(PIU), {"uniformty": 90}, {"field": "3T"})


def test_a_row_that_asks_for_a_yes_takes_nothing_else() -> None:
    asked = one("is_true = true").rows[0]
    assert asked.bounds == "yes"
    yes = table('title = "T"\ncites = ["t"]\n[[row]]\nmeasure = "clean"\nis_true = true\ncites = ["x"]')
    assert (word(yes, True), word(yes, False), word(yes, None)) == ("pass", "fail", "incomplete")
    for value in (1, 0, "yes", 1.0):
        with pytest.raises(ValueError, match="neither true nor false"):
            word(yes, value)


# -- what they add up to -----------------------------------------------------------------------------------------------


def test_the_sentence_names_value_limit_and_clause() -> None:
    found = evaluate(table(PIU), {"uniformity": 86.9}, {"field": "1.5T"})
    assert [line.sentence for line in found.lines] == ["Integral uniformity 86.9 %: at least 87.5 % [phantom.piu]"]
    assert (found.word, found.clauses) == ("fail", ("phantom", "phantom.piu"))
    assert found.sentence == "Phantom limits: fail, 1 requirement not met [phantom, phantom.piu]."


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [("1.5T", 87.5, "pass"), ("1.5T", 87.4, "fail"), ("3T", 87.4, "pass"), ("3T", 81.99, "fail")],
)
def test_the_limit_is_the_one_of_the_trait(field: str, value: float, expected: str) -> None:
    assert word(table(PIU), value, field=field) == expected


def test_a_trait_that_was_not_told_leaves_the_table_open() -> None:
    found = evaluate(table(PIU), {"uniformity": 99}, {})
    assert found.word == "incomplete"
    assert [line.inside for line in found.lines] == [None, None]
    assert "not told: field" in found.lines[0].sentence


def test_a_word_for_which_there_is_no_limit_passes_nothing() -> None:
    found = evaluate(table(PIU), {"uniformity": 99}, {"field": "7T"})
    assert (found.word, found.lines) == ("incomplete", ())


TWO = 'title="T"\ncites=["t"]\n[[row]]\nmeasure="a"\nat_least=1\ncites=["a"]\n[[row]]\nmeasure="b"\nat_least=1\ncites=["b"]\n'


@pytest.mark.parametrize(
    ("values", "expected"),
    [({"a": 1, "b": 1}, "pass"), ({"a": 1}, "incomplete"), ({"a": 1, "b": None}, "incomplete"), ({}, "incomplete"),
     ({"a": 0}, "fail"), ({"a": 0, "b": 0}, "fail")],
)  # fmt: skip
def test_all_met_passes_one_outside_fails_and_one_missing_leaves_it_open(values: dict[str, Any], expected: str) -> None:
    assert evaluate(table(TWO), values, {}).word == expected


def test_a_recommendation_is_shown_and_never_fails() -> None:
    t = one(
        "at_most = 7",
        '[[row]]\nmeasure = "x"\ntitle = "X"\nunit = "mm"\nat_most = 5\nforce = "recommendation"\ncites = ["better"]',
    )
    found = evaluate(t, {"x": 6}, {})
    assert (found.word, [line.inside for line in found.lines]) == ("pass", [True, False])
    assert found.lines[1].sentence == "X 6 mm: at most 5 mm (recommended) [better]"
    assert overlaps(t) == []
    only = table('title="T"\ncites=["t"]\n[[row]]\nmeasure="a"\nat_least=1\nforce="recommendation"\ncites=["a"]')
    assert [evaluate(only, v, {}).word for v in ({}, {"a": 0})] == ["pass", "pass"]


def judged(protocols: str = "", **values: Any) -> Verdict:
    told = {"protocols": protocols} if protocols else {}
    return evaluate(table(MINORS), {"dose": 30, "entries": 0, "mismatch": True, **values}, told)


@pytest.mark.parametrize(
    ("protocols", "entries", "mismatch", "expected", "minors"),
    [("1", 3, True, "pass", 3), ("1", 3, False, "fail", 4), ("1", 4, True, "fail", 4), ("2", 4, True, "pass", 4),
     ("2", 4, False, "fail", 5), ("2", 0, False, "pass", 1), ("", 0, True, "pass", 0), ("", 1, True, "incomplete", 1),
     ("3", 1, True, "incomplete", 1)],
)  # fmt: skip
def test_minor_deviations_are_counted_to_the_threshold_that_holds(
    protocols: str, entries: int, mismatch: bool, expected: str, minors: int
) -> None:
    found = judged(protocols, entries=entries, mismatch=mismatch)
    assert (found.word, found.minors) == (expected, minors)


def test_the_minor_deviations_that_fail_are_named_with_their_clauses() -> None:
    found = judged("1", entries=4)
    assert found.sentence == "Deviations: fail, 4 minor deviations, 4 or more fail [fails, entries, minors]."


def test_one_major_deviation_fails_whatever_the_number_of_minors() -> None:
    assert judged("1", dose=30.1).word == "fail"
    assert judged("", dose=30.1, entries=2).word == "fail"


@pytest.mark.parametrize("count", [-1, 0.5, Decimal("1E+30")])
def test_a_count_is_a_whole_number(count: Any) -> None:
    with pytest.raises(ValueError, match="is not a count"):
        judged("1", entries=count)


def test_a_deviation_of_unstated_weight_is_for_people() -> None:
    t = one('at_most = 5\nweight = "unstated"')
    assert [word(t, v) for v in (5, 6)] == ["pass", "incomplete"]


@given(st.integers(0, 12), st.booleans(), st.sampled_from(["1", "2"]))
def test_another_minor_deviation_never_makes_it_better(entries: int, mismatch: bool, protocols: str) -> None:
    order = ["fail", "incomplete", "pass"]
    now, worse = (judged(protocols, entries=n, mismatch=mismatch).word for n in (entries, entries + 1))
    assert order.index(worse) <= order.index(now)


# -- the checker's questions -------------------------------------------------------------------------------------------


def test_two_limits_that_both_hold_are_an_overlap() -> None:
    again = PIU.replace('["3T"]', '["3T", "1.5T"]')
    assert overlaps(table(PIU)) == []
    assert overlaps(table(again)) == [
        "two limits for 'uniformity' both hold where field is 1.5T: at least 87.5 % and at least 82 %"
    ]
    always = PIU.replace('when = { field = ["3T"] }\n', "")
    assert overlaps(table(always)) == [
        "two limits for 'uniformity' both hold where field is 0.5T or 1.5T: at least 87.5 % and at least 82 %"
    ]


def test_two_thresholds_that_both_hold_are_an_overlap() -> None:
    assert overlaps(table(MINORS)) == []
    assert overlaps(table(MINORS.replace('["2"]', '["2", "1"]'))) == [
        "two thresholds both hold where protocols is 1: 4 and 5 minors"
    ]


def test_a_minor_and_a_major_limit_of_one_measure_are_no_overlap() -> None:
    minor, threshold = 'at_most = 5\nweight = "minor"', '[[threshold]]\nminors = 2\ncites = ["m"]'
    major = '[[row]]\nmeasure = "x"\nunit = "mm"\nat_most = 7\nweight = "major"\ncites = ["x"]\n'
    steps = one(minor, major + threshold)
    assert overlaps(steps) == []
    assert [word(steps, v) for v in (5, 6, 8)] == ["pass", "pass", "fail"]


def test_a_trait_word_without_a_limit_is_a_gap() -> None:
    assert gaps(table(PIU)) == []
    assert gaps(table(PIU), {"field": ["0.5T", "1.5T", "3T", "7T"], "coil": ["head"]}) == [
        "no limit for 'uniformity' where field is 7T"
    ]
    assert gaps(table(MINORS), {"protocols": ["1", "2", "3"]}) == ["no threshold for minors where protocols is 3"]


WORDS = {"a": ("1", "2", "3"), "b": ("x", "y")}
when = st.fixed_dictionaries(
    {}, optional={t: st.lists(st.sampled_from(w), min_size=1, unique=True) for t, w in WORDS.items()}
)


@given(st.lists(when, min_size=1, max_size=4))
def test_gaps_and_overlaps_are_what_trying_every_combination_finds(whens: list[dict[str, list[str]]]) -> None:
    rows = "".join(
        f'[[row]]\nmeasure = "x"\nat_least = {n}\nwhen = {{ {", ".join(f"{t} = {w}" for t, w in when.items())} }}\ncites = ["x"]\n'
        for n, when in enumerate(whens)
    )
    t = table(f'title = "T"\ncites = ["t"]\n{rows}')
    applying = [len(evaluate(t, {"x": 0}, {"a": a, "b": b}).lines) for a in WORDS["a"] for b in WORDS["b"]]
    assert bool(gaps(t, WORDS)) == (0 in applying)
    assert bool(overlaps(t)) == (max(applying) > 1)


# -- what does not load ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ("", "a row has a limit"),
        ("at_least = 1\nis_true = true", "a row has a limit"),
        ("at_least = 1\nmore_than = 1", "one lower and one upper"),
        ("at_most = 1\nless_than = 1", "one lower and one upper"),
        ("at_least = 2\nat_most = 1", "no value can be from 2 to 1"),
        ("at_least = 2\nless_than = 2", "no value can be at least 2 and less than 2"),
        ("at_least = nan", "expected a finite number"),
        ("at_most = inf", "expected a finite number"),
        ('at_least = "1"', "expected a number"),
        ("at_least = true", "expected a number"),
        ("at_leats = 1", "unknown key 'at_leats'; did you mean 'at_least'?"),
        ('at_least = 1\nforce = "must"', "expected one of requirement, recommendation"),
        ('at_least = 1\nforce = "recommendation"\nweight = "major"', "has no 'weight'"),
        ('at_least = 1\nweight = "minor"', "no [[threshold]]"),
        ("at_least = 1\neach = true", "'each' is for a number of deviations"),
        ('at_least = 1\nwhen = "3T"', "expected a table of trait = list of words"),
        ('at_least = 1\nwhen = { field = "3T" }', "expected a list of words"),
        ("at_least = 1\nwhen = { field = [] }", "expected a list of words"),
    ],
)
def test_an_unsound_row_says_what_is_wrong(limits: str, said: str) -> None:
    with pytest.raises(Malformed) as caught:
        one(limits)
    assert "draft.toml: table.phantom" in str(caught.value)
    assert said in str(caught.value)


def test_a_table_without_rows_and_a_threshold_without_minors_do_not_load() -> None:
    with pytest.raises(Malformed, match="at least one"):
        table('title = "T"\ncites = ["t"]')
    with pytest.raises(Malformed, match="no requirement has weight"):
        one("at_least = 1", '[[threshold]]\nminors = 2\ncites = ["m"]')
    with pytest.raises(Malformed, match="expected 1 or more"):
        table(MINORS.replace("minors = 4", "minors = 0"))
    with pytest.raises(Malformed, match="do not agree on its unit"):
        one("at_least = 1", '[[row]]\nmeasure = "x"\nunit = "cm"\nat_least = 2\ncites = ["x"]')
