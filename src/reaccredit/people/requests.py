"""What a view is given."""

from __future__ import annotations

from django.http import HttpRequest

from reaccredit.people.models import Person


class SignedIn(HttpRequest):
    """The request of a view that is not marked `login_not_required`: the middleware lets nobody else through to it."""

    user: Person
