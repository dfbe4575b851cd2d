"""What every page knows: the time it speaks of, the ways this person may go, and whether it is the demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from reaccredit.project.demo import demo_groups
from reaccredit.project.navigation import entries_for, footer_entries


def site(request: HttpRequest) -> dict[str, Any]:
    """`now` is one instant for the whole page, so that two deadlines on it never disagree."""
    person = getattr(request, "user", None)
    now = timezone.now()  # noqa: TID251 - a page is shown at the time it is asked for, like a view
    return {
        "product_name": "Reaccredit",
        "programme_name": settings.PROGRAMME_NAME,
        "demo": settings.DEMO,
        "demo_groups": demo_groups,  # called by the page that shows them
        "now": now,
        "navigation": SimpleLazyObject(lambda: entries_for(person, request.path, timezone.localdate(now))),
        "footer": footer_entries(),
    }
