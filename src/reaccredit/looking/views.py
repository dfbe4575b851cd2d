"""The viewer: one slice at a time, in any window, by plain links; it needs no script."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from reaccredit.imaging.picture import Window
from reaccredit.imaging.preview import preview, shown
from reaccredit.looking import queries, stack, windows
from reaccredit.people.requests import SignedIn
from reaccredit.reviews.visibility import Barred

View = Callable[..., HttpResponse]


def closed_with_a_sentence(view: View) -> View:
    """Whoever was given these images and may not judge them any more is told why."""

    @wraps(view)
    def answer(request: SignedIn, **asked: Any) -> HttpResponse:
        try:
            return view(request, **asked)
        except Barred as barred:
            return render(request, "looking/closed.html", {"sentence": barred.sentence}, status=HTTPStatus.FORBIDDEN)

    return answer


@require_safe
@closed_with_a_sentence
def series(request: SignedIn, pk: int) -> HttpResponse:
    seen = queries.series(request.user, pk, timezone.now())
    said, problem = _asked(request), ""
    try:
        chosen = windows.window(said)
    except ValueError as sentence:
        chosen, said, problem = None, "", str(sentence)
    here = stack.slice_of(seen.images, _number(request.GET.get("slice")))
    if here is None:
        raise Http404("no such slice in this series")
    presets = windows.presets(seen.series.modality)
    context = {
        "seen": seen, "here": here, "window": said, "chosen": chosen, "problem": problem, "typed": request.GET,
        "steps": [(words, _query(number, said) if number else "") for words, number in here.steps],
        "presets": [(p, _query(here.number, p.said), p.said == said) for p in presets],
        "own": _query(here.number, ""),
    }  # fmt: skip
    return render(
        request, "looking/series.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    )


def _asked(request: SignedIn) -> str:
    """A window as the links say it, or as two fields do."""
    centre, width = request.GET.get("centre", ""), request.GET.get("width", "")
    return f"{centre},{width}" if centre or width else request.GET.get("window", "")


def _query(number: int, window: str) -> str:
    return "?" + urlencode({"slice": number} | ({"window": window} if window else {}), safe=",")


def _number(said: str | None) -> int | None:
    if said is None:
        return None
    if not said.isdigit() or len(said) > 6 or int(said) < 1:
        raise Http404("no such slice")
    return int(said)


@require_safe
@closed_with_a_sentence
@cache_control(private=True, max_age=3600)  # a stored image never changes; the cache is the reader's own
def picture(request: SignedIn, pk: int, frame: int) -> HttpResponse:
    found = queries.image(request.user, pk, timezone.now())
    if not 1 <= frame <= found.frames:
        raise Http404("no such frame in this image")
    made = preview(found, "small") if "small" in request.GET else shown(found, frame - 1, _window(request))
    return HttpResponse(made.png, content_type="image/png")


def _window(request: SignedIn) -> Window | None:
    try:
        return windows.window(request.GET.get("window", ""))
    except ValueError:
        raise Http404("no such window") from None
