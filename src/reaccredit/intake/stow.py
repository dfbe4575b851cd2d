"""STOW-RS (PS3.18, 10.5): a machine stores instances with the key of a door as its bearer token. No cookie is read, so no form
of another site can speak in somebody's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from reaccredit.imaging.header import Unreadable
from reaccredit.imaging.unpacking import Label, Part
from reaccredit.intake import actions, queries, telling
from reaccredit.intake.multipart import Body, Malformed, media
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.ledger.files import Readable
from reaccredit.packages.actions import SentByPost

JSON = "application/dicom+json"
TAKEN = frozenset({JSON, "application/json", "application/dicom+*", "application/*", "*/*"})
UID = re.compile(r"[0-9]+(\.[0-9]+)*\Z")
_lately: queries.Lately[actions.Welcome] = queries.Lately()
NOT_AN_IMAGE = Unreadable(
    "not-an-image", "This part is not declared as application/dicom. Send the images as Part 10 files."
)


class Sorry(Exception):
    """Nothing of the request can be taken."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@csrf_exempt
@login_not_required
@require_POST
def store(request: HttpRequest, study: str = "") -> HttpResponse:
    now = timezone.now()  # noqa: TID251 - a view
    try:
        boundary = _asked_rightly(request, study)
        welcome = _welcome(_key(request), study, now)
        parts = _parts(_line(request), boundary)
        status, said = telling.response(actions.take(welcome=welcome, parts=parts, now=now))
    except Sorry as sorry:
        return _told(sorry.status, str(sorry))
    except (Lost, Refused, SentByPost) as error:
        return _told(HTTPStatus.FORBIDDEN, str(error))
    return JsonResponse(said, status=status, content_type=JSON)


def _welcome(key: str, study: str, now: datetime) -> actions.Welcome:
    """Who sends an exam asks for it many times a second, so what was found is believed for two; that the door is open, and its
    opener still has an account, is asked each time, as is that the package has not been handed in.
    """
    known = _lately.get(queries.hashed(key), study)
    if known is not None and queries.still_open(known.door):
        return replace(known, elsewhere=set())
    door = queries.by_key(key, now)
    if door is None:
        raise Sorry(
            HTTPStatus.UNAUTHORIZED, "This key opens no door. It may have been closed, or its package handed in."
        )
    return _lately.put(actions.welcome(door=door, now=now, study=study), queries.hashed(key), study)


def _told(status: HTTPStatus, sentence: str) -> HttpResponse:
    answer = HttpResponse(sentence + "\n", status=status, content_type="text/plain; charset=utf-8")
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Images of a testing package"'
    return answer


def _asked_rightly(request: HttpRequest, study: str) -> str:
    """The boundary of the body."""
    if study and not (len(study) <= 64 and UID.match(study)):
        raise Sorry(HTTPStatus.BAD_REQUEST, "The study in the address is not a UID.")
    accepted = {one.partition(";")[0].strip().lower() for one in request.headers.get("Accept", "*/*").split(",")}
    if not accepted & TAKEN:
        raise Sorry(HTTPStatus.NOT_ACCEPTABLE, f"The answer is given as {JSON}. Accept that.")
    body = media(request.headers.get("Content-Type", ""))
    if body.name != "multipart/related" or body.said.get("type", "application/dicom").lower() != "application/dicom":
        raise Sorry(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            'Send the images as multipart/related; type="application/dicom", one image a part.',
        )
    boundary = body.said.get("boundary", "")
    if not (0 < len(boundary) <= 70 and boundary.isascii()):
        raise Sorry(HTTPStatus.BAD_REQUEST, "The Content-Type names no boundary between the parts.")
    return boundary


def _key(request: HttpRequest) -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(key.strip()) <= 200:
        raise Sorry(HTTPStatus.UNAUTHORIZED, "Send the key of the door: Authorization: Bearer KEY.")
    return key.strip()


def _line(request: HttpRequest) -> Readable:
    """The body. Of one without a length Django reads nothing; the server knows its end."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return cast(Readable, cast(Any, request).environ["wsgi.input"])
    return cast(Readable, request)


def _parts(line: Readable, boundary: str) -> Iterator[Part]:
    """The images of the body. One that ends in the middle has the images that came whole before it."""
    number = 0
    try:
        for number, part in enumerate(Body(line, boundary).parts(), 1):
            label = Label(number, f"part {number}", "")
            yield Part(label, part.stream if part.media.name == "application/dicom" else NOT_AN_IMAGE)
    except Malformed:
        yield Part(Label(number + 1, f"part {number + 1}", ""), _cut())


def _cut() -> Unreadable:
    return Unreadable("cut-off", "The body ends, or is malformed, after this place. Send what was not stored again.")
