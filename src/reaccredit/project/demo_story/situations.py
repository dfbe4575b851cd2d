"""The cases of the demo, one function each. The table at the end says where each lives; the oldest comes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from reaccredit.packages import actions as packages
from reaccredit.packages import queries as packages_queries
from reaccredit.packages.models import Item, Medium
from reaccredit.project.demo_story import papers, samples, ways_back
from reaccredit.project.demo_story.cast import ZONE
from reaccredit.project.demo_story.telling import Tale
from reaccredit.withdrawals import actions as withdrawals
from reaccredit.withdrawals.models import Withdrawal

CT = {"head-neck/adult": "Routine head", "chest/adult": "Routine chest", "abdomen/adult": "Portal-venous abdomen"}
MRI = {"head-neck": "Routine brain; Brain for stroke", "spine": "Lumbar spine; Cervical spine"}
NM = {"planar": "Whole-body bone; Spot bone"}
SPECT = {"spect": "Bone SPECT; Liver SPECT"}
PET = {"oncology": "Whole-body oncology; Head and neck oncology"}
US = {"general": "Abdomen", "vascular/peripheral-venous": "Leg veins, right; Leg veins, left"}
CYST = {"breast-ultrasound/simple-cyst": "Simple cyst", "breast-ultrasound/solid-mass": "Solid mass"}
MAM = {"ffdm": "Fatty breast, four views; Dense breast, four views"}


def waits_for_staff(tale: Tale) -> None:
    tale.apply(2)
    tale.pay(1)


def package_half_full(tale: Tale) -> None:
    package = tale.open_package(20)
    data, exam = "planar-data", "exam.2"
    tale.fill(6, leave=(data, exam, "planar-resolution"))
    now = tale.cast.at(3)
    item = package.items.get(code=data)
    item.package = package
    said = papers.answers(item, now.date(), forget="bar")
    packages.save_form(item=item, answers=said, seen=None, actor=tale.house.technologist, now=now)
    for words, missing in (("missing exam", exam), ("missing phantom images", "planar-resolution")):
        item = package.items.get(code=missing)
        item.package = package
        tale.sample(words, papers.images(item, tale.cast.at(4).date(), slices=3))


def one_reader_in(tale: Tale) -> None:
    tale.sent(-9)
    tale.cast.turn = 3  # Cedar and Hazel are left with something to read: the terminal names them
    opened = tale.give_out(9)
    tale.read(opened, 1, 4, {"spine": "coverage"})


def readers_disagree(tale: Tale) -> None:
    tale.sent(-8)
    opened = tale.give_out(11)
    tale.read(opened, 1, 7, {})
    tale.read(opened, 2, 2, {"chest/adult": "artifacts"})


def report_ready(tale: Tale) -> None:
    tale.reviewed(-7, {"oncology": "quality"})


def not_viewed(tale: Tale) -> None:
    tale.reported(1, {"vascular/peripheral-venous": "technique"})


def form_not_open(tale: Tale) -> None:
    tale.view(tale.reported(1, {"abdomen/adult": "contrast-noise"}), 1)


def form_open(tale: Tale) -> None:
    tale.failed(5, {"chest/adult": "parameters", "phantom/image-quality": "uniformity"})


def form_due_tomorrow(tale: Tale) -> None:
    """Read late: the form has opened on that day, and the appeal's own term is over already."""
    report = tale.reported(17, {"head-neck/adult": "coverage"})
    tale.view(report, 14)


def images_not_returned(tale: Tale) -> None:
    package = tale.open_package(4 + 37)
    packages.choose_medium(package=package, medium=Medium.CD, actor=tale.house.administrator, now=tale.cast.at(33))
    package.refresh_from_db()
    came = tale.cast.at(30, 9)
    packages.record_media(
        package=package, medium=Medium.CD, received_at=came, pieces=1, items=packages_queries.image_items(package),
        actor=tale.cast.staff, now=came + timedelta(hours=5), contents="One CD in a sleeve, readable", tracking="DEMO-TRACK-1",
    )  # fmt: skip
    tale.fill(29, by_post=True)
    tale.send(28)
    tale.view(tale.issue(4, tale.both_read(4, {"spine": "resolution"})), 3)


LETTER = (
    "We ask that this area be judged again. The reviewers found that the exam was not complete. It was: what they missed "
    "was acquired in the same session and is part of the original exam."
)


def appeal_waits_for_images(tale: Tale) -> None:
    report = tale.failed(9, {"spine": "coverage"})
    tale.choose(report, "appeal", 6, areas=["spine"], images=True)
    tale.letter(report, "clinical", 5, LETTER)
    item = report.round.package.items.filter(area__code="spine", kind=Item.Kind.EXAM).first()
    assert item is not None
    item.package = report.round.package
    tale.sample("omitted sequence of the original exam", samples.omitted(item))
    tale.sample("sent before, refused", samples.sent(item))


def appeal_with_arbitrator(tale: Tale) -> None:
    report = tale.failed(24, {"spect": "processing"})
    tale.choose(report, "appeal", 20)
    appeal = tale.letter(
        report, "clinical", 18, "We ask that the SPECT exams be judged again with the reconstruction that we sent."
    )
    tale.arbitrate(appeal, 16, None)


def appeal_lost(tale: Tale) -> None:
    report = tale.failed(48, {"phantom/image-quality": "contrast"})
    tale.choose(report, "appeal", 44)
    appeal = tale.letter(
        report, "phantom", 42, "The rods of 7.9 mm are seen on the fourth slice of the phantom that we sent."
    )
    said = "The rods of 7.9 mm cannot be told apart on any slice of the phantom. The determination stands."
    tale.arbitrate(appeal, 40, 4, "not-acceptable", said)


def appeal_won(tale: Tale) -> None:
    report = tale.failed(75, {"head-neck": "artifacts"})
    tale.choose(report, "appeal", 71)
    appeal = tale.letter(
        report, "clinical", 69, "The line that was taken for an artifact is a vessel: it is seen in both planes."
    )
    said = "The structure is seen in two planes and is anatomic. The exam is acceptable."
    tale.arbitrate(appeal, 66, 35, "acceptable", said)


def same_patient_refused(tale: Tale) -> None:
    """Of the repeat one exam was sent with the patient of the first attempt; the right ones are still missing."""
    report = tale.failed(40, {"abdomen/adult": "contrast-noise"})
    first = report.round.package.items.get(area__code="abdomen/adult", kind=Item.Kind.EXAM)
    first.package = report.round.package
    tale.choose(report, "repeat", 36)
    tale.apply(30)
    tale.pay(29)
    package = tale.accept(26)
    tale.fill(6, leave=[item.code for item in packages_queries.image_items(package)])
    item = package.items.get(area__code="abdomen/adult", kind=Item.Kind.EXAM)
    item.package = package
    now = tale.cast.at(5, 11)
    again = papers.images(item, (now - timedelta(days=2)).astimezone(ZONE).date(), whose=papers.patient(first))
    received = papers.send(item, again, tale.house.technologist, now)
    assert received.refused
    assert not received.accepted
    tale.sample("same patient, refused", again)
    tale.sample("another patient", papers.images(item, now.date(), slices=3))


def time_ran_out(tale: Tale) -> None:
    tale.failed(32, {"phantom/image-quality": "ct-numbers"})


def module_withdrawn(tale: Tale) -> None:
    report = tale.failed(30, {"vascular/peripheral-venous": "completeness"})
    tale.choose(report, "withdraw-module", 26, areas=["vascular/peripheral-venous"])
    _sign_withdrawal(tale, 25)


def withdrawn(tale: Tale) -> None:
    report = tale.failed(28, {"breast-ultrasound/solid-mass": "lesion"})
    tale.choose(report, "withdraw", 22)


def _sign_withdrawal(tale: Tale, days: int) -> None:
    withdrawal = Withdrawal.objects.get(case_file=tale.file)
    withdrawals.sign_form(
        withdrawal=withdrawal, password=tale.cast.password, actor=tale.house.physician, now=tale.cast.at(days, 12)
    )


def passed(tale: Tale) -> None:
    tale.view(tale.reported(20, {}), 19)


def not_governed(tale: Tale) -> None:
    tale.apply(7)
    tale.pay(6)


@dataclass(frozen=True, slots=True)
class Situation:
    """`unit` is empty where the facility itself is accredited. `survey_from` is how many days ago the report was issued
    from which the on-site survey was chosen: an older revision knows none, and a demo that begins early goes without.
    """

    words: str
    house: str
    modality: str
    unit: str
    exams: dict[str, str]
    tell: Callable[[Tale], None]
    survey_from: int = 0


MODELS = {"CT": "Demo CT 64", "MRI": "Demo MR 1.5T", "NM": "Demo Gamma 2", "PET": "Demo PET 3", "MAM": "Demo Mammo 1"}

SITUATIONS = (
    Situation("Fourth deficiency: not defined by the article", "prairie", "PET", "PET 1", PET, ways_back.fourth_deficiency, 76),
    Situation("On-site survey planned", "prairie", "NM", "Gamma camera 1", SPECT, ways_back.survey_planned, 18),
    Situation("Corrective action plan approved, evidence owed", "prairie", "US", "", US, ways_back.evidence_owed),
    Situation("Corrective action plan returned", "prairie", "MRI", "MR 1", MRI, ways_back.plan_returned),
    Situation("Appeal upheld: accredited", "harbor", "MRI", "MR 2", MRI, appeal_won),
    Situation("Second deficiency: option form open", "mesa", "NM", "Gamma camera 1", NM, ways_back.second_deficiency),
    Situation("Appeal denied: repeat or withdraw", "harbor", "PET", "PET 1", PET, appeal_lost),
    Situation("Repeat: the same patient was refused", "mesa", "CT", "CT 1", CT, same_patient_refused),
    Situation("Time ran out", "prairie", "CT", "CT 1", CT, time_ran_out),
    Situation("Module withdrawn, the rest accredited", "mesa", "US", "", US, module_withdrawn),
    Situation("Withdrawn from accreditation, signage owed", "summit", "BUS", "", CYST, withdrawn),
    Situation("Appeal with the arbitrator", "lakeside", "NM", "Gamma camera 1", SPECT, appeal_with_arbitrator),
    Situation("Passed at the first attempt", "summit", "US", "", US, passed),
    Situation("Option form due tomorrow", "harbor", "CT", "CT 2", CT, form_due_tomorrow),
    Situation("Appeal waits for omitted images", "harbor", "MRI", "MR 1", MRI, appeal_waits_for_images),
    Situation("Option form open", "lakeside", "CT", "CT 2", CT, form_open),
    Situation("CD: images not returned yet", "mesa", "MRI", "MR 1", MRI, images_not_returned),
    Situation("Report viewed, form not open yet", "harbor", "CT", "CT 1", CT, form_not_open),
    Situation("Report not viewed yet", "lakeside", "US", "", US, not_viewed),
    Situation("Report ready to be issued", "lakeside", "PET", "PET 1", PET, report_ready),
    Situation("Two readers disagree", "lakeside", "CT", "CT 1", CT, readers_disagree),
    Situation("One reader is in", "lakeside", "MRI", "MR 1", MRI, one_reader_in),
    Situation("Testing package half full", "harbor", "NM", "Gamma camera 1", NM, package_half_full),
    Situation("Mammography: not governed", "summit", "MAM", "Mammography 1", MAM, not_governed),
    Situation("New application", "mesa", "PET", "PET 1", PET, waits_for_staff),
)  # fmt: skip
