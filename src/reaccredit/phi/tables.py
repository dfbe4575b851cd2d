"""Tables and forms: a label above or beside says what its cell holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reaccredit.phi.lexicon import as_given, as_surname, fold, is_nobody, is_word
from reaccredit.phi.passage import Cell
from reaccredit.phi.roster import Roster
from reaccredit.phi.words import CERTAIN, LIKELY, Hit

DEPTH = 60  # rows under a heading
PATIENTS = r"(?:patient|pt\.?|pat\.?|client|member|subscriber|insured|guarantor|subject)"
LABELS: tuple[tuple[str, re.Pattern[str], bool], ...] = tuple(
    (kind, re.compile(rf"(?:{pattern})[ :#.*]*\Z", re.I), sure)
    for kind, pattern, sure in (
        ("names", rf"{PATIENTS}(?:['’]?s)?[ ]?(?:(?:full|last|first|legal)[ ])?(?:names?)?(?:[ ]\([^)]*\))?|(?:patient|name)[ ]\(last,? ?first\)|last,?[ ]first(?:[ ]name)?|next of kin|emergency contact|guardian", True),
        ("names", r"(?:full |last |first |legal |given |family )?names?|last|first|surname|nombre|nom|apellidos?", False),
        ("mrn", rf"e?mrn|mr[ ]?(?:#|no\.?)|med(?:ical)?\.?[ ]rec(?:ord)?(?:[ ]?(?:no\.?|number|#|id))?|{PATIENTS}[ ]?(?:id|no\.?|number|#|identifier)|chart[ ]?(?:no\.?|number|#)?", True),
        ("dates", r"d\.?o\.?b\.?|birth[ ]?date|date of birth|born|birthday", True),
        ("dates", r"(?:exam|study|scan|visit|service|admission|admit|discharge|procedure|appointment|appt|dos)[ ]?(?:date|dt)?|date of (?:exam|study|scan|visit|service|admission|discharge)|dos", False),
        ("dates", r"date", False),
        ("age", r"(?:age|edad|alter|âge|idade)(?:[ ]\(?(?:y|yrs|years)\)?)?|age/sex|sex/age", True),
        ("ssn", r"ssn|social security(?:[ ](?:no\.?|number|#))?|ss#", True),
        ("phone", rf"(?:{PATIENTS}[ ]|home[ ]|cell[ ]|mobile[ ]|contact[ ])?(?:tele)?phone(?:[ ](?:no\.?|number|#))?|tel\.?|cell|mobile", False),
        ("fax", r"fax(?:[ ](?:no\.?|number|#))?", False),
        ("email", r"e-?mail(?:[ ]address)?", False),
        ("geographic", r"(?:home |street |mailing |patient )?address|street|city(?:[ /,]*state)?(?:[ /,]*zip)?|zip(?:[ ]code)?|residence", False),
        ("account", r"(?:patient )?(?:account|acct\.?)(?:[ ]?(?:no\.?|number|#))?|csn|har|fin|encounter(?:[ ]?(?:no\.?|number|#|id))?|visit[ ]?(?:no\.?|number|#|id)", True),
        ("health-plan", r"(?:member|subscriber|insurance|policy|medicare|medicaid|beneficiary|health plan|plan)[ ]?(?:id|no\.?|number|#)|insurance|mbi|hicn", True),
        ("other", r"accession(?:[ ]?(?:no\.?|number|#))?|acc[ ]?#|acc(?:ession)? no\.?", True),
        ("certificate", r"driver['’]?s license(?:[ ]?(?:no\.?|number|#))?|passport(?:[ ]?(?:no\.?|number|#))?", True),
        ("vehicle", r"vin|(?:license )?plate(?:[ ]?(?:no\.?|number|#))?", True),
        ("device", r"(?:implant|pacemaker|device) (?:serial|s/n)(?:[ ]?(?:no\.?|number|#))?|implant s/?n", True),
        ("ip", r"ip(?: address)?", False),
        ("url", r"url|web ?site|portal link", False),
    )
)  # fmt: skip
SHAPES = {
    "mrn": r"[A-Z]{0,5}[- ]?\d[\dA-Z-]{2,}",
    "dates": r"\d{1,2}/\d{1,2}|.*\d{1,4}[-/. ]\w{1,9}[-/., ]{1,2}\d{2,4}.*|.*[A-Za-z]{3,9}\.? \d{1,2},? \d{2,4}.*|\d{8}",
    "age": r"0?(?:9\d|1[01]\d)\+?[ ]?(?:y(?:rs?|ears?)?|Y)?(?:[ /,]*[MF]\w*)?|[MF]\w*[ /,]*(?:9\d|1[01]\d)",
    "ssn": r"[\dXx*]{3}[- ]?[\dXx*]{2}[- ]?\d{4}|\d{4}",
    "phone": r"\+?[\d() .\-x]{7,24}",
    "fax": r"\+?[\d() .\-x]{7,24}",
    "email": r"\S+@\S+\.\w+",
    "geographic": r"\d{1,6}[A-Z]? .{3,60}|.{2,40},? [A-Z]{2},? \d{5}.*|\d{5}(?:-\d{4})?|P\.?O\.? Box.*",
    "ip": r"\d{1,3}(?:\.\d{1,3}){3}.*",
    "url": r"(?:https?://|www\.)\S+",
}
NUMBERED = r"[A-Z0-9]{0,6}[- ]?\d[\dA-Z\-/ ]{2,24}"
STAFF = re.compile(
    r"\b(?:role|title|position|job|department|credentials?|certification|arrt|license|employee|staff|technologist|trainer|trainee|company|vendor|responsible|owner|signature|initials)\b",
    re.I,
)
SICK = frozenset({"mrn", "ssn", "account", "health-plan", "other", "age"})


def label(text: str) -> tuple[str, bool] | None:
    plain = re.sub(r"\s+", " ", text).strip()
    if not plain or len(plain) > 40:
        return None
    return next(((kind, sure) for kind, pattern, sure in LABELS if pattern.match(plain)), None)


def tables(text: str, rows: Sequence[Sequence[Cell]], roster: Roster) -> Iterator[Hit]:
    kinds = [[label(text[c.start : c.end]) for c in row] for row in rows]
    for number, row in enumerate(rows):
        heads = [(cell, kind) for cell, kind in zip(row, kinds[number], strict=True) if kind]
        if not heads:
            continue
        about = _about(text, row, heads)
        yield from _beside(text, row, kinds[number], about, roster)
        for cell, (kind, sure) in heads:
            if _labels_downwards(text, cell, row, kinds[number]):
                yield from _below(
                    text,
                    rows[number + 1 : number + 1 + DEPTH],
                    kinds[number + 1 :],
                    cell,
                    row,
                    kind,
                    sure or about,
                    roster,
                )


def between_commas(text: str) -> str | None:
    """Values between commas or semicolons under a line of labels: the same letters, with tabs between the cells."""
    lines = text.split("\n")
    mark, count, found = "", 0, False
    for number, line in enumerate(lines):
        for sign in ",;":
            cells = line.split(sign)
            if len(cells) > 2 and sum(label(cell) is not None for cell in cells) * 2 >= len(cells):
                mark, count, found = sign, len(cells), True
        tight = re.split(rf"{mark}(?! (?! ))", line) if mark else []  # "Doe, Jane" is one cell
        if mark and len(line.split(mark)) == count:
            lines[number] = line.replace(mark, "\t")
        elif mark and len(tight) == count:
            lines[number] = re.sub(rf"{mark}(?! (?! ))", "\t", line)
        else:
            mark = ""
    return "\n".join(lines) if found else None


def _about(text: str, row: Sequence[Cell], heads: Sequence[tuple[Cell, tuple[str, bool]]]) -> bool:
    """Does this heading or this line of a form speak of a patient rather than of staff?"""
    line = text[row[0].start : row[-1].end]
    if STAFF.search(line):
        return False
    return any(sure for _, (_, sure) in heads) or sum(kind == "names" for _, (kind, _) in heads) > 1


def _labels_downwards(text: str, cell: Cell, row: Sequence[Cell], kinds: Sequence[tuple[str, bool] | None]) -> bool:
    """A label with a value beside it heads no column."""
    if text[cell.start : cell.end].rstrip().endswith(":") and len(row) > 1 and not all(kinds):
        return False
    return sum(1 for kind in kinds if kind) * 2 >= len(row) or not text[cell.start : cell.end].rstrip().endswith(":")


def _beside(
    text: str, row: Sequence[Cell], kinds: Sequence[tuple[str, bool] | None], about: bool, roster: Roster
) -> Iterator[Hit]:
    for place, kind in enumerate(kinds[:-1]):
        if kind and kinds[place + 1] is None:
            yield from _value(text, row[place + 1], kind[0], kind[1] or about, roster)


def _below(
    text: str, rows: Sequence[Sequence[Cell]], kinds: Sequence[Sequence[tuple[str, bool] | None]], head: Cell, heads: Sequence[Cell],
    kind: str, sure: bool, roster: Roster,
) -> Iterator[Hit]:  # fmt: skip
    last = head.line
    for row, labels in zip(rows, kinds, strict=False):
        if row[0].line > last + 3 or (all(labels) and len(labels) > 1):
            return
        if len(row) == 1 and len(heads) > 1:
            return
        under = [row[heads.index(head)]] if len(row) == len(heads) else [c for c in row if _under(c, head, heads)]
        if not under:
            continue
        for cell in under:
            if label(text[cell.start : cell.end]) is not None:
                return
            yield from _value(text, cell, kind, sure, roster)
        last = row[0].line
        if len(heads) == 1:
            return


def _under(cell: Cell, head: Cell, heads: Sequence[Cell]) -> bool:
    """Nearest heading by place: columns are aligned left, centred or right."""
    overlap = min(cell.right, head.right) - max(cell.left, head.left)
    if overlap <= 0:
        return abs(cell.left - head.left) < 4
    return overlap >= max((min(cell.right, h.right) - max(cell.left, h.left) for h in heads), default=0)


def _value(text: str, cell: Cell, kind: str, sure: bool, roster: Roster) -> Iterator[Hit]:
    value = text[cell.start : cell.end].strip(" \t:#*")
    told = CERTAIN if sure else LIKELY
    if kind == "names":
        if _name(value, sure) and (not roster.knows_name(value)):
            yield Hit(cell.start, cell.end, "names", told if sure else LIKELY, True)
        return
    if not re.fullmatch(SHAPES.get(kind, NUMBERED), value, re.I) or not re.search(r"\d|@|//", value):
        return
    if (kind in {"phone", "fax"} and roster.knows_phone(value)) or (kind == "email" and roster.knows_mail(value)):
        return
    if kind == "geographic" and roster.knows_address(value):
        return
    if not sure:
        told = 0.01
    yield Hit(cell.start, cell.end, "dates" if kind == "age" else kind, told, kind in SICK)


def _name(value: str, sure: bool) -> bool:
    words = re.findall(r"[^\W\d_][^\W\d_'’-]*", value)
    if not 1 <= len(words) <= 6 or re.search(r"\d{2}|[:;?]", value) or len(value) > 60:
        return False
    folded = [fold(w) for w in words]
    if any(
        w in {"name", "none", "n", "yes", "no", "unknown", "date", "signature", "withheld", "redacted"} for w in folded
    ):
        return False
    scores = [max(as_given(w), as_surname(w)) for w in folded if len(w) > 1]
    if not scores or any(is_nobody(w) for w in folded):
        return False
    plain = sum(1 for w in folded if is_word(w) and max(as_given(w), as_surname(w)) < 0.25)
    if len(words) == 1:
        return sure and max(scores) >= 0.6
    return max(scores) >= (0.5 if sure else 0.9) and plain * 2 <= len(words)
