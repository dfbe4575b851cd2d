"""`reaccredit dicom check PATH... [--json]`: what the pipeline would accept and refuse, and why. Nothing is stored.

Folders are walked, zip archives opened, as an upload does. Exit codes: 0 everything would be accepted; 1 something would
be refused; 2 nothing to check. `--phi` says what becomes of identifiers that headers and pictures hold: `note` (told, the
default), `forbidden` (refused), `skip` (not looked for).

`reaccredit dicom receive` takes images from a PACS; see project/management/commands/dicom_receive.py.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from reaccredit.imaging import burned_in, phi_header, reading, unpacking
from reaccredit.imaging.checks import Expectation, Problem, Seen, examine
from reaccredit.imaging.header import Header, Skipped, Unreadable
from reaccredit.phi.roster import Roster
from reaccredit.phi.words import KINDS, TOLD
from reaccredit.project import manage
from reaccredit.project.phi_command import Sorry, read_roster

ACCEPTED, REFUSED, NOTHING = 0, 1, 2
PARTS = {
    "private": "private attributes, which may hold anything",
    "overlay": "a drawn overlay, which may hold text",
    "document": "an encapsulated document",
    "report": "a structured report",
    "text": "text in the picture",
}
UNREAD = {
    "no-reader": "Text in the pictures could not be looked for: the reader (rapidocr, onnxruntime) is not installed.",
    "slow": "Text in the pictures could not be looked for in time.",
    "undecodable": "Some pictures could not be decoded, so text in them could not be looked for.",
}


@dataclass
class Looked:
    """One file: `shown` is the name that the person at the terminal gave or put into the archive."""

    shown: str
    verdict: str  # accepted, refused, skipped
    problems: list[Problem] = field(default_factory=list)
    phi: list[dict[str, Any]] = field(default_factory=list)
    header: Header | None = None
    path: Path | None = None

    def refuse(self, code: str, sentence: str) -> None:
        self.verdict = "refused"
        self.problems.append(Problem(code, sentence))


def main(argv: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["receive"]:
        return manage.run("reaccredit", ["dicom_receive", *words[1:]])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reaccredit.project.settings")  # for the key of the patient hashes
    args = _parser().parse_args(words)
    try:
        roster = read_roster(args.roster) if args.roster else Roster()
        with tempfile.TemporaryDirectory() as folder:
            looked, unread = _check(args, roster, Path(folder))
    except Sorry as sorry:
        print(sorry, file=sys.stderr)
        return NOTHING
    if args.json:
        print(json.dumps(_as_json(looked, unread), indent=2))
    else:
        print("\n".join([*_sentences(looked), *unread]))
    return REFUSED if any(one.verdict == "refused" for one in looked) else ACCEPTED if looked else NOTHING


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="reaccredit dicom", description="Images on this machine.")
    words = parser.add_subparsers(required=True, metavar="check|receive")
    words.add_parser("receive", help="let a PACS send images into testing packages (C-STORE)")
    check = words.add_parser(
        "check",
        help="what an upload of these files would accept and refuse",
        description=(__doc__ or "").split("\n\n", 1)[1],
    )
    check.add_argument("paths", nargs="+", metavar="PATH", help="files, folders, zip archives")
    check.add_argument(
        "--modality", action="append", default=[], metavar="CT", help="what the item takes; may be said twice"
    )
    check.add_argument("--serial", default="", help="serial number of the unit")
    check.add_argument("--oldest", type=date.fromisoformat, metavar="DATE", help="first study date that is taken")
    check.add_argument("--newest", type=date.fromisoformat, metavar="DATE", help="last study date that is taken")
    check.add_argument("--several-patients", action="store_true", help="the files need not show one person")
    check.add_argument("--roster", metavar="ROSTER.json", help="the staff of the case, who may be named")
    check.add_argument("--phi", choices=("note", "forbidden", "skip"), default="note")
    check.add_argument("--json", action="store_true", help="answer as JSON")
    return parser


def _check(args: argparse.Namespace, roster: Roster, folder: Path) -> tuple[list[Looked], list[str]]:
    expected = Expectation(
        modalities=frozenset(code.upper() for code in args.modality), serial=args.serial, oldest=args.oldest, newest=args.newest,
        one_patient=not args.several_patients,
    )  # fmt: skip
    seen = Seen()
    looked = [_look(part, folder, seen, expected, roster, args.phi) for part in unpacking.parts(_files(args.paths))]
    unread = _look_at_pictures(looked, roster, args.phi) if args.phi != "skip" else []
    return looked, unread


def _files(names: Sequence[str]) -> Iterator[tuple[str, BinaryIO]]:
    for name in names:
        path = Path(name)
        if not path.exists():
            raise Sorry("One of these paths is not there. Nothing was checked.")
        for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            with file.open("rb") as handle:
                yield str(file), handle


def _look(part: unpacking.Part, folder: Path, seen: Seen, expected: Expectation, roster: Roster, phi: str) -> Looked:
    shown = part.label.shown
    if isinstance(part.content, Unreadable):
        return _unreadable(shown, part.content)
    path = folder / str(part.label.ordinal)
    try:
        digest = _copied(part.content, path)
        with path.open("rb") as handle:
            header = reading.read(handle)
            found = phi_header.scan(handle, roster=roster) if phi != "skip" else []
    except Unreadable as error:
        path.unlink(missing_ok=True)
        return _unreadable(shown, error)
    problems = examine(header, digest, seen, expected)
    one = Looked(
        shown, "refused" if problems and problems[0].refuses else "accepted", list(problems), header=header, path=path
    )
    if one.verdict == "accepted":
        seen.add(header, digest)
    _note_header(one, found, phi)
    return one


def _unreadable(shown: str, error: Unreadable) -> Looked:
    skipped = isinstance(error, Skipped)
    return Looked(
        shown, "skipped" if skipped else "refused", [Problem(error.code, error.sentence, refuses=not skipped)]
    )


def _copied(stream: Any, path: Path) -> str:
    with path.open("wb") as out:
        shutil.copyfileobj(stream, out, 1024 * 1024)
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _note_header(one: Looked, found: Sequence[phi_header.HeaderFinding], phi: str) -> None:
    one.phi += [
        {"kind": f.kind, "part": f.attribute, "box": None, "certainty": f.certainty}
        for f in found
        if f.certainty >= TOLD
    ]
    if phi == "forbidden" and one.phi:
        one.refuse(
            "phi-header",
            "The header holds identifiers, which are not accepted here. Remove them, then send the file again.",
        )


def _look_at_pictures(looked: Sequence[Looked], roster: Roster, phi: str) -> list[str]:
    series: dict[str, list[Looked]] = {}
    for one in looked:
        if one.header is not None and one.path is not None:
            series.setdefault(one.header.series_uid, []).append(one)
    unread = set()
    for members in series.values():
        answer = burned_in.look([m.path for m in members if m.path], roster=roster)
        if not answer.read:
            unread.add(UNREAD[answer.reason])
            _refuse_unread(members, phi)
        for finding in answer.findings:
            shown = members if finding.file is None else [members[finding.file]]
            for member in shown:
                _note_picture(member, finding, phi)
    return sorted(unread)


def _refuse_unread(members: Sequence[Looked], phi: str) -> None:
    for member in members if phi == "forbidden" else []:
        member.refuse("phi-unread", "Text in the picture could not be looked for, so the file can't be accepted here.")


def _note_picture(one: Looked, finding: burned_in.Burned, phi: str) -> None:
    part = "picture" if finding.frame is None else f"frame {finding.frame + 1}"
    one.phi.append({"kind": finding.kind, "part": part, "box": list(finding.box), "certainty": finding.certainty})
    if phi == "forbidden" and finding.kind in KINDS and not any(p.code == "phi-picture" for p in one.problems):
        one.refuse(
            "phi-picture",
            "Identifiers are burned into the picture. Mask them at the scanner or the archive, then send it again.",
        )


def _as_json(looked: Sequence[Looked], unread: Sequence[str]) -> dict[str, Any]:
    counts = {verdict: sum(one.verdict == verdict for one in looked) for verdict in ("accepted", "refused", "skipped")}
    files = [
        {
            "file": one.shown,
            "verdict": one.verdict,
            "reasons": [{"code": p.code, "sentence": p.sentence, "refuses": p.refuses} for p in one.problems],
            "modality": one.header.modality if one.header else None,
            "series": one.header.series_uid if one.header else None,
            "phi": one.phi,
        }
        for one in looked
    ]
    return {**counts, "unread": list(unread), "files": files}


def _sentences(looked: Sequence[Looked]) -> Iterator[str]:
    for one in looked:
        yield f"{one.shown}: {one.verdict}" + "".join(f"\n    {p.sentence}" for p in one.problems)
        for kind in sorted({f["kind"] for f in one.phi}):
            places = sorted({f["part"] for f in one.phi if f["kind"] == kind})
            yield f"    holds {KINDS.get(kind) or PARTS[kind]}: {', '.join(places[:8])}" + (
                " …" if len(places) > 8 else ""
            )
    taken = sum(one.verdict == "accepted" for one in looked)
    yield f"{taken} of {len(looked)} files would be accepted."
