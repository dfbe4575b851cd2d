"""Doors for machines: who holds the key of one may send images to its package, as the person who opened it."""

from __future__ import annotations

from django.db import models

from reaccredit.imaging.models import Collection
from reaccredit.packages.models import Item, Package
from reaccredit.people.models import Person


class Door(models.Model):
    """Of the key only the hash is kept. The AE title goes over the line in clear; it is long enough not to be guessed."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="doors")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, blank=True, related_name="doors")
    name = models.CharField(max_length=80)
    key_hash = models.CharField(max_length=64, unique=True)
    ae_title = models.CharField(max_length=16, unique=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, closed_by__isnull=True)
                | models.Q(closed_at__isnull=False, closed_by__isnull=False),
                name="door_closed_by_someone",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Tray(models.Model):
    """Images that came through a door of the whole package and belong to no item yet."""

    package = models.OneToOneField(Package, on_delete=models.CASCADE, related_name="tray")
    collection = models.OneToOneField(Collection, on_delete=models.PROTECT, related_name="tray")

    def __str__(self) -> str:
        return f"tray of {self.package_id}"
