"""Reading one file that a stranger sent."""

from __future__ import annotations

import zlib
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from reaccredit.imaging import reading, synthetic
from reaccredit.imaging.header import Header, Skipped, Unreadable


def read(content: bytes) -> Header:
    return reading.read(BytesIO(content))


def changed(content: bytes, **values) -> bytes:
    ds = dcmread(BytesIO(content))
    for name, value in values.items():
        if value is None:
            delattr(ds, name)
        else:
            setattr(ds, name, value)
    out = BytesIO()
    ds.save_as(out)
    return out.getvalue()


def outcome(content: bytes) -> str:
    try:
        return read(content).sop_instance_uid
    except Unreadable as error:
        return error.sentence


@pytest.fixture
def image() -> bytes:
    return synthetic.series(slices=1)[0]


@pytest.mark.parametrize("modality", sorted(synthetic.CLASSES))
def test_each_modality_is_read(modality):
    header = read(synthetic.series(modality=modality, slices=1, serial="S-7")[0])
    assert (header.modality, header.serial, header.study_date) == (modality, "S-7", date(2021, 2, 1))
    assert (header.rows, header.columns, header.frames) == (128, 128, 1)
    assert len(header.pixel_hash) == 64


@pytest.mark.parametrize(
    ("name", "modality"),
    [
        ("CT_small.dcm", "CT"),
        ("MR_small.dcm", "MR"),
        ("MR_small_implicit.dcm", "MR"),
        ("MR_small_bigendian.dcm", "MR"),
        ("MR_small_RLE.dcm", "MR"),
        ("JPEG2000.dcm", "NM"),
        ("image_dfl.dcm", "OT"),
        ("examples_ybr_color.dcm", "US"),
    ],
)
def test_real_files_of_every_transfer_syntax_are_read(sample, name, modality):
    assert read(sample(name)).modality == modality


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("MR_truncated.dcm", "truncated"),
        ("no_meta.dcm", "not-dicom"),
        ("README.txt", "not-dicom"),
        ("zipMR.gz", "not-dicom"),
        ("rtplan.dcm", "no-picture"),
        ("test-SR.dcm", "no-picture"),
        ("UN_sequence.dcm", "no-identifiers"),
    ],
)
def test_what_can_not_be_taken_says_why(sample, name, code):
    with pytest.raises(Unreadable) as error:
        read(sample(name))
    assert error.value.code == code
    assert error.value.sentence.endswith(".")


def test_the_table_of_contents_of_a_disk_is_skipped(sample):
    with pytest.raises(Skipped):
        read(sample("dicomdirtests/DICOMDIR"))


def test_an_empty_file_says_so():
    with pytest.raises(Unreadable) as error:
        read(b"")
    assert "empty" in error.value.sentence


def test_the_same_pixels_have_the_same_hash_in_another_header(image):
    assert read(changed(image, SOPInstanceUID="1.2.3", PatientID="X")).pixel_hash == read(image).pixel_hash


def test_padding_after_the_pixels_does_not_change_their_hash(sample):
    assert read(sample("MR_small_padded.dcm")).pixel_hash == read(sample("MR_small.dcm")).pixel_hash


def test_a_blank_picture_has_no_hash_since_it_proves_nothing(image):
    blank = changed(image, PixelData=b"\x18\xfc" * (128 * 128))
    assert read(blank).pixel_hash == ""


def test_dates_that_say_nothing_are_absent(image):
    emptied = {"SeriesDate": "", "AcquisitionDate": ""}
    assert read(changed(image, StudyDate="00010101", **emptied)).study_date is None
    assert read(changed(image, StudyDate=None, **emptied)).acquired_on is None


def test_the_day_of_acquisition_falls_back_to_the_study(image):
    assert read(changed(image, AcquisitionDate="", SeriesDate="")).acquired_on == date(2021, 2, 1)


def test_a_missing_patient_id_is_no_error_and_the_name_with_birth_date_identifies(image):
    header = read(changed(image, PatientID=""))
    assert header.patient_hash == header.person_hash == read(image).person_hash
    nobody = read(changed(image, PatientID=None, PatientName="", PatientBirthDate=""))
    assert nobody.patients == frozenset()


def test_one_patient_written_in_two_ways_is_one_patient(image):
    first = read(changed(image, PatientID=" abc-17 ", PatientName="Demo^Ann^^"))
    second = read(changed(image, PatientID="ABC-17", PatientName="DEMO^ANN"))
    assert first.patient_hash == second.patient_hash
    assert first.person_hash == second.person_hash


def test_the_issuer_tells_two_patients_of_one_number_apart(image):
    one = read(changed(image, IssuerOfPatientID="North"))
    assert one.patient_hash != read(changed(image, IssuerOfPatientID="South")).patient_hash


@pytest.mark.parametrize("word", ["ANONYMOUS", "0", "n/a", "Unknown"])
def test_the_words_of_anonymisers_are_not_a_patient(image, word):
    assert read(changed(image, PatientID=word, PatientBirthDate="")).patients == frozenset()


def test_the_hash_depends_on_the_key_and_shows_nothing_of_the_patient(settings):
    image = synthetic.series(slices=1, patient="NOBODY-9")[0]
    before = read(image)
    settings.PATIENT_KEY = b"another key"
    assert not read(image).patients & before.patients
    assert "NOBODY" not in str(before)


def test_a_name_in_a_strange_character_set_is_read(sample, image):
    japanese = changed(image, SpecificCharacterSet=["", "ISO 2022 IR 87"], PatientName="Yamada^Tarou=山田^太郎")
    assert read(japanese).person_hash
    assert read(image.replace(b"ISO_IR 192", b"ISO_IR 999")).patient_hash


@pytest.mark.parametrize(("name", "value"), [("Rows", 60000), ("Columns", 65535), ("NumberOfFrames", "999999")])
def test_a_picture_that_claims_absurd_sizes_is_refused(image, name, value):
    claims = {"Rows": 60000, "Columns": 60000, name: value} if name != "NumberOfFrames" else {name: value}
    with pytest.raises(Unreadable) as error:
        read(changed(image, **claims))
    assert error.value.code in {"too-large", "truncated"}


def test_pixels_that_are_fewer_than_the_header_says_are_missing(image):
    with pytest.raises(Unreadable) as error:
        read(changed(image, Rows=256))
    assert error.value.code == "truncated"


def test_a_length_field_of_four_gigabytes_reserves_no_memory(image):
    at = image.index(b"\x10\x00\x20\x00LO")  # patient id, made a long text of 4 GB
    hostile = image[:at] + b"\x10\x00\x20\x00UT\x00\x00\xfe\xff\xff\xff" + image[at + 8 :]
    with pytest.raises(Unreadable):
        read(hostile)


def test_a_flood_of_elements_ends(image, monkeypatch):
    monkeypatch.setattr(reading, "HEADER_READS", 50)
    with pytest.raises(Unreadable) as error:
        read(image.replace(b"ISO_IR 192", b"ISO_IR 999"))  # not plain, so the library reads it
    assert error.value.code == "too-large"


def test_a_deflated_bomb_is_not_unpacked(sample, monkeypatch):
    monkeypatch.setattr(reading, "INFLATED_BYTES", 1024 * 1024)
    honest = sample("image_dfl.dcm")
    start = reading._meta(honest)[1]
    machine = zlib.compressobj(9, wbits=-15)
    bomb = honest[:start] + machine.compress(bytes(50 * 1024 * 1024)) + machine.flush()
    with pytest.raises(Unreadable) as error:
        read(bomb)
    assert error.value.code == "too-large"


def test_a_file_cut_anywhere_is_refused_with_a_sentence(image):
    for length in range(0, len(image), 97):
        with pytest.raises(Unreadable):
            read(image[:length])


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_flipped_bytes_raise_anything_but_a_refusal(data):
    content = bytearray(synthetic.series(slices=1, size=32)[0])
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(0, min(len(content), 1600) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(bytes(content))


def test_pydicoms_complaints_which_quote_values_reach_no_log(image, caplog):
    with caplog.at_level("DEBUG"):
        read(changed(image, PatientID="SECRET-1").replace(b"ISO_IR 192", b"ISO_IR 999"))
    assert caplog.text == ""
