"""Pages of an application: the facility writes and submits it, staff accept or return it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.applications import actions, queries
from reaccredit.applications.forms import AreasForm, ExamsForm, ReturnForm, SubjectForm, SubmitForm
from reaccredit.applications.models import Application
from reaccredit.facilities import catalogue
from reaccredit.facilities.asking import Asked, page
from reaccredit.ledger import queries as ledger
from reaccredit.ledger.actions import Refused

either = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page
def index(asked: Asked) -> HttpResponse:
    search, wanted = asked.words("search"), asked.words("state")
    listed = queries.listed(asked.person, asked.on, search=search, wanted=wanted)
    rows = asked.page_of_found(listed, queries.every()) if search else asked.page_of(listed)
    shown = [(application, queries.state(application)) for application in rows]
    may_apply = queries.facilities_to_apply_for(asked.who).exists()
    context = {"page": rows, "rows": shown, "search": search, "wanted": wanted, "may_apply": may_apply}
    return asked.render("applications/index.html", context | {"states": queries.STATES})


@require_safe
@page
def new(asked: Asked) -> HttpResponse:
    """Step 1: what is applied for. A question in the address, so that nothing is written before there is something."""
    if not queries.facilities_to_apply_for(asked.who).exists():
        raise PermissionDenied("Only the administrator of a facility can apply for it.")
    form = SubjectForm(asked.http.GET if asked.http.GET else None, who=asked.who, now=asked.now)
    if form.is_valid():
        return redirect(f"{reverse('applications:new-areas')}?subject={form.cleaned_data['subject']}")
    template = "applications/new.html"
    return asked.refused(template, {"form": form}) if form.is_bound else asked.render(template, {"form": form})


@either
@page
def new_areas(asked: Asked) -> HttpResponse:
    """Step 2: the modules. Answering it opens the case with its draft."""
    subject = SubjectForm(asked.http.GET, who=asked.who, now=asked.now)
    if asked.posted and asked.words("subject") not in subject.subjects:
        raise Http404("not theirs to apply for")
    if not subject.is_valid():
        return (
            asked.refused("applications/new.html", {"form": subject}) if asked.posted else redirect("applications:new")
        )
    facility, unit, modality = subject.chosen
    form = AreasForm(asked.http.POST if asked.posted else None, modality=modality)
    context = {
        "form": form,
        "facility": facility,
        "unit": unit,
        "modality": modality,
        "not_governed": _foreign(modality),
    }
    if not asked.posted:
        return asked.render("applications/areas.html", context)
    if not form.is_valid():
        return asked.refused("applications/areas.html", context)
    try:
        drafted = actions.draft(
            facility=facility, unit=unit, modality=modality.code, areas=form.cleaned_data["areas"], exams={},
            actor=asked.person, now=asked.now,
        )  # fmt: skip
    except actions.AlreadyOpen as error:
        form.add_error(None, str(error))
        return asked.render("applications/areas.html", context, HTTPStatus.CONFLICT)
    return _to("exams", drafted)


@require_safe
@page
def latest(asked: Asked, number: str) -> HttpResponse:
    found = queries.latest(queries.get(asked.person, number, asked.on))
    if found is None:
        raise Http404("no application in the case")
    return _to("application", found)


@require_safe
@page
def application(asked: Asked, number: str, attempt: int) -> HttpResponse:
    return asked.render("applications/application.html", _shown(asked, _found(asked, number, attempt)))


@either
@page
def areas(asked: Asked, number: str, attempt: int) -> HttpResponse:
    found = _editable(asked, number, attempt)
    if found is None or found.kind != Application.Kind.ORIGINAL:
        return redirect("applications:application", number, attempt)
    modality = catalogue.modality(found.case_file.modality)
    form = AreasForm(asked.http.POST if asked.posted else None, modality=modality, initial={"areas": list(found.exams)})
    context = _shown(asked, found) | {"form": form, "changing": True}
    if not asked.posted:
        return asked.render("applications/areas.html", context)
    if not form.is_valid():
        return asked.refused("applications/areas.html", context)
    actions.change(application=found, areas=form.cleaned_data["areas"], exams={}, actor=asked.person, now=asked.now)
    return _to("exams", found)


@either
@page
def exams(asked: Asked, number: str, attempt: int) -> HttpResponse:
    found = _editable(asked, number, attempt)
    if found is None:
        return redirect("applications:application", number, attempt)
    form = ExamsForm(asked.http.POST if asked.posted else None, application=found)
    context = _shown(asked, found) | {"form": form}
    if not asked.posted:
        return asked.render("applications/exams.html", context)
    if not form.is_valid():
        return asked.refused("applications/exams.html", context)
    try:
        actions.change(application=found, exams=form.exams, actor=asked.person, now=asked.now)
    except Refused as error:
        return asked.refused("applications/exams.html", context | {"refusal": error.refusal})
    return _to("check", found)


@either
@page
def check(asked: Asked, number: str, attempt: int) -> HttpResponse:
    """Check your answers, then submit."""
    found = _editable(asked, number, attempt)
    if found is None:
        return redirect("applications:application", number, attempt)
    form = SubmitForm(asked.http.POST if asked.posted else None)
    context = _shown(asked, found) | {"form": form, "missing": actions.what_is_missing(found)}
    if not asked.posted:
        return asked.render("applications/check.html", context)
    if context["missing"] or not form.is_valid():
        return asked.refused("applications/check.html", context)
    try:
        actions.submit(application=found, actor=asked.person, now=asked.now)
    except Refused as error:
        return asked.render("applications/check.html", context | {"refusal": error.refusal}, HTTPStatus.CONFLICT)
    except actions.Incomplete as error:  # a colleague has changed it since
        return asked.refused("applications/check.html", context | {"missing": error.missing})
    messages.success(asked.http, "The application is submitted.")
    return _to("application", found)


@either
@page
def return_(asked: Asked, number: str, attempt: int) -> HttpResponse:
    asked.staff_only()
    found = _found(asked, number, attempt)
    form = ReturnForm(asked.http.POST if asked.posted else None)
    context = _shown(asked, found) | {"form": form}
    if not asked.posted:
        return asked.render("applications/return.html", context)
    if not form.is_valid():
        return asked.refused("applications/return.html", context)
    actions.return_(application=found, comment=form.cleaned_data["comment"], actor=asked.person, now=asked.now)
    messages.success(asked.http, "The application is returned to the facility.")
    return _to("application", found)


@require_http_methods(["POST"])
@page
def take_on(asked: Asked, number: str, attempt: int) -> HttpResponse:
    """Staff accept an application that no policy here governs: no testing package opens, they lead the case themselves."""
    asked.staff_only()
    found = _found(asked, number, attempt)
    if ledger.not_governed(found.case_file.case) is None:
        raise Http404("a governed application is accepted with its testing package")
    actions.accept(application=found, actor=asked.person, now=asked.now)
    messages.success(asked.http, "The application is accepted. The programme's staff lead the case.")
    return _to("application", found)


# -- what the pages show


def _to(view: str, application: Application) -> HttpResponse:
    return redirect(f"applications:{view}", application.case_file.case.number, application.attempt)


def _found(asked: Asked, number: str, attempt: int) -> Application:
    found = queries.application(queries.get(asked.person, number, asked.on), attempt)
    if asked.who.is_staff and queries.state(found) == "draft":
        raise Http404("a draft is the facility's own")
    return found


def _editable(asked: Asked, number: str, attempt: int) -> Application | None:
    """The draft, or None when it is no draft any more: then there is a page that shows it."""
    found = _found(asked, number, attempt)
    if not queries.may_submit(asked.who, found.case_file):
        raise PermissionDenied("Only the administrator of the facility can change its application.")
    return None if found.submitted_at else found


def _foreign(modality: catalogue.Modality) -> Any:
    return ledger.not_governed_programme(modality.programme)


def _shown(asked: Asked, application: Application) -> dict[str, Any]:
    file = application.case_file
    modality = catalogue.modality(file.modality)
    state = queries.state(application)
    return {
        "application": application,
        "case_file": file,
        "case": file.case,
        "facility": file.facility,
        "unit": file.unit,
        "modality": modality,
        "state": state,
        "lines": [(area, queries.exams(application, area.code)) for area in queries.areas_of(application)],
        "fee": queries.fee(application),
        "may_submit": queries.may_submit(asked.who, file) and application.submitted_at is None,
        "fixed": queries.exams_fixed(application, asked.now),
        "not_governed": _foreign(modality),
    }
