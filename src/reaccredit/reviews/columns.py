"""What several tables of this room share."""

from __future__ import annotations

from django.db import models


class Outcome(models.TextChoices):
    """The words are those that the policy's facts use for an area."""

    ACCEPTABLE = "acceptable", "Acceptable"
    NOT_ACCEPTABLE = "not-acceptable", "Not acceptable"


def both_or_neither(first: str, second: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | models.Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        name=name,
    )


def reason_where_not_acceptable(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(acceptable=True, reason="") | (models.Q(acceptable=False) & ~models.Q(reason="")), name=name
    )
