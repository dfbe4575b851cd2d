"""Names of people. A label ("Patient:", "Mrs.") makes a name certain; without one the lists of names must know it, and
the people of the case, whoever acts for an institution, makers, places and the words of the trade must not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reaccredit.phi.colleagues import OF_HOUSE, cited, in_list
from reaccredit.phi.context import IDENTITY
from reaccredit.phi.lexicon import (
    ALWAYS_GIVEN,
    STRANGE,
    as_given,
    as_surname,
    fold,
    is_nobody,
    is_word,
)
from reaccredit.phi.name_patterns import (
    BAND,
    BELOW,
    BORN,
    BORN_ALONE,
    COMMA,
    CUED,
    CUED_LOWER,
    DICOM,
    FIELD,
    FOREIGN,
    GLUED,
    IN_BRACKETS,
    INITIAL,
    INTRODUCED,
    KIN,
    KIN_AFTER,
    KIN_ALONE,
    LAST_INITIAL,
    LOOSE,
    LOOSE_LOWER,
    NAMED,
    PATIENT_BEFORE,
    PERSON_AFTER,
    PLAIN,
    PROFESSIONAL_AFTER,
    PROFESSIONAL_BEFORE,
    REGARDING,
    ROW,
    SIGNED,
    SMALL,
    SMALL_PAIR,
    TITLED,
    WORD,
)
from reaccredit.phi.name_shapes import also_a_surname, is_person
from reaccredit.phi.roster import Roster
from reaccredit.phi.terms import DEGREES, INSTITUTIONS, MAKERS, NOT_NAMES, ORDINARY, PARTICLES, ROLES
from reaccredit.phi.words import CERTAIN, LIKELY, WEAK, Hit


@dataclass(frozen=True)
class Candidate:
    start: int
    end: int
    text: str


def names(text: str, roster: Roster) -> Iterator[Hit]:
    found = [*_labelled(text, roster), *_by_shape(text, roster)]
    found += [
        Hit(match.start(), match.end(), "names", CERTAIN, True)
        for match in DICOM.finditer(text)
        if not NO_ONE.search(match.group())
    ]
    yield from found


def _labelled(text: str, roster: Roster) -> Iterator[Hit]:
    for pattern, certainty, lists_needed in (
        (CUED, CERTAIN, False), (BELOW, CERTAIN, False), (BAND, CERTAIN, True), (NAMED, CERTAIN, True), (LOOSE, CERTAIN, True), (BORN, CERTAIN, True),
        (BORN_ALONE, LIKELY, True), (KIN_ALONE, LIKELY, True), (KIN_AFTER, LIKELY, True), (IN_BRACKETS, LIKELY, True), (INTRODUCED, LIKELY, True), (CUED_LOWER, LIKELY, True), (LOOSE_LOWER, LIKELY, True), (KIN, LIKELY, True), (REGARDING, LIKELY, True), (FIELD, LIKELY, False),
    ):  # fmt: skip
        for match, found in _each(pattern, text):
            if pattern in (LOOSE_LOWER, CUED_LOWER) and found and not _small_name(found.text):
                continue
            if pattern is CUED and found and AMBIGUOUS.match(match.group()) and not _one_person(found, text):
                continue
            if pattern in (BORN_ALONE, KIN_ALONE) and found and not _alone(found.text, match.group()):
                continue
            if found and _may_be(found, lists_needed) and not _excused(found, text, roster, pattern):
                sure = pattern is FIELD and IDENTITY.search(text, found.end, found.end + 120)
                yield Hit(found.start, found.end, "names", CERTAIN if sure else certainty, True)
    yield from _titled(text, roster)


def _each(pattern: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], Candidate | None]]:
    """Matches, each looked for from the end of the last name on: the next label may have been taken for a part of it."""
    at = 0
    while match := pattern.search(text, at):
        found = _trimmed(match, text)
        yield match, found
        at = max(found.end if found else match.end(), match.start() + 1)


def _one_person(found: Candidate, text: str) -> bool:
    words = re.split(r"[ ,]+", found.text)
    named = is_person(words) or is_person(words[::-1]) or (len(words) == 1 and _alone(found.text, ""))
    label = re.match(r"\s*\w{2,12}[ ]?(?:no\b|num|#|:|id\b)", text[found.end : found.end + 24], re.I)
    house = not label and institution(found, text)
    return named and not house and not PROFESSIONAL_AFTER.search(text[found.end : found.end + 90])


def _given_alone(text: str) -> bool:
    """One word by itself is a name only where the lists know it as one and as nothing else."""
    return as_given(text) >= 0.9 and not is_word(fold(text))


def _in_a_row(text: str) -> bool:
    known = max(as_given(text), as_surname(text)) >= 0.9 and len(text) > 3 and "-" not in text
    return known and not is_word(fold(text)) and not is_nobody(fold(text))


def _alone(text: str, around: str) -> bool:
    rare = max(as_given(text), as_surname(text)) >= STRANGE and not is_word(fold(text)) and not is_nobody(fold(text))
    return _given_alone(text) or (rare and bool(re.search(r"(?i)-in-law|\d[ ]?/?[ ]?[mfy]", around)))


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
    known = max(as_given(folded), as_surname(folded))
    return text[after : after + 1] in {":", "#", "="} and (
        known < 0.9 or (folded in ORDINARY and as_surname(folded) == 0)
    )


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
    if pattern not in (CUED, BELOW) and institution(found, text):
        return True
    dated = pattern is BORN and text[found.end :][:40].lstrip(" ,\t(-|")[:1].isdigit()
    if (dated or pattern in (KIN, REGARDING, FIELD, NAMED)) and professional(found, text):
        return True
    return _knows_part(found.text, roster)


def _knows_part(text: str, roster: Roster) -> bool:
    """A member of staff, perhaps with a word of the form before or behind: "Ann Lee Lead Technologist"."""
    if roster.knows_name(text):
        return True
    words = text.split()
    if len(words) > 1 and re.fullmatch(ROLES, words[0], re.I) and roster.knows_name(" ".join(words[1:])):
        return True
    whole = [" ".join(words[i : i + n]) for n in (2, 3) for i in range(len(words) - n + 1)]
    return len(words) > 2 and any(roster.knows_name(part) for part in whole)


def institution(found: Candidate, text: str) -> bool:
    last = fold(re.split(r"[ \t,]+", found.text.strip())[-1].strip("."))
    house = re.search(r"([^\W\d_]+)[ ]\Z", text[max(0, found.start - 20) : found.start])
    if house and fold(house[1]) in {"hospital", "clinica", "clinic", "clinique", "klinik", "centro", "instituto"}:
        return True
    following = re.match(r"[ \t]+([^\W\d_]+)", text[found.end : found.end + 40])
    return last in INSTITUTIONS or bool(following and fold(following[1]) in INSTITUTIONS and following[1][0].isupper())


def professional(found: Candidate, text: str) -> bool:
    """Does the text say that this person acts for an institution or a maker?"""
    house = OF_HOUSE.match(text[found.end : found.end + 40])
    behind = text[found.end : found.end + 90]
    return bool(
        (PROFESSIONAL_AFTER.search(behind) and not HOUSE_NUMBER.match(behind))
        or (house and (fold(house["house"]) in MAKERS or fold(house["house"]) in INSTITUTIONS))
        or in_list(text, found.start)
        or (
            PROFESSIONAL_BEFORE.search(text[max(0, found.start - 60) : found.start])
            and not AGREED.search(text[max(0, found.start - 40) : found.start])
        )
    )


def _titled(text: str, roster: Roster) -> Iterator[Hit]:
    for match in TITLED.finditer(text):
        found = _trimmed(match, text)
        if found is None or not _bears_title(match, found) or roster.knows_name(found.text) or institution(found, text):
            continue
        before, after = text[max(0, match.start() - 15) : match.start()], text[found.end : found.end + 80]
        if PATIENT_BEFORE.search(before) or PERSON_AFTER.search(after):
            yield Hit(match.start(), found.end, "names", CERTAIN, True)
        elif re.match(rf"[^.\n]{{0,30}}\b{ROLES}\b", after, re.I) or _at_work(match, found, text):
            yield Hit(match.start(), found.end, "names", WEAK)
        else:
            yield Hit(match.start(), found.end, "names", LIKELY, True)


def _at_work(match: re.Match[str], found: Candidate, text: str) -> bool:
    if professional(found, text) or in_list(text, match.start()):
        return True
    return bool(PROFESSIONAL_BEFORE.search(text[max(0, match.start() - 60) : match.start()]))


def _bears_title(match: re.Match[str], found: Candidate) -> bool:
    """ "MR" and "MS" in capitals are also what scanners are called."""
    words = [w for w in re.findall(r"[^\W\d_]+", found.text) if len(w) > 1]
    if match.group()[:2] in {"MR", "MS", "SR"}:
        return bool(words) and max(as_surname(w) for w in words) >= 0.9
    return bool(words) and not all(is_word(fold(w)) and as_surname(w) < 0.2 for w in words)


def _by_shape(text: str, roster: Roster) -> Iterator[Hit]:
    found = [Candidate(m.start(), m.end(), m.group()) for m in COMMA.finditer(text) if _comma_name(m, text)]
    found += _plain_names(text)
    found += [
        Candidate(m.start(), m.end(), f"{m['first']} {m['last']}") for m in GLUED.finditer(text) if _glued(m["last"])
    ]
    found += [
        Candidate(m.start(), m.end(), m.group())
        for m in LAST_INITIAL.finditer(text)
        if (_glued(m["last"]) or as_given(m["last"]) >= 0.9)
        and not is_word(fold(m["last"]))
        and not is_nobody(fold(m["last"]))
    ]
    found += [Candidate(*m.span("name"), m["name"]) for m in ROW.finditer(text) if _in_a_row(m["name"])]
    for one in found:
        yield from _stranger(one, text, roster)
    yield from _in_small_letters(text, roster)
    for match in FOREIGN.finditer(text):
        if not roster.knows_name(match.group()):
            yield Hit(match.start(), match.end(), "names", LIKELY, True)


def _glued(last: str) -> bool:
    return as_surname(last) >= STRANGE and fold(last) not in ORDINARY


def _in_small_letters(text: str, roster: Roster) -> Iterator[Hit]:
    for match in SMALL_PAIR.finditer(text):
        cued = bool(match["label"]) or bool(OF_WHOM.search(text[max(0, match.start() - 40) : match.start()]))
        known = _known_pair(match["first"], match["last"], labelled=cued) or (
            bool(match["label"]) and _known_pair(match["last"], match["first"], labelled=True)
        )
        if known and not roster.knows_name(f"{match['first']} {match['last']}"):
            yield Hit(match.start("first"), match.end("last"), "names", LIKELY, True)


def _known_pair(first: str, last: str, *, labelled: bool) -> bool:
    """Small letters: both in the lists of names, and neither a word; less is asked for where a number follows."""
    if not (first.islower() and last.islower()):
        return False
    if is_word(fold(first)) or is_word(fold(last)) or is_nobody(fold(first)) or is_nobody(fold(last)):
        return labelled and as_given(first) >= 0.7 and as_surname(last) >= 0.6
    least = STRANGE if labelled else 0.9
    return as_given(first) >= least and as_surname(last) >= least


def _comma_name(match: re.Match[str], text: str) -> bool:
    last, first = match["last"], match["first"]
    surname = max(as_surname(w) for w in re.split(r"[ \t]", last))
    if re.fullmatch(r"[^\W\d_]\.", first):
        return surname >= STRANGE and not any(is_word(fold(w)) or is_nobody(fold(w)) for w in last.split())
    if first.isupper() and not last.isupper():  # "Roe, BI-RADS 2"
        return False
    given = as_given(first)
    listed = re.match(
        rf",[ \t]?(?:and[ ])?{WORD}|[ \t]and[ ]{WORD}", text[match.end() : match.end() + 40]
    ) or re.search(rf"{WORD},[ ]?\Z", text[max(0, match.start() - 40) : match.start()])
    if CLOSING.fullmatch(match.group()):
        return False
    if _ends_sentence(last, first) or _second_of_a_list(match, text):
        return False
    alone = not re.search(
        r"[^\s|*•-]",
        text[max(0, text.rfind("\n", 0, match.start()) + 1, text.rfind("\t", 0, match.start()) + 1) : match.start()],
    )
    if _inner_capital(last) or _inner_capital(first):
        return False
    return surname + given >= (1.6 if listed else 1.1 if alone else 1.2)


def _inner_capital(word: str) -> bool:
    """ "UltraTag" is a product."""
    return bool(re.search(r"[a-z][A-Z]", word)) and not re.match(r"(?:Mc|Mac|D[aei]|L[ae]|Van|Fitz|O)[A-Z]", word)


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
        or (is_nobody(fold(last)) and not (also_a_surname(last) and as_given(first) >= 0.9))
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
        if re.fullmatch(DEGREES, chosen[-1][2]) and not match.group().isupper():
            continue
        if is_person([w[2] for w in chosen]):
            start, stop = chosen[0][0], chosen[-1][1]
            return Candidate(start, stop, text[start:stop])
    return None


NO_ONE = re.compile(
    r"(?i)(?:\A|\^)(?:phantom|acr|test|qc|qa|qaqc|patient|service|dummy|calibration|daily|anon\w*)(?:\^|\Z)"
)
AGREED = re.compile(r"\b(?:consent|authori[sz]ation|waiver|release)\b[^\n]{0,25}signed(?: by)?[ ]?\Z", re.I)
OF_WHOM = re.compile(r"\b(?:lady|woman|gentleman|guy|girl|boy|kid|pt|mrs?|ms|miss)\b[^.;\n]{0,20}[, :-]\Z", re.I)
# Of a mail, of a contract, of a committee; a physician in training.
AMBIGUOUS = re.compile(r"(?:subject|client|member|resident|partner|subscriber|emergency[ ]contact)[ ]?:", re.I)
HOUSE_NUMBER = re.compile(r"[ \t]*\n[ \t]*\d{1,5}[ ]")  # "Dr" behind it is a street's
# "Best, Ann" ends a mail, "Hi, Ann" begins one.
CLOSING = re.compile(
    r"(?i:best|cheers|regards|thanks|thx|sincerely|cordially|respectfully|hi|hello|dear|gracias|saludos|atentamente|merci|danke|gru[sß]{1,2}e?|cordialement|hallo|thank[ ]you|yours|bye|ty|br|rgds),[ \t]*[^\W\d_]+\.?"
)
LETTERED = re.compile(
    r"\b(?:room|building|bldg|unit|suite|appendix|figure|fig|table|section|part|option|group|phase|type|grade|hepatitis|vitamin|exhibit|attachment|annex|wing|line|phantom)[ \t]\Z",
    re.I,
)


def _stranger(found: Candidate, text: str, roster: Roster) -> Iterator[Hit]:
    if roster.knows_name(found.text) or institution(found, text):
        return
    first, _, rest = found.text.partition(" ")
    if " " in rest and roster.knows_name(rest):  # a word of the form before a member of staff
        return
    if len(first.strip(".")) == 1 and LETTERED.search(text[max(0, found.start - 20) : found.start]):
        return
    if cited(text, found.start, found.end):
        return
    if professional(found, text) or (not roster.names and SIGNED.search(text[max(0, found.start - 40) : found.start])):
        return
    yield Hit(found.start, found.end, "names", LIKELY, True)


def at_work(text: str) -> Iterator[tuple[int, int]]:
    """Names of two words or more that the text gives with an office, a degree or a house."""
    for match in PLAIN.finditer(text):
        found = _best(match, text)
        if found and professional(found, text) and not PERSON_AFTER.search(text[found.end : found.end + 80]):
            yield found.start, found.end
