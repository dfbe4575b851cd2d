"""A picture that a browser has kept is asked for again each time, so that what staff have masked or held back meanwhile is seen by
nobody any more; where nothing has changed, the answer says no more than that, and nothing is decoded or drawn for it.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags

from reaccredit.imaging.models import Instance
from reaccredit.imaging.preview import EDITION, Preview


def fresh(request: HttpRequest, image: Instance, said: object, make: Callable[[], HttpResponse]) -> HttpResponse:
    """`image` as this person sees it: of a masked copy, the copy. `said`: what else of the question changes the answer."""
    mark = f'"{salted_hmac("looking", f"{EDITION} {image.sha256} {said}").hexdigest()[:32]}"'
    known = mark in parse_etags(request.headers.get("If-None-Match", ""))
    answer = HttpResponseNotModified() if known else make()
    if answer.has_header("Cache-Control"):
        return answer
    if known or answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
        answer.headers["ETag"] = mark
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def png(drawn: Preview) -> HttpResponse:
    """What stands in place of a picture that could not be drawn may be another thing at the next look."""
    answer = HttpResponse(drawn.png, content_type="image/png")
    if not drawn.rendered:
        answer.headers["Cache-Control"] = "no-store"
    return answer
