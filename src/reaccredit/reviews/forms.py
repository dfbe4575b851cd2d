"""The score sheet, the choice of readers, and handing an area back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from reaccredit.packages.criteria import Beside
from reaccredit.policy.measures import Row
from reaccredit.reviews import catalogue
from reaccredit.reviews.actions import Verdict
from reaccredit.reviews.catalogue import Criterion
from reaccredit.reviews.conflicts import may_read
from reaccredit.reviews.limits import Limits
from reaccredit.reviews.pointing import SUFFIX, Spot
from reaccredit.reviews.pointing import read as read_spots
from reaccredit.reviews.queries import AreaRow

YES, NO = "yes", "no"
NOTHING_FOUND = "I have looked at everything, and found nothing that is not acceptable"
NOTHING_HINT = (
    "Then every criterion that you have not answered counts as acceptable. You see them all before you hand in."
)
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
    measured: tuple[BoundField, ...] = ()
    stated: tuple[Beside, ...] = ()  # what the facility's data form says, beside the limits of its day
    own: tuple[Beside, ...] = ()  # what this reader measured
    close: frozenset[str] = frozenset()  # measures whose value lies near a limit
    places: BoundField | None = None
    spots: tuple[Spot, ...] = ()


class ReasonField(forms.ChoiceField):
    """Not optional, and yet empty where the criterion is acceptable: the form asks for it where it is not."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class ScoreForm(forms.Form):
    """One group of fields for each criterion. `complete=False` keeps what is there and asks for nothing."""

    use_required_attribute = False  # what is asked for depends on the button

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        complete: bool = True,
        limits: Limits | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria, self.complete, self.limits = tuple(criteria), complete, limits
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
            self.fields[f"{criterion.code}{SUFFIX}"] = forms.CharField(required=False, widget=forms.HiddenInput)
            self.fields |= {f"{criterion.code}-value-{row.measure}": measure(row) for row in self._rows(criterion)}
        self.fields |= pointing_fields(self.criteria)
        self.fields["nothing"] = forms.BooleanField(label=NOTHING_FOUND, required=False, help_text=NOTHING_HINT)

    def _rows(self, criterion: Criterion) -> list[Row]:
        found = [self.limits.row(name) for name in criterion.measures] if self.limits else []
        return [row for row in found if row is not None]

    def groups(self) -> Iterator[Group]:
        own = self.measured()
        for criterion in self.criteria:
            verdict, reason, causes, note = (
                self[f"{criterion.code}-{part}"] for part in ("verdict", "reason", "causes", "note")
            )
            yield Group(
                criterion, verdict, reason, causes, note,
                measured=tuple(self[f"{criterion.code}-value-{row.measure}"] for row in self._rows(criterion)),
                stated=self.limits.stated(criterion.measures) if self.limits else (),
                own=self.limits.own(own, criterion.measures) if self.limits else (),
                close=self.limits.close(own, criterion.measures) if self.limits else frozenset(),
                places=self[criterion.code + SUFFIX], spots=self.spots(criterion),
            )  # fmt: skip

    def point(self) -> dict[str, BoundField]:
        """The fields beside the image, by which somebody points at something in it."""
        return {name: self[f"point-{name}"] for name in POINT}

    @property
    def wrongly_pointed(self) -> bool:
        return any(f"point-{name}" in self.errors for name in POINT)

    def spots(self, criterion: Criterion) -> tuple[Spot, ...]:
        """Where the reader has pointed for this criterion."""
        return tuple(read_spots(self.data.get(criterion.code + SUFFIX, ""))) if self.is_bound else ()

    def measured(self) -> dict[str, Decimal | bool]:
        """What this reader measured, as far as it can be read; a wrong entry stays in its field."""
        if not self.is_bound:
            return {}
        self.is_valid()  # reads the answers; what is wrong with others is said elsewhere
        rows = [(c, row) for c in self.criteria for row in self._rows(c)]
        found = {row.measure: self.cleaned_data.get(f"{c.code}-value-{row.measure}") for c, row in rows}
        words: dict[Any, Decimal | bool] = {YES: True, NO: False}
        return {name: words.get(value, value) for name, value in found.items() if value not in (None, "")}

    def minors(self) -> str:
        """How many minor deviations were counted, once the reader has entered anything."""
        own = self.measured()
        return self.limits.minors(own) if self.limits and own else ""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for name in POINT if "point" not in self.data else ():
            self.errors.pop(f"point-{name}", None)  # nobody points at anything just now
        if self.complete:
            self._nothing_found(found)
            for criterion in self.criteria:
                self._must_be_answered(criterion, found)
        return found

    def _nothing_found(self, found: dict[str, Any]) -> None:
        """Said in so many words, it answers whatever was left open; and it cannot stand beside something that was found."""
        if not found.get("nothing"):
            return
        faulty = [c.title for c in self.criteria if found.get(f"{c.code}-verdict") == NO]
        for criterion in self.criteria:
            verdict = f"{criterion.code}-verdict"
            if verdict not in self.errors:
                found[verdict] = found.get(verdict) or YES
        if faulty:
            self.add_error(
                "nothing",
                f"You say that you found nothing, and “{faulty[0]}” is marked as not acceptable. Change one of the two.",
            )

    def _must_be_answered(self, criterion: Criterion, found: Mapping[str, Any]) -> None:
        verdict, reason = f"{criterion.code}-verdict", f"{criterion.code}-reason"
        if not found.get(verdict) and verdict not in self.errors:
            self.add_error(verdict, f"Say whether “{criterion.title}” is acceptable.")
        if found.get(verdict) == NO and not found.get(reason) and reason not in self.errors:
            self.add_error(reason, f"Choose the reason why “{criterion.title}” is not acceptable.")

    def verdicts(self) -> list[Verdict]:
        """What the cleaned answers say. Only for a form that is complete."""
        found, own = self.cleaned_data, self.measured()
        said = {c.code: self.limits.note(own, c.measures) if self.limits else "" for c in self.criteria}
        return [
            Verdict(
                criterion=c.code,
                acceptable=found[f"{c.code}-verdict"] == YES,
                reason=found[f"{c.code}-reason"],
                causes=tuple(found[f"{c.code}-causes"]),
                note="\n".join(part for part in (found[f"{c.code}-note"], said[c.code]) if part),
                places=self.spots(c),
            )
            for c in self.criteria
        ]

    def typed(self) -> dict[str, Any]:
        """What was typed, as it was typed: a draft may be wrong."""
        source: Any = self.data
        lists = {name for name in self.fields if name.endswith("-causes")}
        read = source.getlist if isinstance(source, QueryDict) else lambda name: source.get(name, [])
        names = [name for name in self.fields if not name.startswith("point-")]
        return {name: read(name) if name in lists else str(source.get(name, "")) for name in names}


POINT = ("criterion", "column", "row")


def pointing_fields(criteria: Sequence[Criterion]) -> dict[str, forms.Field]:
    """They stand beside the image, outside the form's own element."""
    of_sheet = {"form": "score"}
    found: dict[str, forms.Field] = {
        "point-criterion": forms.ChoiceField(
            label="Criterion", choices=[(c.code, c.title) for c in criteria], widget=forms.Select(attrs=of_sheet),
            error_messages={
                "required": "Choose the criterion for which you point at this.",
                "invalid_choice": "Choose one of the criteria of this sheet.",
            },
        )
    }  # fmt: skip
    for name in ("column", "row"):
        said = f"Write the {name} of the place as a whole number, counted from 0."
        found[f"point-{name}"] = forms.IntegerField(
            label=name.capitalize(), min_value=0, max_value=99_999,
            widget=forms.TextInput(attrs=of_sheet | {"inputmode": "numeric"}),
            error_messages={
                "required": f"Click into the picture, or write the {name} of the place.",
                "invalid": said, "min_value": said, "max_value": said,
            },
        )  # fmt: skip
    return found


def measure(row: Row) -> forms.Field:
    """The field for one measured value. Nobody has to measure."""
    title = f"{row.title} ({row.unit})" if row.unit else row.title
    if row.is_true:
        answers = [("", "Not judged"), (YES, "Yes"), (NO, "No")]
        return forms.ChoiceField(label=title, required=False, choices=answers)
    invalid = f"“{row.title}”: write a number with a point, for example 2.5, and without its unit."
    low, high = catalogue.possible().get(row.unit, (None, None))
    if low is not None and high is not None and row.at_least is not None and row.at_least < low:
        low = -high  # a deviation from what was stated goes both ways
    between = f"a value in {row.unit} lies between {low} and {high}. Check what you typed."
    wrong = {
        "min_value": "a count is 0 or more." if row.each else between,
        "max_value": "a count is 999 at most." if row.each else between,
        "max_digits": "this number has too many digits.",
        "max_decimal_places": "write at most three digits after the point.",
        "max_whole_digits": "this number is too large.",
    }
    # Django puts the number into these by `%`, which is a unit as well.
    said = {name: f"“{row.title}”: {words}".replace("%", "%%") for name, words in wrong.items()} | {"invalid": invalid}
    if row.each:
        return forms.IntegerField(label=title, required=False, min_value=0, max_value=999, error_messages=said)
    return forms.DecimalField(
        label=title, required=False, max_digits=9, decimal_places=3, min_value=low, max_value=high, error_messages=said
    )


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
