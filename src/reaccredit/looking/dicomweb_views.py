"""A small DICOMweb to read from (PS3.18: QIDO-RS, WADO-RS): what a viewer asks for, of the images that its user may see.

Frames come in the transfer syntax in which they were sent. Whole files are not given: their headers name the patient.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from reaccredit.imaging.models import Instance, Series
from reaccredit.imaging.preview import shown
from reaccredit.looking import frames, queries, tags, windows
from reaccredit.looking.fresh import fresh, png
from reaccredit.people.requests import SignedIn
from reaccredit.reviews.visibility import Barred, NotShown

BOUNDARY = "frame-of-this-image"
JSON = "application/dicom+json"
RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")
View = Callable[..., HttpResponse]


class Unacceptable(Exception):
    """Asked for in a form in which it is not given."""


def answered(view: View) -> View:
    """What keeps somebody out, or cannot be given, is said in a sentence that a program can show."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, **asked: Any) -> HttpResponse:
        try:
            found = view(request, **asked)
        except Barred as barred:
            return _said(HTTPStatus.FORBIDDEN, barred.sentence)
        except Http404:
            return _said(HTTPStatus.NOT_FOUND, "There is nothing here that you may look at.")
        except frames.NoFrame as no:
            return _said(HTTPStatus.NOT_FOUND, str(no))
        except Unacceptable as no:
            return _said(HTTPStatus.NOT_ACCEPTABLE, str(no))
        if found.status_code < HTTPStatus.BAD_REQUEST and not found.has_header("Cache-Control"):
            # The cache is the reader's own, and asks each time: what was shown may have been masked meanwhile, or held back.
            patch_cache_control(found, private=True, no_cache=True)
        return found

    return answer


def _said(status: HTTPStatus, sentence: str) -> HttpResponse:
    return JsonResponse({"error": sentence}, status=status)


def _seen(request: SignedIn, study: str, series: str) -> queries.Seen:
    number = tags.number(series)
    if number is None:
        raise Http404("no UID of this house")
    found = queries.series(request.user, number, timezone.now())
    if found.series.collection_id != tags.number(study):
        raise Http404("the series is of another study")
    return found


def _image(request: SignedIn, study: str, series: str, instance: str) -> tuple[Series, Instance]:
    found = _seen(request, study, series)
    number = tags.number(instance)
    image = next((one for one in found.images if one.pk == number), None)
    if image is None:
        raise Http404("no such image in this series")
    return found.series, image


def _json(rows: list[tags.Json]) -> HttpResponse:
    return JsonResponse(rows, safe=False, content_type=JSON)


# ------------------------------------------------------------------ QIDO-RS
@answered
def series_list(request: SignedIn, study: str) -> HttpResponse:
    """The series of a study: who may see one of an item's series may see them all."""
    number = tags.number(study)
    found = Series.objects.filter(collection=number).order_by("pk").values_list("pk", flat=True) if number else ()
    held: NotShown | None = None
    for pk in found:
        try:
            rows = queries.series(request.user, pk, timezone.now()).beside
        except NotShown as not_yet:
            held = not_yet
        else:
            return _json([tags.of_series(row.series, row.images) for row in rows if not row.closed])
    raise held or Http404("no such study")


# ------------------------------------------------------------------ WADO-RS
@answered
def metadata(request: SignedIn, study: str, series: str, instance: str = "") -> HttpResponse:
    if instance:
        found, image = _image(request, study, series, instance)
        return _json([tags.of_image(image, found)])
    seen = _seen(request, study, series)
    return _json([tags.of_image(image, seen.series) for image in seen.images])


@answered
def frame(request: SignedIn, study: str, series: str, instance: str, number: int) -> HttpResponse:
    """A part of a multipart answer, or alone where that is asked for; alone it can be had piece by piece."""
    _, image = _image(request, study, series, instance)
    found = frames.frame(image, number)
    accepted = request.headers.get("Accept", "*/*")
    _check_syntax(accepted, found)
    kind = f"{found.media}; transfer-syntax={found.syntax}"
    if "multipart/related" not in accepted and found.media in accepted:
        return _ranged(request, found.data, kind)
    head = f"--{BOUNDARY}\r\nContent-Type: {kind}\r\nContent-Length: {len(found.data)}\r\n\r\n".encode()
    body = head + found.data + f"\r\n--{BOUNDARY}--\r\n".encode()
    return HttpResponse(body, content_type=f'multipart/related; type="{found.media}"; boundary={BOUNDARY}')


def _check_syntax(accepted: str, found: frames.Frame) -> None:
    wanted = re.findall(r"transfer-syntax=\"?([0-9.*]+)", accepted)
    if wanted and "*" not in wanted and found.syntax not in wanted:
        raise Unacceptable(f"The frame is kept in transfer syntax {found.syntax}, and given in no other.")


def _ranged(request: HttpRequest, data: bytes, kind: str) -> HttpResponse:
    asked = RANGE.match(request.headers.get("Range", ""))
    if asked is None or asked.groups() == ("", ""):
        return HttpResponse(data, content_type=kind, headers={"Accept-Ranges": "bytes"})
    first, last = _bounds(asked[1], asked[2], len(data))
    if first > last:
        headers = {"Content-Range": f"bytes */{len(data)}"}
        return HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {first}-{last}/{len(data)}"}
    return HttpResponse(data[first : last + 1], content_type=kind, status=HTTPStatus.PARTIAL_CONTENT, headers=headers)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last so many bytes
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(int(last), size - 1) if last else size - 1


@answered
def rendered(request: SignedIn, study: str, series: str, instance: str, number: int = 1) -> HttpResponse:
    """A PNG; `window=centre,width,linear` as the standard says it."""
    _, image = _image(request, study, series, instance)
    if not 1 <= number <= image.frames:
        raise Http404("no such frame in this image")
    said = ",".join(request.GET.get("window", "").split(",")[:2])
    try:
        window = windows.window(said)
    except ValueError as sentence:
        return _said(HTTPStatus.BAD_REQUEST, str(sentence))
    return fresh(request, image, ("rendered", number, window), lambda: png(shown(image, number - 1, window)))
