"""What staff put into a report before it goes out, and when the images went back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from reaccredit.people.forms import SigningPassword
from reaccredit.reports.compiling import Draft

LENGTH = 8000


class RecommendationsForm(forms.Form):
    """One text for each area that was not acceptable, beginning with what the readers' reasons advise."""

    def __init__(
        self, *args: Any, drafts: Sequence[Draft], written: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.drafts = tuple(drafts)
        for draft in self.adverse:
            title = draft.area.title
            self.fields[self.name(draft)] = forms.CharField(
                label=f"Recommendations for {title}",
                max_length=LENGTH,
                initial=(written or {}).get(draft.area.code) or draft.recommendations,
                widget=forms.Textarea(attrs={"rows": 8}),
                help_text="What the facility reads. An empty line begins a new paragraph. Name no reader and no patient.",
                error_messages={"required": f"Recommend how “{title}” can be improved: it was not acceptable."},
            )

    @property
    def adverse(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.outcome and not draft.acceptable]

    @staticmethod
    def name(draft: Draft) -> str:
        return f"area-{draft.area.pk}"

    def pairs(self) -> Iterator[tuple[Draft, BoundField | None]]:
        for draft in self.drafts:
            name = self.name(draft)
            yield draft, self[name] if name in self.fields else None

    def texts(self) -> dict[str, str]:
        return {draft.area.code: self.cleaned_data[self.name(draft)] for draft in self.adverse}

    def ask_password(self, needed: bool) -> None:
        """Of whoever approves: typing it again is the signature."""
        self.fields["password"] = SigningPassword(
            says="To approve. Typing it again signs the report as it stands above.",
            missing="Type your password: it signs your approval.", required=needed,
        )  # fmt: skip

    def refuse(self, missing: Mapping[str, str]) -> None:
        names = {draft.area.code: self.name(draft) for draft in self.adverse}
        for area, sentence in missing.items():
            self.add_error(names.get(area), sentence)


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label="Why is the report taken back?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="The facility reads it. Name no reader and no patient.",
        error_messages={"required": "Say why the report is taken back: the facility reads it."},
    )


class AgreeForm(forms.Form):
    """Carries the reason that was read: if it is another one by now, nobody has agreed to it."""

    reason = forms.CharField(
        widget=forms.HiddenInput, max_length=2000, strip=False,
        error_messages={"required": "The reason is missing. Read the page anew, then agree."},
    )  # fmt: skip


class ReturnForm(forms.Form):
    returned_at = forms.DateTimeField(
        label="When were the images returned to the facility?",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="The wait until the option form opens begins at this moment. Enter when they were really returned, even if that is some days ago.",
        error_messages={
            "required": "Enter the day and time at which the images were returned.",
            "invalid": "Enter a day and a time, for example 2021-04-03 10:00.",
        },
    )
