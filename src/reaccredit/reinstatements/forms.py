"""Forms of the plan and its evidence. Whether a text may name what it names is for the screening to say, not for a form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from reaccredit.documents.screening import KINDS
from reaccredit.people.forms import SigningPassword
from reaccredit.reinstatements.models import PlanLine
from reaccredit.reinstatements.queries import title

LONG, SHORT = 4000, 120
DAY = "Write the day as year-month-day, for example 2021-03-27."
TOO_LONG = "Use at most %(limit_value)d characters; this has %(show_value)d."
TICKS = "The ticks did not arrive as they were made. Read the page again and tick anew."


class Later(forms.Field):
    """Asked for before the plan can be sent, but not before the line can be saved: it is not shown as optional."""

    def validate(self, value: Any) -> None:
        """Nothing is missing yet."""


class LaterText(Later, forms.CharField):
    pass


class LaterDay(Later, forms.DateField):
    pass


def long_text(
    label: str, hint: str, limit: int = LONG, kind: type[forms.CharField] = forms.CharField, **more: Any
) -> forms.CharField:
    said = {"max_length": TOO_LONG, "null_characters_not_allowed": "Take out the characters that cannot be shown."}
    return kind(
        label=label, help_text=hint, max_length=limit, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=said | more.pop("error_messages", {}), **more,
    )  # fmt: skip


def day(label: str, hint: str, kind: type[forms.DateField] = forms.DateField, **more: Any) -> forms.DateField:
    said = {"invalid": DAY} | more.pop("error_messages", {})
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return kind(label=label, help_text=hint, widget=widget, error_messages=said, **more)


class Declaring(forms.Form):
    """A form whose words are screened. `questions` are the kinds that the writer is asked about; they come with a refusal."""

    declared = forms.MultipleChoiceField(
        label="Is any of it a patient's?",
        choices=[(kind, f"Not a patient's: {words}") for kind, words in KINDS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": TICKS, "invalid_list": TICKS},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions: frozenset[str] = frozenset()

    @property
    def asks(self) -> frozenset[str]:
        """The kinds whose boxes the page shows: those in question, and those that were declared before."""
        return self.questions | frozenset(self.initial.get("declared") or ()) | self.ticked

    @property
    def ticked(self) -> frozenset[str]:
        return (
            frozenset(self.cleaned_data.get("declared", ()))
            if self.is_bound and hasattr(self, "cleaned_data")
            else frozenset()
        )

    def ask(self, kinds: Iterable[str]) -> None:
        self.questions = frozenset(kinds)

    @property
    def said_nobodys(self) -> frozenset[str]:
        return frozenset(self.cleaned_data["declared"])


def sensible(when: date | None) -> date | None:
    if when is not None and not 1990 <= when.year <= 2100:
        raise ValidationError("Check the year of this day.")
    return when


class LineForm(Declaring):
    """Whatever is filled in is kept; the plan can be sent when nothing is missing."""

    use_required_attribute = False

    cause = long_text("What caused it?", "What led to the deficiency, as far as you found out.", kind=LaterText)
    action = long_text("What is done about it?", "The corrective action, step by step.", kind=LaterText)
    owner = LaterText(
        label="Who sees to it?", help_text="A person of the facility, by name or post.", max_length=SHORT,
        error_messages={"max_length": TOO_LONG},
    )  # fmt: skip
    due_on = day("When is it done?", "The day on which it will be, or was, completed.", kind=LaterDay)
    seen = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=10**6,
        error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], TICKS),
    )  # fmt: skip

    def __init__(self, *args: Any, line: PlanLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if line.determination is None:
            del self.fields["cause"]
            self.fields["action"].label = "How is this done?"

    def clean_due_on(self) -> date | None:
        return sensible(self.cleaned_data["due_on"])


class PaperForm(Declaring):
    """`screened`: the policy forbids protected health information, and the uploader attests that there is none."""

    title = forms.CharField(
        label="What is it?", help_text="A title that does not name a patient.", max_length=SHORT,
        error_messages={"required": "Give the document a title, such as “Revised chest protocol”.", "max_length": TOO_LONG},
    )  # fmt: skip
    paper = forms.FileField(
        label="Document", max_length=200, help_text="PDF with real text, Word document or text file, at most 25 MB.",
        error_messages={
            "required": "Choose the document, then send it.", "empty": "The file is empty. Save the document again, then send it.",
            "missing": "No file arrived. Choose the document again.", "invalid": "No file arrived. Choose the document again.",
            "max_length": "The name of the file is too long. Rename the file, then send it.",
        },
    )  # fmt: skip
    attested = forms.BooleanField(
        label="I have looked through this document: no protected health information of a patient is in it.",
        error_messages={
            "required": "Look through the document, then tick the box: it may hold nothing about a patient."
        },
    )

    def __init__(self, *args: Any, screened: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not screened:
            del self.fields["attested"]

    def attest_anew(self) -> None:
        """The tick was for the document that was refused; for the next one it is made again."""
        self.data = {name: self.data[name] for name in self.data if name not in {"attested", "declared"}} | {
            "declared": self.cleaned_data.get("declared", [])
        }

    @property
    def attestation(self) -> str:
        field = self.fields.get("attested")
        return str(field.label) if field and self.cleaned_data["attested"] else ""


class EvidencePaperForm(PaperForm):
    line = forms.ModelChoiceField(
        label="What does it show?", queryset=PlanLine.objects.none(), required=False, empty_label="The plan as a whole",
        error_messages={"invalid_choice": "Choose one of the actions of this plan."},
    )  # fmt: skip
    field_order = ("line", "title", "paper", "declared", "attested")

    def __init__(self, *args: Any, lines: Iterable[PlanLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["line"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = PlanLine.objects.filter(pk__in=[line.pk for line in lines]).select_related(
            "determination__area", "determination__report"
        )
        field.label_from_instance = title  # type: ignore[method-assign,assignment]


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


class HandInForm(forms.Form):
    agreed = forms.BooleanField(error_messages={"required": "Tick the box: the facility stands for this sentence."})

    def __init__(self, *args: Any, statement: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed"].label = statement


class CompletionForm(Declaring):
    completed_on = day(
        "When was it completed?", "The day on which the action was done.",
        error_messages={"required": "Enter the day on which the action was completed."},
    )  # fmt: skip
    result = long_text(
        "What was done, and what shows it?", "For example which paper below shows it.",
        error_messages={"required": "Write what was done and what shows it."},
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_completed_on(self) -> date:
        when: date = self.cleaned_data["completed_on"]
        if when > self.today:
            raise ValidationError("This day lies in the future. Evidence is for what has been completed.")
        sensible(when)
        return when


# -- staff ----------------------------------------------------------------------------------------------------------------


class ApproveForm(forms.Form):
    comment = long_text("Comment for the facility", "Goes with the approval.", required=False)


class ReturnForm(forms.Form):
    comment = long_text(
        "What has to be changed?", "The facility reads this with the plan. Do not name a patient here.",
        error_messages={"required": "Write what has to be changed: the facility has to know what to do."},
    )  # fmt: skip

    def __init__(self, *args: Any, lines: Iterable[PlanLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {f"line_{line.pk}": line.pk for line in lines}
        for place, line in enumerate(lines, 1):
            self.fields[f"line_{line.pk}"] = long_text(
                f"Comment on line {place}: {title(line)}", "", 2000, required=False
            )

    @property
    def about_lines(self) -> dict[int, str]:
        return {pk: self.cleaned_data[name] for name, pk in self.lines.items()}


class DirectForm(forms.Form):
    text = long_text(
        "Which action does the programme direct?", "It becomes a line of the plan that the facility has to answer.",
        error_messages={"required": "Write which action is directed."},
    )  # fmt: skip
