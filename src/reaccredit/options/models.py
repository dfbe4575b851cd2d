"""The option form: what a facility chose after a report that was not passed, in the words that it attested."""

from __future__ import annotations

import uuid

from django.db import models

from reaccredit.ledger.models import Fact
from reaccredit.people.models import Person, Role
from reaccredit.reports.models import FinalReport


class Draft(models.Model):
    """A form that somebody has begun. Nothing typed is lost, and nothing of it counts before it is submitted."""

    report = models.ForeignKey(FinalReport, on_delete=models.CASCADE, related_name="option_drafts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="option_drafts")
    option = models.CharField(max_length=40)
    answers = models.JSONField(default=dict)
    token = models.UUIDField(default=uuid.uuid4, unique=True)  # becomes the form's: a second click finds the first
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "person", "option"], name="option_draft_one_each")]

    def __str__(self) -> str:
        return f"draft {self.report_id} {self.option}"


class OptionForm(models.Model):
    """A submitted form: never changed. `sha256` binds the attestation to everything that was chosen."""

    report = models.ForeignKey(FinalReport, on_delete=models.PROTECT, related_name="option_forms")
    option = models.CharField(max_length=40)
    areas = models.JSONField(default=list)  # codes that the option is about
    withdraw = models.JSONField(default=list, blank=True)  # codes ticked on the form: withdrawn from the process
    additional_images = models.BooleanField(default=False)
    statement = models.TextField()
    attested_name = models.CharField(max_length=120)
    attested_role = models.CharField(max_length=40, choices=Role.choices)
    sha256 = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    token = models.UUIDField(unique=True)
    fact = models.OneToOneField(Fact, on_delete=models.PROTECT, related_name="option_form")

    class Meta:
        ordering = ["submitted_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(statement=""), name="option_form_attested"),
            models.CheckConstraint(condition=~models.Q(attested_name=""), name="option_form_attested_by_name"),
            models.CheckConstraint(condition=~models.Q(sha256=""), name="option_form_hashed"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.option}"
