"""Who somebody is, and which roles of the programme they hold on a day."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet

from reaccredit.people.models import PROGRAMME_ROLES, Person, ProgrammeRole

# Of a request that only looks at something: whose roles were asked for already, and are not asked for again.
known_roles: ContextVar[dict[tuple[int, date], frozenset[str]] | None] = ContextVar("known_roles", default=None)


def code(person: Person) -> str:
    """The word by which the ledger names a person."""
    return f"person:{person.pk}"


def _key(text: str) -> int | None:
    kind, _, key = text.partition(":")
    return int(key) if kind == "person" and key.isdigit() else None


def person_of(text: str) -> Person | None:
    key = _key(text)
    return Person.objects.filter(pk=key).first() if key else None


def names(codes: Iterable[str]) -> dict[str, str]:
    """Names for the ledger's actor codes, in one query; codes that are no person are left out."""
    keys = {key: text for text in codes if (key := _key(text))}
    return {keys[person.pk]: person.name for person in Person.objects.filter(pk__in=keys)}


def _on(on: date) -> Q:
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


def roles_of(person: Person, on: date) -> frozenset[str]:
    """The programme roles held on this day."""
    if not person.is_authenticated or not person.is_active:
        return frozenset()
    memory = known_roles.get() or {}
    if (person.pk, on) in memory:
        return memory[person.pk, on]
    return frozenset(ProgrammeRole.objects.filter(_on(on), person=person).values_list("role", flat=True))


def holds(person: Person, role: str, on: date) -> bool:
    return role in roles_of(person, on)


def role_groups(person: Person, on: date) -> tuple[str, ...]:
    """The programme roles held on this day, in their order. Posts at a facility are the facilities room's to tell."""
    held = roles_of(person, on)
    return tuple(role.value for role in PROGRAMME_ROLES if role in held)


def with_role(role: str, on: date, profession: str | None = None) -> QuerySet[Person]:
    held = ProgrammeRole.objects.filter(_on(on), role=role)
    if profession is not None:
        held = held.filter(profession=profession)
    return Person.objects.filter(is_active=True, pk__in=held.values("person")).order_by("name")


def professions(person: Person, role: str, on: date) -> frozenset[str]:
    return frozenset(
        ProgrammeRole.objects.filter(_on(on), person=person, role=role).values_list("profession", flat=True)
    )


def demo_people() -> QuerySet[Person]:
    """Nobody, unless the demo is on. Each has a `headline`: whom they play, and where."""
    return Person.objects.filter(is_demo=True, is_active=True) if settings.DEMO else Person.objects.none()
