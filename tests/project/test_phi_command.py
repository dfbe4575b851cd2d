"""`reaccredit phi screen`: files in, findings out, and never a word of what a file says."""

from __future__ import annotations

import json
import zipfile
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from reaccredit.imaging import synthetic
from reaccredit.project import command
from tests.documents.papers import docx, paragraph, pdf

DIRTY = "Patient: Jane Roe, MRN: 00451277"
CLEAN = "The coil was replaced on March 4, 2021. Ann Lee trained all staff, 312-555-0147."
STAFF = [{"name": "Ann Lee", "role": "Technologist", "phone": "312-555-0147", "email": "alee@lakeview.example"}]


@pytest.fixture
def file(tmp_path):
    def write(name: str, content: bytes | str) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


@pytest.fixture
def ask(capsys, file):
    """(exit code, answer): the command with the roster, as JSON."""
    roster = file("roster.json", json.dumps(STAFF))

    def call(*files: str, **_: object) -> tuple[int, dict]:
        code = command.main(["phi", "screen", *files, "--roster", roster, "--json"])
        told = capsys.readouterr().out
        assert "Roe" not in told
        assert "451277" not in told
        return code, json.loads(told)

    return call


def picture(text: str, **saved: object) -> bytes:
    image = Image.new("L", (900, 200), 255)
    ImageDraw.Draw(image).text((40, 80), text, fill=0, font_size=36)
    out = BytesIO()
    image.save(out, "PNG", **saved)
    return out.getvalue()


def mail(body: str, attached: bytes = b"") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = (
        "Ann Lee <alee@lakeview.example>",
        "Plan",
        "<1@lakeview.example>",
    )
    message.set_content(body)
    if attached:
        message.add_attachment(attached, maintype="application", subtype="octet-stream", filename="plan.bin")
    return message.as_bytes()


def zipped(**members: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", CLEAN),
        ("a.pdf", pdf(CLEAN)),
        ("a.docx", docx(paragraph(CLEAN))),
        ("a.eml", mail(CLEAN)),
        ("a.zip", zipped(one=CLEAN.encode(), two=docx(paragraph(CLEAN)))),
        ("a.html", f"<html><body><p>{CLEAN}</p></body></html>"),
        ("empty.txt", ""),
    ],
)
def test_a_clean_file_exits_0(ask, file, name, content):
    code, answer = ask(file(name, content))
    assert (code, answer["findings"]) == (0, [])
    assert answer["files"][0]["verdict"] == "clean"


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("a.txt", DIRTY, "text"),
        ("a.pdf", pdf(CLEAN, DIRTY), "page 2"),
        ("keywords.pdf", pdf(CLEAN, title=DIRTY), "properties"),
        ("a.docx", docx(paragraph(CLEAN), word__comments__xml=paragraph(DIRTY)), "comments"),
        ("a.eml", mail(DIRTY), "body"),
        ("attached.eml", mail(CLEAN, docx(paragraph(DIRTY))), "attachment 1, body"),
        ("a.zip", zipped(readme=CLEAN.encode(), inner=zipped(deep=DIRTY.encode())), "file 2, file 1, text"),
        ("a.html", f"<html><body><p>{CLEAN}</p><!-- {DIRTY} --></body></html>", "links and labels"),
    ],
)
def test_findings_exit_1_and_say_kind_part_and_certainty(ask, file, name, content, part):
    code, answer = ask(file(name, content))
    assert code == 1
    assert {"names", "mrn"} <= {f["kind"] for f in answer["findings"] if f["part"] == part}
    assert all(0.5 <= f["certainty"] <= 1 for f in answer["findings"])


def test_a_page_and_a_box_are_told_where_there_are_some(ask, file):
    _, answer = ask(file("a.pdf", pdf(CLEAN, DIRTY)))
    finding = next(f for f in answer["findings"] if f["kind"] == "mrn")
    left, top, right, bottom = finding["box"]
    assert finding["page"] == 2
    assert 0 < left < right < 600
    assert 0 < top < bottom < 850


def test_a_picture_is_read_and_so_is_what_it_says_of_itself(ask, file):
    told = PngImagePlugin.PngInfo()
    told.add_text("Description", DIRTY)
    code, answer = ask(file("letters.png", picture(DIRTY)), file("told.png", picture("Coil 4", pnginfo=told)))
    assert code == 1
    assert {"picture", "metadata"} == {f["part"] for f in answer["findings"]}
    assert all(f["box"] for f in answer["findings"] if f["part"] == "picture")


def test_a_dicom_image_is_screened_by_its_header(ask, file):
    code, answer = ask(file("a.dcm", synthetic.series(patient="Roe", slices=1)[0]))
    assert code == 1
    assert {"PatientID", "PatientName", "PatientBirthDate"} <= {f["part"] for f in answer["findings"]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("cut.pdf", pdf(CLEAN)[:600]),
        ("bomb.zip", zipped(zeros=bytes(30_000_000))),
        ("inside.zip", zipped(old=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))),
    ],
)
def test_what_can_not_be_read_exits_2_and_says_so(ask, file, name, content):
    code, answer = ask(file(name, content))
    assert (code, answer["files"][0]["verdict"]) == (2, "unreadable")
    assert answer["files"][0]["reason"]


def test_archives_inside_archives_end_somewhere(ask, file):
    nested = CLEAN.encode()
    for _ in range(8):
        nested = zipped(inner=nested)
    assert ask(file("nested.zip", nested))[0] == 2


def test_a_missing_file_and_a_wrong_roster_are_told(capsys, file):
    assert command.main(["phi", "screen", "nowhere.pdf"]) == 2
    assert "no such file" in capsys.readouterr().out
    assert command.main(["phi", "screen", file("a.txt", CLEAN), "--roster", file("r.json", '{"a": 1}')]) == 2
    assert "JSON list" in capsys.readouterr().err


def test_without_json_the_sentences_tell_the_place_and_not_the_text(capsys, file):
    assert command.main(["phi", "screen", file("a.txt", DIRTY)]) == 1
    told = capsys.readouterr().out
    assert "Text, line 1: this looks like a medical record or patient number." in told
    assert "Roe" not in told


def test_no_database_and_no_settings_are_asked_for(file, monkeypatch):
    assert "django" not in Path(command.__file__).with_name("phi_command.py").read_text()
