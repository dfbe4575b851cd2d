"""What the first screening finds, and what it lets pass. Every identifier here is made up."""

from __future__ import annotations

import pytest

from reaccredit.documents.screening import KINDS, Finding, describe, screen
from reaccredit.phi.roster import Roster

STAFF = Roster(
    names=frozenset({"Ann Lee", "Robert Q. Staffer"}),
    phones=frozenset({"(312) 555-0147"}),
    emails=frozenset({"physics@example.com"}),
    addresses=frozenset({"100 North Main Street, Springfield, IL 62701"}),
    domains=frozenset({"hospital.example"}),
)


def found(text: str, roster: Roster = STAFF) -> set[tuple[str, bool]]:
    return {(f.kind, f.certain) for f in screen([("text", text)], roster=roster)}


CERTAIN = [
    ("names", "patient (Jane Roe)"),
    ("names", "Roe, Jane 55F"),
    ("names", "The patient, Mr. John Roe, moved."),
    ("names", "Patient was John Q. Public"),
    ("dates", "Date of birth (mm/dd/yyyy): 03/04/1956"),
    ("dates", "PATIENT AGE: 92Y"),
    ("dates", "92 y.o. female"),
    ("ssn", "SS# 123 45 6789"),
    ("mrn", "MR #: 451277"),
    ("account", "CSN: 123456789"),
    ("account", "Account: 77812345"),
    ("names", "Patient: John Doe was rescanned."),
    ("names", "Patient Name\nDoe, John"),
    ("names", "Patient Jane Roe complained about the noise."),
    ("names", "Pt. Jane Roe was positioned badly."),
    ("names", "Patient's name: jane".replace("jane", "Jane")),
    ("names", "The images of DOE^JOHN were cut."),
    ("names", "Mrs. Roe, 54 years old, moved during the scan."),
    ("names", "Jane Roe (DOB 1/2/1960) was scanned twice."),
    ("names", "Name: Jane Roe\nMRN 004512"),
    ("dates", "DOB: 01/02/1960"),
    ("dates", "Date of birth\nJanuary 2, 1960"),
    ("dates", "She was born on 2 Jan 1960."),
    ("dates", "Admitted on 3/4/2021 to the ward."),
    ("dates", "Discharge date: 2021-03-09"),
    ("dates", "Date of death 03/09/2021"),
    ("dates", "a 93-year-old woman"),
    ("dates", "Age: 97"),
    ("dates", "Pt scanned on 3/4/2021"),
    ("phone", "Patient phone: 217-555-0123"),
    ("fax", "Pt fax: (217) 555-0123"),
    ("email", "Patient e-mail jane.roe@example.org"),
    ("geographic", "Patient address: 12 Oak Street"),
    ("geographic", "He lives at 12 Oak Ave."),
    ("ssn", "123-45-6789"),
    ("ssn", "Social Security Number: 123456789"),
    ("mrn", "MRN: 00451277"),
    ("mrn", "Medical record number 451277"),
    ("mrn", "Medical Record # A-451277"),
    ("mrn", "Patient ID: XR204512"),
    ("mrn", "Chart no. 99812"),
    ("other", "Accession # 20210304-17"),
    ("other", "Accession number: A1234567"),
    ("health-plan", "Member ID: W123456789"),
    ("health-plan", "Insurance policy no. 7766554"),
    ("health-plan", "1EG4-TE5-MK73"),
    ("account", "Account number: 5544332"),
    ("certificate", "Driver's license no. D1234567"),
    ("vehicle", "VIN: 1HGCM82633A004352"),
    ("device", "The pacemaker, serial no. PM-445566, was MR conditional."),
]


@pytest.mark.parametrize(("kind", "text"), CERTAIN)
def test_an_identifier_with_its_cue_is_certain(kind, text):
    assert (kind, True) in found(text)


POSSIBLE = [
    ("names", "Patient name: jane roe"),
    ("names", "her mother, Mary Roe, called"),
    ("names", "Mr. Roe from the night shift"),
    ("phone", "Call 217-555-0123 with questions."),
    ("fax", "Fax: 217-555-0123"),
    ("email", "someone@example.org"),
    ("geographic", "The clinic at 12 Oak Street"),
    ("url", "https://portal.example.org/view/123456"),
    ("ip", "8.8.4.4"),
    ("biometric", "sign-in by fingerprints"),
    ("photo", "a photo of the patient was taken"),
    ("other", "1.2.840.113619.2.55.3.604688119.969.1268071029.320"),
]


@pytest.mark.parametrize(("kind", "text"), POSSIBLE)
def test_what_may_be_legitimate_is_only_asked(kind, text):
    assert found(text) == {(kind, False)}


LEGITIMATE = [
    "Mr. Lee chose the wrong protocol on 12/14/2020. Ms. Lee will call each patient.",
    "The certificate expired on 03/04/2021. Account rep: Maker, purchase order 4500123456.",
    "Patient ID bands are checked. Patient Name and DOB are verified verbally. Patient age is no factor.",
    "Patient - Adult Head. Patient (Adult) Head. Coil 8M, suite 12F.",
    "The coil was replaced on March 4, 2021 by the service engineer.",
    "Corrective action completed 03/15/2021. Next quality control test due 2021-04-15.",
    "Scanner serial number SN-445566, model Demo 1.5T, software release 17.0.",
    "Ann Lee, RT(R)(MR), lead technologist, 312-555-0147, physics@example.com, will train all staff.",
    "Mr. Staffer and Ms. Lee reviewed the protocol. Name: Ann Lee",
    "Patient Positioning was reviewed with all technologists. Patient Safety comes first.",
    "Patient: adult head. Patient weight is now entered for every exam.",
    "The exam date of the phantom was 03/04/2021; slice thickness 5.0 mm, SNR 93.",
    (
        "Service hotline 1-800-555-0199, ticket 4455. See https://www.example.com/manual and"
        " www.hospital.example/qa/123456."
    ),
    "Main Hospital, 100 North Main Street, Springfield, IL 62701",
    "The DICOM node is 192.168.4.20, port 104. SOP class 1.2.840.10008.5.1.4.1.1.4.",
    "Technologist certification ARRT 445566, Policy No. RAD-1044, room 3127, 20 patients a day.",
    "Matrix 256 x 256, TE 20 ms, TR 500 ms, 90 of 95 tests passed. Ages 4 to 89 were reviewed.",
    "Medical physicist approval on file. Record of training kept for 3 years.",
    "The patient was repositioned and the patient table recalibrated.",
]


@pytest.mark.parametrize("text", LEGITIMATE)
def test_what_a_good_plan_says_passes(text):
    assert found(text) == set()


def test_without_a_roster_the_same_people_are_asked_about():
    assert ("phone", False) in found("312-555-0147", Roster())


def test_a_finding_tells_place_and_line_and_never_the_text():
    findings = screen([("page 2", "Line one\n\nMRN: 00451277")], roster=STAFF)
    assert findings == [Finding("page 2", 3, "mrn", True)]
    assert describe(findings) == ["Page 2, line 3: this looks like a medical record or patient number."]
    assert "451277" not in str(findings)


def test_hidden_characters_hide_nothing():
    assert ("mrn", True) in found("M\u200bRN: 004\u00ad51277")
    assert ("ssn", True) in found("１２３-45-6789")


def test_pictures_are_asked_about_and_scans_refused():
    findings = screen([], roster=STAFF, pictures=["page 1", "page 2"], opaque=["page 2"])
    assert [(f.place, f.kind, f.certain) for f in findings] == [
        ("page 1", "photo", False),
        ("page 2", "unreadable", True),
    ]


def test_findings_come_in_reading_order():
    parts = [("page 10", "SSN 123-45-6789"), ("page 2", "x\nMRN 004512 SSN 123-45-6789")]
    places = [(f.place, f.line, f.kind) for f in screen(parts, roster=STAFF)]
    assert places == [("page 2", 2, "mrn"), ("page 2", 2, "ssn"), ("page 10", 1, "ssn")]


def test_every_kind_has_words():
    kinds = {kind for kind, _ in CERTAIN + POSSIBLE} | {"unreadable"}
    assert kinds == set(KINDS)


@pytest.mark.parametrize(
    "unit", ["Aaa ", "1", "1.", "a@", "Patient ", "Name: A", "12 A", "(312) ", "\n", "A-", "MRN: ", "born "]
)
def test_no_text_keeps_the_screening_busy_for_ever(unit):
    """A pattern that backtracks without end would hang here, and the test run ends a test that hangs."""
    assert isinstance(screen([("text", unit * (60_000 // len(unit)))], roster=STAFF), list)
