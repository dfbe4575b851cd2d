"""What a case is about (facility, unit, areas), and each application made in it: original, repeat, reinstatement."""

from __future__ import annotations

from django.db import models

from reaccredit.billing.models import Invoice
from reaccredit.facilities.models import Facility, Unit
from reaccredit.ledger.models import Case
from reaccredit.people.models import Person


class CaseFile(models.Model):
    """The subject of a case: which facility, which unit, which areas. Where it stands is computed from its history."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="file")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="case_files")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="case_files")
    modality = models.CharField(max_length=40)

    class Meta:
        ordering = ["-case__opened_at", "-id"]
        indexes = [
            models.Index(fields=["facility", "case"], name="case_file_of_a_facility"),
            models.Index(fields=["unit", "case"], name="case_file_of_a_unit"),
        ]

    def __str__(self) -> str:
        return str(self.case)


class Area(models.Model):
    """What passes or fails on its own: module x patient type (clinical), or a phantom test."""

    class Kind(models.TextChoices):
        CLINICAL = "clinical", "Clinical"
        PHANTOM = "phantom", "Phantom"

    case_file = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="areas")
    code = models.CharField(max_length=80)  # "head-neck/adult", "phantom/image-quality"
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=120)

    class Meta:
        ordering = ["kind", "id"]
        constraints = [models.UniqueConstraint(fields=["case_file", "code"], name="area_once_a_case")]

    def __str__(self) -> str:
        return self.title


class Application(models.Model):
    class Kind(models.TextChoices):
        ORIGINAL = "original", "Original application"
        REPEAT = "repeat", "Repeat application"
        REINSTATEMENT = "reinstatement", "Reinstatement application"

    case_file = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="applications")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    attempt = models.PositiveSmallIntegerField()
    exams = models.JSONField(default=dict, blank=True)  # area code -> exam type; fixed in a repeat cycle
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="application")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    returned_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)  # what staff wrote when they returned it
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["attempt"]
        indexes = [
            # In the order of the list, with all that it is narrowed by: the table itself is not touched.
            models.Index(
                fields=["-created_at", "-id", "submitted_at", "returned_at", "accepted_at", "case_file"],
                name="application_newest",
            ),
            models.Index(
                fields=["-created_at", "-id", "submitted_at", "returned_at", "invoice"],
                condition=models.Q(accepted_at__isnull=True),
                name="application_open",
            ),
            models.Index(
                fields=["submitted_at", "id"],
                condition=models.Q(submitted_at__isnull=False, accepted_at__isnull=True),
                name="application_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case_file", "attempt"], name="application_one_per_attempt"),
            models.CheckConstraint(
                condition=models.Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | models.Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="application_submitted_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="application_accepted_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_file} {self.kind} {self.attempt}"
