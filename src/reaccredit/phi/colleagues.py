"""Who is at work in this paper though no roster names them: a name that is once given with an office, a degree or as
the sender of a mail is that colleague wherever it stands again.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from reaccredit.phi.lexicon import fold
from reaccredit.phi.name_patterns import CAPITAL, WORD
from reaccredit.phi.roster import FREE_MAIL, name_words
from reaccredit.phi.words import SURE, TOLD, WEAK, Hit

# The head of a mail, also of one that is quoted. Whoever writes from an address of an institution is at work.
HEADER = re.compile(r"(?mi)^[> \t]{0,12}(?:from|to|cc|bcc|reply-to|sender)[ \t]*:[^\n]{1,600}")
QUOTED = re.compile(r"(?mi)^[> \t]{0,12}on\b[^\n]{5,160}?\bwrote:")
WRITER = re.compile(
    rf"(?P<name>{WORD}(?:,?[ ]{{1,2}}(?:{CAPITAL}\.|{WORD})){{1,3}})[ \t]{{0,3}}[<(\[]?[ ]?[\w.+'-]{{1,64}}@(?P<host>[\w.-]{{3,120}})"
)
# The date on which a mail was written or sent is nobody's.
SENT = re.compile(r"(?mi)^[> \t]{0,12}(?:(?:date|sent)[ \t]*:[^\n]{0,80}|on\b[^\n]{5,160}?\bwrote:)")
# Lists of people who met, visited or signed: each of them is at work.
LIST = re.compile(
    r"(?mi)(?:^[ \t*•-]{0,4}(?:members[ ]present|present|in[ ]attendance|attending|attendees?|absent|excused|participants|request[eo]r|requested[ ]by|"
    r"approver|approved|evaluator|observer|preceptor|assessor|by|faculty|signed[ ]off[ ]by)[ \t]*:|\b(?:approver|requester|requestor|evaluator|observer|"
    r"preceptor|assessor|witness|reporter|questions|account[ ]manager)[ \t]*:|\b(?:surveyors|inspectors|reviewers|engineers|physicists|technologists|techs|speakers|instructors|"
    r"trainers|trainees|radiologists|physicians|auditors|vendors|members)\b(?:[ ](?:are|were)|:)?)(?=[ \t])"
)
# What ends such a list: a line, or a sentence (the dot of a title or an initial ends none).
ENDS = re.compile(r"\n|(?<!\b[A-Z])(?<!\bDr)(?<!\bM[rs])(?<!\bMrs)(?<!\bRev)\.")
OFFICE = re.compile(r"\b(?i:my[ ](?:colleague|boss|manager|assistant)|our[ ]own|office[ ]of)[ ,]{1,2}\Z")
# "of Siemens", "at GE": whoever belongs to a house and not to a home.
OF_HOUSE = re.compile(r"^,?[ ](?:of|from|at|with)[ ](?P<house>[A-Z][\w&.-]{1,30})")
CITED = re.compile(
    r"\b(?i:et al\b|doi\b|isbn\b|(?-i:J[ ](?:Magn|Nucl|Am|Appl|Radiol|Comput|Digit)\w*|Med[ ]Phys|Phys[ ]Med|Radiology|JMRI|AJR|JACR|Eur[ ]Radiol)\b\.?[ ][^\n]{0,60}(?:19|20)\d\d|\d(?:st|nd|rd|th)[ ]ed(?:\.|ition)?\b)|\b(?:19|20)\d\d;[ ]?\d{1,4}(?:\(\d{1,3}\))?:\d"
)
NAME_WORD = re.compile(rf"(?<![\w'’-]){WORD}")
CITATION = 260
NEAR = 110


def writers(text: str) -> Iterator[tuple[int, int, str]]:
    """Names in the heads of mails, each with an address that is not a private one."""
    for pattern in (HEADER, QUOTED):
        for line in pattern.finditer(text):
            for match in WRITER.finditer(line.group()):
                if match["host"].casefold().rstrip(".") not in FREE_MAIL:
                    yield line.start() + match.start(), line.start() + match.end(), match["name"]


LIST_REACH = 260


@lru_cache(maxsize=1)
def _lists(text: str) -> tuple[int, ...]:
    return tuple(match.end() for match in LIST.finditer(text))


def in_list(text: str, start: int) -> bool:
    lists = _lists(text)
    place = bisect_right(lists, start)
    if place and start - lists[place - 1] < LIST_REACH and not ENDS.search(text, lists[place - 1], start):
        return True
    return bool(OFFICE.search(text[max(0, start - 30) : start]))


def cited(text: str, start: int, end: int) -> bool:
    """An author in a list of references."""
    return bool(
        CITED.search(text, max(text.rfind("\n", max(0, start - CITATION), start), start - CITATION, 0), end + CITATION)
    )


def without_colleagues(text: str, hits: Sequence[Hit], working: Sequence[tuple[int, int]]) -> list[Hit]:
    """What was taken for a patient's name though the same paper says that this person is at work."""
    mails = sorted(writers(text))
    spans = [(start, end) for start, end, _ in mails] + list(working)
    labelled = {_words(text[h.start : h.end]) for h in hits if h.kind == "names" and h.certainty >= SURE}
    known = {_words(name) for _, _, name in mails} | {_words(text[a:b]) for a, b in working}
    known = {words for words in known if len(words) > 1 and words not in labelled}
    by_word: dict[str, list[frozenset[str]]] = {}
    for words in known:
        for word in words:
            by_word.setdefault(word, []).append(words)
    kept = []
    for hit in hits:
        if hit.kind == "names" and _within(hit.start, mails):
            continue
        words = _words(text[hit.start : hit.end]) if hit.kind == "names" else frozenset()
        if words and hit.certainty < SURE and any(words <= one for one in by_word.get(next(iter(words)), ())):
            continue
        kept.append(hit)
    spans += [(m.start(), m.end()) for m in NAME_WORD.finditer(text) if fold(m.group()) in by_word]
    spans = sorted(spans, key=lambda span: span[1])
    people = sorted(h.start for h in kept if h.kind == "names" and h.certainty >= TOLD)
    return [_of_work(hit, text, spans, people, mails) for hit in kept if not _sent(hit, text)]


def _within(at: int, mails: Sequence[tuple[int, int, str]]) -> bool:
    place = bisect_right(mails, at, key=lambda mail: mail[0])
    return place > 0 and at < mails[place - 1][1]


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in name_words(text) if len(word) > 1)


def _sent(hit: Hit, text: str) -> bool:
    if hit.kind != "dates" or hit.certainty >= SURE:
        return False
    line = text.rfind("\n", max(0, hit.start - 200), hit.start) + 1
    match = SENT.match(text, line)
    return match is not None and hit.start < match.end()


def _in_head(hit: Hit, text: str) -> bool:
    """An address of an institution in the head of a mail."""
    if text[hit.start : hit.end].rpartition("@")[2].casefold().strip(". ") in FREE_MAIL:
        return False
    line = text.rfind("\n", max(0, hit.start - 600), hit.start) + 1
    match = HEADER.match(text, line)
    return match is not None and hit.start < match.end()


# Whose telephone it is though a colleague's name stands before it.
SOMEBODYS = re.compile(
    r"\b(?:daughter|son|wife|husband|mother|father|spouse|sister|brother|family|patient|pt|client|next[ ]of[ ]kin)\b",
    re.I,
)
DOCTOR = re.compile(
    rf"\bDr\.?[ ]{{1,2}}(?:{CAPITAL}\.[ ])?{WORD}[ ,:;(–-]{{0,4}}(?:(?:tel|phone|cell|ph)\.?[ :]{{0,2}})?\Z"
)


def _of_work(
    hit: Hit,
    text: str,
    spans: Sequence[tuple[int, int]],
    people: Sequence[int],
    mails: Sequence[tuple[int, int, str]],
) -> Hit:
    """A colleague's own telephone or address: behind the name, and no patient's name between."""
    if hit.kind == "email" and (_within(hit.start, mails) or _in_head(hit, text)):
        return replace(hit, certainty=0.0)
    if hit.kind not in {"phone", "fax", "email"} or hit.certainty >= SURE:
        return hit
    if hit.kind != "email" and DOCTOR.search(text[max(0, hit.start - 40) : hit.start]):
        return replace(hit, certainty=min(hit.certainty, WEAK))
    place = bisect_right(spans, hit.start, key=lambda span: span[1])
    behind = spans[place - 1][1] if place else -NEAR
    if hit.start - behind >= NEAR or SOMEBODYS.search(text, behind, hit.start):
        return hit
    if bisect_left(people, behind) == bisect_left(people, hit.start):
        return replace(hit, certainty=min(hit.certainty, WEAK))
    return hit
