"""A second set of other people's writing, made after the first had been looked at. Nothing was tuned on it before its
first figures were taken.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.phi.people import World

Template = Callable[[World], str]
NAMES = [
    ("Cordelia", "Vanterpool"),
    ("Ignatius", "Mbeki"),
    ("Rosalind", "Tjandra"),
    ("Mele", "Fifita"),
    ("Oded", "Ben-Ami"),
    ("Thandeka", "Dlamini"),
    ("Vinh", "Truong"),
    ("Sunniva", "Haugland"),
    ("Pilar", "Echeverría"),
    ("Kofi", "Asante-Boateng"),
    ("Lech", "Zieliński"),
    ("Hana", "Procházková"),
    ("Tariq", "al-Masri"),
    ("Jun", "Watanabe"),
    ("Delroy", "Campbell"),
    ("Maeve", "Gallagher"),
    ("Prakash", "Subramanian"),
    ("Wen-Li", "Hsu"),
    ("Earl", "Tubbs"),
    ("Hope", "Carpenter"),
    ("Dawn", "Hunter"),
    ("Marcus", "Bell"),
    ("Joy", "Cook"),
    ("Saoirse", "Ní Dhomhnaill"),
    ("Ferenc", "Szabó"),
    ("Anastasia", "Papadimitriou"),
    ("Naveen", "Rao"),
    ("Bilal", "Qureshi"),
    ("Leticia", "Ybarra"),
    ("Tomasz", "Lis"),
    ("Kalani", "Kekoa"),
    ("Gwendolyn", "Ap Rhys"),
]


def who(w: World) -> tuple[str, str]:
    return w.random.choice([x for x in NAMES if not any(x[1].split()[-1] in s.name for s in w.staff)])


def nm(text: str) -> str:
    return f"[[names|{text}]]"


def rad_report(w: World) -> str:
    g, f = who(w)
    return f"RADIOLOGY REPORT\n{nm(f'{f}, {g}')}          [[dates|{w.birth()}]]          F\nOrdering: {w.staff[2].name}, MD\nExam: CT ABD/PELVIS W CONTRAST      [[dates|{w.date()}]]\nMed Rec No: [[mrn|{w.digits(3)}-{w.digits(2)}-{w.digits(3)}]]   Fin Nbr: [[account|{w.digits(11)}]]\nIMPRESSION: No acute process."


def deviation(w: World) -> str:
    g, f = who(w)
    return f"Deviation 3: The wrong protocol was selected for one exam. The affected person ({nm(f'{g} {f}')}, hospital number [[mrn|H{w.digits(6)}]]) was recalled on [[dates|{w.date()}]]. Dose 51.2 mGy. Responsible: {w.staff[3].name}."


def chat(w: World) -> str:
    g, f = who(w)
    return f"[09:14] {w.staff[1].name.split()[0]}: who is on the table\n[09:15] {w.staff[3].name.split()[0]}: {nm(f'{g.lower()} {f.lower()}')}, mrn [[mrn|{w.digits(8)}]]\n[09:16] {w.staff[1].name.split()[0]}: ok. call her back at [[phone|{w.phone()}]]".replace(
        "who is on the table", "who is the patient on the table"
    )


def wristband(w: World) -> str:
    g, f = who(w)
    age = w.random.randint(90, 101)
    return f"{nm(f'{f.upper()}, {g.upper()}')}  [[dates|{age}Y]] M\nMRN [[mrn|{w.digits(9)}]]  DOB [[dates|{w.random.randint(1, 12):02}/{w.random.randint(1, 28):02}/19{w.random.randint(20, 30)}]]\nVISIT # [[account|V{w.digits(9)}]]"


def thanks(w: World) -> str:
    g, f = who(w)
    return f"Dear {w.staff[3].name},\n\nmy name is {nm(f'{g} {f}')} and I was at your imaging center on [[dates|{w.date()}]]. Please send the CD to [[geographic|{w.street()}]], [[geographic|{w.town()}]] or write to [[email|{g.lower().encode('ascii', 'ignore').decode()}.home@icloud.com]].\n\nKind regards\n{nm(g)}"


def bullet(w: World) -> str:
    rows = []
    for number in range(1, 5):
        g, f = who(w)
        rows.append(
            f"{number}. {nm(f'{g} {f}')} - [[dates|{w.random.randint(1, 12)}/{w.random.randint(1, 28)}/2{w.random.randint(0, 1)}]] - motion, repeated"
        )
    return "Repeated exams in the first quarter\n\n" + "\n".join(rows) + "\n\nRepeat rate 2.1 %, goal below 5 %."


def dashed(w: World) -> str:
    g, f = who(w)
    return f"Patient – {nm(f'{g} {f}')}\nUnit record no. [[mrn|{w.digits(7)}]]\nTel (home) [[phone|{w.phone()}]]\nTel (work) [[phone|{w.phone()}]]\nE-mail [[email|{g.lower().encode('ascii', 'ignore').decode()}@{'familymail'}.example.net]]\nSocial Security [[ssn|{w.ssn()}]]\nZIP [[geographic|{w.digits(5)}]]"


def pipes(w: World) -> str:
    rows = []
    for _ in range(3):
        g, f = who(w)
        rows.append(f"| {nm(f'{g} {f}')} | [[dates|{w.birth()}]] | [[other|ACC{w.digits(7)}]] | 44 mGy |")
    return "| Patient name | Birth date | Accession | CTDIvol |\n|---|---|---|---|\n" + "\n".join(rows)


def xmlish(w: World) -> str:
    g, f = who(w)
    return f"<patient>\n  <last_name>{nm(f)}</last_name>\n  <first_name>{nm(g)}</first_name>\n  <dob>[[dates|{w.birth()}]]</dob>\n  <mrn>[[mrn|{w.digits(8)}]]</mrn>\n  <kvp>120</kvp>\n</patient>"


def insurer(w: World) -> str:
    g, f = who(w)
    return f"Claim for {nm(f'{g} {f}')} denied by Aetna. Member number [[health-plan|W{w.digits(4)} {w.digits(5)}]], policy no. [[health-plan|{w.digits(3)}-{w.digits(6)}]]. Patient account no. [[account|{w.digits(7)}]]; credit card [[account|4539 1488 0343 6467]]. Health insurance claim number [[health-plan|{w.digits(9)}A]]."


def device_note(w: World) -> str:
    g, f = who(w)
    return f"{nm(f'{g} {f}')} carries a device card: spinal cord stimulator, SN: [[device|NKB{w.digits(6)}]]. Coronary stent lot no. [[device|{w.digits(7)}]]. The left hip prosthesis (serial number [[device|{w.digits(8)}]]) gave an artifact on the phantom-matched sequence."


def vehicle_note(w: World) -> str:
    g, f = who(w)
    return f"Transport: {nm(f'{g} {f}')} comes by private car, license plate number [[vehicle|{w.plate()}]]. Vehicle identification number [[vehicle|{w.vin()}]]. Passport [[certificate|{w.random.choice('ABCX')}{w.digits(8)}]]."


def social(w: World) -> str:
    g, f = who(w)
    return f"The review on the internet was written by {nm(f'{g} {f}')} ([[url|https://instagram.com/{g.lower().encode('ascii', 'ignore').decode()}_{w.digits(2)}]]), IP address [[ip|{w.random.randint(20, 99)}.{w.random.randint(1, 254)}.{w.random.randint(1, 254)}.{w.random.randint(1, 254)}]]. It includes a [[photo|full face photograph]] and mentions [[biometric|voice print]] enrolment of the patient."


def nickname(w: World) -> str:
    g, f = who(w)
    return (
        f'{g} "Buddy" {f} called twice'.replace(g, "[[names|" + g, 1).replace(f, f + "]]", 1)
        + f" about the bill. Reach Mr. {nm(f)} at [[phone|{w.phone()}]] after 5 pm."
    )


def hyphen_date(w: World) -> str:
    g, f = who(w)
    return f"{nm(f'{f} {g}')}, born [[dates|{w.birth()}]], seen [[dates|{w.date()}]], discharged [[dates|{w.date()}]]. Chart no. [[mrn|{w.digits(6)}]]. Lives in [[geographic|{w.town().split(',')[0]}]]."


def minor(w: World) -> str:
    g, f = who(w)
    h = w.random.choice(NAMES)[0]
    return f"Consent for sedation\nChild: {nm(f'{g} {f}')}\nParent/guardian: {nm(f'{h} {f}')}\nAddress [[geographic|{w.street()} Apt 4B]]\nContact number [[phone|{w.phone()}]]\nSignature of parent: {nm(f'{h} {f}')}"


def german(w: World) -> str:
    g, f = who(w)
    return f"Befund\nPatient: {nm(f'{f}, {g}')}, geb. [[dates|{w.random.randint(1, 28):02}.{w.random.randint(1, 12):02}.19{w.random.randint(30, 99)}]]\nPat.-Nr.: [[mrn|{w.digits(7)}]]\nTelefon: [[phone|+49 30 {w.digits(7)}]]"


DIRTY: tuple[Template, ...] = (
    rad_report, deviation, chat, wristband, thanks, bullet, dashed, pipes, xmlish, insurer, device_note, vehicle_note, social, nickname, hyphen_date, minor, german,
)  # fmt: skip


def d_vendor(w: World) -> str:
    return f"Service summary {w.date()}\nTom Becker (field engineer, Siemens Healthineers) exchanged gradient amplifier A2, S/N {w.digits(7)}. Witness: {w.staff[3].name}. Applications trainer Alice Fromm, RT(R)(CT), was on site until {w.date()}. Next preventive maintenance in Q3."


def d_scoring(w: World) -> str:
    return "Appendix B. Scoring of the Clinical Images\nHead - Adult: Axial T2, Sagittal T1, DWI\nAnatomic Coverage: acceptable. Motion: 2 of 22 slices. Exam Identification: patient name, age, date and facility name must be shown on every film.\nSequence 4: TR 4,500, TE 98, ETL 17, NEX 2, 320 x 224, BW 31.25"


def d_addendum(w: World) -> str:
    return f"Response to deficiency letter dated {w.date()}\n\nRE: MRI Accreditation, Unit #2, Hitachi Oasis 1.2T\n\nPer Section 5.2 the Knee exam was repeated on another volunteer. {w.staff[0].name}, {w.staff[0].role}, verified slice crosstalk on {w.date()}. Spine protocol: gap raised from 0.5 mm to 1.0 mm."


def d_roles(w: World) -> str:
    rows = "\n".join(f"{s.role}: {s.name} ({s.email}, {s.phone})" for s in w.staff)
    return f"Contacts of {w.house}\n\n{rows}\nMain fax: 555-0101. After hours call the operator, 217-555-0100."


def d_schedule(w: World) -> str:
    rows = "\n".join(
        f"{day}  {w.staff[i % 5].name}   07:00-15:30   CT 1"
        for i, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri"))
    )
    return f"Rota week of {w.date()}\n{rows}\nCover: night shift by agency. QC phantom at 06:45 daily."


def d_math(w: World) -> str:
    return "SNR = 0.655 x mean / noise = 0.655 x 1048.2 / 7.31 = 93.9. PIU = 100 x (1 - (1121 - 1003) / (1121 + 1003)) = 94.4 %. Using Rose's criterion, k = 5. Student's t = 2.31 (df 8, p = 0.049). CNR 1.18; MTF50 0.61 lp/mm; 123-45 kV steps."


def d_signage(w: World) -> str:
    return f"Photograph of the posted notice attached (Entrance, Level 1). The sign reads: THIS UNIT IS NOT ACCREDITED. Posted {w.date()} by {w.staff[3].name}. Picture of the door of Room MR-2, no persons shown."


def d_list(w: World) -> str:
    return f"Equipment list\nUnit\tManufacturer\tModel\tSerial\tInstalled\nCT 1\tGE\tRevolution CT\t{w.digits(6)}HM{w.random.randint(1, 9)}\t{w.date()}\nMR 1\tPhilips\tIngenia Elition X\t{w.digits(5)}\t{w.date()}\nNM 2\tSiemens\tSymbia Intevo Bold\t{w.digits(4)}\t{w.date()}\nUS 5\tSamsung Medison\tHERA W10\tS0{w.digits(6)}\t{w.date()}"


def d_mail(w: World) -> str:
    a, b = w.staff[3], w.staff[0]
    return f"From: {a.name} <{a.email}>\nTo: {b.name} <{b.email}>\nSubject: Phantom images unit 1\n\nHi {b.name.split()[0]},\n\nthe large phantom was scanned this morning; ghosting 0.9 %. I sent the set at 10:42. If anything is missing call me, {a.phone}.\n\nBest,\n{a.name.split()[0]}"


CLEAN: tuple[Template, ...] = (d_vendor, d_scoring, d_addendum, d_roles, d_schedule, d_math, d_signage, d_list, d_mail)
