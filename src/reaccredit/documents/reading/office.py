"""Word, and as far as text goes spreadsheets, presentations and OpenDocument: zip archives of XML."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

from reaccredit.documents.reading.content import PART_BYTES, PARTS, Extract, Trouble
from reaccredit.documents.reading.loading import reader

WORDPROCESSING = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Inner = Callable[[bytes, Extract, str], None]
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".emf", ".wmf", ".svg")
SAID = ("descr", "title", "author", "Target", "alt", "href", "tooltip")
KNOWN = frozenset({"bin", "xls", "xlsx", "docx", "doc", "pptx", "ppt", "pdf", "txt", "zip", "eml", "msg"})


def office(path: Path, outer: Extract, inner: Inner) -> Extract:
    found = Extract(outer.limits)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) > PARTS or sum(info.file_size for info in members) > PART_BYTES * 4:
                raise Trouble("too-long")
            shared = _shared_strings(archive, members)
            for info in members:
                _part(archive, info, found, shared, inner)
    except Trouble:
        raise
    except Exception:  # zip and XML raise a dozen kinds; what they say may quote the document
        raise Trouble("damaged") from None
    return found


def _part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, found: Extract, shared: list[str], inner: Inner) -> None:
    name = info.filename.lower()
    if info.flag_bits & 0x1:
        raise Trouble("locked")
    if info.file_size > PART_BYTES:
        raise Trouble("too-long")
    if (
        "/media/" in name
        or name.startswith(("docprops/thumbnail", "thumbnails/", "pictures/"))
        or name.endswith(PICTURES)
    ):
        number = len(found.pictures) + 1
        place = "picture" if number == 1 else f"picture {number}"
        reader("picture:from_bytes")(found, archive.read(info), place)
    elif name.endswith((".xml", ".rels", ".vml")):
        _marked_up(ElementTree.fromstring(archive.read(info), forbid_dtd=True), name, found, shared)
    elif name.rpartition(".")[2] in KNOWN and not name.endswith(".bin"):
        inner(archive.read(info), found, "attachment")
    elif not name.startswith(("word/fonts/", "customxml/")) and not name.endswith(
        (".odttf", ".bin.rels", "mimetype", "printersettings1.bin")
    ):
        found.opaque.append("attachment")


def _marked_up(root: Element, name: str, found: Extract, shared: list[str]) -> None:
    if name.startswith("xl/worksheets/sheet"):
        found.add(f"sheet {_digits(name)}", "\n".join(_sheet(root, shared)))
    elif name != "xl/sharedstrings.xml":
        found.add(_place(name), "\n".join(_lines(root)))
    found.add("links and labels", "\n".join(_attributes(root)))


def _digits(name: str) -> str:
    return "".join(c for c in name if c.isdigit()) or "1"


_PLACES = (
    ("word/document", "body"), ("word/header", "header"), ("word/footer", "footer"), ("word/comments", "comments"),
    ("word/footnotes", "footnotes"), ("word/endnotes", "footnotes"), ("docprops/", "properties"), ("content.xml", "body"),
    ("styles.xml", "header"), ("meta.xml", "properties"), ("ppt/slides/", "slides"), ("ppt/notesslides/", "notes"),
    ("ppt/comments", "comments"), ("xl/comments", "comments"), ("word/people", "people"),
)  # fmt: skip


def _place(name: str) -> str:
    return next((place for start, place in _PLACES if name.startswith(start)), "another part")


def _lines(element: Element) -> Iterator[str]:
    """A line for each paragraph, and one for each table row with its cells side by side: a label and its value stay
    together.
    """
    kind = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if kind in {"tr", "table-row"}:
        cells = [child for child in element if str(child.tag).endswith(("}tc", "}table-cell"))]
        yield "\t".join(" ".join(line for part in cell for line in _lines(part)) for cell in cells)
    elif kind in {"p", "h"}:
        yield "".join(_runs(element))
    elif len(element) == 0:
        yield element.text or ""
    else:
        if element.text and element.text.strip():
            yield element.text
        for child in element:
            yield from _lines(child)


def _runs(paragraph: Element) -> Iterator[str]:
    if paragraph.text and not paragraph.tag.startswith(WORDPROCESSING):
        yield paragraph.text
    for node in paragraph.iter():
        if node is paragraph or not isinstance(node.tag, str):
            continue
        kind = node.tag.rpartition("}")[2]
        if kind in {"tab", "br", "cr"}:
            yield " "
        elif kind == "p":  # a text box inside a paragraph
            yield "\n"
        if not node.tag.startswith(WORDPROCESSING) or kind in {"t", "delText", "instrText"}:
            yield node.text or ""
        if not node.tag.startswith(WORDPROCESSING):
            yield node.tail or ""


def _attributes(root: Element) -> Iterator[str]:
    """What people write that is no text: alternative texts, authors of changes, targets of links."""
    for node in root.iter():
        plain: dict[str, Any] = {key.rsplit("}", 1)[-1]: value for key, value in node.attrib.items()}
        if str(node.tag).endswith("}Relationship") and plain.get("TargetMode") != "External":
            continue
        marked = str(node.tag).endswith(("}alias", "}tag", "}docVar"))  # names of fields, which people choose
        yield from (plain[key] for key in (*SAID, "val") if plain.get(key) and (key != "val" or marked))


def _shared_strings(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> list[str]:
    info = next((m for m in members if m.filename.lower() == "xl/sharedstrings.xml"), None)
    if info is None or info.file_size > PART_BYTES:
        return []
    root = ElementTree.fromstring(archive.read(info), forbid_dtd=True)
    return ["".join(t.text or "" for t in item.iter() if str(t.tag).endswith("}t")) for item in root]


def _sheet(root: Element, shared: list[str]) -> Iterator[str]:
    for row in root.iter():
        if str(row.tag).endswith("}row"):
            yield "\t".join(_cell(cell, shared) for cell in row)


def _cell(cell: Element, shared: list[str]) -> str:
    text = "".join(part.text or "" for part in cell.iter() if str(part.tag).endswith(("}v", "}t")))
    if cell.get("t") == "s" and text.isdigit() and int(text) < len(shared):
        return shared[int(text)]
    return text
