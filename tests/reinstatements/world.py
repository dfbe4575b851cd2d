"""An MRI unit that failed (on CD: no images are made), repeated, failed again, and chose to reinstate. Made by the real actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from reaccredit.applications.models import Application, CaseFile
from reaccredit.packages import actions as packages
from reaccredit.packages.models import Item, Package
from reaccredit.reinstatements import actions, completing, queries
from reaccredit.reinstatements.actions import Upload
from reaccredit.reinstatements.models import Evidence, Plan
from reaccredit.reports import actions as reports
from reaccredit.reports.models import FinalReport
from tests.options import world as options
from tests.options.world import BRAIN, DAY, HOUR, PASSWORD, SPINE, fill
from tests.reviews.world import APRIL

REPEATED = APRIL + 10 * DAY  # the report of the repeat
CHOSEN = REPEATED + 3 * DAY  # the option form after it: reinstate
ATTESTED = "no patient in it"


@dataclass
class World(options.World):
    def repeated(self) -> FinalReport:
        """Brain and spine failed at first, the spine again in the repeat: two deficiencies of the spine, one of the brain."""
        first = self.back(self.failed([BRAIN, SPINE], medium="cd"), APRIL)
        self.select(first, "repeat", APRIL + 3 * DAY)
        return self.again(first.case_file, [SPINE], REPEATED)

    def again(self, case_file: CaseFile, faults: list[str], now: datetime) -> FinalReport:
        """The next application of the case goes through, its package is read, and the report is viewed."""
        application = case_file.applications.order_by("-attempt").first()
        assert application is not None
        package = packages.choose_medium(package=self.through(application, now), medium="cd", actor=self.admin, now=now)
        packages.record_media(
            package=package,
            medium="cd",
            received_at=now,
            pieces=1,
            items=image_items(package),
            actor=self.staff,
            now=now,
        )
        fill(package, self.admin, now, by_post=True)
        package = packages.submit(package=package, actor=self.staff, now=now, happened_at=now)
        return self.back(self.reported(dict.fromkeys(faults, ""), package, now), now)

    def back(self, report: FinalReport, now: datetime) -> FinalReport:
        """Read by the facility, and the CD is back there: the form opens 48 hours later."""
        reports.view(report=report, person=self.admin, now=now)
        return reports.record_images_returned(report=report, returned_at=now, actor=self.staff, now=now)

    @property
    def case_file(self) -> CaseFile:
        return CaseFile.objects.select_related("case", "facility", "unit").get(modality="MRI")

    def plan(self) -> Plan:
        """The version that counts now."""
        found = queries.latest(self.case_file)
        assert found is not None
        return found

    def chose_to_reinstate(self) -> None:
        self.select(self.repeated(), "reinstate", CHOSEN)

    def written(self, plan: Plan | None = None, now: datetime = CHOSEN) -> Plan:
        """Every line filled in."""
        made = plan or self.plan()
        for line in queries.lines_of(made):
            actions.save_line(
                line=line, seen=line.saves, cause="The protocol was never adapted to the new coil.",
                action="Protocol revised with the physicist; technologists trained.", owner="Tess Technologist",
                due_on=now.date(), declared=(), actor=self.technologist, now=now,
            )  # fmt: skip
        return made

    def sent(self, plan: Plan | None = None, now: datetime = CHOSEN + HOUR) -> Plan:
        made = self.written(plan, now)
        return actions.sign(plan=made, password=PASSWORD, seen=queries.plan_hash(made), actor=self.physician, now=now)

    def approved(self, now: datetime = CHOSEN + DAY) -> Plan:
        return actions.approve(plan=self.sent(), comment="Good.", actor=self.staff, now=now)

    def completed(self, plan: Plan | None = None, now: datetime = CHOSEN + 2 * DAY) -> Evidence:
        """Everything is shown; not handed in yet."""
        evidence = queries.evidence_of(plan or self.approved())
        assert evidence is not None
        for line in queries.lines_of(evidence.plan):
            completing.complete_line(
                evidence=evidence, line=line, completed_on=now.date(), result="Done; see the protocol.", declared=(),
                actor=self.technologist, now=now,
            )  # fmt: skip
        completing.add_paper(evidence=evidence, line=None, upload=paper(), actor=self.technologist, now=now)
        return evidence

    def reinstating(self, now: datetime = CHOSEN + 2 * DAY + timedelta(hours=1)) -> Application:
        return completing.submit(evidence=self.completed(), attested=ATTESTED, actor=self.physician, now=now)


def paper(
    text: str = "Revised spine protocol: field of view 28 cm, slice 3 mm.", title: str = "Revised protocol"
) -> Upload:
    return Upload(BytesIO(text.encode()), title, ATTESTED)


def image_items(package: Package) -> list[Item]:
    return [item for item in package.items.all() if item.kind in ("exam", "phantom")]


def build() -> World:
    return World(**vars(options.build()))
