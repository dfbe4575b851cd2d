"""Names of people. A label ("Patient:", "Mrs.") makes a name certain; without one the lists of names must know it, and
the people of the case, whoever acts for an institution, makers, places and the words of the trade must not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reaccredit.phi.context import IDENTITY
from reaccredit.phi.lexicon import as_given, as_surname, fold, is_nobody, is_word
from reaccredit.phi.roster import Roster
from reaccredit.phi.terms import DEGREES, INSTITUTIONS, MAKERS, ORDINARY, PARTICLES, ROLES
from reaccredit.phi.words import CERTAIN, LIKELY, WEAK, Hit

# Counted, never open-ended: a page of capital letters must not take minutes.
CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĽŁŃŇŌŐŒŔŘŚŞŠŤŪŮŰŲŹŻŽȘȚẠ-Ỹ]"
WORD = rf"{CAPITAL}[^\W\d_]{{0,30}}(?:['’\-][^\W\d_]{{1,30}}){{0,3}}"
INITIAL = rf"{CAPITAL}\."
SMALL = r"(?:d[aeiou]s?|del|della|de[ ]la|de[ ]los|v[ao]n|von|der|den|ten|ter|el|al|bin|bint|ibn|ben|abu|le|la|y|e|zu|af|st\.)"
SPACE = r"[ \t]{1,3}"
NAME = rf"(?:{WORD}\.?(?:,?[ \t]{{1,3}}(?:{SMALL}[ \t]){{0,2}}{WORD}\.?){{0,3}})"
FULL = rf"(?:{WORD}\.?(?:,?[ \t]{{1,3}}(?:{SMALL}[ \t]){{0,2}}{WORD}\.?){{1,3}})"
LOWER = r"[^\W\d_]{2,30}(?:['’\-][^\W\d_]{2,30})?(?:,?[ \t]{1,3}[^\W\d_]{1,30}(?:['’\-][^\W\d_]{2,30})?\.?){0,2}"
AFTER_LABEL = r"[ \t]*[:=#][ \t]*\n?[ \t]*"

# Words that follow "patient" with a capital letter in headings and are nobody's name.
NOT_NAMES = frozenset(
    """access adult age and bed bore brain breast care center chart chest comfort communication consent contact contrast
    coordinator coverage ct data date dates demographics department dose doses education evaluation exam examination
    examinations exams exposure factors flow for form forms group head id identification identifiers image images imaging
    immobilization in info information instruction instructions is log management medical modality module monitoring
    motion movement mr mri name names no not number of on or orientation pediatric pelvis population portal position
    positioned positioning preparation prep privacy procedure procedures protocol protocols queue questionnaire record
    records registration relations response result results rights safety satisfaction scan scanning scans scheduling
    screening section selection service services setup size sizes spine studies study support table technique test
    testing the throughput tracking transfer transport type types us volume was weight were with workflow none unknown
    yes n/a na withheld redacted removed anonymous anonymized deidentified confidential see all each dob mrn ssn sex
    gender male female address phone email signature initials relationship account accession city state zip physician
    height weight room floor unit status history""".split()
)
LABELS = (
    r"(?:(?:patient|pt|client|member|subscriber|insured|guarantor|beneficiary|policy[ ]?holder|enrollee|volunteer|subject"
    r"|claimant|donor|decedent|resident|employee[ ]patient)(?:['’]?s)?(?:[ ](?:full|legal|last|first|given|family|maiden|"
    r"preferred|complete))?(?:[ ]?name)?(?:[ ]\([^)\n]{1,20}\))?"
    r"|(?:last|first|middle|full|legal|maiden|given|family|sur|fore|birth)[ ]?names?(?:[ ]\([^)\n]{1,25}\))?|alias|a\.?k\.?a\.?"
    r"|name[ ]of[ ](?:the[ ])?(?:patient|insured|guarantor|subscriber|guardian|parent|spouse)"
    r"|(?:next[ ]of[ ]kin|nok|emergency[ ]contact|(?:legal[ ])?guardian|parent(?:/guardian)?|spouse|mother|father|wife|"
    r"husband|son|daughter|caregiver|partner|responsible[ ]party|power[ ]of[ ]attorney|poa)(?:['’]s)?(?:[ ]name)?(?:[ ]\([^)\n]{1,20}\))?"
    r"|pat[ ]?name|ptname|patname|patientname|patient[ ]?nm|paciente|nombre(?:[ ]del[ ]paciente)?|apellidos?|nome(?:[ ]do[ ]paciente)?|"
    r"nom(?:[ ]du[ ]patient)?|pr[ée]nom|patientin|nachname|vorname|cognome|nazwisko|imi[ęe]|pacjent|naam|navn|"
    r"ho[ ]va[ ]ten|họ[ ]và[ ]tên|b[ệe]nh[ ]nh[âa]n)"
)
CUED = re.compile(rf"(?<![\w-])(?i:{LABELS}){AFTER_LABEL}(?P<name>{NAME})")
CUED_LOWER = re.compile(
    rf"(?<![\w-])(?i:{LABELS}){AFTER_LABEL}(?P<name>{LOWER})(?=[ \t]*(?:$|[\n,;.(|\t]|\b(?i:dob|mrn|age)))", re.M
)
BELOW = re.compile(rf"(?<![\w-])(?i:patient(?:['’]?s)?[ ]name|name[ ]of[ ]patient)[ \t]*\n[ \t]*(?P<name>{FULL})")
NAMED = re.compile(rf"(?i:patient(?:['’]?s)?[ ]name|\bnamed?|\bcalled)[ \t]+(?i:is|was)?[ \t]*(?P<name>{FULL})")
LOOSE = re.compile(
    rf"\b(?i:patients?|pt\.?|client|volunteer|subject)(?:[ \t]+(?:was|is|named|called))?[ \t]*[-–(,]?[ \t]*(?P<name>{NAME})"
)
LOOSE_LOWER = re.compile(
    r"\b(?i:patient|pt\.?)[ \t]+(?P<name>[a-zà-ž]{2,30}(?:['’-][a-zà-ž]{2,20})?[ \t]+[a-zà-ž]{2,30}(?:['’-][a-zà-ž]{2,20})?)\b"
)
TITLED = re.compile(
    rf"\b(?i:Mrs?|Ms|Miss|Mx|Master|Sr|Sra|Señora?|Herr|Frau|Mme|Monsieur|Madame|Signora?)\b\.?[ \t]+(?P<name>{NAME})"
)
KIN = re.compile(
    r"\b(?i:his|her|their|patient['’]s)[ \t]+(?i:mother|father|wife|husband|son|daughter|spouse|guardian|sister|brother|partner|aunt|"
    rf"uncle|parent|niece|nephew|grandmother|grandfather|cousin|caregiver)\b[ \t]*[,:(]?[ \t]*(?P<name>{NAME})"
    rf"|\b(?i:mother|father|wife|husband|son|daughter|spouse|guardian)\b[,:]?[ \t]+(?P<kin>{FULL})"
)
BORN = re.compile(
    rf"(?P<name>{FULL}),?[ \t]*[\t,;(\[/|–-]?[ \t]*(?i:dob|d\.o\.b|born|date of birth|mrn|m\.r\.n|ssn|acc(?:ession)?\b|\d{{1,3}}[- ]?(?:y/?o\b|yr|years?[- ]old)"
    rf"|(?:aged?|a)[ ]\d{{1,3}}\b|\d{{1,3}}[ ]?[MF]\b|[MF][ /,]{{1,2}}\d{{1,3}}\b|\d{{1,2}}/\d{{1,2}}/(?:19|20)\d\d\b)"
)
REGARDING = re.compile(
    rf"(?m)(?:^|(?<=[.\n]))[ \t]*(?i:re|regarding|subject|subj|concerning|in re|reference)[ \t]*:[ \t]*(?P<name>{FULL})"
    rf"|\b(?i:(?:images?|scans?|study|studies|exam|examination|mri|ct|films?|mammogram|report|record|chart|results?|follow-?up|consent|case)[ ]"
    rf"(?:of|for|on|from))[ \t]+(?P<of>{FULL})"
)
FIELD = re.compile(rf"(?m)^[ \t]*Name[ \t]*:[ \t]*(?P<name>{FULL})")
DICOM = re.compile(r"(?<![\w'-])[A-Za-z][A-Za-z'-]{1,63}\^[A-Za-z][A-Za-z'-]{0,63}(?:\^[A-Za-z]*)*")
COMMA = re.compile(
    rf"(?<![\w'’,.-])(?P<last>(?:(?:{SMALL}|De|Del|La|Van|Von|Mac|St|Al|El|O)[ ])?{WORD}),[ \t]{{0,2}}(?P<first>{WORD})(?P<more>(?:[ \t]{WORD}\.?|[ \t]{INITIAL}){{0,2}})"
)
PLAIN = re.compile(
    rf"(?<![\w'’.-])(?P<first>{WORD}|{INITIAL})(?P<middle>(?:[ \t]{{1,2}}(?:{INITIAL}|{CAPITAL}(?=[ \t])|{SMALL}|{WORD})){{0,3}})[ \t]{{1,2}}(?P<last>{WORD})(?![\w’'])"
)
LONELY_VERB = re.compile(
    r"[ \t]+(?:was|is|had|has|came|moved|felt|complained|reported|returned|presented|underwent|denied|stated|said|refused|"
    r"tolerated|called|arrived|signed|requested|asked|wanted|panicked|fainted|vomited)\b"
)
FOREIGN = re.compile(
    r"[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff])|[\u0400-\u04ff]{2,20}(?:[ ][\u0400-\u04ff]{2,20}){1,2}|[\u0600-\u06ff]{2,15}(?:[ ][\u0600-\u06ff]{2,15}){1,3}"
    r"|[\uac00-\ud7af]{2,4}(?![\uac00-\ud7af])|[\u0370-\u03ff]{3,20}(?:[ ][\u0370-\u03ff]{3,20}){1,2}|[\u0590-\u05ff]{2,15}(?:[ ][\u0590-\u05ff]{2,15}){1,2}"
    r"|[\u0900-\u0dff]{2,20}(?:[ ][\u0900-\u0dff]{2,20}){1,2}|[\u3040-\u30ff\u4e00-\u9fff]{2,5}[ \u3000][\u3040-\u30ff\u4e00-\u9fff]{1,5}"
    r"|[\u0e00-\u0e7f]{3,20}[ ][\u0e00-\u0e7f]{3,25}"
)
PROFESSIONAL_AFTER = re.compile(
    rf"^[ \t]*[,(–-]?[ \t]*(?:{DEGREES}\b|(?i:(?:[\w.]+[ ]){{0,3}}{ROLES}\b))|^[ \t]*\n[ \t]*(?i:(?:[\w&.,-]+[ ]){{0,3}}{ROLES}\b)|^[ \t]+et al\b"
)
PROFESSIONAL_BEFORE = re.compile(
    rf"(?:(?i:\b{ROLES})(?:['’]s)?(?:[ ](?:by|name|is|was|from|of|at|with|to|sign\w*|[\w-]{{2,20}}))?[ \t]*[,:;–(-]?[ \t]*(?:\n[ \t]*)?|(?i:\b(?:sincerely|regards|thank you|yours truly|signature|signed)),?\s*)\Z"
)
PERSON_AFTER = re.compile(
    r"^[\s,;(–-]{0,4}(?:dob|born|mrn|\d{1,3}[- ]?years?[- ]old|y/?o\b|aged?[ ]\d|was[ ](?:scanned|seen|imaged|admitted|positioned)|had[ ]an?[ ]|moved|complained)",
    re.I,
)
PATIENT_BEFORE = re.compile(r"\b(?:patient|pt|client)\b[\s,.(:-]*\Z", re.I)


@dataclass(frozen=True)
class Candidate:
    start: int
    end: int
    text: str


def names(text: str, roster: Roster) -> Iterator[Hit]:
    yield from _labelled(text, roster)
    yield from _by_shape(text, roster)
    for match in DICOM.finditer(text):
        yield Hit(match.start(), match.end(), "names", CERTAIN, True)


def _labelled(text: str, roster: Roster) -> Iterator[Hit]:
    for pattern, certainty, lists_needed in (
        (CUED, CERTAIN, False), (BELOW, CERTAIN, False), (NAMED, CERTAIN, True), (LOOSE, CERTAIN, True), (BORN, CERTAIN, False),
        (CUED_LOWER, LIKELY, True), (LOOSE_LOWER, LIKELY, True), (KIN, LIKELY, True), (REGARDING, LIKELY, True), (FIELD, LIKELY, False),
    ):  # fmt: skip
        for match in pattern.finditer(text):
            found = _trimmed(match, text)
            if found and _may_be(found, lists_needed) and not _excused(found, text, roster, pattern):
                sure = pattern is FIELD and IDENTITY.search(text, found.end, found.end + 120)
                yield Hit(found.start, found.end, "names", CERTAIN if sure else certainty, True)
    yield from _titled(text, roster)


def _trimmed(match: re.Match[str], text: str) -> Candidate | None:
    """The name without the label of the next field, which a form may put right behind it."""
    group = next(g for g in ("name", "kin", "of") if g in match.re.groupindex and match[g])
    start, end = match.span(group)
    kept = 0
    for word in re.finditer(r"[^\W\d_][^\s,]*", text[start:end]):
        folded = fold(word.group().strip(".'’-"))
        if folded in NOT_NAMES or (kept and _is_label(folded, text, start + word.end())):
            break
        kept = word.end()
    return Candidate(start, start + kept, text[start : start + kept].rstrip(".,")) if kept else None


def _is_label(folded: str, text: str, after: int) -> bool:
    return folded in ORDINARY and as_surname(folded) == 0 and text[after : after + 1] in {":", "#", "="}


def _may_be(found: Candidate, lists_needed: bool) -> bool:
    words = [fold(w) for w in re.findall(r"[^\W\d_][^\W\d_'’-]*", found.text)]
    if not words or all(is_nobody(w) or w in MAKERS for w in words):
        return False
    long = [w for w in words if len(w) > 1 and w not in PARTICLES]
    if lists_needed:
        scores = [max(as_given(w), as_surname(w)) for w in long]
        return bool(scores) and max(scores) >= 0.5 and sum(s == 0 for s in scores) <= len(scores) // 2
    return bool(long) and not all(w in ORDINARY and not max(as_given(w), as_surname(w)) for w in long)


def _excused(found: Candidate, text: str, roster: Roster, pattern: re.Pattern[str]) -> bool:
    if pattern not in (CUED, BELOW) and _institution(found, text):
        return True
    if pattern in (KIN, REGARDING, FIELD, NAMED) and professional(found, text):
        return True
    return roster.knows_name(found.text)


def _institution(found: Candidate, text: str) -> bool:
    last = fold(re.split(r"[ \t,]+", found.text.strip())[-1].strip("."))
    following = re.match(r"[ \t]+([^\W\d_]+)", text[found.end : found.end + 40])
    return last in INSTITUTIONS or bool(following and fold(following[1]) in INSTITUTIONS and following[1][0].isupper())


def professional(found: Candidate, text: str) -> bool:
    """Does the text say that this person acts for an institution or a maker?"""
    return bool(
        PROFESSIONAL_AFTER.search(text[found.end : found.end + 90])
        or PROFESSIONAL_BEFORE.search(text[max(0, found.start - 60) : found.start])
    )


def _titled(text: str, roster: Roster) -> Iterator[Hit]:
    for match in TITLED.finditer(text):
        found = _trimmed(match, text)
        if found is None or roster.knows_name(found.text) or _institution(found, text):
            continue
        before, after = text[max(0, match.start() - 15) : match.start()], text[found.end : found.end + 80]
        if PATIENT_BEFORE.search(before) or PERSON_AFTER.search(after):
            yield Hit(match.start(), found.end, "names", CERTAIN, True)
        elif re.match(rf"[^.\n]{{0,30}}\b{ROLES}\b", after, re.I) or professional(found, text):
            yield Hit(match.start(), found.end, "names", WEAK)
        else:
            yield Hit(match.start(), found.end, "names", LIKELY, True)


def _by_shape(text: str, roster: Roster) -> Iterator[Hit]:
    for match in COMMA.finditer(text):
        if _comma_name(match, text):
            yield from _stranger(Candidate(match.start(), match.end(), match.group()), text, roster)
    for found in _plain_names(text):
        yield from _stranger(found, text, roster)
    for match in FOREIGN.finditer(text):
        if not roster.knows_name(match.group()):
            yield Hit(match.start(), match.end(), "names", LIKELY, True)


def _comma_name(match: re.Match[str], text: str) -> bool:
    last, first = match["last"], match["first"]
    surname = max(as_surname(w) for w in re.split(r"[ \t]", last))
    given = as_given(first) if len(first) > 1 else 0.4
    shouted = last.isupper() and first.isupper()
    listed = re.match(
        rf",[ \t]?(?:and[ ])?{WORD}|[ \t]and[ ]{WORD}", text[match.end() : match.end() + 40]
    ) or re.search(rf"{WORD},[ ]?\Z", text[max(0, match.start() - 40) : match.start()])
    if _ends_sentence(last, first):
        return False
    return surname + given >= (1.6 if listed else 1.4 if shouted else 1.25)


def _ends_sentence(last: str, first: str) -> bool:
    return (is_word(fold(first)) and as_given(first) < 0.6) or is_nobody(fold(first)) or is_nobody(fold(last))


def _plain_names(text: str) -> Iterator[Candidate]:
    """Two to five words with capitals. Looked at from every word on, since a heading may stand before a name."""
    at = 0
    while match := PLAIN.search(text, at):
        found = _best(match, text)
        if found:
            yield found
            at = found.end
        else:
            first = match.end("first")
            at = first if first > at else at + 1


def _best(match: re.Match[str], text: str) -> Candidate | None:
    words = [
        (match.start() + m.start(), match.start() + m.end(), m.group()) for m in re.finditer(r"\S+", match.group())
    ]
    for end in range(len(words), 1, -1):
        chosen = words[:end]
        if _person([w[2] for w in chosen]):
            start, stop = chosen[0][0], chosen[-1][1]
            return Candidate(start, stop, text[start:stop])
    return None


def _person(words: list[str]) -> bool:
    first, last, middle = words[0], words[-1], words[1:-1]
    if any(is_nobody(fold(w.strip("."))) for w in words):
        return False
    if fold(last) in INSTITUTIONS or len(last.strip(".")) < 2:
        return False
    if any(_stranger_to_names(w) for w in middle):
        return False
    surname = as_surname(last)
    if re.fullmatch(r"[^\W\d_]\.?", first):
        return (surname >= 0.6 and not is_word(fold(last))) or (first.endswith(".") and surname >= 0.25)
    given = as_given(first)
    if words[0].isupper() and words[-1].isupper() and len(last) > 2:
        return given >= 0.6 and surname >= 0.5 and given + surname >= 1.5
    if given + surname >= 1.1 and given >= 0.3 and surname > 0:
        return not (given == 0.6 and surname == 0.6) or not _looks_made(first, last)
    return as_surname(first) >= 0.9 and as_given(last) >= 0.9  # "Nguyen Thi", family name first


def _looks_made(first: str, last: str) -> bool:
    """Two words in no list: a product has letters that names seldom have."""
    both = fold(first + last)
    return bool(re.search(r"[xqzv]{2}|[^aeiouy]{5}", both)) or any(w.isupper() for w in (first, last))


def _stranger_to_names(word: str) -> bool:
    plain = fold(word.strip("."))
    return len(plain) > 1 and plain not in PARTICLES and max(as_given(plain), as_surname(plain)) == 0


def _stranger(found: Candidate, text: str, roster: Roster) -> Iterator[Hit]:
    if roster.knows_name(found.text) or _institution(found, text):
        return
    if professional(found, text):
        return
    yield Hit(found.start, found.end, "names", LIKELY, True)
