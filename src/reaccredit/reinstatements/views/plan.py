"""The plan: its list, its lines and papers, and the page on which it is checked, signed and sent."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reaccredit.ledger.actions import Lost, Refused
from reaccredit.people.actions import WrongPassword
from reaccredit.reinstatements import actions, pages, queries
from reaccredit.reinstatements.forms import LineForm, PaperForm, SignForm
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


@require_safe
@page
def index(asked: Asked) -> HttpResponse:
    wanted = asked.http.GET.get("show", "waiting" if asked.who.is_staff else "")
    found = queries.listed(asked.person, asked.on, wanted=wanted)
    listed = asked.page_of(found)
    context = {
        "rows": queries.rows(list(listed)),
        "page": listed,
        "wanted": wanted,
        "is_staff": asked.who.is_staff,
    }
    return asked.render("index", context)


@require_safe
@page
def plan(asked: Asked, number: str) -> HttpResponse:
    case_file = queries.case_file(asked.person, number, asked.on)
    found = queries.latest(case_file)
    if found is None:
        return asked.render("none", pages.none(case_file, asked.who, asked.now))
    return asked.render("plan", pages.plan(found, asked.who, asked.now))


@require_safe
@page
def version(asked: Asked, number: str, pk: int) -> HttpResponse:
    found = queries.version(queries.case_file(asked.person, number, asked.on), pk)
    return asked.render("version", pages.plan(found, asked.who, asked.now))


@require_POST
@page
def begin(asked: Asked, number: str) -> HttpResponse:
    case_file = queries.case_file(asked.person, number, asked.on)
    actions.begin(case_file=case_file, actor=asked.person, now=asked.now)
    return redirect("reinstatements:plan", number)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def line(asked: Asked, number: str, pk: int) -> HttpResponse:
    found = queries.line(asked.written(number), pk)
    if found.plan.submitted_at is not None:
        return redirect("reinstatements:plan", number)
    first = {name: getattr(found, name) for name in ("cause", "action", "owner", "due_on", "declared")}
    form = LineForm(asked.http.POST if asked.posted else None, line=found, initial=first | {"seen": found.saves})
    if not asked.posted or not form.is_valid():
        return asked.render("line", pages.line(found, asked.who) | {"form": form}, answered(form))
    said = form.cleaned_data
    try:
        actions.save_line(
            line=found, seen=said["seen"], cause=said.get("cause", ""), action=said["action"], owner=said["owner"],
            due_on=said["due_on"], declared=form.said_nobodys, actor=asked.person, now=asked.now,
        )  # fmt: skip
    except actions.SavedMeanwhile as error:
        # Saving once more is then a choice made in sight of what the other has written.
        again = LineForm({**asked.http.POST.dict(), "seen": error.newest.saves}, line=found)
        return asked.render("line", pages.line(found, asked.who) | {"form": again, "meanwhile": error.newest}, CONFLICT)
    except actions.MayHoldPhi as error:
        refuse_texts(form, error)
        return asked.render("line", pages.line(found, asked.who) | {"form": form, "phi": error.terms}, REFUSED)
    messages.success(asked.http, "The line is saved.")
    return redirect("reinstatements:plan", number)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def papers(asked: Asked, number: str) -> HttpResponse:
    """The supporting papers of the version that is being written."""
    found = asked.written(number)
    terms = queries.plan_terms(found)
    form = paper_form(asked, PaperForm, screened=terms.screened)
    if asked.posted and form.is_valid():
        refused = take(
            form, lambda upload: actions.add_paper(plan=found, upload=upload, actor=asked.person, now=asked.now)
        )
        if refused is None:
            messages.success(asked.http, "The document is received.")
            return redirect("reinstatements:papers", number)
        return asked.render(
            "papers", pages.plan(found, asked.who, asked.now) | {"form": form, "refused": refused}, REFUSED
        )
    return asked.render("papers", pages.plan(found, asked.who, asked.now) | {"form": form}, answered(form))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def remove(asked: Asked, number: str, pk: int) -> HttpResponse:
    found = queries.paper(asked.written(number), pk)
    if asked.posted:
        actions.remove_paper(paper=found, actor=asked.person, now=asked.now)
        messages.success(asked.http, "The document is removed.")
        return redirect("reinstatements:papers", number)
    return asked.render("remove", pages.heading(found.plan.case_file, asked.who) | {"plan": found.plan, "paper": found})


@require_safe
@page
def paper(asked: Asked, number: str, version_pk: int, pk: int) -> FileResponse:
    case_file = queries.case_file(asked.person, number, asked.on)
    current = queries.latest(case_file)
    whole = current if current and current.pk == version_pk else queries.version(case_file, version_pk)
    if whole.submitted_at is None and not asked.who.roles_at(case_file.facility_id):
        raise Http404("not sent yet")
    return download(queries.paper(whole, pk).document)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def check(asked: Asked, number: str) -> HttpResponse:
    """Check your answers, sign, send."""
    found = asked.written(number)
    if found.submitted_at is not None:
        return redirect("reinstatements:plan", number)
    context = pages.check(found, asked.who, asked.now)
    data = asked.http.POST if asked.posted else None
    form = SignForm(data, statement=context["statement"], initial={"seen": context["digest"]})
    if not asked.posted or not form.is_valid():
        return asked.render("check", context | {"form": form}, answered(form))
    said = form.cleaned_data
    try:
        signed = actions.sign(
            plan=found, password=said["password"], seen=said["seen"], actor=asked.person, now=asked.now
        )
    except (WrongPassword, actions.NotTheSigner) as error:
        form.add_error("password", str(error))
    except actions.NotComplete as error:
        form.add_error(None, str(error))
    except Refused as error:
        return asked.render("check", context | {"form": form, "refusal": error.refusal}, CONFLICT)
    except Lost as error:
        again = SignForm(statement=context["statement"], initial={"seen": context["digest"]})
        return asked.render("check", context | {"form": again, "stopped": str(error)}, CONFLICT)
    else:
        sent = signed.submitted_at is not None
        messages.success(asked.http, "The plan is sent." if sent else "Signed. One more signature is asked for.")
        return redirect("reinstatements:plan", number)
    return asked.render("check", context | {"form": form}, REFUSED)
