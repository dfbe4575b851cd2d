"""Who reads which area of a package, and what each found. They know neither each other nor the facility."""

from __future__ import annotations

from django.db import models

from reaccredit.applications.models import Area, CaseFile
from reaccredit.facilities.models import Facility
from reaccredit.imaging.models import Instance
from reaccredit.packages.models import Package
from reaccredit.people.models import PROGRAMME_ROLES, Employer, Person
from reaccredit.reviews.calibration_models import Calibration as Calibration
from reaccredit.reviews.columns import Outcome, both_or_neither, reason_where_not_acceptable

FIRST_TWO = (1, 2)
THIRD = 3


class RoundKind(models.TextChoices):
    REVIEW = "review", "Review"
    REREAD = "re-read", "Re-read"  # of a closed case that was drawn by lot
    CALIBRATION = "calibration", "Calibration"  # of a closed case whose answers are known


class Round(models.Model):
    """The reading of one submission of a package: of the areas that it holds, by the criteria of the day it was opened.

    A package that was returned and submitted again is read anew: what was found before was found in other images.
    """

    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="rounds")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="rounds")
    kind = models.CharField(max_length=20, choices=RoundKind.choices, default=RoundKind.REVIEW)
    only = models.JSONField(default=list, blank=True)  # codes of areas; none: all that the package holds
    submitted_at = models.DateTimeField()  # the submission of the package that it reads
    attempt = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)  # when the report that counts was issued

    class Meta:
        ordering = ["-opened_at", "-id"]
        indexes = [
            # In the orders of the lists, with all that these are narrowed by.
            models.Index(
                fields=["opened_at", "id", "kind", "package", "submitted_at"],
                condition=models.Q(completed_at__isnull=True),
                name="round_running",
            ),
            models.Index(
                fields=["-completed_at", "-id", "kind", "package", "submitted_at"],
                condition=models.Q(completed_at__isnull=False),
                name="round_completed",
            ),
            models.Index(
                fields=["completed_at", "id", "kind", "package", "submitted_at"],
                condition=models.Q(completed_at__isnull=False, reported_at__isnull=True),
                name="round_unreported",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["package", "submitted_at"], condition=models.Q(kind=RoundKind.REVIEW), name="round_one_per_submission"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_file} round {self.attempt}"

    @property
    def superseded(self) -> bool:
        """The package was returned, and perhaps submitted again, since this reading began."""
        return self.package.submitted_at != self.submitted_at

    @property
    def counts(self) -> bool:
        """It leads to a determination. What is read for the sake of quality never does, and no history of a case tells of it."""
        return self.kind == RoundKind.REVIEW

    @property
    def places(self) -> tuple[int, ...]:
        """The readers that an area is given to at once."""
        return FIRST_TWO if self.counts else FIRST_TWO[:1]


class Proposal(models.Model):
    """Who should read the open places of a round, as the solver said it: with its seed, its reasons and its bound."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="proposals")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    seed = models.PositiveBigIntegerField()
    answer = (
        models.JSONField()
    )  # as `reaccredit assign solve --json` prints it; people are "person:<id>", items "<area>"
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            both_or_neither("accepted_at", "accepted_by", "proposal_accepted_by_someone"),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True) | models.Q(accepted_at__isnull=False),
                name="proposal_undone_only_when_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk} for {self.round_id}"


class Assignment(models.Model):
    """One area to be read by one person. What is typed before it is handed in rests in `draft`."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assignments")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="assignments")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    position = models.PositiveSmallIntegerField()  # 1 and 2 read first, 3 where they do not agree
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments")
    respond_by = models.DateTimeField(null=True, blank=True)  # untouched until then, it is offered on
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
        indexes = [
            models.Index(
                fields=["round"], condition=models.Q(submitted_at__isnull=True), name="assignment_outstanding"
            ),
            models.Index(fields=["reviewer"], condition=models.Q(submitted_at__isnull=True), name="assignment_in_hand"),
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
            reason_where_not_acceptable("mark_reason_where_not_acceptable"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.criterion}"


class Place(models.Model):
    """Where in an image a reader has found what a mark says."""

    mark = models.ForeignKey(Mark, on_delete=models.CASCADE, related_name="places")
    image = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="+")
    column = models.PositiveIntegerField()  # from 0 at the upper left
    row = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.image_id} {self.column}/{self.row}"


class HandedBack(models.Model):
    """An area that somebody was to read and does not: why it ended, and what they had typed."""

    class Kind(models.TextChoices):
        RECUSED = "recused", "Recused"  # a conflict, or the site was recognised: never asked again in this case
        DECLINED = "declined", "Declined"
        TIMED_OUT = "timed-out", "Not answered in time"
        TAKEN_BACK = "taken-back", "Taken back by staff"

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="handed_back")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reading = models.PositiveBigIntegerField(unique=True)  # the id of the assignment that it was: the ledger names it
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.RECUSED)
    whole_case = models.BooleanField(default=False)  # recused from every area of the case
    reason = models.TextField()  # for staff only: it may tell what the reader was not to know
    draft = models.JSONField(default=dict, blank=True)  # given back to them if they are asked again
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = "handed back"

    def __str__(self) -> str:
        return f"{self.round_id} {self.at:%Y-%m-%d}"


class Returned(models.Model):
    """A sheet that was handed in and went back to its reader to be repaired: what it said, who sent it back, and why."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="returned")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reading = models.PositiveBigIntegerField()  # the id of the assignment
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    sheet = models.JSONField()  # the answers as they were typed
    submitted_at = models.DateTimeField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = "returned"
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="returned_for_a_reason"),
            models.CheckConstraint(condition=~models.Q(by=models.F("reviewer")), name="returned_by_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.reading} {self.at:%Y-%m-%d}"


class Draft(models.Model):
    """What was typed on a score sheet at one moment. Rows are only ever added: a sheet's history outlives the reading itself."""

    class How(models.TextChoices):
        BY_ITSELF = "by-itself", "Saved by itself"
        SAVED = "saved", "Saved"
        OTHER_TAB = "other-tab", "Typed in another tab"  # kept beside what stands, and never over it
        CLOSED = "closed", "Typed when the reading was closed already"
        BROUGHT_BACK = "brought-back", "Brought back from the history"

    reading = models.PositiveBigIntegerField()  # the id of the assignment, which may be gone
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    typed = models.JSONField(default=dict)
    how = models.CharField(max_length=20, choices=How.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["reading", "person"], name="draft_of_a_reading")]

    def __str__(self) -> str:
        return f"{self.reading} {self.at:%Y-%m-%d %H:%M}"


class Draw(models.Model):
    """Which reviews of closed cases are read again: by the rules and the seed of its day, so that anybody can draw once more."""

    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    seed = models.CharField(max_length=100)
    rules = models.JSONField()  # as they stood on that day

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"draw {self.pk}"


class Lot(models.Model):
    """A completed review that was in a draw, drawn or not. It is in no second one: nobody draws until the cases please."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="lots")
    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="lot")
    again = models.OneToOneField(Round, on_delete=models.PROTECT, null=True, blank=True, related_name="drawn_by")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.round_id}"


class Tie(models.Model):
    """A declared relation of a person to a facility, to an organisation, or to another person."""

    class Kind(models.TextChoices):
        FINANCIAL = "financial", "Financial"
        EMPLOYMENT = "employment", "Employment"
        COMPETITOR = "competitor", "Competitor"
        PERSONAL = "personal", "Personal"
        BIAS = "bias", "Bias"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="ties")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)  # last day; then it looks back as the rules say
    declared_at = models.DateTimeField()

    class Meta:
        ordering = ["declared_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(facility__isnull=False, employer__isnull=True, other__isnull=True)
                | models.Q(facility__isnull=True, employer__isnull=False, other__isnull=True)
                | models.Q(facility__isnull=True, employer__isnull=True, other__isnull=False),
                name="tie_to_exactly_one",
            ),
            models.CheckConstraint(
                condition=models.Q(other__isnull=True) | ~models.Q(other=models.F("person")), name="tie_to_somebody_else"
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(since__isnull=True) | models.Q(until__gte=models.F("since")),
                name="tie_order",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} tie of {self.person_id}"


class Part(models.Model):
    """The one role in which a person had a part in a case. Written by the database itself: see `guards`."""

    case_file = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="parts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="parts")
    role = models.CharField(max_length=40, choices=[(r.value, r.label) for r in PROGRAMME_ROLES])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case_file", "person"], name="part_one_role_in_a_case")]

    def __str__(self) -> str:
        return f"{self.person_id} as {self.role} in {self.case_file_id}"
