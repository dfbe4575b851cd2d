"""The reviewers' catalogue is data with sources, and what is unsound in it does not load."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reaccredit.facilities.catalogue import modalities
from reaccredit.reviews import catalogue
from reaccredit.reviews.catalogue import Malformed, Reason

SOUND = """
schema = 1
modality = "CT"
[[criterion]]
kind = "clinical"
code = "coverage"
title = "Coverage"
asks = "Is it covered?"
reasons = ["cut"]
assumed = true
[[reason]]
code = "cut"
title = "Cut off"
advice = "Scan further."
causes = ["protocol"]
assumed = true
"""


def load(tmp_path: Path, text: str, shared: dict[str, Reason] | None = None) -> catalogue.Sheet:
    path = tmp_path / "ct.toml"
    path.write_text(text, encoding="utf-8")
    return catalogue.read(path, shared or {}, catalogue.causes())


def test_every_modality_that_the_policy_governs_has_criteria_for_each_kind_of_its_areas() -> None:
    wanted = {(m.code, area.kind) for m in modalities() if m.governed for area in m.areas()}
    assert {(m, k) for m, k in wanted if not catalogue.criteria(m, k)} == set()


def test_a_modality_that_the_policy_does_not_govern_has_no_sheet() -> None:
    assert catalogue.sheets().keys() == {m.code for m in modalities() if m.governed}


def test_two_people_of_the_right_profession_read_each_kind() -> None:
    found = {kind: (catalogue.reading(kind).profession, catalogue.reading(kind).readers) for kind in catalogue.KINDS}
    assert found == {"clinical": ("radiologist", 2), "phantom": ("medical-physicist", 2)}


def test_an_area_is_acceptable_when_every_criterion_is() -> None:
    listed = catalogue.criteria("CT", "clinical")
    all_good = {c.code: True for c in listed}
    assert catalogue.outcome("clinical", listed, all_good) == "acceptable"
    assert catalogue.outcome("clinical", listed, all_good | {listed[0].code: False}) == "not-acceptable"


@pytest.mark.parametrize(("day", "code"), [(date(2023, 12, 31), "suv"), (date(2024, 1, 1), "suv-2024")])
def test_the_suv_range_is_the_one_of_the_day(day: date, code: str) -> None:
    found = [c.code for c in catalogue.criteria("PET", "phantom", on=day) if c.code.startswith("suv")]
    assert found == [code]


def test_a_criterion_of_one_module_is_asked_in_that_module_only() -> None:
    breast = {c.code for c in catalogue.criteria("MRI", "clinical", area="breast")}
    spine = {c.code for c in catalogue.criteria("MRI", "clinical", area="spine")}
    assert breast - spine == {"temporal-resolution"}


@pytest.mark.parametrize(("causes", "advised"), [(["equipment"], True), (["protocol"], True), (["handling"], False)])
def test_equipment_and_protocol_call_for_the_physicist(causes: list[str], advised: bool) -> None:
    assert catalogue.consult(causes) is advised


def test_the_frequent_deficiencies_are_those_that_the_programme_published() -> None:
    found = {(f.modality, f.kind) for f in catalogue.frequent()}
    assert found == {(m, k) for m in ("CT", "NM", "PET") for k in catalogue.KINDS}
    assert all(r.source for f in catalogue.frequent() for r in f.reasons)


def test_a_sound_sheet_loads(tmp_path: Path) -> None:
    assert [c.code for c in load(tmp_path, SOUND).criteria] == ["coverage"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (SOUND.replace("asks =", "ask ="), "unknown key 'ask'"),
        (SOUND.replace('title = "Coverage"\n', ""), "title is missing"),
        (SOUND.replace("assumed = true\n[[reason]]", "[[reason]]"), "name the source, or say that it is assumed"),
        (SOUND.replace('reasons = ["cut"]', "reasons = []"), "no criterion"),
        (SOUND.replace('reasons = ["cut"]', 'reasons = ["cat"]'), "'cat' is not one of cut"),
        (SOUND.replace('["protocol"]', '["weather"]'), "'weather' is not one of"),
        (SOUND.replace('["protocol"]', "[]"), "at least one possible cause"),
        (SOUND.replace('kind = "clinical"', 'kind = "odd"'), "'odd' is not one of"),
        (SOUND.replace('"CT"', '"MR"'), "modality must be 'CT'"),
        (SOUND.replace("schema = 1", "schema = 2"), "schema must be 1"),
        (SOUND + SOUND[SOUND.index("[[reason]]") :], "stands there twice"),
        (SOUND + SOUND[SOUND.index("[[reason]]") :].replace('"cut"', '"spare"'), "no criterion gives the reason spare"),
    ],
)
def test_a_slip_in_a_sheet_is_named(tmp_path: Path, wrong: str, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        load(tmp_path, wrong)


def test_a_reason_of_all_modalities_is_not_written_twice(tmp_path: Path) -> None:
    shared = {"cut": Reason("cut", "Cut off", "Scan further.", ("protocol",))}
    with pytest.raises(Malformed, match=r"cut stands in common\.toml too"):
        load(tmp_path, SOUND, shared)
