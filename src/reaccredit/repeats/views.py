from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reaccredit.facilities.queries import roles_at
from reaccredit.people.requests import SignedIn
from reaccredit.repeats import queries


@require_safe
def repeat(request: SignedIn, pk: int) -> HttpResponse:
    """What a repeat needs, with ticks: who does what, what is checked at upload, and by when."""
    now = timezone.now()
    status = queries.status(queries.get(request.user, pk, now), now)
    ours = roles_at(status.repeat.case_file.facility, request.user, timezone.localdate(now))
    yours = bool(ours) and status.decision.holder == "facility"
    return render(request, "repeats/repeat.html", {"status": status, "repeat": status.repeat, "yours": yours})
