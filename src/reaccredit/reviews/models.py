"""Who reads which area of a package, and what each found. They know neither each other nor the facility."""

from __future__ import annotations

from django.db import models

from reaccredit.applications.models import Area, CaseFile
from reaccredit.packages.models import Package
from reaccredit.people.models import Person

FIRST_TWO = (1, 2)
THIRD = 3


class Outcome(models.TextChoices):
    """The words are those that the policy's facts use for an area."""

    ACCEPTABLE = "acceptable", "Acceptable"
    NOT_ACCEPTABLE = "not-acceptable", "Not acceptable"


def both_or_neither(first: str, second: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | models.Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        name=name,
    )


class Round(models.Model):
    """The reading of one submission of a package: of the areas that it holds, by the criteria of the day it was opened.

    A package that was returned and submitted again is read anew: what was found before was found in other images.
    """

    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="rounds")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="rounds")
    submitted_at = models.DateTimeField()  # the submission of the package that it reads
    attempt = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["package", "submitted_at"], name="round_one_per_submission")]

    def __str__(self) -> str:
        return f"{self.case_file} round {self.attempt}"

    @property
    def superseded(self) -> bool:
        """The package was returned, and perhaps submitted again, since this reading began."""
        return self.package.submitted_at != self.submitted_at


class Assignment(models.Model):
    """One area to be read by one person. What is typed before it is handed in rests in `draft`."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assignments")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="assignments")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    position = models.PositiveSmallIntegerField()  # 1 and 2 read first, 3 where they do not agree
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    draft = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, null=True, blank=True)  # noqa: DJ001 - null with submitted_at

    class Meta:
        ordering = ["area", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "area", "reviewer"], name="assignment_nobody_reads_twice"),
            models.UniqueConstraint(fields=["round", "area", "position"], name="assignment_one_per_place"),
            models.CheckConstraint(condition=models.Q(position__in=[*FIRST_TWO, THIRD]), name="assignment_place"),
            both_or_neither("submitted_at", "outcome", "assignment_submitted_with_outcome"),
        ]

    def __str__(self) -> str:
        return f"reading {self.pk}"


class Mark(models.Model):
    """What one reader found in one criterion. Where it is not acceptable, a reason of the catalogue says why."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="marks")
    criterion = models.CharField(max_length=40)
    acceptable = models.BooleanField()
    reason = models.CharField(max_length=40, blank=True)
    causes = models.JSONField(default=list, blank=True)  # possible causes: words of the catalogue
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "criterion"], name="mark_one_per_criterion"),
            models.CheckConstraint(
                condition=models.Q(acceptable=True, reason="") | (models.Q(acceptable=False) & ~models.Q(reason="")),
                name="mark_reason_where_not_acceptable",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.criterion}"


class HandedBack(models.Model):
    """A reader gave an area back unread, with a reason. Who has done so does not get the same area again."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="handed_back")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reading = models.PositiveBigIntegerField()  # the id of the assignment that it was: the ledger names it
    reason = models.TextField()  # for staff only: it may tell what the reader was not to know
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "area", "reviewer"], name="handed_back_once")]
        verbose_name_plural = "handed back"

    def __str__(self) -> str:
        return f"{self.round_id} {self.at:%Y-%m-%d}"
