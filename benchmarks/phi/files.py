"""The same papers as files: PDF, scanned PDF, Word, mail, zip, pictures; screened by the command's own way.

python -m benchmarks.phi.files [--set heldout] [--papers 1] [--scans 6] [--wrong]
"""

from __future__ import annotations

import argparse
import io
import random
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from xml.sax.saxutils import escape

import typst
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.phi.marking import Paper
from benchmarks.phi.texts import papers, roster
from reaccredit.project.phi_command import screen_file

FONTS = [path for folder in ("/usr/share/fonts/truetype", "/usr/share/fonts/opentype") for path in Path(folder).rglob("*.[to]tf") if any(w in path.name for w in ("DejaVuSans.ttf", "LiberationSerif-Regular", "LiberationSans-Regular", "DejaVuSansMono.ttf"))]  # fmt: skip
HANDS = [path for folder in ("/usr/share/fonts/truetype", "/usr/share/fonts/opentype") for path in Path(folder).rglob("*.[to]tf") if any(w in path.name.lower() for w in ("humor", "comicneue-regular", "comicneue-italic"))]  # fmt: skip
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(one: Paper) -> bytes:
    rows = []
    for line in one.text.split("\n"):
        cells = ", ".join(f'[#"{_quoted(cell)}"]' for cell in line.split("\t"))
        rows.append(
            f"#grid(columns: {line.count(chr(9)) + 1}, column-gutter: 24pt, {cells})"
            if "\t" in line
            else f'#par[#"{_quoted(line)}"]'
        )
    return typst.compile(
        ('#set text(font: "DejaVu Sans", size: 9pt)\n#set par(leading: 0.5em)\n' + "\n".join(rows)).encode(),
        format="pdf",
    )


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def docx(one: Paper) -> bytes:
    body = "".join(_table(line) if "\t" in line else _paragraph(line) for line in one.text.split("\n"))
    return _docx({"word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'})


def docx_comment(one: Paper) -> bytes:
    return _docx({
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{_paragraph("Corrective action plan")}</w:body></w:document>',
        "word/comments.xml": f'<w:comments xmlns:w="{W}"><w:comment w:id="1">{"".join(_paragraph(x) for x in one.text.split(chr(10)))}</w:comment></w:comments>',
    })  # fmt: skip


def docx_deleted(one: Paper) -> bytes:
    body = "".join(
        f'<w:p><w:del w:author="A"><w:r><w:delText xml:space="preserve">{escape(x)}</w:delText></w:r></w:del></w:p>'
        for x in one.text.split("\n")
    )
    return _docx({"word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'})


def _docx(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def _paragraph(text: str) -> str:
    half = len(text) // 2
    return (
        "<w:p>"
        + "".join(f"<w:r><w:t xml:space='preserve'>{escape(t)}</w:t></w:r>" for t in (text[:half], text[half:]))
        + "</w:p>"
    )


def _table(line: str) -> str:
    return "<w:tbl><w:tr>" + "".join(f"<w:tc>{_paragraph(c)}</w:tc>" for c in line.split("\t")) + "</w:tr></w:tbl>"


def mail(one: Paper) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "office@lakeview-imaging.example",
        "program@example.org",
        "Corrective action",
    )
    message["Message-ID"] = "<1@lakeview-imaging.example>"
    message.set_content(one.text)
    return message.as_bytes()


def mail_with_pdf(one: Paper) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "office@lakeview-imaging.example", "see attachment"
    message["Message-ID"] = "<1@lakeview-imaging.example>"
    message.set_content("see attachment")
    message.add_attachment(pdf(one), maintype="application", subtype="pdf", filename="plan.pdf")
    return message.as_bytes()


def zipped(one: Paper) -> bytes:
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("plan.docx", docx(one))
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/readme.txt", "Plan of the facility")
        archive.writestr("b/inner.zip", inner.getvalue())
    return outer.getvalue()


def page(one: Paper, *, fonts: list[Path], dice: random.Random) -> Image.Image:
    font = ImageFont.truetype(str(dice.choice(fonts)), dice.randint(21, 27))
    lines = [piece for line in one.text.split("\n") for piece in _wrapped(line)]
    sheet = Image.new("L", (1275, 1650), 255)
    pen = ImageDraw.Draw(sheet)
    y = 90
    for line in lines:
        for number, cell in enumerate(line.split("\t")):
            pen.text((90 + number * 240, y), cell, font=font, fill=dice.randint(0, 60))
        y += 38
    sheet = sheet.rotate(dice.uniform(-1.2, 1.2), fillcolor=255, resample=Image.Resampling.BICUBIC)
    noise = Image.effect_noise(sheet.size, 18)
    sheet = Image.blend(sheet, noise, 0.08)
    return sheet.filter(ImageFilter.GaussianBlur(dice.uniform(0.2, 0.7)))


def _wrapped(line: str) -> list[str]:
    if "\t" in line or len(line) < 80:
        return [line]
    words, rows = line.split(" "), [""]
    for word in words:
        if len(rows[-1]) + len(word) > 78:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def scan(one: Paper) -> bytes:
    out = io.BytesIO()
    page(one, fonts=FONTS, dice=random.Random(len(one.text))).convert("RGB").save(
        out, "PDF", resolution=150, quality=75
    )
    return out.getvalue()


def hand(one: Paper) -> bytes:
    out = io.BytesIO()
    page(one, fonts=HANDS or FONTS, dice=random.Random(len(one.text))).save(out, "PNG")
    return out.getvalue()


FORMS: dict[str, Callable[[Paper], bytes]] = {
    "pdf": pdf,
    "docx": docx,
    "comments": docx_comment,
    "deleted": docx_deleted,
    "mail": mail,
    "mail+pdf": mail_with_pdf,
    "zip in zip": zipped,
}
PICTURES: dict[str, Callable[[Paper], bytes]] = {"scanned pdf": scan, "handwriting-like png": hand}


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--set", default="heldout")
    asked.add_argument("--papers", type=int, default=1)
    asked.add_argument("--scans", type=int, default=8)
    asked.add_argument("--only")
    asked.add_argument("--wrong", action="store_true")
    args = asked.parse_args()
    made = papers(args.set, args.papers)
    some = random.Random(4).sample(made, min(args.scans, len(made)))
    for name, form in {**FORMS, **PICTURES}.items():
        if not args.only or name == args.only:
            _measure(name, form, some if name in PICTURES else made, args.wrong)


def _measure(name: str, form: Callable[[Paper], bytes], made: list[Paper], wrong: bool) -> None:
    planted = found = told = flagged = clean = unread = 0
    started = time.perf_counter()
    for one in made:
        with tempfile.NamedTemporaryFile() as handle:
            handle.write(form(one))
            handle.flush()
            answer = screen_file(handle.name, roster(one))
        wanted, got = Counter(p.kind for p in one.planted), Counter(f.kind for f in answer.told(False))
        planted += wanted.total()
        found += (wanted & got).total()
        told += got.total()
        clean += not wanted
        flagged += bool(not wanted and got)
        unread += bool(answer.trouble)
        if wrong and (wanted - got or (not wanted and got)):
            print(f"   {one.template}: missing {dict(wanted - got)}, too many {dict(got - wanted)} {answer.trouble}")
    seconds = time.perf_counter() - started
    share = found / max(1, planted)
    print(
        f"{name:<22} papers {len(made):>4}  planted {planted:>4}  recall {share:.3f}  told {told:>4}  clean papers flagged {flagged}/{clean}  unread {unread}  {seconds / len(made):.2f} s each"
    )


if __name__ == "__main__":
    main()
