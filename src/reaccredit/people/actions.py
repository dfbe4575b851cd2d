"""Accounts, roles and signatures are made here and nowhere else."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from reaccredit.people.models import Person, ProgrammeRole, Signature


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
    *, person: Person, role: str, since: date, until: date | None = None, profession: str = ""
) -> ProgrammeRole:
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
    held = ProgrammeRole.objects.filter(person=person, role=role, since__lte=until)
    return held.filter(Q(until__isnull=True) | Q(until__gt=until)).update(until=until)
