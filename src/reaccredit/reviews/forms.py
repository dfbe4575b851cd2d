"""The score sheet, the choice of readers, and handing an area back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from reaccredit.reviews import catalogue
from reaccredit.reviews.actions import Verdict
from reaccredit.reviews.catalogue import Criterion
from reaccredit.reviews.conflicts import may_read
from reaccredit.reviews.queries import AreaRow

YES, NO = "yes", "no"
NOTE_LENGTH = 2000
PLACES = {1: "First reader", 2: "Second reader", 3: "Third reader"}


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one criterion, as the page shows them together."""

    criterion: Criterion
    verdict: BoundField
    reason: BoundField
    causes: BoundField
    note: BoundField


class ReasonField(forms.ChoiceField):
    """Not optional, and yet empty where the criterion is acceptable: the form asks for it where it is not."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class ScoreForm(forms.Form):
    """One group of fields for each criterion. `complete=False` keeps what is there and asks for nothing."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], complete: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria, self.complete = tuple(criteria), complete
        causes = [(c.code, c.title) for c in catalogue.causes().values()]
        for criterion in self.criteria:
            reasons = [("", "Choose a reason"), *((r.code, r.title) for r in criterion.reasons)]
            self.fields |= {
                f"{criterion.code}-verdict": forms.ChoiceField(
                    label=criterion.title, required=False, choices=[(YES, "Acceptable"), (NO, "Not acceptable")],
                    widget=forms.RadioSelect,
                ),
                f"{criterion.code}-reason": ReasonField(label=f"{criterion.title}: reason", choices=reasons),
                f"{criterion.code}-causes": forms.MultipleChoiceField(
                    label=f"{criterion.title}: possible causes", required=False, choices=causes, widget=forms.CheckboxSelectMultiple
                ),
                f"{criterion.code}-note": forms.CharField(
                    label=f"{criterion.title}: note", required=False, max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
                ),
            }  # fmt: skip

    def groups(self) -> Iterator[Group]:
        for criterion in self.criteria:
            parts = [self[f"{criterion.code}-{part}"] for part in ("verdict", "reason", "causes", "note")]
            yield Group(criterion, *parts)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.complete:
            for criterion in self.criteria:
                self._must_be_answered(criterion, found)
        return found

    def _must_be_answered(self, criterion: Criterion, found: Mapping[str, Any]) -> None:
        verdict, reason = f"{criterion.code}-verdict", f"{criterion.code}-reason"
        if not found.get(verdict) and verdict not in self.errors:
            self.add_error(verdict, f"Say whether “{criterion.title}” is acceptable.")
        if found.get(verdict) == NO and not found.get(reason) and reason not in self.errors:
            self.add_error(reason, f"Choose the reason why “{criterion.title}” is not acceptable.")

    def verdicts(self) -> list[Verdict]:
        """What the cleaned answers say. Only for a form that is complete."""
        found = self.cleaned_data
        return [
            Verdict(
                criterion=c.code,
                acceptable=found[f"{c.code}-verdict"] == YES,
                reason=found[f"{c.code}-reason"],
                causes=tuple(found[f"{c.code}-causes"]),
                note=found[f"{c.code}-note"],
            )
            for c in self.criteria
        ]

    def typed(self) -> dict[str, Any]:
        """What was typed, as it was typed: a draft may be wrong."""
        source: Any = self.data
        lists = {name for name in self.fields if name.endswith("-causes")}
        read = source.getlist if isinstance(source, QueryDict) else lambda name: source.get(name, [])
        return {name: read(name) if name in lists else str(source.get(name, "")) for name in self.fields}


class AssignForm(forms.Form):
    """A choice for each open place of each area. Only who may read is offered; one place may be left for later."""

    def __init__(self, *args: Any, rows: Sequence[AreaRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = tuple(rows)
        for row in self.rows:
            people = [("", "Nobody yet"), *((str(p.pk), p.name) for p in may_read(row.candidates))]
            for place in row.places:
                self.fields[self.name(row, place)] = forms.ChoiceField(
                    label=PLACES[place], required=False, choices=people,
                    error_messages={"invalid_choice": "This person may not read this area. Choose from the list."},
                )  # fmt: skip

    @staticmethod
    def name(row: AreaRow, place: int) -> str:
        return f"area-{row.area.pk}-{place}"

    def of(self, row: AreaRow) -> list[BoundField]:
        return [self[self.name(row, place)] for place in row.places]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for row in self.rows:
            chosen = [found.get(self.name(row, place)) for place in row.places]
            named = [key for key in chosen if key]
            if len(set(named)) < len(named):
                self.add_error(
                    self.name(row, row.places[-1]), f"{row.area.title}: the two readers must be different people."
                )
        if not any(found.values()) and not self.errors:
            raise forms.ValidationError("Choose at least one reader.")
        return found

    def chosen(self) -> list[tuple[AreaRow, int]]:
        """(row, person id) in the order of the places."""
        return [
            (row, int(key))
            for row in self.rows
            for place in row.places
            if (key := self.cleaned_data.get(self.name(row, place)))
        ]


class HandBackForm(forms.Form):
    reason = forms.CharField(
        label="Why can you not read this area?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only the programme's staff see this: for example that you recognize the facility or the patient.",
        error_messages={"required": "Say why you cannot read this area, so that staff can choose somebody else well."},
    )
