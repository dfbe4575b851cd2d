"""The accreditation that was granted, and until when. What is public about it is in `queries.directory`, nothing else is."""

from __future__ import annotations

from django.db import models

from reaccredit.applications.models import CaseFile


class Certificate(models.Model):
    case_file = models.OneToOneField(CaseFile, on_delete=models.PROTECT, related_name="certificate")
    number = models.CharField(max_length=24, unique=True)
    granted_at = models.DateTimeField()
    begins_on = models.DateField()
    expires_on = models.DateField()  # the last day on which it counts
    areas = models.JSONField(default=list)  # codes of the areas that it covers, as they stood when it was granted
    clauses = models.JSONField(default=list, blank=True)  # where the policy says how long it lasts

    class Meta:
        ordering = ["-granted_at", "-id"]
        indexes = [models.Index(fields=["-granted_at", "-id"], name="certificate_newest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(expires_on__gt=models.F("begins_on")), name="certificate_lasts")
        ]

    def __str__(self) -> str:
        return self.number
