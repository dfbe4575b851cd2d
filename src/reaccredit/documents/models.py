"""Papers that were received: letters, forms, plans. Bytes live in the store; the title comes from a form, never from a
file's name.
"""

from __future__ import annotations

from django.db import models


class Document(models.Model):
    sha256 = models.CharField(max_length=64, db_index=True)
    media_type = models.CharField(max_length=100)
    format = models.CharField(max_length=10)  # a word of kinds.py: "pdf", "docx", ...
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)  # what it is for, a word of the caller: "appeal-letter", "corrective-action"
    screened = models.BooleanField(default=False)
    # Kinds of possible identifiers that the uploader has looked at and declared to be nobody's: words of screening.py,
    # no text.
    declared = models.JSONField(default=list, blank=True)
    stored_at = models.DateTimeField()
    stored_by = models.CharField(max_length=60, blank=True)  # "person:7": a code, since this room knows no people

    class Meta:
        ordering = ["stored_at", "pk"]

    def __str__(self) -> str:
        return f"document {self.pk}"
