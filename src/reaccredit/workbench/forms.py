from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from reaccredit.people.forms import SigningPassword
from reaccredit.policy.revision import Revision
from reaccredit.workbench import texts

MOST = 400_000  # characters: many times the longest policy that is known
TOO_LONG = "This is longer than 400,000 characters: that is no policy."


class TextFile(forms.FileField):
    """A file that holds text; its value is the text."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return ""
        if (file.size or 0) > MOST:
            raise forms.ValidationError("This file is larger than 400 kB: that is no policy.")
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError("This file is not text in UTF-8. Choose the .toml file itself.") from None
        if "\x00" in text:
            raise forms.ValidationError("This file is not text. Choose the .toml file itself.")
        return text


class BeginForm(forms.Form):
    source = forms.ChoiceField(
        label="Begin from", required=False, help_text="Its text and its scenarios are copied into your draft.",
        error_messages={"invalid_choice": "Choose a revision of the list."},
    )  # fmt: skip
    in_force = forms.DateField(
        label="In force from", required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Written into the copied text as its date. You can change it there.",
        error_messages={"invalid": "Enter a day, such as 2027-01-01."},
    )  # fmt: skip
    file = TextFile(
        label="Or a file of your own", required=False, help_text="A policy in TOML, as the how-to describes it."
    )

    def __init__(self, data: Any = None, files: Any = None, *, shelf: list[Revision]) -> None:
        super().__init__(data, files)
        self.revisions = {f"{r.policy}@{r.revision}": r for r in shelf}
        named = [(key, f"{r.policy}: {r.title}, {r.revision}") for key, r in self.revisions.items()]
        self.fields["source"].choices = [("", "Choose a revision"), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and not typed.get("source") and not typed.get("file"):
            self.add_error("source", "Choose a revision to begin from, or a file.")
        if typed.get("source") and typed.get("file"):
            self.add_error("file", "Choose one of the two: a revision, or a file.")
        return typed

    @property
    def chosen(self) -> Revision | None:
        return self.revisions.get(self.cleaned_data["source"])


def _code(label: str, rows: int, *, required: bool, hint: str = "") -> forms.CharField:
    attrs = {
        "rows": rows,
        "spellcheck": "false",
        "autocapitalize": "off",
        "autocomplete": "off",
        "wrap": "off",
        "class": "code",
    }
    return forms.CharField(
        label=label, required=required, max_length=MOST, strip=False, widget=forms.Textarea(attrs=attrs), help_text=hint,
        error_messages={"required": "The text of the policy is missing.", "max_length": TOO_LONG},
    )  # fmt: skip


class EditForm(forms.Form):
    text = _code("The text of the policy", 30, required=True)
    scenarios = _code(
        "Scenarios: dated histories with the answers you expect", 12, required=False,
        hint="They are kept beside the revision and asked again whenever it is changed.",
    )  # fmt: skip
    file = TextFile(
        label="Or replace the text of the policy by a file", required=False,
        help_text="What stands above is saved first, as a version of its own.",
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=1_000_000)

    def clean_file(self) -> str:
        """A file that can't be read takes no readable text's place; what is wrong with it is said."""
        text: str = self.cleaned_data["file"]
        if text and isinstance(read := texts.read_policy(text), texts.Mistake):
            raise forms.ValidationError(f"This file can't be read as a policy. {read.said}")
        return text


class SignForm(forms.Form):
    password = SigningPassword()


class SendBackForm(forms.Form):
    reason = forms.CharField(
        label="What should be changed?", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say what should be changed."},
    )  # fmt: skip
