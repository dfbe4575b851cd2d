"""A paper is kept or refused whole; a refused one leaves nothing behind."""

from __future__ import annotations

import logging
import os
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pydicom.data.data_manager import DATA_ROOT

from reaccredit.documents import actions, inspection, queries
from reaccredit.documents.actions import Unacceptable
from reaccredit.documents.models import Document
from reaccredit.ledger import apart
from reaccredit.phi import ocr
from tests.documents.papers import docx, paragraph, pdf, row

CLEAN = "The coil was replaced on March 4, 2021. Ann Lee trained all staff."
DIRTY = "Patient: Jane Roe, MRN: 00451277"
PDF = pdf(CLEAN)
DOCX = docx(paragraph(CLEAN))


def at_rest(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.is_file() and p.name != ".gate")


def picture(form: str, size: int = 20) -> bytes:
    out = BytesIO()
    Image.new("L", (size, size), 99).save(out, form)
    return out.getvalue()


def picture_pdf() -> bytes:
    out = BytesIO()
    Image.effect_noise((400, 500), 50).save(out, "PDF")
    return out.getvalue()


def refusal(call, *args, **options) -> Unacceptable:
    with pytest.raises(Unacceptable) as caught:
        call(*args, **options)
    return caught.value


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (pdf(CLEAN), "application/pdf"),
        (docx(paragraph(CLEAN)), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (CLEAN.encode(), "text/plain"),
        (CLEAN.encode("utf-16"), "text/plain"),
    ],
)
def test_a_letter_is_kept_with_its_kind_told_by_content(keep, store_folder, content, media_type):
    document = keep(content)
    assert (document.media_type, document.size, document.screened) == (media_type, len(content), False)
    assert at_rest(store_folder) == [document.sha256]
    with queries.content(document) as handle:
        assert handle.read() == content


def test_a_scanned_signed_letter_is_a_letter(keep):
    assert keep(picture_pdf()).pages == 1


def test_a_letter_may_name_whom_it_likes_where_that_is_allowed(keep):
    assert keep(pdf(DIRTY)).pk


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (picture("PNG"), "picture (PNG)"),
        (picture("JPEG"), "picture (JPEG)"),
        (picture("TIFF"), "picture (TIFF)"),
        (picture("GIF"), "picture (GIF)"),
        (picture("WEBP"), "picture (WebP)"),
        (picture("BMP"), "picture (BMP)"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "picture (HEIC)"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture (SVG)"),
        ((Path(DATA_ROOT) / "test_files" / "CT_small.dcm").read_bytes(), "medical image (DICOM)"),
    ],
)
def test_images_are_refused_in_the_letter_field_by_content(keep, store_folder, content, words):
    error = refusal(keep, content, clauses={"format": "appeal.letter"})
    assert (error.code, error.clause) == ("format", "appeal.letter")
    assert words in error.sentence
    assert "testing package" in error.sentence
    assert at_rest(store_folder) == []


def test_an_archive_of_images_is_refused_as_images(keep):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.png", picture("PNG"))
        archive.writestr("IM0001", b"x")
    assert "archive of images" in refusal(keep, out.getvalue()).sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old version of Office"),
        (b"MZ" + bytes(600), "program"),
        (b"#!/bin/sh\n", "program"),
        (b"{\\rtf1 hello}", "RTF"),
        (b"<!DOCTYPE html><p>", "web page"),
        (docx(word__vbaProject__bin=b"x"), "macros"),
        (bytes(range(256)), "not known"),
    ],
)
def test_other_kinds_are_named_and_refused(keep, content, words):
    error = refusal(keep, content)
    assert error.code == "format"
    assert words in error.sentence
    assert "PDF" in error.sentence


def test_a_scan_of_a_form_is_taken_where_the_caller_allows_pictures(keep):
    assert keep(picture("TIFF"), allowed=actions.SCANS).format == "tiff"
    assert refusal(keep, picture("PNG")[:60], allowed=actions.SCANS).code == "damaged"
    said = refusal(keep, bytes(128) + b"DICM" + bytes(8), allowed=actions.SCANS).sentence
    assert "Medical images are not taken in this field" in said  # as a picture of a page is


@pytest.mark.parametrize("content", [pdf(CLEAN)[:700], b"%PDF-1.7\n", docx(word__document2__xml=b"<not closed")])
def test_a_damaged_document_is_refused(keep, store_folder, content):
    assert refusal(keep, content).code == "damaged"
    assert at_rest(store_folder) == []


def test_an_empty_file_and_a_large_one_say_so(keep, monkeypatch):
    assert refusal(keep, b"").code == "empty"
    monkeypatch.setattr(actions, "FILE_BYTES", 10)
    assert refusal(keep, CLEAN.encode()).code == "too-large"


def test_an_entity_bomb_is_not_expanded(keep):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    assert refusal(keep, docx(docProps__custom__xml=bomb)).code == "damaged"


def test_a_clean_plan_is_kept_and_marked_as_screened(screened):
    assert screened(pdf(CLEAN, "Second page")).screened
    assert screened(docx(paragraph(CLEAN))).screened
    assert screened(CLEAN.encode()).screened


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (pdf(CLEAN, f"One\n{DIRTY}"), "Page 2, line 2"),
        (pdf(CLEAN, title="Patient: Jane Roe"), "Properties, line"),
        (docx(paragraph(CLEAN) + paragraph(DIRTY)), "Body, line 2"),
        (docx(row("Date of birth", "01/02/1960")), "Body, line 1"),
        (docx(row("MRN:", "00451277")), "Body, line 1"),
        (docx(paragraph("MRN: 00451277", tag="delText")), "Body, line 1"),
        (docx(word__header1__xml=paragraph(DIRTY)), "Header, line 1"),
        (docx(word__footer1__xml=paragraph(DIRTY)), "Footer, line 1"),
        (docx(word__comments__xml=paragraph(DIRTY)), "Comments, line 1"),
        (docx(docProps__core__xml="<title>Patient: Jane Roe</title>"), "Properties, line 1"),
        (docx('<wp:docPr descr="Scan of patient Jane Roe"/>'), "Links and labels, line 1"),
        (f"One\r\nTwo\r\n{DIRTY}".encode(), "Text, line 3"),
    ],
)
def test_a_plan_that_names_a_patient_is_refused_wherever_it_does(screened, store_folder, caplog, content, place):
    with caplog.at_level(logging.DEBUG):
        error = refusal(screened, content, clauses={"phi": "cap.no-phi"})
    assert (error.code, error.clause) == ("phi", "cap.no-phi")
    assert any(sentence.startswith(place) for sentence in error.sentences)
    told = " ".join([str(error), repr(error), error.sentence, *error.sentences, caplog.text])
    assert "Roe" not in told
    assert "451277" not in told
    assert at_rest(store_folder) == []
    assert Document.objects.count() == 0


def test_a_title_that_names_a_patient_is_refused_too(screened):
    assert refusal(screened, CLEAN.encode(), title="Plan for patient Jane Roe").code == "phi"


def test_a_refused_paper_leaves_the_store_as_it_was(screened, store_folder):
    screened(CLEAN.encode())
    before = at_rest(store_folder)
    refusal(screened, DIRTY.encode())
    assert at_rest(store_folder) == before


def scanned(*lines: str) -> bytes:
    """A page that is a picture of these lines."""
    page = Image.new("L", (1000, 120 + 60 * len(lines)), 255)
    for number, line in enumerate(lines):
        ImageDraw.Draw(page).text((60, 60 + 60 * number), line, fill=20, font_size=30)
    out = BytesIO()
    page.save(out, "PDF", resolution=120)
    return out.getvalue()


def test_a_scan_is_read_and_refused_for_what_it_says(screened, store_folder):
    error = refusal(screened, scanned("Corrective action plan", "Patient: Jane Roe", "MRN: 00451277"))
    assert error.code == "phi"
    assert {"names", "mrn"} <= {f.kind for f in error.findings}
    assert all(f.page == 1 and f.box for f in error.findings)
    assert at_rest(store_folder) == []


def test_a_scan_that_names_nobody_is_only_asked_about_as_a_picture(screened):
    assert refusal(screened, scanned("The coil was replaced on March 4, 2021.")).declarable == {"photo"}


def test_where_no_reader_is_installed_a_scan_is_refused_as_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(ocr, "_reader", _no_reader)
    path = tmp_path / "scan.pdf"
    path.write_bytes(scanned("Patient: Nobody Knows"))
    assert inspection.look(path)["opaque"] == ["page 1"]


def _no_reader() -> object:
    raise ocr.NoReader


def test_what_could_not_be_read_is_refused(screened):
    other = docx(paragraph(CLEAN), word__embeddings__old__doc=b"\xd0\xcf\x11\xe0" + bytes(600))
    error = refusal(screened, other)
    assert {f.kind for f in error.findings} == {"unreadable"}
    assert "could not be read" in error.sentence


def test_possible_identifiers_are_asked_about_and_can_be_declared_nobodys(screened):
    letter = b"Call 217-555-0123 with questions."
    error = refusal(screened, letter)
    assert (error.code, error.declarable) == ("maybe-phi", frozenset({"phone"}))
    assert screened(letter, declared=frozenset({"phone"})).declared == ["phone"]


def test_certain_identifiers_can_not_be_declared_away(screened):
    error = refusal(screened, DIRTY.encode(), declared=frozenset({"names", "mrn"}))
    assert (error.code, error.declarable) == ("phi", frozenset())


def test_a_picture_inside_a_plan_is_asked_about(screened):
    plan = docx(paragraph(CLEAN), word__media__image1__png=picture("PNG"))
    assert refusal(screened, plan).declarable == {"photo"}
    assert screened(plan, declared=frozenset({"photo"})).pk


def test_very_many_findings_are_summed_up(screened):
    error = refusal(screened, "\n".join(f"MRN: 00{i}77" for i in range(100, 160)).encode())
    assert len(error.findings) == 60
    assert error.sentences[-1] == "And 20 more places like these."


def test_the_sweep_takes_what_no_row_names(keep, store_folder):
    kept, gone = keep(CLEAN.encode()), keep(b"Another letter.")
    actions.discard(document=gone)
    draft = store_folder / "incoming" / "left-behind"
    draft.write_bytes(b"half a file")
    os.utime(draft, (0, 0))
    swept = actions.sweep(now=datetime.now(UTC) + timedelta(days=2))
    assert (swept.files, swept.drafts, swept.missing) == (1, 1, ())
    assert at_rest(store_folder) == [kept.sha256]


@budget(max_examples=60)
@given(
    which=st.sampled_from(["pdf", "docx", "txt"]),
    flips=st.lists(st.tuples(st.integers(0, 1_000_000), st.integers(0, 255)), min_size=1, max_size=20),
)
def test_no_flipped_bytes_raise_out_of_the_inspection(which, flips, tmp_path_factory):
    content = bytearray({"pdf": PDF, "docx": DOCX, "txt": CLEAN.encode()}[which])
    for at, value in flips:
        content[at % len(content)] = value
    path = tmp_path_factory.mktemp("flipped") / "file"
    path.write_bytes(bytes(content))
    seen = inspection.look(path, seconds=0)  # a page whose letters were damaged is drawn, and not read as a picture
    assert seen["trouble"] in {"", *actions.TROUBLES}


def test_a_parser_that_dies_refuses_the_paper_and_nothing_more(keep, monkeypatch, store_folder):
    monkeypatch.setattr(apart, "PATIENCE", 0.001)
    assert refusal(keep, CLEAN.encode()).code == "slow"
    assert at_rest(store_folder) == []


def test_the_process_apart_knows_no_secret(monkeypatch):
    monkeypatch.setenv("REACCREDIT_SECRET_KEY", "a-secret")
    told = apart.run("timeit", "-n1", "-r1", "-s", "import os", "print(sorted(os.environ.items()))")
    assert b"PATH" in told
    assert b"a-secret" not in told
