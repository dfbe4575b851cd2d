"""Keep a paper, or refuse it whole. A refused paper leaves nothing behind: no bytes, no text, no row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction

from reaccredit.documents.inspection import READING, Inspection, inspect
from reaccredit.documents.kinds import FORMATS
from reaccredit.documents.models import Document
from reaccredit.documents.screening import Finding, describe, screen_passages, spot
from reaccredit.documents.storage import STORE
from reaccredit.ledger.files import Draft, Readable, Swept, TooLarge
from reaccredit.phi.roster import Roster

FILE_BYTES = 25 * 1024**2
TOLD = 40
ORPHAN_AGE = timedelta(days=1)
LETTERS = frozenset({"pdf", "docx", "txt"})  # what a letter or a plan may be
SCANS = LETTERS | {"png", "jpeg", "tiff"}  # where a scan of a signed form is as good
Released = Callable[[str], frozenset[str]]  # of bytes by their SHA-256: the spots that staff have released


def nothing_released(sha256: str) -> frozenset[str]:
    return frozenset()


TROUBLES = {
    "locked": "The document is locked with a password. Save a copy without a password, then upload that.",
    "damaged": "The document is damaged and can't be opened. Save or export it again, then upload that.",
    "too-long": "The document is longer than can be checked here. Upload it in several parts.",
    "slow": "The document could not be checked in time. Try again; if this happens twice, save it anew as a plain PDF.",
}


@dataclass(eq=False)
class Unacceptable(Exception):
    """A paper that can't be kept. `findings` say what stands where; `declarable` kinds may be declared to be nobody's
    and sent again.
    """

    code: str  # empty, too-large, format, locked, damaged, too-long, slow, phi, maybe-phi
    sentence: str
    clause: str = ""
    findings: tuple[Finding, ...] = ()

    def __str__(self) -> str:
        return self.code  # what reaches a log says nothing of the paper

    @property
    def sentences(self) -> list[str]:
        """One for each finding; of very many, the first, and how many more there are."""
        told = describe(self.findings[:TOLD])
        more = len(self.findings) - TOLD
        return told if more <= 0 else [*told, f"And {more} more places like these."]

    @property
    def contestable(self) -> bool:
        """Staff can look at the boxes of what was found; about what nobody can read, nobody can decide."""
        return self.code == "phi" and all(f.kind != "unreadable" for f in self.findings)

    @property
    def declarable(self) -> frozenset[str]:
        return frozenset(f.kind for f in self.findings) if self.code == "maybe-phi" else frozenset()


def store(
    *,
    stream: Readable,
    kind: str,
    title: str,
    allowed: frozenset[str],
    actor: str,
    now: datetime,
    phi: Literal["forbidden", "allowed"] = "allowed",
    roster: Roster | None = None,
    declared: frozenset[str] = frozenset(),
    clauses: Mapping[str, str] | None = None,
    released: Released = nothing_released,
) -> Document:
    """Look into the bytes, screen them where `phi` is forbidden, keep them. Raises `Unacceptable`.

    `allowed` are formats of kinds.py (see LETTERS, SCANS); `title` comes from the form; `declared` are kinds of
    *possible* identifiers
    that the uploader has looked at and says are no patient's; `clauses` maps codes ("format", "phi") to the clause that
    asks for it; `released` tells which findings in exactly these bytes staff have looked at and released.
    """
    clauses = clauses or {}
    try:
        with STORE.draft(stream, limit=FILE_BYTES) as draft:
            # Pictures are read only where something depends on what they say: it takes long.
            seen = inspect(draft.path, seconds=READING if phi == "forbidden" else 0)
            check_format(seen, allowed, clauses)
            if phi == "forbidden":
                seen.content.add("title", title)
                _check_identifiers(seen, roster or Roster(), declared, clauses, released(draft.sha256))
            return _keep(draft, seen, kind, title, actor, now, screened=phi == "forbidden", declared=declared)
    except TooLarge:
        limit = (
            f"The file is larger than {FILE_BYTES // 1024**2} MB. Make the pictures in it smaller, or upload it in"
            " parts."
        )
        raise Unacceptable("too-large", limit) from None


@transaction.atomic
def _keep(
    draft: Draft,
    seen: Inspection,
    kind: str,
    title: str,
    actor: str,
    now: datetime,
    *,
    screened: bool,
    declared: frozenset[str],
) -> Document:
    stored = draft.keep()
    return Document.objects.create(
        sha256=stored.sha256,
        size=stored.size,
        media_type=seen.format.media_type,
        format=seen.format.slug,
        pages=seen.content.pages,
        title=title,
        kind=kind,
        screened=screened,
        declared=sorted(declared),
        stored_at=now,
        stored_by=actor,
    )


def _wanted(allowed: Iterable[str]) -> str:
    words = {
        "pdf": "PDF",
        "docx": "Word document (DOCX)",
        "txt": "text file",
        "png": "PNG",
        "jpeg": "JPEG",
        "tiff": "TIFF",
    }
    listed = [words[slug] for slug in words if slug in allowed]
    return listed[0] if len(listed) == 1 else ", ".join(listed[:-1]) + " or " + listed[-1]


def check_format(seen: Inspection, allowed: frozenset[str], clauses: Mapping[str, str]) -> None:
    if seen.format == FORMATS["empty"]:
        raise Unacceptable("empty", "The file is empty. Choose the document again; it may not have been saved yet.")
    if seen.format.slug not in allowed and not (seen.trouble and seen.format == FORMATS["unknown"]):
        advice = f"Upload it as a {_wanted(allowed)}."
        if seen.format.family in {"picture", "images"}:
            what = "Medical images" if allowed - LETTERS else "Images"
            advice = (
                f"{what} are not taken in this field. Upload a {_wanted(allowed)}; images go into the testing package."
            )
        raise Unacceptable("format", f"This is {seen.format.words}. {advice}", clauses.get("format", ""))
    if seen.trouble:
        raise Unacceptable(seen.trouble, TROUBLES[seen.trouble])


def identifiers(seen: Inspection, roster: Roster) -> list[Finding]:
    content = seen.content
    return screen_passages(
        content.passages, roster=roster, pictures=content.pictures, opaque=content.opaque, located=content.located
    )


def _check_identifiers(
    seen: Inspection, roster: Roster, declared: frozenset[str], clauses: Mapping[str, str], released: frozenset[str]
) -> None:
    findings = [f for f in identifiers(seen, roster) if spot(f) not in released]
    clause = clauses.get("phi", "")
    if certain := tuple(f for f in findings if f.certain):
        raise Unacceptable("phi", _refusal(certain), clause, certain)
    if open_questions := tuple(f for f in findings if f.kind not in declared):
        sentence = (
            "This document may hold protected health information, so nothing of it was kept. Look at the places below:"
            " remove what is a patient's; if none of it is, say so and upload the document again."
        )
        raise Unacceptable("maybe-phi", sentence, clause, open_questions)


def _refusal(findings: tuple[Finding, ...]) -> str:
    if all(f.kind == "unreadable" for f in findings):
        return (
            "This document has parts that could not be read here, so it can't be checked for protected health"
            " information. Nothing of it was kept. Upload it as a PDF with real text (exported, not scanned), a Word"
            " document or a text file."
        )
    return (
        "This document seems to hold protected health information, which is not accepted here. Nothing of it was kept."
        " Remove what is listed below, then upload it again."
    )


@transaction.atomic
def discard(*, document: Document) -> None:
    """Let go of a paper; its bytes go with the next sweep. Whether it may be let go is the caller's question."""
    document.delete()


def sweep(*, now: datetime) -> Swept:
    """Remove drafts and files without a row that are older than a day; tell which rows lack their file."""
    named = frozenset(Document.objects.values_list("sha256", flat=True))
    return STORE.sweep(lambda digests: named & digests, named=named, before=now - ORPHAN_AGE)
