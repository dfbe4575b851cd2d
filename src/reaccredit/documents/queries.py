"""Reads. Who may see a paper is decided by the room that holds it: these functions take what that room has found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from reaccredit.documents.models import Document
from reaccredit.documents.storage import STORE


def documents(keys: Iterable[int]) -> list[Document]:
    return list(Document.objects.filter(pk__in=list(keys)))


def stands(document: Document) -> str:
    """The hash of its bytes as they lie in the store today: what a signature under the paper is held against."""
    return STORE.stands(document.sha256)


def content(document: Document) -> BinaryIO:
    """The bytes, open for reading. Raises `ledger.files.Missing` if the store has lost them."""
    return STORE.open(document.sha256)
