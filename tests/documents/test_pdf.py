"""Papers that the house prints: tagged, the same each time, and safe from what people type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import page
import pypdfium2
import pytest
import typst

from reaccredit.documents.pdf import PACKAGE, compile_pdf

AT = datetime(2021, 3, 8, 12, 0, tzinfo=UTC)
TYPED = 'Dr. Müller #import "x" *bold* $x^2$ \\ @ref <label> _it_ "quote" {{ Ω — ’'
DATA = {
    "title": "Report #1",
    "programme": "Demo programme",
    "footer": "Confidential.",
    "facts": [["Facility", TYPED], ["Unit", "Scanner 1"]],
    "head": ["Area", "Outcome"],
    "rows": [["Head", "acceptable"], ["Spine", TYPED]] * 40,
}
TEMPLATE = """#import "/documents/print/base.typ": paper, facts, rows
#let data = json(bytes(sys.inputs.data))
#show: paper.with(data)
#facts(data.facts)
== Areas
#rows(data.head, data.rows)
"""


@pytest.fixture
def template(tmp_path) -> Path:
    """A template beside a copy of the common frame; those of the rooms reach the frame itself by the same address."""
    frame = tmp_path / "documents" / "print" / "base.typ"
    frame.parent.mkdir(parents=True)
    frame.write_bytes((PACKAGE / "documents" / "print" / "base.typ").read_bytes())
    path = tmp_path / "of-a-test.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(p.get_textpage().get_text_range() for p in document)


def test_a_paper_is_accessible(template):
    report = page.validate_pdf_bytes(compile_pdf(template, DATA, at=AT), profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant


def test_the_same_data_makes_the_same_bytes_and_another_time_does_not(template):
    first = compile_pdf(template, DATA, at=AT)
    assert compile_pdf(template, dict(reversed(DATA.items())), at=AT) == first
    assert compile_pdf(template, DATA, at=AT + timedelta(days=1)) != first


def test_what_people_type_is_never_markup(template):
    printed = words(compile_pdf(template, DATA, at=AT)).replace("\r\n", " ")
    assert 'Müller #import "x" *bold* $x^2$ \\ @ref <label> _it_ "quote" {{' in printed


@pytest.mark.parametrize("name", ["李小龍", "Ann 🎉", "ไทย", "bell\x07"])
def test_a_character_that_no_font_has_becomes_a_square_and_costs_no_report(template, name):
    printed = words(compile_pdf(template, {**DATA, "facts": [["Facility", name + " end"]], "rows": []}, at=AT))
    assert "□" in printed
    assert "end" in printed


def test_every_page_has_its_number_and_the_foot(template):
    printed = words(compile_pdf(template, DATA, at=AT))
    assert "Page 2 of" in printed
    assert printed.count("Confidential.") == printed.count("Demo programme")


def test_a_template_without_a_title_is_refused(tmp_path):
    path = tmp_path / "bare.typ"
    path.write_text('#set text(lang: "en")\nhello', encoding="utf-8")
    with pytest.raises(typst.TypstError):
        compile_pdf(path, {}, at=AT)
