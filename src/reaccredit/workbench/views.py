"""The workbench: a draft of a policy is written, examined, shown, handed over and published. For staff alone."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reaccredit.ledger.actions import Lost
from reaccredit.people.actions import WrongPassword
from reaccredit.people.requests import SignedIn
from reaccredit.policy.drawing import svg
from reaccredit.policy.revision import Revision
from reaccredit.workbench import actions, listing, queries, texts
from reaccredit.workbench.forms import BeginForm, EditForm, SendBackForm, SignForm
from reaccredit.workbench.models import Draft, Proposal, Version


def _now(request: SignedIn) -> datetime:
    """The instant of the request; a page that does not exist for anybody but staff."""
    now = timezone.now()
    queries.for_staff(request.user, now)
    return now


@require_safe
def index(request: SignedIn) -> HttpResponse:
    _now(request)
    shown = {"rows": listing.rows(), "published": listing.published(), "shelf": queries.shelf()}
    return render(request, "workbench/index.html", shown)


@require_http_methods(["GET", "POST"])
def begin(request: SignedIn) -> HttpResponse:
    now, shelf = _now(request), queries.shelf()
    if request.method == "POST":
        form = BeginForm(request.POST, request.FILES, shelf=shelf)
        if form.is_valid():
            made = actions.begin(**_first(form), actor=request.user, now=now)
            return redirect("workbench:edit", pk=made.pk)
        return render(request, "workbench/begin.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return render(request, "workbench/begin.html", {"form": BeginForm(shelf=shelf)})


def _first(form: BeginForm) -> dict[str, str]:
    chosen, day = form.chosen, form.cleaned_data["in_force"]
    if chosen is None:
        return {"text": form.cleaned_data["file"], "scenarios": "", "begun_from": "a file"}
    text = texts.dated(chosen.text, day) if day else chosen.text
    return {"text": text, "scenarios": queries.scenarios_of(chosen), "begun_from": f"{chosen.policy} {chosen.revision}"}


# ------------------------------------------------------------------ one draft
@require_safe
def draft(request: SignedIn, pk: int) -> HttpResponse:
    now = _now(request)
    found = queries.draft(pk)
    return render(request, "workbench/draft.html", _shown(request, found, now))


def _shown(request: SignedIn, found: Draft, now: datetime) -> dict[str, Any]:
    version = queries.newest(found)
    read = texts.read_policy(version.text)
    held = queries.proposal(found)
    conditions = queries.conditions(version, read, now)
    examination = getattr(version, "examination", None)
    return {
        "draft": found, "version": version, "examination": examination, "found": examination.found if examination else None,
        "mistake": None if isinstance(read, Revision) else read, "read": read if isinstance(read, Revision) else None,
        "scenario_mistake": _mistake(version), "conditions": conditions, "waits": any(c.waits for c in conditions),
        "ready": all(c.holds for c in conditions), "proposal": held, "barred": actions.barred(held, request.user) if held else "",
        "picture": svg(read) if isinstance(read, Revision) else "", "versions": listing.versions(found),
        "back": found.proposals.filter(withdrawn_at__isnull=False).exclude(reason="").select_related("withdrawn_by").first(),
    }  # fmt: skip


def _mistake(version: Version) -> texts.Mistake | None:
    read = texts.read_scenarios(version.scenarios)
    return read if isinstance(read, texts.Mistake) else None


@require_http_methods(["GET", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    now = _now(request)
    found = queries.draft(pk)
    if request.method == "POST":
        return _save(request, found, now)
    last = queries.newest(found)
    asked = request.GET.get("version", "")
    shown = queries.version(found, int(asked)) if asked.isdigit() and len(asked) < 7 else last
    form = EditForm(initial={"text": shown.text, "scenarios": shown.scenarios, "seen": last.number})
    return _editing(request, found, form, shown, now)


def _editing(
    request: SignedIn, found: Draft, form: EditForm, of: Version, now: datetime, status: int = 200, lost: str = ""
) -> HttpResponse:
    read = texts.read_policy(of.text)
    shown = {
        "draft": found, "form": form, "version": of, "lost": lost, "mistake": None if isinstance(read, Revision) else read,
        "scenario_mistake": _mistake(of), "proposal": queries.proposal(found),
    }  # fmt: skip
    return render(request, "workbench/edit.html", shown, status=status)


def _save(request: SignedIn, found: Draft, now: datetime) -> HttpResponse:
    """Whatever can be kept is kept, also where it can't be read yet: then the page says where."""
    form = EditForm(request.POST, request.FILES)
    last = queries.newest(found)
    if not form.is_valid():
        return _editing(request, found, form, last, now, HTTPStatus.UNPROCESSABLE_ENTITY)
    typed = form.cleaned_data
    try:
        made = actions.save(
            draft=found,
            seen=typed["seen"],
            text=typed["text"],
            scenarios=typed["scenarios"],
            actor=request.user,
            now=now,
        )
        if typed["file"]:
            made = actions.save(
                draft=found,
                seen=made.number,
                text=typed["file"],
                scenarios=typed["scenarios"],
                actor=request.user,
                now=now,
            )
    except Lost as lost:
        return _editing(request, found, form, last, now, HTTPStatus.CONFLICT, str(lost))
    if isinstance(texts.read_policy(made.text), Revision) and not _mistake(made):
        return redirect("workbench:draft", pk=found.pk)
    again = EditForm(initial={"text": made.text, "scenarios": made.scenarios, "seen": made.number})
    return _editing(request, found, again, made, now, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_safe
def text(request: SignedIn, pk: int, number: int) -> HttpResponse:
    _now(request)
    return _file(queries.version(queries.draft(pk), number).text, f"draft-{pk}-{number}.toml")


@require_safe
def scenarios(request: SignedIn, pk: int, number: int) -> HttpResponse:
    _now(request)
    return _file(queries.version(queries.draft(pk), number).scenarios, f"draft-{pk}-{number}.scenarios.toml")


def _file(said: str, name: str) -> HttpResponse:
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(said, content_type="application/toml; charset=utf-8", headers=named)


@require_POST
def examine(request: SignedIn, pk: int) -> HttpResponse:
    now = _now(request)
    version = queries.newest(queries.draft(pk))
    if isinstance(texts.read_policy(version.text), Revision):
        actions.ask(version=version, now=now)
    return redirect("workbench:draft", pk=pk)


@require_POST
def put_aside(request: SignedIn, pk: int) -> HttpResponse:
    now = _now(request)
    actions.put_aside(draft=queries.draft(pk), now=now)
    messages.success(request, "The draft is put aside. Nothing of it is lost.")
    return redirect("workbench:index")


# ------------------------------------------------------------------ two persons
@require_POST
def propose(request: SignedIn, pk: int) -> HttpResponse:
    now = _now(request)
    found = queries.draft(pk)
    try:
        actions.propose(draft=found, seen=queries.newest(found).number, actor=request.user, now=now)
    except actions.NotReady as no:
        shown = {**_shown(request, found, now), "refused": no.missing}
        return render(request, "workbench/draft.html", shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, "Handed over. Another member of the staff reads it and approves it.")
    return redirect("workbench:draft", pk=pk)


@require_http_methods(["GET", "POST"])
def approve(request: SignedIn, pk: int) -> HttpResponse:
    """The second person reads what it changes, and signs."""
    now = _now(request)
    found = queries.draft(pk)
    held = queries.proposal(found)
    if held is None or held.published_id:
        return redirect("workbench:draft", pk=pk)
    form, refused = SignForm(request.POST if request.method == "POST" else None), list[str]()
    status = HTTPStatus.OK
    if request.method == "POST":
        status, refused = _approved(request, held, form, now)
        if status == HTTPStatus.FOUND:
            messages.success(request, "Published. It governs from its day on.")
            return redirect("workbench:draft", pk=pk)
    read = texts.read_policy(held.version.text)
    assert isinstance(read, Revision)
    shown = {
        **_shown(request, found, now), "form": form, "back_form": SendBackForm(), "refused": refused,
        "statement": actions.statement(held, read),
    }  # fmt: skip
    return render(request, "workbench/approve.html", shown, status=status)


def _approved(request: SignedIn, held: Proposal, form: SignForm, now: datetime) -> tuple[HTTPStatus, list[str]]:
    """Found: it is published. Otherwise what stands against it."""
    if barred := actions.barred(held, request.user):
        return HTTPStatus.FORBIDDEN, [barred]
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY, []
    try:
        actions.approve(proposal=held, password=form.cleaned_data["password"], actor=request.user, now=now)
    except WrongPassword as no:
        form.add_error("password", str(no))
    except actions.NotReady as no:
        return HTTPStatus.UNPROCESSABLE_ENTITY, no.missing
    return (HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.FOUND), []


@require_POST
def send_back(request: SignedIn, pk: int) -> HttpResponse:
    now = _now(request)
    found = queries.draft(pk)
    held, form = queries.proposal(found), SendBackForm(request.POST)
    if held is None or held.published_id:
        raise Lost("This proposal is not open any more. Reload the page to see what happened.")
    if not form.is_valid():
        return render(
            request, "workbench/send_back.html", {"form": form, "draft": found}, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    actions.send_back(proposal=held, reason=form.cleaned_data["reason"], actor=request.user, now=now)
    messages.success(request, "Sent back, with what you wrote.")
    return redirect("workbench:draft", pk=pk)
