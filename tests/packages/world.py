"""A facility with a CT unit, its people, staff, and cases that have come as far as a test needs. Made by the real actions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from reaccredit.applications import actions as applications
from reaccredit.applications.models import Application, CaseFile
from reaccredit.facilities import actions as facilities
from reaccredit.facilities.models import Facility, Unit
from reaccredit.imaging import looks
from reaccredit.imaging.models import Series
from reaccredit.imaging.synthetic import series
from reaccredit.ledger import actions as ledger
from reaccredit.packages import actions, queries
from reaccredit.packages.models import Item, Package
from reaccredit.packages.ticks import form_of
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import code

APRIL = datetime(2021, 4, 1, 16, 0, tzinfo=UTC)
SINCE = date(2020, 1, 1)
SERIAL = "DEMO-1000"
EXAMS = {"head-neck/adult": "Routine head", "chest/adult": "Routine chest", "abdomen/adult": "Portal-venous abdomen"}
DAY = timedelta(days=1)


@dataclass
class World:
    facility: Facility
    unit: Unit
    admin: Person
    physicist: Person
    staff: Person
    reviewer: Person
    stranger: Person

    def accepted(self, now: datetime = APRIL, unit: Unit | None = None) -> Package:
        """An original application of three areas, paid and accepted: the package is open."""
        made = applications.draft(
            facility=self.facility, unit=unit or self.unit, modality="CT", areas=list(EXAMS), exams=EXAMS,
            actor=self.admin, now=now,
        )  # fmt: skip
        return self.through(made, now)

    def through(self, application: Application, now: datetime) -> Package:
        """Submit, pay, accept."""
        self.waiting(application, now)
        return actions.accept(application=application, actor=self.staff, now=now)

    def waiting(self, application: Application, now: datetime) -> Application:
        sent = applications.submit(application=application, actor=self.admin, now=now)
        if sent.invoice is not None:
            applications.record_payment(
                invoice=sent.invoice, cents=10_000, reference="check", received_at=None, actor=self.staff, now=now
            )
        application.refresh_from_db()
        return application

    def another_unit(self, name: str) -> Unit:
        return facilities.add_unit(facility=self.facility, modality="CT", name=name)

    def state(self, case_file: CaseFile, kind: str, now: datetime, **about: object) -> None:
        ledger.state(case=case_file.case, kind=kind, actor=code(self.staff), role=Role.STAFF, now=now, about=about)

    def submitted(self, now: datetime = APRIL) -> Package:
        package = self.accepted(now)
        fill(package, self.admin, now)
        return actions.submit(package=package, actor=self.admin, now=now)

    def by_post(self, now: datetime = APRIL) -> Package:
        """A package whose images came on CD, complete but not submitted."""
        package = self.accepted(now)
        package = actions.choose_medium(package=package, medium="cd", actor=self.admin, now=now)
        actions.record_media(
            package=package, medium="cd", received_at=now, pieces=1, items=queries.image_items(package),
            actor=self.staff, now=now,
        )  # fmt: skip
        fill(package, self.admin, now, leave=[item.pk for item in queries.image_items(package)])
        return package

    def failed(self, package: Package, areas: Iterable[str], now: datetime) -> datetime:
        """The report is not passed in these areas and was viewed. Returns the first instant of the option form."""
        bad = set(areas)
        words = {
            item.area.code: "not-acceptable" if item.area.code in bad else "acceptable"
            for item in package.items.select_related("area")
            if item.area
        }
        self.state(package.case_file, "reviews.completed", now)
        self.state(package.case_file, "report.failed", now, medium=package.medium, areas=words)
        self.state(package.case_file, "report.viewed", now)
        return now + 2 * DAY

    def repeat(self, package: Package, areas: Iterable[str], now: datetime) -> Package:
        """The report failed these areas, and the facility has chosen to repeat them: the repeat's package is open."""
        opens = self.failed(package, areas, now)
        self.state(package.case_file, "option.repeat", opens, areas=sorted(areas))
        made = applications.start_next(case_file=package.case_file, kind="repeat", actor=self.admin, now=opens)
        return self.through(made, opens)

    def appeal(self, package: Package, areas: Iterable[str], now: datetime) -> Package:
        """The report failed these areas, and the facility appeals with additional images."""
        opens = self.failed(package, areas, now)
        self.state(package.case_file, "option.appeal", opens, areas=sorted(areas))
        chosen = package.case_file.areas.filter(code__in=list(areas))
        return actions.open_appeal(case_file=package.case_file, areas=list(chosen), actor=self.admin, now=opens)


def build() -> World:
    facility = facilities.register(name="Cedar Grove Imaging", city="Albany", state="NY")
    other = facilities.register(name="Harbor Diagnostics", city="Boston", state="MA")
    unit = facilities.add_unit(facility=facility, modality="CT", name="CT 1", serial=SERIAL)
    return World(
        facility,
        unit,
        person("Ada Admin", Role.ADMINISTRATOR, facility),
        person("Phil Physicist", Role.MEDICAL_PHYSICIST, facility),
        person("Stan Staff", Role.STAFF),
        person("Rita Reviewer", Role.REVIEWER),
        person("Harry Harbor", Role.ADMINISTRATOR, other),
    )


def person(name: str, role: str, facility: Facility | None = None) -> Person:
    email = f"{name.lower().replace(' ', '.')}@demo.example"
    made = people.register(email=email, name=name, password="correct horse battery", now=APRIL)
    if facility:
        facilities.post(facility=facility, person=made, role=role, since=SINCE)
    else:
        people.appoint(person=made, role=role, since=SINCE)
    return made


def recent(now: datetime) -> date:
    return (now - 30 * DAY).date()


def send(item: Item, files: Iterable[bytes], actor: Person, now: datetime) -> actions.Received:
    pairs = [(f"image{number}.dcm", BytesIO(content)) for number, content in enumerate(files, 1)]
    return actions.upload(item=item, files=pairs, actor=actor, now=now)


def images(item: Item, now: datetime, **changes: object) -> list[bytes]:
    """Two slices that this item takes: each item is another patient, each phantom another scan."""
    said = {  # seeds below ten thousand are left to what a test calls another picture
        "modality": "CT", "slices": 2, "seed": 10_000 + item.pk, "patient": f"DEMO{item.pk}", "study_date": recent(now),
        "serial": SERIAL, "phantom": item.kind == Item.Kind.PHANTOM, "size": 32,
    } | changes  # fmt: skip
    return series(**said)  # type: ignore[arg-type]


ANSWERS = {"number": "2.5", "integer": 2, "date": "2021-03-01", "text": "B30f", "long-text": "None"}


def answers(item: Item) -> dict[str, object]:
    """Something that every question of the item's form takes."""
    form = form_of(item, item.package)
    assert form
    found: dict[str, object] = {}
    for asked in form.fields:
        found[asked.name] = asked.choices[0][0] if asked.choices else ANSWERS[asked.type]
        if asked.type in {"number", "integer"} and asked.min and asked.min > 2:
            found[asked.name] = str(asked.min)
    return found


def fill(package: Package, actor: Person, now: datetime, leave: Iterable[int] = ()) -> None:
    """Hand in everything but the items with these keys."""
    for item in package.items.select_related("area", "collection").exclude(pk__in=list(leave)):
        item.package = package
        if item.collection:
            assert send(item, images(item, now), actor, now).accepted
        elif item.kind == Item.Kind.DOCUMENT:
            paper = BytesIO(b"Annual evaluation: all tests within limits.\n")
            actions.store_paper(item=item, file=paper, actor=actor, now=now)
        else:
            actions.save_form(item=item, answers=answers(item), seen=None, actor=actor, now=now)
    looked_at(package, now)


def looked_at(package: Package, now: datetime) -> None:
    """Somebody has looked at all pictures of a package, as they are now: readers may see them."""
    bags = [item.collection_id for item in queries.image_items(package)]
    looks.release(series=Series.objects.filter(collection__in=bags), now=now)
