"""What holds other files: mails and zip archives, each within the limits of the whole."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path, PurePosixPath

from reaccredit.documents.reading.content import RATIO, RATIO_FROM, Extract, Trouble
from reaccredit.documents.reading.markup import html

Inner = Callable[[bytes, Extract, str], None]
TOLD = (
    "From",
    "To",
    "Cc",
    "Bcc",
    "Reply-To",
    "Sender",
    "Subject",
    "Comments",
    "Keywords",
    "Organization",
    "Thread-Topic",
)
MEMBER_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


def mail(path: Path, outer: Extract, inner: Inner) -> Extract:
    found = Extract(outer.limits)
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    if not isinstance(message, EmailMessage):
        raise Trouble("damaged")
    found.add("headers of the mail", "\n".join(_headers(message)))
    count = 0
    for part in message.walk():
        found.limits.spend(parts=1)
        if part.is_multipart():
            if part is not message and part.get_content_type() == "message/rfc822":
                found.add(
                    "mail inside the mail",
                    "\n".join(
                        h for inside in part.iter_parts() if isinstance(inside, EmailMessage) for h in _headers(inside)
                    ),
                )
            continue
        if part.get_content_type() in {"text/plain", "text/html"} and not part.get_filename():
            _body(part, found)
        else:
            count += 1
            found.add("names of the attachments", _readable(part.get_filename() or ""))
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                inner(content, found, f"attachment {count}")
    return found


def _headers(message: EmailMessage) -> list[str]:
    """As text. A malformed one fails when it is asked for; its raw form is then read."""
    lines = []
    for name in TOLD:
        try:
            values = [str(v) for v in message.get_all(name, [])]
        except Exception:
            values = [str(v) for n, v in message.raw_items() if n.lower() == name.lower()]
        lines += [f"{name}: {value}" for value in values]
    return lines + [
        f"{n}: {v}" for n, v in message.raw_items() if n.lower().startswith("x-") and "patient" in f"{n}{v}".lower()
    ]


def _body(part: EmailMessage, found: Extract) -> None:
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    try:
        text = raw.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        text = raw.decode("utf-8", "replace")
    if part.get_content_type() == "text/html":
        html(text, found)
    else:
        found.add("body", text)


def archive(path: Path, outer: Extract, inner: Inner) -> Extract:
    found = Extract(outer.limits)
    try:
        with zipfile.ZipFile(path) as opened:
            members = [info for info in opened.infolist() if not info.is_dir() and not _litter(info.filename)]
            found.limits.spend(parts=len(members))
            for number, info in enumerate(members, start=1):
                found.add("names of the files", _readable(PurePosixPath(info.filename.replace("\\", "/")).name))
                inner(_unpacked(opened, info, found), found, f"file {number}")
    except MEMBER_ERRORS:
        raise Trouble("damaged") from None
    return found


def _unpacked(opened: zipfile.ZipFile, info: zipfile.ZipInfo, found: Extract) -> bytes:
    if info.flag_bits & 0x1:
        raise Trouble("locked")
    if info.file_size > RATIO_FROM and info.file_size > RATIO * max(1, info.compress_size):
        raise Trouble("too-long")
    found.limits.spend(unpacked=info.file_size)
    with opened.open(info) as stream:
        content = stream.read(info.file_size + 1)
    if len(content) > info.file_size:  # the table of contents lied
        raise Trouble("too-long")
    return content


def _litter(name: str) -> bool:
    return "__MACOSX" in name or PurePosixPath(name).name.lower() in {".ds_store", "thumbs.db", "desktop.ini"}


def _readable(name: str) -> str:
    """The words of a file's name, without its ending."""
    return PurePosixPath(name).stem.replace("_", " ").replace(".", " ")
