"""What is typed about a facility, its units and its people. Each error says what to do."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from reaccredit.facilities import catalogue
from reaccredit.people.models import FACILITY_ROLES

DAY = {"required": "Enter the day.", "invalid": "Write the day as year-month-day, for example 2021-03-27."}


def _text(label: str, missing: str, most: int = 80, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most,
        error_messages={"required": missing, "max_length": f"Use at most {most} characters."}, **more,
    )  # fmt: skip


class FacilityForm(forms.Form):
    name = _text("Name of the facility", "Enter the name of the facility.", 160)
    street = _text("Street", "", 160, required=False)
    city = _text("City", "Enter the city.")
    state = _text("State", "Enter the state.", 40)
    postcode = _text("Postal code", "", 20, required=False)
    phone = _text("Phone", "", 40, required=False)


class UnitForm(forms.Form):
    modality = forms.ChoiceField(
        label="Modality", widget=forms.RadioSelect,
        error_messages={"required": "Choose the modality of the unit.", "invalid_choice": "Choose one of the modalities."},
    )  # fmt: skip
    name = _text(
        "Name of the unit", "Enter the name by which you know the unit.", help_text="For example CT 1, or the room."
    )
    manufacturer = _text("Manufacturer", "", required=False)
    model = _text("Model", "", required=False)
    serial = _text(
        "Serial number", "", required=False,
        help_text="As the unit writes it into its images. Images of another unit are then refused at once.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["modality"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(m.code, str(m)) for m in catalogue.modalities() if m.by_unit]


class PersonForm(forms.Form):
    name = _text("Name", "Enter the person's name.", 120)
    email = forms.EmailField(
        label="Email address", max_length=254,
        help_text="The person signs in with it. Who has no account yet gets one and chooses a password by “Forgotten password”.",
        error_messages={
            "required": "Enter the person's email address.",
            "invalid": "Enter an email address, for example name@hospital.example.",
        },
    )  # fmt: skip
    role = forms.ChoiceField(
        label="Role at the facility", widget=forms.RadioSelect, choices=[(r.value, r.label) for r in FACILITY_ROLES],
        error_messages={"required": "Choose the role.", "invalid_choice": "Choose one of the roles."},
    )  # fmt: skip
    since = forms.DateField(label="First day in this role", error_messages=DAY)


class EndForm(forms.Form):
    until = forms.DateField(label="Last day in this role", error_messages=DAY)

    def __init__(self, *args: Any, since: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.since = since

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < self.since:
            raise forms.ValidationError("The last day cannot lie before the first one.")
        return until
