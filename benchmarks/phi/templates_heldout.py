"""Other people's writing: sentences, forms and names that the rules were not tuned on."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.phi.people import World

Template = Callable[[World], str]
NAMES = [
    ("Desmond", "Achterberg"),
    ("Marisol", "Quintanilla"),
    ("Tuyet", "Lam"),
    ("Bartholomew", "Finch"),
    ("Ngozi", "Eze"),
    ("Anh", "Dao"),
    ("Siobhán", "Ó Briain"),
    ("Hiroshi", "Takahashi"),
    ("Yuki", "Saitō"),
    ("Rukhsana", "Chaudhry"),
    ("Ebenezer", "Owusu"),
    ("Lars", "Østergaard"),
    ("Chanthavy", "Sok"),
    ("Parisa", "Farahani"),
    ("Moses", "Little"),
    ("Tevita", "Tupou"),
    ("Bao", "Vang"),
    ("Ilse", "van Dijk"),
    ("Giancarlo", "D'Angelo"),
    ("Beatriz", "Nunes da Silva"),
    ("Shanelle", "Washington"),
    ("Crystal", "Stone"),
    ("Dale", "Rivers"),
    ("Kyung-hee", "Bae"),
    ("Abdirahman", "Warsame"),
    ("Gunnar", "Sigurðsson"),
    ("Xochitl", "Tlaxcalteca"),
    ("Will", "Banks"),
    ("Amber", "Fields"),
    ("Zbigniew", "Brzęczyszczykiewicz"),
    ("Pema", "Tshering"),
]


def who(w: World) -> tuple[str, str]:
    return w.random.choice([x for x in NAMES if not any(x[1] in s.name for s in w.staff)])


def nm(text: str) -> str:
    return f"[[names|{text}]]"


def fax_cover(w: World) -> str:
    g, f = who(w)
    return f"FAX COVER SHEET\n\nTO: ACR Breast Imaging\nFROM: {w.staff[3].name}, {w.house}\nFAX: 703-555-0199\nPAGES: 3\nRE: {nm(f'{g} {f}')} - repeat exam of [[dates|{w.date()}]]\n\nConfidential."


def dictated(w: World) -> str:
    g, f = who(w)
    age = w.random.randint(90, 98)
    return f"HISTORY: This is a [[dates|{age} year old]] gentleman, {nm(f'{g} {f}')}, who was admitted on [[dates|{w.date()}]] following a fall at home on [[geographic|{w.street()}]]. He was transferred by his son, {nm(f'{w.random.choice(NAMES)[0]} {f}')}."


def email_body(w: World) -> str:
    g, f = who(w)
    return f"Hi {w.staff[0].name.split()[0]},\n\ncan you look at the images for {f}, {g} (MRN# [[mrn|{w.mrn()}]])? She came in last Tuesday ([[dates|{w.date()}]]) and wants her results sent to [[email|{g.lower()[:3]}.x{w.digits(2)}@hotmail.com]]. Her cell is [[phone|{w.phone()}]].\n\nThanks,\n{w.staff[1].name}".replace(
        f"{f}, {g} (", nm(f"{f}, {g}") + " ("
    )


def label_below(w: World) -> str:
    g, f = who(w)
    return f"Last Name\tFirst Name\tM.I.\n[[names|{f}]]\t[[names|{g}]]\tJ\n\nDate of Birth\tSex\tSSN\n[[dates|{w.birth()}]]\tF\t[[ssn|{w.ssn()}]]\n\nHome Phone\tCell Phone\n[[phone|{w.phone()}]]\t[[phone|{w.phone()}]]"


def log_lines(w: World) -> str:
    rows = []
    for _ in range(5):
        g, f = who(w)
        rows.append(
            f"[[dates|{w.date()}]]  {nm(f'{f}, {g}')}  [[mrn|{w.digits(8)}]]  CT HEAD W/O  {w.staff[1].name.split()[0]}"
        )
    return "CT room log\nDate        Patient             MRN        Exam          Tech\n" + "\n".join(rows)


def csv_export(w: World) -> str:
    rows = []
    for _ in range(4):
        g, f = who(w)
        rows.append(
            f"[[other|{w.digits(9)}]],[[names|{g} {f}]],[[mrn|{w.digits(7)}]],[[dates|{w.birth()}]],MR,{w.random.randint(20, 70)}.{w.digits(1)}"
        )
    return "accession_number,patient_name,patient_id,birth_date,modality,sar\n" + "\n".join(rows)


def csv_fix(w: World) -> str:
    """Dates with a comma would break the table: only plain ones."""
    text = csv_export(w)
    return text if ", " not in text else csv_fix(World(w.seed + 13))


def complaint(w: World) -> str:
    g, f = who(w)
    return f"Patient complaint form\n\nName of complainant: {nm(f'{g} {f}')}\nRelationship to patient: self\nDate of visit: [[dates|{w.date()}]]\nMailing address: [[geographic|P.O. Box {w.digits(3)}]], [[geographic|{w.town()}]]\nDaytime phone: [[phone|{w.phone()}]]\nDescription: waited two hours; the technologist {w.staff[1].name} apologised."


def letter_from_patient(w: World) -> str:
    g, f = who(w)
    return f"{nm(f'{g} {f}')}\n[[geographic|{w.street()}]]\n[[geographic|{w.town()}]]\n\n{w.date()}\n\nTo whom it may concern,\n\nI had an MRI at your facility and the table was cold.\n\nYours,\n{nm(f'{g} {f}')}"


def footer(w: World) -> str:
    g, f = who(w)
    return f"Protocol review: Adult Abdomen\nkVp 120, mAs 180, pitch 0.9, CTDIvol 11.2 mGy\nRecommendation: reduce mA.\n\nPrinted for {nm(f'{f.upper()}^{g.upper()}')} Acc# [[other|{w.digits(10)}]] Page 1 of 2"


def insured(w: World) -> str:
    g, f = who(w)
    return f"Subscriber: {nm(f'{g} {f}')}   Group No: 7{w.digits(4)}\nSubscriber ID [[health-plan|XZA{w.digits(9)}]]\nMedicaid #: [[health-plan|{w.digits(10)}]]\nHAR: [[account|{w.digits(9)}]]  CSN: [[account|{w.digits(9)}]]\nCharge to card ending 4411."


def pump(w: World) -> str:
    g, f = who(w)
    return f"MR safety screening. {nm(f'{g} {f}')} reports an insulin pump (S/N [[device|{w.digits(3)}-{w.digits(5)}]]) and a cochlear implant model CI24RE, serial [[device|{w.digits(11)}]]. Magnet serial {w.digits(5)} is unaffected."


def car(w: World) -> str:
    _g, f = who(w)
    return f"Security note: Ms. {nm(f)} left her car, plate [[vehicle|{w.plate()}]], in the staff lot. VIN on the registration: [[vehicle|{w.vin()}]]. Driver license [[certificate|{w.random.choice('ABCDS')}{w.digits(3)}-{w.digits(4)}-{w.digits(4)}]]. She can be reached at [[phone|{w.phone()}]]."


def web(w: World) -> str:
    g, f = who(w)
    slug = g.lower().encode("ascii", "ignore").decode()
    return f"{nm(f'{g} {f}')} posted about the exam on [[url|https://www.facebook.com/{slug}.{w.digits(3)}]] and logged in to the portal from [[ip|198.51.100.{w.random.randint(3, 250)}]]. The page [[url|www.patientportal.example.com/u/{w.digits(5)}]] shows her [[photo|picture of her face]]."


def bio(w: World) -> str:
    g, f = who(w)
    return f"Identity of {nm(f'{g} {f}')} was verified by [[biometric|palm vein scan]] and a [[biometric|retinal scan]] stored on file; passport no. [[certificate|{w.digits(9)}]]."


def spoken(w: World) -> str:
    g, f = who(w)
    return f"I spoke with {nm(f'{g} {f}')} yesterday about the claustrophobia during the scan on [[dates|{w.date()}]]. {nm(g)} was upset but agreed to come back."


def research(w: World) -> str:
    g, f = who(w)
    return f"Volunteer {nm(f'{g} {f}')} (study subject no. [[other|S-{w.digits(4)}]]) was scanned at 3T. Born [[dates|{w.birth()}]] in [[geographic|Dubuque County]]. Social security ending [[ssn|{w.digits(4)}]]."


def initials(w: World) -> str:
    g, f = who(w)
    return f"Slides 4 and 5 show {nm(f'{g[0]}. {f}')} before and after. {nm(f'{f}, {g[0]}.')} had motion on [[dates|{w.random.randint(1, 12)}/{w.random.randint(1, 28)}]]; the second attempt was fine."


def spanish(w: World) -> str:
    g, f = who(w)
    return f"Nombre del paciente: {nm(f'{g} {f}')}\nFecha de nacimiento: [[dates|{w.birth()}]]\nTeléfono: [[phone|{w.phone()}]]\nEstudio: RM de columna lumbar"


def kin_note(w: World) -> str:
    _g, f = who(w)
    h = w.random.choice(NAMES)[0]
    return (
        f"Next of kin: {nm(f'{h} {f}')} (husband), tel. [[phone|{w.phone()}]], works at the county library. Pt resides in [[geographic|{w.town()}]]. Fax results to [[fax|{w.phone()}]]? Fax: [[fax|{w.phone()}]]".replace(
            "Fax results to [[fax|", "Home fax: [[fax|"
        )
        .replace("]]? Fax: ", "]]; cell: ", 1)
        .replace("; cell: [[fax|", "; cell: [[phone|")
    )


def death(w: World) -> str:
    _g, f = who(w)
    return f"Addendum. {nm(f'{f}')} passed away [[dates|{w.date()}]]; the family of Mr {nm(f)} asked for the [[photo|photographs of him]] to be returned.".replace(
        f"Addendum. {nm(f)}", f"Addendum. Mr {nm(f)}"
    )


def json_dump(w: World) -> str:
    g, f = who(w)
    return f'{{"PatientName": "[[names|{f}^{g}]]", "PatientID": "[[mrn|{w.digits(8)}]]", "PatientBirthDate": "[[dates|19{w.random.randint(40, 99)}0{w.random.randint(1, 9)}1{w.digits(1)}]]", "DeviceSerialNumber": "{w.digits(5)}", "KVP": 120}}'


DIRTY: tuple[Template, ...] = (
    fax_cover, dictated, email_body, label_below, log_lines, csv_fix, complaint, letter_from_patient, footer, insured, pump, car, web, bio, spoken, research,
    initials, spanish, kin_note, death, json_dump,
)  # fmt: skip


def c_agenda(w: World) -> str:
    return f"Minutes of the Radiation Safety Committee, {w.date()}\n\nPresent: {', '.join(s.name for s in w.staff)}\nAgenda\n1. Dose Index Registry: median CTDIvol 48 mGy, 75th percentile 56 mGy\n2. New Canon Aquilion Prime SP in Room 2 (serial 5CA19X2{w.digits(3)})\n3. Badge readings below 10 % of limits\nNext meeting {w.date()} at 7:30 in Conference Room B. {w.staff[4].name} takes minutes."


def c_policy(w: World) -> str:
    return f"Policy RAD-{w.digits(3)}: Patient Identification\nEffective {w.date()}, revised {w.date()}\n\nBefore every exam the technologist asks the patient for full name and date of birth and compares them with the wristband. Photographs of patients are prohibited. No medical record numbers may be written on phantom images. Questions: {w.staff[4].name}, ext. 4{w.digits(3)}."


def c_phantom(w: World) -> str:
    return f"ACR MRI Phantom Analysis\nPhantom serial J{w.digits(4)}  Large phantom\nScan date {w.date()}   Physicist {w.staff[0].name}, PhD, DABR\nGeometric accuracy: 148.1, 189.6, 190.2 mm\nHigh contrast: 0.9 mm\nPercent signal ghosting 0.004\nLow contrast detectability: 38 spokes (10, 10, 9, 9)\nTransmitter gain 104.5, centre frequency 63.871234 MHz"


def c_letterhead(w: World) -> str:
    return f"{w.house}\n1200 E Harrison Blvd, Suite 310\nSpokane, WA 99202\nPhone (509) 555-0133 | Fax (509) 555-0134\n\n{w.date()}\n\nMRI Accreditation Program\nAmerican College of Radiology\n1892 Preston White Drive\nReston, VA 20191\n\nRe: Facility ID MRAP {w.digits(5)}, Corrective Action\n\nThe coil was exchanged and the Knee protocol now uses a 160 mm field of view.\n\n{w.staff[2].name}, MD\nMedical Director"


def c_training(w: World) -> str:
    rows = "\n".join(f"{s.name:<28}{s.role:<26}{w.date():<20}yes" for s in w.staff)
    return f"In-service: Head CT protocol\nTrainer: Applications Specialist, GE HealthCare\n\nName                        Title                     Date                Signed\n{rows}"


def c_invoice(w: World) -> str:
    return f"INVOICE 2021-{w.digits(5)}\nBill to: {w.house}, Accounts Payable\nPO number 4500{w.digits(6)}\n1 x Head/Neck coil, P/N {w.digits(7)}, S/N A{w.digits(6)}    $18,250.00\nRemit to account manager at orders@coilmaker.example or 800-555-0110. Net 30."


def c_software(w: World) -> str:
    return f"Change log\n{w.date()} PACS gateway 10.20.30.{w.random.randint(2, 200)} updated to version 8.4.12.1; AE title LAKE_CT1, port 11112.\n{w.date()} Certificate renewed. See https://www.hl7.example/fhir/R4/imagingstudy.html\nUDP 4242 closed. Study Instance UID root 1.2.826.0.1.3680043.8.498."


def c_appeal(w: World) -> str:
    return f"We respectfully disagree with the reviewers' finding of Motion Artifact on the Sagittal T2 Cervical Spine. Image 7 of 15 shows Truncation Artifact at the cord, a known effect of the 256 x 192 matrix. In Figure 3 the Spatial Resolution is 0.6 x 0.8 mm. Signed for the facility: {w.staff[2].name}, {w.staff[2].role}, {w.staff[2].phone}."


def c_dose(w: World) -> str:
    return "Dose report summary\nProtocol\tScans\tMean CTDIvol\tMax\tDLP\nAdult Head\t412\t52.1\t74.9\t911\nPediatric Abdomen\t39\t6.8\t11.2\t240\nChest Low Dose\t220\t2.1\t3.0\t90\nAges of the patients ranged from 4 to 89; mean age 61."


def c_biometric(w: World) -> str:
    return f"Access to the console uses a fingerprint reader for staff; technologists sign in with badge and PIN. Retina display at the workstation was calibrated on {w.date()} (Barco Nio, serial 259{w.digits(7)}). Owner: {w.staff[3].name}, {w.staff[3].email}."


def c_survey(w: World) -> str:
    return f"Physicist's annual survey\nUnit: Hologic Selenia Dimensions, manufactured 2014, S/N 81{w.digits(9)}\nRoom 3127, Building C\nAEC reproducibility 1.2 %, average glandular dose 1.41 mGy, half-value layer 0.58 mm Al at 28 kV\nRecommendations: none. Survey performed {w.date()} by {w.staff[0].name}, {w.staff[0].phone}, license MP-{w.digits(3)}."


CLEAN: tuple[Template, ...] = (
    c_agenda,
    c_policy,
    c_phantom,
    c_letterhead,
    c_training,
    c_invoice,
    c_software,
    c_appeal,
    c_dose,
    c_biometric,
    c_survey,
)
