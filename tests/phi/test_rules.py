"""Sentences as people write them, and what the screening must say of them. Every identifier here is made up."""

from __future__ import annotations

import pytest

from reaccredit.phi.passage import Passage
from reaccredit.phi.roster import Roster
from reaccredit.phi.screening import screen
from reaccredit.phi.words import KINDS, TOLD, Finding

STAFF = Roster(
    names=frozenset({"Ann Lee", "Robert Q. Staffer", "Quang Phạm"}),
    phones=frozenset({"(312) 555-0147"}),
    emails=frozenset({"alee@lakeview.example"}),
)


def told(text: str, roster: Roster = STAFF) -> list[Finding]:
    return [f for f in screen([Passage("text", text)], roster=roster) if f.certainty >= TOLD]


NAMES = [
    "Jane Doe could not hold still.",
    "J. Doe on 3/4 was rescanned",
    "Motion in the exam of Doe, Jane.",
    "DOE, JANE  54Y F",
    "the images of DOE^JANE",
    "Oyelaran Adebayo came in on 3/4",
    "GARCÍA-LÓPEZ, MARÍA T.",
    "Nguyễn Thị Minh Khai was seen",
    "van der Berg, Anneke",
    "Mr. de la Cruz complained",
    "Mohammed bin Salman Al-Harbi",
    "Tariq al-Masri was recalled",
    "Wójcik, Krzysztof",
    "pt jane roe, mrn 004512",
    "李小龍 was scanned twice",
    "Ms. Shanelle Washington",
    "Nombre del paciente: Marisol Quintanilla",
    "<last_name>Ybarra</last_name>",
    '{"PatientName": "Roe"}',
    "Susan Lee moved during the scan.",
    "B. Lee moved during the scan.",
    "The coil was changed because of the complaint by Jane\nRoe.",
]


@pytest.mark.parametrize("text", NAMES)
def test_names_are_found_in_many_forms(text):
    if "\n" in text:
        text = text.replace("The coil", "The coil of the second scanner in the basement")
    assert "names" in {f.kind for f in told(text)}


OTHERS = [
    ("dates", "The patient was scanned on March 4, 2021."),
    ("dates", "Ximena Roe, seen 3/4/21"),
    ("dates", "geb. 22.05.1981"),
    ("dates", "a ninety-two-year-old man"),
    ("phone", "Her cell is 217-555-0123"),
    ("fax", "Patient's home fax: 217-555-0124"),
    ("email", "write to jane.roe@gmail.com"),
    ("geographic", "Jane Roe\n12 Oak Street\nDecatur, IL 62521"),
    ("geographic", "Lives in Macon."),
    ("ssn", "Social security ending 6789"),
    ("mrn", "hospital number H445566"),
    ("mrn", "Pat.-Nr.: 2193784"),
    ("mrn", "2021-01-02  Roe, Jane  07303346  CT HEAD"),
    ("health-plan", "Subscriber ID XZA123456789"),
    ("account", "credit card 4539 1488 0343 6467"),
    ("account", "Fin Nbr: 10182992311"),
    ("certificate", "Passport X12345678"),
    ("vehicle", "license plate 7ABC123"),
    ("vehicle", "1HGCM82633A004352"),
    ("device", "insulin pump (S/N 123-45678)"),
    ("url", "https://www.facebook.com/jane.roe.123"),
    ("ip", "The patient logged in from 198.51.100.87"),
    ("biometric", "The patient's fingerprint was captured."),
    ("photo", "A full-face photo of the patient was attached."),
    ("other", "Acc# 2021030417"),
]


@pytest.mark.parametrize(("kind", "text"), OTHERS)
def test_each_of_the_kinds_is_found(kind, text):
    assert kind in {f.kind for f in told(text)}


def test_every_kind_of_the_rule_has_a_sentence_here():
    assert {kind for kind, _ in OTHERS} | {"names"} == set(KINDS) - {"unreadable"}


LOOK_ALIKES = [
    "Scanner: Siemens Magnetom Skyra 3T, serial number 445566, software syngo MR E11, Coil Head 20.",
    "Slice Position, Geometric Accuracy and Image Uniformity were within limits. CTDIvol 75.2 mGy, DLP 1,044.",
    "See section 4.2.1.3 and clause 9.1. Version 12.0.3.1 installed. Next test due 12/14/2021.",
    "Present: Ann Lee, Robert Staffer, Quang Phạm",
    "Tom Becker (field engineer, Siemens Healthineers) exchanged gradient amplifier A2, S/N 4455667.",
    "Conference Room B. Robert Staffer takes minutes.",
    "Trainer: Alice Fromm, RT(R)(CT). Ages of the patients ranged from 4 to 89.",
    "Lakeview Imaging Center\n1200 E Harrison Blvd, Suite 310\nSpokane, WA 99202\nPhone (509) 555-0133",
    "Before every exam the technologist asks the patient for full name and date of birth.",
    "Access to the console uses a fingerprint reader for staff. Photographs of patients are prohibited.",
    "Each patient will be asked. Case number CT-000123, PO 4500123456, part no. 123-45-6789.",
    "The PACS gateway 10.20.30.4 speaks DICOM on port 104; UID 1.2.840.10008.5.1.4.1.1.4.",
    "Mon  Ann Lee   07:00-15:30   CT 1",
    "Name\tRole\tPhone\nAnn Lee\tLead Technologist\t312-555-0147",
    "Photograph of the posted notice attached. The sign reads: THIS UNIT IS NOT ACCREDITED.",
]


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_only_looks_alike_is_not_told(text):
    assert told(text) == []


def test_a_patient_who_shares_a_surname_with_staff_is_still_a_patient():
    assert told("Susan Lee was repositioned by Ann Lee.")[0].column == 1
    assert len(told("Susan Lee was repositioned by Ann Lee.")) == 1


TABLES = [
    "Patient\tMRN\tDOB\nRoe, Jane\t0045127\t01/02/1960",
    "patient_name,patient_id,birth_date\nJane Roe,0045127,01/02/1960",
    "| Patient name | MRN | Birth date |\n|---|---|---|\n| Jane Roe | 0045127 | 01/02/1960 |",
    "Patient Name      MRN         DOB\nRoe, Jane         0045127     01/02/1960",
    "Patient name\tJane Roe\nMRN\t0045127\nDOB\t01/02/1960",
]


@pytest.mark.parametrize("text", TABLES)
def test_a_label_above_or_beside_says_what_a_cell_holds(text):
    assert {"names", "mrn", "dates"} <= {f.kind for f in told(text)}


def test_what_stands_beside_a_patient_is_hers_and_what_stands_elsewhere_is_not():
    near = told("Jane Roe\n217-555-0123\n" + "\n" * 8 + "Call 217-555-0188 with questions.")
    assert [(f.kind, f.line) for f in near] == [("names", 1), ("phone", 2)]
