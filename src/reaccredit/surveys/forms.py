"""Forms of the survey: when it is, who goes, what it costs, what was found."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from reaccredit.people.forms import SigningPassword
from reaccredit.people.models import Person
from reaccredit.surveys.models import PROFESSIONS
from reaccredit.surveys.sending import Candidate, Known

LONG, SHORT = 6000, 160
DAY = "Write the day as year-month-day, for example 2021-03-27."
TOO_LONG = "Use at most %(limit_value)d characters; this has %(show_value)d."
TICKS = "The page did not arrive as it was made. Read it again, then send it."
LONGEST = 14  # days: a longer visit is taken for a slip of the year
FARTHEST = 3  # years ahead, likewise


def day(label: str, hint: str, required: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    said = {"invalid": DAY, "required": required}
    return forms.DateField(label=label, help_text=hint, widget=widget, error_messages=said)


def money(label: str, hint: str, required: str) -> forms.DecimalField:
    wrong = "Write an amount with a point, for example 1250.00, without a sign and without commas."
    bounds = "The amount must be from 0.01 to 1000000.00 dollars."
    return forms.DecimalField(
        label=label, help_text=hint, min_value=Decimal("0.01"), max_value=Decimal(1_000_000), max_digits=10, decimal_places=2,
        error_messages={
            "required": required, "invalid": wrong, "min_value": bounds, "max_value": bounds, "max_digits": bounds,
            "max_whole_digits": bounds, "max_decimal_places": "Write at most two digits after the point.",
        },
    )  # fmt: skip


def long_text(label: str, hint: str, required: str = "") -> forms.CharField:
    said = {"max_length": TOO_LONG} | ({"required": required} if required else {})
    return forms.CharField(
        label=label, help_text=hint, max_length=LONG, required=bool(required), error_messages=said,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip


def cents(amount: Decimal) -> int:
    return int(amount * 100)


def _proposal(chosen: Candidate | None) -> str:
    return f"Proposed: {chosen.person.name}; {'; '.join(chosen.because)}." if chosen else ""


class ScheduleForm(forms.Form):
    """One member of each profession; advice stands beside the names."""

    starts_on = day("First day of the visit", "", "Enter the first day of the visit.")
    ends_on = day("Last day of the visit", "", "Enter the last day of the visit.")
    contact = forms.CharField(
        label="For the facility", help_text="Whom the team meets, and what should be ready.", max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    base = money(
        "Base fee of the visit in dollars",
        "No amount is published: enter what the facility owes.",
        "Enter the base fee.",
    )

    def __init__(self, *args: Any, known: Known, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.people = {str(c.person.pk): c.person for value, _ in PROFESSIONS for c in known.eligible(value)}
        for profession, label in PROFESSIONS:
            said = {
                "required": f"Choose the {label.lower()} of the team.",
                "invalid_choice": f"Choose a {label.lower()} of the list.",
            }
            self.fields[profession] = forms.ChoiceField(
                label=label, widget=forms.RadioSelect, error_messages=said,
                choices=[
                    (str(c.person.pk), f"{c.person.name}. {c.advice}" if c.advice else c.person.name)
                    for c in known.eligible(profession)
                ],
                help_text=_proposal(known.proposed(profession)),
            )  # fmt: skip
            if chosen := known.proposed(profession):
                self.initial.setdefault(profession, str(chosen.person.pk))
        self.order_fields(["starts_on", "ends_on", *(p for p, _ in PROFESSIONS), "base", "contact"])

    def clean_starts_on(self) -> date:
        when: date = self.cleaned_data["starts_on"]
        if when < self.today:
            raise ValidationError("This day is over. A visit is scheduled for a day to come.")
        if when.year > self.today.year + FARTHEST:
            raise ValidationError("Check the year of this day.")
        return when

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("starts_on"), found.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day is before the first. Check both days.")
        elif first and last and (last - first).days >= LONGEST:
            self.add_error("ends_on", f"A visit of more than {LONGEST} days: check both days.")
        return found

    @property
    def team(self) -> dict[str, Person]:
        return {profession: self.people[self.cleaned_data[profession]] for profession, _ in PROFESSIONS}


class TravelForm(forms.Form):
    what = forms.CharField(
        label="Expense", help_text="For example: flights of the radiologist.", max_length=SHORT,
        error_messages={"required": "Write what the money was spent on.", "max_length": TOO_LONG},
    )  # fmt: skip
    amount = money("Amount in dollars", "", "Enter the amount.")


class FindingsForm(forms.Form):
    progress = long_text(
        "Progress", "What the team found at the site, deficiency by deficiency.", "Write what the team found."
    )
    training = long_text("Training given", "In which areas, and to whom by post.")
    recommendations = long_text("Recommendations", "What the facility should do next.")
    paper = forms.FileField(
        label="The team's own paper", required=False, max_length=200, help_text="PDF, Word document, text file or a scan, at most 25 MB.",
        error_messages={
            "empty": "The file is empty. Save the document again, then send it.", "max_length": "The name of the file is too long.",
            "missing": "No file arrived. Choose the document again.", "invalid": "No file arrived. Choose the document again.",
        },
    )  # fmt: skip
    seen = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=10**6,
        error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], TICKS),
    )  # fmt: skip


class SignForm(forms.Form):
    agreed = forms.BooleanField(error_messages={"required": "Tick the box: this sentence is what is signed."})
    password = SigningPassword(
        says="Typing it here is your signature.", missing="Type your password: it is your signature."
    )
    seen = forms.CharField(
        widget=forms.HiddenInput, max_length=64, error_messages={"required": TICKS, "max_length": TICKS}
    )

    def __init__(self, *args: Any, statement: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed"].label = statement
