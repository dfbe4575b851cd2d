"""What was completed, what shows it, and handing it in."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.ledger.actions import Refused
from reaccredit.reinstatements import actions, completing, pages, queries
from reaccredit.reinstatements.forms import CompletionForm, EvidencePaperForm, HandInForm
from reaccredit.reinstatements.views.asking import (
    CONFLICT,
    REFUSED,
    Asked,
    answered,
    download,
    page,
    paper_form,
    refuse_texts,
    take,
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page
def evidence(asked: Asked, number: str) -> HttpResponse:
    """What was completed and what shows it; handing it in begins the application for everything."""
    found = asked.evidence(number)
    context = pages.evidence(found, asked.who, asked.now)
    form = HandInForm(asked.http.POST if asked.posted else None, statement=context["statement"])
    if not asked.posted:
        return asked.render("evidence", context | {"form": form})
    if not form.is_valid():
        return asked.render("evidence", context | {"form": form}, REFUSED)
    try:
        completing.submit(evidence=found, attested=context["statement"], actor=asked.person, now=asked.now)
    except actions.NotComplete as error:
        form.add_error(None, str(error))
        return asked.render("evidence", context | {"form": form}, REFUSED)
    except Refused as error:
        return asked.render("evidence", context | {"form": form, "refusal": error.refusal}, CONFLICT)
    messages.success(asked.http, "The evidence is handed in. The application for everything is open.")
    return redirect("reinstatements:evidence", number)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def completion(asked: Asked, number: str, pk: int) -> HttpResponse:
    asked.written(number)
    found = asked.evidence(number)
    one = queries.line(found.plan, pk)
    if found.submitted_at is not None:
        return redirect("reinstatements:evidence", number)
    before = one.completion if hasattr(one, "completion") else None
    first = (
        {"completed_on": before.completed_on, "result": before.result, "declared": before.declared} if before else {}
    )
    form = CompletionForm(asked.http.POST if asked.posted else None, today=asked.on, initial=first)
    context = pages.line(one, asked.who) | {"form": form, "terms": queries.evidence_terms(found.plan)}
    if not asked.posted or not form.is_valid():
        return asked.render("completion", context, answered(form))
    said = form.cleaned_data
    try:
        completing.complete_line(
            evidence=found, line=one, completed_on=said["completed_on"], result=said["result"],
            declared=form.said_nobodys, actor=asked.person, now=asked.now,
        )  # fmt: skip
    except actions.MayHoldPhi as error:
        refuse_texts(form, error)
        return asked.render("completion", context | {"phi": error.terms}, REFUSED)
    messages.success(asked.http, "Saved.")
    return redirect("reinstatements:evidence", number)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def evidence_papers(asked: Asked, number: str) -> HttpResponse:
    asked.written(number)
    found = asked.evidence(number)
    terms = queries.evidence_terms(found.plan)
    form = paper_form(asked, EvidencePaperForm, screened=terms.screened, lines=queries.lines_of(found.plan))
    context = pages.evidence(found, asked.who, asked.now) | {"form": form}
    if not asked.posted or not form.is_valid():
        return asked.render("evidence_papers", context, answered(form))
    about = form.cleaned_data["line"]
    refused = take(
        form,
        lambda upload: completing.add_paper(
            evidence=found, line=about, upload=upload, actor=asked.person, now=asked.now
        ),
    )
    if refused is not None:
        return asked.render("evidence_papers", context | {"refused": refused}, REFUSED)
    messages.success(asked.http, "The document is received.")
    return redirect("reinstatements:evidence", number)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def evidence_remove(asked: Asked, number: str, pk: int) -> HttpResponse:
    asked.written(number)
    found = queries.evidence_paper(asked.evidence(number), pk)
    if asked.posted:
        completing.remove_paper(paper=found, actor=asked.person, now=asked.now)
        messages.success(asked.http, "The document is removed.")
        return redirect("reinstatements:evidence", number)
    plan_ = found.evidence.plan
    context = pages.heading(plan_.case_file, asked.who) | {"plan": plan_, "paper": found, "of_evidence": True}
    return asked.render("remove", context)


@require_safe
@page
def evidence_paper(asked: Asked, number: str, pk: int) -> FileResponse:
    found = asked.evidence(number)
    if found.submitted_at is None and not asked.who.roles_at(found.plan.case_file.facility_id):
        raise Http404("not handed in yet")
    return download(queries.evidence_paper(found, pk).document)
