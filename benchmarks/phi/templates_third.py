"""A third set of other people's writing, made after two had been looked at."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.phi.people import World

Template = Callable[[World], str]
NAMES = [
    ("Philippa", "Okafor-Lindqvist"),
    ("Sang-woo", "Ryu"),
    ("Mireille", "Charpentier"),
    ("Temitope", "Bankole"),
    ("Rosa", "Delgadillo"),
    ("Elias", "Hakim"),
    ("Vasilisa", "Morozova"),
    ("Kiri", "Te Awa"),
    ("Devon", "Pickett"),
    ("Thanh", "Bui"),
    ("Gurpreet", "Dhaliwal"),
    ("Inga", "Jónsdóttir"),
    ("Cesar", "Ibarra"),
    ("Mary Beth", "Kozlowski"),
    ("Tomoko", "Ishikawa"),
    ("Abebe", "Tadesse"),
    ("Rachel", "Green"),
    ("Paul", "Rich"),
    ("Destiny", "Moss"),
    ("Clarence", "Pope"),
    ("Neha", "Kulkarni"),
    ("Femi", "Ogunleye"),
    ("Antonella", "Ricci"),
    ("Hao", "Deng"),
    ("Liam", "Price"),
    ("Soledad", "Ruiz"),
    ("Mustafa", "Yıldız"),
]


def who(w: World) -> tuple[str, str]:
    return w.random.choice([x for x in NAMES if not any(x[1].split()[-1] in s.name for s in w.staff)])


def nm(text: str) -> str:
    return f"[[names|{text}]]"


def memo(w: World) -> str:
    g, f = who(w)
    return f"MEMO\nTo: File\nFrom: {w.staff[3].name}\nSubject: Image quality event\n\nDuring the afternoon list {nm(f'{g} {f}')} was placed head first instead of feet first. We noticed after two sequences. Ms. {nm(f)} was informed and agreed to a repeat on [[dates|{w.date()}]]."


def sms(w: World) -> str:
    g, f = who(w)
    return f"Reminder for {nm(f'{g} {f}')}: your MRI is on [[dates|{w.date()}]]. Reply C to confirm. Sent to [[phone|{w.phone()}]]"


def intake(w: World) -> str:
    g, f = who(w)
    return f"1. Full legal name ....... {nm(f'{g} {f}')}\n2. Date of birth ......... [[dates|{w.birth()}]]\n3. Street address ........ [[geographic|{w.street()}]]\n4. City, state, zip ...... [[geographic|{w.town()}]]\n5. Mobile phone .......... [[phone|{w.phone()}]]\n6. E-mail ................ [[email|{g.split()[0].lower()}.{w.digits(2)}@proton.me]]\n7. Insurance ID .......... [[health-plan|{w.digits(3)}{w.random.choice('ABC')}{w.digits(6)}]]"


def cc(w: World) -> str:
    g, f = who(w)
    return f"{w.house}\n\nChart copy\nName            Account         MRN\n{nm(f'{f}, {g}'):<15} [[account|{w.digits(8)}]]        [[mrn|{w.digits(7)}]]\n\nAdmit [[dates|{w.date()}]]  Disch [[dates|{w.date()}]]"


def footnote(w: World) -> str:
    g, f = who(w)
    return f"Table 2 shows the doses of the five abdominal exams. The highest value (CTDIvol 31 mGy) came from a large habitus.*\n\n* {nm(f'{f}, {g[0]}.')}, MR# [[mrn|{w.digits(6)}]], [[dates|{w.date()}]]"


def quote(w: World) -> str:
    g, f = who(w)
    return f'"I was never told about the contrast," said {nm(f"{g} {f}")}, [[dates|{w.random.randint(90, 97)}]], of [[geographic|{w.town().split(",")[0]}]]. {nm(f)} plans to file a complaint.'.replace(
        ", [[dates|", ", age [[dates|"
    )


def slide(w: World) -> str:
    g, f = who(w)
    return f"Case 3\n{nm(f'{g[0]}.{f}')}, 47F\nHx: headache\nAcc: [[other|{w.digits(8)}]]\nScanned [[dates|{w.date()}]] by {w.staff[1].name}"


def worklist(w: World) -> str:
    rows = []
    for _ in range(4):
        g, f = who(w)
        rows.append(
            f"0{w.random.randint(7, 9)}:{w.random.randint(10, 59)}\t{nm(f'{f.upper()} {g.upper()}')}\t[[dates|{w.birth()}]]\tMR KNEE LT\t[[other|{w.digits(9)}]]"
        )
    return "Time\tPatient\tDOB\tProcedure\tAccession\n" + "\n".join(rows)


def drive(w: World) -> str:
    g, f = who(w)
    return f"Valet ticket 88: {nm(f'{g} {f}')}, silver Honda, tag [[vehicle|{w.plate()}]]. State ID [[certificate|{w.digits(9)}]]."


def implant_card(w: World) -> str:
    g, f = who(w)
    return f"IMPLANT CARD\nPatient: {nm(f'{g} {f}')}\nDevice: dual chamber ICD\nSerial number: [[device|BLF{w.digits(6)}S]]\nImplant date: [[dates|{w.date()}]]\nImplanting physician: {w.staff[2].name}"


def voicemail(w: World) -> str:
    g, f = who(w)
    return f"Transcript: hi this is {nm(f'{g} {f}')} my birthday is [[dates|{w.birth()}]] and my social is [[ssn|{w.ssn()}]] please call me at [[phone|{w.phone()}]] thanks"


def research_log(w: World) -> str:
    g, f = who(w)
    return f"Consent signed by {nm(f'{g} {f}')} on [[dates|{w.date()}]]; copy mailed to [[geographic|{w.street()}, Unit 12]]. Participant ID [[other|P-{w.digits(5)}]]. Photo release: a [[photo|picture of the patient's face]] may be used."


DIRTY: tuple[Template, ...] = (
    memo,
    sms,
    intake,
    cc,
    footnote,
    quote,
    slide,
    worklist,
    drive,
    implant_card,
    voicemail,
    research_log,
)


def e_cap(w: World) -> str:
    return f"CORRECTIVE ACTION PLAN - CT ACCREDITATION\nFacility: {w.house}   CTAP# 0{w.digits(4)}\n\nDEFICIENCY                 CORRECTIVE ACTION                  RESPONSIBLE            DUE\nHigh CTDIvol (Adult Head)  Tube current lowered to 250 mA     {w.staff[0].name}      {w.date()}\nSlice width 4.1 mm         Collimator recalibrated by vendor  {w.staff[3].name}      {w.date()}\n\nAttachments: A. Dose table; B. Service report no. {w.digits(7)}; C. Revised protocol."


def e_report(w: World) -> str:
    return f"Annual MRI system performance evaluation\n\nMagnet: GE Signa Artist 1.5T; Room 1.104; last ramp {w.date()}\n3.1 Magnetic field homogeneity: 0.42 ppm at 22 cm DSV\n3.2 Slice position accuracy: 1.3 mm (slice 1), -0.8 mm (slice 11)\n3.3 Table positioning accuracy 1 mm\n3.4 Soft-copy displays: Eizo RadiForce RX360, max luminance 412 cd/m2\n\nMedical Physicist: {w.staff[0].name}, MS, DABR     Date: {w.date()}"


def e_minutes(w: World) -> str:
    return f"Peer review meeting, third quarter. Attending: {w.staff[2].name}, {w.staff[0].name}. Guest: Harold Finch, account executive, Canon Medical. The committee reviewed 40 random studies; agreement 97.5 %. RADPEER score 2b in one. No individual cases were discussed by name. Adjourned 12:50."


def e_protocol(w: World) -> str:
    return "Lumbar Spine Routine\nSeries\tPlane\tTR\tTE\tThickness/Gap\tFOV\tMatrix\n1\tSag T1\t550\t12\t4/0.4\t280\t384x256\n2\tSag T2\t3500\t102\t4/0.4\t280\t384x256\n3\tAx T2\t4100\t99\t4/0.4\t200\t320x224\nSaturation band anterior. Coil: Spine 32. Patient supine, feet first; knees supported. Landmark: iliac crest."


def e_mail(w: World) -> str:
    a = w.staff[1]
    return f"Good morning Committee,\n\nplease find our response. The unit (Siemens Biograph Vision 450, s/n {w.digits(5)}) was recalibrated on {w.date()}; the daily QC of the following week passed. Uniformity phantom lot {w.digits(6)}-B. SUV 0.98 to 1.03.\n\nBest regards\n{a.name}\n{a.role} | {w.house} | {a.phone} | {a.email}"


def e_hours(w: World) -> str:
    return f"Continuing education, 36 months\n{w.staff[2].name}   RSNA Annual Meeting, Chicago, IL   14.5 Category 1 credits   {w.date()}\n{w.staff[2].name}   ACR MRI Course, Reston, VA   30 credits   {w.date()}\n{w.staff[1].name}   ASRT Directed Reading: Patient Safety in MR   2.0 credits   {w.date()}\nABR certificate no. {w.digits(5)}. State license 036-{w.digits(6)}."


CLEAN: tuple[Template, ...] = (e_cap, e_report, e_minutes, e_protocol, e_mail, e_hours)
