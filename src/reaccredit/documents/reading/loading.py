"""A reader is loaded when a file of its kind comes: a letter in plain text waits for no PDF library, and meets none."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from typing import Any


def reader(name: str) -> Callable[..., Any]:
    """`pdf:pdf` is the function `pdf` of `reading/pdf.py`."""
    found: Callable[..., Any] = pkgutil.resolve_name(f"reaccredit.documents.reading.{name}")
    return found
