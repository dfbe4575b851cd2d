"""What the images of an item have to be, told to the imaging room, and what is asked of all of them together.

It is built from data: the modality's words, the unit, the policy's limits and clauses, the programme's table of checks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from reaccredit.applications.models import Area
from reaccredit.facilities.catalogue import modality
from reaccredit.imaging import queries as images
from reaccredit.imaging.checks import Expectation
from reaccredit.imaging.exams import QUESTIONS, Answer
from reaccredit.imaging.models import Series
from reaccredit.packages import queries, rules
from reaccredit.packages.catalogue import contents
from reaccredit.packages.models import Item, Package
from reaccredit.packages.table import Check, Table, Why, table
from reaccredit.policy import Clause
from reaccredit.policy.revision import Revision

UNTOLD = "The headers do not say; a person has to look."


def expectation(item: Item, now: datetime) -> Expectation:
    """The base holds for every item; an appeal and a repeat each add what their rules ask for."""
    package = item.package
    asked = _Asked(item, table(package.case_file.case.programme), rules.revision_of(package.case_file.case, now))
    base = _base(item, asked, now)
    if package.purpose == Package.Purpose.APPEAL:
        base = _appeal(item, base, asked)
    elif item.area is not None:
        base = _another(item, item.area, base, asked)
    return replace(base, clauses={code: words(found) for code, found in asked.clauses.items()})


class _Asked:
    """Which questions the table asks of an item, gathering the clauses behind them."""

    def __init__(self, item: Item, rows: Table, revision: Revision) -> None:
        self._item, self.rows, self._revision = item, rows, revision
        self.clauses: dict[str, Clause] = {}

    def __call__(self, *codes: str) -> bool:
        """A row that rests on a clause is asked where the revision has one that says something."""
        for code in codes:
            why = self.rows.rule(code, self._item)
            found = rules.clause(self._revision, why.clause) if why and why.clause else None
            if why is None or (why.clause and found is None):
                return False
            if found is not None:
                self.clauses[code] = found
        return True


def words(clause: Clause) -> str:
    """A clause as it is kept with a refusal: its id, by which the policy page shows it."""
    return clause.id


def _base(item: Item, asked: _Asked, now: datetime) -> Expectation:
    package = item.package
    case_file = package.case_file
    found = contents(case_file.modality)
    line = found.line(item.code) if found else None
    age, own = rules.image_age(case_file.case, package.opened_at), asked.rows.age(item)
    if age and age.clauses and own is None:
        asked.clauses |= {code: age.clauses[0] for code in ("too-old", "no-date")}
    oldest = rules.months_before(case_file.case, package.opened_at, own.months) if own else age.oldest if age else None
    return Expectation(
        modalities=(line.dicom if line else frozenset()) or frozenset(modality(case_file.modality).dicom_modalities),
        serial=case_file.unit.serial if case_file.unit else "",
        oldest=oldest,
        newest=rules.newest(case_file.case, now),
        one_patient=package.purpose != Package.Purpose.APPEAL,
    )


def _appeal(item: Item, base: Expectation, asked: _Asked) -> Expectation:
    """The original exam only, and of it only what was left out. Its age and its unit were judged when it was sent first."""
    base = replace(base, oldest=None, serial="")
    if asked("other-study"):
        studies = queries.judged_studies(item.package, item.area) if item.area else frozenset()
        base = replace(base, required_studies=studies)
    if asked("sent-before"):
        sent = queries.everything_sent(item.package)
        base = replace(base, sent_sop_uids=sent.sop_uids, sent_pixel_hashes=sent.pixel_hashes)
    return base


def _another(item: Item, area: Area, base: Expectation, asked: _Asked) -> Expectation:
    """Another patient than before, or than in the other exams; a new scan of a phantom."""
    if asked("other-exams-patient"):
        base = replace(base, other_patients=queries.other_patients(item))
    if asked("same-patient", "no-patient"):
        base = replace(base, forbidden_patients=queries.sent_before(item.package, area).patients)
    if asked("same-study", "not-newer", "no-scan-date"):
        sent = queries.sent_before(item.package, area)
        base = replace(base, forbidden_studies=sent.studies, acquired_after=sent.last_acquired)
    return base


# -- all images of an item together ----------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """A line of what the images of an item were checked for. `met` is None where the headers do not say."""

    says: str
    met: bool | None
    why: str
    rule: Why

    @property
    def state(self) -> str:
        return {True: "done", False: "wrong", None: "waiting"}[self.met]

    @property
    def word(self) -> str:
        return {True: "Yes", False: "Look at it", None: "Not known"}[self.met]


def checked(item: Item) -> list[Checked]:
    """Nothing for an item without images, but that something of it has not arrived."""
    if item.collection is None:
        return []
    exam = images.exam(item.collection)
    rows = table(item.package.case_file.case.programme).of(item)
    answers = [(row, QUESTIONS[row.asks](exam, row.limits)) for row in rows]
    found = [_answered(row, answer) for row, answer in answers if answer.applies]
    return found if exam.series else [one for one in found if one.met is False and exam.unfinished]


def _answered(row: Check, answer: Answer) -> Checked:
    said = {"series": answer.series, "found": answer.found, "wanted": answer.wanted}
    why = UNTOLD if answer.met is None else "" if answer.met else row.sentence.format(**said)
    return Checked(row.says.format(**said), answer.met, why, row.why)


def doubts(series: Series, expected: Expectation) -> list[str]:
    """What the headers of a kept series leave open. Staff and reviewers look at it; nobody is stopped."""
    found = []
    if expected.serial and not series.serial:
        found.append("The images name no serial number: whether this unit made them could not be checked.")
    if (expected.oldest or expected.acquired_after) and not (series.study_date or series.acquired_on):
        found.append("The images carry no date: their age could not be checked.")
    if expected.forbidden_patients and not (series.patient_hash or series.person_hash):
        found.append("The images name no patient: whether this is another patient than before could not be checked.")
    return found
