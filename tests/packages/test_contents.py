"""The contents of a package are data: complete, sourced, and refused with the place of the slip when they are not sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from reaccredit.facilities.catalogue import modalities
from reaccredit.packages import catalogue

GOOD = """
modality = "CT"
[[item]]
for = "phantom"
code = "data"
kind = "form"
title = "Data form"
form = "data"
source = "AS/1"
[form.data]
title = "Data"
source = "AS/1"
[[form.data.field]]
name = "kvp"
label = "Tube voltage"
type = "number"
min = 40
max = 200
"""


def read(folder: Path, text: str) -> catalogue.Contents:
    path = folder / "ct.toml"
    path.write_text(text, "utf-8")
    return catalogue.read(path)


def test_every_modality_that_the_policy_governs_has_its_contents():
    assert {modality.code for modality in modalities() if modality.governed} == catalogue.shipped()


def test_a_modality_of_another_programme_has_none():
    assert catalogue.contents("MAM") is None


@pytest.mark.parametrize("code", sorted(catalogue.shipped()))
def test_every_line_names_its_source_and_fits_an_area_of_its_modality(code):
    found = catalogue.contents(code)
    assert found
    areas = {area.code: area.kind for area in next(m for m in modalities() if m.code == code).areas()}
    for line in found.lines:
        assert line.source
        for pattern in (*line.when, *line.areas):
            assert any(catalogue.fnmatchcase(area, pattern) for area in areas), pattern
    if "phantom" in areas.values():
        assert found.of("phantom")


def test_a_good_file_is_read(tmp_path):
    found = read(tmp_path, GOOD)
    assert found.form_of("data") is found.forms["data"]
    assert found.form_of("data.2") is found.forms["data"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('modality = "CT"', 'modality = "MR"', "named 'ct'"),
        ('kind = "form"', 'kind = "forms"', "expected one of"),
        ('form = "data"', 'form = "date"', "expected one of data"),
        ('source = "AS/1"\n[form', "[form", "'source' is missing"),
        ("min = 40", "min = 400", "not below"),
        ("min = 40", 'min = "40"', "wrong type"),
        ("min = 40", "minimum = 40", "unknown key 'minimum'"),
        ('type = "number"', 'type = "choice"', "choices"),
        ('title = "Data form"\n', "", "'title' is missing"),
        ('code = "data"', 'code = "data.1"', "full stop"),
        ('for = "phantom"', 'for = "phantoms"', "expected one of"),
        ("[[item]]", "[[item]", "ct.toml"),
    ],
)
def test_a_slip_is_refused_with_its_place(tmp_path, old, new, said):
    assert old in GOOD
    with pytest.raises(catalogue.Faulty, match=r"ct\.toml") as refused:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert said in str(refused.value)
