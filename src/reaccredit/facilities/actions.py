"""Facilities, units and posts are made and ended here and nowhere else."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from reaccredit.facilities.models import Facility, Personnel, Unit
from reaccredit.ledger.numbers import next_number
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role


class AlreadyThere(Exception):
    """What should be added is there already; the sentence says what and where."""


class LastAdministrator(Exception):
    """Nobody would be left to look after the facility's data."""

    def __init__(self) -> None:
        super().__init__("This is the only administrator of the facility. Enter another one first.")


@transaction.atomic
def register(
    *,
    name: str,
    city: str,
    state: str,
    street: str = "",
    postcode: str = "",
    phone: str = "",
    zone: str = "",
    number: str = "",
) -> Facility:
    return Facility.objects.create(
        number=number or next_number("F"), name=name, street=street, city=city, state=state, postcode=postcode,
        phone=phone, zone=zone,
    )  # fmt: skip


@transaction.atomic
def add_unit(
    *, facility: Facility, modality: str, name: str, manufacturer: str = "", model: str = "", serial: str = ""
) -> Unit:
    """Raises `AlreadyThere` for a second unit of the same name, or of the same maker and serial number."""
    Facility.objects.select_for_update().get(pk=facility.pk)
    if facility.units.filter(modality=modality, name__iexact=name).exists():
        raise AlreadyThere(
            f"This facility has a {modality} unit with the name “{name}” already. Give this one another name."
        )
    if serial and facility.units.filter(manufacturer__iexact=manufacturer, serial__iexact=serial).exists():
        raise AlreadyThere(
            f"A unit with the serial number {serial} is entered already. Check the number on the scanner."
        )
    return Unit.objects.create(
        facility=facility, modality=modality, name=name, manufacturer=manufacturer, model=model, serial=serial
    )


@transaction.atomic
def post(*, facility: Facility, person: Person, role: str, since: date, until: date | None = None) -> Personnel:
    """Give somebody a role at the facility. Raises `AlreadyThere` when the person holds it on one of these days."""
    Facility.objects.select_for_update().get(pk=facility.pk)
    held = Personnel.objects.filter(facility=facility, person=person, role=role)
    held = held.filter(Q(until__isnull=True) | Q(until__gte=since))
    if until is not None:
        held = held.filter(since__lte=until)
    if held.exists():
        raise AlreadyThere(f"{person.name} holds this role already in that time. End it first, or choose other days.")
    return Personnel.objects.create(facility=facility, person=person, role=role, since=since, until=until)


@transaction.atomic
def engage(*, facility: Facility, name: str, email: str, role: str, since: date, now: datetime) -> Personnel:
    """Enter somebody at the facility by email address. Who has no account gets one, without a password yet."""
    known = Person.objects.filter(email__iexact=email.strip()).first()
    person = known or people.register(email=email.strip(), name=name, password=None, now=now, zone=facility.zone)
    return post(facility=facility, person=person, role=role, since=since)


@transaction.atomic
def end_post(*, post: Personnel, until: date, now: datetime) -> Personnel:
    """`until` is the last day. The row stays: letters signed in that time still show who held the role.

    Raises `LastAdministrator` when nobody would be left who could enter another one.
    """
    facility = Facility.objects.select_for_update().get(pk=post.facility_id)
    if post.role == Role.ADMINISTRATOR:
        others = facility.personnel.filter(role=post.role, person__is_active=True).exclude(pk=post.pk)
        others = others.filter(Q(until__isnull=True) | Q(until__gt=until), since__lte=max(until, localdate(now)))
        if not others.exists():
            raise LastAdministrator
    post.until = max(until, post.since)
    post.save(update_fields=["until"])
    return post
