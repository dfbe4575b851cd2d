"""A case is its history: facts in order, each holding the hash of the one before. Facts are followed, never changed."""

from __future__ import annotations

from django.db import models
from django.db.models.lookups import IsNull


class Case(models.Model):
    """One accreditation cycle of one unit (or facility) in one modality. What it is about lives in the rooms above."""

    number = models.CharField(max_length=20, unique=True)
    programme = models.CharField(max_length=40)
    modality = models.CharField(max_length=40)
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.number


class Fact(models.Model):
    """Something that happened. `happened_at` is the world's time, `recorded_at` ours: post and CDs are entered late."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="facts")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=60)
    about = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=60)  # "person:7" or "clock": a code, so that the record outlives the account
    role = models.CharField(max_length=40, blank=True)
    clauses = models.JSONField(default=list, blank=True)
    revision = models.DateField(null=True, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["case_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="fact_one_per_place"),
            models.CheckConstraint(
                condition=models.Q(happened_at__lte=models.F("recorded_at")),
                name="fact_not_recorded_before_it_happened",
            ),
        ]
        indexes = [models.Index(fields=["kind", "happened_at"], name="fact_kind_when")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.kind}"


class Receipt(models.Model):
    """What the policy answered once this fact was recorded, so that anybody can ask again and compare bytes.

    `said` is the receipt as `policy replay-receipt` reads it; `hash` is chained to the fact's. What no policy rules has none.
    """

    fact = models.OneToOneField(Fact, on_delete=models.CASCADE, related_name="receipt")
    said = models.TextField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"receipt of {self.fact_id}"


class PublishedRevision(models.Model):
    """A revision of a policy that was published here, and not with the program. Its bytes govern; nobody changes them.

    Each row holds the hash of the one before: the newest hash says which rows there are.
    """

    seq = models.PositiveIntegerField(unique=True)
    programme = models.CharField(max_length=40)
    revision = models.DateField()
    in_force = models.DateField()
    text = models.TextField()
    scenarios = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    author = models.CharField(max_length=60)  # codes, as in a fact
    approver = models.CharField(max_length=60)
    published_at = models.DateTimeField()
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "revision"], name="published_one_of_a_date"),
            models.UniqueConstraint(fields=["programme", "in_force"], name="published_one_from_a_day"),
            models.CheckConstraint(
                condition=~models.Q(author=models.F("approver")) & ~models.Q(author="") & ~models.Q(approver=""),
                name="published_with_a_second_persons_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.revision}"


NO_DATE = IsNull(models.F("due_at"), True)


class Deadline(models.Model):
    """An index of what `decide` says, for lists and reminders. It can be rebuilt at any time and decides nothing."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="deadlines")
    subject = models.CharField(max_length=60)  # "stage" or "option.<id>"
    stage = models.CharField(max_length=40)
    holder = models.CharField(max_length=40, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    clauses = models.JSONField(default=list, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        constraints = [models.UniqueConstraint(fields=["case", "subject"], name="deadline_one_per_subject")]
        indexes = [
            models.Index(fields=["holder", "due_at"], name="deadline_whose_turn"),
            # In the order in which a queue is read, and with all that it is narrowed by: the table itself is not touched.
            models.Index("subject", NO_DATE, "due_at", "case", "holder", name="deadline_in_order"),
            models.Index("subject", "holder", NO_DATE, "due_at", "case", name="deadline_of_a_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.subject}"


class Outbox(models.Model):
    """Work that a fact has started: written with the fact, done after it, so that a crash loses nothing."""

    fact = models.OneToOneField(Fact, on_delete=models.CASCADE, related_name="outbox")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["done_at"], name="outbox_open")]

    def __str__(self) -> str:
        return f"{self.fact_id} {'done' if self.done_at else 'open'}"


class Counter(models.Model):
    """The last number given out for a prefix such as CT or INV."""

    prefix = models.CharField(max_length=10, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix} {self.last}"
