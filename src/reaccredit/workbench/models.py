"""Drafts of a policy: every text that was saved, what its examination found, and the way to publication by two persons."""

from __future__ import annotations

from django.db import models

from reaccredit.ledger.models import PublishedRevision
from reaccredit.people.models import Person, Signature


class Draft(models.Model):
    """A revision that is being written. Its words are in its versions; here stands what the newest of them is about."""

    programme = models.CharField(max_length=40, blank=True)  # blank while the text cannot be read
    revision = models.DateField(null=True, blank=True)
    begun_from = models.CharField(max_length=80, blank=True)  # "diagnostic 2021-03-08"
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    put_aside_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]

    def __str__(self) -> str:
        return f"{self.programme} {self.revision}" if self.programme else f"draft {self.pk}"


class Version(models.Model):
    """What was saved, kept as it was: nothing that somebody typed is lost by what somebody else types."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    scenarios = models.TextField(blank=True)
    saved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="version_one_of_a_number")]

    def __str__(self) -> str:
        return f"{self.draft_id}/{self.number}"


class Examination(models.Model):
    """What was found about one version, worked out by a task. It can be asked for again at any time."""

    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="examination")
    asked_at = models.DateTimeField()
    stamp = models.CharField(max_length=64, blank=True)  # which revisions had been published when it was asked
    doing = models.CharField(max_length=80, blank=True)  # what the task is at
    ended_at = models.DateTimeField(null=True, blank=True)
    found = models.JSONField(null=True, blank=True)
    failed = models.TextField(blank=True)  # why it could not be brought to an end

    def __str__(self) -> str:
        return f"examination of {self.version_id}"


class Proposal(models.Model):
    """A version handed over for publication by one person, and what a second person made of it."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="proposals")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="proposals")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)  # of whoever sent it back
    approver = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published = models.OneToOneField(
        PublishedRevision, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal"
    )

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft"], condition=models.Q(withdrawn_at__isnull=True), name="proposal_one_open_of_a_draft"
            ),
            models.CheckConstraint(
                condition=models.Q(approver__isnull=True) | ~models.Q(approver=models.F("author")),
                name="proposal_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    approver__isnull=True, approved_at__isnull=True, signature__isnull=True, published__isnull=True
                )
                | models.Q(
                    approver__isnull=False, approved_at__isnull=False, signature__isnull=False, published__isnull=False,
                    withdrawn_at__isnull=True,
                ),
                name="proposal_approved_whole_or_not_at_all",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"proposal of {self.version_id}"
