"""The testing package: a list of items for the areas in play. Whether an item is done is read from what was handed in, never stored."""

from __future__ import annotations

from django.db import models

from reaccredit.applications.models import Application, Area, CaseFile
from reaccredit.documents.models import Document
from reaccredit.imaging.models import Collection, Series
from reaccredit.people.models import Person


def both_or_neither(first: str, second: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | models.Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        name=name,
    )


class Medium(models.TextChoices):
    """The words are those that the policy's facts use for a submission."""

    UPLOAD = "upload", "Upload"
    CD = "cd", "CD"
    FILM = "film", "Film"


class Package(models.Model):
    class Purpose(models.TextChoices):
        ORIGINAL = "original", "Testing package"
        REPEAT = "repeat", "Repeat package"
        REINSTATEMENT = "reinstatement", "Reinstatement package"
        APPEAL = "appeal", "Additional images for an appeal"

    case_file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="packages")
    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, null=True, blank=True, related_name="package"
    )
    attempt = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    medium = models.CharField(max_length=10, choices=Medium.choices, default=Medium.UPLOAD)
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    read_since = models.DateTimeField(null=True, blank=True)  # none: what was submitted last waits for its review

    class Meta:
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="package_newest"),
            models.Index(
                fields=["opened_at", "id"], condition=models.Q(submitted_at__isnull=True), name="package_open"
            ),
            models.Index(
                fields=["submitted_at", "id", "purpose"],
                condition=models.Q(submitted_at__isnull=False, read_since__isnull=True),
                name="package_unread",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case_file", "attempt", "purpose"], name="package_one_per_attempt"),
            both_or_neither("submitted_at", "submitted_by", "package_submitted_by_someone"),
            models.CheckConstraint(
                condition=models.Q(purpose="appeal", application__isnull=True)
                | (~models.Q(purpose="appeal") & models.Q(application__isnull=False)),
                name="package_of_an_application_or_an_appeal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_file} {self.purpose} {self.attempt}"


class Item(models.Model):
    """One line of the list. `code` names it in the contents data; a line is of one area, or of the package as a whole."""

    class Kind(models.TextChoices):
        EXAM = "exam", "Exam"
        PHANTOM = "phantom", "Phantom images"
        PROTOCOL = "protocol", "Protocol form"
        FORM = "form", "Data form"
        DOCUMENT = "document", "Document"

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="items")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=160)
    place = models.PositiveSmallIntegerField()
    collection = models.OneToOneField(Collection, on_delete=models.PROTECT, null=True, blank=True, related_name="item")

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.UniqueConstraint(fields=["package", "place"], name="item_one_per_place"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["exam", "phantom"], collection__isnull=False)
                | (~models.Q(kind__in=["exam", "phantom"]) & models.Q(collection__isnull=True)),
                name="item_images_have_a_collection",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class FormEntry(models.Model):
    """One saving of a data form. Earlier savings stay: the newest is what counts, and nobody's typing is overwritten unseen."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="entries")
    answers = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "form entries"

    def __str__(self) -> str:
        return f"{self.item_id} {self.saved_at:%Y-%m-%d}"


class Paper(models.Model):
    """The document that answers an item; a newer one takes its place."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="papers")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.item_id} {self.sent_at:%Y-%m-%d}"


class CommentOnReturn(models.Model):
    """Why staff gave a submitted package back."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="comments")
    text = models.TextField()
    returned_at = models.DateTimeField()
    returned_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "comments on return"

    def __str__(self) -> str:
        return f"{self.package_id} {self.returned_at:%Y-%m-%d}"


class MediaReceived(models.Model):
    """What came by post, as staff found it in the parcel."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="media")
    medium = models.CharField(
        max_length=10, choices=[(Medium.CD.value, Medium.CD.label), (Medium.FILM.value, Medium.FILM.label)]
    )
    pieces = models.PositiveSmallIntegerField()
    tracking = models.CharField(max_length=80, blank=True)
    contents = models.TextField(blank=True)  # what staff saw, in words; no patient is named
    items = models.ManyToManyField(Item, related_name="media")
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["received_at", "id"]
        verbose_name_plural = "media received"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(received_at__lte=models.F("recorded_at")), name="media_not_recorded_before_it_came"
            ),
            models.CheckConstraint(condition=models.Q(pieces__gte=1), name="media_at_least_one_piece"),
        ]

    def __str__(self) -> str:
        return f"{self.medium} {self.received_at:%Y-%m-%d}"


class Precheck(models.Model):
    """What one tool measured in one series of a phantom: advice, and never a determination."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="prechecks")
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="prechecks")
    tool = models.CharField(max_length=20)
    version = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()
    run_at = models.DateTimeField(null=True, blank=True)
    images = models.PositiveIntegerField(default=0)  # how many the series had then
    values = models.JSONField(default=dict)  # by measure of the criteria
    traits = models.JSONField(default=dict)  # what the headers tell of the conditions of limits
    failed = models.JSONField(default=dict)  # by measure, or "all": a sentence
    trouble = models.CharField(max_length=200, blank=True)  # why the tool gave no answer at all

    class Meta:
        ordering = ["series", "tool"]
        constraints = [models.UniqueConstraint(fields=["series", "tool"], name="precheck_one_per_tool")]

    def __str__(self) -> str:
        return f"{self.tool}, series {self.series_id}"


class PrecheckPicture(models.Model):
    """A picture of the regions that a tool looked at."""

    precheck = models.ForeignKey(Precheck, on_delete=models.CASCADE, related_name="pictures")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    png = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["precheck", "number"], name="precheck_picture_numbered")]

    def __str__(self) -> str:
        return f"picture {self.number} of {self.precheck_id}"
