"""Is this the exam that was asked for? Pure questions about headers; every limit and every clause comes from the
caller, every sentence from the table of rows. A question that has no row is not asked.

Each question answers with a `Problem` or with nothing. A problem that is only a note (`refuses` is false) is shown and
stops nobody: where a header does not say, a person has to look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from reaccredit.imaging.header import Header
from reaccredit.imaging.rows import Row, book, kinds

MODALITIES = {
    "CT": "CT", "MR": "MRI", "NM": "nuclear medicine", "PT": "PET", "US": "ultrasound", "MG": "mammography",
    "CR": "computed radiography", "DX": "digital radiography", "XA": "angiography", "RF": "fluoroscopy",
    "OT": "other", "SC": "secondary capture", "SR": "structured report",
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    code: str
    sentence: str
    clause: str = ""
    refuses: bool = True


@dataclass(frozen=True)
class Expectation:
    """What the caller waits for. Whatever is left at its default is not asked."""

    modalities: frozenset[str] = frozenset()
    serial: str = ""  # of the unit that is being accredited, where known
    oldest: date | None = None  # study dates, both inclusive
    newest: date | None = None
    # patients of the earlier exam: a clinical repeat needs another one
    forbidden_patients: frozenset[str] = frozenset()
    # patients of the other exams of the same package, where each exam needs one of its own
    other_patients: frozenset[str] = frozenset()
    # a file that names no patient can't be compared, and the caller insists on comparing
    patient_required: bool = False
    forbidden_studies: frozenset[str] = frozenset()  # studies of the earlier scan: a phantom repeat needs a new one
    acquired_after: date | None = None  # the day of the earlier scan: a new scan is of a later day
    # an appeal shows the original exam only; an empty set admits nothing
    required_studies: frozenset[str] | None = None
    named_study: str = ""  # the study that the sender has named
    sent_sop_uids: frozenset[str] = frozenset()
    sent_pixel_hashes: frozenset[str] = frozenset()
    one_patient: bool = True  # all files of the collection show the same person
    clauses: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Row] = field(default_factory=book)


@dataclass
class Seen:
    """What the collection already holds, growing while a batch is read."""

    sop_uids: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)
    pixel_hashes: set[str] = field(default_factory=set)
    pictures: dict[str, str] = field(default_factory=dict)  # the pixel hash of each identifier, where it is known
    patients: frozenset[str] = frozenset()  # every hash of the one patient of this collection

    def add(self, header: Header, sha256: str) -> None:
        self.sop_uids.add(header.sop_instance_uid)
        self.digests.add(sha256)
        if header.pixel_hash:
            self.pixel_hashes.add(header.pixel_hash)
        self.pictures[header.sop_instance_uid] = header.pixel_hash
        if not self.patients or self.patients & header.patients:
            self.patients |= header.patients


def in_words(found: str | date) -> str:
    """A modality, or a day, as the sentences say it."""
    return _day(found) if isinstance(found, date) else _modality_words(found)


def _modality_words(code: str) -> str:
    if code not in MODALITIES:
        return code if code.isalnum() else "unknown"
    return code if MODALITIES[code] == code else f"{MODALITIES[code]} ({code})"


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _problem(expectation: Expectation, code: str, **words: str) -> Problem | None:
    row = expectation.rows.get(code)
    if row is None:
        return None
    return Problem(code, row.sentence.format(**words), expectation.clauses.get(code, ""), row.refuses)


def modality(header: Header, expected: Expectation) -> Problem | None:
    if not expected.modalities or header.modality in expected.modalities:
        return None
    wanted = " or ".join(_modality_words(code) for code in sorted(expected.modalities))
    found = f"a {_modality_words(header.modality)} image" if header.modality else "an image that names no modality"
    return _problem(expected, "modality", found=found, wanted=wanted)


def kind_of_object(header: Header, expected: Expectation) -> Problem | None:
    """Asked where a modality is: a file that is no image of what it calls itself."""
    known = kinds()
    if not expected.modalities or header.modality not in known or header.sop_class_uid in known["any"]:
        return None
    of = sorted(modality for modality, classes in known.items() if header.sop_class_uid in classes)
    if not of:
        return _problem(expected, "sop-unknown")
    if header.modality in of:
        return None
    kind = " or ".join(_modality_words(code) for code in of)
    return _problem(expected, "sop-class", found=_modality_words(header.modality), kind=kind)


def age(header: Header, expected: Expectation) -> Problem | None:
    if expected.oldest is None and expected.newest is None:
        return None
    day = header.study_date
    if day is None:
        return _problem(expected, "no-date")
    if expected.oldest and day < expected.oldest:
        return _problem(expected, "too-old", found=_day(day), wanted=_day(expected.oldest))
    if expected.newest and day > expected.newest:
        return _problem(expected, "too-new", found=_day(day), wanted=_day(expected.newest))
    return None


def _plain_serial(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum()).lstrip("0")


def serial(header: Header, expected: Expectation) -> Problem | None:
    if not expected.serial:
        return None
    if not header.serial:
        return _problem(expected, "no-serial")
    if _plain_serial(header.serial) == _plain_serial(expected.serial):
        return None
    return _problem(expected, "serial", wanted=expected.serial)


def another_patient(header: Header, expected: Expectation) -> Problem | None:
    if header.patients & expected.forbidden_patients:
        return _problem(expected, "same-patient")
    if header.patients & expected.other_patients:
        return _problem(expected, "other-exams-patient")
    if header.patients:
        return None
    if expected.patient_required:
        return _problem(expected, "patient-needed")
    return _problem(expected, "no-patient") if expected.forbidden_patients else None


def new_scan(header: Header, expected: Expectation) -> Problem | None:
    if header.study_uid in expected.forbidden_studies:
        return _problem(expected, "same-study")
    day, before = header.acquired_on, expected.acquired_after
    if before is None:
        return None
    if day is None:
        return _problem(expected, "no-scan-date")
    return _problem(expected, "not-newer", found=_day(day), wanted=_day(before)) if day <= before else None


def original_study(header: Header, expected: Expectation) -> Problem | None:
    if expected.required_studies is None or header.study_uid in expected.required_studies:
        return None
    return _problem(expected, "other-study")


def study_as_named(header: Header, expected: Expectation) -> Problem | None:
    if not expected.named_study or header.study_uid == expected.named_study:
        return None
    return _problem(expected, "named-study")


def not_sent_before(header: Header, expected: Expectation) -> Problem | None:
    sent = header.sop_instance_uid in expected.sent_sop_uids or (
        header.pixel_hash and header.pixel_hash in expected.sent_pixel_hashes
    )
    return _problem(expected, "sent-before") if sent else None


CHECKS: tuple[Callable[[Header, Expectation], Problem | None], ...] = (
    modality, kind_of_object, age, serial, another_patient, new_scan, original_study, study_as_named,
    not_sent_before,
)  # fmt: skip


def duplicate(header: Header, sha256: str, seen: Seen, expected: Expectation) -> Problem | None:
    """A picture is here once. The same image exported twice differs in its first bytes: the picture tells."""
    if sha256 in seen.digests:
        return _problem(expected, "duplicate")
    if header.sop_instance_uid in seen.sop_uids:
        known = seen.pictures.get(header.sop_instance_uid, header.pixel_hash)
        return _problem(expected, "duplicate" if known == header.pixel_hash else "changed")
    if header.pixel_hash and header.pixel_hash in seen.pixel_hashes:
        return _problem(expected, "same-picture")
    return None


def one_patient(header: Header, seen: Seen, expected: Expectation) -> Problem | None:
    if not expected.one_patient or not header.patients or not seen.patients or header.patients & seen.patients:
        return None
    return _problem(expected, "mixed-patients")


def examine(header: Header, sha256: str, seen: Seen, expected: Expectation) -> list[Problem]:
    """All answers for one file, refusals first. A file that is here already is told so and nothing else."""
    if twice := duplicate(header, sha256, seen, expected):
        return [twice]
    answers = [check(header, expected) for check in CHECKS]
    answers.append(one_patient(header, seen, expected))
    found = [problem for problem in answers if problem is not None]
    return sorted(found, key=lambda problem: not problem.refuses)
