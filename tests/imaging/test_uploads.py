"""The files of a form are drafts from their first byte on, and gone with the request unless somebody keeps them."""

from __future__ import annotations

import gc
import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError
from django.test import RequestFactory

from reaccredit.imaging.uploads import Upload, passed_of

MARK = "a-mark"
IMAGE = b"not quite an image " * 40_000


def body(content: bytes = IMAGE) -> bytes:
    head = f'--{MARK}\r\nContent-Disposition: form-data; name="images"; filename="a.dcm"\r\n\r\n'.encode()
    return head + content + f"\r\n--{MARK}--\r\n".encode()


def asked(line: Any, length: int) -> WSGIRequest:
    kind = f"multipart/form-data; boundary={MARK}"
    said = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(length), "wsgi.input": line}
    return WSGIRequest(RequestFactory()._base_environ(**said))


def lying(store: Path) -> list[Path]:
    return list((store / "incoming").iterdir())


class Broken(BytesIO):
    """A line that breaks when it has given what it had."""

    def read(self, size: int | None = -1, /) -> bytes:
        if found := super().read(size):
            return found
        raise OSError("the line broke")


def test_a_file_of_a_form_is_hashed_on_its_way_and_gone_with_the_request(store):
    request = asked(BytesIO(body()), len(body()))
    (upload,) = request.FILES.getlist("images")
    assert isinstance(upload, Upload)
    assert (upload.read(), upload.size, upload.name) == (IMAGE, len(IMAGE), "a.dcm")
    assert upload.draft.sha256 == hashlib.sha256(IMAGE).hexdigest()
    assert lying(store) == [upload.draft.path]
    request.close()
    assert lying(store) == []


def test_a_line_that_breaks_in_the_middle_of_a_file_leaves_nothing(store):
    request = asked(Broken(body()[:500_000]), len(body()))
    with pytest.raises(UnreadablePostError):
        request.FILES  # noqa: B018 - it is read now
    del request
    gc.collect()
    assert lying(store) == []


def test_without_room_the_file_comes_still_and_is_refused_by_whoever_takes_it_in(store, settings, collection, receive):
    settings.FREE_BYTES = 2**60
    request = asked(BytesIO(body()), len(body()))
    (upload,) = request.FILES.getlist("images")
    assert passed_of(upload) is None
    assert [one.problem.code for one in receive(("a.dcm", upload.read())).refused] == ["no-room"]
    request.close()
