"""Who is at work in a paper is no patient there, and what stands beside a patient is hers. All persons are made up."""

from __future__ import annotations

import pytest

from reaccredit.phi.passage import Passage
from reaccredit.phi.roster import Roster
from reaccredit.phi.screening import screen
from reaccredit.phi.words import TOLD, Finding

MAIL = "From: Ximena Roe <xroe@vendor.example>\nTo: Ann Lee <alee@lakeview.example>\nDate: Mon, 26 Feb 2024 13:12\n\n"


def told(text: str) -> list[Finding]:
    roster = Roster(names=frozenset({"Ann Lee"}), emails=frozenset({"alee@lakeview.example"}))
    return [f for f in screen([Passage("text", text)], roster=roster) if f.certainty >= TOLD]


@pytest.mark.parametrize(
    "text",
    [
        MAIL + "The upgrade is set for Sunday.\nThanks,\nXimena Roe\n",
        MAIL + "> On Fri, Feb 23, 2024 at 8:50, Ximena Roe <xroe@vendor.example> wrote:\n> Is Sunday fine?",
        "Present: Ann Lee, Rev. Paul Roe (community), Jane Poe\n1. Badge readings.",
        "Trained by Jane Poe, RN. Later Jane Poe showed the chart.",
        "Approver: Naveen Roe. Start 2024-02-10, end 2024-02-11.",
        "Surveyors are Dr. Jane Roe and Carl Poe. They arrive 4/9.",
        "Mr. Roe of Siemens explained it. The surveyor, Mrs. Poe, asked for the report.",
        "My colleague Jane Poe comes on 1/22. Her cell is 412-555-0188.",
        "Engineer: Jane Poe    Arrival 02/13/2024 07:30",
        "Roe JT, Seibert JA. Physics of imaging. 4th ed. 2021. Radiology 2011;259:311-316.",
        "Jane Poe, MS, DABR    Academy, Cary, NC 27511",
        "Lee, Ann CT         20087        on file",
        "Tc-99m MDP kit, expires 5/24/24",
        "Patients aged 90 or more: 11",
        "Calibrated by Dieter Roe 06/11/2024. Our PACS admin, Joaquin Poe, fixed it.",
        "Facilities (Marcus Roe) says it is fixed. Technician on site: Bogdan Poe",
        'Use "PHANTOM^ACR" for the name; delete Test^Patient monthly.',
        "detector serial 81402217088, AWS 1.11.0.15",
        "exam1_series2.zip   2024-02-28",
        "Scanned at 120 kVp.\n\nBest, Maria",
    ],
)
def test_people_at_work_and_things_are_nobodys(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("names", "Roe, engineer of the mill, was a patient. Patient: Jane Roe"),
        ("names", MAIL.replace("vendor.example", "gmail.com") + "my scan"),
        ("names", "Family contact: son Gregory, will call."),
        ("names", "Zofia (room 412-B, DOB 1/1/35) had hives"),
        ("names", "Exam,Last,First\nHead,Quintanilla,Esperanza"),
        ("mrn", "HUTCHENS^LORRAINE^P   ID 553-20-771"),
        ("mrn", "Both MRNs: 552190 / 552910 of Jane Roe"),
        ("mrn", "another patient, Henrietta Roe (chart P-66120)"),
        ("mrn", "00288171;ROE^ELOY;19440917;M;PT"),
        ("mrn", 'patient_name,patient_id,exam_date\n"Roe, Mateo",SM449201,2024-07-11'),
        ("phone", "Jane Roe can be reached at 412/555-1899."),
        ("phone", "Mrs. Roe called. Callback no. 4125552217"),
        ("fax", "Mrs. Roe wants it faxed to her home: (412) 555-7781"),
        ("ssn", "SSN on the face sheet (219 44 8803) of Jane Roe"),
        ("certificate", "Driver's license: PA 28 114 902"),
        ("health-plan", "Jane Roe, member U8812 40093"),
        ("health-plan", "Her insurance (Highmark ID YXK 3349 20017 01) paid."),
        ("device", "Implant: pacemaker serial RNB448201H, leads 5076-52 s/n PJN7731902"),
        ("geographic", "Ms. Jane Roe, who came to us from Zelienople, PA"),
        ("dates", "McAllister, J\t92\nName\tMRN\tDate\nRoe, Jane\t771203\t3/1"),
    ],
)
def test_what_stands_beside_a_patient_is_hers(kind, text):
    assert kind in {f.kind for f in told(text)}
