"""A submitted CT package, and radiologists and physicists to read it. Made by the real actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reaccredit.applications.models import Area
from reaccredit.packages.models import Package
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role
from reaccredit.reports import actions as reports
from reaccredit.reports.models import FinalReport
from reaccredit.reviews import actions, queries
from reaccredit.reviews.actions import Verdict
from reaccredit.reviews.models import Assignment, Round
from tests.packages import world as packages
from tests.packages.world import APRIL, SINCE

HOUR = timedelta(hours=1)
READ = APRIL + 2 * HOUR  # when readings are handed in
HEAD, CHEST = "head-neck/adult", "chest/adult"


@dataclass
class World(packages.World):
    radiologists: tuple[Person, ...]
    physicists: tuple[Person, ...]

    def round(self, package: Package | None = None, now: datetime = APRIL) -> Round:
        return actions.open_round(package=package or self.submitted(now), actor=self.staff, now=now)

    def readers(self, area: Area) -> tuple[Person, ...]:
        return self.physicists if area.kind == Area.Kind.PHANTOM else self.radiologists

    def given_out(self, round_: Round | None = None, now: datetime = APRIL) -> Round:
        """Two readers for every area."""
        opened = round_ or self.round(now=now)
        chosen = [(area, person) for area in queries.areas_of(opened) for person in self.readers(area)[:2]]
        actions.assign_all(round=opened, chosen=chosen, actor=self.staff, now=now)
        return opened

    def read(self, round_: Round, faults: Mapping[str, str] | None = None, now: datetime = READ) -> Round:
        """Everybody hands in: acceptable, save the areas of `faults` (area code -> possible causes, by comma)."""
        for reading in Assignment.objects.filter(round=round_, submitted_at__isnull=True).select_related(
            "area", "round__package", "round__case_file__case", "reviewer"
        ):
            causes = (faults or {}).get(reading.area.code)
            self.hand_in(reading, causes, now)
        round_.refresh_from_db()
        return round_

    def hand_in(self, reading: Assignment, causes: str | None = None, now: datetime = READ) -> Assignment:
        found = verdicts(reading) if causes is None else faulty(reading, causes)
        return actions.submit(assignment=reading, verdicts=found, actor=reading.reviewer, now=now)

    def reported(
        self,
        faults: Mapping[str, str] | None = None,
        package: Package | None = None,
        now: datetime = APRIL,
    ) -> FinalReport:
        """Read and reported at `now`."""
        done = self.read(self.given_out(self.round(package, now), now), faults, now)
        return reports.issue(round=done, actor=self.staff, now=now)


def verdicts(reading: Assignment) -> list[Verdict]:
    return [Verdict(c.code, True) for c in queries.criteria(reading)]


def faulty(reading: Assignment, causes: str = "") -> list[Verdict]:
    """The first criterion is not acceptable, for its first reason."""
    first, *rest = queries.criteria(reading)
    named = tuple(c for c in causes.split(",") if c)
    bad = Verdict(first.code, False, first.reasons[0].code, named, "Seen on several slices")
    return [bad, *(Verdict(c.code, True) for c in rest)]


def reader(name: str, profession: str) -> Person:
    email = f"{name.lower().replace(' ', '.')}@demo.example"
    made = people.register(email=email, name=name, password="correct horse battery", now=APRIL)
    people.appoint(person=made, role=Role.REVIEWER, profession=profession, since=SINCE)
    return made


def build() -> World:
    base = packages.build()
    return World(
        **vars(base),
        radiologists=tuple(reader(f"{name} Radiologist", "radiologist") for name in ("Ann", "Bob", "Cleo")),
        physicists=tuple(reader(f"{name} Physicist", "medical-physicist") for name in ("Xenia", "Yves", "Zoe")),
    )
