"""What the interactive viewer asks for: the stack of a series, its frames as plain numbers, and the marks in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from reaccredit.imaging.decoded import AHEAD, numbers
from reaccredit.imaging.models import Instance
from reaccredit.imaging.picture import NoPicture
from reaccredit.looking import actions, marked, passes, queries
from reaccredit.looking.dicomweb_views import _ranged, _said, answered
from reaccredit.looking.forms import MarkForm
from reaccredit.looking.fresh import fresh
from reaccredit.looking.marked import Marked
from reaccredit.looking.stack import told
from reaccredit.looking.views import closed_with_a_sentence
from reaccredit.people.requests import SignedIn

Json = dict[str, Any]


@answered
def stack(request: SignedIn, pk: int) -> HttpResponse:
    """The slices of a series in their order: images and how many frames each has."""
    seen = queries.series(request.user, pk, timezone.now())
    passes.grant(request.session.session_key or "", seen)
    return JsonResponse(told(seen), headers={"Cache-Control": "no-store"})  # a facility may still be sending


@answered
def frame(request: SignedIn, pk: int, image: int, number: int) -> HttpResponse:
    """The pixels as little-endian numbers; the header `X-Frame` says how to read and to show them."""
    return given(request, passes.stack(request, pk, timezone.now()), image, number)


def given(request: HttpRequest, stack: passes.Stack, image: int, number: int) -> HttpResponse:
    found = stack.image(image)
    if not 1 <= number <= found.frames:
        return _said(HTTPStatus.NOT_FOUND, "There is no such frame in this image.")
    return fresh(request, found, ("numbers", number), lambda: _numbers(request, stack, found, number))


def _numbers(request: HttpRequest, stack: passes.Stack, image: Instance, number: int) -> HttpResponse:
    try:
        made = numbers(image, number - 1, stack.ahead(image.pk, number - 1, AHEAD))
    except NoPicture:
        return _said(HTTPStatus.UNPROCESSABLE_ENTITY, "The pixel data of this image can't be read.")
    answer = _ranged(request, made.data, "application/octet-stream")
    answer.headers["X-Frame"] = json.dumps(made.head, separators=(",", ":"))
    return answer


class FramesOfAMoment:
    """Middleware: a frame of a series that this session was shown a moment ago is given before anything else is asked."""

    ADDRESS = re.compile(r"/looking/(\d{1,18})/numbers/(\d{1,18})/(\d{1,9})")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answer = answered(given)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = self.ADDRESS.fullmatch(request.path_info)
        session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "") if asked else ""
        if not asked or not session:
            return self.get_response(request)
        series, image, number = map(int, asked.groups())
        stack = passes.standing(session, series)
        if stack is None:
            return self.get_response(request)
        return self.answer(request, stack=stack, image=image, number=number)


# ------------------------------------------------------------------ marks
@require_http_methods(["GET", "POST"])
@closed_with_a_sentence
def marks(request: SignedIn, pk: int) -> HttpResponse:
    """The marks that this person may see (GET), and one more (POST): as JSON for the viewer, as a page for whoever has no script."""
    now = timezone.now()
    seen = queries.series(request.user, pk, now)
    if request.method != "POST":
        return (
            _told(seen, request, now) if _wants_json(request) else _page(request, seen, MarkForm(initial=_first(seen)))
        )
    form = MarkForm(request.POST)
    if form.is_valid() and _annotated(request, seen, form, now):
        return _kept(request, seen, now)
    if _wants_json(request):
        problem = " ".join(str(said) for errors in form.errors.values() for said in errors)
        return _said(HTTPStatus.UNPROCESSABLE_ENTITY, problem)
    return _page(request, seen, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _annotated(request: SignedIn, seen: queries.Seen, form: MarkForm, now: datetime) -> bool:
    said = form.cleaned_data
    image = next((one for one in seen.images if one.pk == said["image"]), None)
    if image is None:
        form.add_error(None, "The image is not in this series any more: go back to the viewer, and choose another.")
        return False
    try:
        actions.annotate(
            seen=seen,
            actor=request.user,
            image=image,
            frame=said["frame"],
            points=form.points,
            words=said["words"],
            now=now,
        )
    except actions.NotKept as no:
        form.add_error("column", str(no))
        return False
    return True


def _first(seen: queries.Seen) -> Json:
    return {"image": seen.images[0].pk, "frame": 1} if seen.images else {}


def _page(request: SignedIn, seen: queries.Seen, form: MarkForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    back = _back(request, seen.series.pk)
    return render(request, "looking/mark.html", {"seen": seen, "form": form, "back": back}, status=status)


@require_POST
@closed_with_a_sentence
def take_away(request: SignedIn, pk: int, mark: int) -> HttpResponse:
    now = timezone.now()
    seen = queries.series(request.user, pk, now)
    actions.take_away(seen=seen, actor=request.user, pk=mark, now=now)
    return _kept(request, seen, now)


def _wants_json(request: SignedIn) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _kept(request: SignedIn, seen: queries.Seen, now: datetime) -> HttpResponse:
    if _wants_json(request):
        return _told(seen, request, now)
    messages.success(request, "Kept." if "column" in request.POST else "Taken away.")
    return redirect(_back(request, seen.series.pk))


def _back(request: SignedIn, pk: int) -> str:
    slice_ = request.POST.get("slice", "")
    return reverse("looking:series", args=[pk]) + (
        f"?slice={slice_}" if slice_.isascii() and slice_.isdigit() and len(slice_) < 7 else ""
    )


def _told(seen: queries.Seen, request: SignedIn, now: datetime) -> HttpResponse:
    return JsonResponse({"marks": [_row(one) for one in marked.seen_by(seen, request.user, now)]})


def _row(one: Marked) -> Json:
    return {
        "id": one.row.pk, "image": one.image.pk, "frame": one.row.frame, "points": one.row.points, "mm": one.row.millimetres,
        "said": one.words, "source": one.source, "words": one.row.words, "by": one.by, "own": one.own,
        "remove": reverse("looking:take-away", args=[one.image.series_id, one.row.pk]) if one.own else "",
    }  # fmt: skip
