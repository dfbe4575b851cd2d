"""Whose is it? Words that say that one patient is meant, or that an institution or a machine is."""

from __future__ import annotations

import re

IDENTITY = re.compile(
    r"\bpatient(?:['’]?s)?\s*(?:name|phone|address|e-?mail|contact|home|cell|info|demographics|id\b)|\bpt\b|\bdob\b|date of"
    r" birth|\bmrn\b|(?-i:\bM(?:rs?|s)\b\.?[ ]+[A-Z]|\bMRS\b|\bM[RS]\.|\bmrs?\b)|next of kin|emergency contact|years?[- ]old|\by/?o\b|\blives (?:at|in|near)\b|\bresid(?:es|ing|ent) (?:at|in|of|on)\b"
    r"|\bhome (?:address|phone|tel|number)\b|\bguarantor\b|\bsubscriber\b|\bmailing address\b|\b(?:cell|mobile)(?: phone)?\s*(?:no\.?|number|#)?\s*:",
    re.I,
)
# One patient who did or suffered something; "each patient", "patients" and "patient care" are nobody.
ONE_PATIENT = re.compile(
    r"(?<!each )(?<!every )(?<!any )(?<!all )(?<!per )(?<!next )(?<!no )(?<!-)\b(?:the|this|a|an?\s+\w+|our|one|said|\d+[- ]year[- ]old\w*)?\s*(?:patient|pt\.?|client|woman|man|girl|boy|"
    r"infant|volunteer|subject|male|female)(?:,[^,.\n]{1,60},)?\s+(?:was|is|had|has|came|returned|presented|underwent|complained|moved|arrived|reported|"
    r"died|expired|passed|received|scanned|seen|imaged|admitted|discharged|who|tolerated|signed|requested|lives|resides|developed|fell|"
    r"experienced|stated|called|scheduled|examined|treated|did|could|refused|can be reached|drives|owns|uses|wears)\b"
    r"|\bpt\b(?!\s+(?:care|safety))|\bpatient['’]s\b|\b(?:patient|pt\.?)\s*[:#]",
    re.I,
)
PRONOUN = re.compile(r"\b(?:his|her|him|she|he|hers|their (?:home|cell|phone|address|account))\b", re.I)
GENERIC = re.compile(
    r"\b(?:each|every|any|all|per|next|no|future|subsequent|whole|average|typical|standard|adult|pediatric)\s+patients?\b|\bpatients\b|\bpatient\s+(?:care|safety|"
    r"population|volume|throughput|table|positioning|motion|dose|size|weight|type|identification|identifiers?|privacy|satisfaction|flow|schedul\w+|"
    r"registration|handling|comfort|access|monitoring|education|screening|preparation|images?|exams?|data|names?\s+(?:is|are|and|or|must|will))\b",
    re.I,
)
INSTITUTION = re.compile(
    r"\b(?:hospital|clinic|medical cent(?:er|re)|cent(?:er|re)|imaging|radiology|department|dept|university|college|institute|inc|llc|ltd|corp|gmbh|"
    r"suite|building|campus|office|facility|scheduling|helpdesk|help desk|hotline|service|support|sales|vendor|manufacturer|switchboard|"
    r"main (?:line|number|desk|phone|street)|front desk|reception|accreditation|program(?:me)?|acr|committee|physics|physicist|"
    r"technologist|manager|director|administrator|engineer|supervisor|pager|on call|purchas\w+|order(?:s|ing)?|company|supplier|"
    r"headquarters|contractor|phantom|calibration|website|web site|manual|guideline|standard|www|department phone|safety officer|billing office)\b",
    re.I,
)
MACHINE = re.compile(
    r"\b(?:scanner|magnet|gantry|system|unit|coil|phantom|detector|tube|generator|console|workstation|server|pacs|ris|node|router|gateway|"
    r"switch|firewall|printer|host|device|modality|station|camera|monitor|injector|dose calibrator|meter|chamber|machine|equipment|software|version|"
    r"release|build|firmware|ae[ -]?title|dicom|port|subnet|vlan|dns|ntp|vpn|model|catalog|part|p/n|asset|tag|probe|transducer)\b",
    re.I,
)
SENTENCE_END = re.compile(r"[.!?](?=\s+[A-Z(])|\n[ \t]*\n")


def sentence(text: str, start: int, end: int, *, reach: int = 240) -> tuple[int, int]:
    """The sentence around these characters; a line break alone ends none, an empty line does."""
    first = max(0, start - reach)
    for match in SENTENCE_END.finditer(text, first, start + 1):  # one letter more: the capital may be ours
        if not _abbreviated(text, match.start()):
            first = match.end()
    last = min(len(text), end + reach)
    for match in SENTENCE_END.finditer(text, end, last):
        if not _abbreviated(text, match.start()):
            return first, match.start()
    return first, last


def _abbreviated(text: str, dot: int) -> bool:
    word = re.search(r"[\w.]{1,6}\Z", text[max(0, dot - 6) : dot])
    return (
        word is not None
        and text[dot] == "."
        and (
            word.group().lower() in {"mr", "mrs", "ms", "dr", "pt", "st", "no", "vs", "jr", "sr", "acct", "approx"}
            or bool(re.fullmatch(r"(?:.*\.)?[A-Z]", word.group()))
        )
    )


def line(text: str, start: int, end: int, *, reach: int = 300) -> tuple[int, int]:
    """The line around these characters, as far as it matters: a paragraph may be one long line."""
    left = max(text.rfind("\n", max(0, start - reach), start) + 1, start - reach, 0)
    right = text.find("\n", end, end + reach)
    return left, right if right >= 0 else min(len(text), end + reach)


def of_person(text: str, start: int, end: int) -> bool:
    """Does the line, or what stands right before it, speak of one person?"""
    left, right = line(text, start, end)
    return bool(IDENTITY.search(text, max(0, min(left, start - 60)), right))


def one_patient(text: str, start: int, end: int) -> bool:
    """Does the sentence tell of one patient?"""
    return bool(ONE_PATIENT.search(text, *sentence(text, start, end)))


def of_institution(text: str, start: int, end: int) -> bool:
    left, right = line(text, start, end)
    first, last = sentence(text, start, end)
    return bool(INSTITUTION.search(text, max(left, first, start - 120), min(right, last, end + 60)))


def before(text: str, start: int, letters: int = 40) -> str:
    return text[max(0, start - letters) : start]
