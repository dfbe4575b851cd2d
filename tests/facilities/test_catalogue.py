"""The catalogue says what a modality consists of, with its source, and refuses a file that is not sound."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reaccredit.facilities import catalogue
from reaccredit.facilities.catalogue.reading import Unreadable, load

ALL = {"CT", "MRI", "NM", "PET", "US", "BUS", "SBB", "BMRI", "MAM", "RO"}


def test_every_modality_of_the_programme_is_there() -> None:
    assert {m.code for m in catalogue.modalities()} == ALL


def test_mammography_and_radiation_oncology_are_not_governed_by_the_diagnostic_policy() -> None:
    assert {m.code: m.programme for m in catalogue.modalities() if not m.governed} == {
        "MAM": "mammography",
        "RO": "radiation-oncology",
    }


def test_ultrasound_and_breast_ultrasound_are_accredited_by_facility() -> None:
    assert {m.code for m in catalogue.modalities() if not m.by_unit} == {"US", "BUS", "RO"}


def test_every_value_names_its_article() -> None:
    for m in catalogue.modalities():
        values = [m, *m.modules, *m.phantoms, *m.forms, *m.minimum_volumes, *(f for f in m.fees if f.cents)]
        assert all(v.source and v.source.article for v in values), m.code


@pytest.mark.parametrize(
    ("code", "dicom"),
    [("CT", {"CT"}), ("MRI", {"MR"}), ("NM", {"NM"}), ("PET", {"PT"}), ("US", {"US"}), ("SBB", {"MG"}), ("RO", set())],
)
def test_the_images_of_a_modality_have_its_dicom_codes(code: str, dicom: set[str]) -> None:
    assert set(catalogue.modality(code).dicom_modalities) == dicom


def test_ct_areas_are_module_by_patient_type_and_one_whole_phantom_test() -> None:
    ct = catalogue.modality("CT")
    assert [a.code for a in ct.areas()] == [
        *(f"{m}/{p}" for m in ("head-neck", "chest", "abdomen", "cardiac") for p in ("adult", "pediatric")),
        "phantom/image-quality",
    ]
    phantom = ct.phantom("phantom/image-quality")
    assert phantom
    assert any("Dosimetry" in part for part in phantom.parts)


def test_a_phantom_test_comes_with_the_modules_that_call_for_it() -> None:
    nm = catalogue.modality("NM")
    assert [a.code for a in nm.with_phantoms(["planar"])] == ["planar", "phantom/planar"]
    assert [a.code for a in nm.with_phantoms(["cardiology"])] == ["cardiology", "phantom/spect"]
    assert nm.with_phantoms([]) == ()


@pytest.mark.parametrize(
    ("code", "chosen", "counts"),
    [
        ("MRI", ["spine"], [4]),
        ("MRI", ["spine", "body"], [2, 2]),
        ("MRI", ["spine", "body", "msk"], [2, 1, 1]),
        ("MRI", ["spine", "body", "msk", "mra"], [1, 1, 1, 1]),
        ("MRI", ["cardiac"], [2]),
        ("MRI", ["breast"], [2]),
        ("CT", ["chest/adult"], [3]),
        ("CT", ["chest/adult", "abdomen/adult"], [1, 1]),
        ("NM", ["planar", "spect"], [2, 2]),
        ("PET", ["brain"], [2]),
        ("US", ["obstetrical/first-trimester"], [2]),
        ("US", ["obstetrical/first-trimester", "obstetrical/third-trimester"], [1, 1]),
        ("US", ["vascular/aorta", "general"], [2, 1]),
        ("RO", ["practice"], [0]),
    ],
)
def test_the_number_of_exams_follows_from_what_is_applied_for(code: str, chosen: list[str], counts: list[int]) -> None:
    modality = catalogue.modality(code)
    assert [modality.exam_count(area, chosen) for area in chosen] == counts


def test_the_emergency_use_clause_names_four_modalities_and_the_others_say_so() -> None:
    assert {m.code for m in catalogue.modalities() if m.emergency_clause} == {"MRI", "NM", "PET", "US"}
    refusal = catalogue.modality("CT").drop_refusal
    assert refusal
    assert "no module or patient type of it can be left out" in refusal.sentence
    assert "11000051011" in refusal.clauses[0].at
    assert catalogue.modality("MRI").drop_refusal is None
    assert [limit.sentence for limit in catalogue.modality("MRI").minimum_volumes] == [
        "fewer than 10 examinations outside the accredited modules of the unit within 30 days",
        "fewer than 50 examinations outside the accredited modules of the unit within 12 months",
    ]


def test_that_ct_needs_all_patient_types_is_marked_as_inferred() -> None:
    rule = catalogue.modality("CT").all_patient_types
    assert rule
    assert (rule.required, rule.inferred) == (True, True)
    assert not catalogue.modality("MRI").all_patient_types_required


@pytest.mark.parametrize(
    ("code", "purpose", "modules", "further", "cents"),
    [
        ("CT", "application", 1, False, 290000),
        ("CT", "application", 3, False, 290000),
        ("CT", "application", 4, False, 300000),
        ("CT", "application", 3, True, 280000),
        ("CT", "application", 4, True, None),
        ("CT", "repeat", 1, False, None),
        ("MRI", "application", 5, False, 310000),
        ("MRI", "application", 7, False, None),
        ("BUS", "application", 2, False, 140000),
        ("BUS", "repeat", 2, False, 70000),
        ("NM", "application", 1, False, None),
        ("CT", "survey-base", 1, False, None),
    ],
)
def test_a_fee_is_the_published_one_or_none(
    code: str, purpose: str, modules: int, further: bool, cents: int | None
) -> None:
    assert catalogue.modality(code).fee(purpose, modules=modules, further_unit=further).cents == cents


def test_a_modality_that_is_not_in_the_catalogue_is_not_invented() -> None:
    with pytest.raises(KeyError):
        catalogue.modality("XR")


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("ct.toml", 'title = "Chest"', 'titel = "Chest"', "ct.toml: module chest: titel is not known here"),
        ("ct.toml", 'code = "CT"', 'code = "CT"\ncolour = "red"', "ct.toml: colour is not known here"),
        ("ct.toml", "cents = 290000", 'cents = "much"', "cents: 'much' is no int"),
        ("ct.toml", "cents = 290000", "cents = -1", "cents: -1 is no int"),
        ("ct.toml", 'source = "phantom"', 'source = "rumour"', "source 'rumour' is not among the sources"),
        ("ct.toml", 'programme = "diagnostic"', 'programme = "imaging"', "programme is 'imaging'"),
        ("ct.toml", 'purpose = "application"', 'purpose = "present"', "purpose or unit that is not known"),
        ("ct.toml", 'code = "phantom/image-quality"', 'code = "image-quality"', "must begin with phantom/"),
        ("nm.toml", 'modules = ["planar"]', 'modules = ["chest"]', "name modules of this file"),
        ("us.toml", 'code = "general"', 'code = "pediatric"', "the area pediatric is named twice"),
        ("mri.toml", "fewer_than = 10\n", "", "fewer_than is missing"),
        ("pet.toml", 'code = "PET"', "code = PET", "pet.toml:"),
    ],
)
def test_a_file_that_is_not_sound_is_refused_with_its_place(
    tmp_path: Path, file: str, before: str, after: str, said: str
) -> None:
    folder = Path(shutil.copytree(catalogue.DATA, tmp_path / "data"))
    path = folder / "modalities" / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    with pytest.raises(Unreadable) as caught:
        load(folder)
    assert said in str(caught.value)


def test_only_a_role_at_a_facility_can_be_named_as_submitter(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(catalogue.DATA, tmp_path / "data"))
    common = folder / "common.toml"
    common.write_text(common.read_text().replace('["administrator"]', '["staff"]'))
    with pytest.raises(Unreadable, match="staff is no role at a facility"):
        load(folder)
