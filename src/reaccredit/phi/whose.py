"""Is an unlabelled name a patient's? Papers of a facility are full of names, and most of them are at work there: a name that
no label, title or list tells apart is told only where the words around it speak of somebody who is examined or treated.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from reaccredit.phi import context
from reaccredit.phi.dates import DATE
from reaccredit.phi.lexicon import OFTEN_BUT_A_WORD, as_given, fold, is_nobody, is_word
from reaccredit.phi.name_patterns import CAPITAL, WORD
from reaccredit.phi.names import Candidate, institution, professional
from reaccredit.phi.roster import FREE_MAIL, Roster, name_words
from reaccredit.phi.words import LIKELY, SURE, TOLD, WEAK, Hit

BRIEF = 120  # letters of a text that is a label, a caption or a line by itself: nothing else tells whose it is
NEAR = 60  # letters between a name and the telephone of the same person
LETTER = 12  # lines of a letter in which somebody speaks of an examination of their own
# Who is meant: one who is examined, or somebody's relative.
SOMEBODY = (
    r"patient(?!s\b)(?!['’]?s?[ ](?:care|safety|services|relations|access|advocate|coordinator))|pts?|client|claimant|volunteer(?![ ]phantom)|subject(?![ ]?:)|inpatient|outpatient|"
    r"lady|gentleman|guy|woman|man|girl|boy|baby|infant|newborn|toddler|child|kid|teenager|fetus|veteran|retiree|widow(?:er)?|pensioner|"
    r"(?-i:son|daughter|wife|husband|mother|father|mom|mum|dad|sister|brother|spouse|parents?|guardian|grand(?:mother|father|son|daughter)|niece|nephew|aunt|uncle|caregiver|next[ ]of[ ]kin)|"
    r"(?:he|she)[ ](?:was|had|is|has|came|moved|could|did|said|asked|wants|lives|felt|fell|complained|refused|cannot|can['’]t|wants|needs|weighs|drives|drove|fainted|arrived)|(?:he|she)['’](?:ll|d)[ ](?:come|be[ ](?:back|in|here)|like)|wants[ ](?:her|his|copies|results|the[ ]cd)|(?:her|his)[ ](?:report|images|scan|results?|exam|appointment|appt|knee|breast|insurance|doctor|surgeon|id|dob|chart|card|number|biopsy)|nac(?:ió|id[oa])|paciente|hij[oa]|madre|espos[oa]|wohnt|geboren"
)
# What happens to one.
SUFFERED = (
    r"(?:re-?)?scanned|imaged|admitted|discharged|recalled|re-?injected|injected|sedat\w+|claustro\w*|anxi\w+|vomit\w*|hives|allerg\w+|consent(?:ed)?|refused|tolerated|complain(?:ed|s|ing|ts?[ ](?:of|by))|"
    r"could[ ]not|couldn['’]t|held?[ ]still|hold[ ]still|breath[- ]?hold\w*|moved|moving|motion(?![ ](?:to|by|carried|passed|second|(?-i:[A-Z])))|pain|biops\w+|lumpectomy|mastectomy|surgery|lesions?|tumou?rs?|cancers?|metasta\w+|carcinoma|"
    r"infect(?:ed|ious|ion(?![ ](?:prev|contr)))|loosening|osteo\w+|arthr\w+|sarcoid\w*|adeno\w*|lymphoma|sepsis|o?edema|abscess|ha?emorrhage|embol\w+|dementia|diabet\w+|asthma|deaf|port-?a-?cath|catheter|same[ ]name|namesakes?|glucose|nodules?|stones|gallstones|cyst|fractures?|stroke|implants?|pacemaker|pacer|stent|pregnan\w+|bariatric|wheelchair|hospice|deceased|died|passed[ ]away|"
    r"bi-?rads|ti-?rads|diagnos(?:is|ed)|symptoms?|came[ ]in|came[ ]back|come[ ]back|was[ ]seen|seen[ ](?:on|at|in|by|again|\d{1,2})|was[ ]positioned|repositioned|was[ ]upset|"
    r"slot[ ]\d{1,2}|called[ ](?:about|twice|again|to|back)|callback|was[ ](?:placed|put|lying|brought|taken|wheeled|escorted|transferred|sent|told|given|scheduled|booked|recalled|unable|afraid)|arrived[ ]from|agreed[ ]to[ ]a[ ]repeat|condition[ ]of|facebook|instagram|yelp|posted|device[ ]card|stimulator|hearing[ ]aid|insulin|valium|oxygen|interpreter|no[- ]?show|appointment|rebook\w*|resched\w*|chart|allergic|extravasat\w*|reacted|fasting|glucose|creat(?:inine)?|egfr|"
    r"age[ds]?[ ]\d{1,3}|(?:in|to)[ ](?:the[ ])?(?:er|ed|icu|ward|holding)|room[ ]\d{2,4}|bay[ ]\d{1,3}|prior[ ]scan|(?-i:bill)|lives|"
    r"mri?[ ]of|scan[ ]of|(?:images?|films?|exams?|examination|study|studies|case|mammograms?|reports?|results?|records?|history)[ ](?:of|for|on|from)|with[ ]contrast|w/o|wo[ ]contrast"
)
PARTS = (
    r"heads?|brain|neck|c-?spine|l-?spine|t-?spine|spine|lumbar|cervical|thoracic|chest|thorax|abd(?:omen|/pelv?\w*)?|abdomen|pelvis|knees?|shoulders?|hips?|wrists?|ankles?|"
    r"elbows?|foot|feet|breasts?|thyroid|thyr|liver|kidneys?|renal|carotids?|cardiac|sinus(?:es)?|orbits?|prostate|ruq|ob[ ]\d+wk|bone[ ]scan|hida|muga|mammo\w*|pet(?:/ct)?|"
    r"hrct|cta|mra|mrcp|c/a/p|a/p|sestamibi|mdp|fdg|screening|diag|us[ ]\w+|scan|exam"
)
SOMEBODYS = re.compile(rf"\b(?:{SOMEBODY}|{SUFFERED})\b", re.I)
PART = re.compile(rf"\b(?:{PARTS})\b", re.I)
TABLE = re.compile(r"\t|[|]|[ ]{2,}|;|,\S|[ ]-[ ]|^[ \t]*(?:\d{1,2}[.):]|[*•-]|\d{4}[ ]|\d{1,2}:\d\d)")
AGED = re.compile(
    r"[ ,(;|/\t-]{1,14}(?:(?:[mf]|male|female)[ ,/]{0,3}\d{1,3}\b|\d{1,3}[ ]?(?:y/?o?\b|yrs?\b|years?\b|[mf]\b)|(?:dob|born|mrn|age)\b|\d{1,2}[/. -](?:\d{1,2}|[a-z]{3,9})[/. -]19\d\d\b|19\d\d-\d\d-\d\d\b)|,[ ](?:\d{2}|1[01]\d)(?=[,.;)\n])",
    re.I,
)
BORN = re.compile(rf"[ ,(;|/\t-]{{1,14}}{DATE}[ ,;|/\t]{{1,14}}(?:[mf]|male|female)\b", re.I)
NUMBERED = re.compile(
    r"(?!-)[ \t,;(#|/:-]{1,4}(?:\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}[ ,;|/]{1,4})?(?:id|mrn|no\.?|acc\.?|#)?[ #:]{0,2}(?-i:[A-Z]{0,4})[- ]?(?:\d{5,10}|\d{3,5}-\d{3,5})(?![\w-]|[.,]\d)",
    re.I,
)
HOME = re.compile(r"[ \t,]*\n[ \t>]*(?:\d{1,6}[A-Z]?[ ][A-Z\d][\w.'-]*[ ]|P\.?O\.?[ ]?Box|RR[ ]\d)")
# "I had my MRI on Monday": a patient writes or is quoted.
FIRST_PERSON = re.compile(
    r"\b(?:I|i)(?:['’]m|[ ](?:had|have|was|am|came|went|got|attended))\b[^.\n]{0,40}?\b(?:(?:my|an?|the)[ ](?:mri|ct|scan|x-?ray|exam|mammogram|ultrasound|biopsy|appointment)|in[ ]for|a[ ]patient|bruise|\d{2}[ -]years?[ -](?:old|young))\b"
    r"|\bmy[ ](?:mri|scan|ct|mammogram|appointment|appt|insurance|date[ ]of[ ]birth|dob|biopsy|injection|medical[ ]card)\b"
)
PERSON = re.compile(rf"\b(?:{SOMEBODY})\b", re.I)
PHANTOM = re.compile(r"\bphantoms?\b", re.I)
STAFF_COLUMN = re.compile(
    r"\b(?:tech(?:nologist)?s?|sonographers?|radiographers?|readers?|radiologists?|operators?|performed by|reviewers?|employees?|staff|initials?|init|by|owner|badge|participant|auditors?|auditees?|preceptors?|trainees?|employee|wearer|responsible|who)\b",
    re.I,
)
LIST_OF_PATIENTS = re.compile(
    r"\b(?:patients|pts|callbacks?|call[ -]?backs|recalls?|bookings?|worklist|glucose|no[ -]?shows|add[ -]?ons|appointments|injections|biopsies|mdt[ ]list|repeated[ ]exams)\b",
    re.I,
)
NAME_COLUMN = re.compile(r"\b(?:names?|mrn|dob|age|birth)\b", re.I)
# What one does at work, not on the table.
WORKS = re.compile(
    r"(?:['’]s)?,?[ ]{1,2}(?:who[ ])?(?:(?:also|then|has|have|had|will|since|both|kindly|has[ ]since)[ ]){0,2}(?:noted|verif\w+|review\w*|perform\w*|check\w*|repeat\w*[ ](?:the|it|them)|approv\w+|present(?:ed|s)|report(?:ed|s)[ ](?:that|the|it|this)|"
    r"explain\w*|confirm\w*|counsel\w*|trained|train|teach\w*|taught|install\w*|replac\w*|calibrat\w*|measur\w*|analy[sz]\w+|audit\w*|inspect\w*|supervis\w*|cover(?:s|ed|ing)?|sign(?:s|ed)[ ](?:off|the)|pull(?:s|ed)?|"
    r"(?:scan|imag|position|inject|inform|call|assist|help|tell|told|greet|escort|prepar|interview|screen)\w{0,4}[ ](?:the|a|an|all|each|both|every|patients?|phantom)|read(?:s)?[ ](?:the|it)|looked|added|updat\w+|draft\w*|submit\w*|chair\w*|agreed|thinks|reckons|thought|promised|asked[ ](?:for|whether|that|if)|remind\w*|suggest\w*|recommend\w*|record\w*|enter(?:ed|s)[ ])\b",
    re.I,
)
BEFORE_A_NAME = re.compile(r"\b(?:M(?:rs?|s)|MR|MRS|MS|Miss)\b\.?[ ]{1,3}(?=[A-Z])")
TITLE = re.compile(r"M[rs](?!s)", re.I)  # is given to colleagues and to patients
PLACE_OF = re.compile(r"\b(?:at|near|behind|opposite)[ ](?:the[ ])?\Z")


def patients(text: str, hits: Sequence[Hit], roster: Roster) -> list[Hit]:
    """Names that the words around them, or what is written beside them, give to a patient stay told; others are questions."""
    if len(text.strip()) <= BRIEF:
        return [*hits, *_again(text, roster, hits)]
    lines = _line_starts(text)
    signs = sorted({bisect_left(lines, h.start + 1) for h in hits if _sign(h, text)})
    letters = [bisect_left(lines, m.start() + 1) for m in FIRST_PERSON.finditer(text)]
    weighed = [
        replace(hit, certainty=WEAK, person=False)
        if hit.kind == "names"
        and TOLD <= hit.certainty < SURE
        and not _patients(text, hit, bisect_left(lines, hit.start + 1), signs, letters)
        else hit
        for hit in hits
    ]
    weighed = list(_reached(text, weighed))
    weighed = list(_listed(text, lines, list(_in_part(weighed, text))))
    return [*weighed, *_again(text, roster, weighed)]


def untitled(text: str, told: Sequence[Hit]) -> str:
    """The same letters with blanks for "Mr." and "Ms." of those who are not told: colleagues bear them too."""
    spans = sorted((hit.start, hit.end) for hit in told)
    ends = list(accumulate((end for _, end in spans), max))

    def blank(match: re.Match[str]) -> str:
        at = bisect_left(spans, (match.end() + 1, 0))
        return match.group() if at and ends[at - 1] > match.end() else " " * len(match.group())

    return BEFORE_A_NAME.sub(blank, text)


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _sign(hit: Hit, text: str) -> bool:
    """What only one person has: it tells of whom its line speaks."""
    if hit.kind in {"names", "phone", "fax", "url", "geographic"}:
        return hit.kind == "geographic" and hit.certainty >= TOLD
    return (
        hit.certainty >= SURE
        and not (hit.kind == "dates" and not hit.person)
        and (hit.person or hit.kind in {"mrn", "ssn", "health-plan", "device"})
    ) or (hit.kind == "email" and text[hit.start : hit.end].rpartition("@")[2].casefold() in FREE_MAIL)


def _patients(text: str, hit: Hit, line: int, signs: Sequence[int], letters: Sequence[int]) -> bool:
    if PLACE_OF.search(text[max(0, hit.start - 16) : hit.start]):
        return False
    behind = text[hit.end : hit.end + 40]
    if AGED.match(behind) or BORN.match(text, hit.end) or NUMBERED.match(behind) or HOME.match(behind):
        return True
    if any(abs(line - other) <= LETTER for other in letters):
        return True
    at = bisect_left(signs, line - 1)
    if at < len(signs) and signs[at] <= line + 1:
        return True
    first, last = _around(text, hit)
    if WORKS.match(text, hit.end) or (PHANTOM.search(text, first, last) and not PERSON.search(text, first, last)):
        return False
    return _speaks_of_one(text, hit, first, last) or _in_list(text, hit, first, last)


def _speaks_of_one(text: str, hit: Hit, first: int, last: int) -> bool:
    if SOMEBODYS.search(text, first, hit.start) or SOMEBODYS.search(text, hit.end, last):
        return True
    return any(not TITLE.match(match.group()) for match in context.IDENTITY.finditer(text, first, last))


def _in_list(text: str, hit: Hit, first: int, last: int) -> bool:
    """In a row with a part of the body, or under a heading that speaks of patients."""
    line, _ = context.line(text, hit.start, hit.end)
    heading = _heading(text, line)
    if LIST_OF_PATIENTS.search(heading) and _place(text, [line], hit)[1] is not None:
        return True
    return bool(PART.search(text, first, last) and TABLE.search(text[first:last])) and not _of_staff(heading)


def _heading(text: str, line: int) -> str:
    """The first three lines of the block above this line."""
    top = text.rfind("\n\n", max(0, line - 2000), line)
    start = top + 2 if top >= 0 else max(0, line - 2000)
    return "\n".join(text[start:line].split("\n")[:3])[:400]


def _of_staff(heading: str) -> bool:
    """Does the heading of this table name a column for staff, and none for patients?"""
    return bool(STAFF_COLUMN.search(heading)) and not PERSON.search(heading) and not NAME_COLUMN.search(heading)


def _around(text: str, hit: Hit) -> tuple[int, int]:
    """The line, as far as it is the same sentence."""
    left, right = context.line(text, hit.start, hit.end)
    first, last = context.sentence(text, hit.start, hit.end)
    return max(left, first), min(right, last)


def _reached(text: str, hits: Sequence[Hit]) -> Iterator[Hit]:
    """A telephone or address right behind a name that is no patient's is that person's."""
    ends = sorted((h.end, h.certainty) for h in hits if h.kind == "names" and h.certainty >= WEAK)
    for hit in hits:
        at = bisect_left(ends, (hit.start + 1, 0.0))
        if hit.kind in {"phone", "fax", "email"} and TOLD <= hit.certainty < SURE and at:
            end, certainty = ends[at - 1]
            if certainty < TOLD and hit.start - end < NEAR and not PERSON.search(text, end, hit.start):
                hit = replace(hit, certainty=WEAK)
        yield hit


def _in_part(hits: Sequence[Hit], text: str) -> Iterator[Hit]:
    """ "Ms. Moss", who has been told as Destiny Moss."""
    told = {
        word
        for hit in hits
        if hit.kind == "names" and hit.certainty >= TOLD and hit.person
        for word in name_words(text[hit.start : hit.end])
    }
    for hit in hits:
        words = name_words(text[hit.start : hit.end]) if hit.kind == "names" and hit.certainty == WEAK else frozenset()
        yield replace(hit, certainty=LIKELY, person=True) if words and words <= told else hit


def _listed(text: str, lines: Sequence[int], hits: Sequence[Hit]) -> Iterator[Hit]:
    """In a list where one line is a patient's, so are the others that are written alike."""
    told = {_place(text, lines, hit) for hit in hits if hit.kind == "names" and hit.certainty >= TOLD}
    for hit in hits:
        weak = hit.kind == "names" and hit.certainty == WEAK
        if weak and any((block, lead) in told for block, lead in [_place(text, lines, hit)] if lead is not None):
            hit = replace(hit, certainty=LIKELY, person=True)
        yield hit


def _place(text: str, lines: Sequence[int], hit: Hit) -> tuple[int, str | None]:
    """In which block of lines, behind what shape of letters. A name in the middle of prose has no place."""
    line = lines[bisect_left(lines, hit.start + 1) - 1]
    lead = text[line : hit.start]
    if len(lead) > 24 or re.search(r"[a-z]{2,}[ ][a-z]{2,}", lead):
        return -1, None
    block = text.rfind("\n\n", max(0, line - 2000), line)
    return block, re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", lead)).strip()


def _again(text: str, roster: Roster, found: Sequence[Hit]) -> Iterator[Hit]:
    """A name that was told in full is later told in part: "Shanelle was upset"."""
    told = {
        word
        for hit in found
        if hit.kind == "names" and hit.certainty >= TOLD
        for word in re.findall(rf"{WORD}", text[hit.start : hit.end])
    }
    known = {word for word in told if _tells(word, roster)}
    for match in NAME_WORD.finditer(text):
        word = match.group() if match.group() in known else match.group().partition("'")[0]
        one = Candidate(match.start(), match.start() + len(word), word)
        if word in known and not institution(one, text) and not professional(one, text):
            yield Hit(one.start, one.end, "names", LIKELY, True)


def _tells(word: str, roster: Roster) -> bool:
    """A word that is nobody else's and nothing else."""
    ordinary = is_word(fold(word)) and as_given(word) < OFTEN_BUT_A_WORD
    return len(word) > 2 and not (ordinary or roster.knows_name(word) or is_nobody(fold(word)))


NAME_WORD = re.compile(
    rf"(?<![\w'’-]){CAPITAL}[\w'’-]{{0,80}}|(?<![\w'’-])(?:[ae]l|bin|ben|ibn|abu|d|l)[-'’]{CAPITAL}[\w'’-]{{0,80}}"
)
