"""The option form. Which fields it has follows from the option as the policy describes it; no rule stands here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict

from reaccredit import policy
from reaccredit.ledger.outcomes import ACCEPTABLE, NOT_ACCEPTABLE
from reaccredit.options import queries
from reaccredit.options.queries import Desk, Named, Row, Tick
from reaccredit.people.models import Role

OMITTED = "omitted-sequences"  # a material that may be added: then the form asks for additional images

NAME_WRONG = "Type your own name, as it stands in your account: {name}."


class OptionFormForm(forms.Form):
    """Choose areas, tick what is withdrawn, attest. `ticks` are the areas that may be withdrawn, with refusals for the others."""

    def __init__(
        self,
        data: Any = None,
        *,
        desk: Desk,
        row: Row,
        ticks: list[Tick],
        roles: tuple[str, ...],
        name: str,
        initial: Any = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.desk, self.row, self.ticks, self.person_name = desk, row, ticks, name
        if row.option.withdraws:
            self._add_withdrawn_areas()
        elif row.covers and row.option.partial and len(row.areas) > 1:
            self._add_areas()
        if OMITTED in row.option.may_add:
            self._add_images()
        if row.ticks:
            self._add_ticks()
        self._add_attestation(roles)

    @property
    def allowed(self) -> list[Tick]:
        return [tick for tick in self.ticks if tick.refusal is None]

    @property
    def barred(self) -> list[Tick]:
        return [tick for tick in self.ticks if tick.refusal is not None]

    @property
    def barred_once(self) -> list[tuple[str, policy.Refusal]]:
        """The areas that cannot be withdrawn, together where the reason is the same."""
        by_reason: dict[str, tuple[list[str], policy.Refusal]] = {}
        for tick in self.barred:
            assert tick.refusal is not None
            by_reason.setdefault(tick.refusal.sentence, ([], tick.refusal))[0].append(tick.area.title)
        return [("; ".join(titles), refusal) for titles, refusal in by_reason.values()]

    @property
    def only_role(self) -> str:
        return str(self.fields["role"].initial or "")

    def _add_withdrawn_areas(self) -> None:
        covered = {area.code for area in self.row.areas}
        choices = [(t.area.code, t.area.title) for t in self.allowed if t.area.code in covered]
        choices += [(t.area.code, t.area.title) for t in self.allowed if t.area.code not in covered]
        self.fields["areas"] = forms.MultipleChoiceField(
            label="Modules and patient types to withdraw",
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            help_text="Check all modules or patient types that you wish to withdraw from the accreditation process.",
            error_messages={"required": "Check at least one module or patient type to withdraw."},
        )

    def _add_areas(self) -> None:
        self.fields["areas"] = forms.MultipleChoiceField(
            label="Areas",
            choices=[(area.code, area.title) for area in self.row.areas],
            widget=forms.CheckboxSelectMultiple,
            initial=[area.code for area in self.row.areas],
            help_text="Areas that you leave out stay as the final report found them; you decide on them afterwards.",
            error_messages={"required": "Choose at least one area."},
        )

    def _add_images(self) -> None:
        self.fields["additional_images"] = forms.ChoiceField(
            label="Are additional images required?",
            choices=[
                ("yes", "Yes, sequences of the original exam were left out and will be submitted"),
                ("no", "No additional images need to be submitted"),
            ],
            widget=forms.RadioSelect,
            help_text="Only sequences of the original exam that were not included. New cases are not accepted.",
            error_messages={"required": "Say whether additional images are required."},
        )

    def _add_ticks(self) -> None:
        self.fields["withdraw"] = forms.MultipleChoiceField(
            label="Modules and patient types to withdraw",
            required=False,
            choices=[(tick.area.code, tick.area.title) for tick in self.allowed],
            widget=forms.CheckboxSelectMultiple,
        )

    def _add_attestation(self, roles: tuple[str, ...]) -> None:
        self.fields["role"] = forms.ChoiceField(
            label="You submit this form as",
            choices=[(role, Role(role).label) for role in roles],
            widget=forms.RadioSelect if len(roles) > 1 else forms.HiddenInput,
            initial=roles[0] if len(roles) == 1 else None,
            error_messages={"required": "Choose the role in which you submit this form."},
        )
        self.fields["attested"] = forms.BooleanField(
            label=queries.STATEMENT,
            error_messages={"required": "Check the attestation box. Without it the form cannot be submitted."},
        )
        self.fields["name"] = forms.CharField(
            label="Your full name",
            max_length=120,
            help_text="Typed as your signature under the attestation.",
            error_messages={"required": "Type your full name under the attestation."},
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if name.casefold() != " ".join(self.person_name.split()).casefold():
            raise forms.ValidationError(NAME_WRONG.format(name=self.person_name))
        return name

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        both = set(found.get("withdraw", ())) & set(found.get("areas", ())) if "withdraw" in self.fields else set()
        if both:
            titles = "; ".join(area.title for area in self.desk.named(sorted(both)))
            self.add_error(
                "withdraw", f"You have chosen and withdrawn the same area: {titles}. Take one of the two ticks away."
            )
        return found

    def answers(self) -> dict[str, Any]:
        """What was chosen, to be kept in the draft: the attestation is given anew each time."""
        data = cast(QueryDict, self.data)
        kept = {name: data.getlist(name) for name in ("areas", "withdraw") if name in self.fields}
        return kept | {
            name: self.data.get(name, "") for name in ("additional_images", "role", "name") if name in self.fields
        }

    def chosen_areas(self) -> list[str] | None:
        """None: all that the option covers."""
        return self.cleaned_data.get("areas") if "areas" in self.fields else None


class ConfirmForm(forms.Form):
    """Check your answers: asked once more before anything is withdrawn."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, question: str = "", initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        if question:
            self.fields["sure"] = forms.BooleanField(
                label=question, error_messages={"required": "Confirm the withdrawal, or change your answers."}
            )


class ReasonForm(forms.Form):
    """A decision of the programme's staff where the policy leaves it to them."""

    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It becomes part of the history of the case, and the facility reads it.",
        error_messages={"required": "Write the reason: it becomes part of the history of the case."},
    )

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if len(reason) < 10:
            raise forms.ValidationError(
                "Write a reason that a reader of the history understands: at least ten characters."
            )
        return reason


class SupplementalForm(ReasonForm):
    """What came of a supplemental review: an outcome for each area in it, and why."""

    def __init__(self, data: Any = None, *, areas: Sequence[Named], auto_id: str = "id_%s") -> None:
        super().__init__(data, auto_id=auto_id)
        self._areas = {f"area-{number}": area for number, area in enumerate(areas, 1)}
        for name, area in self._areas.items():
            self.fields[name] = forms.ChoiceField(
                label=area.title,
                choices=[(ACCEPTABLE, "Acceptable"), (NOT_ACCEPTABLE, "Not acceptable")],
                widget=forms.RadioSelect,
                error_messages={"required": f"Say whether {area.title} is acceptable."},
            )
        self.order_fields([*self._areas, "reason"])

    @property
    def outcomes(self) -> dict[str, str]:
        return {area.code: self.cleaned_data[name] for name, area in self._areas.items()}
