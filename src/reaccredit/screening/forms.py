"""Forms of the screening: a finding is contested with a reason, and decided one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from reaccredit.documents.screening import KINDS, screen
from reaccredit.phi.roster import Roster
from reaccredit.screening.models import Contested

LONG = 1000
TOO_LONG = "Use at most %(limit_value)d characters; this has %(show_value)d."
NULLS = "Take out the characters that cannot be shown."


class ContestForm(forms.Form):
    paper = forms.FileField(
        label="The document that was refused",
        help_text="Choose the same file again. It is read once more; kept are only the boxes of what was found and a check sum of the file.",
        error_messages={
            "required": "Choose the document that was refused.",
            "empty": "The file is empty. Choose the document that was refused.",
            "missing": "No file arrived. Choose the document again.",
            "invalid": "No file arrived. Choose the document again.",
        },
    )
    reason = forms.CharField(
        label="Why nothing of it is a patient's",
        help_text="Say for each place what it is. Do not repeat what stands there.",
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Say why nothing of it is a patient's.", "max_length": TOO_LONG, "null_characters_not_allowed": NULLS,
        },
    )  # fmt: skip

    def clean_reason(self) -> str:
        said: str = self.cleaned_data["reason"]
        if any(f.certain for f in screen([("reason", said)], roster=Roster())):
            raise forms.ValidationError(
                "The reason itself seems to name somebody. Say what it is without repeating it."
            )
        return said


class DecideForm(forms.Form):
    """One question for each finding, and a note to the facility."""

    note = forms.CharField(
        label="Note to the facility (optional)",
        required=False,
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG, "null_characters_not_allowed": NULLS},
    )

    def __init__(self, data: Any, *, findings: Iterable[Contested]) -> None:
        super().__init__(data)
        self.asked = list(findings)
        said = "Say of this finding whether it is released or upheld."
        for one in self.asked:
            self.fields[f"finding-{one.number}"] = forms.ChoiceField(
                label=f"Finding {one.number}: {KINDS.get(one.kind, one.kind)}",
                choices=[("release", "Release: this is no patient's"), ("uphold", "Uphold: it has to go")],
                widget=forms.RadioSelect,
                error_messages={"required": said, "invalid_choice": said},
            )

    @property
    def questions(self) -> list[tuple[Contested, forms.BoundField]]:
        return [(one, self[f"finding-{one.number}"]) for one in self.asked]

    @property
    def released(self) -> frozenset[int]:
        return frozenset(n.number for n in self.asked if self.cleaned_data[f"finding-{n.number}"] == "release")
