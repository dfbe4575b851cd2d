"""Calibration cases: closed readings whose answers are known, the key to each, and who was sent which.

`models` takes these in, so that they belong to the tables of the room; they name its other tables by their names only.
"""

from __future__ import annotations

from django.db import models

from reaccredit.people.models import Person, Signature
from reaccredit.reviews.columns import Outcome, both_or_neither, reason_where_not_acceptable


class Calibration(models.Model):
    """Some areas of a closed review whose report stands, to be read by people who do not know that the answers are known."""

    review = models.ForeignKey("reviews.Round", on_delete=models.PROTECT, related_name="calibrations")
    only = models.JSONField()  # codes of its areas
    because = models.TextField()  # what it is to teach or to test
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    retired_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["review"], condition=models.Q(retired_at__isnull=True), name="calibration_one_of_a_review"
            ),
            models.CheckConstraint(condition=~models.Q(because=""), name="calibration_for_a_reason"),
            both_or_neither("retired_at", "retired_by", "calibration_retired_by_someone"),
            models.CheckConstraint(
                condition=models.Q(retired_at__isnull=True) | ~models.Q(retired_because=""),
                name="calibration_retired_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"calibration {self.pk}"


class Key(models.Model):
    """One version of the known answers. It counts from the moment when a second person has approved it, and never changes then."""

    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, related_name="keys")
    version = models.PositiveSmallIntegerField()
    because = models.TextField()  # on what it rests, or why it was changed
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["calibration", "version"], name="key_version_once"),
            models.CheckConstraint(condition=~models.Q(because=""), name="key_for_a_reason"),
            both_or_neither("approved_at", "approved_by", "key_approved_by_someone"),
            both_or_neither("approved_at", "signature", "key_approved_and_signed"),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("set_by")),
                name="key_approved_by_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of the key of {self.calibration_id}"


class KeyArea(models.Model):
    """What the key determines for one area."""

    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="areas")
    area = models.ForeignKey("applications.Area", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["key", "area"], name="key_area_once")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.area_id} {self.outcome}"


class KeyMark(models.Model):
    """What the key says of one criterion, and why."""

    of = models.ForeignKey(KeyArea, on_delete=models.PROTECT, related_name="marks")
    criterion = models.CharField(max_length=40)
    acceptable = models.BooleanField()
    reason = models.CharField(max_length=40, blank=True)
    why = models.TextField(blank=True)  # the reader sees it beside their answer

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["of", "criterion"], name="key_mark_one_per_criterion"),
            reason_where_not_acceptable("key_mark_reason_where_not_acceptable"),
        ]

    def __str__(self) -> str:
        return f"{self.of_id} {self.criterion}"


class Sending(models.Model):
    """A calibration case went out: to people whom staff have chosen, or by lot, and then with everything that the lot needs."""

    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, related_name="sendings")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()  # of the sendings of this case, from 1 on
    seed = models.CharField(max_length=100, blank=True)  # blank: chosen by hand
    pool = models.JSONField(default=list, blank=True)  # who was in the draw: their ids
    rules = models.JSONField(default=dict, blank=True)  # as they stood on that day

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["calibration", "number"], name="sending_number_once")]

    def __str__(self) -> str:
        return f"sending {self.number} of {self.calibration_id}"


class Sent(models.Model):
    """One reader of a calibration case. The round is theirs alone: to them it is a reading as any other."""

    sending = models.ForeignKey(Sending, on_delete=models.PROTECT, related_name="sent")
    reader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="calibrated")
    round = models.OneToOneField("reviews.Round", on_delete=models.PROTECT, related_name="calibrates")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sending", "reader"], name="sent_once")]

    def __str__(self) -> str:
        return f"{self.sending_id} to {self.reader_id}"


class Talk(models.Model):
    """Somebody of staff is to talk to a reader, whose agreement with the keys fell below the programme's threshold."""

    reader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="talks")
    modality = models.CharField(max_length=40)
    module = models.CharField(max_length=40)
    figures = models.JSONField()  # what it was then, and the threshold
    due_since = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)  # what was agreed; for staff only

    class Meta:
        ordering = ["due_since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "modality", "module"], condition=models.Q(done_at__isnull=True), name="talk_one_open"
            ),
            both_or_neither("done_at", "done_by", "talk_done_by_someone"),
            models.CheckConstraint(condition=models.Q(done_at__isnull=True) | ~models.Q(note=""), name="talk_done_with_a_note"),
            models.CheckConstraint(
                condition=models.Q(done_by__isnull=True) | ~models.Q(done_by=models.F("reader")),
                name="talk_by_somebody_else",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"talk {self.pk}"
