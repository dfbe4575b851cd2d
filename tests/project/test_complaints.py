"""What a refused form says, and that it gives back what was typed."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template

from reaccredit.project.complaints import sentences
from reaccredit.project.styleguide import SampleForm
from reaccredit.project.templatetags.words import error_links

GOOD = {
    "name": "CT 1",
    "scans": "12",
    "scanned": "2021-03-27",
    "modality": "ct",
    "medium": "cd",
    "modules": ["chest"],
    "cause": "Motion",
    "attest": "on",
}


def drawn(form: forms.BaseForm, text: str = '<c-form :form="form" />') -> str:
    return Template(compiled(text)).render(Context({"form": form}))


def compiled(text: str) -> str:
    """Component tags become template tags when a file is loaded; a text in a test is turned by hand."""
    from django_cotton.compiler_regex import CottonCompiler  # noqa: PLC0415 - only tests compile by hand

    return str(CottonCompiler().process(text))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Fill in “Name of the unit”."),
        ("name", "x" * 41, "“Name of the unit” may have at most 40 characters; it has 41."),
        ("email", "ann", "“Email address” must be an email address, such as name@example.org."),
        ("scans", "many", "“Scans last year” must be a whole number, such as 12."),
        ("scans", "-1", "“Scans last year” must be 0 or more."),
        ("scans", "100000", "“Scans last year” must be 99999 or less."),
        ("scanned", "31 April", "“Date of the scan” must be a date, such as 2021-03-27."),
        ("arrived", "soon", "“Arrived by post” must be a date and a time, such as 2021-03-27 14:30."),
        ("modality", "xx", "Choose one of the answers that “Modality” offers."),
        ("medium", "", "Choose an answer for “How did you send the images?”."),
        ("modules", [], "Tick at least one box of “Which modules does the unit scan?”."),
        ("attest", "", "Tick the box “I attest that what I have entered is true” to go on."),
    ],
)
def test_a_mistake_is_named_with_its_field_and_what_to_do(field: str, typed: object, said: str) -> None:
    form = SampleForm({**GOOD, field: typed})
    assert not form.is_valid()
    assert {name: sentences(form[name]) for name in form.errors} == {field: [said]}


def test_a_field_that_has_its_own_words_keeps_them() -> None:
    class Own(forms.Form):
        letter = forms.FileField(error_messages={"required": "Upload the signed letter."})

    form = Own({})
    assert sentences(form["letter"]) == ["Upload the signed letter."]


def test_an_empty_file_is_called_empty() -> None:
    form = SampleForm(GOOD, {"letter": SimpleUploadedFile("letter.pdf", b"")})
    assert sentences(form["letter"]) == ["The file for “Letter” is empty. Choose another."]


def test_each_line_of_the_error_summary_leads_to_a_control_of_the_page() -> None:
    form = SampleForm({})
    page = drawn(form)
    targets = [target for target, _ in error_links(form)]
    assert targets == [
        "id_name",
        "id_scans",
        "id_scanned",
        "id_modality",
        "id_medium_0",
        "id_modules_0",
        "id_cause",
        "id_attest",
    ]
    assert [t for t in targets if page.count(f' id="{t}"') != 1] == []


def test_what_was_typed_comes_back_even_where_a_browser_would_forget_it() -> None:
    page = drawn(SampleForm({**GOOD, "scans": "many", "scanned": "31 April", "arrived": "last <week>"}))
    assert re.search(r'<input type="text"[^>]* name="scans"[^>]* value="many"', page)
    assert re.search(r'<input type="text" name="scanned" value="31 April"', page)
    assert re.search(r'<input type="text" name="arrived" value="last &lt;week&gt;"', page)


def test_good_dates_come_back_in_the_browser_s_own_fields() -> None:
    page = drawn(SampleForm({**GOOD, "scans": "many", "arrived": "2021-03-27T14:30"}))
    assert '<input type="date" name="scanned" value="2021-03-27"' in page
    assert '<input type="datetime-local" name="arrived" value="2021-03-27T14:30"' in page


def test_a_control_is_tied_to_its_hint_and_to_its_error() -> None:
    page = drawn(SampleForm({**GOOD, "name": ""}))
    control = re.search(r'<input type="text" name="name"[^>]*>', page)
    assert control is not None
    assert 'aria-describedby="id_name_helptext id_name_error"' in control[0]
    assert 'aria-invalid="true"' in control[0]
    assert page.count('id="id_name_helptext"') == page.count('id="id_name_error"') == 1


def test_a_plain_django_form_is_drawn_with_the_same_fields() -> None:
    page = drawn(SampleForm({**GOOD, "name": ""}), "{{ form }}")
    assert page.count('<div class="field ') == len(SampleForm.base_fields)
    assert "Fill in “Name of the unit”." in page


def test_a_form_with_files_is_sent_as_one() -> None:
    assert 'enctype="multipart/form-data"' in drawn(SampleForm())
