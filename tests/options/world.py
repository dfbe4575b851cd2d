"""An MRI unit and a CT unit whose reports were not passed, and everybody who has a part in the way back. Made by the real actions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from reaccredit.applications import actions as applications
from reaccredit.applications.models import CaseFile
from reaccredit.facilities import actions as facilities
from reaccredit.facilities.models import Unit
from reaccredit.imaging.synthetic import series
from reaccredit.options import actions
from reaccredit.options.models import OptionForm
from reaccredit.packages import actions as packages
from reaccredit.packages.models import Item, Package
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role
from reaccredit.reports import actions as reports
from reaccredit.reports.models import FinalReport
from tests.packages.world import answers, looked_at, person, recent, send
from tests.reviews import world as reviews
from tests.reviews.world import APRIL, SINCE

PASSWORD = "correct horse battery"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MR_SERIAL = "DEMO-MR-7"
BRAIN, SPINE, PHANTOM = "head-neck", "spine", "phantom/image-quality"
EXAMS = {BRAIN: "Routine brain; Brain for stroke", SPINE: "Lumbar spine; Cervical spine"}


@dataclass
class World(reviews.World):
    physician: Person
    technologist: Person
    arbitrator: Person
    judge_physicist: Person
    biased: Person  # an arbitrator who is a reviewer of the case as well
    mr: Unit

    def mri(self, now: datetime = APRIL, medium: str = "upload") -> Package:
        """A submitted MRI package: brain, spine and the phantom."""
        made = applications.draft(
            facility=self.facility,
            unit=self.mr,
            modality="MRI",
            areas=list(EXAMS),
            exams=EXAMS,
            actor=self.admin,
            now=now,
        )
        package = self.through(made, now)
        if medium != "upload":
            package = packages.choose_medium(package=package, medium=medium, actor=self.admin, now=now)
            images_items = [item for item in package.items.all() if item.kind in ("exam", "phantom")]
            packages.record_media(
                package=package, medium=medium, received_at=now, pieces=1, items=images_items, actor=self.staff, now=now
            )
        fill(package, self.admin, now, by_post=medium != "upload")
        return packages.submit(package=package, actor=self.admin, now=now)

    def failed(
        self, areas: Collection[str], now: datetime = APRIL, package: Package | None = None, medium: str = "upload"
    ) -> FinalReport:
        """The final report of the MRI unit, not passed in these areas."""
        return self.reported(dict.fromkeys(areas, ""), package or self.mri(now, medium), now)

    def viewed(self, areas: Collection[str], now: datetime = APRIL) -> FinalReport:
        """Not passed, and read by the administrator at once: the form opens 48 hours later."""
        report = self.failed(areas, now)
        reports.view(report=report, person=self.admin, now=now)
        return report

    def select(
        self, report: FinalReport, option: str, now: datetime, areas: Iterable[str] | None = None, withdraw: Iterable[str] = (),
        images: bool = False, actor: Person | None = None, role: str = Role.ADMINISTRATOR,
    ) -> OptionForm:  # fmt: skip
        who = actor or self.admin
        return actions.select(
            report=report, option=option, areas=None if areas is None else list(areas), withdraw=list(withdraw),
            additional_images=images, attested=actions.Attestation(who.name, role), actor=who, now=now,
        )  # fmt: skip


def fill(package: Package, actor: Person, now: datetime, by_post: bool = False) -> None:
    for item in package.items.select_related("area", "collection"):
        item.package = package
        if item.collection:
            if not by_post:
                assert send(item, mr_images(item, now), actor, now).accepted
        elif item.kind == Item.Kind.DOCUMENT:
            packages.store_paper(
                item=item, file=BytesIO(b"Annual evaluation: all tests within limits.\n"), actor=actor, now=now
            )
        else:
            packages.save_form(item=item, answers=answers(item), seen=None, actor=actor, now=now)
    looked_at(package, now)


def mr_images(item: Item, now: datetime, **changes: object) -> list[bytes]:
    said = {
        "modality": "MR", "slices": 2, "seed": item.pk, "patient": f"DEMO{item.pk}", "study_date": recent(now),
        "serial": MR_SERIAL, "phantom": item.kind == Item.Kind.PHANTOM, "size": 32,
    } | changes  # fmt: skip
    return series(**said)  # type: ignore[arg-type]


def arbitrator(name: str, profession: str) -> Person:
    email = f"{name.lower().replace(' ', '.')}@demo.example"
    made = people.register(email=email, name=name, password=PASSWORD, now=APRIL)
    people.appoint(person=made, role=Role.ARBITRATOR, profession=profession, since=SINCE)
    return made


def build() -> World:
    base = reviews.build()
    people.appoint(person=base.radiologists[0], role=Role.ARBITRATOR, profession="radiologist", since=SINCE)
    return World(
        **vars(base),
        physician=person("Sue Physician", Role.SUPERVISING_PHYSICIAN, base.facility),
        technologist=person("Tess Technologist", Role.TECHNOLOGIST, base.facility),
        arbitrator=arbitrator("Art Arbitrator", "radiologist"),
        judge_physicist=arbitrator("Pia Arbitrator", "medical-physicist"),
        biased=base.radiologists[0],
        mr=facilities.add_unit(facility=base.facility, modality="MRI", name="MR 1", serial=MR_SERIAL),
    )


def case_of(report: FinalReport) -> CaseFile:
    return report.case_file
