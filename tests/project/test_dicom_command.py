"""`reaccredit dicom check`: what an upload would accept and refuse, without storing anything."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO

import pytest
from pydicom import dcmread

from reaccredit.imaging import phi_header, synthetic
from reaccredit.project import command


@pytest.fixture
def folder(tmp_path):
    for number, content in enumerate(synthetic.series(slices=2, size=64)):
        (tmp_path / f"{number}.dcm").write_bytes(content)
    (tmp_path / "notes.txt").write_text("hello")
    return tmp_path


def ask(capsys, *words: str) -> tuple[int, dict]:
    code = command.main(["dicom", "check", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_each_file_is_accepted_or_refused_with_its_reason(capsys, folder):
    code, answer = ask(capsys, str(folder), "--phi", "skip")
    assert (code, answer["accepted"], answer["refused"]) == (1, 2, 1)
    (refused,) = (f for f in answer["files"] if f["verdict"] == "refused")
    assert (refused["file"], refused["reasons"][0]["code"]) == ("notes.txt", "not-dicom")


def test_the_checks_of_an_item_are_asked(capsys, folder):
    codes = {
        reason["code"]
        for words in (["--modality", "MR"], ["--serial", "OTHER-1"], ["--oldest", "2022-01-01"])
        for file in ask(capsys, str(folder / "0.dcm"), "--phi", "skip", *words)[1]["files"]
        for reason in file["reasons"]
    }
    assert codes == {"modality", "serial", "too-old"}


def test_two_patients_and_the_same_file_twice_are_refused(capsys, tmp_path):
    for number, patient in enumerate(("DEMO-1", "DEMO-2", "DEMO-1")):
        (tmp_path / f"{number}.dcm").write_bytes(
            synthetic.series(patient=patient, slices=1, size=64, seed=len(patient) + ord(patient[-1]))[0]
        )
    _, answer = ask(capsys, str(tmp_path), "--phi", "skip")
    assert [f["reasons"][0]["code"] for f in answer["files"] if f["reasons"]] == ["mixed-patients", "duplicate"]


def test_identifiers_of_the_header_are_noted_or_refused_as_asked(capsys, folder):
    one = str(folder / "0.dcm")
    code, noted = ask(capsys, one)
    assert code == 0
    assert {"PatientName", "PatientID"} <= {f["part"] for f in noted["files"][0]["phi"]}
    code, refused = ask(capsys, one, "--phi", "forbidden")
    assert code == 1
    assert "phi-header" in {r["code"] for r in refused["files"][0]["reasons"]}


def scanned(**values: object) -> set[tuple[str, str]]:
    image = dcmread(BytesIO(synthetic.series(slices=1, size=32)[0]))
    image.PatientName, image.PatientID, image.PatientBirthDate = "", "", ""
    for name, value in values.items():
        setattr(image, name, value)
    out = BytesIO()
    image.save_as(out)
    return {(f.kind, f.attribute) for f in phi_header.scan(out) if f.certainty >= 0.5}


def test_a_header_without_a_person_has_no_finding():
    assert scanned() == set()


def test_names_numbers_and_texts_of_a_header_are_found_by_attribute():
    found = scanned(
        PatientName="Roe^Jane", AccessionNumber="A123", PatientAge="093Y", ImageComments="pt Jane Roe, MRN 00451277",
        StudyDate=date(2021, 2, 1).strftime("%Y%m%d"),
    )  # fmt: skip
    assert {
        ("names", "PatientName"), ("other", "AccessionNumber"), ("dates", "PatientAge"), ("names", "ImageComments"), ("mrn", "ImageComments"),
    } == found  # fmt: skip


def test_private_attributes_and_overlays_are_told():
    image = dcmread(BytesIO(synthetic.series(slices=1, size=32)[0]))
    image.private_block(0x0011, "MAKER", create=True).add_new(0x01, "LO", "anything")
    image.add_new(0x60003000, "OW", bytes(128))
    out = BytesIO()
    image.save_as(out)
    assert {"private", "overlay"} <= {f.kind for f in phi_header.scan(out)}
