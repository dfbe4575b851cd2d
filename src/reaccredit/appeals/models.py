"""An appeal: its letters, what supports it, and the arbitrator's word on each area. Where it stands is asked of the policy."""

from __future__ import annotations

from django.db import models
from django.db.models.lookups import IsNull

from reaccredit.applications.models import Area, CaseFile
from reaccredit.documents.models import Document
from reaccredit.packages.models import Package, both_or_neither
from reaccredit.people.models import Person, Signature
from reaccredit.reports.models import FinalReport

# What waits for the programme, then what waits for the facility, then what was decided; on every database.
IN_ORDER = (
    IsNull(models.F("decided_at"), False), "decided_at", IsNull(models.F("received_at"), True), "received_at",
    models.F("opened_at").desc(), "id",
)  # fmt: skip


class Appeal(models.Model):
    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="appeals")
    report = models.OneToOneField(FinalReport, on_delete=models.PROTECT, related_name="appeal")
    areas = models.ManyToManyField(Area, related_name="appeals")
    medium = models.CharField(max_length=10)  # that of the submission: an appeal goes the same way
    additional_images = models.BooleanField(default=False)
    package = models.OneToOneField(Package, on_delete=models.PROTECT, null=True, blank=True, related_name="appeal")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)  # everything required is in
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        indexes = [models.Index(*IN_ORDER, name="appeal_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True) | models.Q(received_at__isnull=False),
                name="appeal_decided_only_when_complete",
            )
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk} of {self.case_file}"


class Letter(models.Model):
    """The letter for the clinical or the phantom areas. Text until it is signed here, or a signed paper that was handed in."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=20, choices=Area.Kind.choices)
    text = models.TextField(blank=True)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)  # signed: the moment from which it counts as received

    class Meta:
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "kind"], name="appeal_letter_one_a_kind"),
            models.CheckConstraint(
                condition=models.Q(document__isnull=True) | models.Q(signature__isnull=False),
                name="appeal_letter_paper_is_signed",
            ),
            models.CheckConstraint(
                condition=models.Q(document__isnull=False) | ~models.Q(text=""), name="appeal_letter_says_something"
            ),
            both_or_neither("signature", "received_at", "appeal_letter_received_when_signed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} letter of {self.appeal_id}"


class Support(models.Model):
    """A supporting document, such as a corrected phantom data form."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="supports")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return f"support of {self.appeal_id}"


class Arbitration(models.Model):
    """One area, one arbitrator, one determination, which is final. The database refuses whoever took part in the initial review."""

    class Outcome(models.TextChoices):
        ACCEPTABLE = "acceptable", "Acceptable"
        NOT_ACCEPTABLE = "not-acceptable", "Not acceptable"

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="arbitrations")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="arbitrations")
    arbitrator = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="arbitrations")
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    reasons = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["appeal", "area"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "area"], name="arbitration_one_an_area"),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, outcome="", reasons="")
                | (models.Q(decided_at__isnull=False) & ~models.Q(outcome="") & ~models.Q(reasons="")),
                name="arbitration_decided_with_outcome_and_reasons",
            ),
        ]

    def __str__(self) -> str:
        return f"arbitration {self.pk} of {self.appeal_id}"


class Recused(models.Model):
    """An arbitrator who gave an area back. They are not asked to judge this appeal again."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="recused")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    arbitrator = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    arbitration = models.PositiveBigIntegerField(unique=True)  # the id of what it was: the ledger names it
    reason = models.TextField()  # for staff only
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = "recused"

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.at:%Y-%m-%d}"
