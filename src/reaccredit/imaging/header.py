"""What the house knows of one DICOM file: technical values and keyed hashes, never a name, a number or a date of birth
of a patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


class Unreadable(Exception):
    """A file that can't be taken. `code` is for programs; the sentence is for the person who sent it and holds nothing
    from inside the file.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


class Skipped(Unreadable):
    """A file that belongs to a disk and not to an exam (its table of contents, a folder icon): left out without
    reproach.
    """


@dataclass(frozen=True)
class Header:
    sop_instance_uid: str
    sop_class_uid: str
    study_uid: str
    series_uid: str
    modality: str
    transfer_syntax: str
    # SHA-256 of the raw pixel data; empty where every pixel is the same, because blank pictures prove nothing
    pixel_hash: str
    patient_hash: str | None = None  # by patient id and its issuer; by name and birth date where there is no id
    person_hash: str | None = None  # by name and birth date, whatever the id
    series_number: int | None = None
    number: int | None = None
    position: float | None = None  # mm along the normal of the slice
    description: str = ""
    study_date: date | None = None
    acquired_on: date | None = None
    station: str = ""
    serial: str = ""
    manufacturer: str = ""
    model: str = ""
    rows: int = 0
    columns: int = 0
    frames: int = 1
    slice_thickness: float | None = None  # mm
    plane: str = ""
    pixel: tuple[float, float] | None = None  # mm
    after_injection: float | None = None  # seconds
    identified: tuple[str, ...] = ()  # which words say whose picture it is; never what they say

    @property
    def patients(self) -> frozenset[str]:
        """Every hash under which this file's patient may be known."""
        return frozenset(h for h in (self.patient_hash, self.person_hash) if h)
