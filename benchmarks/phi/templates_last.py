"""The set that was measured last, once, with no change of a rule afterwards."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.phi.people import World

Template = Callable[[World], str]
NAMES = [
    ("Ottilie", "Brandvold"),
    ("Jerome", "Thibodeaux"),
    ("Ngoc Anh", "Luong"),
    ("Salma", "Benjelloun"),
    ("Wanda", "Pietrowski"),
    ("Isaac", "Mwale"),
    ("Consuelo", "Arredondo"),
    ("Haruto", "Fujimoto"),
    ("Edith", "Lowe"),
    ("Raheem", "Jefferson"),
    ("Sunil", "Bhattacharya"),
    ("Nessa", "O'Rourke"),
    ("Anders", "Kjeldsen"),
    ("Lupe", "Vigil"),
    ("Dorothy", "Means"),
    ("Yusra", "Al-Khatib"),
]


def who(w: World) -> tuple[str, str]:
    return w.random.choice([x for x in NAMES if not any(x[1] in s.name for s in w.staff)])


def nm(text: str) -> str:
    return f"[[names|{text}]]"


def reply(w: World) -> str:
    g, f = who(w)
    return f"With regard to exam 2 (Abdomen), the breathing artifact is explained by the condition of {nm(f'{g} {f}')}, who arrived from the emergency department on [[dates|{w.date()}]]. A repeat was not possible, since Mr. {nm(f)} was discharged."


def header_line(w: World) -> str:
    g, f = who(w)
    return f"{nm(f'{f.upper()}, {g.upper()}')} | [[mrn|{w.digits(8)}]] | DOB: [[dates|{w.birth()}]] | Page 3/7\n\nSeries 4 shows wrap in the phase direction. Window 400/40. kV 120."


def table_form(w: World) -> str:
    g, f = who(w)
    return f"Guarantor name\t{nm(f'{g} {f}')}\nRelationship\tSelf\nHome address\t[[geographic|{w.street()}]]\nSSN\t[[ssn|{w.ssn()}]]\nPlan member ID\t[[health-plan|{w.digits(9)}]]\nAcct no.\t[[account|{w.digits(8)}]]"


def narrative(w: World) -> str:
    g, f = who(w)
    return f"{nm(f'{g} {f}')} is a [[dates|9{w.random.randint(1, 9)}-year-old]] woman from [[geographic|{w.town()}]]. She has a dual-lead neurostimulator (serial no. [[device|NS{w.digits(7)}]]). Contact her daughter {nm(f'{w.random.choice(NAMES)[0]} {f}')} at [[phone|{w.phone()}]] or [[email|{w.mail()}]]."


def mixed(w: World) -> str:
    g, f = who(w)
    return f"Images for patient {nm(f'{g} {f}')} (acc. no. [[other|{w.digits(8)}]]) were uploaded twice. Portal link: [[url|https://portal.example.org/results?mrn={w.digits(7)}]]. Vehicle: VIN [[vehicle|{w.vin()}]]. Login from [[ip|203.0.113.{w.random.randint(2, 200)}]]. ID check by [[biometric|iris scan]]."


DIRTY: tuple[Template, ...] = (reply, header_line, table_form, narrative, mixed)


def f_reply(w: World) -> str:
    return f"Answer to question 4: the phantom was filled on {w.date()} with deionized water. {w.staff[0].name} repeated the uniformity test with the Body Coil and found 91.2 %. The Head Neck 20 coil (serial {w.digits(5)}) was sent to the Erlangen repair center; RMA {w.digits(8)}."


def f_table(w: World) -> str:
    return "Series\tDescription\tImages\tDose (mGy)\n2\tHead W/O 5.0 H30s\t32\t51.3\n3\tThorax Routine 3.0\t98\t7.9\n4\tAbdomen Portal Venous\t140\t11.0\nTotal DLP 1,422 mGy*cm; Effective Diameter 31 cm; SSDE 12.4 mGy"


def f_people(w: World) -> str:
    return (
        "\n".join(f"{s.name}, {s.role}, joined {w.date()}, {s.phone}" for s in w.staff)
        + f"\n\nRegistered with the State Bureau of Radiation Control, registration no. {w.digits(6)}."
    )


def f_letter(w: World) -> str:
    return f"{w.house}\nDepartment of Radiology\n\nDear Sir or Madam,\n\nenclosed please find two CDs. CD 1 holds the Knee and Lumbar Spine exams, CD 2 the ACR Large Phantom. Both were burned on {w.date()} with Fuji Synapse 5.7.2. Should a disc be unreadable, call {w.staff[3].name} at {w.staff[3].phone}.\n\nYours sincerely,\n{w.staff[2].name}, MD"


CLEAN: tuple[Template, ...] = (f_reply, f_table, f_people, f_letter)
