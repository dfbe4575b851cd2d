"""What a screening holds against a document, cut out finding by finding. Nothing else of the document is kept, here or anywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reaccredit.documents.actions import FILE_BYTES, Unacceptable, check_format, identifiers
from reaccredit.documents.cropping import crops
from reaccredit.documents.inspection import inspect
from reaccredit.documents.screening import Finding, spot
from reaccredit.documents.storage import STORE
from reaccredit.ledger.files import Readable, TooLarge
from reaccredit.phi.passage import Passage
from reaccredit.phi.roster import Roster
from reaccredit.phi.screening import screen_shapes

MOST = 40
OWN_PAGE = re.compile(r"page (\d+)|picture on page (\d+)|picture")


@dataclass(frozen=True)
class Exhibit:
    """One finding as somebody sees it who decides: a picture of its box, or the shape of its text ("Aaaa 99-9999")."""

    finding: Finding
    spot: str
    picture: bytes
    shape: str


@dataclass(frozen=True)
class Exhibits:
    sha256: str
    exhibits: tuple[Exhibit, ...]


def exhibits(*, stream: Readable, allowed: frozenset[str], roster: Roster) -> Exhibits:
    """The findings that refuse this document. Raises `Unacceptable` where it is refused for what nobody can decide about."""
    try:
        with STORE.draft(stream, limit=FILE_BYTES) as draft:
            seen = inspect(draft.path)
            check_format(seen, allowed, {})
            found = [f for f in identifiers(seen, roster) if f.certain]
            if any(f.kind == "unreadable" for f in found):
                raise Unacceptable("unreadable", UNREADABLE)
            if len(found) > MOST:
                raise Unacceptable("too-many", TOO_MANY)
            pictures = dict(_pictures(draft.path, seen.format.slug, found))
            shapes = {f: _shape(f, seen.content.passages, roster) for f in found}
            return Exhibits(
                draft.sha256, tuple(Exhibit(f, spot(f), pictures.get(spot(f), b""), shapes[f]) for f in found)
            )
    except TooLarge:
        raise Unacceptable("too-large", f"The file is larger than {FILE_BYTES // 1024**2} MB.") from None


UNREADABLE = (
    "Parts of this document could not be read here, and nobody can decide about what nobody can read. Upload it as a PDF"
    " with real text, a Word document or a text file."
)
TOO_MANY = (
    f"The document has more than {MOST} places like these. That is too much to decide one by one: take them out, or send"
    " the papers singly."
)


def _pictures(path: Path, slug: str, found: Sequence[Finding]) -> list[tuple[str, bytes]]:
    """Only what lies on a page of the document itself has a place in its picture."""
    placed = [
        (f, int(next(filter(None, m.groups()), "1"))) for f in found if f.box and (m := OWN_PAGE.fullmatch(f.place))
    ]
    made = crops(path, slug, [(page, f.box) for f, page in placed if f.box])
    return [(spot(f), png) for (f, _), png in zip(placed, made, strict=True)]


def _shape(finding: Finding, passages: Sequence[Passage], roster: Roster) -> str:
    for passage in passages:
        if passage.place == finding.place:
            for line, column, kind, shape in screen_shapes(passage, roster=roster):
                if (line, column, kind) == (finding.line, finding.column, finding.kind):
                    return shape
    return ""
