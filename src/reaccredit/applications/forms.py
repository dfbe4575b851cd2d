"""What is typed in an application. Each error says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from reaccredit.applications import queries
from reaccredit.applications.models import Application, Area
from reaccredit.billing.models import Invoice
from reaccredit.facilities import catalogue
from reaccredit.facilities.models import Facility, Unit
from reaccredit.facilities.queries import Audience

MOST_IN_AN_EXAM = 80

THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")


class SubjectForm(forms.Form):
    """Which unit of which facility, or which facility in a modality that is accredited by facility."""

    subject = forms.ChoiceField(
        label="What do you apply for?", widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the unit, or the facility.",
            "invalid_choice": "Choose one of the units or facilities in the list.",
        },
    )  # fmt: skip

    def __init__(self, data: Any, *, who: Audience, now: datetime) -> None:
        super().__init__(data)
        self.now = now
        self.subjects = dict(_subjects(queries.facilities_to_apply_for(who)))
        choice = self.fields["subject"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(key, _named(*subject)) for key, subject in self.subjects.items()]

    def clean_subject(self) -> str:
        key: str = self.cleaned_data["subject"]
        facility, unit, modality = self.subjects[key]
        if running := queries.unfinished(facility, unit, modality.code, self.now):
            raise forms.ValidationError(
                f"There is a case for this already that has not ended: {running.case.number}. Go on with that one."
            )
        return key

    @property
    def chosen(self) -> tuple[Facility, Unit | None, catalogue.Modality]:
        return self.subjects[self.cleaned_data["subject"]]


def _subjects(
    facilities: Iterable[Facility],
) -> Iterable[tuple[str, tuple[Facility, Unit | None, catalogue.Modality]]]:
    for facility in facilities:
        for unit in facility.units.all():
            yield f"unit-{unit.pk}", (facility, unit, catalogue.modality(unit.modality))
        for modality in catalogue.modalities():
            if not modality.by_unit:
                yield f"facility-{facility.pk}-{modality.code}", (facility, None, modality)


def _named(facility: Facility, unit: Unit | None, modality: catalogue.Modality) -> str:
    return f"{unit.name} – {modality}, {facility.name}" if unit else f"{modality} for the whole of {facility.name}"


class AreasForm(forms.Form):
    areas = forms.MultipleChoiceField(
        label="Modules", widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one module.", "invalid_choice": "%(value)s is no module of this modality.",
        },
    )  # fmt: skip

    def __init__(self, *args: Any, modality: catalogue.Modality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["areas"]
        assert isinstance(choice, forms.MultipleChoiceField)
        choice.choices = [(a.code, a.title) for a in modality.clinical]
        if modality.patient_types:
            choice.label = "Modules and patient types"


class DueLater(forms.CharField):
    """Needed in the end, and so not called optional; but a draft may be left half done."""

    def validate(self, value: Any) -> None:
        """What is missing is told on the page that submits."""


class ExamsForm(forms.Form):
    """One line for each exam that an area sends."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, application: Application) -> None:
        super().__init__(data)
        self.application = application
        self.lines: dict[str, list[str]] = {}
        modality = catalogue.modality(application.case_file.modality)
        for place, area in enumerate(queries.areas_of(application)):
            if area.kind == Area.Kind.CLINICAL:
                self._add(place, area, modality)

    def _add(self, place: int, area: Area, modality: catalogue.Modality) -> None:
        wanted = queries.exam_count(self.application, area.code)
        said = queries.exams(self.application, area.code)
        kind = modality.area(area.code)
        module = modality.module(kind.module) if kind else None
        known = module.exams if module else ()
        for number in range(wanted):
            name = f"exam-{place}-{number + 1}"
            label = area.title if wanted == 1 else f"{area.title}, exam {number + 1} of {wanted}"
            hint = f"For example {' or '.join(known)}." if known else "As your protocol names it."
            self.fields[name] = DueLater(
                label=label, max_length=MOST_IN_AN_EXAM, help_text=hint,
                initial=said[number] if number < len(said) else "",
                error_messages={"max_length": f"Use at most {MOST_IN_AN_EXAM} characters."},
            )  # fmt: skip
            self.lines.setdefault(area.code, []).append(name)

    @property
    def exams(self) -> dict[str, str]:
        """area code -> exam types, as actions take them."""
        return {area: queries.joined(self.cleaned_data[name] for name in names) for area, names in self.lines.items()}


class SubmitForm(forms.Form):
    agreed = forms.BooleanField(
        label="What is said here is correct, and I may apply for the facility.",
        error_messages={"required": "Confirm that it is correct and that you may apply for the facility."},
    )


class ReturnForm(forms.Form):
    comment = forms.CharField(
        label="What has to be completed", widget=forms.Textarea(attrs={"rows": 5}), max_length=2000,
        help_text="The facility reads this on top of the application. Write nothing about a patient.",
        error_messages={"required": "Say what the facility has to complete.", "max_length": "Use at most 2000 characters."},
    )  # fmt: skip


class DollarsField(forms.DecimalField):
    """Takes an amount as the pages write it, too: $2,900.00."""

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]  # the stubs take it for an IntegerField
        typed = str(value or "").strip().removeprefix("$").strip()
        return super().to_python(typed.replace(",", "") if THOUSANDS.fullmatch(typed) else typed)


class AmountForm(forms.Form):
    """What a fee comes to for which no figure was published: the facility reads it before it pays."""

    cost = DollarsField(
        label="Amount in US dollars", min_value=Decimal("0.01"), max_value=Decimal("1000000"), decimal_places=2,
        error_messages={
            "required": "Enter the amount that the facility owes.",
            "invalid": "Write the amount as a number, for example 2900.00.",
            "min_value": "The amount must be more than nothing.",
            "max_value": "The amount cannot be more than a million dollars.",
            "max_decimal_places": "Write at most two digits after the point.",
        },
    )  # fmt: skip

    @property
    def cents(self) -> int:
        return int(self.cleaned_data["cost"] * 100)


class PaymentForm(forms.Form):
    amount = DollarsField(
        label="Amount in US dollars", min_value=Decimal("0.01"), max_value=Decimal("1000000"), decimal_places=2,
        error_messages={
            "required": "Enter the amount that was paid.",
            "invalid": "Write the amount as a number, for example 2900.00.",
            "min_value": "The amount must be more than nothing.",
            "max_value": "The amount cannot be more than a million dollars.",
            "max_decimal_places": "Write at most two digits after the point.",
        },
    )  # fmt: skip
    received = forms.DateField(
        label="Received on",
        error_messages={
            "required": "Enter the day on which the payment came.",
            "invalid": "Write the day as year-month-day, for example 2021-03-27.",
        },
    )  # fmt: skip
    reference = forms.CharField(
        label="Reference", max_length=80, required=False, help_text="For example the number of the check or transfer.",
        error_messages={"max_length": "Use at most 80 characters."},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, invoice: Invoice, now: datetime) -> None:
        known = {} if invoice.cents is None else {"amount": f"{invoice.cents / 100:.2f}"}
        super().__init__(data, initial={"received": timezone.localdate(now), **known})
        self.now = now

    def clean_received(self) -> date:
        received: date = self.cleaned_data["received"]
        if received > timezone.localdate(self.now):
            raise forms.ValidationError("The day lies in the future. Enter the day on which the payment came.")
        return received

    @property
    def cents(self) -> int:
        return int(self.cleaned_data["amount"] * 100)

    @property
    def received_at(self) -> datetime:
        """Now for today; noon for a day that is over, since nobody notes the hour of a letter."""
        received: date = self.cleaned_data["received"]
        if received == timezone.localdate(self.now):
            return self.now
        return timezone.make_aware(datetime.combine(received, time(12)))
