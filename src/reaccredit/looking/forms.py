from __future__ import annotations

from typing import Any

from django import forms

from reaccredit.looking.models import Annotation

WORDS = Annotation._meta.get_field("words").max_length


def _number(label: str, *, required: bool) -> forms.FloatField:
    return forms.FloatField(label=label, min_value=0, max_value=65536, required=required)


class MarkForm(forms.Form):
    """One point, or two that make a length. The viewer fills it by clicks and keys; without a script it is typed."""

    image = forms.IntegerField(widget=forms.HiddenInput)
    frame = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    column = _number("Column", required=True)
    row = _number("Row", required=True)
    to_column = _number("To column", required=False)
    to_row = _number("To row", required=False)
    words = forms.CharField(label="Note", max_length=WORDS, required=False, help_text="Name neither people nor places.")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        ends = [found.get("to_column"), found.get("to_row")]
        if (ends[0] is None) != (ends[1] is None):
            missing = "to_column" if ends[0] is None else "to_row"
            if missing not in self.errors:
                self.add_error(
                    missing, "A length has two ends: enter the column and the row of the second, or neither."
                )
        if ends == [found.get("column"), found.get("row")] and None not in ends:
            self.add_error("to_column", "Both ends are the same point.")
        return found

    @property
    def points(self) -> list[tuple[float, float]]:
        said = self.cleaned_data
        first = (said["column"], said["row"])
        return [first] if said["to_column"] is None else [first, (said["to_column"], said["to_row"])]
