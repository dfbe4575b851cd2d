"""Names of people. A label ("Patient:", "Mrs.") makes a name certain; without one the lists of names must know it, and
the people of the case, whoever acts for an institution, makers, places and the words of the trade must not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reaccredit.phi.context import IDENTITY
from reaccredit.phi.lexicon import ALWAYS_GIVEN, STRANGE, as_given, as_surname, fold, is_nobody, is_word
from reaccredit.phi.lexicon import words as words_of
from reaccredit.phi.roster import Roster
from reaccredit.phi.terms import DEGREES, INSTITUTIONS, MAKERS, ORDINARY, PARTICLES, ROLES
from reaccredit.phi.words import CERTAIN, LIKELY, TOLD, WEAK, Hit

# Counted, never open-ended: a page of capital letters must not take minutes.
CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĽŁŃŇŌŐŒŔŘŚŞŠŤŪŮŰŲŹŻŽȘȚẠ-Ỹ]"
WORD = rf"(?:(?:[ae]l|bin|ben|ibn|abu|d|l)[-'’])?{CAPITAL}[^\W\d_]{{0,30}}(?:['’\-][^\W\d_]{{1,30}}){{0,3}}"
INITIAL = rf"{CAPITAL}\."
SMALL = r"(?:d[aeiou]s?|del|della|de[ ]la|de[ ]los|v[ao]n|von|der|den|ten|ter|el|al|bin|bint|ibn|ben|abu|le|la|y|e|zu|af|st\.)"
SPACE = r"[ \t]{1,3}"
NAME = rf"(?<![\w'’])(?:(?:{SMALL}[ \t]){{0,2}}{WORD}\.?(?:,?[ \t]{{1,3}}(?:{SMALL}[ \t]){{0,2}}{WORD}\.?){{0,3}})"
FULL = rf"(?<![\w'’])(?:{WORD}\.?(?:,?[ \t]{{1,3}}(?:{SMALL}[ \t]){{0,2}}{WORD}\.?){{1,3}})"
LOWER = r"[^\W\d_]{2,30}(?:['’\-][^\W\d_]{2,30})?(?:,?[ \t]{1,3}[^\W\d_]{1,30}(?:['’\-][^\W\d_]{2,30})?\.?){0,2}"
AFTER_LABEL = r"[ \t]*[:=#>][ \t]*\n?[ \t]*"

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
    gender male female address phone email signature initials relationship account accession acc acct city state zip physician
    height weight room floor unit status history""".split()
)
LABELS = (
    r"(?:(?:patient|pt|client|member|subscriber|insured|guarantor|beneficiary|policy[ ]?holder|enrollee|volunteer|subject"
    r"|claimant|donor|decedent|resident|employee[ ]patient)(?:['’]?s)?(?:[ ](?:full|legal|last|first|given|family|maiden|"
    r"preferred|complete))?(?:[ ]?name)?(?:[ ]\([^)\n]{1,20}\))?"
    r"|(?:last|first|middle|full|legal|maiden|given|family|sur|fore|birth)[ ]?names?(?:[ ]\([^)\n]{1,25}\))?|alias|a\.?k\.?a\.?"
    r"|(?:patient|guardian|parent|volunteer)(?:['’]s)?[ ]signature|signature[ ]of[ ](?:the[ ])?(?:patient|guardian|parent)"
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
    rf"\b(?i:patients?|pt\.?|client|volunteer|subject)(?:[ \t]+(?:was|is|named|called))?(?:[ \t]+|[ \t]*[-–(,][ \t]*)(?P<name>{NAME})"
)
LOOSE_LOWER = re.compile(
    r"\b(?i:patient|pt\.?)[ \t]+(?P<name>[^\W\d_]{2,30}(?:['’-][^\W\d_]{2,20}){0,2}[ \t]+[^\W\d_]{2,30}(?:['’-][^\W\d_]{2,20}){0,2})\b"
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
    rf"(?P<name>{FULL}),?[ \t]*[\t,;(\[/|–-]?[ \t]*(?<![^\W\d_])(?i:dob|d\.o\.b|born|date of birth|mrn|m\.r\.n|ssn|acc(?:ession)?\b|\d{{1,3}}[- ]?(?:y/?o\b|yr|years?[- ]old)"
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
    rf"(?<![\w'’,./-])(?P<last>(?:(?:{SMALL}|De|Del|La|Van|Von|Mac|St|Al|El|O)[ ])?{WORD}),[ \t]{{0,2}}(?P<first>{WORD}|{INITIAL})(?P<more>(?:[ \t]{WORD}\.?|[ \t]{INITIAL}){{0,2}})"
)
PLAIN = re.compile(
    rf"(?<![\w'’./-])(?P<first>{WORD}|{INITIAL}(?![ \t]{{2}}))(?P<middle>(?:[ ](?:{INITIAL}|{CAPITAL}(?=[ \t])|{SMALL}|{WORD})){{0,3}})[ ](?P<last>{WORD})(?![\w’'])"
)
SMALL_PAIR = re.compile(
    r"(?<![\w.@/'’-])(?P<first>[^\W\d_]{3,20}(?:-[^\W\d_]{2,12})?)[ ](?P<last>[^\W\d_]{2,20}(?:['’-][^\W\d_]{2,20})?)(?![\w@/-]|\.\w)(?P<label>,?[ \t]{1,3}(?i:mrn|dob|d\.o\.b|born|ssn|acc)\b)?"
)
FOREIGN = re.compile(
    r"[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff])|[\u0400-\u04ff]{2,20}(?:[ ][\u0400-\u04ff]{2,20}){1,2}|[\u0600-\u06ff]{2,15}(?:[ ][\u0600-\u06ff]{2,15}){1,3}"
    r"|[\uac00-\ud7af]{2,4}(?![\uac00-\ud7af])|[\u0370-\u03ff]{3,20}(?:[ ][\u0370-\u03ff]{3,20}){1,2}|[\u0590-\u05ff]{2,15}(?:[ ][\u0590-\u05ff]{2,15}){1,2}"
    r"|[\u0900-\u0dff]{2,20}(?:[ ][\u0900-\u0dff]{2,20}){1,2}|[\u3040-\u30ff\u4e00-\u9fff]{2,5}[ \u3000][\u3040-\u30ff\u4e00-\u9fff]{1,5}"
    r"|[\u0e00-\u0e7f]{3,20}[ ][\u0e00-\u0e7f]{3,25}"
)
PROFESSIONAL_AFTER = re.compile(
    rf"^[ \t]*[,(–-]?[ \t]*{DEGREES}(?![\w])|^[ \t]*(?:[,(–-]|\n)[ \t]*(?!(?:the[ ])?(?i:patient|pt|client|volunteer))(?i:(?:[\w&./-]+,?[ ]){{0,3}}{ROLES}\b)|^[ \t]+et al\b"
    rf"|^[ \t]*\t[ \t]*(?i:(?:[\w&./-]+[ ]){{0,3}}{ROLES}\b)"
)
PROFESSIONAL_BEFORE = re.compile(
    rf"(?:(?i:\b{ROLES})(?:['’]s)?(?:[ ](?:by|name|is|was))?[ \t]*[,:;–(-]?[ \t]*(?:\n[ \t]*)?|(?i:(?<!patient )(?<!guardian )\b(?:signature|signed)),?\s*)\Z"
)
SIGNED = re.compile(
    r"\b(?:sincerely|regards|thank you|thanks|yours truly),?\s*\Z", re.I
)  # without a roster, whoever signs is staff
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
    found = [*_labelled(text, roster), *_by_shape(text, roster)]
    found += [Hit(match.start(), match.end(), "names", CERTAIN, True) for match in DICOM.finditer(text)]
    yield from found
    yield from _again(text, roster, found)


def _again(text: str, roster: Roster, found: Sequence[Hit]) -> Iterator[Hit]:
    """A name that was told in full is later told in part: "Shanelle was upset"."""
    told = {
        word for hit in found if hit.certainty >= TOLD for word in re.findall(rf"{WORD}", text[hit.start : hit.end])
    }
    for word in told:
        if (
            len(word) < 3
            or (is_word(fold(word)) and word not in ALWAYS_GIVEN)
            or roster.knows_name(word)
            or is_nobody(fold(word))
        ):
            continue
        for match in re.finditer(rf"(?<![\w'’-]){re.escape(word)}(?![\w’-])", text):
            one = Candidate(match.start(), match.end(), word)
            if not _institution(one, text) and not professional(one, text):
                yield Hit(match.start(), match.end(), "names", LIKELY, True)


def _labelled(text: str, roster: Roster) -> Iterator[Hit]:
    for pattern, certainty, lists_needed in (
        (CUED, CERTAIN, False), (BELOW, CERTAIN, False), (NAMED, CERTAIN, True), (LOOSE, CERTAIN, True), (BORN, CERTAIN, True),
        (CUED_LOWER, LIKELY, True), (LOOSE_LOWER, LIKELY, True), (KIN, LIKELY, True), (REGARDING, LIKELY, True), (FIELD, LIKELY, False),
    ):  # fmt: skip
        for match in pattern.finditer(text):
            found = _trimmed(match, text)
            if pattern in (LOOSE_LOWER, CUED_LOWER) and found and not _small_name(found.text):
                continue
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


def _small_name(text: str) -> bool:
    """In small letters, a name must be one in every word: "patient will be" is none."""
    words = [fold(w) for w in re.findall(r"[^\W\d_][^\W\d_'’-]*", text) if len(w) > 1 and fold(w) not in PARTICLES]
    if not text.islower() or not words:
        return False
    return all(max(as_given(w), as_surname(w)) >= 0.5 for w in words) and any(
        not is_word(w) or w in ALWAYS_GIVEN for w in words
    )


def _excused(found: Candidate, text: str, roster: Roster, pattern: re.Pattern[str]) -> bool:
    if pattern not in (CUED, BELOW) and _institution(found, text):
        return True
    if pattern in (KIN, REGARDING, FIELD, NAMED) and professional(found, text):
        return True
    return _knows_part(found.text, roster)


def _knows_part(text: str, roster: Roster) -> bool:
    """A member of staff, perhaps with a word of the form before or behind: "Ann Lee Lead Technologist"."""
    if roster.knows_name(text):
        return True
    words = text.split()
    whole = [" ".join(words[i : i + n]) for n in (2, 3) for i in range(len(words) - n + 1)]
    return len(words) > 2 and any(roster.knows_name(part) for part in whole)


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
        if (
            found is None
            or not _bears_title(match, found)
            or roster.knows_name(found.text)
            or _institution(found, text)
        ):
            continue
        before, after = text[max(0, match.start() - 15) : match.start()], text[found.end : found.end + 80]
        if PATIENT_BEFORE.search(before) or PERSON_AFTER.search(after):
            yield Hit(match.start(), found.end, "names", CERTAIN, True)
        elif re.match(rf"[^.\n]{{0,30}}\b{ROLES}\b", after, re.I) or professional(found, text):
            yield Hit(match.start(), found.end, "names", WEAK)
        else:
            yield Hit(match.start(), found.end, "names", LIKELY, True)


def _bears_title(match: re.Match[str], found: Candidate) -> bool:
    """ "MR" and "MS" in capitals are also what scanners are called."""
    words = [w for w in re.findall(r"[^\W\d_]+", found.text) if len(w) > 1]
    if match.group()[:2] in {"MR", "MS", "SR"}:
        return bool(words) and max(as_surname(w) for w in words) >= 0.9
    return bool(words) and not all(is_word(fold(w)) and as_surname(w) < 0.2 for w in words)


def _by_shape(text: str, roster: Roster) -> Iterator[Hit]:
    for match in COMMA.finditer(text):
        if _comma_name(match, text):
            yield from _stranger(Candidate(match.start(), match.end(), match.group()), text, roster)
    for found in _plain_names(text):
        yield from _stranger(found, text, roster)
    for match in SMALL_PAIR.finditer(text):
        if _known_pair(match["first"], match["last"], labelled=bool(match["label"])) and not roster.knows_name(
            f"{match['first']} {match['last']}"
        ):
            yield Hit(match.start("first"), match.end("last"), "names", LIKELY, True)
    for match in FOREIGN.finditer(text):
        if not roster.knows_name(match.group()):
            yield Hit(match.start(), match.end(), "names", LIKELY, True)


def _known_pair(first: str, last: str, *, labelled: bool) -> bool:
    """Small letters: both in the lists of names, and neither a word; less is asked for where a number follows."""
    if not (first.islower() and last.islower()):
        return False
    if is_word(fold(first)) or is_word(fold(last)) or is_nobody(fold(first)) or is_nobody(fold(last)):
        return labelled and as_given(first) >= 0.7 and as_surname(last) >= 0.6
    return as_given(first) >= 0.9 and as_surname(last) >= (STRANGE if labelled else 0.9)


def _comma_name(match: re.Match[str], text: str) -> bool:
    last, first = match["last"], match["first"]
    surname = max(as_surname(w) for w in re.split(r"[ \t]", last))
    if re.fullmatch(r"[^\W\d_]\.", first):
        return surname >= STRANGE and not any(is_word(fold(w)) or is_nobody(fold(w)) for w in last.split())
    given = as_given(first)
    shouted = last.isupper() and first.isupper()
    listed = re.match(
        rf",[ \t]?(?:and[ ])?{WORD}|[ \t]and[ ]{WORD}", text[match.end() : match.end() + 40]
    ) or re.search(rf"{WORD},[ ]?\Z", text[max(0, match.start() - 40) : match.start()])
    if _ends_sentence(last, first) or _second_of_a_list(match, text):
        return False
    alone = not re.search(
        r"[^\s|*•-]",
        text[max(0, text.rfind("\n", 0, match.start()) + 1, text.rfind("\t", 0, match.start()) + 1) : match.start()],
    )
    return surname + given >= (1.6 if listed else 1.1 if alone else 1.4 if shouted else 1.25)


def _second_of_a_list(match: re.Match[str], text: str) -> bool:
    """ "Ann Lee, Mary Poe": the first is a whole name already."""
    lead = re.search(
        rf"({WORD})(?:[ \t](?:{INITIAL}|{SMALL})){{0,3}}[ \t]\Z", text[max(0, match.start() - 40) : match.start()]
    )
    return bool(lead) and as_given(lead[1]) >= 0.5 if lead else False


def _ends_sentence(last: str, first: str) -> bool:
    return (
        (is_word(fold(first)) and as_given(first) < 0.6)
        or is_nobody(fold(first))
        or (is_nobody(fold(last)) and not (_also_a_surname(last) and as_given(first) >= 0.9))
    )


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
    if any(is_nobody(fold(w.strip("."))) for w in words[:-1]) or (is_nobody(fold(last)) and not _also_a_surname(last)):
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


def _also_a_surname(word: str) -> bool:
    """ "Washington" after a given name."""
    return fold(word) not in MAKERS and fold(word) in words_of("surnames-often")


def _looks_made(first: str, last: str) -> bool:
    """Two words in no list: a product has letters that names seldom have."""
    both = fold(first + last)
    return bool(re.search(r"[xqzv]{2}|[^aeiouy]{5}", both)) or any(w.isupper() for w in (first, last))


def _stranger_to_names(word: str) -> bool:
    plain = fold(word.strip("."))
    return len(plain) > 1 and plain not in PARTICLES and max(as_given(plain), as_surname(plain)) == 0


LETTERED = re.compile(
    r"\b(?:room|building|bldg|unit|suite|appendix|figure|fig|table|section|part|option|group|phase|type|grade|hepatitis|vitamin|exhibit|attachment|annex|wing|line|phantom)[ \t]\Z",
    re.I,
)


def _stranger(found: Candidate, text: str, roster: Roster) -> Iterator[Hit]:
    if roster.knows_name(found.text) or _institution(found, text):
        return
    first, _, rest = found.text.partition(" ")
    if " " in rest and roster.knows_name(rest):  # a word of the form before a member of staff
        return
    if len(first.strip(".")) == 1 and LETTERED.search(text[max(0, found.start - 20) : found.start]):
        return
    if professional(found, text) or (not roster.names and SIGNED.search(text[max(0, found.start - 40) : found.start])):
        return
    yield Hit(found.start, found.end, "names", LIKELY, True)
