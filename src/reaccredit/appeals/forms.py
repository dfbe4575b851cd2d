"""The forms of an appeal. Who may sign comes from the letter's task, which asks the policy and the facility's posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms

from reaccredit.appeals.judging import Candidate, proposal
from reaccredit.appeals.models import Arbitration
from reaccredit.appeals.queries import LetterTask
from reaccredit.people.forms import SigningPassword
from reaccredit.people.models import Person

LONGEST_LETTER = 20_000


class LetterForm(forms.Form):
    text = forms.CharField(
        label="Your letter",
        max_length=LONGEST_LETTER,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="Say which determination you disagree with, and why. The arbitrator reads exactly this.",
        error_messages={
            "required": "Write the letter before you save it.",
            "max_length": "The letter is too long; put details into a supporting document.",
        },
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class SignForm(forms.Form):
    password = SigningPassword(says="Typing it again signs the letter as it stands above.")
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class SignedPaperForm(forms.Form):
    """A letter that was signed on paper and scanned, or signed elsewhere as a PDF."""

    file = forms.FileField(
        label="Signed letter",
        help_text="A PDF, which may be a scan of the signed letter, or a Word document. Pictures and exam images are refused here"
        " by what they are, whatever they are called: missing images go into the testing package.",
        error_messages={
            "required": "Choose the file of the signed letter.",
            "empty": "The file is empty. Choose the document again.",
        },
    )
    signer = forms.ChoiceField(label="Who signed it", error_messages={"required": "Say who signed the letter."})

    def __init__(self, data: Any = None, files: Any = None, *, people: Sequence[Person]) -> None:
        super().__init__(data, files)
        self._people = {str(p.pk): p for p in people}
        self.fields["signer"].choices = [("", "Choose"), *((key, p.name) for key, p in self._people.items())]  # type: ignore[attr-defined]
        if len(people) == 1:
            self.fields["signer"].initial = str(people[0].pk)

    @property
    def signed_by(self) -> Person:
        return self._people[self.cleaned_data["signer"]]


class SupportForm(forms.Form):
    title = forms.CharField(
        label="What it is",
        max_length=200,
        help_text="For example: corrected phantom data form.",
        error_messages={"required": "Say what the document is."},
    )
    file = forms.FileField(
        label="Document",
        help_text="A PDF, a Word document, a text file or a scan. Do not upload exam images here.",
        error_messages={"required": "Choose the document.", "empty": "The file is empty. Choose the document again."},
    )


class ImagesForm(forms.Form):
    additional_images = forms.ChoiceField(
        label="Are additional images required?",
        choices=[
            ("yes", "Yes, sequences of the original exam were left out and will be submitted"),
            ("no", "No additional images need to be submitted"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether additional images are required."},
    )


class PostForm(forms.Form):
    """What staff found in the post for an appeal on CD or film."""

    what = forms.ChoiceField(label="What came", widget=forms.RadioSelect, error_messages={"required": "Say what came."})
    came_at = forms.DateTimeField(
        label="When it came",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": "Enter the day and time at which it came.",
            "invalid": "Enter a day and a time, such as 2021-04-19 09:30.",
        },
    )
    file = forms.FileField(
        label="Scan of the paper", required=False, help_text="For a letter or a supporting document. Not for images."
    )
    title = forms.CharField(
        label="What the document is", max_length=200, required=False, help_text="For a supporting document."
    )
    signer = forms.ChoiceField(label="Who signed the letter", required=False)
    pieces = forms.IntegerField(
        label="Number of discs or films", required=False, min_value=1, max_value=999, help_text="For images."
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, tasks: Sequence[LetterTask],
        signers: Sequence[Person], images: bool, opened: datetime, now: datetime,
    ) -> None:  # fmt: skip
        super().__init__(data, files)
        self._tasks = {f"letter-{t.kind}": t for t in tasks if not t.done}
        self._opened, self._now = opened, now
        choices = [(key, t.title) for key, t in self._tasks.items()]
        choices += [("support", "A supporting document")] + (
            [("images", "Additional images on CD or film")] if images else []
        )
        self.fields["what"].choices = choices  # type: ignore[attr-defined]
        self._people = {str(p.pk): p for p in signers}
        self.fields["signer"].choices = [("", "Choose"), *((key, p.name) for key, p in self._people.items())]  # type: ignore[attr-defined]

    @property
    def kind(self) -> str:
        return str(self.cleaned_data["what"]).removeprefix("letter-")

    @property
    def is_images(self) -> bool:
        return self.cleaned_data["what"] == "images"

    @property
    def is_letter(self) -> bool:
        return str(self.cleaned_data["what"]).startswith("letter-")

    @property
    def signed_by(self) -> Person:
        return self._people[self.cleaned_data["signer"]]

    def clean_came_at(self) -> datetime:
        came = self.cleaned_data["came_at"]
        if came > self._now:
            raise forms.ValidationError("This lies in the future. Enter when it came.")
        if came < self._opened:
            raise forms.ValidationError("This is before the appeal was chosen. Enter when it came after that.")
        return came

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        what = found.get("what", "")
        needed = {"file": what.startswith("letter-") or what == "support", "signer": what.startswith("letter-"),
                  "title": what == "support", "pieces": what == "images"}  # fmt: skip
        told = {"file": "Choose the scan of the paper.", "signer": "Say who signed the letter.",
                "title": "Say what the document is.", "pieces": "Enter the number of discs or films."}  # fmt: skip
        for name, wanted in needed.items():
            if wanted and not found.get(name) and name not in self.errors:
                self.add_error(name, told[name])
        return found


class AssignForm(forms.Form):
    arbitrator = forms.ChoiceField(
        label="Arbitrator",
        error_messages={"required": "Choose an arbitrator.", "invalid_choice": "Choose an arbitrator from the list."},
    )

    def __init__(self, data: Any = None, *, candidates: Sequence[Candidate], prefix: str = "") -> None:
        super().__init__(data, prefix=prefix or None)
        self._people = {str(c.person.pk): c.person for c in candidates}
        eligible = [(str(c.person.pk), c.person.name) for c in candidates if c.eligible]
        self.fields["arbitrator"].choices = [("", "Choose"), *eligible]  # type: ignore[attr-defined]
        proposed = proposal(candidates)
        self.fields["arbitrator"].initial = str(proposed.person.pk) if proposed else ""

    @property
    def person(self) -> Person:
        return self._people[self.cleaned_data["arbitrator"]]


class DeterminationForm(forms.Form):
    outcome = forms.ChoiceField(
        label="Your determination of this area",
        help_text="Acceptable upholds the appeal for this area; not acceptable denies it.",
        choices=Arbitration.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose acceptable or not acceptable."},
    )
    reasons = forms.CharField(
        label="Reasons",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="The facility reads them. Do not name yourself, a reviewer or a patient.",
        error_messages={"required": "Write the reasons: the facility reads them with the determination."},
    )
    sure = forms.BooleanField(
        label="I understand that this determination is final",
        error_messages={"required": "Confirm that the determination is final."},
    )
    password = SigningPassword(
        says="Typing it again signs your determination and its reasons.",
        missing="Type your password: it signs the determination.",
    )

    def clean_reasons(self) -> str:
        reasons = str(self.cleaned_data["reasons"]).strip()
        if len(reasons) < 20:
            raise forms.ValidationError("Write reasons that the facility can learn from: at least twenty characters.")
        return reasons


class RecusalForm(forms.Form):
    reason = forms.CharField(
        label="Why can you not judge this appeal?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only the programme's staff see this.",
        error_messages={"required": "Say why, so that staff can choose somebody else well."},
    )
