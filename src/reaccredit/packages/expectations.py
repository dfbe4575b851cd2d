"""What the images of an item have to be, told to the imaging room.

It is built from data: the modality's words, the unit, the policy's limits and clauses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from reaccredit.applications.models import Area
from reaccredit.facilities.catalogue import modality
from reaccredit.imaging.checks import Expectation
from reaccredit.imaging.models import Series
from reaccredit.packages import queries, rules
from reaccredit.packages.catalogue import contents
from reaccredit.packages.models import Item, Package
from reaccredit.policy import Clause


def expectation(item: Item, now: datetime) -> Expectation:
    """The base holds for every item; an appeal and a repeat each add what their clauses ask for."""
    package = item.package
    base, clauses = _base(item, now)
    if package.purpose == Package.Purpose.APPEAL:
        base = _appeal(item, base, clauses, now)
    elif package.purpose == Package.Purpose.REPEAT and item.area is not None:
        base = _repeat(item, item.area, base, clauses, now)
    return replace(base, clauses={code: words(found) for code, found in clauses.items()})


def words(clause: Clause) -> str:
    """A clause as it is kept with a refusal: its id, by which the policy page shows it."""
    return clause.id


def _base(item: Item, now: datetime) -> tuple[Expectation, dict[str, Clause]]:
    package = item.package
    case_file = package.case_file
    found = contents(case_file.modality)
    line = found.line(item.code) if found else None
    clauses: dict[str, Clause] = {}
    age = rules.image_age(case_file.case, package.opened_at)
    if age and age.clauses:
        clauses |= {code: age.clauses[0] for code in ("too-old", "no-date")}
    return Expectation(
        modalities=(line.dicom if line else frozenset()) or frozenset(modality(case_file.modality).dicom_modalities),
        serial=case_file.unit.serial if case_file.unit else "",
        oldest=age.oldest if age else None,
        newest=rules.newest(case_file.case, now),
        one_patient=package.purpose != Package.Purpose.APPEAL,
    ), clauses


def _appeal(item: Item, base: Expectation, clauses: dict[str, Clause], now: datetime) -> Expectation:
    """The original exam only, and of it only what was left out. Its age and its unit were judged when it was sent first."""
    revision = rules.revision_of(item.package.case_file.case, now)
    base = replace(base, oldest=None, serial="")
    if original := rules.clause(revision, rules.ORIGINAL_EXAM):
        clauses["other-study"] = original
        studies = queries.judged_studies(item.package, item.area) if item.area else frozenset()
        base = replace(base, required_studies=studies)
    if again := rules.clause(revision, rules.NOT_AGAIN):
        clauses["sent-before"] = again
        sent = queries.everything_sent(item.package)
        base = replace(base, sent_sop_uids=sent.sop_uids, sent_pixel_hashes=sent.pixel_hashes)
    return base


def _repeat(item: Item, area: Area, base: Expectation, clauses: dict[str, Clause], now: datetime) -> Expectation:
    """Another patient for a clinical exam, a new scan for a phantom."""
    revision = rules.revision_of(item.package.case_file.case, now)
    if area.kind == Area.Kind.CLINICAL:
        if not (patient := rules.clause(revision, rules.ANOTHER_PATIENT)):
            return base
        clauses |= dict.fromkeys(("same-patient", "no-patient"), patient)
        return replace(base, forbidden_patients=queries.sent_before(item.package, area).patients)
    if not (scan := rules.clause(revision, rules.NEW_SCAN)):
        return base
    clauses |= dict.fromkeys(("same-study", "not-newer"), scan)
    sent = queries.sent_before(item.package, area)
    return replace(base, forbidden_studies=sent.studies, acquired_after=sent.last_acquired)


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


def clause_sentences(expected: Expectation) -> Mapping[str, str]:
    return dict(expected.clauses)
