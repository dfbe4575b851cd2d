"""The corrective action plan, version by version, and the evidence that it was carried out. A version that was sent is never changed."""

from __future__ import annotations

from django.db import models
from django.db.models.lookups import IsNull

from reaccredit.applications.models import CaseFile
from reaccredit.documents.models import Document
from reaccredit.people.models import Person, Signature
from reaccredit.reports.models import Determination, FinalReport


def both_or_neither(first: str, second: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | models.Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        name=name,
    )


# What is not sent yet, then what waits longest; on every database.
IN_ORDER = (IsNull(models.F("submitted_at"), False), "submitted_at", "opened_at", "id")


class Plan(models.Model):
    """One version. A plan that comes back is followed by the next version, which keeps what was typed."""

    class Answer(models.TextChoices):
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned with comments"
        DIRECTED = "directed", "Returned with a specific action"

    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="plans")
    report = models.ForeignKey(FinalReport, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)  # of all that was sent, as it was signed
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=20, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-opened_at", "-version"]
        indexes = [
            models.Index(*IN_ORDER, name="plan_in_order"),
            models.Index(
                *IN_ORDER,
                condition=models.Q(submitted_at__isnull=False, answered_at__isnull=True),
                name="plan_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["report", "version"], name="plan_one_per_version"),
            both_or_neither("submitted_at", "submitted_by", "plan_submitted_by_someone"),
            both_or_neither("answered_at", "answered_by", "plan_answered_by_someone"),
            models.CheckConstraint(
                condition=models.Q(submitted_at__isnull=True, sha256="")
                | (models.Q(submitted_at__isnull=False) & ~models.Q(sha256="")),
                name="plan_submitted_with_hash",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answer="")
                | (models.Q(answered_at__isnull=False, submitted_at__isnull=False) & ~models.Q(answer="")),
                name="plan_answered_after_submission",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_file} plan {self.version}"


class Direction(models.Model):
    """A specific action that the programme asks for. The plan answers it with a line of its own."""

    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="directions")
    report = models.ForeignKey(FinalReport, on_delete=models.PROTECT, related_name="directions")
    text = models.TextField()
    directed_at = models.DateTimeField()
    directed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["directed_at", "id"]

    def __str__(self) -> str:
        return f"direction {self.pk}"


class PlanLine(models.Model):
    """What is done about one deficiency of one report, or about one direction of the programme."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="lines")
    determination = models.ForeignKey(
        Determination, on_delete=models.PROTECT, null=True, blank=True, related_name="plan_lines"
    )
    direction = models.ForeignKey(Direction, on_delete=models.PROTECT, null=True, blank=True, related_name="lines")
    cause = models.TextField(blank=True)
    action = models.TextField(blank=True)
    owner = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True, blank=True)
    declared = models.JSONField(default=list, blank=True)  # kinds of possible identifiers said to be nobody's
    saves = models.PositiveIntegerField(default=0)  # how often it was saved: who saves over somebody else is told
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "determination"], name="plan_line_one_per_deficiency"),
            models.UniqueConstraint(fields=["plan", "direction"], name="plan_line_one_per_direction"),
            models.CheckConstraint(
                condition=models.Q(determination__isnull=True, direction__isnull=False)
                | models.Q(determination__isnull=False, direction__isnull=True),
                name="plan_line_about_one_thing",
            ),
            both_or_neither("saved_at", "saved_by", "plan_line_saved_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} line {self.pk}"


class PlanComment(models.Model):
    """What the programme's staff said about a version, as a whole or about one line of it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="comments")
    line = models.ForeignKey(PlanLine, on_delete=models.CASCADE, null=True, blank=True, related_name="comments")
    text = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["made_at", "id"]

    def __str__(self) -> str:
        return f"comment {self.pk}"


class PlanDocument(models.Model):
    """A supporting paper of a version. The next version holds the same paper again."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="papers")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    attested = models.TextField(blank=True)  # the sentence that the uploader attested; blank: nobody was asked to
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["plan", "document"], name="plan_paper_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} paper {self.document_id}"


class PlanSignature(models.Model):
    """One signature under a version; it counts while the version still says what was signed."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="signatures")
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="plan")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.plan_id} signature {self.signature_id}"


class Evidence(models.Model):
    """That the actions of an approved plan were completed."""

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="evidence")
    opened_at = models.DateTimeField()
    attested = models.TextField(blank=True)  # the sentence that was attested on submission
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            both_or_neither("submitted_at", "submitted_by", "evidence_submitted_by_someone"),
            models.CheckConstraint(
                condition=models.Q(submitted_at__isnull=True) | ~models.Q(attested=""), name="evidence_attested"
            ),
        ]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return f"evidence for {self.plan}"


class Completion(models.Model):
    """When an action was completed, and what shows it."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="completions")
    line = models.OneToOneField(PlanLine, on_delete=models.PROTECT, related_name="completion")
    completed_on = models.DateField()
    result = models.TextField()
    declared = models.JSONField(default=list, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["line"]

    def __str__(self) -> str:
        return f"completion of {self.line_id}"


class EvidenceDocument(models.Model):
    """A paper that shows the completion of one action, or of the plan as a whole."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="papers")
    line = models.ForeignKey(PlanLine, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence_papers")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    attested = models.TextField(blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.evidence_id} paper {self.document_id}"
