"""A first screening of papers that must hold no protected health information (45 CFR 164.514(b)(2) lists eighteen
kinds).

Pure: text in, findings out. A finding says what kind of identifier stands where and how sure the rule is; it never
repeats the text.
Certain findings refuse the paper. Possible ones ask the person who uploads it: a patient's, or nobody's?
Serial numbers of scanners, dates of service, names, telephones and addresses of the facility's own people are
legitimate: the caller
passes the latter as a `Roster`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reaccredit.documents.identifiers import RULES
from reaccredit.documents.roster import Roster

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
    "photo": "a picture, which can't be searched for identifiers",
    "other": "another number that identifies a person or an exam",
    "unreadable": "a part without text that can be searched (a scan, or an attached file)",
}


@dataclass(frozen=True, order=True)
class Finding:
    """`line` counts from 1 within the place; 0 where there are no lines."""

    place: str
    line: int
    kind: str
    certain: bool


def screen(
    parts: Iterable[tuple[str, str]], *, roster: Roster, pictures: Sequence[str] = (), opaque: Sequence[str] = ()
) -> list[Finding]:
    """All findings, in reading order of each place, certain before possible on one line."""
    found: set[Finding] = set()
    for place, raw in parts:
        text = _clean(raw)
        ends = [match.start() for match in re.finditer("\n", text)]
        for kind, rule in RULES:
            found |= {Finding(place, bisect_left(ends, at) + 1, kind, certain) for at, certain in rule(text, roster)}
    found |= {Finding(place, 0, "unreadable", True) for place in opaque}
    found |= {Finding(place, 0, "photo", False) for place in set(pictures) - set(opaque)}
    doubled = {f for f in found if not f.certain and Finding(f.place, f.line, f.kind, True) in found}
    return sorted(found - doubled, key=_reading_order)


def _clean(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("\r\n", "\n").replace("\r", "\n")
    return re.sub("[\u00ad\u200b-\u200f\u2060\ufeff]", "", plain)


def _reading_order(finding: Finding) -> tuple[str, int, int, str]:
    number = re.search(r"\d+", finding.place)
    return (re.sub(r"\d+", "", finding.place), int(number.group()) if number else 0, finding.line, finding.kind)


def describe(findings: Iterable[Finding]) -> list[str]:
    """One sentence a finding, for the person who uploads: where to look and what for, without a word of the text."""
    sentences = []
    for finding in findings:
        where = finding.place[0].upper() + finding.place[1:] + (f", line {finding.line}" if finding.line else "")
        verb = "this looks like" if finding.certain else "this may be"
        sentences.append(f"{where}: {verb} {KINDS[finding.kind]}.")
    return sentences
