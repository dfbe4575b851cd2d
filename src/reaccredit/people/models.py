"""Accounts, the programme's roles, signatures. Facility roles live in the facilities room."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=60, blank=True)  # IANA name; blank: the site's
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    headline = models.CharField(max_length=160, blank=True)  # who a demo person plays, in one line
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """Every role a person can act in. The first four are held at a facility, the others in the programme."""

    ADMINISTRATOR = "administrator", "Facility administrator"
    SUPERVISING_PHYSICIAN = "supervising-physician", "Supervising physician"
    MEDICAL_PHYSICIST = "medical-physicist", "Medical physicist"
    TECHNOLOGIST = "technologist", "Technologist"
    STAFF = "staff", "Programme staff"
    REVIEWER = "reviewer", "Reviewer"
    ARBITRATOR = "arbitrator", "Arbitrator"
    SURVEY_TEAM = "survey-team", "Survey team"


FACILITY_ROLES = (Role.ADMINISTRATOR, Role.SUPERVISING_PHYSICIAN, Role.MEDICAL_PHYSICIST, Role.TECHNOLOGIST)
PROGRAMME_ROLES = (Role.STAFF, Role.REVIEWER, Role.ARBITRATOR, Role.SURVEY_TEAM)


class ProgrammeRole(models.Model):
    """A role in the programme, from one day to another. `profession` says what a reviewer or surveyor may judge."""

    class Profession(models.TextChoices):
        RADIOLOGIST = "radiologist", "Radiologist"
        MEDICAL_PHYSICIST = "medical-physicist", "Medical physicist"
        TECHNOLOGIST = "technologist", "Technologist"
        NONE = "", "Not stated"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="programme_roles")
    role = models.CharField(max_length=40, choices=[(r.value, r.label) for r in PROGRAMME_ROLES])
    profession = models.CharField(max_length=40, choices=Profession.choices, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # last day on which it is held

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "since"], name="programme_role_once"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="programme_role_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} as {self.role}"


class Signature(models.Model):
    """A person's word on something whose SHA-256 is kept: change a byte and the signature no longer fits."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=40, choices=Role.choices)
    meaning = models.TextField()  # the sentence that was signed
    sha256 = models.CharField(max_length=64)
    method = models.CharField(max_length=20, choices=[("password", "In the system"), ("paper", "Signed paper")])
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person} {self.signed_at:%Y-%m-%d}"
