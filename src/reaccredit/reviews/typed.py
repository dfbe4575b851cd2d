"""What was typed on a sheet in the words of the sheet: for its reader, wherever it stands outside its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import ChoiceField, MultipleChoiceField

from reaccredit.people.models import Person
from reaccredit.reviews import pointing, queries
from reaccredit.reviews.drafts import said
from reaccredit.reviews.forms import ScoreForm
from reaccredit.reviews.limits import limits
from reaccredit.reviews.models import Assignment, HandedBack

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    field: str
    here: str
    there: str


class Words:
    """The labels of one sheet. What it does not know is told by its name."""

    def __init__(self, reading: Assignment) -> None:
        self.reading = reading
        form = ScoreForm(criteria=queries.criteria(reading), complete=False, limits=limits(reading))
        self.fields = dict(form.fields)
        self.titles = {criterion.code: criterion.title for criterion in form.criteria}

    def label(self, name: str) -> str:
        field = self.fields.get(name)
        if field is None:
            return name.replace("-", " ")
        if name.endswith(pointing.SUFFIX):
            return f"{self.titles[name.removesuffix(pointing.SUFFIX)]}: places"
        code, measured, _ = name.partition("-value-")
        return f"{self.titles[code]}: {field.label}" if measured else str(field.label)

    def value(self, name: str, value: Any) -> str:
        if value in ("", None, []):
            return ""
        field = self.fields.get(name)
        if name.endswith(pointing.SUFFIX):
            return "; ".join(place.words for place in pointing.shown(self.reading, pointing.read(value)))
        if name == "nothing":
            return "Yes"
        if isinstance(field, ChoiceField | MultipleChoiceField):
            choices: Any = field.choices
            known = dict(choices)
            return "; ".join(str(known.get(one, one)) for one in (value if isinstance(value, list) else [value]))
        return ", ".join(value) if isinstance(value, list) else str(value)

    def told(self, typed: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(self.label(name), self.value(name, value)) for name, value in typed.items()]

    def differences(self, here: Mapping[str, Any], there: Mapping[str, Any]) -> list[Difference]:
        names = [name for name in dict.fromkeys([*said(here), *said(there)]) if here.get(name) != there.get(name)]
        return [
            Difference(
                self.label(name),
                self.value(name, here.get(name)) or NOTHING,
                self.value(name, there.get(name)) or NOTHING,
            )
            for name in names
        ]


def told(typed: Mapping[str, Any], reading: Assignment | None) -> list[tuple[str, str]]:
    """`reading` is None where nothing is known of the sheet any more."""
    if not typed:
        return []
    if reading is None:
        return [(name.replace("-", " "), ", ".join(v) if isinstance(v, list) else str(v)) for name, v in typed.items()]
    return Words(reading).told(typed)


def gone(person: Person, pk: int) -> Assignment | None:
    """The sheet of a reading that this person had, as far as it is needed to name its fields; never saved."""
    back = HandedBack.objects.filter(reviewer=person, reading=pk).select_related("round__package", "area").first()
    return Assignment(pk=pk, round=back.round, area=back.area, reviewer=person) if back else None
