"""Is this the exam that was asked for? One question a test; the limits are the caller's."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reaccredit.imaging import checks, receiving
from reaccredit.imaging.checks import Expectation, Seen
from reaccredit.imaging.header import Header
from reaccredit.imaging.rows import Faulty, book, read

HEADER = Header(
    sop_instance_uid="1.1",
    sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
    study_uid="1.3",
    series_uid="1.4",
    modality="CT",
    transfer_syntax="1.2.840.10008.1.2.1",
    pixel_hash="p" * 64,
    patient_hash="a" * 64,
    person_hash="b" * 64,
    study_date=date(2021, 2, 1),
    acquired_on=date(2021, 2, 1),
    serial="00123-AB",
)


def found(header: Header = HEADER, seen: Seen | None = None, **expectation) -> list[tuple[str, bool]]:
    return [(p.code, p.refuses) for p in checks.examine(header, "d" * 64, seen or Seen(), Expectation(**expectation))]


def test_nothing_expected_refuses_nothing():
    assert found() == []


def test_the_modality_must_be_one_of_those_asked_for():
    assert found(modalities=frozenset({"CT", "MR"})) == []
    assert found(modalities=frozenset({"MR"})) == [("modality", True)]
    assert found(replace(HEADER, modality=""), modalities=frozenset({"MR"})) == [("modality", True)]


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        (date(2020, 12, 31), [("too-old", True)]),
        (date(2021, 1, 1), []),
        (date(2021, 3, 1), []),
        (date(2021, 3, 2), [("too-new", True)]),
        (None, [("no-date", False)]),
    ],
)
def test_the_age_of_a_study_is_checked_to_the_day_and_a_missing_date_is_a_note(day, answer):
    assert found(replace(HEADER, study_date=day), oldest=date(2021, 1, 1), newest=date(2021, 3, 1)) == answer


@pytest.mark.parametrize("serial", ["123ab", "00123-AB", " 123 AB "])
def test_a_serial_number_is_the_same_in_any_writing(serial):
    assert found(serial=serial) == []


def test_another_serial_number_is_refused_and_a_missing_one_is_a_note():
    assert found(serial="999") == [("serial", True)]
    assert found(replace(HEADER, serial=""), serial="999") == [("no-serial", False)]


def test_a_clinical_repeat_of_the_same_patient_is_refused_by_number_or_by_name_and_birth_date():
    assert found(forbidden_patients=frozenset({"a" * 64})) == [("same-patient", True)]
    assert found(forbidden_patients=frozenset({"b" * 64})) == [("same-patient", True)]
    assert found(forbidden_patients=frozenset({"c" * 64})) == []


def test_a_file_that_names_nobody_is_a_note_unless_the_caller_insists():
    nobody = replace(HEADER, patient_hash=None, person_hash=None)
    assert found(nobody) == []
    assert found(nobody, forbidden_patients=frozenset({"a" * 64})) == [("no-patient", False)]
    assert found(nobody, patient_required=True) == [("patient-needed", True)]


def test_a_phantom_repeat_must_be_another_study_of_a_later_day():
    assert found(forbidden_studies=frozenset({"1.3"})) == [("same-study", True)]
    assert found(acquired_after=date(2021, 2, 1)) == [("not-newer", True)]
    assert found(acquired_after=date(2021, 1, 31)) == []
    assert found(replace(HEADER, acquired_on=None), acquired_after=date(2021, 1, 31)) == [("no-scan-date", False)]


def test_an_appeal_takes_the_original_study_only_and_nothing_where_none_is_known():
    assert found(required_studies=frozenset({"1.3"})) == []
    assert found(required_studies=frozenset({"9.9"})) == [("other-study", True)]
    assert found(required_studies=frozenset()) == [("other-study", True)]


def test_an_image_that_was_sent_before_is_known_by_its_uid_or_by_its_pixels():
    assert found(sent_sop_uids=frozenset({"1.1"})) == [("sent-before", True)]
    assert found(sent_pixel_hashes=frozenset({"p" * 64})) == [("sent-before", True)]
    assert found(replace(HEADER, pixel_hash=""), sent_pixel_hashes=frozenset({""})) == []


def test_a_duplicate_is_told_so_and_nothing_else():
    seen = Seen()
    seen.add(HEADER, "d" * 64)
    assert found(seen=seen, modalities=frozenset({"MR"})) == [("duplicate", True)]
    renamed = replace(HEADER, sop_instance_uid="7.7")
    assert checks.duplicate(renamed, "e" * 64, seen, Expectation()).code == "same-picture"
    assert checks.duplicate(replace(HEADER, pixel_hash="q" * 64), "e" * 64, seen, Expectation()).code == "changed"
    assert checks.duplicate(HEADER, "e" * 64, seen, Expectation()).code == "duplicate"  # exported anew
    blank = replace(HEADER, sop_instance_uid="7.7", pixel_hash="")
    assert checks.duplicate(blank, "e" * 64, seen, Expectation()) is None


def test_refusals_come_before_notes_and_carry_the_callers_clause():
    wanted = Expectation(
        modalities=frozenset({"MR"}), oldest=date(2021, 1, 1), clauses={"modality": "2.1", "no-date": "3.4"}
    )
    problems = checks.examine(replace(HEADER, study_date=None), "d" * 64, Seen(), wanted)
    assert [(p.code, p.clause) for p in problems] == [("modality", "2.1"), ("no-date", "3.4")]


def test_every_question_has_its_row_and_every_row_its_question():
    code = Path(checks.__file__).read_text(encoding="utf-8") + Path(receiving.__file__).read_text(encoding="utf-8")
    assert [name for name in book() if f'"{name}"' not in code] == []
    assert set(re.findall(r'_problem\(\s*expected,\s*"([a-z-]+)"', code)) <= set(book())


def test_a_question_whose_row_is_taken_out_is_not_asked():
    left = {name: row for name, row in book().items() if name != "too-old"}
    assert found(oldest=date(2022, 1, 1)) == [("too-old", True)]
    assert found(oldest=date(2022, 1, 1), rows=left) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[a]\nsentence = "x"\nreason = ""', "'reason' is missing"),
        ('[a]\nsentence = "{who}"\nreason = "x"', "{who} is filled in by no question"),
        ('[a]\nsentence = "x"\nreason = "y"\nclause = "z"', "'clause' is not a key"),
    ],
)
def test_a_slip_in_the_table_is_told_with_its_place(tmp_path, text, told):
    path = tmp_path / "checks.toml"
    path.write_text(text)
    with pytest.raises(Faulty, match=re.escape(told)):
        read(path)


def test_an_object_that_contradicts_its_modality_is_refused_and_an_unknown_one_is_a_note():
    ct = frozenset({"CT"})
    assert found(replace(HEADER, sop_class_uid="1.2.840.10008.5.1.4.1.1.4"), modalities=ct) == [("sop-class", True)]
    assert found(replace(HEADER, sop_class_uid="1.3.12.2.1107.5.9.1"), modalities=ct) == [("sop-unknown", False)]
    assert found(replace(HEADER, sop_class_uid="1.2.840.10008.5.1.4.1.1.7"), modalities=ct) == []


def test_a_patient_of_another_exam_of_the_package_is_refused():
    assert found(other_patients=frozenset({"b" * 64})) == [("other-exams-patient", True)]


def test_no_sentence_repeats_what_identifies_somebody():
    wanted = Expectation(forbidden_patients=frozenset({"a" * 64}), forbidden_studies=frozenset({"1.3"}))
    for problem in checks.examine(HEADER, "d" * 64, Seen(), wanted):
        assert "aaaa" not in problem.sentence
        assert "1.3" not in problem.sentence
