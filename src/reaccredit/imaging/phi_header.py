"""What the header of a DICOM file says of a person: by attribute (PS3.15, table E.1-1), by value representation, and in
every free text. Values never leave this module; a finding names the attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_partial

from reaccredit.imaging.header import Unreadable
from reaccredit.imaging.identity import PLACEHOLDERS, normal
from reaccredit.imaging.reading import BROKEN, Guard, quiet
from reaccredit.phi.passage import Passage
from reaccredit.phi.roster import Roster
from reaccredit.phi.screening import screen
from reaccredit.phi.words import CERTAIN, LIKELY, TOLD, WEAK

DEEP = 12
ELEMENTS = 50_000
PIXELS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
# Attributes that hold an identifier of the patient by their meaning.
_BY_KIND = {
    "names": """PatientName OtherPatientNames PatientBirthName PatientMotherBirthName ResponsiblePerson""",
    "mrn": """PatientID OtherPatientIDs MedicalRecordLocator IssuerOfPatientID""",
    "dates": """PatientBirthDate PatientBirthTime PatientDeathDateInAlternativeCalendar LastMenstrualDate AdmittingDate DischargeDate
        PatientBirthDateInAlternativeCalendar""",
    "geographic": """PatientAddress CountryOfResidence RegionOfResidence""",
    "phone": """PatientTelephoneNumbers PatientTelecomInformation""",
    "other": """AccessionNumber AdmissionID ServiceEpisodeID RequestedProcedureID PlacerOrderNumberImagingServiceRequest
        FillerOrderNumberImagingServiceRequest ClinicalTrialSubjectID MilitaryRank PatientReligiousPreference""",
}
PATIENTS = {word: kind for kind, listed in _BY_KIND.items() for word in listed.split()}
# Dates of the study are needed to judge it, and are a date tied to a person all the same.
DATED = frozenset(
    {"StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate", "AcquisitionDateTime", "InstanceCreationDate"}
)
TEXTS = frozenset({"LO", "LT", "SH", "ST", "UC", "UT", "CS", "AE", "UR", "UN"})
QUIET = frozenset(
    """Manufacturer ManufacturerModelName StationName DeviceSerialNumber SoftwareVersions ImplementationVersionName
    SpecificCharacterSet InstitutionName InstitutionAddress InstitutionalDepartmentName ProtocolName CodeMeaning CodeValue
    CodingSchemeDesignator ImageType""".split()  # noqa: SIM905
)
OVERLAYS = range(0x6000, 0x6020, 2)


@dataclass(frozen=True)
class HeaderFinding:
    """`kind` is one of the eighteen, or private, overlay, document, report: a part that can hold any of them."""

    kind: str
    attribute: str
    certainty: float


def scan(stream: BinaryIO, *, roster: Roster | None = None) -> list[HeaderFinding]:
    """Findings in order of attributes. Raises `Unreadable` and nothing else."""
    stream.seek(0)
    try:
        with quiet():
            dataset = read_partial(cast(BinaryIO, Guard(stream)), stop_when=lambda tag, vr, length: int(tag) in PIXELS)
            found = list(_walk(dataset, roster or Roster(), "", 0))
    except Unreadable:
        raise
    except Exception:  # pydicom raises a dozen kinds, and what they say may quote the file
        raise Unreadable("broken", BROKEN) from None
    return list(dict.fromkeys(found))


def _walk(dataset: Dataset, roster: Roster, within: str, depth: int) -> Iterator[HeaderFinding]:
    privates: set[str] = set()
    for number, tag in enumerate(sorted(dataset.keys())):
        if number > ELEMENTS or depth > DEEP:
            yield HeaderFinding("private", within or "header", CERTAIN)
            return
        element = dataset[tag]
        if element.tag.is_private:
            privates.add(f"{element.tag.group:04X}")
            continue
        yield from _element(element, roster, within, depth)
    for group in sorted(privates):
        yield HeaderFinding("private", f"{within}private group {group}", LIKELY)


def _element(element: DataElement, roster: Roster, within: str, depth: int) -> Iterator[HeaderFinding]:
    word = keyword_for_tag(element.tag) or f"{element.tag.group:04X},{element.tag.element:04X}"
    place = within + word
    if element.VR == "SQ":
        if word == "ContentSequence" and not depth:
            yield HeaderFinding("report", place, LIKELY)
        for item in cast(Sequence[Dataset], element.value):
            yield from _walk(item, roster, f"{place} > ", depth + 1)
    elif element.tag.group in OVERLAYS and element.tag.element == 0x3000:
        yield HeaderFinding("overlay", place, LIKELY)
    elif word == "EncapsulatedDocument":
        yield HeaderFinding("document", place, CERTAIN)
    else:
        yield from _valued(word, element.VR, _text(element.value), place, roster)


def _valued(word: str, vr: str, text: str, place: str, roster: Roster) -> Iterator[HeaderFinding]:
    if not text or normal(text) in PLACEHOLDERS:
        return
    if word in PATIENTS:
        yield HeaderFinding(PATIENTS[word], place, CERTAIN)
    elif word in DATED:
        yield HeaderFinding("dates", place, WEAK)
    elif word == "PatientAge":
        yield from _old(text, place)
    elif vr == "PN":
        yield from _person(word, text, place, roster)
    elif vr in TEXTS and word not in QUIET:
        found = screen([Passage(place, text)], roster=roster)
        yield from (HeaderFinding(f.kind, place, f.certainty) for f in found if f.certainty >= TOLD)


def _old(text: str, place: str) -> Iterator[HeaderFinding]:
    years = re.fullmatch(r"0*(\d{1,3})Y", text)
    if years and int(years[1]) > 89:
        yield HeaderFinding("dates", place, CERTAIN)


def _person(word: str, text: str, place: str, roster: Roster) -> Iterator[HeaderFinding]:
    """Physicians and operators have their attributes; they may be named where the case's staff may."""
    plain = text.replace("^", " ").strip()
    if roster.knows_name(plain):
        return
    staff = re.search(r"Physician|Operator|Performer|Observer|Verifying|Recipient|Scheduled|Consult", word)
    yield HeaderFinding("names", place, WEAK if staff else CERTAIN)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return "".join(c for c in value[:20_000].decode("utf-8", "replace") if c.isprintable() or c in "\n\t").strip()
    if isinstance(value, list | tuple) or type(value).__name__ == "MultiValue":
        return "\n".join(_text(v) for v in value).strip()
    return str(value).strip()[:200_000]
