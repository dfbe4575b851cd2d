"""What staff answer: approve, return with comments, or direct a specific action."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from reaccredit.ledger.actions import Lost
from reaccredit.reinstatements import actions, pages, queries
from reaccredit.reinstatements.forms import ApproveForm, DirectForm, ReturnForm
from reaccredit.reinstatements.models import Plan
from reaccredit.reinstatements.views.asking import CONFLICT, REFUSED, Asked, page


@require_http_methods(["GET", "HEAD", "POST"])
@page
def review(asked: Asked, number: str) -> HttpResponse:
    """Approve, return with comments, or direct a specific action."""
    if not asked.who.is_staff:
        raise Http404("a page for staff")
    found = asked.plan(number)
    lines = list(queries.lines_of(found))
    chosen = asked.http.POST.get("answer", "") if asked.posted else ""
    forms = {
        "approve": ApproveForm(asked.http.POST if chosen == "approve" else None, prefix="approve"),
        "return": ReturnForm(asked.http.POST if chosen == "return" else None, prefix="return", lines=lines),
        "direct": DirectForm(asked.http.POST if chosen == "direct" else None, prefix="direct"),
    }
    context = pages.plan(found, asked.who, asked.now) | {f"{name}_form": form for name, form in forms.items()}
    if not asked.posted:
        return asked.render("review", context)
    form = forms.get(chosen)
    seen = asked.http.POST.get("version", "")
    if form is None:
        return asked.render(
            "review", context | {"stopped": "Say which answer you give: approve, return or direct."}, REFUSED
        )
    if not form.is_valid():
        return asked.render("review", context | {"form": form}, REFUSED)
    try:
        if seen != str(found.pk):
            raise Lost("A newer version of the plan has come since this page was made. Nothing of yours was recorded.")
        messages.success(asked.http, _answer(asked, found, chosen, form))
    except Lost as error:
        return asked.render("review", context | {"stopped": str(error)}, CONFLICT)
    return redirect("reinstatements:plan", number)


def _answer(asked: Asked, found: Plan, chosen: str, form: Any) -> str:
    said = form.cleaned_data
    if chosen == "approve":
        actions.approve(plan=found, comment=said["comment"], actor=asked.person, now=asked.now)
        return "The plan is approved. The facility has to show now that it is carried out."
    if chosen == "return":
        actions.return_(
            plan=found, comment=said["comment"], about_lines=form.about_lines, actor=asked.person, now=asked.now
        )
        return "The plan is with the facility again, with your comments."
    actions.direct(plan=found, text=said["text"], actor=asked.person, now=asked.now)
    return "The action is directed. The plan has a line for it."
