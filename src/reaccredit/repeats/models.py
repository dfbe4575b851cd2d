"""A repeat of the areas that were not acceptable. What is owed for it, and by when, is asked of the policy."""

from __future__ import annotations

from django.db import models

from reaccredit.applications.models import Application, CaseFile
from reaccredit.people.models import Person
from reaccredit.reports.models import FinalReport


class Repeat(models.Model):
    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="repeats")
    report = models.OneToOneField(FinalReport, on_delete=models.PROTECT, related_name="repeat")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="repeat")
    areas = models.JSONField(default=list)  # codes of what is repeated
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-opened_at", "-id"]

    def __str__(self) -> str:
        return f"repeat {self.pk} of {self.case_file}"
