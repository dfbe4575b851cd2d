"""What a view is given."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from reaccredit.people.models import Person


class SignedIn(HttpRequest):
    """The request of a view that is not marked `login_not_required`: the middleware lets nobody else through to it."""

    user: Person


def storable(typed: Any) -> Any:
    """What was typed, alone or in lists and tables, without the one character that a database cannot keep."""
    if isinstance(typed, dict):
        return {key: storable(one) for key, one in typed.items()}
    if isinstance(typed, list):
        return [storable(one) for one in typed]
    return typed.replace("\x00", "") if isinstance(typed, str) else typed
