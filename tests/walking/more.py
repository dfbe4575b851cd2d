"""Cases in states that the demo passes through and does not stop in, told by the demo's own means: with them, every page
of the site has somebody who meets it."""

from __future__ import annotations

from io import BytesIO

from reaccredit.appeals import actions as appeals
from reaccredit.appeals.models import Appeal
from reaccredit.documents import actions as documents
from reaccredit.documents.actions import SCANS
from reaccredit.documents.models import Document
from reaccredit.imaging.unpacking import Part, label
from reaccredit.intake import actions as intake
from reaccredit.people.queries import code
from reaccredit.project.demo_story import papers, ways_back
from reaccredit.project.demo_story.situations import CT, MRI, SITUATIONS, SPECT, Situation
from reaccredit.project.demo_story.telling import Tale
from reaccredit.reinstatements import actions as plans
from reaccredit.reinstatements import completing
from reaccredit.reinstatements import queries as plans_queries
from reaccredit.reviews import actions as reviews
from reaccredit.screening import actions as screening
from reaccredit.surveys import actions as surveys
from reaccredit.surveys.models import Survey
from reaccredit.withdrawals import actions as withdrawals
from reaccredit.withdrawals import queries as withdrawals_queries
from reaccredit.withdrawals.models import Withdrawal
from tests.documents.papers import pdf

FAULT = {"chest/adult": "parameters"}
BOTH = FAULT | {"phantom/image-quality": "uniformity"}


def text_file() -> BytesIO:
    return BytesIO(b"Corrected protocol of the unit. Demonstration only.\n")


def kept(tale: Tale, days: int, kind: str) -> Document:
    who, now = tale.house.administrator, tale.cast.at(days, 12)
    found = documents.store(
        stream=text_file(), kind=kind, title="Corrected protocol", allowed=SCANS, actor=code(who), now=now
    )
    assert found is not None
    return found


def not_yet_given_out(tale: Tale) -> None:
    tale.sent(-9)


def nobody_reads_yet(tale: Tale) -> None:
    tale.sent(-9)
    assert tale.package
    reviews.open_round(package=tale.package, actor=tale.cast.staff, now=tale.cast.at(9, 10))


def fee_without_a_figure(tale: Tale) -> None:
    repeat_chosen(tale)
    tale.apply(4)


def full(tale: Tale) -> None:
    tale.open_package(20)
    tale.fill(6)


def machines(tale: Tale) -> None:
    """A door is open, and what came through it waits in the tray."""
    package = tale.open_package(20)
    who, now = tale.house.administrator, tale.cast.at(6, 10)
    opened = intake.open_door(package=package, item=None, name="Archive of the house", actor=who, now=now)
    item = next(one for one in package.items.all() if one.collection_id)
    item.package = package
    sent = papers.images(item, tale.cast.at(25).date(), slices=2)
    parts = [Part(label(number, "image"), BytesIO(content)) for number, content in enumerate(sent, 1)]
    intake.take(welcome=intake.welcome(door=opened.door, now=now), parts=parts, now=now)


def letter_not_signed(tale: Tale) -> None:
    tale.choose(tale.failed(9, BOTH), "appeal", 6)
    appeal = Appeal.objects.get(case_file=tale.file)
    who, now = tale.house.physician, tale.cast.at(5, 9)
    appeals.write_letter(appeal=appeal, kind="clinical", text="We ask that it be judged again.", actor=who, now=now)
    appeals.add_support(appeal=appeal, document=kept(tale, 5, "appeal-support"), actor=who, now=now)


def supported(tale: Tale) -> None:
    report = tale.failed(24, {"spect": "processing"})
    tale.choose(report, "appeal", 20)
    appeal = Appeal.objects.get(report=report)
    appeals.add_support(
        appeal=appeal, document=kept(tale, 19, "appeal-support"), actor=tale.house.physician, now=tale.cast.at(19, 13)
    )
    appeal = tale.letter(report, "clinical", 18, "We ask that the exams be judged again.")
    tale.arbitrate(appeal, 16, None)


def repeat_chosen(tale: Tale) -> None:
    tale.choose(tale.failed(9, FAULT), "repeat", 6)


def module_leaves(tale: Tale) -> None:
    tale.choose(tale.failed(9, {"spine": "coverage"}), "withdraw-module", 6, areas=["spine"])


def module_left_on_paper(tale: Tale) -> None:
    module_leaves(tale)
    withdrawal = Withdrawal.objects.get(case_file=tale.file)
    came = tale.cast.at(5, 9)
    (signer, *_) = withdrawals_queries.signers_ever(withdrawal, came)
    withdrawals.record_form(
        withdrawal=withdrawal, document=kept(tale, 5, "withdrawal-form"), signer=signer, came_by="fax", received_at=came,
        actor=tale.cast.staff, now=tale.cast.at(4, 9),
    )  # fmt: skip


def plan_begun(tale: Tale) -> None:
    plan = ways_back.chosen_plan(tale, 10, "chest/adult", "parameters")
    upload = plans.Upload(text_file(), "Revised protocol", ways_back.NO_PATIENT)
    plans.add_paper(plan=plan, upload=upload, actor=tale.house.technologist, now=tale.cast.at(8, 10))
    screening.contest(
        case_file=tale.file, artefact="corrective-action-plan", stream=BytesIO(pdf("Patient name: Orion Phantom")),
        reason="It is how the phantom is called.", actor=tale.house.technologist, now=tale.cast.at(7, 10),
    )  # fmt: skip


def evidence_not_handed_in(tale: Tale) -> None:
    """Complete, with a paper that can still be taken out."""
    plan = ways_back.write(tale, ways_back.chosen_plan(tale, 20, "chest/adult", "parameters"), 14)
    plans.approve(plan=plan, comment="Clear.", actor=tale.cast.second_staff, now=tale.cast.at(6, 11))
    evidence, who, now = plans_queries.evidence_of(plan), tale.house.technologist, tale.cast.at(4, 10)
    for line in plans_queries.lines_of(plan):
        completing.complete_line(
            evidence=evidence, line=line, completed_on=now.date(), result="Done.", declared=(), actor=who, now=now
        )
    upload = plans.Upload(text_file(), "Revised protocol", ways_back.NO_PATIENT)
    completing.add_paper(evidence=evidence, line=None, upload=upload, actor=who, now=now)


def visit_written(tale: Tale) -> None:
    """The team has been there; its report has a paper and waits for signatures."""
    report = ways_back.corrected(tale, 30, "chest/adult", "parameters")
    survey = ways_back.planned_survey(tale, report, 26, 20, tale.cast.at(10).date())
    said = surveys.Findings(progress="In use.", training="All.", recommendations="Go on.")
    member = next(iter(tale.cast.team().values()))
    surveys.write(survey=survey, said=said, seen=0, paper=text_file(), actor=member, now=tale.cast.at(8, 10))


def visited(tale: Tale) -> None:
    """The survey is completed, and the facility has not gone on to its application."""
    report = ways_back.corrected(tale, 40, "chest/adult", "parameters")
    ways_back.visited(tale, 10, report)
    assert Survey.objects.get(report=report).completed_at


MORE = (
    Situation("Visit completed", "prairie", "CT", "CT 9", CT, visited, 40),
    Situation("Visit written up", "prairie", "CT", "CT 8", CT, visit_written, 30),
    Situation("Evidence not handed in", "prairie", "CT", "CT 7", CT, evidence_not_handed_in),
    Situation("Plan begun", "prairie", "CT", "CT 6", CT, plan_begun),
    Situation("Appeal with a document", "mesa", "NM", "Gamma camera 2", SPECT, supported),
    Situation("Module left on paper", "mesa", "MRI", "MR 3", MRI, module_left_on_paper),
    Situation("Module leaves", "mesa", "MRI", "MR 2", MRI, module_leaves),
    Situation("Repeat chosen", "mesa", "CT", "CT 3", CT, repeat_chosen),
    Situation("Fee without a figure", "mesa", "CT", "CT 6", CT, fee_without_a_figure),
    Situation("Nobody reads yet", "lakeside", "CT", "CT 5", CT, nobody_reads_yet),
    Situation("Letter not signed", "lakeside", "CT", "CT 3", CT, letter_not_signed),
    Situation("Package full", "harbor", "CT", "CT 4", CT, full),
    Situation("Sent by machines", "harbor", "CT", "CT 5", CT, machines),
    Situation("Not yet given out", "harbor", "CT", "CT 3", CT, not_yet_given_out),
)
EVERY = (*SITUATIONS, *MORE)
