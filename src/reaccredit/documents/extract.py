"""All text of a document, wherever it hides. Runs apart (see `inspection.py`)."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from reaccredit.documents.kinds import decode, detect
from reaccredit.documents.reading import markup
from reaccredit.documents.reading.content import DEPTH, Extract, Limits, Trouble
from reaccredit.documents.reading.loading import reader

PICTURES = frozenset({"png", "jpeg", "tiff", "gif", "webp", "bmp"})
TEXTS = frozenset({"txt", "html", "rtf", "svg"})
PARCELS = {
    "pdf": "pdf:pdf",
    "docx": "office:office",
    "office": "office:office",
    "odt": "office:office",
    "docm": "office:office",
    "eml": "parcels:mail",
    "zip": "parcels:archive",
    "zip-images": "parcels:archive",
}
READABLE = PICTURES | TEXTS | frozenset(PARCELS)


def extract(path: Path, slug: str, *, seconds: float = 60) -> Extract:
    return _extract(path, slug, Extract(Limits.starting_now(seconds)), 0)


def _extract(path: Path, slug: str, outer: Extract, depth: int) -> Extract:
    if slug in PARCELS:
        found: Extract = reader(PARCELS[slug])(path, outer, partial(_inner, depth=depth + 1))
    elif slug in PICTURES:
        found = reader("picture:picture")(path, outer)
    else:
        found = _text(path, slug, outer)
    return found


def _inner(content: bytes, found: Extract, place: str, *, depth: int) -> None:
    """A file inside another: read as if it had come alone, or told as unreadable."""
    if not content.strip():
        return
    found.limits.spend(unpacked=len(content))
    if depth > DEPTH:
        raise Trouble("too-long")
    with tempfile.NamedTemporaryFile() as handle:
        handle.write(content)
        handle.flush()
        path = Path(handle.name)
        slug = detect(path).slug
        if slug not in READABLE:
            found.opaque.append(place)
            return
        try:
            found.take(_extract(path, slug, found, depth), place)
        except Trouble as trouble:
            if str(trouble) != "damaged":
                raise
            found.opaque.append(place)


def _text(path: Path, slug: str, outer: Extract) -> Extract:
    found = Extract(outer.limits)
    text = decode(path.read_bytes())
    if text is None:
        raise Trouble("damaged")
    if slug in {"html", "svg"}:
        markup.html(text, found)
    elif slug == "rtf":
        markup.rtf(text, found)
    else:
        found.add("text", text)
    return found
