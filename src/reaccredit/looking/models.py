"""What somebody has marked in an image while looking at it. A row is never changed: it is made, and may be taken away."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from reaccredit.imaging.models import Collection


class Annotation(models.Model):
    """A length, or a point, in one frame of one image. Bound to the image's own identifier: who takes an image out of a package and
    brings it again finds it as it was.
    """

    class Kind(models.TextChoices):
        LENGTH = "length", "Length"
        POINT = "point", "Point"

    class Side(models.TextChoices):
        """As what somebody has looked, which says who else may see it."""

        FACILITY = "facility", "The facility"
        STAFF = "staff", "The programme's staff"
        READER = "reader", "A reader"
        ARBITRATOR = "arbitrator", "The arbitrator"

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="annotations")
    sop_instance_uid = models.CharField(max_length=64, db_index=True)
    frame = models.PositiveIntegerField()  # from 1
    kind = models.CharField(max_length=10, choices=Kind.choices)
    points = models.JSONField()  # [[column, row], …]: 0, 0 is the outer corner of the first pixel
    millimetres = models.FloatField(null=True, blank=True)
    measured = models.CharField(max_length=20, blank=True)  # by what the length is known in millimetres
    words = models.CharField(max_length=200, blank=True)
    side = models.CharField(max_length=10, choices=Side.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=models.Q(frame__gte=1), name="annotation_frame_from_one")]

    def __str__(self) -> str:
        return f"annotation {self.pk}"
