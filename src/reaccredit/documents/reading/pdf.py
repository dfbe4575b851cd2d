"""PDF: the text of each page as it lies there, pages that are pictures, notes, forms, properties, attached files."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pypdfium2.raw as pdfium
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject, TextStringObject

from reaccredit.documents.reading.content import PAGES, Extract, Trouble
from reaccredit.documents.reading.loading import reader
from reaccredit.documents.reading.markup import bare
from reaccredit.phi.layout import laid_out
from reaccredit.phi.passage import Stretch
from reaccredit.phi.words import Box

LITTLE = 25  # characters: a page with a picture and less text than this is taken for a scan
DOTS = 150 / 72  # pixels a point: letters of ten points are then twenty pixels high
OBJECTS = 60_000
STRINGS = 20_000
NESTED = 6
LEAST = 10  # points: smaller pictures are ornaments
Inner = Callable[[bytes, Extract, str], None]


def pdf(path: Path, outer: Extract, inner: Inner) -> Extract:
    found = Extract(outer.limits)
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise Trouble("locked" if "assword" in str(error) else "damaged") from None
    with document:
        found.pages = len(document)
        if not 1 <= found.pages <= PAGES:
            raise Trouble("damaged" if found.pages < 1 else "too-long")
        found.add("properties", "\n\n".join(v for v in document.get_metadata_dict(skip_empty=True).values() if v))
        for number in range(found.pages):
            _page(document, number, found)
    _beneath(path, found, inner)
    return found


def _page(document: pypdfium2.PdfDocument, number: int, found: Extract) -> None:
    place = f"page {number + 1}"
    page = document[number]
    height = page.get_height()
    text, words = _words(page.get_textpage(), height)
    found.put(laid_out(place, _joined(words, text), number + 1))
    found.add(place, text, page=number + 1, stretches=words)
    found.add(f"comments on {place}", "\n".join(_notes(page)))
    objects = list(page.get_objects(max_depth=4))
    if any(item.type == pdfium.FPDF_PAGEOBJ_IMAGE for item in objects):
        found.pictures.append(place)
    bare_page = {item.type for item in objects} <= {pdfium.FPDF_PAGEOBJ_TEXT}
    # Pictures and drawn outlines instead of letters, or letters of a font that does not say which they are.
    if (len(text.strip()) < LITTLE and not bare_page) or _unreadable(text):
        image = page.render(scale=DOTS, may_draw_forms=True).to_pil()
        reader("picture:read_into")(found, image, place, number + 1, scale=1 / DOTS)
    else:
        _pictures(page, objects, place, number + 1, found)


def _unreadable(text: str) -> bool:
    letters = [c for c in text if not c.isspace()]
    strange = sum(1 for c in letters if c in "\ufffe\ufffd" or not c.isprintable() or 0xE000 <= ord(c) <= 0xF8FF)
    return len(letters) > 10 and strange > 0.2 * len(letters)


def _pictures(page: pypdfium2.PdfPage, objects: list[Any], place: str, number: int, found: Extract) -> None:
    """Pictures among the text: cut out of the page as it is seen."""
    boxes = [item.get_bounds() for item in objects if item.type == pdfium.FPDF_PAGEOBJ_IMAGE]
    boxes = [b for b in boxes if b[2] - b[0] >= LEAST and b[3] - b[1] >= LEAST]
    if not boxes:
        return
    image = page.render(scale=DOTS, may_draw_forms=False).to_pil()
    height, read_into = page.get_height(), reader("picture:read_into")
    for left, bottom, right, top in dict.fromkeys(boxes):
        origin = max(0.0, left), max(0.0, height - top)
        corners = (
            int(origin[0] * DOTS),
            int(origin[1] * DOTS),
            int(right * DOTS) + 1,
            int((height - bottom) * DOTS) + 1,
        )
        cut = image.crop((corners[0], corners[1], min(corners[2], image.width), min(corners[3], image.height)))
        read_into(found, cut, f"picture on {place}", number, scale=1 / DOTS, origin=origin)


def _words(textpage: pypdfium2.PdfTextPage, height: float) -> tuple[str, list[Stretch]]:
    """The text in the order of the file, and where each word lies (points from the upper left corner)."""
    letters: list[str] = []
    words: list[Stretch] = []
    start, box = 0, None
    edges = [ctypes.c_double() for _ in range(4)]
    for index in range(textpage.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(textpage, index) or 32).replace("\ufffe", "-").replace("\x02", "-")
        if letter.isspace():
            if box is not None:
                words.append(Stretch(start, len(letters), box))
            box = None
        elif pdfium.FPDFText_GetCharBox(textpage, index, *edges):
            left, right, bottom, top = (e.value for e in edges)
            here = (left, height - top, right, height - bottom)
            if box is None:
                start, box = len(letters), here
            else:
                box = min(box[0], here[0]), min(box[1], here[1]), max(box[2], here[2]), max(box[3], here[3])
        letters.append(letter)
    if box is not None:
        words.append(Stretch(start, len(letters), box))
    return "".join(letters).replace("\r\n", " \n"), words


def _joined(words: list[Stretch], text: str) -> Iterator[tuple[str, Box]]:
    for word in words:
        yield text[word.start : word.end], word.box


def _notes(page: pypdfium2.PdfPage) -> Iterator[str]:
    """Comments and form fields, which the text of a page does not contain."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        said = {key: _said(note, key) for key in (b"T", b"V", b"Contents", b"RC")}
        if said[b"T"] and said[b"V"]:
            yield f"{said[b'T']}: {said[b'V']}"  # a field of a form: its name is the label
        yield from (bare(value) if key == b"RC" else value for key, value in said.items() if value)
        pdfium.FPDFPage_CloseAnnot(note)


def _said(note: Any, key: bytes) -> str:
    length = pdfium.FPDFAnnot_GetStringValue(note, key, None, 0)
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDFAnnot_GetStringValue(note, key, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\x00")


def _beneath(path: Path, found: Extract, inner: Inner) -> None:
    """Everything a page does not show: custom properties, XMP, bookmarks, alternative texts, attached files."""
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted:
            reader.decrypt("")
        texts, packets, files = _objects(reader)
    except Exception:  # pdfium could read it, and pypdf raises a dozen kinds for what it can't
        found.opaque.append("properties")
        return
    found.add("properties", "\n\n".join(dict.fromkeys(texts)))
    for packet in packets:
        found.add("properties", bare(packet))
    for number, content in enumerate(files, start=1):
        inner(content, found, f"attachment {number}")


def _objects(reader: pypdf.PdfReader) -> tuple[list[str], list[str], list[bytes]]:
    texts: list[str] = []
    packets: list[str] = []
    files: list[bytes] = []
    numbers = sorted({n for table in reader.xref.values() for n in table} | set(reader.xref_objStm))[:OBJECTS]
    generations = {n: g for g, table in reader.xref.items() for n in table}
    for number in numbers:
        item = reader.get_object(IndirectObject(number, generations.get(number, 0), reader))
        if isinstance(item, StreamObject):
            if item.get("/Subtype") == "/XML" or item.get("/Type") == "/Metadata":
                packets.append(item.get_data()[:1_000_000].decode("utf-8", "replace"))
            elif item.get("/Type") == "/EmbeddedFile":
                files.append(item.get_data())
        elif isinstance(item, DictionaryObject):
            texts += _strings(item)
    info = reader.trailer.get("/Info")
    if info is not None:
        texts += _strings(info.get_object())
    return texts[:STRINGS], packets, files


def _strings(item: Any, depth: int = 0) -> Iterator[str]:
    """Texts directly in an object; what it refers to has its own turn."""
    if isinstance(item, TextStringObject):
        if len(item) > 1:
            yield str(item)
    elif isinstance(item, DictionaryObject) and depth < NESTED:
        for key in item:
            if key not in SILENT:
                yield from _valued(str(key), item.raw_get(key), depth)
    elif isinstance(item, list) and depth < NESTED:
        for value in item:
            yield from _strings(value, depth + 1)


def _valued(key: str, value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, TextStringObject) and key not in SPOKEN:
        yield f"{key[1:]}: {value}"
    elif not isinstance(value, IndirectObject):
        yield from _strings(value, depth + 1)


# What programs write there, and what leads elsewhere.
SILENT = frozenset(
    "/" + name
    for name in (
        *(
            "Parent",
            "P",
            "ID",
            "CreationDate",
            "ModDate",
            "M",
            "DA",
            "Lang",
            "Ordering",
            "Registry",
            "CharSet",
            "FontName",
        ),
        *("BaseFont", "Producer", "Creator", "OutputConditionIdentifier", "OutputCondition", "RegistryName", "Info"),
        *("ByteRange", "Cert"),
    )
)
# Keys whose values are sentences; other keys are labels of their values.
SPOKEN = frozenset(
    "/" + name
    for name in (
        *("Title", "Contents", "Alt", "ActualText", "E", "T", "TU", "V", "Subject", "Keywords", "Author", "F", "UF"),
        *("Desc", "URI", "S", "DV"),
    )
)
