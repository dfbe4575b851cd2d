"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

HEAD = 4096


@dataclass(frozen=True)
class Format:
    slug: str
    media_type: str
    words: str  # "This is …"
    family: str  # document, picture, images, archive, program or other


def _formats(*rows: tuple[str, str, str, str]) -> dict[str, Format]:
    return {slug: Format(slug, media_type, words, family) for slug, media_type, words, family in rows}


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = _formats(
    ("pdf", "application/pdf", "a PDF document", "document"),
    ("docx", WORD, "a Word document (DOCX)", "document"),
    ("txt", "text/plain", "a text file", "document"),
    ("png", "image/png", "a picture (PNG)", "picture"),
    ("jpeg", "image/jpeg", "a picture (JPEG)", "picture"),
    ("tiff", "image/tiff", "a picture (TIFF)", "picture"),
    ("gif", "image/gif", "a picture (GIF)", "picture"),
    ("webp", "image/webp", "a picture (WebP)", "picture"),
    ("heic", "image/heic", "a picture (HEIC)", "picture"),
    ("bmp", "image/bmp", "a picture (BMP)", "picture"),
    ("svg", "image/svg+xml", "a picture (SVG)", "picture"),
    ("dicom", "application/dicom", "a medical image (DICOM)", "images"),
    ("zip-images", "application/zip", "an archive of images", "images"),
    ("zip", "application/zip", "an archive (zip)", "archive"),
    ("archive", "application/octet-stream", "an archive", "archive"),
    ("docm", "application/octet-stream", "a Word document with macros", "other"),
    ("doc", "application/octet-stream", "a document of an old version of Office", "other"),
    ("office", "application/octet-stream", "a spreadsheet or a presentation", "other"),
    ("odt", "application/vnd.oasis.opendocument.text", "an OpenDocument text", "other"),
    ("rtf", "application/rtf", "an RTF document", "other"),
    ("html", "text/html", "a web page", "other"),
    ("eml", "message/rfc822", "a mail", "other"),
    ("program", "application/octet-stream", "a program", "program"),
    ("empty", "application/octet-stream", "an empty file", "other"),
    ("unknown", "application/octet-stream", "a file of a kind that is not known here", "other"),
)

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
    (b"{\\rtf", "rtf"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"#!", "program"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
)
_MARKUP = (
    # A memo may begin with "From:" and "To:"; only what a mail server wrote makes a mail.
    (
        re.compile(
            rb"\A\s*(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?i:mime-version|message-id|received|return-path|x-mailer):"
        ),
        "eml",
    ),
    (re.compile(rb"<svg[\s>]", re.I), "svg"),
    (re.compile(rb"<(!doctype html|html|head|body|script)[\s>]", re.I), "html"),
)
_PICTURE_NAMES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp", ".heic", ".dcm", ".dicom", ".ima")


def detect(path: Path) -> Format:
    """The format by content. A zip is opened to tell a Word document from an archive; nothing else is parsed here."""
    with path.open("rb") as handle:
        head = handle.read(HEAD)
    return FORMATS[_slug(path, head)]


def _slug(path: Path, head: bytes) -> str:
    if not head:
        return "empty"
    if head[128:132] == b"DICM":
        return "dicom"
    if slug := next((slug for start, slug in _STARTS if head.startswith(start)), ""):
        return slug
    if slug := _boxed(head):
        return slug
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if slug := next((slug for pattern, slug in _MARKUP if pattern.search(head)), ""):
        return slug
    return "txt" if _is_text(path) else "unknown"


def _boxed(head: bytes) -> str:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1", b"avif"):
        return "heic"
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "bmp"
    return ""


def _zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if not n.endswith("/")]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "zip"
    if "[Content_Types].xml" in names:
        if "word/document.xml" not in names:
            return "office"
        return "docm" if any(n.lower().endswith("vbaproject.bin") for n in names) else "docx"
    if "content.xml" in names and "mimetype" in names:
        return "odt"
    pictures = [n for n in names if n.lower().endswith(_PICTURE_NAMES) or "." not in n.rsplit("/", 1)[-1]]
    return "zip-images" if names and len(pictures) == len(names) else "zip"


def decode(content: bytes) -> str | None:
    """The text of a plain text file, or None where the bytes are no text."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    candidates = ["utf-16"] if marked else ["utf-8-sig", "cp1252"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(c) < 32 and c not in "\t\n\r\f" for c in text):
            return text
    return None


def _is_text(path: Path) -> bool:
    return decode(path.read_bytes()) is not None
