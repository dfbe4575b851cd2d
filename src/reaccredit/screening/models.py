"""A refused document that somebody contests. Of the document there is its SHA-256, and of each finding its box, until it is decided."""

from __future__ import annotations

from django.db import models

from reaccredit.applications.models import CaseFile
from reaccredit.people.models import Person


class Contest(models.Model):
    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="contests")
    artefact = models.CharField(max_length=40)  # a word of the artefacts' table
    sha256 = models.CharField(max_length=64, db_index=True)
    reason = models.TextField()
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)  # nobody decided in time: its pictures are gone

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case_file", "sha256"],
                condition=models.Q(decided_at__isnull=True, lapsed_at__isnull=True),
                name="contest_one_open_per_document",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, decided_by__isnull=True)
                | models.Q(decided_at__isnull=False, decided_by__isnull=False),
                name="contest_decided_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"contest {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.decided_at is None and self.lapsed_at is None


class Contested(models.Model):
    """One finding. `picture` and `shape` are there while it waits; a decision takes both away."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="findings")
    number = models.PositiveSmallIntegerField()
    spot = models.CharField(max_length=300)  # the place and the kind, by which the same finding is known again
    kind = models.CharField(max_length=20)
    place = models.CharField(max_length=200)
    line = models.PositiveIntegerField()
    picture = models.BinaryField(null=True, blank=True)
    shape = models.CharField(max_length=80, blank=True)
    released = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["contest", "number"], name="contested_numbered")]

    def __str__(self) -> str:
        return f"contest {self.contest_id}, finding {self.number}"
