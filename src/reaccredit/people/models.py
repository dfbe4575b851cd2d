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


# -- what a person may judge, when, and what stands between them and others ----------------------------------------------


def _order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")), name=name
    )


class Authorisation(models.Model):
    """What somebody may judge in a role, from one day to another. "*" is every modality, or every module of it."""

    EVERY = "*"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="authorisations")
    role = models.CharField(max_length=40, choices=[(r.value, r.label) for r in PROGRAMME_ROLES])
    modality = models.CharField(max_length=40, default=EVERY)
    module = models.CharField(max_length=80, default=EVERY)  # "head-neck" holds for "head-neck/adult", too
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # last day on which it holds
    grounds = models.CharField(max_length=200, blank=True)  # the training or certificate on which it rests

    class Meta:
        ordering = ["role", "modality", "module", "since"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "modality", "module", "since"], name="authorisation_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(modality="") & ~models.Q(module=""), name="authorisation_names_something"
            ),
            _order("authorisation_order"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.modality} {self.module}"


class Practice(models.Model):
    """Where somebody works, and how much they take on at a time. Without a row there is no limit."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="practice")
    weekly_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(max_length=40, blank=True)
    market = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return f"practice of {self.person_id}"


class Absence(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # last day away; blank: until further notice
    delegate = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="stands_in")

    class Meta:
        ordering = ["since"]
        constraints = [
            _order("absence_order"),
            models.CheckConstraint(
                condition=models.Q(delegate__isnull=True) | ~models.Q(delegate=models.F("person")),
                name="absence_nobody_is_their_own_delegate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} away from {self.since}"


class Employer(models.Model):
    """An organisation that people work for and that may run facilities: those are a network then."""

    name = models.CharField(max_length=160, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Employment(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="employments")
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="employments")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(fields=["person", "employer", "since"], name="employment_once"),
            _order("employment_order"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.employer_id}"


class Declaration(models.Model):
    """A person's word on their conflicts of interest for a year. Asked first; who was asked and is silent is given nothing."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="declarations")
    year = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField(blank=True)  # what the person adds in their own words

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["person", "year"], name="declaration_once_a_year"),
            models.CheckConstraint(
                condition=models.Q(made_at__isnull=True) | models.Q(made_at__gte=models.F("asked_at")),
                name="declaration_made_after_it_was_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.year}"
