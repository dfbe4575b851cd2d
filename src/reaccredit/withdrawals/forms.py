from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms

from reaccredit.people.forms import SigningPassword
from reaccredit.people.models import Person, Role
from reaccredit.withdrawals import queries


class SignForm(forms.Form):
    password = SigningPassword()


class RecordForm(forms.Form):
    """A signed form that came outside the system."""

    came_by = forms.ChoiceField(
        label="How it came",
        choices=[("fax", "Fax"), ("post", "Post"), ("mail", "E-mail")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say how the form came."},
    )
    received_at = forms.DateTimeField(
        label="When it came",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": "Enter the day and time at which it came.",
            "invalid": "Enter a day and a time, such as 2021-04-19 09:30.",
        },
    )
    signer = forms.ChoiceField(label="Who signed it", error_messages={"required": "Say who signed the form."})
    file = forms.FileField(
        label="Scan of the form",
        help_text="A PDF, or a picture of the page.",
        error_messages={
            "required": "Choose the scan of the signed form.",
            "empty": "The file is empty. Choose the scan again.",
        },
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, people: Sequence[Person], opened: datetime, now: datetime
    ) -> None:
        super().__init__(data, files)
        self._people = {str(p.pk): p for p in people}
        self._opened, self._now = opened, now
        self.fields["signer"].choices = [("", "Choose"), *((key, p.name) for key, p in self._people.items())]  # type: ignore[attr-defined]

    @property
    def signed_by(self) -> Person:
        return self._people[self.cleaned_data["signer"]]

    def clean_received_at(self) -> datetime:
        came: datetime = self.cleaned_data["received_at"]
        if came > self._now:
            raise forms.ValidationError("This lies in the future. Enter when it came.")
        if came < self._opened:
            raise forms.ValidationError("This is before the option form was submitted. Enter when it came after that.")
        return came


class SignageForm(forms.Form):
    removed_on = forms.DateField(
        label="Day on which the last signage was removed",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Enter the day on which the signage was removed.",
            "invalid": "Enter a day, such as 2021-04-19.",
        },
    )
    name = forms.CharField(
        label="Your full name",
        max_length=120,
        help_text="Typed as your signature under the attestation.",
        error_messages={"required": "Type your full name under the attestation."},
    )
    attested = forms.BooleanField(
        label=queries.SIGNAGE_STATEMENT,
        error_messages={"required": "Check the attestation box once the signage is down."},
    )

    def __init__(self, data: Any = None, *, person: Person, roles: Sequence[str], today: date) -> None:
        super().__init__(data)
        self._person, self._today = person, today
        self.fields["role"] = forms.ChoiceField(
            label="You attest this as",
            choices=[(role, Role(role).label) for role in roles],
            widget=forms.RadioSelect if len(roles) > 1 else forms.HiddenInput,
            initial=roles[0] if roles else None,
            error_messages={"required": "Choose the role in which you attest this."},
        )
        self.order_fields(["removed_on", "role", "name", "attested"])

    def clean_removed_on(self) -> date:
        day: date = self.cleaned_data["removed_on"]
        if day > self._today:
            raise forms.ValidationError("This lies in the future. Attest the removal once it is done.")
        return day

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if name.casefold() != " ".join(self._person.name.split()).casefold():
            raise forms.ValidationError(f"Type your own name, as it stands in your account: {self._person.name}.")
        return name
