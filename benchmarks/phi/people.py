"""Made-up values for the benchmark. Everything comes from a seed; nobody of these exists."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

GIVEN = {
    "english": "Jane John Margaret Dennis Harold Dolores Kevin Tiffany Mark Grace Walter Brooke Trevor Eleanor Clyde Peggy".split(),
    "spanish": "María José Guadalupe Alejandro Ximena Joaquín Rocío Héctor Luz Esteban Inés Ramón".split(),
    "vietnamese": "Thu Minh Quang Linh Huyền Dũng Ngọc Tuấn".split(),
    "chinese": "Xiaoming Wei Jing Meiling Guoqiang Yan Haoran Xiuying".split(),
    "korean": "Ji-woo Min-jun Seo-yeon Hyun Soo-jin Dong-hyun".split(),
    "indian": "Priya Rajesh Lakshmi Arjun Sunita Venkatesh Anjali Harpreet".split(),
    "arabic": "Mohammed Fatima Khalid Layla Yusuf Aisha Omar Noor".split(),
    "slavic": "Krzysztof Oksana Dmitri Zuzana Bogdan Katarzyna Miroslav Svetlana".split(),
    "african": "Oluwaseun Chinwe Kwame Amina Tendai Thandiwe Ifeoma Kofi".split(),
    "french": "Jean-Pierre Amélie Thibault Geneviève Étienne Solène".split(),
    "german": "Jürgen Annelise Wolfgang Heike Björn Käthe".split(),
    "hawaiian": "Keola Leilani Kaimana Nalani".split(),
    "native": "Ahiga Nizhoni Takoda Winona".split(),
}
FAMILY = {
    "english": "Roe Doe Whitfield Abernathy Hargrove Young Baker Price O'Connor McAllister Fitzgerald Hill Kowalchuk Stroud".split(),
    "spanish": "García-López Hernández Villanueva de~la~Cruz Quiñones Zamora Ortíz Peralta".split(),
    "vietnamese": "Nguyễn Trần Phạm Huỳnh Đặng Võ".split(),
    "chinese": "Zhang Ouyang Liu Xu Huang Zheng".split(),
    "korean": "Kim Park Cheon Yoon Hwang".split(),
    "indian": "Venkataraman Patel Chakraborty Iyer Gill Mukherjee".split(),
    "arabic": "Al-Harbi bin~Saleh El-Sayed Khoury Haddad Nasser".split(),
    "slavic": "Wójcik Petrenko Novák Ivanović Kowalczyk Dvořák".split(),
    "african": "Adebayo Okonkwo Mensah Nkosi Mwangi Diallo".split(),
    "french": "Lefèvre Beauchamp Desrosiers Gauthier Thériault".split(),
    "german": "Müller Schönfeld van~der~Berg Großmann Oberhauser".split(),
    "hawaiian": "Kealoha Kahananui Makoa Akana".split(),
    "native": "Begay Yazzie Tsosie Benally".split(),
}
STREETS = "Oak Maple Cedar Wisteria Old~Mill Juniper 3rd Lakeshore Birchwood".split()
ENDS = "Street St Ave Road Rd Lane Dr Court Blvd Way Circle".split()
TOWNS = [
    ("Fairmont", "MN", "56031"),
    ("Decatur", "IL", "62521"),
    ("Yakima", "WA", "98901"),
    ("Macon", "GA", "31201"),
    ("Nashua", "NH", "03060"),
]
MONTHS = "January February March April May June July August September October November December".split()
VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@dataclass
class Person:
    given: str
    family: str
    middle: str

    def forms(self) -> list[str]:
        g, f, m = self.given, self.family, self.middle
        return [f"{g} {f}", f"{g} {m}. {f}", f"{f}, {g}", f"{f}, {g} {m}.", f"{f.upper()}, {g.upper()}", f"{g[0]}. {f}"]


@dataclass
class Staff:
    name: str
    role: str
    phone: str
    email: str

    def row(self) -> dict[str, str]:
        return {"name": self.name, "role": self.role, "phone": self.phone, "email": self.email}


STAFF_ROLES = ["Medical Physicist", "Lead Technologist", "Radiologist", "Facility Manager", "Radiation Safety Officer"]


@dataclass
class World:
    """One document's people and numbers."""

    seed: int
    random: random.Random = field(init=False)
    patient: Person = field(init=False)
    staff: list[Staff] = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.patient = self.person()
        self.staff = [self._staff(role) for role in STAFF_ROLES]
        self.house = self.random.choice(
            [
                "Lakeview Imaging Center",
                "St. Anselm Medical Center",
                "Prairie Radiology Associates",
                "Mercy Valley Hospital",
            ]
        )

    def person(self) -> Person:
        culture = self.random.choice(list(GIVEN))
        given, family = self.random.choice(GIVEN[culture]), self.random.choice(FAMILY[culture]).replace("~", " ")
        return Person(given, family, self.random.choice("ABCDEFGHJKLMNPRSTW"))

    def stranger(self) -> Person:
        """Somebody who is not of the staff."""
        one = self.person()
        while any(one.family in s.name for s in self.staff):
            one = self.person()
        return one

    def _staff(self, role: str) -> Staff:
        one = self.person()
        while one.family == self.patient.family:  # "Mr. Hill" would be both
            one = self.person()
        plain = "".join(c for c in one.family.lower() if c.isascii() and c.isalpha())
        return Staff(
            f"{one.given} {one.family}", role, self.phone(), f"{one.given[0].lower()}{plain}@lakeview-imaging.example"
        )

    def digits(self, count: int) -> str:
        return "".join(self.random.choice("0123456789") for _ in range(count))

    def phone(self) -> str:
        a, b, c = self.random.randint(201, 799), self.random.randint(201, 989), self.digits(4)
        return self.random.choice([f"({a}) {b}-{c}", f"{a}-{b}-{c}", f"{a}.{b}.{c}", f"+1 {a} {b} {c}"])

    def date(self, first: int = 2019, last: int = 2021) -> str:
        y, m, d = self.random.randint(first, last), self.random.randint(1, 12), self.random.randint(1, 28)
        return self.random.choice(
            [
                f"{m}/{d}/{y}",
                f"{m:02}/{d:02}/{y}",
                f"{y}-{m:02}-{d:02}",
                f"{MONTHS[m - 1]} {d}, {y}",
                f"{d} {MONTHS[m - 1][:3]} {y}",
                f"{m}-{d}-{y % 100:02}",
            ]
        )

    def birth(self) -> str:
        return self.date(1932, 2004)

    def mrn(self) -> str:
        return self.random.choice(
            [
                self.digits(7),
                "00" + self.digits(6),
                f"MR{self.digits(6)}",
                f"E{self.digits(7)}",
                f"{self.digits(3)}-{self.digits(4)}",
            ]
        )

    def ssn(self) -> str:
        return f"{self.random.randint(100, 665)}-{self.random.randint(10, 99)}-{self.random.randint(1000, 9999)}"

    def street(self) -> str:
        return f"{self.random.randint(11, 9899)} {self.random.choice(STREETS)} {self.random.choice(ENDS)}".replace(
            "~", " "
        )

    def town(self) -> str:
        town, state, code = self.random.choice(TOWNS)
        return f"{town}, {state} {code}"

    def mail(self) -> str:
        plain = "".join(c for c in self.patient.family.lower() if c.isascii() and c.isalpha()) or "someone"
        return f"{plain}{self.digits(2)}@{self.random.choice(['gmail.com', 'yahoo.com', 'outlook.com', 'comcast.net', 'mailbox.example.org'])}"

    def vin(self) -> str:
        values = dict(
            zip(
                "ABCDEFGHJKLMNPRSTUVWXYZ",
                (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
                strict=True,
            )
        )
        body = [self.random.choice("123"), *(self.random.choice(VIN) for _ in range(12)), *self.digits(4)]
        weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
        total = sum(w * (int(c) if c.isdigit() else values[c]) for c, w in zip(body, weights, strict=True))
        body[8] = "X" if total % 11 == 10 else str(total % 11)
        return "".join(body)

    def plate(self) -> str:
        letters = "".join(self.random.choice("ABCDEFGHKLMNPRSTVWXYZ") for _ in range(3))
        return self.random.choice(
            [f"{letters}-{self.digits(4)}", f"{self.digits(1)}{letters}{self.digits(3)}", f"{letters} {self.digits(3)}"]
        )
