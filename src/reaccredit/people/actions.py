"""Accounts, roles and signatures are made here and nowhere else."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from reaccredit.people.models import (
    Absence,
    Authorisation,
    Declaration,
    Employer,
    Employment,
    Person,
    Practice,
    ProgrammeRole,
    Role,
    Signature,
)

JUDGES = (Role.REVIEWER, Role.ARBITRATOR, Role.SURVEY_TEAM)


class WrongPassword(Exception):
    """The password that should have signed is not the person's."""

    def __init__(self) -> None:
        super().__init__("This is not your password. Nothing was signed; type it again.")


@transaction.atomic
def register(
    *,
    email: str,
    name: str,
    password: str | None,
    now: datetime,
    zone: str = "",
    is_demo: bool = False,
    headline: str = "",
) -> Person:
    return Person.objects.create_user(
        email, password, name=name, zone=zone, is_demo=is_demo, headline=headline, joined_at=now
    )


@transaction.atomic
def appoint(
    *, person: Person, role: str, since: date, until: date | None = None, profession: str = "", widely: bool = True
) -> ProgrammeRole:
    """Give a role of the programme. `widely`: who judges in it is authorised for everything of their profession as well.

    Otherwise they judge nothing until `authorise` says what.
    """
    if widely and role in JUDGES:
        Authorisation.objects.get_or_create(
            person=person, role=role, modality=Authorisation.EVERY, module=Authorisation.EVERY, since=since,
            defaults={"until": until, "grounds": "Appointment"},
        )  # fmt: skip
    return ProgrammeRole.objects.create(person=person, role=role, profession=profession, since=since, until=until)


@transaction.atomic
def sign(*, person: Person, password: str, role: str, meaning: str, sha256: str, now: datetime) -> Signature:
    """Sign in the system: the password again, bound to the hash of what is signed. Raises `WrongPassword`."""
    if not person.check_password(password):
        raise WrongPassword
    return Signature.objects.create(
        person=person, role=role, meaning=meaning, sha256=sha256, method="password", signed_at=now
    )


@transaction.atomic
def sign_on_paper(*, person: Person, role: str, meaning: str, sha256: str, now: datetime) -> Signature:
    """Record that a signed paper (by its hash) carries this person's signature."""
    return Signature.objects.create(
        person=person, role=role, meaning=meaning, sha256=sha256, method="paper", signed_at=now
    )


@transaction.atomic
def change_zone(*, person: Person, zone: str) -> None:
    Person.objects.filter(pk=person.pk).update(zone=zone)


@transaction.atomic
def dismiss(*, person: Person, role: str, until: date) -> int:
    """End a role of the programme: `until` is its last day. The row stays: it says who held the role before."""
    running = Q(until__isnull=True) | Q(until__gt=until)
    Authorisation.objects.filter(running, person=person, role=role, since__lte=until).update(until=until)
    held = ProgrammeRole.objects.filter(person=person, role=role, since__lte=until)
    return held.filter(Q(until__isnull=True) | Q(until__gt=until)).update(until=until)


# -- what somebody may judge, when, and what stands between them and others ----------------------------------------------


@transaction.atomic
def authorise(
    *, person: Person, role: str, modality: str, since: date, module: str = Authorisation.EVERY, until: date | None = None,
    grounds: str = "",
) -> Authorisation:  # fmt: skip
    """What was said before of the same modality and module from the same day is replaced."""
    given, _ = Authorisation.objects.update_or_create(
        person=person,
        role=role,
        modality=modality,
        module=module,
        since=since,
        defaults={"until": until, "grounds": grounds},
    )
    return given


@transaction.atomic
def withdraw_authorisation(*, authorisation: Authorisation, until: date) -> None:
    """`until` is its last day. What has been judged under it stays; what is open is the reviews' to give to others."""
    Authorisation.objects.filter(pk=authorisation.pk, since__lte=until).update(until=until)


@transaction.atomic
def practise(*, person: Person, weekly_limit: int | None = None, state: str = "", market: str = "") -> Practice:
    made, _ = Practice.objects.update_or_create(
        person=person, defaults={"weekly_limit": weekly_limit, "state": state, "market": market}
    )
    return made


@transaction.atomic
def be_away(*, person: Person, since: date, until: date | None = None, delegate: Person | None = None) -> Absence:
    return Absence.objects.create(person=person, since=since, until=until, delegate=delegate)


@transaction.atomic
def employ(*, person: Person, employer: str, since: date, until: date | None = None) -> Employment:
    at, _ = Employer.objects.get_or_create(name=employer)
    made, _ = Employment.objects.update_or_create(person=person, employer=at, since=since, defaults={"until": until})
    return made


@transaction.atomic
def ask_to_declare(*, person: Person, year: int, now: datetime) -> Declaration:
    """From now on the person is given nothing to judge in this year until they have declared."""
    asked, _ = Declaration.objects.get_or_create(person=person, year=year, defaults={"asked_at": now})
    return asked


@transaction.atomic
def declare(*, person: Person, year: int, words: str, now: datetime) -> Declaration:
    """The yearly word on conflicts of interest; the ties themselves are the reviews' to keep."""
    asked = ask_to_declare(person=person, year=year, now=now)
    asked.made_at, asked.words = now, words
    asked.save(update_fields=["made_at", "words"])
    return asked
