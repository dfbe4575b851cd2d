"""What every answer has in common: its headers, who may see it, whose clock it speaks, and how it says no."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils import timezone

from reaccredit.facilities.once import looked_at
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.publishing import asked_once
from reaccredit.policy import NotGoverned
from reaccredit.project import unsent
from reaccredit.project.views import lost_page, not_governed_page, not_to_visit_page, refusal_page

Respond = Callable[[HttpRequest], HttpResponse]

READING = frozenset({"GET", "HEAD"})

# Nothing inline, nothing foreign: a script that found its way into a page would not run.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
PERMISSIONS_POLICY = ", ".join(
    f"{power}=()" for power in ("camera", "microphone", "geolocation", "payment", "usb", "serial", "display-capture")
)


class ContentSecurityPolicy:
    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class OnePolicy:
    """What one request reads is one policy, from its first line to its last, and is looked up once; so is who asks, of a page."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with asked_once(), looked_at() if request.method in READING else nullcontext():
            return self.get_response(request)


class SignInRequired(LoginRequiredMiddleware):
    """Deny by default: a page is public only where its view says `login_not_required`."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is None:
            return None
        if request.headers.get("HX-Request") != "true":
            return unsent.signed_out(request, answer.headers["Location"]) or answer
        # A part of a page must not be replaced by the sign-in page: the whole window goes there.
        return HttpResponse(headers={"HX-Redirect": answer.headers["Location"]})

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The back button of a shared computer must not show what the person before has read."""
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store"
        return response


class ReaderZone:
    """A page speaks the clock of its reader; who has not said which one gets the clock of the site."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(reader_zone(request)):
            return self.get_response(request)


def reader_zone(request: HttpRequest) -> zoneinfo.ZoneInfo:
    name = getattr(request.user, "zone", "") or settings.TIME_ZONE
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)


class Refusals:
    """A refusal that no form caught becomes a page with its sentence and its clause, never a stack trace or an empty page."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        return not_to_visit_page(request, answer) if isinstance(answer, HttpResponseNotAllowed) else answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return refusal_page(request, exception.refusal)
        if isinstance(exception, Lost):
            return lost_page(request, str(exception))
        if isinstance(exception, NotGoverned):
            return not_governed_page(request, str(exception), exception.clause)
        return None


class NoNullCharacters:
    """A NUL in an address is never typed by a person, and a database refuses it: the answer is 400, before anybody asks one."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("a NUL in the address")
        return self.get_response(request)
