"""The words of confidentiality that a report bears, by the law under which the facility stands. They are data of the programme."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def marking(state: str) -> str:
    """For a facility of this state; the general words where none are given for it."""
    said = _read(settings.MARKINGS)
    return str(said["state"].get(state.strip().casefold(), said["default"]))


@lru_cache(maxsize=4)
def _read(path: Path) -> dict[str, Any]:
    """Raises `ImproperlyConfigured` with what is wrong in which file."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ImproperlyConfigured(f"The markings of reports, {path}, cannot be read: {error}") from None
    default, state = data.get("default"), data.get("state", {})
    texts = [default, *state.values()] if isinstance(state, dict) else [None]
    if not all(isinstance(text, str) and len(text) <= 300 for text in texts) or data.keys() - {"default", "state"}:
        raise ImproperlyConfigured(
            f"{path}: say default = a text and [state] with a text for each state, each of at most 300 characters."
        )
    return {"default": default, "state": {name.strip().casefold(): text for name, text in state.items()}}
