"""A form that came without the person who filled it in: it changes nothing, and what was typed is given back to be copied."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

FIELDS, LONG = 200, 20_000
OF_THE_FORM = frozenset({"csrfmiddlewaretoken", "next", "seen"})


def typed(posted: QueryDict) -> list[tuple[str, str]]:
    """By the name of its field. Never a password."""
    found = []
    for name in list(posted)[:FIELDS]:
        said = ", ".join(value for value in posted.getlist(name) if value.strip())[:LONG]
        if said and name not in OF_THE_FORM and "password" not in name:
            found.append((name.replace("-", " ").replace("_", " ").capitalize()[:100], said))
    return found


def from_here(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed into a form of this site; what another site has sent is not shown as if it were."""
    here = f"{request.scheme}://{request.get_host()}"
    return typed(request.POST) if request.headers.get("Origin", here) == here else []


def signed_out(request: HttpRequest, sign_in: str) -> HttpResponse | None:
    """The page for somebody whose sign-in ended while they typed; None where nothing was typed, or no person waits for a page."""
    if request.method != "POST" or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return None
    said = typed(request.POST)
    if not said:
        return None
    shown = {"typed": said, "sign_in": sign_in}
    answer = render(request, "errors/signed_out.html", shown, status=HTTPStatus.FORBIDDEN)
    answer.headers["Cache-Control"] = "no-store"
    return answer
