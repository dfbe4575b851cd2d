"""One case as its people live it: each step is the action behind a page, at its own time in the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reaccredit.appeals import actions as appeals
from reaccredit.appeals import arbitration
from reaccredit.appeals import queries as appeals_queries
from reaccredit.appeals.models import Appeal
from reaccredit.applications import actions as applications
from reaccredit.applications.models import Application, Area, CaseFile
from reaccredit.certificates import actions as certificates
from reaccredit.facilities.models import Unit
from reaccredit.options import actions as options
from reaccredit.options.models import OptionForm
from reaccredit.packages import actions as packages
from reaccredit.packages.models import Package
from reaccredit.people.models import Role
from reaccredit.project.demo_story import papers
from reaccredit.project.demo_story.cast import Cast, House
from reaccredit.project.demo_story.samples import Sample
from reaccredit.reports import actions as reports
from reaccredit.reports.models import FinalReport
from reaccredit.reviews import actions as reviews
from reaccredit.reviews import catalogue, queries
from reaccredit.reviews.models import Assignment, Round

NO_FIGURE = 120_000  # cents that staff enter where no fee is published
# How many days before its report each step of an attempt was taken.
APPLIED, PAID, ACCEPTED, FILLED, SENT, GIVEN_OUT, FIRST_READ, SECOND_READ = 40, 39, 37, 24, 22, 20, 14, 9

Faults = Mapping[str, str]  # area code -> criterion that was not acceptable


@dataclass
class Tale:
    cast: Cast
    house: House
    papers: papers.Papers
    modality: str
    exams: Mapping[str, str]
    unit: Unit | None
    samples: list[Sample]
    made: CaseFile | None = None
    package: Package | None = None

    @property
    def file(self) -> CaseFile:
        assert self.made is not None
        return self.made

    def sample(self, words: str, files: Sequence[bytes]) -> None:
        self.samples.append(Sample(f"{self.file.case.number}, {words}", files))

    # -- from the application to the package

    def apply(self, days: int) -> Application:
        """The original application, or the one that a chosen option has begun."""
        admin, at = self.house.administrator, self.cast.at
        if self.made is None:
            application = applications.draft(
                facility=self.house.facility, unit=self.unit, modality=self.modality, areas=list(self.exams), exams=self.exams,
                actor=admin, now=at(days, 9),
            )  # fmt: skip
            self.made = application.case_file
        return applications.submit(application=self._application(), actor=admin, now=at(days, 11))

    def _application(self) -> Application:
        found = self.file.applications.order_by("-attempt").select_related("invoice").first()
        assert found is not None
        return found

    def pay(self, days: int) -> None:
        application = self._application()
        if application.invoice is None:
            return
        applications.record_payment(
            invoice=application.invoice, cents=application.invoice.cents or NO_FIGURE, received_at=None, actor=self.cast.staff,
            reference=f"Demo check {1000 + application.pk}", now=self.cast.at(days, 14),
        )  # fmt: skip

    def accept(self, days: int) -> Package:
        self.package = packages.accept(
            application=self._application(), actor=self.cast.staff, now=self.cast.at(days, 15)
        )
        return self.package

    def open_package(self, days: int) -> Package:
        """Applied for, paid and accepted; `days` is the day of acceptance."""
        self.apply(days + APPLIED - ACCEPTED)
        self.pay(days + PAID - ACCEPTED)
        return self.accept(days)

    def fill(self, days: int, leave: Iterable[str] = (), *, by_post: bool = False) -> None:
        assert self.package is not None
        who = self.house.technologist
        papers.fill(self.package, self.papers, who, self.cast.at(days, 13), leave=leave, by_post=by_post)

    def send(self, days: int) -> None:
        assert self.package is not None
        now = self.cast.at(days, 16)
        self.package = packages.submit(package=self.package, actor=self.house.administrator, now=now)

    # -- reading and the report

    def give_out(self, days: int) -> Round:
        """Two readers for every area."""
        assert self.package is not None
        now = self.cast.at(days, 9, 30)
        opened = reviews.open_round(package=self.package, actor=self.cast.staff, now=now)
        chosen = [
            (area, person)
            for area in queries.areas_of(opened)
            for person in self.cast.readers(catalogue.reading(area.kind).profession)[:2]
        ]
        reviews.assign_all(round=opened, chosen=chosen, actor=self.cast.staff, now=now)
        self.cast.turn += 1
        return opened

    def read(self, round_: Round, position: int, days: int, faults: Faults, areas: Iterable[str] = ()) -> None:
        """The first or the second readers hand in: for all areas, or for these."""
        waiting = Assignment.objects.filter(round=round_, position=position, submitted_at__isnull=True)
        if areas:
            waiting = waiting.filter(area__code__in=list(areas))
        for number, reading in enumerate(
            waiting.select_related("area", "round__package", "round__case_file__case", "reviewer")
        ):
            found = verdicts(reading, faults.get(reading.area.code, ""))
            now = self.cast.at(days, 10 + position, 7 * number % 60)
            reviews.submit(assignment=reading, verdicts=found, actor=reading.reviewer, now=now)

    def sent(self, report_days: int) -> None:
        """An attempt up to the package that was handed in, its report to come `report_days` before today."""
        self.open_package(report_days + ACCEPTED)
        self.fill(report_days + FILLED)
        self.send(report_days + SENT)

    def reviewed(self, report_days: int, faults: Faults) -> Round:
        self.sent(report_days)
        return self.both_read(report_days, faults)

    def both_read(self, report_days: int, faults: Faults) -> Round:
        opened = self.give_out(report_days + GIVEN_OUT)
        self.read(opened, 1, report_days + FIRST_READ, faults)
        self.read(opened, 2, report_days + SECOND_READ, faults)
        return opened

    def reported(self, days: int, faults: Faults) -> FinalReport:
        """A whole attempt, ending with its report."""
        return self.issue(days, self.reviewed(days, faults))

    def issue(self, days: int, round_: Round) -> FinalReport:
        now = self.cast.at(days, 11)
        report = reports.issue(round=round_, actor=self.cast.staff, now=now)
        certificates.grant_if_accredited(case_file=self.file, now=now)
        return report

    def view(self, report: FinalReport, days: int) -> None:
        reports.view(report=report, person=self.house.administrator, now=self.cast.at(days, 15))
        reports.view(report=report, person=self.house.physician, now=self.cast.at(days, 16))

    def failed(self, days: int, faults: Faults) -> FinalReport:
        """A whole attempt that was not passed, and the report was read the day after."""
        report = self.reported(days, faults)
        self.view(report, days - 1)
        return report

    # -- the option form, and the appeal

    def choose(
        self, report: FinalReport, option: str, days: int, *, areas: list[str] | None = None, images: bool = False
    ) -> OptionForm:
        who = self.house.administrator
        return options.select(
            report=report, option=option, attested=options.Attestation(who.name, Role.ADMINISTRATOR), actor=who, areas=areas,
            additional_images=images, now=self.cast.at(days, 14),
        )  # fmt: skip

    def letter(self, report: FinalReport, kind: str, days: int, text: str) -> Appeal:
        """Written by whoever signs it."""
        appeal = Appeal.objects.get(report=report)
        signer = self.house.physicist if kind == Area.Kind.PHANTOM else self.house.physician
        appeals.write_letter(appeal=appeal, kind=kind, text=text, actor=signer, now=self.cast.at(days, 9))
        seen = appeals_queries.text_hash(appeal, kind, text)
        appeals.sign_letter(
            appeal=appeal, kind=kind, password=self.cast.password, seen=seen, actor=signer, now=self.cast.at(days, 17)
        )
        appeal.refresh_from_db()
        return appeal

    def arbitrate(self, appeal: Appeal, given: int, decided: int | None, outcome: str = "", reasons: str = "") -> None:
        """Given to arbitrators, and decided so many days ago (None: not yet)."""
        for area in appeal.areas.all():
            judge = self.cast.arbitrator(catalogue.reading(area.kind).profession)
            one = arbitration.assign(
                appeal=appeal, area=area, arbitrator=judge, actor=self.cast.second_staff, now=self.cast.at(given, 10)
            )
            if decided is not None:
                arbitration.decide(
                    arbitration=one, outcome=outcome, reasons=reasons, password=self.cast.password,
                    now=self.cast.at(decided, 12),
                )  # fmt: skip


def verdicts(reading: Assignment, fault: str) -> list[reviews.Verdict]:
    """All acceptable, save the criterion with this code, for its first reason."""
    found = []
    for criterion in queries.criteria(reading):
        reason = criterion.reasons[0]
        if criterion.code == fault:
            found.append(
                reviews.Verdict(criterion.code, False, reason.code, reason.causes, "Seen on more than one image")
            )
        else:
            found.append(reviews.Verdict(criterion.code, True))
    return found
