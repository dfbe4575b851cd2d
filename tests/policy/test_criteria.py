"""Dated criteria: the shipped ones say what was seen, the one of the day governs, and a published one is not changed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reaccredit.policy.command import SHELF, programmes
from reaccredit.policy.criteria import Criteria, DatedTable, read, shelf
from reaccredit.policy.measures import evaluate, gaps, overlaps
from reaccredit.policy.words import Malformed, NotGoverned

CRITERIA = SHELF / "criteria"
SHIPPED = [table for criteria in shelf(CRITERIA).values() for table in criteria.tables]
PET = (CRITERIA / "pet-phantom" / "2024-01-01.toml").read_text("utf-8")
CT = CRITERIA / "ct-phantom"
MRI = CRITERIA / "mri-phantom"


def on(folder: Path, day: str) -> DatedTable:
    return Criteria.load(folder).on(date.fromisoformat(day))


def inside(table: DatedTable, told: Mapping[str, str], **values: Any) -> list[bool | None]:
    """For each limit that holds, whether the value is inside: requirements first, as they stand."""
    lines = evaluate(table.table, {name.replace("_", "-"): v for name, v in values.items()}, table.words(told)).lines
    return [line.inside for line in lines if line.value is not None]


# -- what is shipped ---------------------------------------------------------------------------------------------------


def test_the_shipped_criteria_are_no_programme() -> None:
    assert {"ct-phantom", "mri-phantom", "pet-phantom"} == set(shelf(CRITERIA))
    assert "criteria" not in programmes(SHELF)


@pytest.mark.parametrize("folder", sorted(CRITERIA.iterdir()), ids=lambda folder: folder.name)
def test_every_shipped_file_is_pinned_and_named_by_its_first_day(folder: Path) -> None:
    pinned = {line.split()[1] for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()}
    assert pinned == {path.name for path in folder.glob("*.toml")}
    assert [f"{t.in_force}.toml" for t in Criteria.load(folder).tables] == sorted(pinned)


@pytest.mark.parametrize("table", SHIPPED, ids=lambda t: f"{t.criteria}-{t.in_force}")
def test_no_shipped_table_has_two_limits_for_one_thing(table: DatedTable) -> None:
    assert overlaps(table.table) == []


@pytest.mark.parametrize("table", SHIPPED, ids=lambda t: f"{t.criteria}-{t.in_force}")
def test_a_combination_without_a_limit_is_one_that_the_source_is_silent_about(table: DatedTable) -> None:
    holes = gaps(table.table, table.words_of_traits)
    assert bool(holes) == (table.criteria == "mri-phantom")
    unknown = ("small", "medium", "above 3 T", "below 3 T", "below 1.5 T")
    assert all(any(word in hole for word in unknown) for hole in holes)
    assert table.silences


@pytest.mark.parametrize("table", SHIPPED, ids=lambda t: f"{t.criteria}-{t.in_force}")
def test_which_day_governs_is_said_to_be_assumed(table: DatedTable) -> None:
    assert [c.assumed for c in table.cited(table.governs_cites)] == [True]


# -- the three that changed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "suv", "fits"),
    [("2023-12-31", 0.85, True), ("2023-12-31", 1.15, True), ("2023-12-31", 1.16, False), ("2024-01-01", 0.85, False),
     ("2024-01-01", 0.90, True), ("2024-01-01", 1.10, True), ("2024-01-01", 1.11, False), ("2024-01-01", 0.89, False)],
)  # fmt: skip
def test_the_suv_range_is_the_one_of_the_day(day: str, suv: float, fits: bool) -> None:
    assert inside(on(CRITERIA / "pet-phantom", day), {}, background_suv=suv) == [fits]


@pytest.mark.parametrize(
    ("day", "protocols", "fails_from"),
    [("2021-12-21", "1", 7), ("2022-12-04", "4", 7), ("2022-12-05", "1", 4), ("2022-12-05", "2", 5), ("2022-12-05", "3", 6),
     ("2022-12-05", "4", 7), ("2024-08-26", "1", 4)],
)  # fmt: skip
def test_as_many_minor_deviations_fail_as_the_day_and_the_protocols_say(
    day: str, protocols: str, fails_from: int
) -> None:
    table = on(CT, day)
    words = table.words({"protocols": protocols})
    found = [evaluate(table.table, {"minors": n}, words).word for n in (fails_from - 1, fails_from)]
    assert found == ["incomplete", "fail"]  # the other measures are missing


def test_the_dose_limit_of_a_child_depends_on_the_dosimetry_phantom() -> None:
    table = on(CT, "2024-08-26")
    assert inside(table, {"dose-phantom": "16"}, ctdivol_child_abdomen=20) == [True]
    assert inside(table, {"dose-phantom": "32"}, ctdivol_child_abdomen=20) == [False]
    assert inside(table, {}, ctdivol_child_abdomen=5) == [None, None]


@pytest.mark.parametrize(
    ("measure", "low", "high"),
    [("water", -7, 7), ("air", -1005, -970), ("polyethylene", -107, -84), ("acrylic", 110, 135), ("bone", 850, 970)],
)
def test_each_region_has_its_range_since_it_was_read(measure: str, low: int, high: int) -> None:
    table = on(CT, "2024-08-26")
    name = f"ct_number_{measure}"
    assert [inside(table, {}, **{name: v}) for v in (low - 1, low, high, high + 1)] == [
        [False],
        [True],
        [True],
        [False],
    ]
    with pytest.raises(ValueError, match="has no measure"):
        inside(on(CT, "2022-12-05"), {}, **{name: low})


def test_a_deviation_whose_weight_was_not_readable_decides_nothing() -> None:
    table = on(CT, "2024-08-26")
    found = evaluate(table.table, {"ct-number-water": 50}, table.words({"protocols": "1"}))
    assert (found.word, found.minors) == ("incomplete", 0)
    assert any(c.silent for c in table.cited(found.clauses))


@pytest.mark.parametrize(
    ("day", "phantom", "tesla", "measure", "value", "fits"),
    [
        ("2022-09-30", "large", "1.5", "diameter", 187.9, [False]),
        ("2022-09-30", "large", "1.5", "diameter", 188, [True]),
        ("2022-10-01", "large", "1.5", "diameter", 187, [True]),
        ("2022-10-01", "large", "1.5", "diameter", 193.1, [False]),
        ("2022-10-01", "medium", "1.5", "diameter", 167, [True]),
        ("2022-10-01", "medium", "1.5", "diameter", 168, [False]),
        ("2022-09-30", "large", "3", "ghosting", 2.6, [False]),
        ("2022-10-01", "large", "3", "ghosting", 3.0, [True]),
        ("2022-10-01", "large", "3", "ghosting", 3.01, [False]),
        ("2022-10-01", "large", "2.9", "uniformity-t1", 87.5, [True]),
        ("2022-10-01", "large", "2.9", "uniformity-t1", 87.4, [False]),
        ("2022-10-01", "large", "3.0", "uniformity-t1", 82, [True]),
        ("2022-10-01", "medium", "1.5", "uniformity-t2", 89.9, [False]),
        ("2022-10-01", "medium", "3", "uniformity-t2", 85, [True]),
        ("2022-10-01", "large", "0.3", "spokes-t1", 7, [True]),
        ("2022-10-01", "large", "1.5", "spokes-t1", 29, [False]),
        ("2022-10-01", "large", "1.5", "spokes-t2", 25, [True]),
        ("2022-10-01", "large", "3", "spokes-t2", 36, [False]),
        ("2022-09-30", "large", "1.5", "spokes-t2", 8, [True, False]),  # required 7, 9 preferred
        ("2022-10-01", "large", "1.5", "slice-thickness-t1", 5.8, [True, False]),  # a warning
        ("2022-10-01", "large", "1.5", "slice-thickness-t1", 6.1, [False, False]),
        ("2022-10-01", "large", "1.5", "slice-position-t1", 7, [True, False]),
        ("2022-10-01", "large", "1.5", "slice-position-t1", 7.1, [False, False]),
        ("2022-10-01", "large", "7", "spokes-t1", 37, []),  # the source is silent
        ("2022-10-01", "small", "1.5", "diameter", 100, []),
    ],
)
def test_the_limits_of_the_mri_phantom(
    day: str, phantom: str, tesla: str, measure: str, value: float, fits: list[bool]
) -> None:
    table = on(MRI, day)
    assert inside(table, {"phantom": phantom, "field-strength": tesla}, **{measure: value}) == fits


# -- days and files ----------------------------------------------------------------------------------------------------


def test_a_day_before_the_first_table_is_governed_by_none() -> None:
    with pytest.raises(NotGoverned, match="the first is in force from 2021-12-21"):
        Criteria.load(CT).on(date(2021, 12, 20))


def test_a_table_that_ended_governs_no_later_day(tmp_path: Path) -> None:
    folder = tmp_path / "pet-phantom"
    folder.mkdir()
    ended = PET.replace("in_force = 2024-01-01", "in_force = 2024-01-01\nended = 2024-06-30")
    (folder / "2024-01-01.toml").write_text(ended, "utf-8")
    criteria = Criteria.load(folder)
    assert criteria.on(date(2024, 6, 30)).ended == date(2024, 6, 30)
    with pytest.raises(NotGoverned, match="ended 2024-06-30"):
        criteria.on(date(2024, 7, 1))


@pytest.mark.parametrize(("by", "expected"), [("opening", "2023"), ("scan", "2024")])
def test_the_file_says_whether_the_day_of_opening_or_of_the_scan_chooses(
    tmp_path: Path, by: str, expected: str
) -> None:
    folder = tmp_path / "pet-phantom"
    shutil.copytree(CRITERIA / "pet-phantom", folder, ignore=lambda *_: ["SHA256SUMS"])
    for path in folder.glob("*.toml"):
        path.write_text(path.read_text("utf-8").replace('"opening"', f'"{by}"', 1), "utf-8")
    found = Criteria.load(folder).governing(opened=date(2023, 12, 20), scanned=date(2024, 1, 5))
    assert str(found.in_force.year) == ("2019" if expected == "2023" else expected)


def test_a_published_table_that_was_changed_does_not_load(tmp_path: Path) -> None:
    folder = tmp_path / "pet-phantom"
    shutil.copytree(CRITERIA / "pet-phantom", folder)
    (folder / "2024-01-01.toml").write_text(PET.replace("1.10", "1.20"), "utf-8")
    with pytest.raises(Malformed, match=r"2024-01-01\.toml: was changed after it was published"):
        Criteria.load(folder)
    (folder / "2024-01-01.toml").unlink()
    with pytest.raises(Malformed, match=r"is published .* and is not there"):
        Criteria.load(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("schema   = 1", "schema   = 2", "reads schema 1"),
        ('cites    = ["background"]', 'cites    = ["backgrund"]', "'backgrund' is not defined; did you mean 'background'?"),
        ('cites    = ["background"]', 'cites    = []', "'cites' is empty"),
        ("[clause.rods]\nsilent = true", "[clause.rods]\nassumed = true", "no rule cites it"),
        ("[clause.rods]\nsilent = true", "[clause.rods]", "a clause says where it stands"),
        ('by    = "opening"', 'by    = "submission"', "expected one of opening, scan"),
        ("at_most  = 1.10", 'at_most  = 1.10\nwhen = { isotope = ["F-18"] }', "the trait 'isotope' is not defined"),
        ("at_most  = 1.10", "at_most  = 0.80", "no value can be from 0.90 to 0.80"),
        ("[governs] ", "[govern] ", "unknown key 'govern'; did you mean 'governs'?"),
        ("[table]", "[trait.x]\ntitle = 'X'\ncites = ['background']\n[table]", "a trait has words, or bands"),
        ("[table]", "[trait.x]\ntitle = 'X'\ncites = ['background']\nband = [{ word = 'low' }]\n[table]", "a band has a limit"),
        ("[table]", "[[table", "not TOML"),
    ],
)  # fmt: skip
def test_an_unsound_file_says_what_is_wrong(old: str, new: str, said: str) -> None:
    assert old in PET
    with pytest.raises(Malformed) as caught:
        read(PET.replace(old, new, 1), "draft.toml")
    assert str(caught.value).startswith(("draft.toml, line ", "draft.toml: "))
    assert said in str(caught.value)


def test_a_word_that_a_trait_never_has_does_not_load() -> None:
    text = (MRI / "2022-10-01.toml").read_text("utf-8").replace('phantom = ["large"]', 'phantom = ["lage"]', 1)
    with pytest.raises(Malformed, match="phantom is never 'lage'; did you mean 'large'"):
        read(text, "draft.toml")


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ("1.49", "below 1.5 T"),
        ("1.5", "1.5 T to below 3 T"),
        ("2.999", "1.5 T to below 3 T"),
        ("3.000", "3 T"),
        ("3 T", "3 T"),
        ("7", "above 3 T"),
    ],
)
def test_a_number_of_tesla_is_the_word_of_its_band(told: str, word: str) -> None:
    assert on(MRI, "2022-10-01").words({"field-strength": told, "coil": "head"}) == {"field-strength": word}


@pytest.mark.parametrize("told", ["", "strong", "nan", "inf"])
def test_what_no_band_holds_is_not_told(told: str) -> None:
    assert on(MRI, "2022-10-01").words({"field-strength": told}) == {}
