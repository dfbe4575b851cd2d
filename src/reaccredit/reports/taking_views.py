"""The page on which two of the programme's staff take a report back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from reaccredit.people.models import Role
from reaccredit.people.queries import holds
from reaccredit.people.requests import SignedIn
from reaccredit.policy import Refusal
from reaccredit.reports import queries, sealing, taking_back
from reaccredit.reports.forms import AgreeForm, TakeBackForm
from reaccredit.reports.models import FinalReport, TakingBack


@require_http_methods(["GET", "POST"])
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    now = timezone.now()
    found = queries.report(request.user, pk, timezone.localdate(now))
    if not holds(request.user, Role.STAFF, timezone.localdate(now)):
        raise Http404("only staff take a report back")
    held, no = taking_back.asked(found), taking_back.refusal(found, now)
    if held is not None and no is None:
        return _second(request, found, held)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        taking_back.ask(report=found, reason=form.cleaned_data["reason"], actor=request.user, now=now)
        messages.success(request, "A colleague has to agree on this page. Until then the report stands.")
        return redirect("reports:take-back", pk=pk)
    return _page(request, found, form, None, no)


def _second(request: SignedIn, found: FinalReport, held: TakingBack) -> HttpResponse:
    """Somebody has asked: a colleague agrees, or it is given up."""
    form = AgreeForm(request.POST if request.method == "POST" else None, initial={"reason": held.reason})
    if request.method == "POST" and "give-up" in request.POST:
        taking_back.give_up(report=found, actor=request.user)
        messages.success(request, "The report stands as it is.")
        return redirect("reports:report", pk=found.pk)
    if request.method == "POST" and form.is_valid():
        try:
            taking_back.agree(report=found, reason=form.cleaned_data["reason"], actor=request.user, now=timezone.now())
        except (taking_back.NotAllowed, sealing.NotSealed) as no:
            form.add_error(None, str(no))
        else:
            messages.success(
                request, "The report is taken back, and the facility is told why. Issue the one that replaces it."
            )
            return redirect("reports:report", pk=found.pk)
    return _page(request, found, form, held, None)


def _page(
    request: SignedIn, found: FinalReport, form: Any, held: TakingBack | None, no: Refusal | str | None
) -> HttpResponse:
    refused = no if isinstance(no, Refusal) else None
    said = no if isinstance(no, str) else ""
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request,
        "reports/take_back.html",
        {
            "report": found, "form": form, "asked": held, "refused": refused, "said": said,
            "own": held is not None and held.asked_by_id == request.user.pk,
        },
        status=status,
    )  # fmt: skip
