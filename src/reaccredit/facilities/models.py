"""Practice sites, their units, and who holds which role there from when to when."""

from __future__ import annotations

from django.db import models

from reaccredit.people.models import FACILITY_ROLES, Employer, Person


class Facility(models.Model):
    """A practice site: one geographic location where imaging is performed."""

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=160)
    street = models.CharField(max_length=160, blank=True)
    city = models.CharField(max_length=80)
    state = models.CharField(max_length=40)
    postcode = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    zone = models.CharField(max_length=60, blank=True)
    # Who runs it: the facilities of one employer are a network, and its people have a conflict with all of them.
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, null=True, blank=True, related_name="facilities")
    market = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["name", "id"], name="facility_by_name")]
        verbose_name_plural = "facilities"

    def __str__(self) -> str:
        return self.name


class Personnel(models.Model):
    """Who held which role at the facility on a date; a letter is signed by whoever holds the role on that date."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="personnel")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=40, choices=[(r.value, r.label) for r in FACILITY_ROLES])
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # last day on which it is held

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "person", "role", "since"], name="personnel_once"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")), name="personnel_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} as {self.role} at {self.facility}"


class Unit(models.Model):
    """One scanner. Facility-based modalities (ultrasound) apply without one."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="units")
    modality = models.CharField(max_length=40)  # a code of the modality catalogue
    name = models.CharField(max_length=80)
    manufacturer = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=80, blank=True)
    serial = models.CharField(max_length=80, blank=True)  # as the DICOM header gives it (0018,1000); blank: not known

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["name"], name="unit_by_name")]
        constraints = [models.UniqueConstraint(fields=["facility", "modality", "name"], name="unit_one_name")]

    def __str__(self) -> str:
        return self.name
