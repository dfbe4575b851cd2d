"""Who is in the demo: six facilities and the people of the programme. Each name says that nobody is meant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from operator import eq
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from reaccredit.facilities import actions as facilities
from reaccredit.facilities.models import Facility, Unit
from reaccredit.people import actions as people
from reaccredit.people.models import Authorisation, Person, Role

SINCE = date(2018, 1, 1)  # before anything that the story tells
ZONE = ZoneInfo("America/New_York")

ADMIN, PHYSICIAN, PHYSICIST, TECHNOLOGIST = (
    Role.ADMINISTRATOR.value, Role.SUPERVISING_PHYSICIAN.value, Role.MEDICAL_PHYSICIST.value, Role.TECHNOLOGIST.value,
)  # fmt: skip
WORDS = {role: Role(role).label for role in (ADMIN, PHYSICIAN, PHYSICIST, TECHNOLOGIST)}

# key, name, city, state, zone, and who holds which post: where somebody holds two, the name stands twice.
HOUSES = (
    ("harbor", "Harbor Demo Imaging", "Harbor Town", "MA", "", {
        ADMIN: "Demo Administrator Harbor", PHYSICIAN: "Demo Physician Harbor", PHYSICIST: "Demo Physicist Harbor",
        TECHNOLOGIST: "Demo Technologist Harbor",
    }),
    ("lakeside", "Lakeside Demo Radiology", "Lakeside", "IL", "America/Chicago", {
        ADMIN: "Demo Administrator Lakeside", PHYSICIAN: "Demo Physician Lakeside", PHYSICIST: "Demo Physicist Lakeside",
        TECHNOLOGIST: "Demo Technologist Lakeside",
    }),
    ("mesa", "Mesa Demo Clinic", "Mesa Flats", "AZ", "America/Phoenix", {
        ADMIN: "Demo Administrator Mesa", PHYSICIAN: "Demo Physician Mesa", PHYSICIST: "Demo Physicist Mesa",
        TECHNOLOGIST: "Demo Administrator Mesa",
    }),
    ("prairie", "Prairie Demo Hospital", "Prairie Junction", "KS", "America/Chicago", {
        ADMIN: "Demo Administrator Prairie", PHYSICIAN: "Demo Physician Prairie", PHYSICIST: "Demo Physicist Prairie",
        TECHNOLOGIST: "Demo Technologist Prairie",
    }),
    ("summit", "Summit Demo Women's Imaging", "Summit Park", "CO", "America/Denver", {
        ADMIN: "Demo Physician Summit", PHYSICIAN: "Demo Physician Summit", PHYSICIST: "Demo Physicist Mesa",
        TECHNOLOGIST: "Demo Technologist Summit",
    }),
    ("valley", "Valley Demo Imaging", "Valley View", "CA", "America/Los_Angeles", {
        ADMIN: "Demo Newcomer Valley", PHYSICIAN: "Demo Newcomer Valley",
    }),
)  # fmt: skip
RADIOLOGIST, TECH = "radiologist", "technologist"
PROGRAMME = (
    (Role.STAFF, "", ("Demo Staff Aspen", "Demo Staff Birch")),
    (Role.REVIEWER, RADIOLOGIST, ("Demo Reviewer Cedar", "Demo Reviewer Dogwood", "Demo Reviewer Elm", "Demo Reviewer Fir")),
    (Role.REVIEWER, PHYSICIST, ("Demo Reviewer Ginkgo", "Demo Reviewer Hazel", "Demo Reviewer Ivy")),
    # Elm reads as well: where she has read a case, the list of arbitrators says why she cannot judge it.
    (Role.ARBITRATOR, RADIOLOGIST, ("Demo Arbitrator Juniper", "Demo Reviewer Elm")),
    (Role.ARBITRATOR, PHYSICIST, ("Demo Arbitrator Larch",)),
    (Role.SURVEY_TEAM, RADIOLOGIST, ("Demo Surveyor Maple",)),
    (Role.SURVEY_TEAM, PHYSICIST, ("Demo Surveyor Nutmeg",)),
    (Role.SURVEY_TEAM, TECH, ("Demo Surveyor Oak",)),
)  # fmt: skip

QUALIFIED = (Role.REVIEWER, Role.ARBITRATOR)
LASTS = (400, 700, 500, 900)  # days for which authorisations still hold
STATES = ("NY", "OH", "OR", "TX")
LIMIT = 20


@dataclass
class House:
    """A facility with the people who act in its name."""

    facility: Facility
    posts: dict[str, Person]

    @property
    def administrator(self) -> Person:
        return self.posts[ADMIN]

    @property
    def physician(self) -> Person:
        return self.posts[PHYSICIAN]

    @property
    def physicist(self) -> Person:
        return self.posts[PHYSICIST]

    @property
    def technologist(self) -> Person:
        return self.posts[TECHNOLOGIST]

    def unit(self, modality: str, name: str, model: str) -> Unit:
        serial = f"DEMO-{self.facility.pk}{name.replace(' ', '')}"
        return facilities.add_unit(
            facility=self.facility,
            modality=modality,
            name=name,
            manufacturer="Demonstration Devices",
            model=model,
            serial=serial,
        )


@dataclass
class Cast:
    """Everybody, and the day on which the story is told. `password` is that of all of them."""

    now: datetime
    password: str
    people: dict[str, Person] = field(default_factory=dict)
    houses: dict[str, House] = field(default_factory=dict)
    pools: dict[tuple[str, str], list[Person]] = field(default_factory=dict)
    turn: int = 0  # whose turn it is to read, so that not everybody reads everything

    def at(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """So many days before today, at this hour in New York. Below one day nothing is sure to lie in the past."""
        assert days >= 1
        return datetime.combine(self.today - timedelta(days=days), time(hour, minute), ZONE)

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    @property
    def staff(self) -> Person:
        return self.pools[Role.STAFF, ""][0]

    @property
    def second_staff(self) -> Person:
        return self.pools[Role.STAFF, ""][1]

    def readers(self, profession: str) -> list[Person]:
        """The reviewers of a profession, beginning with whoever has waited longest."""
        pool = self.pools[Role.REVIEWER, profession]
        begin = self.turn % len(pool)
        return pool[begin:] + pool[:begin]

    def arbitrator(self, profession: str) -> Person:
        return self.pools[Role.ARBITRATOR, profession][0]

    def team(self) -> dict[str, Person]:
        return {
            profession: self.pools[Role.SURVEY_TEAM, profession][0] for profession in (RADIOLOGIST, PHYSICIST, TECH)
        }


def gather(*, now: datetime, password: str) -> Cast:
    cast = Cast(now, password)
    for key, name, city, state, zone, posts in HOUSES:
        cast.houses[key] = _open_house(cast, key, name, city, state, zone, posts)
    for role, profession, names in PROGRAMME:
        for name in names:
            person = _person(cast, name, _work(name), "")
            people.appoint(person=person, role=role, profession=profession, since=SINCE, widely=role not in QUALIFIED)
            cast.pools.setdefault((role, profession), []).append(person)
    _qualify(cast)
    return cast


def _qualify(cast: Cast) -> None:
    """What each judge may judge and until when, where they work, who is away, and this year's declarations."""
    for role in QUALIFIED:
        for profession in (RADIOLOGIST, PHYSICIST):
            for number, person in enumerate(cast.pools.get((role, profession), [])):
                until = cast.today + timedelta(days=LASTS[number % len(LASTS)])
                people.authorise(
                    person=person,
                    role=role,
                    modality=Authorisation.EVERY,
                    since=SINCE,
                    until=until,
                    grounds="Demo training record",
                )
                people.employ(person=person, employer=f"Demo Practice of {person.name.split()[-1]}", since=SINCE)
                people.practise(person=person, weekly_limit=LIMIT, state=STATES[number % len(STATES)])
                people.declare(person=person, year=cast.today.year, words="Nothing to declare.", now=cast.at(1, 8))
    away, stands_in = cast.pools[Role.REVIEWER, RADIOLOGIST][3], cast.pools[Role.REVIEWER, RADIOLOGIST][0]
    people.be_away(
        person=away, since=cast.today + timedelta(days=30), until=cast.today + timedelta(days=44), delegate=stands_in
    )


def _work(name: str) -> str:
    """Reviewer and arbitrator, radiologist"""
    held = [(role, profession) for role, profession, names in PROGRAMME if name in names]
    words = " and ".join(Role(role).label.lower() for role, _ in held)
    said = words[0].upper() + words[1:]
    return f"{said}, {held[0][1].replace('-', ' ')}" if held[0][1] else said


def _open_house(cast: Cast, key: str, name: str, city: str, state: str, zone: str, posts: dict[str, str]) -> House:
    number = len(cast.houses) + 1
    facility = facilities.register(
        name=name,
        city=city,
        state=state,
        zone=zone,
        street=f"{number} Demo Street",
        postcode="00000",
        phone=f"555-01{number:02}",
    )
    found = {}
    for role, holder in posts.items():
        held = " and ".join(WORDS[r].lower() for r, who in posts.items() if who == holder)
        found[role] = _person(cast, holder, held[0].upper() + held[1:], zone)
        facilities.post(facility=facility, person=found[role], role=role, since=SINCE)
    return House(facility, found)


def _person(cast: Cast, name: str, headline: str, zone: str) -> Person:
    if known := cast.people.get(name):
        return known
    # "Demo Physicist Harbor" is physicist.harbor@example.org
    email = ".".join(name.lower().split()[1:]) + "@example.org"
    person = people.register(
        email=email, name=name, password=None, now=datetime.combine(SINCE, time(9), ZONE), zone=zone, is_demo=True,
        headline=headline,
    )  # fmt: skip
    # A hash costs a second on a small machine, and the story signs a dozen times: while it is told, the people know
    # their password by heart. What is kept is Django's hash (see `give_passwords`).
    person.check_password = partial(eq, cast.password)  # type: ignore[method-assign]
    cast.people[name] = person
    return person


class Hashing:
    """The one hash that all the demo's people share, made beside the story: it needs a core of its own for a second."""

    def __init__(self, password: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._made = self._pool.submit(make_password, password)

    def give(self) -> None:
        made = self._made.result()
        self._pool.shutdown()
        Person.objects.filter(is_demo=True).update(password=made)
