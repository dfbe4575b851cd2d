"""Does a text hold protected health information? 45 CFR 164.514(b)(2) lists eighteen kinds.

Pure: passages in, findings out. A finding says what kind of identifier stands where and how sure the rule is; it never
repeats the text. Serial numbers of scanners, dates of service, names, telephones and addresses of the facility's own
people are legitimate: the caller passes the latter as a `Roster`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reaccredit.phi import contact, context, dates, likeness, names, numbers, tables
from reaccredit.phi.colleagues import without_colleagues
from reaccredit.phi.passage import Clean, Passage, clean, rows, unwrapped
from reaccredit.phi.roster import Roster
from reaccredit.phi.whose import patients, untitled
from reaccredit.phi.words import CERTAIN, LABELLED, LIKELY, SURE, TOLD, WEAK, Box, Finding, Hit

ON_THEIR_OWN = (names.names, likeness.biometric, likeness.photos, *numbers.RULES)
# What these find beside "Mr. Roe" depends on who that is.
OF_WHOM = (
    dates.dates, contact.phones, contact.runs, contact.emails, contact.addresses, contact.urls, contact.addresses_of_machines,
)  # fmt: skip
MANY = 300  # findings of a kind in one place: nobody reads more
PAPER = 15  # and as far is the day of an examination or event hers, where a label says that it is one
BLOCK = 3  # lines above and below a person's own identifiers that are probably hers too


def screen(passages: Iterable[Passage], *, roster: Roster) -> list[Finding]:
    """All findings, told ones and questions, in reading order of each place."""
    found: list[Finding] = []
    for passage in passages:
        found += _screen_one(passage, roster)
    return sorted(_once(found), key=reading_order)


def screen_spans(passage: Passage, *, roster: Roster) -> list[tuple[int, int, str, float]]:
    """For measuring: (start, end, kind, certainty) in the letters of the passage."""
    seen = clean(passage.text)
    return [(*seen.back(hit.start, hit.end), hit.kind, hit.certainty) for hit in _hits(passage, seen, roster)]


def screen_shapes(passage: Passage, *, roster: Roster) -> list[tuple[int, int, str, str]]:
    """(line, column, kind, shape): capitals are A, small letters a, digits 9. Enough to see what it is, not whose."""
    seen = clean(passage.text)
    return [
        (seen.line(hit.start), seen.column(hit.start), hit.kind, masked(seen.text[hit.start : hit.end]))
        for hit in _hits(passage, seen, roster)
    ]


def masked(text: str) -> str:
    """Words keep their length up to four letters: a long name is not told by how long it is."""
    shape = "".join("9" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c for c in text)
    return re.sub(r"a{4,}", "aaa", re.sub(r"A{4,}", "AAA", " ".join(shape.split())))[:80]


def _screen_one(passage: Passage, roster: Roster) -> list[Finding]:
    seen = clean(passage.text)
    return [_finding(hit, passage, seen) for hit in _hits(passage, seen, roster)]


def _hits(passage: Passage, seen: Clean, roster: Roster) -> list[Hit]:
    prose = unwrapped(seen.text)
    hits = [hit for rule in ON_THEIR_OWN for hit in rule(prose, roster) if hit.end > hit.start]
    hits += tables.tables(seen.text, list(rows(passage, seen)), roster)
    if table := tables.between_commas(seen.text):
        hits += tables.tables(table, list(rows(Passage(passage.place, table), replace(seen, text=table))), roster)
    working = list(names.at_work(prose))
    beside = _of_whom(untitled(prose, ()), roster)
    found = patients(prose, without_colleagues(prose, [*hits, *beside], working), roster)
    mended = untitled(prose, [h for h in found if h.kind == "names" and h.certainty >= TOLD])
    if mended != untitled(prose, ()):
        found = patients(prose, without_colleagues(prose, [*hits, *_of_whom(mended, roster)], working), roster)
    hits = found
    hits += list(_numbers_of_people(prose, hits))
    kept = [hit for hit in _in_company(hits, seen) if hit.certainty >= WEAK]
    return _without_doubles(kept)


def _of_whom(text: str, roster: Roster) -> list[Hit]:
    return [hit for rule in OF_WHOM for hit in rule(text, roster) if hit.end > hit.start]


BESIDE_NAME = re.compile(
    rf"[\s,;:(#|/-]{{1,4}}(?:(?:{dates.DATE})[\s,;|/]{{1,4}})?(?:(?i:id|mrn|no\.?|#)[ #:]{{0,2}})?(?P<number>[A-Z]{{0,2}}\d{{6,10}}|[A-Z]{{1,4}}[- ]?\d{{4,6}}(?:-\d{{3,5}})?|\d{{4}}-\d{{4}})(?![\w-]|\.\d|,\d{{3}}(?!\d))"
)
SECOND = re.compile(r"[ ]?(?:and|or|/|,|&)[ ]?(?P<number>\d{6,10})(?![\w-]|\.\d)")
DAY_BESIDE = re.compile(rf"[ ,(;/|-]{{1,4}}(?P<day>{dates.DATE}|{dates.SHORT})(?![\w/-]|\.\d)", re.I)
AGE_BESIDE = re.compile(r"[ ,(]{1,3}(?P<age>9\d|1[01]\d)(?=[,.;)\n]|[ ]?[mfMF]\b)")

BEFORE_NAME = re.compile(r"(?<![\w./-])(?P<number>[A-Z]{0,2}\d{6,10})[ ]?[;|,\t][ ]?\Z")


def _numbers_of_people(text: str, hits: Sequence[Hit]) -> Iterator[Hit]:
    """A long number right behind a patient's name, without any label: logs and lists are written so."""
    for hit in hits:
        if hit.kind == "names" and hit.person and hit.certainty >= TOLD and (match := BESIDE_NAME.match(text, hit.end)):
            yield Hit(*match.span("number"), "mrn", LIKELY, True)
            if second := SECOND.match(text, match.end()):
                yield Hit(*second.span("number"), "mrn", LIKELY, True)
        if hit.kind == "names" and hit.certainty >= TOLD and (match := DAY_BESIDE.match(text, hit.end)):
            yield Hit(*match.span("day"), "dates", LIKELY, True)
        if hit.kind == "names" and hit.certainty >= TOLD and (match := AGE_BESIDE.match(text, hit.end)):
            yield Hit(*match.span("age"), "dates", LIKELY, True)
        if hit.kind == "names" and hit.person and hit.certainty >= SURE:
            lead = BEFORE_NAME.search(text, max(0, hit.start - 20), hit.start)
            if lead:
                yield Hit(*lead.span("number"), "mrn", LIKELY, True)


def _in_company(hits: Sequence[Hit], seen: Clean) -> Iterator[Hit]:
    """What stands beside a person's own identifiers is hers too, unless an institution's words stand with it."""
    people = sorted(h.start for h in hits if h.person and h.certainty >= TOLD)
    lines = sorted({seen.line(start) for start in people})
    for hit in hits:
        if hit.certainty >= TOLD or not people:
            yield hit
            continue
        near = _nearest(lines, seen.line(hit.start))
        if near == 0 and not _same_sentence(hit, people, seen):
            near = 1
        if _hers(hit, near, seen):
            yield replace(hit, certainty=LIKELY)
        else:
            yield hit


def _nearest(lines: Sequence[int], line: int) -> int:
    at = bisect_left(lines, line)
    return min(abs(line - other) for other in lines[max(0, at - 1) : at + 1])


def _same_sentence(hit: Hit, people: Sequence[int], seen: Clean) -> bool:
    """A paragraph may be one long line."""
    first, last = context.sentence(seen.text, hit.start, hit.end)
    at = bisect_left(people, first)
    return at < len(people) and people[at] < last


def _hers(hit: Hit, near: int, seen: Clean) -> bool:
    if hit.kind == "names" or (hit.kind in {"biometric", "photo"} and near > 1):
        return False
    if near == 0:
        own = hit.certainty == 0.0 or context.of_institution(seen.text, hit.start, hit.end)
        return not (own and hit.kind in {"phone", "fax", "url"})
    if hit.certainty == LABELLED:
        return near <= PAPER
    if hit.certainty == 0.0 or near > BLOCK:
        return False
    above = seen.ends[seen.line(hit.start) - 4] if seen.line(hit.start) > 3 else 0
    if hit.kind in {"phone", "fax", "email"} and context.INSTITUTION.search(seen.text, above, hit.start):
        return False
    return not context.of_institution(seen.text, hit.start, hit.end) or (hit.kind == "dates" and near <= 1)


def _without_doubles(hits: Iterable[Hit]) -> list[Hit]:
    """Of several hits of a kind on the same letters, the surest; of equally sure ones, the longest."""
    kept: dict[str, list[tuple[int, int, Hit]]] = {}
    for hit in sorted(hits, key=lambda h: (-h.certainty, h.start - h.end)):
        taken = kept.setdefault(hit.kind, [])
        at = bisect_left(taken, (hit.start, hit.start))
        before, after = taken[at - 1 : at], taken[at : at + 1]
        if not (before and before[0][1] > hit.start) and not (after and after[0][0] < hit.end):
            taken.insert(at, (hit.start, hit.end, hit))
    return [hit for taken in kept.values() for _, _, hit in taken]


def _finding(hit: Hit, passage: Passage, seen: Clean) -> Finding:
    box = passage.box(*seen.back(hit.start, hit.end)) if passage.stretches else None
    return Finding(
        passage.place, seen.line(hit.start), hit.kind, hit.certainty >= SURE, hit.certainty, seen.column(hit.start),
        passage.page, box,
    )  # fmt: skip


def _once(found: Sequence[Finding]) -> list[Finding]:
    """A page is read in two orders; what both find is one finding."""
    kept: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(found, key=lambda f: -f.certainty):
        others = kept.setdefault((finding.place, finding.kind), [])
        if not any(_same_place(finding, other) for other in others[:MANY]):
            others.append(finding)
    return [finding for others in kept.values() for finding in others]


def _same_place(one: Finding, other: Finding) -> bool:
    if one.box and other.box:
        return _overlap(one.box, other.box)
    return one.box == other.box and (one.line, one.column) == (other.line, other.column)


def _overlap(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > 0 and min(a[3], b[3]) - max(a[1], b[1]) > 0.3 * min(
        a[3] - a[1], b[3] - b[1]
    )


def reading_order(finding: Finding) -> tuple[str, int, int, str, int]:
    number = re.search(r"\d+", finding.place)
    place = re.sub(r"\d+", "", finding.place)
    return place, int(number.group()) if number else 0, finding.line, finding.kind, finding.column


__all__ = ["CERTAIN", "masked", "reading_order", "screen", "screen_shapes", "screen_spans"]
