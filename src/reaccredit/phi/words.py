"""The words of the screening: the eighteen kinds of 45 CFR 164.514(b)(2), and a finding."""

from __future__ import annotations

from dataclasses import dataclass, field

# Slugs of the eighteen kinds, with the words of the refusal; "unreadable" is ours.
KINDS = {
    "names": "a person's name",
    "geographic": "a postal address",
    "dates": "a date tied to a person, or an age over 89",
    "phone": "a telephone number",
    "fax": "a fax number",
    "email": "an e-mail address",
    "ssn": "a social security number",
    "mrn": "a medical record or patient number",
    "health-plan": "a health plan or insurance number",
    "account": "an account number",
    "certificate": "a licence, passport or certificate number",
    "vehicle": "a vehicle number",
    "device": "the serial number of a patient's device",
    "url": "a web address",
    "ip": "an internet address",
    "biometric": "biometric data",
    "photo": "a photograph or another picture, which may show a person",
    "other": "another number that identifies a person or an exam",
    "unreadable": "a part that could not be read here (a scan, a damaged picture, or an attached file)",
}

CERTAIN = 0.95  # a label and its value: refuses
LIKELY = 0.75  # told, and asked about
WEAK = 0.3  # asked about where a person answers; not told by the command
LABELLED = 0.02  # the day of something: hers, if the paper is about somebody
TOLD = 0.5
SURE = 0.9

Box = tuple[float, float, float, float]  # left, top, right, bottom: pixels of a picture, points of a page


@dataclass(frozen=True, order=True)
class Finding:
    """What kind of identifier stands where. `line` counts from 1 within the place; 0 where there are no lines.

    Two identifiers of a kind on one line are two findings where their boxes or columns differ.
    """

    place: str
    line: int
    kind: str
    certain: bool
    certainty: float = field(default=CERTAIN, compare=False)
    column: int = field(default=0, compare=False)
    page: int | None = field(default=None, compare=False)
    box: Box | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Hit:
    """What a rule says: characters `start` to `end` of a text are perhaps an identifier. `person`: it names one person,
    so that what stands beside it is that person's too.
    """

    start: int
    end: int
    kind: str
    certainty: float
    person: bool = False
