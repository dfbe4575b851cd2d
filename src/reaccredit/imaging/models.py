"""Images that were received: which collection, which study and series, which bytes. No name, number or birth date of a
patient is a column.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import models


@dataclass(frozen=True)
class Count:
    """How much a collection holds, up to the image with this number."""

    files: int = 0
    size: int = 0
    last: int = 0


class Collection(models.Model):
    """A bag of images that belong together for whoever holds it: one exam of a testing package, the extra images of an
    appeal.
    """

    counted: Count | None = None  # what `holdings.count` found last, for as long as this object lives

    purpose = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"collection {self.pk}"


class Sending(models.Model):
    """What somebody who sends has announced: so many files. One that has not ended can be gone on with."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="sendings")
    key = models.UUIDField(unique=True)
    files = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["begun_at", "pk"]

    def __str__(self) -> str:
        return f"sending {self.pk}"


class Disk(models.Model):
    """A disk's table of contents (DICOMDIR) that came with the images: what it lists has to be here, study by study."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="disks")
    sha256 = models.CharField(max_length=64)
    listed = models.JSONField()  # study: the identifiers of its images
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collection", "sha256"], name="imaging_disk_once_per_collection")
        ]

    def __str__(self) -> str:
        return f"disk {self.pk}"


class Series(models.Model):
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="series")
    study_uid = models.CharField(max_length=64, db_index=True)
    series_uid = models.CharField(max_length=64)
    modality = models.CharField(max_length=16)
    number = models.IntegerField(null=True, blank=True)
    description = models.CharField(max_length=64, blank=True)
    study_date = models.DateField(null=True, blank=True)
    acquired_on = models.DateField(null=True, blank=True)
    station = models.CharField(max_length=64, blank=True)
    serial = models.CharField(max_length=64, blank=True)
    manufacturer = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=64, blank=True)
    # Keyed hashes (identity.py); empty: the header identifies nobody.
    patient_hash = models.CharField(max_length=64, blank=True, db_index=True)
    person_hash = models.CharField(max_length=64, blank=True, db_index=True)
    rows = models.PositiveIntegerField()
    columns = models.PositiveIntegerField()
    slice_thickness = models.FloatField(null=True, blank=True)
    # How the pictures were made, as the first one that came says it: plane, pixel, after_injection, identified (geometry.py).
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "study_uid", "series_uid", "modality", "patient_hash"],
                name="imaging_series_once_per_collection",
            )
        ]

    def __str__(self) -> str:
        return f"series {self.pk}"


class Instance(models.Model):
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="instances")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="instances")
    sop_instance_uid = models.CharField(max_length=64, db_index=True)
    sop_class_uid = models.CharField(max_length=64)
    transfer_syntax = models.CharField(max_length=64, blank=True)
    number = models.IntegerField(null=True, blank=True)
    position = models.FloatField(null=True, blank=True)
    frames = models.PositiveIntegerField(default=1)
    sha256 = models.CharField(max_length=64, db_index=True)
    pixel_hash = models.CharField(max_length=64, blank=True, db_index=True)
    size = models.PositiveBigIntegerField()
    batch = models.UUIDField(default=uuid.uuid4, db_index=True)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60, blank=True)  # "person:7": a code, since this room knows no people

    class Meta:
        ordering = ["series", "number", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "sop_instance_uid"], name="imaging_image_once_per_collection"
            ),
            models.UniqueConstraint(fields=["collection", "sha256"], name="imaging_file_once_per_collection"),
        ]

    def __str__(self) -> str:
        return f"image {self.pk}"


class Refusal(models.Model):
    """A file that was not taken. Its own name is not kept, since it may be a patient's: the file is known by its place
    in the upload.
    """

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="refusals")
    batch = models.UUIDField(db_index=True)
    ordinal = models.PositiveIntegerField()
    ending = models.CharField(max_length=8, blank=True)
    code = models.CharField(max_length=32)
    sentence = models.CharField(max_length=400)
    clause = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["at", "ordinal", "pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "ordinal"], name="imaging_refusal_once_per_file")]

    def __str__(self) -> str:
        return f"file {self.ordinal}{self.ending}: {self.code}"


class Look(models.Model):
    """A series was searched for what names a person: in the headers, and in the pictures by reading their text. Values are not kept."""

    series = models.OneToOneField(Series, on_delete=models.CASCADE, related_name="look")
    asked_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)
    images = models.PositiveIntegerField(default=0)  # how many the series had then
    reason = models.CharField(max_length=16, blank=True)  # why not everything was read: a word of burned_in.Answer
    headers = models.JSONField(default=list)  # kind, attribute, certainty, in how many of the headers that were read
    decided_at = models.DateTimeField(null=True, blank=True)
    masked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"look at series {self.series_id}"


class Spotted(models.Model):
    """Text in a picture, as a box on it. Without an image it stands on every image of the series, without a frame on every frame."""

    class Decision(models.TextChoices):
        MASK = "mask", "Mask it"
        RELEASE = "release", "Release it"

    look = models.ForeignKey(Look, on_delete=models.CASCADE, related_name="spotted")
    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    frame = models.PositiveIntegerField(null=True, blank=True)  # from 0
    kind = models.CharField(max_length=20)  # one of the eighteen, or "text" where it names nobody
    left = models.FloatField()
    top = models.FloatField()
    right = models.FloatField()
    bottom = models.FloatField()
    certainty = models.FloatField()
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"text in a picture {self.pk}"

    @property
    def masks(self) -> bool:
        """What names a person is masked until somebody releases it; other text when somebody says so."""
        return self.decision == self.Decision.MASK or (not self.decision and self.kind != "text")


class MaskedCopy(models.Model):
    """What readers see in place of an image: another file, with boxes over the text. The original stays as it came."""

    instance = models.OneToOneField(Instance, on_delete=models.CASCADE, related_name="masked")
    sha256 = models.CharField(max_length=64, db_index=True)
    sop_instance_uid = models.CharField(max_length=64)
    transfer_syntax = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    boxes = models.JSONField()  # frame (null: every one), left, top, right, bottom
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "masked copies"

    def __str__(self) -> str:
        return f"masked copy of image {self.instance_id}"
