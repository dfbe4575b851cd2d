"""Papers made for the tests: PDF by typst, DOCX part by part."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

import typst

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
)


def pdf(*pages: str, title: str = "") -> bytes:
    """A PDF with real text, one string a page (lines kept)."""
    body = "#pagebreak()".join(f'#raw("{_typst(page)}", block: true)' for page in pages)
    return typst.compile(f'#set document(title: "{_typst(title)}")\n{body}'.encode(), format="pdf")


def _typst(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def paragraph(text: str, *, tag: str = "t") -> str:
    """One paragraph, cut into runs as Word does."""
    half = len(text) // 2
    runs = "".join(
        f"<w:r><w:{tag} xml:space='preserve'>{escape(t)}</w:{tag}></w:r>" for t in (text[:half], text[half:])
    )
    return f"<w:p>{runs}</w:p>"


def row(*cells: str) -> str:
    return "<w:tbl><w:tr>" + "".join(f"<w:tc>{paragraph(c)}</w:tc>" for c in cells) + "</w:tr></w:tbl>"


def docx(body: str = "", **parts: str | bytes) -> bytes:
    """A Word document from paragraphs; more parts as word__header1__xml="<w:p>…"."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {SPACES}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            text = content if isinstance(content, bytes) else f"<w:part {SPACES}>{content}</w:part>"
            archive.writestr(name.replace("__", ".").replace(".", "/", name.count("__") - 1), text)
    return out.getvalue()
