"""`reaccredit phi screen FILE... [--roster ROSTER.json] [--json]`: does a document hold protected health information?

Exit codes: 0 nothing found; 1 findings; 2 a file that could not be read, or a question that can't be used. Nothing of what
a document says is ever printed: a finding tells its kind, the part or page, the place there, and how sure the rule is.
Needs no database and no settings.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reaccredit.documents.extract import READABLE
from reaccredit.documents.inspection import Inspection, inspect
from reaccredit.documents.screening import describe, screen_passages
from reaccredit.imaging import burned_in, phi_header
from reaccredit.imaging.header import Unreadable
from reaccredit.phi.roster import Roster
from reaccredit.phi.words import KINDS, SURE, TOLD, WEAK, Finding

PATIENCE = 600  # seconds for the pictures of one document
CLEAN, FOUND, UNREADABLE = 0, 1, 2
REASONS = {
    "missing": "There is no such file, or it may not be opened.",
    "locked": "The document is locked with a password.",
    "damaged": "The document is damaged and can't be opened.",
    "too-long": "The document, or what is packed into it, is beyond what can be checked.",
    "slow": "The document could not be checked in time.",
    "format": "This kind of file can't be screened.",
    "parts": "Parts of the document could not be read.",
}


class Sorry(Exception):
    """What the person at the terminal reads instead of an answer."""


@dataclass
class Answer:
    file: str
    format: str = ""
    trouble: str = ""  # a key of REASONS
    findings: list[Finding] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def exit(self) -> int:
        if any(f.certainty >= TOLD for f in self.findings):
            return FOUND
        return UNREADABLE if self.trouble else CLEAN

    def told(self, everything: bool) -> list[Finding]:
        return [f for f in self.findings if everything or f.certainty >= TOLD]


def main(argv: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    try:
        roster = read_roster(args.roster) if args.roster else Roster()
    except Sorry as sorry:
        print(sorry, file=sys.stderr)
        return UNREADABLE
    answers = [screen_file(name, roster) for name in args.files]
    if args.json:
        print(json.dumps(_as_json(answers, args.all), indent=2))
    else:
        for answer in answers:
            print("\n".join(_sentences(answer, args.all)))
    codes = {answer.exit for answer in answers}
    return FOUND if FOUND in codes else max(codes)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="reaccredit phi", description="Find protected health information.")
    words = parser.add_subparsers(required=True, metavar="screen")
    screen = words.add_parser(
        "screen",
        help="screen documents",
        description="PDF, DOCX, text, pictures, mails, and zip archives of these. Exit code: 0 nothing found, 1 findings, 2 unreadable.",
    )
    screen.add_argument("files", nargs="+", metavar="FILE")
    screen.add_argument(
        "--roster", metavar="ROSTER.json", help='the staff of the case: [{"name", "role", "phone", "email"}]'
    )
    screen.add_argument("--json", action="store_true", help="answer as JSON")
    screen.add_argument(
        "--all", action="store_true", help="tell also what would only be asked about; the exit code is the same"
    )
    return parser


def read_roster(name: str) -> Roster:
    try:
        people = json.loads(Path(name).read_text(encoding="utf-8-sig"))
    except OSError:
        raise Sorry("The roster could not be opened.") from None
    except ValueError:
        raise Sorry("The roster is no JSON.") from None
    if isinstance(people, dict):
        people = people.get("staff") or people.get("roster")
    if not isinstance(people, list) or not all(isinstance(person, dict) for person in people):
        raise Sorry('The roster must be a JSON list of {"name", "role", "phone", "email"}.')
    return Roster(
        names=_all(people, "name"),
        phones=_all(people, "phone", "fax"),
        emails=_all(people, "email"),
        addresses=_all(people, "address"),
    )


def _all(people: Sequence[dict[str, Any]], *keys: str) -> frozenset[str]:
    return frozenset(str(person[key]) for person in people for key in keys if person.get(key))


def screen_file(name: str, roster: Roster) -> Answer:
    path = Path(name)
    if not path.is_file():
        return Answer(name, trouble="missing")
    try:
        seen = inspect(path, seconds=PATIENCE)
    except OSError:
        return Answer(name, trouble="missing")
    return answer_of(name, seen, roster)


def answer_of(name: str, seen: Inspection, roster: Roster) -> Answer:
    kind = seen.format.slug
    if kind == "dicom":
        return _image(name, roster)
    if seen.trouble:
        return Answer(name, kind, seen.trouble)
    if kind == "empty":
        return Answer(name, kind)
    if kind not in READABLE:
        return Answer(name, kind, "format")
    content = seen.content
    found = screen_passages(content.passages, roster=roster, pictures=content.pictures, located=content.located)
    return Answer(name, kind, "parts" if content.opaque else "", found, list(dict.fromkeys(content.opaque)))


def _image(name: str, roster: Roster) -> Answer:
    """A DICOM file: its header, and text that is burned into its pictures."""
    try:
        with Path(name).open("rb") as handle:
            header = phi_header.scan(handle, roster=roster)
    except Unreadable:
        return Answer(name, "dicom", "damaged")
    told = [_in_header(f) for f in header]
    seen = burned_in.look([Path(name)], roster=roster)
    told += [_in_picture(b) for b in seen.findings]
    unread = [f.attribute for f in header if f.kind == "document"] + ([] if seen.read else ["picture"])
    return Answer(name, "dicom", "parts" if unread else "", told, unread)


def _in_header(found: phi_header.HeaderFinding) -> Finding:
    """Private attributes and overlays may hold anything: asked about, not told."""
    known = found.kind in KINDS
    return Finding(
        found.attribute,
        0,
        found.kind if known else "other",
        known and found.certainty >= SURE,
        found.certainty if known else WEAK,
    )


def _in_picture(found: burned_in.Burned) -> Finding:
    """Text that tells nothing of a person is asked about, not told."""
    known = found.kind in KINDS
    certainty = found.certainty if known else WEAK
    page = None if found.frame is None else found.frame + 1
    return Finding(
        "picture", 0, found.kind if known else "other", certainty >= SURE, certainty, page=page, box=found.box
    )


def _as_json(answers: Sequence[Answer], everything: bool) -> dict[str, Any]:
    files = [
        {
            "file": answer.file,
            "format": answer.format,
            "verdict": ("clean", "findings", "unreadable")[answer.exit],
            "reason": REASONS.get(answer.trouble, ""),
            "unread": answer.unread,
            "findings": [_row(finding) for finding in answer.told(everything)],
        }
        for answer in answers
    ]
    flat = [{"file": a.file, **_row(f)} for a in answers for f in a.told(everything)]
    return {"findings": flat, "files": files}


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "part": finding.place,
        "page": finding.page,
        "line": finding.line or None,
        "box": list(finding.box) if finding.box else None,
        "certainty": finding.certainty,
    }


def _sentences(answer: Answer, everything: bool) -> list[str]:
    lines = [f"{answer.file}: {sentence}" for sentence in describe(answer.told(everything))]
    if answer.trouble:
        lines.append(
            f"{answer.file}: {REASONS[answer.trouble]}" + (f" ({', '.join(answer.unread)})" if answer.unread else "")
        )
    return lines or [f"{answer.file}: nothing found."]
