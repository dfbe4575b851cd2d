"""The MRI unit of the reinstatement, failed once more, and the people of a survey team. Made by the real actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role
from reaccredit.surveys import actions, queries
from reaccredit.surveys.actions import Findings, Visit
from reaccredit.surveys.models import Survey
from tests.options.world import DAY, HOUR, PASSWORD, SPINE
from tests.reinstatements import world as reinstatements
from tests.reinstatements.world import CHOSEN
from tests.reviews.world import APRIL, SINCE

THIRD = CHOSEN + 20 * DAY  # the report after the reinstatement
OPENED = THIRD + 3 * DAY  # the option form after it: the survey
PLANNED = OPENED + DAY
VISIT = Visit(date(2021, 6, 1), date(2021, 6, 2), "Meet Ada Admin at the front desk.")
VISITED = datetime(2021, 6, 3, 15, 0, tzinfo=APRIL.tzinfo)
FOUND = Findings("The new coil protocol is in use.", "Positioning, with all technologists.", "Weekly phantom scans.")
BASE = 250_000


@dataclass
class World(reinstatements.World):
    radiologist: Person
    surveying_physicist: Person
    surveying_technologist: Person
    from_here: Person  # a radiologist of the survey team who holds a post at the facility
    has_read: Person  # a radiologist of the survey team who reviewed the case

    @property
    def team(self) -> dict[str, Person]:
        return {
            "radiologist": self.radiologist, "medical-physicist": self.surveying_physicist,
            "technologist": self.surveying_technologist,
        }  # fmt: skip

    def survey(self) -> Survey:
        return Survey.objects.select_related("case_file__case", "case_file__facility", "report").get()

    def scheduled(self, now: datetime = PLANNED) -> Survey:
        return actions.schedule(
            survey=self.survey(), visit=VISIT, team=self.team, base_cents=BASE, actor=self.staff, now=now
        )

    def reported_on(self, now: datetime = VISITED) -> Survey:
        survey = self.scheduled()
        actions.write(survey=survey, said=FOUND, seen=0, actor=self.radiologist, now=now)
        return self.survey()

    def done(self, now: datetime = VISITED) -> Survey:
        """Written, and signed by all three."""
        survey = self.reported_on(now)
        for place, person in enumerate(self.team.values()):
            sign(survey, person, now + place * HOUR)
        return self.survey()

    def chose_the_survey(self) -> None:
        self.chose_to_reinstate()
        self.reinstating()
        report = self.again(self.case_file, [SPINE], THIRD)
        self.select(report, "survey", OPENED)


def sign(survey: Survey, person: Person, now: datetime, password: str = PASSWORD) -> Survey:
    from_page = Survey.objects.get(pk=survey.pk)
    return actions.sign(
        survey=from_page, password=password, seen=queries.report_hash(from_page.findings), actor=person, now=now
    )


def surveyor(name: str, profession: str) -> Person:
    email = f"{name.lower().replace(' ', '.')}@demo.example"
    made = people.register(email=email, name=name, password=PASSWORD, now=APRIL)
    people.appoint(person=made, role=Role.SURVEY_TEAM, profession=profession, since=SINCE)
    return made


def build() -> World:
    base = reinstatements.build()
    for person in (base.physician, base.radiologists[0]):
        people.appoint(person=person, role=Role.SURVEY_TEAM, profession="radiologist", since=SINCE)
    return World(
        **vars(base),
        radiologist=surveyor("Rhea Surveyor", "radiologist"),
        surveying_physicist=surveyor("Milo Surveyor", "medical-physicist"),
        surveying_technologist=surveyor("Tove Surveyor", "technologist"),
        from_here=base.physician,
        has_read=base.radiologists[0],
    )
