"""Pages of the screening: what may hold a patient's data, and what somebody holds against a refusal."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.applications import queries as applications
from reaccredit.documents.actions import Unacceptable
from reaccredit.documents.screening import KINDS
from reaccredit.facilities import asking
from reaccredit.ledger.queries import policy_for
from reaccredit.screening import actions, artefacts, queries
from reaccredit.screening.forms import ContestForm, DecideForm
from reaccredit.screening.models import Contest


class Asked(asking.Asked):
    folder = "screening"


page = asking.page_as(Asked)
PROGRAMME = "diagnostic"


@require_safe
@page
def artefact_list(asked: Asked) -> HttpResponse:
    """What each artefact may hold under the revision of today."""
    revision = policy_for(PROGRAMME).on(asked.on)
    rules = artefacts.all_rules(PROGRAMME, revision)
    return asked.render("artefacts", {"rules": rules, "revision": revision, "programme": PROGRAMME})


@require_safe
@page
def index(asked: Asked) -> HttpResponse:
    found = queries.contests(asked.person, asked.on).order_by("decided_at", "-raised_at", "-pk")
    if not asked.who.is_staff and not asked.who.posts:
        raise Http404("a page for facilities and staff")
    return asked.render("contests", {"page": asked.page_of(found)})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def raise_(asked: Asked, number: str, artefact: str) -> HttpResponse:
    """The facility's own people; only where the artefact is screened at all."""
    case_file = applications.get(asked.person, number, asked.on)
    if not asked.who.roles_at(case_file.facility_id) or artefact not in {
        r.artefact for r in artefacts.table(PROGRAMME)
    }:
        raise Http404("only for the facility")
    rule = queries.rule(case_file, artefact, asked.now)
    form = ContestForm(asked.data, asked.http.FILES if asked.posted else None)
    context = {"case_file": case_file, "case": case_file.case, "rule": rule, "form": form}
    if not form.is_bound or not form.is_valid():
        return asked.refused("contest_new", context) if form.is_bound else asked.render("contest_new", context)
    try:
        made = actions.contest(
            case_file=case_file, artefact=artefact, stream=form.cleaned_data["paper"], reason=form.cleaned_data["reason"],
            actor=asked.person, now=asked.now,
        )  # fmt: skip
    except Unacceptable as error:
        form.add_error("paper", error.sentence)
    except actions.NothingHeld as error:
        form.add_error("paper", str(error))
    else:
        messages.success(asked.http, "Staff will decide about what was found. You are told here.")
        return redirect("screening:contest", made.pk)
    return asked.refused("contest_new", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def contest(asked: Asked, pk: int) -> HttpResponse:
    """Staff see the boxes and decide; the facility sees how it stands."""
    found = queries.contest(asked.person, pk, asked.on)
    if asked.posted:
        asked.staff_only()
    findings = [(one, KINDS.get(one.kind, one.kind)) for one in found.findings.all()]
    form = DecideForm(asked.data, findings=found.findings.all()) if asked.who.is_staff and found.is_open else None
    context = {
        "contest": found, "case": found.case_file.case, "findings": findings, "form": form,
        "rule": queries.rule(found.case_file, found.artefact, found.raised_at),
    }  # fmt: skip
    if not asked.posted:
        return asked.render("contest", context)
    if form is None:
        return asked.render("contest", context | {"late": True}, HTTPStatus.CONFLICT)
    return _decided(asked, found, form) if form.is_valid() else asked.refused("contest", context)


def _decided(asked: Asked, found: Contest, form: DecideForm) -> HttpResponse:
    actions.decide(
        contest=found, released=form.released, note=form.cleaned_data["note"], actor=asked.person, now=asked.now
    )
    messages.success(asked.http, "Decided. The pictures of the findings are gone; the facility is told.")
    return redirect("screening:contest", found.pk)


@require_safe
@page
def crop(asked: Asked, pk: int, number: int) -> HttpResponse:
    """The box of one finding, while it waits for a decision: for staff alone, and kept by no browser."""
    asked.staff_only()
    one = queries.contested(queries.contest(asked.person, pk, asked.on), number)
    if not one.picture:
        raise Http404("there is no picture of it, or no longer")
    return HttpResponse(bytes(one.picture), content_type="image/png", headers={"Cache-Control": "no-store"})
