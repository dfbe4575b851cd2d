"""Is this the exam that was asked for? Pure questions about headers; every limit and every clause comes from the
caller, none is known here.

Each check answers with a `Problem` or with nothing. A problem that is only a note (`refuses` is false) is shown and
stops nobody:
where a header does not say, a person has to look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from reaccredit.imaging.header import Header

# The reasons a caller may give clauses for (`Expectation.clauses`).
CODES = (
    "modality", "too-old", "too-new", "no-date", "serial", "no-serial", "same-patient", "no-patient", "same-study",
    "not-newer", "other-study", "sent-before", "duplicate", "mixed-patients",
)  # fmt: skip

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
    # a file that names no patient can't be compared, and the caller insists on comparing
    patient_required: bool = False
    forbidden_studies: frozenset[str] = frozenset()  # studies of the earlier scan: a phantom repeat needs a new one
    acquired_after: date | None = None  # the day of the earlier scan: a new scan is of a later day
    # an appeal shows the original exam only; an empty set admits nothing
    required_studies: frozenset[str] | None = None
    sent_sop_uids: frozenset[str] = frozenset()
    sent_pixel_hashes: frozenset[str] = frozenset()
    one_patient: bool = True  # all files of the collection show the same person
    clauses: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Seen:
    """What the collection already holds, growing while a batch is read."""

    sop_uids: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)
    pixel_hashes: set[str] = field(default_factory=set)
    patients: frozenset[str] = frozenset()  # every hash of the one patient of this collection

    def add(self, header: Header, sha256: str) -> None:
        self.sop_uids.add(header.sop_instance_uid)
        self.digests.add(sha256)
        if header.pixel_hash:
            self.pixel_hashes.add(header.pixel_hash)
        if not self.patients or self.patients & header.patients:
            self.patients |= header.patients


def _modality_words(code: str) -> str:
    return f"{MODALITIES[code]} ({code})" if code in MODALITIES else (code if code.isalnum() else "unknown")


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _problem(expectation: Expectation, code: str, sentence: str, *, refuses: bool = True) -> Problem:
    return Problem(code, sentence, expectation.clauses.get(code, ""), refuses)


def modality(header: Header, expected: Expectation) -> Problem | None:
    if not expected.modalities or header.modality in expected.modalities:
        return None
    wanted = " or ".join(_modality_words(code) for code in sorted(expected.modalities))
    found = f"a {_modality_words(header.modality)} image" if header.modality else "an image that names no modality"
    return _problem(
        expected,
        "modality",
        f"This is {found}; this item takes {wanted}. Send images of the unit that is being accredited.",
    )


def age(header: Header, expected: Expectation) -> Problem | None:
    if expected.oldest is None and expected.newest is None:
        return None
    day = header.study_date
    if day is None:
        sentence = (
            "The header gives no study date, so the age of the study could not be checked here. Staff will look at it."
        )
        return _problem(expected, "no-date", sentence, refuses=False)
    if expected.oldest and day < expected.oldest:
        sentence = (
            f"The study is of {_day(day)}; this item takes studies from {_day(expected.oldest)} on. Choose a more"
            " recent study."
        )
        return _problem(expected, "too-old", sentence)
    if expected.newest and day > expected.newest:
        sentence = (
            f"The study is dated {_day(day)}; this item takes studies up to {_day(expected.newest)}. Check the clock of"
            " the scanner."
        )
        return _problem(expected, "too-new", sentence)
    return None


def _plain_serial(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum()).lstrip("0")


def serial(header: Header, expected: Expectation) -> Problem | None:
    if not expected.serial:
        return None
    if not header.serial:
        sentence = (
            "The header gives no serial number, so it could not be checked that this unit made the images. Staff will"
            " look at it."
        )
        return _problem(expected, "no-serial", sentence, refuses=False)
    if _plain_serial(header.serial) == _plain_serial(expected.serial):
        return None
    sentence = (
        f"The images come from a scanner with another serial number than the unit's ({expected.serial}). Send images"
        " made on this unit."
    )
    return _problem(expected, "serial", sentence)


def another_patient(header: Header, expected: Expectation) -> Problem | None:
    if header.patients & expected.forbidden_patients:
        return _problem(
            expected,
            "same-patient",
            "This is the patient of the earlier exam. A repeat must show another patient: choose another exam.",
        )
    if header.patients or not (expected.patient_required or expected.forbidden_patients):
        return None
    sentence = "The header names no patient, so it could not be checked that this is another patient than before."
    if expected.patient_required:
        return _problem(expected, "no-patient", sentence + " Export the exam with its patient ID, then send it again.")
    return _problem(expected, "no-patient", sentence + " Staff will look at it.", refuses=False)


def new_scan(header: Header, expected: Expectation) -> Problem | None:
    if header.study_uid in expected.forbidden_studies:
        return _problem(
            expected,
            "same-study",
            "This belongs to the scan that was sent before. Scan the phantom again and send the new scan.",
        )
    day = header.acquired_on
    if expected.acquired_after and day and day <= expected.acquired_after:
        sentence = (
            f"This scan was made on {_day(day)}, not after the one that was reviewed ({_day(expected.acquired_after)})."
            " Send a new scan."
        )
        return _problem(expected, "not-newer", sentence)
    if expected.acquired_after and day is None:
        sentence = (
            "The header gives no date, so it could not be checked that this scan is newer than the one before. Staff"
            " will look at it."
        )
        return _problem(expected, "no-date", sentence, refuses=False)
    return None


def original_study(header: Header, expected: Expectation) -> Problem | None:
    if expected.required_studies is None or header.study_uid in expected.required_studies:
        return None
    sentence = (
        "This image is not part of the exam that was submitted. Only images of the original exam may be added: no new"
        " exam is taken."
    )
    return _problem(expected, "other-study", sentence)


def not_sent_before(header: Header, expected: Expectation) -> Problem | None:
    sent = header.sop_instance_uid in expected.sent_sop_uids or (
        header.pixel_hash and header.pixel_hash in expected.sent_pixel_hashes
    )
    if not sent:
        return None
    return _problem(
        expected,
        "sent-before",
        "This image was already sent. Leave it out: only images that were not sent before are needed.",
    )


CHECKS: tuple[Callable[[Header, Expectation], Problem | None], ...] = (
    modality, age, serial, another_patient, new_scan, original_study, not_sent_before,
)  # fmt: skip


def duplicate(header: Header, sha256: str, seen: Seen, expected: Expectation) -> Problem | None:
    if sha256 in seen.digests or header.sop_instance_uid in seen.sop_uids:
        return _problem(
            expected, "duplicate", "This image is already here. Nothing needs to be done; it was taken once."
        )
    if header.pixel_hash and header.pixel_hash in seen.pixel_hashes:
        return _problem(
            expected,
            "duplicate",
            "The same picture is already here under another identifier. Each picture is taken once.",
        )
    return None


def one_patient(header: Header, seen: Seen, expected: Expectation) -> Problem | None:
    if not expected.one_patient or not header.patients or not seen.patients or header.patients & seen.patients:
        return None
    sentence = (
        "This image shows another patient than the rest of this exam. One exam is one patient: send it where it"
        " belongs."
    )
    return _problem(expected, "mixed-patients", sentence)


def examine(header: Header, sha256: str, seen: Seen, expected: Expectation) -> list[Problem]:
    """All answers for one file, refusals first. A file that is here already is told so and nothing else."""
    if twice := duplicate(header, sha256, seen, expected):
        return [twice]
    answers = [check(header, expected) for check in CHECKS]
    answers.append(one_patient(header, seen, expected))
    found = [problem for problem in answers if problem is not None]
    return sorted(found, key=lambda problem: not problem.refuses)
