"""Pages that belong to no room: is the site well, how it looks, and what it says when something cannot be done."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from reaccredit.ledger.actions import refresh_due
from reaccredit.people.models import Person, Role
from reaccredit.people.queries import holds
from reaccredit.policy import Clause, Refusal
from reaccredit.project import demo_clock, unsent
from reaccredit.project.styleguide import SampleForm, samples

log = logging.getLogger(__name__)

# What could never be right is 422; what came too early, too late, out of turn or second is 409.
IMPOSSIBLE = frozenset({"unknown", "malformed", "areas"})


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """For a load balancer: 200 while the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("the database does not answer")
        return HttpResponse("database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "project/accessibility.html")


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state: open in the demo and to staff, and nowhere else."""
    may_see_styleguide(request)
    return render(request, "project/styleguide.html", samples(timezone.now()))


@login_not_required
def styleguide_form(request: HttpRequest) -> HttpResponse:
    may_see_styleguide(request)
    form = SampleForm(request.POST, request.FILES) if request.method == "POST" else SampleForm()
    refused = form.is_bound and not form.is_valid()
    return render(request, "project/styleguide_form.html", {"form": form}, status=422 if refused else 200)


@login_not_required
@require_http_methods(["GET", "POST"])
def demo_time(request: HttpRequest) -> HttpResponse:
    """Move the demo's clock on. Outside the demo this page does not exist."""
    if not settings.DEMO:
        raise Http404
    step = demo_clock.STEPS.get(request.POST.get("step", ""))
    if request.method == "POST" and step:
        demo_clock.move_on(step[1])
        refresh_due(now=timezone.now())
        messages.success(request, f"The demo's clock was moved on by {step[0]}.")
        return redirect("demo-clock")
    refused = request.method == "POST"
    shown = {"steps": demo_clock.STEPS, "refused": refused}
    return render(request, "project/demo_clock.html", shown, status=422 if refused else 200)


def may_see_styleguide(request: HttpRequest) -> None:
    if settings.DEMO:
        return
    person = request.user
    if not (isinstance(person, Person) and holds(person, Role.STAFF, timezone.localdate())):
        raise Http404


def whole_page(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    """A page that says no, also where only a part of the page was asked for."""
    answer = render(request, template, context, status=status)
    if request.headers.get("HX-Request") == "true":
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "body", "innerHTML show:top"
    return answer


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal.kind in IMPOSSIBLE else HTTPStatus.CONFLICT
    return whole_page(request, "errors/refused.html", {"refusal": refusal}, status)


def lost_page(request: HttpRequest, sentence: str) -> HttpResponse:
    """Somebody else was faster."""
    return whole_page(request, "errors/lost.html", {"sentence": sentence}, HTTPStatus.CONFLICT)


def not_governed_page(request: HttpRequest, sentence: str, clause: Clause | None) -> HttpResponse:
    said = {"sentence": sentence, "clause": clause}
    return whole_page(request, "errors/not_governed.html", said, HTTPStatus.CONFLICT)


def not_to_visit_page(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """The address of a button: whoever signs in again after a long pause is led to one."""
    answer = whole_page(request, "errors/405.html", {}, HTTPStatus.METHOD_NOT_ALLOWED)
    answer.headers["Allow"] = refused.headers["Allow"]
    return answer


def error_page(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, f"errors/{status}.html", status=status)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django calls this too when more was sent than is accepted: then the page says that instead."""
    too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return error_page(request, 413 if too_much else 400)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same words whether the thing does not exist or is not this person's to see."""
    return error_page(request, 404)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without the request and the database, because either may be what broke."""
    return HttpResponse(render_to_string("errors/500.html"), status=500)


@login_not_required
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The CSRF check failed: nearly always a form left open over a sign-out, or cookies switched off."""
    log.warning("form refused at %s: %s", request.path, reason)
    return render(request, "errors/stale_form.html", {"typed": unsent.from_here(request)}, status=403)
