"""What is typed about who judges. Each error says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from reaccredit.facilities import catalogue
from reaccredit.people.actions import JUDGES
from reaccredit.people.models import Authorisation, Person
from reaccredit.reviews import judges
from reaccredit.reviews.models import Tie

FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)
DAY = {"required": "Enter the day.", "invalid": "Write the day as year-month-day, for example 2026-03-27."}
KINDS = {
    Tie.Kind.FINANCIAL: "Money: shares, fees, grants or loans",
    Tie.Kind.EMPLOYMENT: "Work: a post, a contract or privileges",
    Tie.Kind.COMPETITOR: "A competitor of yours, or of where you work",
    Tie.Kind.PERSONAL: "Family or friends",
    Tie.Kind.BIAS: "Anything else that could sway you",
}


class Day(forms.DateField):
    """A day that could be meant."""

    def __init__(self, label: str, *, required: bool = True, help_text: str = "") -> None:
        super().__init__(
            label=label, required=required, help_text=help_text, error_messages=DAY,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )  # fmt: skip

    def clean(self, value: Any) -> date | None:
        found: date | None = super().clean(value)
        if found and not FIRST <= found <= LAST:
            raise forms.ValidationError("Enter a day between 1900 and 2200.")
        return found


def line(label: str, missing: str, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most,
        error_messages={"required": missing, "max_length": f"Use at most {most} characters."}, **more,
    )  # fmt: skip


class SpanForm(forms.Form):
    """Whatever holds from one day to another."""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day lies before the first. Enter a later one.")
        return found


class AuthorisationForm(SpanForm):
    role = forms.ChoiceField(label="To act as", choices=[(r.value, r.label) for r in JUDGES])
    what = forms.ChoiceField(label="For")
    since = Day("First day")
    until = Day("Last day", required=False, help_text="Leave it empty where it has no end.")
    grounds = line(
        "Grounds", "Say on which training or certificate it rests.", 200,
        help_text="The training, certificate or decision on which it rests.",
    )  # fmt: skip

    def __init__(self, *args: Any, person: Person, on: date, own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = on
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        everything = (Authorisation.EVERY, "Every modality")
        what.choices = [everything, *((m.title, _modules(m)) for m in catalogue.modalities() if m.governed)]

    def said(self) -> dict[str, Any]:
        modality, _, module = self.cleaned_data["what"].partition("/")
        kept = {name: self.cleaned_data[name] for name in ("role", "since", "until", "grounds")}
        return kept | {"modality": modality, "module": module or Authorisation.EVERY}


def _modules(modality: catalogue.Modality) -> list[tuple[str, str]]:
    every = (modality.code, f"Everything in {modality.title}")
    modules = [(f"{modality.code}/{m.code}", f"{modality.title}: {m.title}") for m in modality.modules]
    phantoms = [(f"{modality.code}/phantom", f"{modality.title}: phantom tests")] if modality.phantoms else []
    return [every, *modules, *phantoms]


class AbsenceForm(SpanForm):
    since = Day("First day away")
    until = Day("Last day away", required=False, help_text="Leave it empty if you do not know yet.")
    delegate = forms.ChoiceField(
        label="Who stands in", required=False,
        help_text="Asked first for what would have come during the absence; the same rules hold for them.",
    )  # fmt: skip

    def __init__(self, *args: Any, person: Person, on: date, own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {} if own else {str(p.pk): p for p in judges.colleagues(person, on)}
        if own:  # readers do not learn who else reads: staff see to it
            del self.fields["delegate"]
            return
        choice = self.fields["delegate"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", "Nobody in particular"), *((key, p.name) for key, p in self.others.items())]

    def said(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {
            "since": found["since"],
            "until": found["until"],
            "delegate": self.others.get(found.get("delegate", "")),
        }


class PracticeForm(forms.Form):
    weekly_limit = forms.IntegerField(
        label="At most so many areas a week", required=False, min_value=0, max_value=200,
        help_text="What is open counts, and what was given in the last seven days. Empty: the programme's own limit at a time; 0: none for now.",
        error_messages={
            "invalid": "Write a whole number, for example 6.", "min_value": "Write 0 or more.", "max_value": "Write 200 or less."
        },
    )  # fmt: skip
    state = line("State in which you work", "", 40, required=False)
    market = line("Market in which you work", "", 80, required=False, help_text="For example the city and around it.")

    def __init__(self, *args: Any, person: Person, on: date, own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if practice := getattr(person, "practice", None):
            self.initial.update({n: getattr(practice, n) for n in ("weekly_limit", "state", "market")})

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class EmploymentForm(SpanForm):
    employer = line(
        "Employer", "Enter the name of the employer.", 160, help_text="A facility, or the organisation that runs it."
    )
    since = Day("First day")
    until = Day("Last day", required=False, help_text="Leave it empty while it lasts.")

    def __init__(self, *args: Any, person: Person, on: date, own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TieForm(SpanForm):
    kind = forms.ChoiceField(
        label="What ties you", choices=[(k.value, words) for k, words in KINDS.items()], widget=forms.RadioSelect
    )
    what = forms.ChoiceField(
        label="To whom", widget=forms.RadioSelect, initial=judges.PLACE,
        choices=[(judges.PLACE, "A facility or an organisation"), (judges.PERSON, "A person")],
    )  # fmt: skip
    to = line(
        "Name", "Enter the name of the facility or organisation.", 160,
        help_text="The facility's name or number, the organisation's name, or the email address of the person.",
    )  # fmt: skip
    since = Day("First day", required=False, help_text="Leave it empty if it was always so.")
    until = Day("Last day", required=False, help_text="Leave it empty while it lasts.")

    def __init__(self, *args: Any, person: Person, on: date, own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own:  # who declares does not learn who has an account here
            del self.fields["what"]
            self.fields["to"].help_text = "The facility's name or number, or the organisation's name."

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class EndForm(forms.Form):
    until = Day("Last day")

    def __init__(self, *args: Any, since: date | None, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = on
        self.since = since

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if self.since and until < self.since:
            raise forms.ValidationError("This lies before its first day. Enter a later one.")
        return until


NOTHING, SOMETHING = "nothing", "something"


class DeclarationForm(forms.Form):
    """A question for each kind of tie. Where there is one, it is on file already or it is written down right here."""

    words = forms.CharField(
        label="Anything to add", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In your own words. Only the programme's staff read it.",
    )  # fmt: skip
    complete = forms.BooleanField(
        label="This is complete as far as I know, and I tell the programme's staff when it changes.",
        error_messages={"required": "Tick this once it is complete. Without it, it is no declaration."},
    )  # fmt: skip

    def __init__(self, *args: Any, on_file: Sequence[Tie], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on_file = {kind: [t for t in on_file if t.kind == kind] for kind in KINDS}
        asked: dict[str, forms.Field] = {}
        for kind, words in KINDS.items():
            asked[kind.value] = forms.ChoiceField(
                label=words, widget=forms.RadioSelect, choices=[(NOTHING, "Nothing"), (SOMETHING, "Something")],
                initial=SOMETHING if self.on_file[kind] else None,
                error_messages={"required": f"Say whether there is something: {words.lower()}."},
            )  # fmt: skip
            asked[f"{kind.value}-to"] = line(
                "To which facility or organisation?",
                "",
                160,
                required=False,
                help_text="Its name. Empty where it is on file already.",
            )
        self.fields = asked | self.fields

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for kind in KINDS:
            if found.get(kind.value) == SOMETHING and not found.get(f"{kind.value}-to") and not self.on_file[kind]:
                self.add_error(f"{kind.value}-to", "Name the facility or the organisation to which you are tied.")
        return found

    def groups(self) -> list[tuple[Any, Any, list[Tie]]]:
        return [(self[k.value], self[f"{k.value}-to"], self.on_file[k]) for k in KINDS]

    def new(self) -> list[tuple[str, str]]:
        """(kind, to whom) of what is not on file yet."""
        said = self.cleaned_data
        return [(k.value, said[f"{k.value}-to"]) for k in KINDS if said[k.value] == SOMETHING and said[f"{k.value}-to"]]
