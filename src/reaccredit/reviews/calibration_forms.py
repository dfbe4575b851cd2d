"""What staff fill in about calibration cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from reaccredit.applications.models import Area
from reaccredit.people.forms import SigningPassword
from reaccredit.reviews.calibration import Reader, Suggested
from reaccredit.reviews.calibration_actions import KeyAnswer
from reaccredit.reviews.catalogue import Criterion
from reaccredit.reviews.forms import NO, YES, ReasonField

WHY_LENGTH = 1000


def _text(label: str, says: str, missing: str, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=says, max_length=WHY_LENGTH, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
    )  # fmt: skip


class MakeForm(forms.Form):
    areas = forms.MultipleChoiceField(label="Which areas?", widget=forms.CheckboxSelectMultiple)
    because = _text(
        "Why this one?", "What it is to teach or to test: for example a fault that is easily overlooked. Only staff see this.",
        "Say why it is made a calibration case: the record keeps it.",
    )  # fmt: skip

    def __init__(self, *args: Any, areas: Sequence[Area], most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of, self.most = {str(area.pk): area for area in areas}, most
        field = self.fields["areas"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, f"{area.title} ({area.get_kind_display().lower()})") for key, area in self.of.items()]
        field.help_text = f"At most {most}: a reader is asked for no more than an ordinary reading takes."
        field.error_messages |= {
            "required": "Choose at least one area.",
            "invalid_choice": "This area is not of this review. Choose from the list.",
        }

    def clean_areas(self) -> list[Area]:
        chosen = [self.of[key] for key in dict.fromkeys(self.cleaned_data["areas"])]
        if len(chosen) > self.most:
            raise forms.ValidationError(f"Choose at most {self.most}.")
        return chosen


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one criterion."""

    criterion: Criterion
    verdict: BoundField
    reason: BoundField
    why: BoundField
    differed: bool


class KeyForm(forms.Form):
    """A score for each criterion of each area, with the reason of the catalogue where it is not acceptable."""

    use_required_attribute = False  # a reason is asked for only where something is not acceptable
    because = _text(
        "On what does this key rest?", "For example: read by three experts together on a day. When you change a key, say why. Only staff see this.",
        "Say on what the key rests: the record keeps it.",
    )  # fmt: skip
    seen = forms.IntegerField(min_value=0, max_value=9999, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, criteria: Mapping[Area, Sequence[Criterion]], suggested: Suggested, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria, self.suggested = criteria, suggested
        for area, listed in criteria.items():
            for one in listed:
                self._fields(area, one)
        self.order_fields([name for name in self.fields if name != "because"] + ["because"])

    def _fields(self, area: Area, one: Criterion) -> None:
        name, said = f"{area.pk}-{one.code}", f"{area.title}, {one.title}"
        reasons = [("", "Choose a reason"), *((r.code, r.title) for r in one.reasons)]
        self.fields |= {
            f"{name}-verdict": forms.ChoiceField(
                label=said, choices=[(YES, "Acceptable"), (NO, "Not acceptable")], widget=forms.RadioSelect,
                error_messages={
                    "required": f"{said}: say whether it is acceptable.", "invalid_choice": f"{said}: choose one of the two."
                },
            ),
            f"{name}-reason": ReasonField(
                label=f"{said}: reason", choices=reasons, help_text="If not acceptable.",
                error_messages={"invalid_choice": f"{said}: choose a reason from the list."},
            ),
            f"{name}-why": forms.CharField(
                label=f"{said}: what to see", required=False, max_length=WHY_LENGTH, widget=forms.Textarea(attrs={"rows": 2}),
                help_text="Readers see this beside their answer, after they have handed in.",
            ),
        }  # fmt: skip

    def groups(self) -> Iterator[tuple[Area, list[Row]]]:
        for area, listed in self.criteria.items():
            yield area, [self._row(area, one) for one in listed]

    def _row(self, area: Area, one: Criterion) -> Row:
        verdict, reason, why = (self[f"{area.pk}-{one.code}-{part}"] for part in ("verdict", "reason", "why"))
        return Row(one, verdict, reason, why, (area.pk, one.code) not in self.suggested)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for area, listed in self.criteria.items():
            for one in listed:
                name = f"{area.pk}-{one.code}"
                bad = found.get(f"{name}-verdict") == NO and not found.get(f"{name}-reason")
                if bad and f"{name}-reason" not in self.errors:
                    said = f"{area.title}, {one.title}: choose the reason why it is not acceptable."
                    self.add_error(f"{name}-reason", said)
        return found

    def answers(self) -> dict[Area, list[KeyAnswer]]:
        said = self.cleaned_data
        return {
            area: [self._answer(f"{area.pk}-{one.code}", one, said) for one in listed]
            for area, listed in self.criteria.items()
        }

    @staticmethod
    def _answer(name: str, one: Criterion, said: Mapping[str, Any]) -> KeyAnswer:
        good = said[f"{name}-verdict"] == YES
        return KeyAnswer(one.code, good, "" if good else said[f"{name}-reason"], said[f"{name}-why"])


class ApproveForm(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=9999, widget=forms.HiddenInput)
    password = SigningPassword(
        says="Typing it again signs the key as it stands above.", missing="Type your password: it signs the key."
    )


class SendForm(forms.Form):
    readers = forms.MultipleChoiceField(
        label="Readers", widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one reader, or let them be drawn.",
            "invalid_choice": "This person may not be sent this case. Choose from the list.",
        },
    )  # fmt: skip
    seen = forms.IntegerField(min_value=0, max_value=9999, widget=forms.HiddenInput)

    def __init__(self, *args: Any, readers: Sequence[Reader], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = {str(one.person.pk): one for one in readers if one.areas}
        field = self.fields["readers"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, f"{one.person.name}: {self._areas(one)}") for key, one in self.of.items()]

    @staticmethod
    def _areas(one: Reader) -> str:
        return "; ".join(area.title for area in one.areas)

    def chosen(self) -> list[Reader]:
        return [self.of[key] for key in dict.fromkeys(self.cleaned_data["readers"])]


class DrawForm(forms.Form):
    seen = forms.IntegerField(min_value=0, max_value=9999, widget=forms.HiddenInput)


class RetireForm(forms.Form):
    because = _text("Why is it retired?", "Only staff see this.", "Say why it is retired: the record keeps it.")


class TalkForm(forms.Form):
    note = _text(
        "What was agreed?",
        "Only staff see this. Name neither facilities nor patients.",
        "Say what was agreed: the record keeps it.",
    )
