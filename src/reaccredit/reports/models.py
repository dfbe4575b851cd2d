"""The final report of one attempt: one determination for each area, who opened it and when, and when the images went back."""

from __future__ import annotations

from django.db import models

from reaccredit.applications.models import Area, CaseFile
from reaccredit.ledger.models import Fact
from reaccredit.packages.models import Medium
from reaccredit.people.models import Person, Signature
from reaccredit.reviews.models import Outcome, Round, both_or_neither


class FinalReport(models.Model):
    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="reports")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="reports")
    attempt = models.PositiveSmallIntegerField()
    edition = models.PositiveSmallIntegerField(default=1)  # the next one replaces a report that was taken back
    medium = models.CharField(max_length=10, choices=Medium.choices)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    fact = models.OneToOneField(Fact, on_delete=models.PROTECT, related_name="report")  # report.passed or report.failed
    # What the list is narrowed by, beside the rows that it is read from: the kind of the fact, and the first viewing.
    is_pass = models.BooleanField(null=True, blank=True)
    viewed_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    images_returned_at = models.DateTimeField(null=True, blank=True)
    images_returned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-issued_at", "-id"]
        indexes = [
            models.Index(fields=["-issued_at", "-id", "case_file"], name="report_newest"),
            models.Index(fields=["is_pass", "-issued_at", "-id"], name="report_newest_passed"),
            models.Index(
                fields=["-issued_at", "-id"],
                condition=models.Q(viewed_at__isnull=True, taken_back_at__isnull=True),
                name="report_unviewed",
            ),
            models.Index(
                fields=["-issued_at", "-id"], condition=models.Q(taken_back_at__isnull=False), name="report_taken_back"
            ),
            models.Index(
                fields=["-issued_at", "-id"],
                condition=models.Q(images_returned_at__isnull=True) & ~models.Q(medium=Medium.UPLOAD),
                name="report_images_out",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case_file", "attempt", "edition"], name="report_one_per_edition"),
            models.UniqueConstraint(
                fields=["round"], condition=models.Q(taken_back_at__isnull=True), name="report_one_that_counts"
            ),
            models.CheckConstraint(
                condition=models.Q(taken_back_at__isnull=True) | models.Q(taken_back_at__gte=models.F("issued_at")),
                name="report_taken_back_after_it",
            ),
            both_or_neither("images_returned_at", "images_returned_by", "report_images_returned_by_someone"),
            models.CheckConstraint(
                condition=models.Q(images_returned_at__isnull=True)
                | (~models.Q(medium=Medium.UPLOAD) & models.Q(images_returned_at__gte=models.F("issued_at"))),
                name="report_images_returned_after_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_file} report {self.attempt}"

    @property
    def name(self) -> str:
        return f"attempt {self.attempt}" + (f", edition {self.edition}" if self.edition > 1 else "")

    @property
    def passed(self) -> bool:
        return self.fact.kind == "report.passed" if self.is_pass is None else self.is_pass


class TakingBack(models.Model):
    """Somebody asks that a report be taken back; it counts no more once somebody else has agreed."""

    report = models.OneToOneField(FinalReport, on_delete=models.PROTECT, related_name="taking_back")
    reason = models.TextField()  # the facility reads it
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    fact = models.OneToOneField(Fact, on_delete=models.PROTECT, null=True, blank=True, related_name="taking_back")

    class Meta:
        constraints = [
            both_or_neither("agreed_by", "agreed_at", "taking_back_agreed_by_someone"),
            both_or_neither("agreed_by", "fact", "taking_back_agreed_is_a_fact"),
            models.CheckConstraint(
                condition=models.Q(agreed_by__isnull=True) | ~models.Q(agreed_by=models.F("asked_by")),
                name="taking_back_agreed_by_somebody_else",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="taking_back_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} taken back"


class Seal(models.Model):
    """A paper as it went out: its bytes are kept by their hash, signed with the programme's key."""

    class Kind(models.TextChoices):
        ISSUED = "issued", "As issued"
        VOID = "void", "Marked void"

    report = models.ForeignKey(FinalReport, on_delete=models.PROTECT, related_name="seals")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    sha256 = models.CharField(max_length=64)
    signed_by = models.CharField(max_length=300)  # the name in the certificate
    certificate = models.CharField(max_length=64)  # its SHA-256
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["sealed_at", "id"]
        constraints = [models.UniqueConstraint(fields=["report", "kind"], name="seal_one_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.kind}"


class Content(models.Model):
    """What a report said when it went out, by its hash, and the signature of whoever approved that."""

    report = models.OneToOneField(FinalReport, on_delete=models.CASCADE, related_name="content")
    sha256 = models.CharField(max_length=64)
    approval = models.OneToOneField(Signature, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.report_id} {self.sha256[:12]}"


class Wording(models.Model):
    """What somebody wants a report to say, before somebody else approves it. Writing it anew waits for a new approval."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="wording")
    texts = models.JSONField(default=dict)  # area code: recommendations
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            both_or_neither("approved_by", "approved_at", "wording_approved_by_someone"),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("written_by")),
                name="wording_approved_by_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"wording for {self.round_id}"


class Determination(models.Model):
    report = models.ForeignKey(FinalReport, on_delete=models.CASCADE, related_name="determinations")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="determinations")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    recommendations = models.TextField(blank=True)
    reasons = models.JSONField(default=list, blank=True)  # codes of the reviewers' catalogue
    causes = models.JSONField(default=list, blank=True)  # possible causes: words of the catalogue

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "area"], name="determination_one_per_area"),
            models.CheckConstraint(
                condition=models.Q(outcome="acceptable") | ~models.Q(recommendations=""),
                name="determination_recommends_where_not_acceptable",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.outcome}"


class Viewing(models.Model):
    """Somebody of the facility opened the report. Staff who look at it are not written down: their look opens no form."""

    report = models.ForeignKey(FinalReport, on_delete=models.CASCADE, related_name="viewings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.report_id} {self.at:%Y-%m-%d}"
