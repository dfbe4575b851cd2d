"""Sentences on which the rules were tuned. `w` is the world of one document."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.phi.people import World

Template = Callable[[World], str]


def n(w: World, form: int | None = None) -> str:
    forms = w.patient.forms()
    return f"[[names|{forms[form] if form is not None else w.random.choice(forms)}]]"


def letterhead(w: World) -> str:
    return f"{w.house}\n100 North Main Street, Springfield, IL 62701\nTel 217-555-0100   Fax 217-555-0101   www.lakeview-imaging.example\n\n"


def signature(w: World) -> str:
    s = w.staff[0]
    return f"\n\nSincerely,\n\n{s.name}\n{s.role}\n{s.phone}\n{s.email}\n"


def form_header(w: World) -> str:
    return (
        f"Patient Name: {n(w, 2)}    DOB: [[dates|{w.birth()}]]\nMRN: [[mrn|{w.mrn()}]]    Accession #: [[other|A{w.digits(8)}]]\nAddress: [[geographic|{w.street()}]], [[geographic|{w.town()}]]\n"
        f"Phone: [[phone|{w.phone()}]]   SSN: [[ssn|{w.ssn()}]]\n\nFindings: slice thickness 5.1 mm, SNR 93. Reviewed by {w.staff[2].name}, MD."
    )


def incident(w: World) -> str:
    return (
        letterhead(w)
        + f"Dear Reviewer,\n\nOn [[dates|{w.date()}]] the patient, {n(w, 0)}, was scanned with the wrong coil. The technologist {w.staff[1].name} repeated the exam. The coil SN-44{w.digits(4)} was replaced on {w.date()} by service."
        + signature(w)
    )


def slash(w: World) -> str:
    return f"Corrective action plan\n\n1. Cause: motion in the exam of {n(w, 5)} on [[dates|3/{w.random.randint(1, 28)}]].\n2. Action: all technologists were retrained on {w.date()}; policy RAD-{w.digits(4)} revised.\n3. Owner: {w.staff[1].name}."


def titles(w: World) -> str:
    title = w.random.choice(["Mr.", "Mrs.", "Ms.", "Miss"])
    return f"{title} [[names|{w.patient.family}]] complained about noise. Her number is [[phone|{w.phone()}]] and her e-mail is [[email|{w.mail()}]]. {w.staff[3].name} called her back."


def roster_table(w: World) -> str:
    lines = []
    for _ in range(4):
        p = w.stranger()
        lines.append(f"[[names|{p.family}, {p.given}]]\t[[mrn|{w.mrn()}]]\t[[dates|{w.birth()}]]\t5.1\tpass")
    return (
        "Repeat analysis\n\nPatient\tMRN\tDOB\tDose (mGy)\tResult\n"
        + "\n".join(lines)
        + f"\n\nPrepared by {w.staff[1].name}"
    )


def insurance(w: World) -> str:
    return (
        f"Billing note for {n(w, 1)}\nMember ID: [[health-plan|W{w.digits(9)}]]\nMedicare number [[health-plan|1EG4-TE5-MK73]]\nAccount number: [[account|{w.digits(8)}]]\nGuarantor acct # [[account|{w.digits(7)}]]\n"
        f"Driver's license no. [[certificate|D{w.digits(7)}]]"
    )


def implant(w: World) -> str:
    return f"Pt {n(w, 0)} has a pacemaker, serial no. [[device|PJN{w.digits(6)}H]], implanted [[dates|{w.date()}]]. The MR scanner serial is {w.digits(6)}. Age: [[dates|9{w.random.randint(0, 9)}]]."


def parking(w: World) -> str:
    return f"The patient drives a car with license plate [[vehicle|{w.plate()}]] (VIN [[vehicle|{w.vin()}]]). A full-face [[photo|photo]] of the patient was attached. Her [[biometric|fingerprint]] was captured at check-in from IP [[ip|203.0.113.{w.random.randint(2, 250)}]]; see [[url|https://mychart.example.org/patient/{w.digits(6)}]]."


def lower(w: World) -> str:
    g, f = w.patient.given.lower(), w.patient.family.lower()
    return f"note to file\npt [[names|{g} {f}]], mrn [[mrn|{w.mrn()}]], dob [[dates|{w.birth()}]], c/o pain, rescanned"


def caps(w: World) -> str:
    return f"PATIENT NAME: [[names|{w.patient.family.upper()}, {w.patient.given.upper()}]]\nDATE OF BIRTH: [[dates|{w.birth()}]]\nEXAM: MRI LUMBAR SPINE\nMEDICAL RECORD NUMBER: [[mrn|{w.mrn()}]]"


def kin(w: World) -> str:
    p = w.stranger()
    return f"The patient's mother, [[names|{p.given} {p.family}]], lives at [[geographic|{w.street()}]], [[geographic|{w.town()}]]. Emergency contact: [[phone|{w.phone()}]]."


def loose_name(w: World) -> str:
    return (
        letterhead(w)
        + f"{n(w, 0)} could not hold still and the series was repeated. We apologise for the images of {n(w, 0)}."
        + signature(w)
    )


def clean_qc(w: World) -> str:
    return (
        letterhead(w)
        + f"Quality control report of {w.date()}\n\nScanner: Siemens Magnetom Skyra 3T, serial number {w.digits(6)}, software syngo MR E11. Coil Head 20, SN {w.digits(5)}.\nSlice thickness 5.0 mm; SNR 93; PIU 87.5 %; CTDIvol 75.2 mGy; DLP 1,044 mGy·cm.\nSee section 4.2.1.3 and clause 9.1. Next test due {w.date()}. Work order {w.digits(8)}, PO 4500{w.digits(6)}.\nThe magnet was serviced on {w.date()}; helium level 97 %.\nService hotline 1-800-555-0199."
        + signature(w)
    )


def clean_plan(w: World) -> str:
    a, b = w.staff[1], w.staff[3]
    return f"""Corrective Action Plan

Deficiency: Low Contrast Resolution, Adult Head, unit 2 (Philips Ingenia Ambition).
Root Cause: Wrong Field of View was chosen. Patient Positioning was reviewed with all technologists.
Action: {a.name} ({a.phone}) will train all staff by {w.date()}. {b.name}, {b.role}, checks monthly.
Each patient will be asked for two identifiers (Patient Name and DOB) before the scan.
Case number CT-000{w.digits(3)}. Reference: Radiation Safety Manual, Chapter 7, page 91 of 97.
The DICOM node is 192.168.4.{w.random.randint(2, 200)}, port 104. SOP class 1.2.840.10008.5.1.4.1.1.4.
"""


def clean_table(w: World) -> str:
    rows = "\n".join(f"{s.name}\t{s.role}\t{s.phone}\t{s.email}" for s in w.staff)
    return (
        "Personnel\n\nName\tRole\tPhone\tE-mail\n"
        + rows
        + f"\n\nTraining Record No. {w.digits(5)} of {w.date()}. ARRT {w.digits(6)}. License No. MP-{w.digits(4)} (State of Illinois)."
    )


def clean_letter(w: World) -> str:
    return (
        letterhead(w)
        + "Dear Accreditation Committee,\n\nWe appeal the determination for the module Head and Neck. The images showed Gibbs ringing and Nyquist ghosting in two slices only. In our view the Low Contrast score of 92 meets the Minimum Score of the Program.\n\nSlice Position, Geometric Accuracy and Image Uniformity were within limits."
        + signature(w)
    )


def clean_service(w: World) -> str:
    return f"Field Service Report\nCustomer: {w.house}\nSystem: GE Revolution Apex, System ID 217555CT{w.random.randint(1, 9)}, S/N {w.digits(6)}CN{w.random.randint(1, 9)}\nTube replaced {w.date()}; part no. 5{w.digits(3)}-{w.digits(4)}. mA calibrated. Dose index 14.2 mGy.\nEngineer on site 09:40-15:20. Ticket {w.digits(7)}. Call the service line at 1-888-555-0142 with questions.\nVersion 12.0.3.1 installed."


DIRTY: tuple[Template, ...] = (
    form_header,
    incident,
    slash,
    titles,
    roster_table,
    insurance,
    implant,
    parking,
    lower,
    caps,
    kin,
    loose_name,
)
CLEAN: tuple[Template, ...] = (clean_qc, clean_plan, clean_table, clean_letter, clean_service)
