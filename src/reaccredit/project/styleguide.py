"""What the style guide shows. Its dates move with the day, so that every state of a deadline is always there."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

from reaccredit.policy import Because, Clause, Term

LETTER = Clause(
    "sample.letter", "A sample clause. A real one is a sentence of the programme's policy.", "Sample policy, Appeals"
)
GUESS = Clause(
    "sample.zone", "A day ends at the midnight of the programme's seat.", "Sample policy, Dates", assumed=True
)


class SampleForm(forms.Form):
    """One field of every kind that the site uses."""

    name = forms.CharField(label="Name of the unit", max_length=40, help_text="As it is written on the scanner.")
    email = forms.EmailField(label="Email address", required=False)
    scans = forms.IntegerField(label="Scans last year", min_value=0, max_value=99_999)
    scanned = forms.DateField(label="Date of the scan", help_text="For example 2021-03-27.")
    arrived = forms.DateTimeField(label="Arrived by post", required=False)
    modality = forms.ChoiceField(label="Modality", choices=[("", "Choose one"), ("ct", "CT"), ("mr", "MR")])
    medium = forms.ChoiceField(
        label="How did you send the images?",
        choices=[("upload", "Upload"), ("cd", "CD"), ("film", "Film")],
        widget=forms.RadioSelect,
    )
    modules = forms.MultipleChoiceField(
        label="Which modules does the unit scan?",
        choices=[("head-neck", "Head and neck"), ("chest", "Chest"), ("abdomen", "Abdomen")],
        widget=forms.CheckboxSelectMultiple,
    )
    cause = forms.CharField(label="What was the cause?", widget=forms.Textarea, max_length=400)
    letter = forms.FileField(label="Letter", required=False, help_text="A PDF of at most 10 MB.")
    attest = forms.BooleanField(label="I attest that what I have entered is true.")


def midnight(now: datetime, days: int) -> datetime:
    """The end of the day `days` from now in the reader's zone."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return start + timedelta(days=days + 1)


def samples(now: datetime) -> dict[str, Any]:
    because = Because(
        clauses=(LETTER, GUESS),
        revision=date(2021, 3, 8),
        facts=("report issued 3 April 2021, 10:00 EDT", "+ 15 days = through 18 April 2021, midnight EDT"),
        sentence="An appeal is open through 18 April 2021, because the report was issued on 3 April 2021.",
    )
    wrong = SampleForm({"name": "", "scans": "many", "scanned": "31 April", "modality": "us", "cause": "Motion"})
    wrong.is_valid()
    return {
        "because": because,
        "term": Term(None, midnight(now, 5), because),
        "clause": LETTER,
        "later": midnight(now, 12),
        "soon": midnight(now, 1),
        "today": now + timedelta(hours=5),
        "past": midnight(now, -3),
        "opens": now + timedelta(days=2),
        "form": SampleForm(initial={"name": "Demo scanner 1"}, auto_id="plain_%s"),
        "wrong": wrong,
        "page": Paginator(range(90), 30).page(2),
        "one_clause": LETTER,
        "revision": date(2021, 3, 8),
        "receipt": {
            "at": midnight(now, -3), "revised": date(2021, 3, 8),
            "said": {"engine": "sample-engine/1", "facts": 12, "sha256": "5a" * 32, "answer_sha256": "c4" * 32},
        },
    }  # fmt: skip
