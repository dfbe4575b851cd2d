"""What people are told: a row for the list in the site, and the mail that goes with it."""

from __future__ import annotations

from django.db import models

from reaccredit.ledger.models import Case


class Notice(models.Model):
    """One message to one person. It names the case by number only: mail travels where patients' names must not."""

    recipient = models.CharField(max_length=60)  # "person:7"
    email = models.EmailField()
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, blank=True, related_name="notices")
    key = models.CharField(max_length=160, unique=True)  # what makes it this notice and not a second one
    subject = models.CharField(max_length=160)
    body = models.TextField()
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["recipient", "read_at"], name="notice_unread"),
            models.Index(fields=["recipient", "-created_at", "-id"], name="notice_newest"),
        ]

    def __str__(self) -> str:
        return self.subject
