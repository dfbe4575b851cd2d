"""Numbers that identify: each a label and a value beside it. Serial numbers of scanners, policy and order numbers, the
case number of the programme are nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from reaccredit.phi import context
from reaccredit.phi.roster import Roster
from reaccredit.phi.words import CERTAIN, LIKELY, WEAK, Hit

Rule = Callable[[str, Roster], Iterator[Hit]]

GAP = r"(?:[\s:#=.\-–—>]{0,6}|[ \t:]{0,60})(?:(?:is|was|of|number|no\.?|num|nbr\.?|nr\.?|id)[\s:#]{1,3}){0,2}"
GROUPED = (
    r"(?P<value>(?=[A-Z0-9 -]{4,24})(?:X{4}[ -]?|[A-Z]{1,4}[ -]?)?(?:X{4}[ -]?)?\d{2,5}(?:[ -]\d{2,6}){1,4}(?![\d/-]))"
)
VALUE = r"(?P<value>(?=[A-Z0-9\-/. ]{0,14}\d)[A-Z]{0,5}[-/ ]?(?:[A-Z]{1,5}[-/])?\d[\dA-Z\-/.]{2,24}(?<![.\-/]))"
NUMBER = r"(?:[\s-]{0,2}(?:id(?:entifier)?|no\.?|num(?:ber)?|nr\.?|nbr\.?|#|№))"
MEDICAL_RECORD = (
    rf"(?:e?-?mrns?|m\.r\.n\.?|mr\s?#|mr\s?no\.?|emr{NUMBER}|ehr{NUMBER}|med(?:ical)?\.?\s+rec(?:ord|\.)?s?{NUMBER}?|(?:patient|pt\.?|pat\.?|pnt){NUMBER}|patientid|"
    rf"(?:chart|health\s+record|hospital\s+record|board|pcn|uhid|chi|nhs|ihi|nhi|urn?|cr|ip|op|hosp\.?|hn|crn){NUMBER}|uhid|pcn|ihi|nhs|hosp(?:ital)?[\s-]{{0,2}}(?:no\.?|num(?:ber)?|#)|med\s?rec|nhs{NUMBER}|hospital\s+number|unit\s+record{NUMBER}|empi|"
    rf"historia\s+cl[ií]nica|nhc|expediente{NUMBER}?|ipp|patienten-?(?:nr|nummer|id)\.?|(?:his|her|patient['’]s)\s+(?:record|file|chart){NUMBER}|n[uú]mero\s+de\s+(?:historia|expediente)|dossier{NUMBER}?)"
)
PLAN = (
    r"(?:member|subscriber|beneficiary|insured?(?:['’]s)?|insurance(?:\s+(?:policy|member|card|plan|group))?|health\s+(?:plan|insurance)(?:\s+(?:member|beneficiary|policy))?|"
    r"medicare|medicaid|tricare|medi-?cal|medical\s+card|health\s*care\s+card|health\s+card|pension(?:er)?\s+card|mbr|plan\s+member|group\s+policy|policy\s*holder|payer\s+member|(?:aetna|cigna|humana|bcbs|blue\s+(?:cross|shield)|unitedhealthcare|uhc|kaiser|anthem)(?:\s+member|\s+policy)?)"
)
LICENCE = (
    r"(?:driver['’]?s?['’]?\s+licen[cs]e|driving\s+licen[cs]e|\bDL\b|passport|(?:birth|death|marriage)\s+cert(?:ificate|\.)?|state\s+id|voter(?:\s+registration)?|green\s+card|alien\s+registration|visa|military\s+id|"
    r"national\s+id|aadh?aa?r(?:\s+(?:card|no\.?|number))?|ppsn?|national\s+insurance|nric|emirates\s+id|driver['’]?s?\s+lic\.?(?:\s+seen)?|curp|dni|nie|nif|naturali[sz]ation\s+cert(?:ificate|\.)?)"
)
IMPLANT = (
    r"(?:pace-?maker|implant(?:ed|able)?s?|defibrillator|\bICD\b|stent|prosthe(?:sis|tic)|insulin\s+pump|infusion\s+pump|neuro-?stimulator|stimulator|cochlear|hearing\s+aid|loop\s+recorder|"
    r"(?:hip|knee|shoulder)\s+(?:replacement|implant|prosthesis|system)|(?:heart|aortic|mitral)\s+valve|\bIPG\b|\bVNS\b|\bDBS\b|\bLVAD\b|shunt|aneurysm\s+clip|port-?a-?cath|\bIUD\b|"
    r"cgm|glucose\s+monitor|cpap|ventilator|wheelchair|bi-?pap|intra-?ocular\s+lens|\bIOL\b|spinal\s+(?:cord\s+)?(?:stimulator|rod|fusion)|(?:pacing|electrode|defibrillator)\s+leads?|breast\s+implant|bone\s+screw|pain\s+pump)"
)
SERIAL = r"(?:serial|sl\.?\s?no\.?|s/?n|ser\.?|lot|udi|device\s+id(?:entifier)?|device)"
VIN = re.compile(r"(?<![\w-])[A-HJ-NPR-Z0-9]{17}(?![\w-])")
VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
CARD = re.compile(r"(?<![\w-])(?:\d{4}[ -]?){3}\d{1,7}(?![\w-])")
NOBODYS = re.compile(
    r"\b(?:purchase|p\.?o\.?|order|invoice|quote|contract|policy\s+(?:no|number|rad)|service|work\s?order|ticket|part|p/?n|catalog|asset|"
    r"model|protocol|procedure|form|document|doc|equipment|scanner|magnet|coil|tube|phantom|scan(?:ner)?\s+serial|vendor|"
    r"accreditation|facility|npi|tax|ein|room|suite|license|licence|arrt|certification|customer|software)\b[^.\n]{0,15}\Z",
    re.I,
)
SSN = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")
SSN_CUED = re.compile(
    rf"\b(?:ssn|s\.s\.n\.?|social\s+security(?:{NUMBER})?|soc\.?\s*sec\.?{NUMBER}?|social|ss\s*#|sin|itin|tax\s*payer\s+id)(?:\s*\([^)\n]{{0,15}}\))?{GAP}(?:ending(?:\s+in)?|last\s+(?:four|4)(?:\s+digits)?)?[\s:]{{0,3}}"
    r"(?P<value>(?:[\dXx*•]{3}[- .]?[\dXx*•]{2}[- .]?\d{4}|\d{4})\b)",
    re.I,
)
SSN_MASKED = re.compile(
    r"(?<![\w*])[Xx*•]{3}-?[Xx*•]{2}-?\d{4}\b|\b(?:last\s+(?:four|4)\s+(?:digits\s+)?(?:of\s+)?(?:his|her|the|their|patient['’]s)?\s*(?:ssn|social(?:\s+security)?(?:\s+number)?)[\s:]{0,3}(?:is|was|are)?\s*)\d{4}\b",
    re.I,
)
PART = re.compile(
    r"\b(?:part|p/?n|catalog(?:ue)?|cat|model|order|item|ref(?:erence)?|sku|serial|s/?n|nsn)\b[\s#:.no]{0,6}\Z", re.I
)


def _cued(kind: str, label: str, value: str = VALUE, certainty: float = CERTAIN, *, person: bool = True) -> Rule:
    compiled = re.compile(rf"(?<![\w-]){label}(?:\s?\([^)\n]{{1,20}}\))?{GAP}{value}", re.I)

    def rule(text: str, roster: Roster) -> Iterator[Hit]:
        del roster
        for match in compiled.finditer(text):
            start, end = match.span("value") if "value" in compiled.groupindex else match.span()
            lead = context.before(text, match.start(), 30)
            if not re.search(r"\d", text[start:end]) or re.fullmatch(rf"(?:{DATELIKE})", text[start:end]):
                continue
            yield Hit(
                start,
                end,
                kind,
                min(WEAK, certainty) if NOBODYS.search(lead) and kind not in {"mrn"} else certainty,
                person,
            )

    return rule


DATELIKE = r"\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2}"


def social_security(text: str, roster: Roster) -> Iterator[Hit]:
    del roster
    for match in SSN.finditer(text):
        if not PART.search(context.before(text, match.start(), 20)):
            yield Hit(match.start(), match.end(), "ssn", CERTAIN, True)
    for pattern in (SSN_CUED, SSN_MASKED):
        for match in pattern.finditer(text):
            start, end = match.span("value") if "value" in pattern.groupindex else match.span()
            yield Hit(start, end, "ssn", CERTAIN, True)
    for match in re.finditer(r"(?<![\d-])(?!000|666|9\d\d)\d{3}[ .]\d{2}[ .]\d{4}(?![\d-])", text):
        cued = re.search(r"\b(?:ssn|social|soc\.?\s*sec)\b[^\n]{0,50}\Z", context.before(text, match.start(), 60), re.I)
        if cued or context.of_person(text, *match.span()):
            yield Hit(match.start(), match.end(), "ssn", LIKELY, True)


PREFIXED = re.compile(r"(?<![\w-])(?:MRN|EMRN|UHN|UHID|PID|HRN|MRNO|PTID)[-_#: ]{0,2}[A-Z]{0,3}\d{4,12}\b")
HASHED = re.compile(r"\b(?:patients?|pts?\.?|subject)[ ]?#?[ ]?(?P<value>[A-Z]{0,3}-?\d{5,12})\b", re.I)


# "(0010,0020) LO [4471120]": what a listing of a DICOM header says of the patient and the examination.
TAGGED = re.compile(
    r"\(?(?P<tag>0010,?00[123]0|0010,?1000|0010,?1040|0010,?2154|0008,?0050|0008,?002[0-3]|0038,?0010)\)?[ \t:=]{1,4}(?:[A-Z]{2}[ \t:=]{1,3})?(?:(?:Patient|Study|Series|Accession)[A-Za-z' ]{2,20}[ \t:=]{1,3})?\[?(?P<value>[^\W_][^\]\n#]{2,60}?)[ ]{0,3}(?=\]|#|\n|\Z|[ ]{2})",
    re.I,
)
TAGS = {"00100010": "names", "00100020": "mrn", "00100030": "dates", "00101000": "mrn", "00101040": "geographic", "00102154": "phone", "00080050": "other", "00380010": "account"}  # fmt: skip
NOBODYS_HEADER = re.compile(
    r"(?i)phantom|\bacr\b|\btest\b|anon\w*|\bqc\b|\bqa\b|removed|blank|empty|no value|1900-?01-?01|\Aon\b|\Ayes\b"
)


def headers(text: str, roster: Roster) -> Iterator[Hit]:
    del roster
    for match in TAGGED.finditer(text):
        kind = TAGS.get(match["tag"].replace(",", ""), "dates")
        if NOBODYS_HEADER.search(match["value"]) or (
            kind not in {"names", "geographic"} and not re.search(r"\d", match["value"])
        ):
            continue
        yield Hit(
            *match.span("value"),
            kind,
            LIKELY if kind == "dates" and not match["tag"].startswith("0010") else CERTAIN,
            kind in {"names", "mrn"},
        )


# "The chart number on the card is 0 6 6 1 4 8", "his number is 1140922", "patient initials: J.R."
SPOKEN = re.compile(
    r"\b(?:chart|record|patient|mrn|hospital|file|card|account|acct|id)[ ]?(?:number|no\.?|id|#)?(?:[ ]on[ ](?:the|his|her|my)[ ]\w{2,12})?[ ]?(?:is|was|reads?|:)[ ]{1,2}(?P<value>\d(?:[ -]\d){4,11})(?![ -]?\d)"
    r"|\b(?:his|her|the[ ]patient['’]s|my)[ ](?:number|no\.?|id|file|chart|mrn|jacket)(?:[ ]\w{1,8}){0,2}?[ ]?(?:is|was|:|=|#)[ ]{1,2}(?P<hers>[A-Z]{0,3}-?\d{5,10})(?![\w-]|[.,]\d)",
    re.I,
)
INITIALS = re.compile(
    r"\b(?:(?:patient|pt|subject|participant|volunteer)['’]?s?[ ]initials?|initials[ ]of[ ](?:the[ ])?(?:patient|subject)|(?<=\d  )initials|(?<=\d )initials|(?:subject|participant|volunteer)[^\n]{1,40}?[ ]initials)(?:[ ]?/[ ]?id)?[ :=]{1,4}(?-i:(?P<initials>[A-Z]\.?[ ]?[A-Z]\.?(?:[ ]?[A-Z]\.?)?)(?![\w]))"
    r"(?:[ ]?[/,;|][ ]?(?P<value>[A-Z]{0,3}-?\d{4,10})(?![\w-]))?",
    re.I,
)
CARRIER = r"(?:aetna|cigna|humana|bcbs\w{0,2}|blue\s+(?:cross|shield)|united\s?health\s?care|uhc|kaiser(?:\s+permanente)?|anthem|ambetter|molina|centene|wellcare|wellpoint|highmark|health\s?net|tricare|medicare|medicaid|medi-?cal|oscar|dva(?:[ ](?:gold|white))?|medibank|nib|hcf|irish[ ]life|medical[ ]card|harvard\s+pilgrim|bupa|vhi|laya)"
INSURED = re.compile(
    rf"\b(?:{CARRIER}|(?:insurance|insurer|ins\.?|payer|payor|carrier|coverage|health\s+plan)[ :#=]{{1,3}}(?:(?-i:[A-Z])[\w&/.-]{{1,20}}[ ]){{1,3}})(?:[ ]?number[ ]changed,[ ]it['’]s)?[ :,#(-]{{1,3}}(?:(?:member|id|policy|card|is|no\.?|number|#)[ :#.]{{0,3}}){{0,2}}"
    r"(?P<value>(?=(?:[ -]?[A-Z0-9]){7})(?=(?:[A-Z -]{0,4}\d){5,20})[A-Z0-9]{2,20}(?:[ -][A-Z0-9]{2,12}){0,3})(?![\w-])",
    re.I,
)


def told_of(text: str, roster: Roster) -> Iterator[Hit]:
    """Numbers and initials that a sentence gives to somebody."""
    del roster
    for match in SPOKEN.finditer(text):
        yield Hit(*match.span("value" if match["value"] else "hers"), "mrn", LIKELY, True)
    for match in INITIALS.finditer(text):
        yield Hit(*match.span("initials"), "names", CERTAIN, True)
        if match["value"]:
            yield Hit(*match.span("value"), "mrn", CERTAIN, True)
    for match in INSURED.finditer(text):
        if re.search(r"\d", match["value"]):
            yield Hit(*match.span("value"), "health-plan", LIKELY)


def records(text: str, roster: Roster) -> Iterator[Hit]:
    del roster
    for match in PREFIXED.finditer(text):
        yield Hit(match.start(), match.end(), "mrn", CERTAIN, True)
    for match in HASHED.finditer(text):
        yield Hit(*match.span("value"), "mrn", CERTAIN, True)


def vehicles(text: str, roster: Roster) -> Iterator[Hit]:
    del roster
    for match in VIN.finditer(text):
        cued = re.search(r"\b(?:vin|vehicle)\b[^\n]{0,40}\Z", context.before(text, match.start(), 60), re.I)
        if cued or _vin(match.group()):
            yield Hit(match.start(), match.end(), "vehicle", CERTAIN)
    for match in PLATE.finditer(text):
        if re.search(r"[A-Z0-9]*\d", match["plate"]):
            yield Hit(*match.span("plate"), "vehicle", CERTAIN)
    for match in VIN_CUED.finditer(text):
        yield Hit(*match.span("value"), "vehicle", CERTAIN)


PLATE = re.compile(
    r"(?i:\b(?:licen[cs]e|number|registration|vehicle|car|truck|van|tag|temporary|vanity|handicap(?:ped)?|parking|car|honda|toyota|ford|chevrolet|chevy|nissan|bmw|jeep|subaru|kia|hyundai|volvo|tesla|mazda|sedan|suv|pickup|minivan)[ -]?,?[ ]?(?:plates?|tag)|\bplates?|\bplaca|\bkennzeichen|\blic(?:ense)?\.?\s+pl\.?)"
    r"(?i:\s*(?:no\.?|number|num|#))?(?i:\s*\([A-Z]{2}\))?[\s:#=\-–,]{1,4}(?i:(?:is|was|reads?|number)\s+)?(?:(?:[A-Z]{2}|[A-Z][a-z]+)[ ](?=[A-Z0-9]{2,4}[ -]?[A-Z0-9]{2,5}))?(?P<plate>(?=[A-Z0-9 -]{0,8}\d)[A-Z0-9]{1,4}[ -]?[A-Z0-9]{2,5}(?:[ -][A-Z0-9]{1,4})?)\b"
)
VIN_CUED = re.compile(
    rf"\b(?:vin|vehicle\s+id(?:entification)?){NUMBER}?[\s:#=.-]{{1,6}}(?P<value>[A-HJ-NPR-Z0-9]{{11,17}})\b", re.I
)


def _vin(text: str) -> bool:
    if not (re.search(r"\d", text) and re.search(r"[A-Z]", text)):
        return False
    total = sum(w * (int(c) if c.isdigit() else VIN_VALUES[c]) for c, w in zip(text, VIN_WEIGHTS, strict=True))
    check = total % 11
    return text[8] == ("X" if check == 10 else str(check)) and text[-4:].isdigit()


DEVICE = re.compile(
    rf"{IMPLANT}(?:[^.\n]{{0,70}}?|[^.\n]{{0,20}}\n[^.\n]{{0,12}})(?:\.\s)?\(?\b{SERIAL}{NUMBER}?{GAP}(?P<value>(?=[A-Z0-9\-/]{{0,12}}\d)[A-Z0-9][\dA-Z\-/]{{3,24}})"
    rf"|\b(?:serial|s/?n){NUMBER}?{GAP}(?P<before>(?=[A-Z0-9\-/]{{0,12}}\d)[A-Z0-9][\dA-Z\-/]{{3,24}})[^.\n]{{0,40}}?{IMPLANT}"
    rf"|{IMPLANT}[^.\n]{{0,30}}?[(,#:][ ]?#?(?P<bare>[A-Z]{{2,4}}-?\d{{5,10}}[A-Z]?)\b",
    re.I,
)
UDI = re.compile(r"\(01\)\d{14}(?:\(1[17]\)\d{6})?(?:\((?:10|21)\)[\w-]{3,20})*")
FOR_MACHINES = re.compile(
    r"\b(?:scanner|magnet|gantry|coil|phantom|mri system|ct system|console|workstation|injector|detector|x-ray tube)\b",
    re.I,
)


def devices(text: str, roster: Roster) -> Iterator[Hit]:
    del roster
    for match in DEVICE.finditer(text):
        group = next(g for g in ("value", "before", "bare") if match[g])
        if not FOR_MACHINES.search(match.group()) or context.one_patient(text, *match.span()):
            yield Hit(*match.span(group), "device", CERTAIN)
    for match in UDI.finditer(text):
        yield Hit(match.start(), match.end(), "device", LIKELY)


def cards(text: str, roster: Roster) -> Iterator[Hit]:
    """Numbers of payment cards, by their check digit, and international bank accounts."""
    del roster
    for match in CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if 13 <= len(digits) <= 19 and digits[0] in "3456" and _luhn(digits):
            yield Hit(match.start(), match.end(), "account", LIKELY)
    for match in re.finditer(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\b", text):
        if re.search(r"\biban\b", context.before(text, match.start(), 20), re.I):
            yield Hit(match.start(), match.end(), "account", CERTAIN)


def _luhn(digits: str) -> bool:
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


MBI = r"\b[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}\b"


def plain(kind: str, pattern: str, certainty: float, flags: int = 0) -> Rule:
    compiled = re.compile(pattern, flags)

    def rule(text: str, roster: Roster) -> Iterator[Hit]:
        del roster
        for match in compiled.finditer(text):
            yield Hit(match.start(), match.end(), kind, certainty)

    return rule


def certificates(text: str, roster: Roster) -> Iterator[Hit]:
    """A licence of somebody who is named beside it; those of physicists and technologists are part of their papers."""
    del roster
    for match in re.finditer(rf"\b(?:licen[cs]e|certificate|permit|cert\.?|lic\.?){NUMBER}{GAP}{VALUE}", text, re.I):
        lead = text[max(0, match.start() - 80) : match.start()]
        if not re.search(
            rf"\b(?:physicist|medical|technologist|nurs\w+|arrt|board|state|facility|radioactive|physician|registration|professional|software|accreditation|plate)\b[^\n.:]{{0,40}}\Z|{LICENCE}\s*\Z",
            lead,
            re.I,
        ):
            yield Hit(*match.span("value"), "certificate", 0.01)


SECOND = re.compile(
    rf"{MEDICAL_RECORD}{GAP}{VALUE}[ ]?(?:/|,|&|and|or)[ ]?(?P<second>[A-Z]{{0,3}}\d{{5,12}})(?![\w/-])", re.I
)
SERIALLED = re.compile(rf"\b{SERIAL}{NUMBER}?{GAP}(?P<value>(?=[A-Z0-9\-/]{{0,12}}\d)[A-Z0-9][\dA-Z\-/]{{3,24}})", re.I)
WORN = re.compile(
    r"\b(?:medtronic|biotronik|st\.?[ ]jude|boston[ ]scientific|cochlear|livanova|dexcom|card|pump|leads?|valve|card|aids?|sensor|monitor|brace|chair)\b",
    re.I,
)
# Words that are a label only beside a patient's own identifiers; elsewhere "case 3" and "ID 4" are anything.
BARE = (
    ("mrn", r"(?:p?id|chart|jacket|folder)"),
    ("account", r"(?:encounter|visit|acct|account|har|csn)"),
    (
        "health-plan",
        r"(?:member|subscriber|beneficiary|policy(?=[ ](?:id|no|num|#))|insurance|ins|coverage)(?:[ ](?:id|card|no\.?|number|#))?",
    ),
    ("other", r"(?:acc|acc\.|accession|order|req)"),
)
# Told also of whose identifiers stand a line or two away.
NEAR = (
    ("mrn", r"(?:id|identifier|ident\.?|patient|exp\.?|expediente|(?:pt|patient)[ ]id)"),
    ("other", r"(?:exam(?:ination)?|study|imaging|image|case|series)[ ]?(?:#|no\.?|number|id)"),
)


def bare(kind: str, label: str, *, near: bool = False) -> Rule:
    compiled = re.compile(
        rf"(?<![\w-]){label}[ ]?[#:=]?[ ]?(?P<value>(?=[A-Z0-9-]{{0,5}}\d)[A-Z]{{0,4}}[ -]?\d[\dA-Z-]{{3,20}}(?:[ ]\d{{2,6}}){{0,2}})(?![\w/.]\d)",
        re.I,
    )

    def rule(text: str, roster: Roster) -> Iterator[Hit]:
        del roster
        for match in compiled.finditer(text):
            start, end = match.span("value")
            if not re.match(DATELIKE, text[start:end]) and not NOBODYS.search(context.before(text, match.start(), 30)):
                yield Hit(start, end, kind, 0.0 if kind in {"mrn", "other"} and not near else 0.01)

    return rule


def further(text: str, roster: Roster) -> Iterator[Hit]:
    """A second number under the same label, and the serial numbers of the other parts of an implant."""
    del roster
    for match in SECOND.finditer(text):
        yield Hit(*match.span("second"), "mrn", CERTAIN, True)
    for match in SERIALLED.finditer(text):
        first, last = context.line(text, *match.span())
        worn = WORN.search(text, first, last) and context.ONE_PATIENT.search(text, max(0, first - 200), last)
        if (worn or re.search(IMPLANT, text[first:last], re.I)) and not FOR_MACHINES.search(text, first, last):
            yield Hit(*match.span("value"), "device", LIKELY)


_account = _cued(
    "account",
    rf"(?:(?:account|acct\.?|a/c|billing|statement|bank\s+account){NUMBER}|bank\s+account|(?:account|acct\.?|a/c)(?=\s{{0,3}}:))",
    person=False,
)
# A firm's customer has an account too.
COMMERCE = re.compile(
    r"\b(?:dosimetry|badges?|shipment|invoice|bill[ ]to|customer|quot(?:e|ation)|vendor|purchase|remit|net[ ]30|sold[ ]to|ship[ ]to|contract)\b",
    re.I,
)


def accounts(text: str, roster: Roster) -> Iterator[Hit]:
    for hit in _account(text, roster):
        sold = COMMERCE.search(text, max(0, hit.start - 200), hit.end + 80)
        yield Hit(hit.start, hit.end, hit.kind, min(hit.certainty, 0.01) if sold else hit.certainty)


RULES: tuple[Rule, ...] = (
    further, *(bare(kind, label) for kind, label in BARE), *(bare(kind, label, near=True) for kind, label in NEAR), headers, told_of, social_security, records, vehicles, devices, cards, certificates,
    _cued("mrn", MEDICAL_RECORD),
    _cued("health-plan", rf"(?:{PLAN}{NUMBER}|hicn|mbi|health\s+insurance\s+claim(?:{NUMBER})?|health\s+(?:plan|insurance)|medicare|medicaid|policy\s*holder(?:{NUMBER})?)"),
    _cued("health-plan", r"(?:group|rx\s?bin|rx\s?grp|policy)(?:\s*(?:#|no\.?|number|id))", certainty=0.01, person=False),
    plain("health-plan", MBI, CERTAIN),
    _cued("account", rf"(?:(?:guarantor|encounter|visit|hospital\s+account|patient\s+account|financial){NUMBER}|csn|har|fin|pt\s+acct|patient\s+acc(?:oun)?t)"),
    accounts,
    _cued("account", r"(?:account|acct\.?|a/c)(?=\s*(?:ending|\d))(?:\s+ending(?:\s+in)?)?", certainty=LIKELY, person=False),
    _cued("certificate", rf"{LICENCE}{NUMBER}?"),
    _cued("certificate", rf"{LICENCE}{NUMBER}?", GROUPED),
    _cued("certificate", rf"{LICENCE}{NUMBER}?", r"(?P<value>(?:[X*]{2,4}[ -]?){1,3}\d{3,5})"),
    _cued("health-plan", rf"(?:{PLAN}{NUMBER})", GROUPED),
    _cued("health-plan", r"(?:insurance|coverage|health\s+plan)[^.\n\d]{1,25}?\bid\b", certainty=LIKELY),
    _cued("account", rf"(?:bill|receipt){NUMBER}", certainty=0.01, person=False),
    _cued("other", r"claim(?=\s)", certainty=0.01, person=False),
    _cued("other", rf"(?:accession|acc\.?(?=\s*[#:n])|acsn|order\s+accession|trial\s+subject|study\s+subject){NUMBER}?"),
    _cued("other", rf"(?:specimen|subject|participant|enrol?lment|volunteer|research\s+subject){NUMBER}"),
    _cued("other", rf"(?:req(?:uisition)?|claim){NUMBER}", certainty=0.01, person=False),
    plain("other", r"(?<![\d.])[0-2](?:\.\d+){5,}(?![\d.])(?<=[\d.]{30})", WEAK),
)  # fmt: skip
