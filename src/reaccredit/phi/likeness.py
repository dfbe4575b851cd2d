"""What shows or measures a body: fingerprints, voices, photographs of a patient. A policy that lists the kinds shows nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reaccredit.phi import context
from reaccredit.phi.roster import Roster
from reaccredit.phi.words import LIKELY, WEAK, Hit

BIOMETRIC = re.compile(
    r"\b(?:finger|thumb|voice|palm|face|retina(?:l)?|iris|hand|foot|vein)[- ]?(?:prints?|scans?|patterns?|templates?|geometry|recognition|ID)\b|\bfacial\s+(?:recognition|geometry|scan|template)\b|\bbiometrics?\b|\b(?:dna|genetic)\s+(?:profile|sample|sequence|fingerprint)\b|\bgait\s+signature\b",
    re.I,
)
BIOMETRIC_OF = re.compile(
    r"\b(?:patient|pt|client|his|her|their|subject|volunteer|guardian|enrolled|captured|recorded|obtained|taken|on file|template|id\s*[:#]|attached|stored|collected|consent|mother|father|son|daughter|identified by|check-in|left|right|hash)\b",
    re.I,
)
STAFF_SIDE = re.compile(
    r"\b(?:staff|employees?|technologists?|operators?|login|log-in|sign-?in|access|door|workstation|reader|time ?clock|console|users?|badge|cabinet|unlock\w*|authenticat\w+|attendance)\b",
    re.I,
)
PHOTO = re.compile(
    r"\b(?:full[- ]?face|facial|head[- ]?shot|mug\s?shot|identification|id)\s+(?:photo(?:graph)?s?|images?|pictures?|portraits?)\b|\b(?:photo(?:graph)?s?|pictures?|portraits?|snapshots?|selfies?|photo\s+id|video)\s+(?:\w+\s+){0,2}?(?:of|showing|with)\s+(?:\w+\s+){0,3}?(?:patient|pt|her|his|him|face|woman|man|child|baby|infant|girl|boy|volunteer)\b"
    r"|\b(?:patient|pt)(?:['’]s)?\s+(?:face\s+)?(?:photo(?:graph)?s?|pictures?|portraits?|headshot|selfie|photo\s+id)\b|\b(?:his|her|their)\s+(?:photo(?:graph)?|picture|portrait|headshot|selfie)\b|\b(?:patient|pt)\s+(?:was|were)\s+photographed\b|\bface\s+(?:is|was)\s+(?:\w+\s+)?visible\b",
    re.I,
)
# The kinds as a policy lists them.
IN_A_LAW = re.compile(r"\b(?:hipaa|164\.514|identifiers|comparable[ ]images|protected health information)\b", re.I)
NOT_ALLOWED = re.compile(r"[^.\n]{0,20}?\b(?:not|never|prohibited|forbidden|must)\b", re.I)
NO_PHOTO = re.compile(
    r"\b(?:no|not|never|without|remove|removed|must not|do not|don['’]t|prohibited|forbidden|phantom|sign(?:age)?|coil|poster|exclude[ds]?|any)\b",
    re.I,
)


def biometric(text: str, roster: Roster) -> Iterator[Hit]:
    del roster
    for match in BIOMETRIC.finditer(text):
        first, last = context.sentence(text, *match.span())
        if IN_A_LAW.search(text, first, last) or (
            STAFF_SIDE.search(text, first, last) and not context.one_patient(text, *match.span())
        ):
            yield Hit(match.start(), match.end(), "biometric", WEAK)
        elif BIOMETRIC_OF.search(text, first, last) and not NO_PHOTO.search(text, first, match.start()):
            yield Hit(match.start(), match.end(), "biometric", LIKELY)
        else:
            yield Hit(match.start(), match.end(), "biometric", WEAK)


def photos(text: str, roster: Roster) -> Iterator[Hit]:
    del roster
    for match in PHOTO.finditer(text):
        first, last = context.sentence(text, *match.span())
        listed = IN_A_LAW.search(text, first, last)
        first = max(first, text.rfind("\n", max(0, match.start() - 300), match.start()) + 1)
        generic = (
            listed
            or NO_PHOTO.search(text, first, match.start())
            or NOT_ALLOWED.match(text, match.end())
            or re.search(r"\bpatients\b", text[first:last], re.I)
        )
        yield Hit(match.start(), match.end(), "photo", WEAK if generic else LIKELY)
