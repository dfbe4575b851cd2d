"""Dates tied to a person, and ages over 89. A date of a calibration is nobody's; a date beside a patient is hers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reaccredit.phi import context
from reaccredit.phi.roster import Roster
from reaccredit.phi.words import CERTAIN, LABELLED, LIKELY, WEAK, Hit

MONTH = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch|s|zo)?|m[äa]rz|apr(?:il)?|abril|avril|may|mai|mayo|jun[ei]?|juni?o?|juin|jul[iy]?|julio|juillet|aug(?:ust)?|agosto|ao[uû]t|"
    r"sep(?:t(?:ember|iembre|embre)?)?|oct(?:ober|ubre|obre)?|okt(?:ober)?|nov(?:ember|iembre|embre)?|dec(?:ember)?|dez(?:ember)?|diciembre|d[ée]cembre|enero|janvier|f[ée]vrier|febrero)"
)
NUMERIC = (
    r"(?:(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:(?:18|19|20)\d\d|\d\d)(?!\d)"
    r"|(?:18|19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d))"
)
DATE = (
    rf"(?:{NUMERIC}|\d{{1,2}}[-/. ]{MONTH}[-/. ,]{{1,2}}\d{{2,4}}|{MONTH}\.?[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ]\d{{2,4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?[ ](?:de[ ]|of[ ])?{MONTH}\.?,?(?:[ ]de)?[ ]\d{{2,4}}|(?:19|20)\d\d[01]\d[0-3]\d|\d{{4}}年\d{{1,2}}月\d{{1,2}}日|\d{{2}}[ ]\d{{2}}[ ](?:19|20)\d{{2}})"
)
SHORT = rf"(?:(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])|{MONTH}\.?[ ]\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)?[ ](?:of[ ]|de[ ])?{MONTH})"
ANY = re.compile(rf"(?<![\w./-])(?:{DATE}|{SHORT})(?:[-–]\d{{1,2}})?(?![\w/-]|\.\d)", re.I)
GAP = r"[\s:#=.\-–—,]{0,6}"
NOTE = r"(?:\s*\([^)\n]{0,14}\))?"
BORN = re.compile(
    rf"\b(?:d\.?o\.?b\.?|birth\s?(?:date|day)|date\s+of\s+birth|b-?day|born(?:\s+(?:on|in))?|bd|fecha\s+de\s+nacimiento|f\.?\s?nac\.?|nacid[oa](?:\s+el)?|"
    rf"date\s+de\s+naissance|n[ée]e?\s+le|geb(?:oren)?\.?(?:\s+am)?|geburtsdatum|data\s+(?:di|de)\s+na(?:scita|scimento)|data\s+urodzenia|ng[àa]y\s+sinh|出生日期|生年月日){NOTE}{GAP}(?:is|was|on)?\s{{0,2}}(?P<date>{DATE}|(?:{MONTH}\s+)?(?:19|20)\d\d\b|{SHORT})",
    re.I,
)
STAY = re.compile(
    rf"\b(?:admi(?:tted|ssion|t)(?:\s+date)?|date\s+(?:of\s+)?(?:admission|discharge|death|surgery|procedure|injury|onset|diagnosis|transplant|delivery|lmp)|discharged?(?:\s+date)?|dod|died|deceased|(?:patient|pt)\s+expired"
    rf"|passed\s+away|last\s+menstrual\s+period|lmp|surgery\s+date|underwent\s+(?:surgery|\w+\s?\w+)|hospitali[sz]ed|implanted|delivered|adm\.?\s+dt|d/c)(?:\s+(?:on|from|in))?{GAP}(?:on\s+)?(?P<date>{DATE}|{SHORT})",
    re.I,
)
VISIT = re.compile(
    rf"\b(?:(?:exam|examination|study|scan|visit|service|procedure|appointment|appt|encounter|imaging|birth|collection|treatment|consult\w*|referral|injection)\s+(?:date|of|on|dt)|date\s+of\s+(?:exam|study|scan|visit|service|examination|imaging|treatment|consult\w*|event|incident|occurrence|complaint)|(?:event|incident|occurrence)\s+date|dos|d\.o\.s\.?"
    rf"|(?:scanned|seen|examined|imaged|treated|injected|evaluated|rescanned|re-scanned|visited|consented)\s+(?:here\s+|again\s+|by us\s+)?(?:on|at)?){GAP}(?:on\s+)?(?P<date>{DATE}|{SHORT})",
    re.I,
)
OLD = re.compile(
    r"\b(?:9\d|1[01]\d)[- ]?(?:years?|yrs?\.?)[- ]?(?:old|of\s+age)|\b(?:9\d|1[01]\d)[- ]?y[./]?o\.?\b|\bage[ds]?(?:\s+at\s+(?:exam|scan|study|death))?(?:\s*\(?(?:years|yrs|y)\)?)?[\s:=]{1,3}(?:of\s+)?(?:9\d|1[01]\d)(?:[ ]?y(?:rs?|ears?)?)?\b(?!\s*(?:%|percent|days|months|weeks|mm|kv|hours|to\s|(?:or|and)\s+(?:more|older|over|above|up)\b|\+|[-–]\s?\d))"
    r"|\b(?:9\d|1[01]\d)[ ]?Y\b|(?<!Tc)(?<![A-Za-z]-)\b(?:9\d|1[01]\d)\s*[/ ]?(?:[MF]\b|(?:fe)?male\b)|\b(?:0?9\d|1[01]\d)Y\b|\b(?:ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|(?:one\s+)?hundred(?:\s+and\s+\w+)?)[- ]years?[- ]old|\bin\s+(?:his|her|their)\s+(?:nineties|90s|90['’]s)\b"
    r"|\b(?:9\d|1[01]\d)[ ](?:years?|yrs?)[ ](?:young|of[ ]age)|\b(?:9\d|1[01]\d)[ ]?(?:a[ñn]os|ans|jahre|anni|lat)\b|\b(?:nona|cente)nagenarian|\bturn(?:ed|ing|s)\s+(?:9\d|10\d|ninety(?:[- ]\w{3,5})?|(?:one|a)\s+hundred)\b|\b(?:9\d|10\d)(?:th|st|nd|rd)\s+birthday",
    re.I,
)
NONEVENT = re.compile(
    r"\b(?:calibrat\w+|install\w+|replac\w+|qc|qa|quality control|phantom|survey\w*|inspect\w+|revis\w+|revision|effective|due|deadline|submitted|approved|train\w+|"
    r"in-?service|meeting|version|certificate|expir\w+|acceptance|purchas\w+|service(?:d| call| visit| report)|policy|letter|report of|accreditation|audit|"
    r"software|upgrade|maintenance|minutes|committee|agenda|weekly|daily|signed|date:|printed|published|issued|deficien\w+|corrective|implemented|completed|reviewed|opened|closed|created|logged|updated?)\b",
    re.I,
)


NOBODYS_DAY = re.compile(r"0?1[/.-]0?1[/.-](?:19|20)?00|(?:19|20)00-?01-?01")  # what anonymised files carry
CHAT, STAMP = re.compile(r"(?:\A|\n)\[?\Z"), re.compile(r",?[ ]\d{1,2}:\d\d")  # "[12/02/24, 7:41 pm] Ann:"
LETTERHEAD = re.compile(r"(?:\A|\n[ \t]*\n)[ \t]*\Z")  # a date in a paragraph of its own dates the letter


# A month without a day, and a day by its number, are a date too where they are a patient's.
LOOSELY = re.compile(
    rf"\b(?:in|since|until|from|last|of|early|late|mid)[ -](?P<month>{MONTH}(?:[ ,]{{1,2}}(?:of[ ])?(?:19|20)\d\d)?)(?![\w/-]|[ ]\d)"
    r"|\bon[ ]the[ ](?P<day>(?:twenty|thirty)[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|(?:eleven|twelf|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)th|(?:[12]?\d|3[01])(?:st|nd|rd|th))(?![\w-])"
    r"|\b(?:on|since|at|before|after)[ ](?P<feast>christmas(?:[ ](?:day|eve))?|boxing[ ]day|new[ ]year['’]?s?(?:[ ](?:day|eve))?|thanksgiving|easter(?:[ ](?:sunday|monday))?|good[ ]friday|labou?r[ ]day|memorial[ ]day|anzac[ ]day|st\.?[ ]patrick['’]?s[ ]day|independence[ ]day|diwali)\b",
    re.I,
)


def dates(text: str, roster: Roster) -> Iterator[Hit]:
    del roster
    for rule in (_born, _stays, _old, _visits, _loose):
        yield from rule(text)
    for match in ANY.finditer(text):
        if not _of_letter(text, match):
            yield from _beside(text, match)


def _born(text: str) -> Iterator[Hit]:
    for match in BORN.finditer(text):
        if not NOBODYS_DAY.fullmatch(match["date"]):
            yield Hit(*match.span("date"), "dates", CERTAIN, True)


def _stays(text: str) -> Iterator[Hit]:
    for match in STAY.finditer(text):
        certain = not re.match(r"(?i)deliver|implant|underwent", match.group())
        near = context.of_person(text, *match.span()) or context.one_patient(text, *match.span())
        if certain or near:
            yield Hit(*match.span("date"), "dates", CERTAIN if certain else LIKELY, near)


def _visits(text: str) -> Iterator[Hit]:
    for match in VISIT.finditer(text):
        known = context.of_person(text, *match.span())
        if known or not NONEVENT.search(match.group()):
            yield Hit(*match.span("date"), "dates", CERTAIN if known else LABELLED)


def _loose(text: str) -> Iterator[Hit]:
    for match in LOOSELY.finditer(text):
        yield Hit(*match.span(match.lastgroup or 0), "dates", 0.0)


def _old(text: str) -> Iterator[Hit]:
    for match in OLD.finditer(text):
        yield Hit(match.start(), match.end(), "dates", CERTAIN, True)


def _of_letter(text: str, match: re.Match[str]) -> bool:
    if CHAT.search(text[max(0, match.start() - 3) : match.start()]) and STAMP.match(
        text[match.end() : match.end() + 12]
    ):
        return True
    alone = re.match(r"[ \t]*(?:\n[ \t]*\n|\Z)", text[match.end() : match.end() + 20])
    return bool(alone and LETTERHEAD.search(text[max(0, match.start() - 20) : match.start()]))


def _beside(text: str, match: re.Match[str]) -> Iterator[Hit]:
    """A date in a sentence that tells of one patient. Alone it is nobody's: the screening looks whose name is near."""
    first, last = context.sentence(text, *match.span())
    told = context.ONE_PATIENT.search(text, first, last)
    if told and not context.GENERIC.search(text, first, last) and abs(told.start() - match.start()) < 160:
        yield Hit(match.start(), match.end(), "dates", LIKELY)
    elif not re.fullmatch(r"\d{1,2}/\d{1,2}", match.group()) or re.search(
        r"\b(?:on|seen|date|dated|last(?:\s+time)?(?:\s+on)?|scan|(?:mri|ct|scan|exam|x-?ray)\s+of|bx|mri|ct|exam|study|pet|hida|mammo\w*|x-?ray|us|from|done|back|resched\w*(?:\s+(?:to|for))?|(?:follow[- ]?up\s+)?call|biopsy|surgery|(?:mon|tues?|wed|thu(?:rs)?|fri|sat|sun)(?:day)?[.,]?)\s*\Z",
        context.before(text, match.start(), 14),
        re.I,
    ):
        quiet = NONEVENT.search(text, max(first, match.start() - 60), min(last, match.end() + 30))
        yield Hit(match.start(), match.end(), "dates", 0.0 if quiet else 0.01)


__all__ = ["DATE", "WEAK", "dates"]
