"""What can be done with the notices that are ticked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

READ, UNREAD, ALL = "read", "unread", "all"
MOST = 500


class MarkForm(forms.Form):
    """The boxes stand in the list itself: here only what came of them is read."""

    what = forms.ChoiceField(
        choices=[(READ, "Mark as read"), (UNREAD, "Mark as unread"), (ALL, "Mark everything as read")],
        error_messages={
            "required": "Say whether the ticked notices are read or unread.",
            "invalid_choice": "Notices can be marked as read or as unread, and nothing else.",
        },
    )
    notice = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["notice"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.valid_value = lambda value: True  # type: ignore[method-assign]  # judged below: a number, and the reader's own

    def clean_notice(self) -> list[int]:
        chosen: list[str] = self.cleaned_data["notice"]
        if len(chosen) > MOST or not all(text.isascii() and text.isdigit() and len(text) < 16 for text in chosen):
            raise ValidationError("The ticks did not arrive as they were made. Tick the notices again.")
        return [int(text) for text in chosen]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("what") in {READ, UNREAD} and not found.get("notice") and not self.errors:
            self.add_error("notice", "Tick at least one notice first.")
        return found
