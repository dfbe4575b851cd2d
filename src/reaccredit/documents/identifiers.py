"""The rules that look for identifiers of a patient: one for each kind, each a search for a cue and a value beside it.

A rule yields (position, certain). It may miss a name that has no cue; it should not stop a letter over the maker's
service line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from reaccredit.documents.roster import Roster

GAP = r"[\s:#=.\-–—]{1,6}"
VALUE = r"[A-Z]{0,4}[-/]?\d[\dA-Z\-/]{3,}"
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DATE = (
    rf"(?:\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}|{MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}}|\d{{1,2}} {MONTH}\.?,?"
    r" \d{2,4})"
)
# Counted, never open-ended: a page of capital letters must not take minutes.
WORD = r"\b[A-Z][^\W\d_]{0,30}(?:['’-][^\W\d_]{1,30}){0,2}\.?"
FULL = rf"(?:{WORD},?[ \t]+){{1,3}}{WORD}"

# Words that follow "patient" with a capital letter in headings and are nobody's name.
NOT_NAMES = frozenset(
    re.findall(
        r"\w+",
        """access adult age and bed bore brain breast care center chart chest comfort communication consent contact
        contrast
    coordinator
    coverage ct data date dates demographics department dose doses education evaluation exam examination examinations
    exams exposure
    factors flow for form forms group head id identification identifiers image images imaging immobilization in info
    information
    instruction instructions is log management medical modality module monitoring motion movement mr mri name names no
    not number of on or
    orientation pediatric pelvis population portal position positioned positioning preparation prep privacy procedure
    procedures
    protocol protocols queue questionnaire record records registration relations response result results rights safety
    satisfaction
    scan scanning scans scheduling screening section selection service services setup size sizes spine studies study
    support table
    technique test testing the throughput tracking transfer transport type types us volume was weight were with
    workflow""",
    )
)
IDENTITY = re.compile(
    r"\bpatient(?:['’]?s)?\s*(?:name|phone|address|e-?mail|contact|home|cell)|\bpt\b|\bdob\b|date of"
    r" birth|\bmrn\b|\bmrs?\b|\bms\b|next of kin"
    r"|emergency contact|years?[- ]old|\by/?o\b|\blives at\b|\bresid(?:es|ing) at\b|\bhome address\b",
    re.I,
)
Rule = Callable[[str, Roster], Iterator[tuple[int, bool]]]


def _near(text: str, start: int, end: int) -> bool:
    """Does the line, or what stands right before it, speak of one person?"""
    left = text.rfind("\n", 0, start) + 1
    right = text.find("\n", end)
    return bool(IDENTITY.search(text[max(0, min(left, start - 60)) : right if right >= 0 else len(text)]))


def _certain(pattern: str, flags: int = re.I) -> Rule:
    compiled = re.compile(pattern, flags)

    def rule(text: str, roster: Roster) -> Iterator[tuple[int, bool]]:
        yield from ((m.start(), True) for m in compiled.finditer(text))

    return rule


_CUED_NAME = re.compile(
    rf"(?:\b(?i:patient|pt|client)(?i:['’]?s)?(?i:\s+name)?\s*[:=#]\s*|\b(?i:(?:patient|last|first|full|maiden|guarantor|subscriber)"
    rf"(?:['’]s)?\s+name)\s*[:=]?\s*|\b(?i:name of (?:the )?patient)\s*[:=]?\s*)(?P<name>{WORD}(?:,?["
    rf" \t]+{WORD}){{0,3}})"
)
_LOOSE_NAME = re.compile(rf"\b(?:[Pp]atient|PATIENT|[Pp]t\.?)[ \t]+(?:was[ \t]+|is[ \t]+|named[ \t]+)?(?P<name>{FULL})")
_TITLED_NAME = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss)\.?[ \t]+(?P<name>{WORD}(?:[ \t]+{WORD})?)")
_PATIENT_BEFORE = re.compile(r"\b(?:patient|pt)\b[\s,.(:-]*\Z", re.I)
_PERSON_AFTER = re.compile(r"\b(?:dob|born|mrn|years?[- ]old|y/?o)\b", re.I)
_BORN_NAME = re.compile(
    rf"(?P<name>{FULL})[ \t,;(]{{1,4}}(?i:dob|d\.o\.b|born|date of birth|mrn|\d{{1,3}}[- ]?(?:y/?o|years?[- ]old))\b"
)
_PLAIN_NAME_FIELD = re.compile(rf"(?m)^[ \t]*Name[ \t]*:[ \t]*(?P<name>{FULL})")
_DICOM_NAME = re.compile(r"(?<![\w'-])[A-Z][A-Za-z'-]{1,63}\^[A-Z][A-Za-z'-]{0,63}\b")


_POSSIBLE_NAMES = (
    re.compile(rf"\b(?i:patient|pt\.?)[ \t]*[-–(,][ \t]*(?P<name>{FULL})"),
    re.compile(
        r"\b(?i:(?:patient(?:['’]s)?|last|first|full)[ \t]+name)[ \t]*[:=][ \t]*(?P<name>[a-z]{2,30}["
        r" \t,]{1,3}[a-z]{2,30})\b"
    ),
    re.compile(rf"(?P<name>{FULL})[ \t,(]{{1,3}}\d{{1,3}}[ ]?[MF]\b"),
    re.compile(rf"\b(?:mother|father|wife|husband|son|daughter|spouse|guardian)[,:]?[ \t]+(?P<name>{FULL})"),
)


def _is_name(text: str) -> bool:
    words = [w.rstrip(".") for w in re.findall(r"[^\W\d_][^\s,]*", text)]
    return bool(words) and not any(w.casefold() in NOT_NAMES for w in words[:2])


def _strangers(pattern: re.Pattern[str], text: str, roster: Roster) -> Iterator[re.Match[str]]:
    for match in pattern.finditer(text):
        if _is_name(match["name"]) and not roster.knows_name(match["name"]):
            yield match


def names(text: str, roster: Roster) -> Iterator[tuple[int, bool]]:
    for pattern in (_CUED_NAME, _LOOSE_NAME, _BORN_NAME):
        yield from ((m.start("name"), True) for m in _strangers(pattern, text, roster))
    for pattern in _POSSIBLE_NAMES:
        yield from ((m.start("name"), False) for m in _strangers(pattern, text, roster))
    yield from ((m.start(), True) for m in _DICOM_NAME.finditer(text))
    for match in _strangers(_TITLED_NAME, text, roster):
        before, after = text[max(0, match.start() - 15) : match.start()], text[match.end() : match.end() + 80]
        yield match.start(), bool(_PATIENT_BEFORE.search(before) or _PERSON_AFTER.search(after))
    for match in _strangers(_PLAIN_NAME_FIELD, text, roster):
        yield match.start("name"), bool(IDENTITY.search(text[match.end() : match.end() + 120]))


_DOB = (
    rf"\b(?:dob|d\.o\.b\.?|birth\s?(?:date|day)|date\s+of\s+birth|born(?:\s+on)?)(?:\s*\([^)\n]{{0,12}}\))?{GAP}{DATE}"
)
_STAY = (
    rf"\b(?:admi(?:tted|ssion)(?:\s+date)?|date\s+of\s+(?:admission|discharge|death)|discharged?(?:\s+date)?|died|deceased|(?:patient|pt)\s+expired"
    rf"|passed away)(?:\s+on)?{GAP}(?:on\s+)?{DATE}"
)
_VISIT = re.compile(
    rf"\b(?:(?:exam|study|scan|visit|service|procedure)\s+(?:date|of|on)|date\s+of\s+(?:exam|study|scan|visit|service)"
    rf"|(?:scanned|seen|examined|imaged)\s+on){GAP}?{DATE}",
    re.I,
)
_OLD = (
    r"\b(?:9\d|1[01]\d)[- ]?(?:years?|yrs?)[- ]?(?:old|of age)|\b(?:9\d|1[01]\d)[- ]?y[./]?o\b"
    r"|\bage[ds]?[\s:]{1,3}(?:9\d|1[01]\d)(?:[ ]?y(?:rs?|ears?)?)?\b"
)


def dates(text: str, roster: Roster) -> Iterator[tuple[int, bool]]:
    for pattern in (_DOB, _STAY, _OLD):
        yield from ((m.start(), True) for m in re.finditer(pattern, text, re.I))
    for match in _VISIT.finditer(text):
        if _near(text, match.start(), match.end()):
            yield match.start(), True


_PHONE = re.compile(
    r"(?<![\w.-])(?:\+?1[-. ]?)?(?:\((?P<a>[2-9]\d\d)\)[ ]?|(?P<b>[2-9]\d\d)[-. ])[2-9]\d\d[-. ]\d{4}(?![\w-])"
)
_TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})


def _telephones(text: str, roster: Roster, *, fax: bool) -> Iterator[tuple[int, bool]]:
    for match in _PHONE.finditer(text):
        said_fax = bool(
            re.search(r"(?i)\bfax[\s:.#]*(?:no\.?|number)?[\s:.#]*$", text[max(0, match.start() - 20) : match.start()])
        )
        area = match["a"] or match["b"]
        if said_fax is fax and area not in _TOLL_FREE and not roster.knows_phone(match.group()):
            yield match.start(), _near(text, match.start(), match.end())


def phone(text: str, roster: Roster) -> Iterator[tuple[int, bool]]:
    yield from _telephones(text, roster, fax=False)


def fax(text: str, roster: Roster) -> Iterator[tuple[int, bool]]:
    yield from _telephones(text, roster, fax=True)


def email(text: str, roster: Roster) -> Iterator[tuple[int, bool]]:
    for match in re.finditer(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", text):
        if not roster.knows_mail(match.group().rstrip(".")):
            yield match.start(), _near(text, match.start(), match.end())


_STREET = re.compile(
    r"\b\d{1,6}[A-Z]?[ \t]+(?:[NSEW]\.?[ \t]+)?(?:[A-Z0-9][\w'.-]*[ \t]+){1,4}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Dr|Lane|Ln|Court|Ct|Way|Place|Pl|Terrace|Circle|Cir|Parkway|Pkwy)\b\.?"
)
_ZIP = re.compile(r"\b[A-Z]{2}[ \t]+\d{5}(?:-\d{4})?\b")


def geographic(text: str, roster: Roster) -> Iterator[tuple[int, bool]]:
    for pattern in (_STREET, _ZIP):
        for match in pattern.finditer(text):
            if not roster.knows_address(match.group()):
                yield match.start(), _near(text, match.start(), match.end())


def url(text: str, roster: Roster) -> Iterator[tuple[int, bool]]:
    """Web addresses of makers and authorities are ordinary; one that carries a long number, or stands with a person, is
    not.
    """
    for match in re.finditer(r"\b(?:https?://|www\.)(?P<host>[\w.-]+)(?P<rest>\S*)", text, re.I):
        if not roster.knows_host(match["host"]):
            near = _near(text, match.start(), match.end())
            if near or re.search(r"\d{5}|patient", match["rest"], re.I):
                yield match.start(), near


def ip(text: str, roster: Roster) -> Iterator[tuple[int, bool]]:
    """Addresses inside a hospital's network name its own machines; public ones may name a person's."""
    for match in re.finditer(r"(?<![\d.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\d.])", text):
        parts = [int(p) for p in match.groups()]
        inside = parts[0] in (0, 10, 127) or parts[:2] == [192, 168] or (parts[0] == 172 and 16 <= parts[1] < 32)
        if all(p < 256 for p in parts) and not inside:
            yield match.start(), False


def _possible(pattern: str) -> Rule:
    compiled = re.compile(pattern, re.I)

    def rule(text: str, roster: Roster) -> Iterator[tuple[int, bool]]:
        yield from ((m.start(), False) for m in compiled.finditer(text))

    return rule


NUMBER = r"(?:\s*(?:id|no\.?|num(?:ber)?|nr\.?|#))"
MEDICAL_RECORD = rf"(?:mrn|mr\s*#|m\.r\.n\.?|med(?:ical)?\s+rec(?:ord)?{NUMBER}?|(?:patient|pt\.?|chart|health\s+record|record){NUMBER})"
PLAN = "(?:member|subscriber|beneficiary|insured?|insurance(?:\\s+policy)?|health\\s+plan|medicare|medicaid)"
LICENCE = r"(?:driver['’]?s?\s+licen[cs]e|passport|(?:birth|death)\s+certificate)"
VEHICLE = rf"\b(?:vin|vehicle\s+id(?:entification)?){NUMBER}?{GAP}[A-HJ-NPR-Z0-9]{{11,17}}\b"
PLATE = rf"\blicen[cs]e\s+plate{NUMBER}?{GAP}[A-Z0-9][A-Z0-9 -]{{3,8}}\b"
IMPLANT = r"(?:pacemaker|implant(?:ed)?|defibrillator|stent|prosthe(?:sis|tic)|insulin\s+pump|neurostimulator|cochlear)"

RULES: tuple[tuple[str, Rule], ...] = (
    ("names", names),
    ("dates", dates),
    ("phone", phone),
    ("fax", fax),
    ("email", email),
    ("geographic", geographic),
    ("url", url),
    ("ip", ip),
    ("ssn", _certain(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")),
    ("ssn", _certain(rf"\b(?:ssn|social\s+security{NUMBER}?|ss\s*#){GAP}\d{{3}}[- ]?\d{{2}}[- ]?\d{{4}}\b")),
    ("mrn", _certain(rf"\b{MEDICAL_RECORD}{GAP}{VALUE}")),
    ("health-plan", _certain(rf"\b(?:{PLAN}{NUMBER}|hicn|mbi){GAP}{VALUE}")),
    ("health-plan", _certain(r"\b[1-9][A-Z][A-Z0-9]\d-?[A-Z][A-Z0-9]\d-?[A-Z]{2}\d{2}\b", 0)),
    ("account", _certain(rf"\b(?:(?:account|acct\.?|guarantor|encounter|visit){NUMBER}|csn|har){GAP}{VALUE}")),
    ("account", _certain(rf"\b(?:account|acct\.?)\s*:\s*{VALUE}")),
    ("certificate", _certain(rf"\b{LICENCE}{NUMBER}?{GAP}{VALUE}")),
    ("vehicle", _certain(f"{VEHICLE}|{PLATE}")),
    ("device", _certain(rf"\b{IMPLANT}\b[^.\n]{{0,40}}?\b(?:serial|s/?n|lot|model){NUMBER}?{GAP}{VALUE}")),
    ("biometric", _possible(r"\b(?:finger|voice|palm|face)[- ]?prints?\b|\b(?:retinal?|iris)\s+scans?\b")),
    ("biometric", _possible(r"\bfacial\s+recognition\b")),
    ("photo", _possible(r"\bphoto(?:graph)?s?\s+of\s+(?:the\s+|a\s+)?patient")),
    ("other", _certain(rf"\b(?:accession|acc\.?){NUMBER}?{GAP}{VALUE}")),
    ("other", _possible(r"(?<![\d.])[0-2](?:\.\d+){5,}(?![\d.])(?<=[\d.]{30})")),
)
