"""Pages of the proposals, and of giving an area back: what was proposed is offered on by itself."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from reaccredit.people.queries import names
from reaccredit.people.requests import SignedIn
from reaccredit.reviews import actions, offering, queries, repairing
from reaccredit.reviews.doors import closed_with_a_sentence
from reaccredit.reviews.forms import HandBackForm
from reaccredit.reviews.models import HandedBack, Proposal, Round, RoundKind


@dataclass(frozen=True, slots=True)
class Told:
    name: str
    reasons: tuple[str, ...]
    barred: bool = False

    @property
    def told(self) -> str:
        """In one sentence; what ends with a colon leads to what follows."""
        return "; ".join(self.reasons).replace(":; ", ": ")


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    chosen: tuple[Told, ...]
    others: tuple[Told, ...]


def page_of_round(round_: Round) -> str:
    """Where staff see a round: what a calibration case has opened has no page of its own."""
    if round_.kind == RoundKind.CALIBRATION:
        return reverse("reviews:calibration", args=[round_.calibrates.sending.calibration_id])
    return reverse("reviews:round", args=[round_.pk])


def _proposal(request: SignedIn, pk: int) -> Proposal:
    """For staff, through the rounds that they may see. Raises `Http404`."""
    rounds = queries.every_round(request.user, timezone.localdate())
    found = Proposal.objects.filter(pk=pk, round__in=rounds).select_related(
        "round__case_file__case", "round__case_file__facility", "round__package", "made_by", "accepted_by"
    )
    one = found.first()
    if one is None:
        raise Http404("no such proposal for this person")
    return one


def _rows(proposal: Proposal, titles: dict[str, str]) -> list[Row]:
    answer = proposal.answer
    known = names({one["person"] for row in answer["assignment"] for one in (*row["people"], *row["why_not"])})

    def said(person: str, reasons: list[str], *, barred: bool = False) -> Told:
        return Told(known.get(person, "Somebody"), tuple(_spoken(reason, titles) for reason in reasons), barred)

    return [
        Row(
            titles.get(row["item"], row["item"]),
            tuple(said(one["person"], one["because"]) for one in row["people"]),
            tuple(said(one["person"], one["reasons"], barred=one["barred"]) for one in row["why_not"]),
        )
        for row in answer["assignment"]
    ]  # fmt: skip


@require_POST
def propose(request: SignedIn, pk: int) -> HttpResponse:
    found = queries.round_(request.user, pk, timezone.localdate())
    made = offering.propose(round=found, actor=request.user, now=timezone.now())
    return redirect("reviews:proposal", pk=made.pk)


@require_http_methods(["GET", "POST"])
def proposal(request: SignedIn, pk: int) -> HttpResponse:
    """What is proposed and why; accept it, or take back what was accepted."""
    found = _proposal(request, pk)
    refused = _act(request, found) if request.method == "POST" else ""
    if request.method == "POST" and not refused:
        return redirect("reviews:proposal", pk=pk)
    titles = {area.code: area.title for area in queries.areas_of(found.round)}
    relaxed = found.answer["relaxation"] or {}
    waivers = [
        {**one, "item": titles.get(one["item"], one["item"]), "sentence": _spoken(one["sentence"], titles)}
        for one in relaxed.get("waivers", [])
    ]
    shortages = [_spoken(one["sentence"], titles) for one in relaxed.get("shortages", [])]
    return render(
        request,
        "reviews/proposal.html",
        {"proposal": found, "round": found.round, "rows": _rows(found, titles), "refused": refused, "waivers": waivers}
        | {"shortages": shortages}
        | {"too_few": [(titles.get(item, item), number) for item, number in relaxed.get("too_few_people", {}).items()]},
        status=HTTPStatus.CONFLICT if refused else HTTPStatus.OK,
    )


def _spoken(sentence: str, titles: dict[str, str]) -> str:
    """With the names of the areas in place of their codes."""
    for item in sorted(titles, key=len, reverse=True):
        sentence = sentence.replace(item, titles[item])
    return sentence


def _act(request: SignedIn, found: Proposal) -> str:
    """The sentence of a refusal; blank where it was done."""
    now = timezone.now()
    try:
        if "undo" in request.POST:
            taken, left = offering.undo(proposal=found, actor=request.user, now=now)
            more = f" Begun already, and left as they are: {left}." if left else ""
            messages.success(request, f"Taken back: {taken}.{more}")
        else:
            given = offering.accept(proposal=found, actor=request.user, now=now)
            messages.success(
                request,
                f"{len(given)} reading{' is' if len(given) == 1 else 's are'} given out, and found in the reading lists.",
            )
    except actions.NotEligible as no:
        return str(no)
    return ""


class GivingBackForm(HandBackForm):
    kind = forms.ChoiceField(
        label="What is it?", required=False, widget=forms.RadioSelect, initial=HandedBack.Kind.RECUSED,
        choices=[
            (HandedBack.Kind.RECUSED.value, "I must not read it: a conflict, or I recognize the facility or the patient"),
            (HandedBack.Kind.DECLINED.value, "I cannot read it now: you may ask me again"),
        ],
    )  # fmt: skip
    whole_case = forms.BooleanField(
        label="Give back everything of this case that I have not handed in", required=False,
        help_text="What you read of other cases stays with you.",
    )  # fmt: skip
    field_order = ["kind", "reason", "whole_case"]


@require_http_methods(["GET", "POST"])
@closed_with_a_sentence
def hand_back(request: SignedIn, pk: int) -> HttpResponse:
    """Also of what is closed to them by now: who may not judge it may still say so."""
    found = queries.given(request.user, pk)
    if found.submitted_at is not None:
        return redirect("reviews:reading", pk=pk)
    form = GivingBackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        offering.hand_back(
            assignment=found, reason=said["reason"], kind=said["kind"] or HandedBack.Kind.RECUSED,
            whole_case=said["whole_case"], actor=request.user, now=timezone.now(),
        )  # fmt: skip
        messages.success(request, "The area is given back. Staff will ask somebody else.")
        return redirect("reviews:reading-list")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "reviews/hand_back.html", {"reading": found, "form": form}, status=status)


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label="Why is it taken back?", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only the programme's staff see this.",
        error_messages={"required": "Say why it is taken back: the record keeps it."},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    """Staff take a reading from a reader in the middle of it."""
    found = queries.open_reading(request.user, pk, timezone.localdate())
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        offering.take_back(assignment=found, reason=form.cleaned_data["reason"], now=timezone.now())
        then = " Choose somebody else, where nobody was asked by itself."
        messages.success(
            request, "The reading is taken back." + ("" if found.round.kind == RoundKind.CALIBRATION else then)
        )
        return redirect(page_of_round(found.round))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    shown = {"reading": found, "form": form, "back": page_of_round(found.round)}
    return render(request, "reviews/take_back.html", shown, status=status)


class SendBackForm(forms.Form):
    reason = forms.CharField(
        label="What is to be repaired?", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The reader sees this. Do not say what anybody else has found: the two read independently.",
        error_messages={"required": "Say what is to be repaired: the reader sees it, and the record keeps it."},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def send_back(request: SignedIn, pk: int) -> HttpResponse:
    """Staff return a sheet that was handed in, with a reason."""
    found = queries.reading_in_hand(request.user, pk, timezone.localdate())
    form = SendBackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        repairing.send_back(reading=found, reason=form.cleaned_data["reason"], actor=request.user, now=timezone.now())
        messages.success(request, "The sheet is back with its reader, as it was, with your reason.")
        return redirect(page_of_round(found.round))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    shown = {"reading": found, "form": form, "why_not": repairing.why_not(found), "back": page_of_round(found.round)}
    return render(request, "reviews/send_back.html", shown, status=status)
