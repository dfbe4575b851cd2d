"""Whose name is it, where nothing labels it? All persons are made up."""

from __future__ import annotations

import pytest

from reaccredit.phi.passage import Passage
from reaccredit.phi.roster import Roster
from reaccredit.phi.screening import screen
from reaccredit.phi.words import TOLD, Finding

PLAN = "Corrective action plan. The protocol was edited in March and the matrix was left at 256. All scanners were compared since.\n\n"


def told(text: str) -> list[Finding]:
    roster = Roster(names=frozenset({"Ann Lee"}), emails=frozenset({"alee@lakeview.example"}))
    return [f for f in screen([Passage("text", PLAN + text)], roster=roster) if f.certainty >= TOLD]


@pytest.mark.parametrize(
    "text",
    [
        "Tech key: AL = Ann Lee; DMP = Dana M. Poe",
        "Front desk: Shawna, Lori B., Mr. Poe",
        "Approved (motion Poe, second Lee). Jane Poe reminds all that forms are due.",
        "Calibration was done by our engineer Mr. Anselm Poe, who is certified for it.",
        "As of June 1 Mr. Clyde Poe has left as safety officer.",
        "Ms. Sheila Poe was appointed deputy on 22 July.",
        "Violations are reported to the privacy officer, Ms. Guadalupe Poe, privacy@bayview.example.",
        "From: jane.poe@bayview.example\nTo: mrsafety@bayview.example\nSubject: coil",
        "Best regards / Mit freundlichen Grüßen\nDragan Poe\nTel.: +49 9191 18-0000",
        "Wexler, Dana\t10/02/24\tin-service",
        "A. The technologist asks the patient to state the name.",
        "Subject: Field Change Order FCO-M-01877, serial 81200917034",
        "A patient ID becomes 1, the date of birth 01/01/1900.",
        "HIPAA lists biometric identifiers, full-face photographs and any comparable images.",
        "Photographs of the patient are not permitted in this room.",
        "Shri Venkatesan asked for leave.",
        "Dosimetry shipment\nAccount no. 0118834, series RAD\nBadge  Participant\n00002  GARZA L   mammo",
        "apron | type | owner | checked\nT-03 | thyroid | Selena Poe | 1/15/25",
        "Jane Poe scanned the phantom twice and noted motion.",
        "Lead: Veronica Poe, cell 617-555-0190, v.poe@vendor.example.com",
        "Roe J, Poe K. Motion in the brain. J Magn Reson Imaging 2019;49:1.",
        "MUGA, UltraTag kit, 9/12",
        "00419117,Injector,Ulrich,L0-04,Jane Poe\n00420551,US,GE,ED-3,Ann Lee",
        "He regrets it, owing to his father's illness. Mr. Abdul Poe will come tomorrow.",
    ],
)
def test_a_name_without_a_patient_around_it_is_a_colleagues(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("names", "The case was that of Dorothy Roe, who moved between the series."),
        ("names", "1030 carotid   Petrosyan M   rt 50-69"),
        ("names", "Mrs. Poe-Quinones, the lady on hospice, was scanned twice."),
        ("names", "The wristband read HAVERSTOCK 00398104."),
        ("names", "Patient initials / ID: L.K. / B77120"),
        ("names", "Surname: O'ROE  Forename: CATHAL"),
        ("names", "Destiny Moss was placed head first. Later Ms. Moss agreed."),
        ("names", "3  B/o Divya  4D/F  brain"),
        ("names", "The consent form was signed Antoinette Roe 05-21-24"),
        ("names", "Isn't this the same pt as in November (Stromquist)?"),
        ("names", "glucose log\n8:05  118  Voigt\n8:40  96   Ransom, T"),
        ("names", "Emergency contact   Zbigniew, husband"),
        ("names", "hello my name is Darlene Wisniewski"),
        ("dates", "Mrs. Quinones-Bell, 12/18, the lady on hospice"),
        ("dates", "The lady, Jane Roe, had a scan on the Wed. 4/24"),
        ("mrn", "(0010,0020) LO [RMC0551902]"),
        ("mrn", "The lady's scan was fine. Her number is 1140922 so you can look."),
        ("mrn", "The chart number on the card is 0 6 6 1 4 8, thanks."),
        ("mrn", "LINDGREN^ASTRID,B69977,1957-10-01"),
        ("mrn", "UHID: SVS/24/001182"),
        ("other", "Patient ID: B77120\nExam #: US-240611-017"),
        ("health-plan", "Insurance: Highmark XOF882134467"),
        ("health-plan", "My medical card is W114822A"),
        ("dates", "Jane Roe, 94, had a scan of the carotids."),
        ("dates", "I am 91 years young and was in for a scan."),
        ("dates", "The patient, MRN 4471209, had the same finding in October 2023."),
        ("dates", "Date of incident: 11 Aug 2024\nDept: CT\n\nThe table moved. Patient: Jane Roe"),
        ("geographic", "The patient, a school bus driver from Oakton, was informed."),
        ("geographic", "Jane Roe, MRN 4471209\n  RR 2 Box 118"),
        ("geographic", "Please mail the letter to the member, 1180 Nevin Av #3"),
        ("geographic", "La señora Guadalupe Roe vive en Calle del Sol 14, nació en 1949"),
        ("phone", "Mrs. Bridie Roe had her scan late, 087 555 0192"),
        ("phone", "Seen by Dr. Ishaan Poe. Daughter notified, tel (419) 555-0397."),
        ("device", "Pt came out at 0733. Pump: Tandem t:slim, s/n 1188940."),
        ("certificate", "Aadhaar: XXXX XXXX 4418"),
        ("photo", "Nobody was told in the form\nphoto of pt with card sent"),
    ],
)
def test_what_the_words_around_give_to_a_patient_is_told(kind, text):
    assert kind in {f.kind for f in told(text)}


def test_a_list_in_which_one_line_is_a_patients_is_a_list_of_patients():
    assert len([f for f in told("Nowicki, Jan - biopsy\nThibodeaux, Renee - letter\n") if f.kind == "names"]) == 2
