"""All text of a document, wherever it hides: body, headers, comments, deleted text, properties. Runs apart (see
`inspection.py`).
"""

from __future__ import annotations

import ctypes
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pypdfium2
import pypdfium2.raw as pdfium
from defusedxml import ElementTree
from PIL import Image

from reaccredit.documents.kinds import decode

PAGES = 300
PARTS = 2_000
PART_BYTES = 50 * 1024**2
TEXT = 1_000_000  # characters: several hundred full pages
WORDPROCESSING = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LITTLE = 25  # characters: a page with a picture and less text than this is taken for a scan


class Trouble(Exception):
    """The document can't be taken: locked, damaged, or beyond the limits. The message is the code."""


@dataclass
class Extract:
    """`parts`: (place, text). `pictures`, `opaque`: places of pictures, and of things that can't be read here."""

    parts: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    opaque: list[str] = field(default_factory=list)
    pages: int | None = None

    def add(self, place: str, text: str) -> None:
        if text.strip():
            self.parts.append((place, text))
        if sum(len(t) for _, t in self.parts) > TEXT:
            raise Trouble("too-long")


def extract(path: Path, slug: str) -> Extract:
    return {"pdf": _pdf, "docx": _docx, "txt": _txt}.get(slug, _picture)(path)


def _txt(path: Path) -> Extract:
    found = Extract()
    text = decode(path.read_bytes())
    if text is None:
        raise Trouble("damaged")
    found.add("text", text)
    return found


def _picture(path: Path) -> Extract:
    with Image.open(path) as image:
        image.verify()
    return Extract(pictures=["picture"], opaque=["picture"], pages=1)


def _pdf(path: Path) -> Extract:
    found = Extract()
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise Trouble("locked" if "assword" in str(error) else "damaged") from None
    with document:
        found.pages = len(document)
        if not 1 <= found.pages <= PAGES:
            raise Trouble("damaged" if found.pages < 1 else "too-long")
        found.add("properties", "\n".join(v for v in document.get_metadata_dict(skip_empty=True).values() if v))
        if document.count_attachments():
            found.opaque.append("attachment")
        for number in range(found.pages):
            _pdf_page(document, number, found)
    return found


def _pdf_page(document: pypdfium2.PdfDocument, number: int, found: Extract) -> None:
    place = f"page {number + 1}"
    page = document[number]
    text = page.get_textpage().get_text_range()
    found.add(place, text.replace("\ufffe", "-"))
    types = {item.type for item in page.get_objects(max_depth=4)}
    if pdfium.FPDF_PAGEOBJ_IMAGE in types:
        found.pictures.append(place)
    # A page whose letters are pictures or drawn outlines: whatever stands there, nobody can search it.
    if types - {pdfium.FPDF_PAGEOBJ_TEXT} and len(text.strip()) < LITTLE:
        found.opaque.append(place)
    found.add(f"comments on {place}", "\n".join(_pdf_notes(page)))


def _pdf_notes(page: pypdfium2.PdfPage) -> Iterator[str]:
    """Comments and form fields, which the text of a page does not contain."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        for key in (b"Contents", b"V", b"T", b"RC"):
            length = pdfium.FPDFAnnot_GetStringValue(note, key, None, 0)
            if length > 2:
                buffer = ctypes.create_string_buffer(length)
                pdfium.FPDFAnnot_GetStringValue(
                    note, key, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length
                )
                yield buffer.raw.decode("utf-16-le", "replace").rstrip("\x00")
        pdfium.FPDFPage_CloseAnnot(note)


def _docx(path: Path) -> Extract:
    found = Extract()
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) > PARTS or sum(info.file_size for info in members) > PART_BYTES * 4:
                raise Trouble("too-long")
            for info in members:
                _docx_part(archive, info, found)
    except Trouble:
        raise
    except Exception:  # zip and XML raise a dozen kinds; what they say may quote the document
        raise Trouble("damaged") from None
    return found


def _docx_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, found: Extract) -> None:
    name = info.filename.lower()
    if info.flag_bits & 0x1:
        raise Trouble("locked")
    if "/media/" in name or name.startswith("docprops/thumbnail"):
        found.pictures.append("picture")
    elif name.endswith((".xml", ".rels", ".vml")):
        if info.file_size > PART_BYTES:
            raise Trouble("too-long")
        root = ElementTree.fromstring(archive.read(info), forbid_dtd=True)
        found.add(_docx_place(name), "\n".join(_docx_lines(root)))
        found.add("links and labels", "\n".join(_docx_attributes(root)))
    elif not name.startswith(("word/fonts/", "customxml/")) and not name.endswith((".odttf", ".bin.rels")):
        found.opaque.append("attachment")


_PLACES = (
    ("word/document", "body"),
    ("word/header", "header"),
    ("word/footer", "footer"),
    ("word/comments", "comments"),
    ("word/footnotes", "footnotes"),
    ("word/endnotes", "footnotes"),
    ("docprops/", "properties"),
)


def _docx_place(name: str) -> str:
    return next((place for start, place in _PLACES if name.startswith(start)), "another part")


def _docx_lines(element: Element) -> Iterator[str]:
    """A line for each paragraph, and one for each table row with its cells side by side: a label and its value stay
    together.
    """
    tag = element.tag
    if tag == WORDPROCESSING + "tr":
        cells = [child for child in element if child.tag == WORDPROCESSING + "tc"]
        yield "\t".join(" ".join(line for part in cell for line in _docx_lines(part)) for cell in cells)
    elif tag == WORDPROCESSING + "p":
        yield "".join(_docx_runs(element))
    elif len(element) == 0:
        yield element.text or ""
    else:
        for child in element:
            yield from _docx_lines(child)


def _docx_runs(paragraph: Element) -> Iterator[str]:
    for node in paragraph.iter():
        if node.tag in (WORDPROCESSING + "t", WORDPROCESSING + "delText", WORDPROCESSING + "instrText"):
            yield node.text or ""
        elif node.tag in (WORDPROCESSING + "tab", WORDPROCESSING + "br", WORDPROCESSING + "cr"):
            yield " "


def _docx_attributes(root: Element) -> Iterator[str]:
    """What people write that is no text: alternative texts, authors of changes, targets of links."""
    for node in root.iter():
        plain: dict[str, Any] = {key.rsplit("}", 1)[-1]: value for key, value in node.attrib.items()}
        if node.tag.endswith("}Relationship") and plain.get("TargetMode") != "External":
            continue
        yield from (plain[key] for key in ("descr", "title", "author", "Target", "alt") if plain.get(key))
