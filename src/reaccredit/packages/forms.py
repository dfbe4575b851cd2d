"""Forms of the package. A data form is made from the contents data: its questions, units and limits are no code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.widgets import ClearableFileInput

from reaccredit.packages.catalogue import DataForm, Field
from reaccredit.packages.models import Item, Medium

TEXT = 200
LONG_TEXT = 2000


# -- files -----------------------------------------------------------------------------


class ManyFilesInput(ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFiles(forms.FileField):
    """Any number of files. What each one is, and whether it is wanted, is for the imaging room to say."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [one for one in (data if isinstance(data, list | tuple) else [data]) if one]


class UploadForm(forms.Form):
    """Files or a folder: neither field can be called optional, and only both empty is a mistake."""

    use_required_attribute = False

    images = ManyFiles(
        label="Files or a zip archive",
        help_text="DICOM files as the scanner exports them. A zip archive is opened and its files are checked one by one.",
    )
    folder = ManyFiles(
        label="Or a whole folder",
        help_text="Every file in the folder is looked at. Files that are no images are left out.",
        widget=ManyFilesInput(attrs={"webkitdirectory": True}),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.chosen: list[UploadedFile] = [*found.get("images", []), *found.get("folder", [])]
        if not self.chosen and not self.errors:
            self.add_error("images", "Choose at least one file, a folder or a zip archive, then send it.")
        return found


class DocumentForm(forms.Form):
    paper = forms.FileField(
        label="Document",
        help_text="A PDF, a Word document or a text file; or a scan as PNG, JPEG or TIFF.",
        error_messages={
            "required": "Choose the document, then send it.",
            "empty": "The file is empty. Save the document again, then send it.",
            "missing": "No file arrived. Choose the document again.",
        },
    )


# -- data forms ------------------------------------------------------------------------


def data_form(data: DataForm, today: date) -> type[AnswersForm]:
    """A form class for the questions of this data form. `today` is the last day that something can have been done on."""
    made = {field.name: _field(field, today) for field in data.fields}
    return type("DataFormOf", (AnswersForm,), made)


class AnswersForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_seen(self) -> int | None:
        """The entry that this page showed; anything but a number is as good as none."""
        text = self.cleaned_data["seen"]
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None

    def answers(self) -> dict[str, Any]:
        """What was answered, as JSON keeps it; a number stays as it was typed, digit by digit."""
        return {name: _plain(value) for name, value in self.cleaned_data.items() if name != "seen"}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _label(field: Field) -> str:
    return f"{field.label} ({field.unit})" if field.unit else field.label


def _field(field: Field, today: date) -> forms.Field:
    name = field.label[:1].lower() + field.label[1:] if not field.label[:2].isupper() else field.label
    name = name.replace("cTDI", "CTDI")
    common: dict[str, Any] = {
        "label": _label(field),
        "help_text": field.hint,
        "required": field.required,
    }
    needed = {"required": f"Enter the {name}."}
    match field.type:
        case "number" | "integer":
            return _number(field, common, name, needed)
        case "date":
            said = {
                "invalid": "Write the day as year-month-day, for example 2021-03-27.",
                "required": f"Enter the {name}.",
            }
            return forms.DateField(**common, error_messages=said, validators=[_not_after(today)])
        case "choice":
            blank = [] if field.required else [("", "Not answered")]
            said = {
                "required": f"Choose an answer: {field.label}.",
                "invalid_choice": "Choose one of the answers of the list.",
            }
            choices = [*blank, *field.choices]
            return forms.ChoiceField(**common, choices=choices, widget=forms.RadioSelect, error_messages=said)
        case _:
            return _text(field, common, needed)


def _number(field: Field, common: Mapping[str, Any], name: str, needed: Mapping[str, str]) -> forms.Field:
    whole = field.type == "integer"
    example = (
        "Write a whole number, for example 64."
        if whole
        else "Write a number with a point, for example 2.5, and without its unit."
    )
    limits = _limits(field)
    said = {
        **needed, "invalid": example, "min_value": limits, "max_value": limits, "max_digits": "This number has too many digits.",
        "max_decimal_places": "Write at most three digits after the point.", "max_whole_digits": limits,
    }  # fmt: skip
    if whole:
        return forms.IntegerField(**common, min_value=_int(field.min), max_value=_int(field.max), error_messages=said)
    low = None if field.min is None else Decimal(str(field.min))
    high = None if field.max is None else Decimal(str(field.max))
    return forms.DecimalField(
        **common, min_value=low, max_value=high, max_digits=9, decimal_places=3, error_messages=said
    )


def _int(value: float | None) -> int | None:
    return None if value is None else int(value)


def _limits(field: Field) -> str:
    unit = f" {field.unit}" if field.unit else ""
    return (
        f"This must be from {field.min:g} to {field.max:g}{unit}. Check the number and its unit."
        if (field.min is not None and field.max is not None)
        else "This number is too large or too small. Check it."
    )


def _text(field: Field, common: Mapping[str, Any], needed: Mapping[str, str]) -> forms.Field:
    long = field.type == "long-text"
    limit = int(field.max) if field.max else LONG_TEXT if long else TEXT
    said = {**needed, "max_length": f"Use at most {limit} characters; this has %(show_value)d."}
    widget = forms.Textarea(attrs={"rows": 4}) if long else forms.TextInput()
    return forms.CharField(**common, max_length=limit, widget=widget, error_messages=said)


def _not_after(today: date) -> Any:
    def check(day: date) -> None:
        if day > today:
            raise ValidationError("This day lies in the future. Enter the day on which it was done.", code="future")
        if day.year < 1980:
            raise ValidationError("This day is too long ago. Check the year.", code="past")

    return check


# -- ways of sending, post, giving back ------------------------------------------------


class MediumForm(forms.Form):
    medium = forms.ChoiceField(
        label="How will the images be sent?",
        choices=Medium.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how the images will be sent.",
            "invalid_choice": "Choose upload, CD or film.",
        },
    )


class Lines(forms.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        """Compared as words: a number that no database holds would be an error there, and is only a wrong choice."""
        known = {str(pk) for pk in self.queryset.values_list("pk", flat=True)} if self.queryset is not None else set()
        if any(str(one) not in known for one in value or ()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.area.title}: {obj.title}" if obj.area else str(obj.title)


WHEN = "Write the day and the time as 2021-03-27 14:30."


class MediaForm(forms.Form):
    medium = forms.ChoiceField(
        label="What came?",
        choices=[(Medium.CD.value, Medium.CD.label), (Medium.FILM.value, Medium.FILM.label)],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether CDs or films came.", "invalid_choice": "Choose CD or film."},
    )
    received_at = forms.DateTimeField(
        label="Received",
        help_text="The day and the time at which the parcel arrived, not the time of this entry.",
        error_messages={"required": "Enter when the parcel arrived.", "invalid": WHEN},
    )
    pieces = forms.IntegerField(
        label="Number of CDs or sheets",
        min_value=1,
        max_value=500,
        error_messages={
            "required": "Enter how many CDs or sheets came.",
            "invalid": "Write a whole number, for example 2.",
            "min_value": "At least one CD or sheet must have come.",
            "max_value": "At most 500 can be entered at once. Check the number.",
        },
    )
    tracking = forms.CharField(label="Tracking number", max_length=80, required=False)
    items = Lines(
        label="Which items are on it?",
        queryset=Item.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick what is on the CD or film. Without it, the items stay open.",
            "invalid_choice": "One of the ticked items is not part of this package. Tick again.",
            "invalid_pk_value": "One of the ticked items is not part of this package. Tick again.",
        },
    )
    contents = forms.CharField(
        label="What was found in the parcel",
        help_text="In words, as found. Do not name a patient here.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, items: Iterable[Item], now: datetime, opened_at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.opened_at = now, opened_at
        field = self.fields["items"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Item.objects.filter(pk__in=[item.pk for item in items]).select_related("area")

    def clean_received_at(self) -> datetime:
        when: datetime = self.cleaned_data["received_at"]
        if when > self.now:
            raise ValidationError("This lies in the future. Enter when the parcel arrived.")
        if when < self.opened_at:
            raise ValidationError("This is before the package was opened. Check the day and the year.")
        return when


class SubmitForm(forms.Form):
    """Staff who submit what came by post say when it came; for the facility there is nothing to fill in."""

    happened_at = forms.DateTimeField(
        label="Handed in",
        help_text="When the whole package was here. This is the time that counts for the due date.",
        error_messages={"required": "Enter when the whole package was here.", "invalid": WHEN},
    )

    def __init__(self, *args: Any, now: datetime, opened_at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.opened_at = now, opened_at

    def clean_happened_at(self) -> datetime:
        when: datetime = self.cleaned_data["happened_at"]
        if when > self.now:
            raise ValidationError("This lies in the future. Enter when the package was here.")
        if when < self.opened_at:
            raise ValidationError("This is before the package was opened. Check the day and the year.")
        return when


class ReturnForm(forms.Form):
    comment = forms.CharField(
        label="What has to be completed or corrected?",
        help_text="The facility reads this. Do not name a patient here.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": "Write what has to be completed or corrected: the facility has to know what to do.",
            "max_length": "Use at most 2000 characters; this has %(show_value)d.",
        },
    )
