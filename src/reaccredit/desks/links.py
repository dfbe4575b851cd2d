"""The page that a notice leads to: a way that ends at a closed door is not offered by mail either."""

from __future__ import annotations

from django.urls import reverse

from reaccredit.applications.models import CaseFile

# Who knows a case by what they were given finds it in their own list, not on the page of the case.
LISTS = {"reviewer": "reviews:reading-list", "arbitrator": "appeals:arbitrations", "survey-team": "surveys:index"}


def page_for(audience: str, file: CaseFile) -> str:
    return reverse(LISTS[audience]) if audience in LISTS else reverse("desks:case", args=[file.case.number])
