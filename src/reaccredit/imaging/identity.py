"""One patient or two? Answered by keyed hashes, so that no identity has to be stored.

The key (settings.PATIENT_KEY) lives outside the database: whoever holds the table alone can't try names against it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

from django.conf import settings

# Values that de-identification tools write into every file; two exams that share one of them do not share a patient.
PLACEHOLDERS = frozenset(
    {
        "0",
        "00000",
        "000000",
        "anon",
        "anonymous",
        "anonymized",
        "anonymised",
        "deidentified",
        "de-identified",
        "id",
        "n/a",
        "na",
        "no id",
    }
    | {"noid", "none", "null", "patient", "patientid", "removed", "test", "unknown", "xxx", "xxxx", "xxxxx"}
)

BLANKS, TRAILING, NO_DIGITS = re.compile(r"[\s\x00-\x1f]+"), re.compile(r"[\s^=]+$"), re.compile(r"\D")


def normal(text: str) -> str:
    """Case, padding, width and repeated separators differ between scanners and never tell two people apart."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return TRAILING.sub("", BLANKS.sub(" ", folded).strip())


def _keyed(kind: str, *parts: str) -> str:
    message = "\x1f".join((kind, *parts)).encode()
    return hmac.new(settings.PATIENT_KEY, message, hashlib.sha256).hexdigest()


def patient_hashes(*, patient_id: str, issuer: str, name: str, birth_date: str) -> tuple[str | None, str | None]:
    """(hash by id, or by name and birth date where the id says nothing; hash by name and birth date). None: nothing
    identifies.
    """
    who, born, number = normal(name), NO_DIGITS.sub("", birth_date), normal(patient_id)
    person = _keyed("person", who, born) if who and born and who not in PLACEHOLDERS else None
    if number and number not in PLACEHOLDERS:
        return _keyed("id", number, normal(issuer)), person
    return person, person
