"""The numbers of calibration, against published tables and against what was worked out by hand."""

from __future__ import annotations

import pytest

from reaccredit.reviews import calibration_figures as figures
from reaccredit.reviews import quality_rules
from reaccredit.reviews.calibration_figures import Answer, Mark

YES, NO = "acceptable", "not-acceptable"


@pytest.mark.parametrize(
    ("hits", "number", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_that_of_newcombes_table(hits: int, number: int, low: float, high: float) -> None:
    """Newcombe 1998, table I, method 3."""
    found = figures.wilson(hits, number)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    other = figures.wilson(number - hits, number)
    assert (other.low, other.high) == (pytest.approx(1 - high, abs=5e-5), pytest.approx(1 - low, abs=5e-5))


def test_nothing_has_no_share_and_more_than_everything_is_refused() -> None:
    assert figures.wilson(0, 0).share is None
    with pytest.raises(ValueError, match="part"):
        figures.wilson(3, 2)


def answer(reader: int, key: str, said: str, *marks: tuple[bool, bool], module: str = "head-neck") -> Answer:
    named = tuple(Mark(f"c{number}", *mark) for number, mark in enumerate(marks))
    return Answer(reader, "CT", module, "clinical", key, said, named)


# Ten areas: the key fails four of them. Passed against the key: 1; failed against it: 2; as the key: 7.
TEN = (
    [answer(1, NO, NO, (False, False), (True, True))] * 3
    + [answer(1, NO, YES, (False, True), (True, True))]
    + [answer(1, YES, NO, (True, False), (True, True))] * 2
    + [answer(1, YES, YES, (True, True), (True, True))] * 4
)


def test_the_agreement_of_ten_areas_is_as_worked_out_by_hand() -> None:
    """Observed 0.7; by chance 0.4·0.5 + 0.6·0.5 = 0.5; kappa (0.7 − 0.5) / 0.5 = 0.4. Wilson of 7 in 10: 0.3968 to 0.8922."""
    found = figures.agreement(TEN)
    assert (found.areas.hits, found.areas.number, found.areas.percent) == (7, 10, 70)
    assert (found.areas.low, found.areas.high) == (pytest.approx(0.3968, abs=1e-4), pytest.approx(0.8922, abs=1e-4))
    assert found.kappa.value == pytest.approx(0.4)
    assert found.kappa.low is not None
    assert found.kappa.low < 0.4
    assert (found.false_pass, found.false_fail) == (1, 2)
    assert (found.criteria.hits, found.criteria.number) == (17, 20)
    assert (found.criteria_false_pass, found.criteria_false_fail) == (1, 2)


def test_a_key_that_always_says_the_same_has_no_kappa() -> None:
    found = figures.agreement([answer(1, YES, YES)] * 4)
    assert found.kappa.value is None
    assert found.areas.percent == 100


def test_the_most_often_missed_criterion_comes_first() -> None:
    first, second = figures.missed(TEN)
    assert (first.criterion, first.missed.hits, first.missed.number, first.false_pass, first.false_fail) == (
        "c0",
        3,
        10,
        1,
        2,
    )
    assert (second.criterion, second.missed.hits) == ("c1", 0)
    assert figures.missed([]) == []


def test_answers_are_told_apart_by_module_and_reader() -> None:
    listed = [answer(1, YES, YES), answer(2, YES, NO, module="chest"), answer(1, YES, YES, module="chest")]
    assert {key: len(found) for key, found in figures.by_module(listed).items()} == {
        ("CT", "chest"): 2,
        ("CT", "head-neck"): 1,
    }
    assert {key: len(found) for key, found in figures.by_reader(listed).items()} == {1: 2, 2: 1}


def test_the_threshold_asks_nothing_of_too_few_answers_and_everything_of_enough() -> None:
    found = figures.agreement(TEN)
    assert figures.below(found, percent=71, least={"areas": 10, "criteria": 20}) == ["areas"]
    assert figures.below(found, percent=70, least={"areas": 10, "criteria": 20}) == []  # not below
    assert figures.below(found, percent=90, least={"areas": 11, "criteria": 20}) == ["criteria"]
    assert figures.below(found, percent=90, least={"areas": 11, "criteria": 21}) == []


def test_rules_without_a_reason_do_not_load_and_a_block_without_any_has_none() -> None:
    text = quality_rules.FILE.read_text(encoding="utf-8")
    (block,) = quality_rules.blocks(text)
    assert block.calibration is not None
    assert set(block.calibration.why) == {
        "every_days", "readers_at_once", "areas_at_most", "look_back_days", "areas_from", "criteria_from", "talk_below_percent"
    }  # fmt: skip
    with pytest.raises(quality_rules.BadRules, match="no reason is given for areas_from"):
        quality_rules.blocks(text.replace('areas_from = "', 'other = "'))
    with pytest.raises(quality_rules.BadRules, match="must be 1 or more"):
        quality_rules.blocks(text.replace("readers_at_once = 3", "readers_at_once = 0"))
    (without,) = quality_rules.blocks(text[: text.index("[from.calibration]")])
    assert without.calibration is None
