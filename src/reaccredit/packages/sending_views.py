"""What the sending page asks while it sends: which files are here, and what is under way. JSON for our own script, and for no one else."""

from __future__ import annotations

import json
import re
import uuid
from http import HTTPStatus
from typing import Any

from django.http import Http404, JsonResponse
from django.views.decorators.http import require_POST

from reaccredit.imaging import actions as imaging
from reaccredit.imaging import queries as images
from reaccredit.imaging.models import Collection
from reaccredit.ledger.actions import Lost, Refused
from reaccredit.packages import actions, queries
from reaccredit.packages.views import Asked, page
from reaccredit.people.queries import code

SHA256 = re.compile(r"[0-9a-f]{64}\Z")
MOST_KEYS = 500
MOST_BYTES = 16 * 1024**4


class Malformed(ValueError):
    """Not what our script asks."""


@require_POST
@page
def sending(asked: Asked, pk: int, item_pk: int) -> JsonResponse:
    item = queries.item(asked.person, pk, item_pk, asked.on)
    if item.collection is None:
        raise Http404("no images belong here")
    try:
        question = json.loads(asked.http.read(MOST_KEYS * 80))
        answer = {"announce": _announce, "have": _have, "end": _end}[question["ask"]]
        if question["ask"] == "announce":
            actions.may_add(package=item.package, actor=asked.person, now=asked.now)
        return JsonResponse(answer(item.collection, question, asked))
    except (ValueError, KeyError, TypeError):
        return JsonResponse(
            {"stop": "This page is too old. Load it again, then choose the same files."}, status=HTTPStatus.BAD_REQUEST
        )
    except (Refused, Lost, actions.SentByPost) as error:
        return JsonResponse({"stop": str(error)}, status=HTTPStatus.CONFLICT)


def _announce(collection: Collection, question: Any, asked: Asked) -> dict[str, Any]:
    files, size = question["files"], question["size"]
    if not (type(files) is int and type(size) is int and 0 < files <= 1_000_000 and 0 <= size <= MOST_BYTES):
        raise Malformed
    made = imaging.announce(collection=collection, files=files, size=size, actor=code(asked.person), now=asked.now)
    return {"key": str(made.key)}


def _have(collection: Collection, question: Any, asked: Asked) -> dict[str, Any]:
    """Of this item's own files only: what others have sent is nobody's business."""
    keys = question["sha256"]
    if not (
        isinstance(keys, list) and len(keys) <= MOST_KEYS and all(isinstance(k, str) and SHA256.match(k) for k in keys)
    ):
        raise Malformed
    return {"here": sorted(images.here(collection, keys))}


def _end(collection: Collection, question: Any, asked: Asked) -> dict[str, Any]:
    return {"ended": imaging.ended(collection=collection, key=uuid.UUID(question["key"]), now=asked.now)}
