"""Names of people. A label ("Patient:", "Mrs.") makes a name certain; without one the lists of names must know it, and
the people of the case, whoever acts for an institution, makers, places and the words of the trade must not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reaccredit.phi.colleagues import OF_HOUSE, cited, in_list
from reaccredit.phi.context import IDENTITY
from reaccredit.phi.lexicon import (
    ALWAYS_GIVEN,
    OFTEN_BUT_A_WORD,
    STRANGE,
    as_given,
    as_surname,
    fold,
    is_nobody,
    is_word,
)
from reaccredit.phi.lexicon import words as words_of
from reaccredit.phi.name_patterns import (
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
    INITIAL,
    KIN,
    KIN_ALONE,
    LOOSE,
    LOOSE_LOWER,
    NAMED,
    PATIENT_BEFORE,
    PERSON_AFTER,
    PLAIN,
    PROFESSIONAL_AFTER,
    PROFESSIONAL_BEFORE,
    REGARDING,
    SIGNED,
    SMALL,
    SMALL_PAIR,
    TITLED,
    WORD,
)
from reaccredit.phi.roster import Roster
from reaccredit.phi.terms import DEGREES, INSTITUTIONS, MAKERS, NOT_NAMES, ORDINARY, PARTICLES, ROLES
from reaccredit.phi.words import CERTAIN, LIKELY, TOLD, WEAK, Hit


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
    yield from _again(text, roster, found)


def _again(text: str, roster: Roster, found: Sequence[Hit]) -> Iterator[Hit]:
    """A name that was told in full is later told in part: "Shanelle was upset"."""
    told = {
        word for hit in found if hit.certainty >= TOLD for word in re.findall(rf"{WORD}", text[hit.start : hit.end])
    }
    for word in told:
        if (
            len(word) < 3
            or (is_word(fold(word)) and as_given(word) < OFTEN_BUT_A_WORD)
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
        (BORN_ALONE, LIKELY, True), (KIN_ALONE, LIKELY, True), (CUED_LOWER, LIKELY, True), (LOOSE_LOWER, LIKELY, True), (KIN, LIKELY, True), (REGARDING, LIKELY, True), (FIELD, LIKELY, False),
    ):  # fmt: skip
        for match in pattern.finditer(text):
            found = _trimmed(match, text)
            if pattern in (LOOSE_LOWER, CUED_LOWER) and found and not _small_name(found.text):
                continue
            if pattern in (BORN_ALONE, KIN_ALONE) and found and not _given_alone(found.text):
                continue
            if found and _may_be(found, lists_needed) and not _excused(found, text, roster, pattern):
                sure = pattern is FIELD and IDENTITY.search(text, found.end, found.end + 120)
                yield Hit(found.start, found.end, "names", CERTAIN if sure else certainty, True)
    yield from _titled(text, roster)


def _given_alone(text: str) -> bool:
    """One word by itself is a name only where the lists know it as one and as nothing else."""
    return as_given(text) >= 0.9 and not is_word(fold(text))


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


def _institution(found: Candidate, text: str) -> bool:
    last = fold(re.split(r"[ \t,]+", found.text.strip())[-1].strip("."))
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
        known = _known_pair(match["first"], match["last"], labelled=bool(match["label"]))
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
    given = as_given(first)
    shouted = last.isupper() and first.isupper()
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
        if re.fullmatch(DEGREES, chosen[-1][2]) and not match.group().isupper():
            continue
        if _person([w[2] for w in chosen]):
            start, stop = chosen[0][0], chosen[-1][1]
            return Candidate(start, stop, text[start:stop])
    return None


def _person(words: list[str]) -> bool:
    first, last, middle = words[0], words[-1], words[1:-1]
    if any(is_nobody(fold(w.strip("."))) for w in words[:-1]) or (is_nobody(fold(last)) and not _also_a_surname(last)):
        return False
    if fold(last) in INSTITUTIONS or len(last.strip(".")) < 2 or first == "St.":
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


NO_ONE = re.compile(
    r"(?i)(?:\A|\^)(?:phantom|acr|test|qc|qa|qaqc|patient|service|dummy|calibration|daily|anon\w*)(?:\^|\Z)"
)
HOUSE_NUMBER = re.compile(r"[ \t]*\n[ \t]*\d{1,5}[ ]")  # "Dr" behind it is a street's
# "Best, Ann" ends a mail, "Hi, Ann" begins one.
CLOSING = re.compile(
    r"(?i:best|cheers|regards|thanks|thx|sincerely|cordially|respectfully|hi|hello|dear),[ \t]*[^\W\d_]+\.?"
)
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
