"""What a browser sends goes straight into a draft, and is hashed on its way: otherwise it would be written down once as Django's
temporary file and once more as ours. A draft that nobody keeps is gone with the request, or with the sweep.
"""

from __future__ import annotations

from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers

from reaccredit.imaging.passing import Passed, Passing
from reaccredit.imaging.storage import STORE
from reaccredit.ledger.files import NoRoom

MOST_BYTES = 64 * 1024**3  # what a file may be is for those to say who take it in; this is beyond all of them


class Upload(UploadedFile):
    """A file of a form, as Django has it, whose bytes are a draft."""

    def __init__(self, passed: Passed, name: str, content_type: str, charset: str | None) -> None:
        super().__init__(cast(Any, passed.draft.open()), name, content_type, passed.draft.size, charset)
        self.passed, self.draft = passed, passed.draft

    def close(self) -> None:
        super().close()
        self.draft.drop()


class Drafts(FileUploadHandler):
    """Without room for it, a file is left to the next handler, so that whoever takes it in can say so."""

    _pen: Passing | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.upload_interrupted()
        try:
            self._pen = Passing(STORE.pen(limit=MOST_BYTES))
        except NoRoom:
            return
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self._pen is None:
            return raw_data
        self._pen.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> Upload | None:
        if self._pen is None:
            return None
        passed, self._pen = self._pen.done(), None
        return Upload(passed, self.file_name or "", self.content_type or "", self.charset)

    def upload_interrupted(self) -> None:
        if self._pen is not None:
            self._pen.drop()
            self._pen = None

    def __del__(self) -> None:
        """The line broke in the middle of a file: nobody is told of that."""
        self.upload_interrupted()


def passed_of(stream: object) -> Passed | None:
    """The draft in which the bytes of an upload are already, and what was read of it on its way."""
    return stream.passed if isinstance(stream, Upload) else None
