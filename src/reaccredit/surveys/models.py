"""The scheduled on-site survey: when, by whom, at what cost, and what the team found."""

from __future__ import annotations

from django.db import models
from django.db.models.lookups import IsNull

from reaccredit.applications.models import CaseFile
from reaccredit.billing.models import Invoice
from reaccredit.documents.models import Document
from reaccredit.people.models import Person, ProgrammeRole, Signature
from reaccredit.reports.models import FinalReport

PROFESSIONS = tuple((p.value, p.label) for p in ProgrammeRole.Profession if p.value)


def both_or_neither(first: str, second: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | models.Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        name=name,
    )


# What has no date yet comes first, on every database.
IN_ORDER = (
    IsNull(models.F("completed_at"), False), "completed_at", IsNull(models.F("starts_on"), False), "starts_on", "opened_at", "id",
)  # fmt: skip


def dollars(cents: int) -> str:
    return f"${cents / 100:,.2f}"


class Survey(models.Model):
    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="surveys")
    report = models.OneToOneField(FinalReport, on_delete=models.PROTECT, related_name="survey")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    contact = models.TextField(blank=True)  # whom the team meets, and what should be ready
    base_fee = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="survey_base"
    )
    travel_fee = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="survey_travel"
    )
    scheduled_at = models.DateTimeField(null=True, blank=True)
    scheduled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        indexes = [models.Index(*IN_ORDER, "scheduled_at", name="survey_in_order")]
        constraints = [
            both_or_neither("starts_on", "ends_on", "survey_has_both_days"),
            both_or_neither("scheduled_at", "starts_on", "survey_scheduled_with_days"),
            both_or_neither("scheduled_at", "scheduled_by", "survey_scheduled_by_someone"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="survey_days_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(completed_at__isnull=True) | models.Q(scheduled_at__isnull=False),
                name="survey_completed_after_scheduling",
            ),
        ]

    def __str__(self) -> str:
        return f"survey of {self.case_file}"


class TeamMember(models.Model):
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="team")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="survey_teams")
    profession = models.CharField(max_length=40, choices=PROFESSIONS)
    named_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "person"], name="survey_member_once"),
            models.UniqueConstraint(fields=["survey", "profession"], name="survey_one_per_profession"),
        ]

    def __str__(self) -> str:
        return f"{self.person} as {self.profession}"


class TravelCost(models.Model):
    """An expense of the team. All of them together are the travel invoice."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="travel")
    what = models.CharField(max_length=160)
    cents = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=models.Q(cents__gt=0), name="survey_travel_costs_something")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.what}"

    @property
    def amount(self) -> str:
        return dollars(self.cents)


class SurveyReport(models.Model):
    """What the team found and taught. Each member signs the same words."""

    survey = models.OneToOneField(Survey, on_delete=models.CASCADE, related_name="findings")
    progress = models.TextField()
    training = models.TextField(blank=True)
    recommendations = models.TextField(blank=True)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    saves = models.PositiveIntegerField(default=0)  # who saves over somebody else is told
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(progress=""), name="survey_report_says_something")]

    def __str__(self) -> str:
        return f"report of {self.survey}"


class SurveySignature(models.Model):
    """One member's signature; it counts while the report still says what was signed."""

    report = models.ForeignKey(SurveyReport, on_delete=models.CASCADE, related_name="signatures")
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="survey_report")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.report_id} signature {self.signature_id}"
