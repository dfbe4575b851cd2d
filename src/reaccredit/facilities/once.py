"""What every page asks of its reader, in one question: who it is, posts, roles, unread notices, and which policy is published.

It is asked once while a page is only looked at. A request that may write something asks anew each time, as does whatever is no request.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db import connection
from django.http import HttpRequest

from reaccredit.ledger import publishing
from reaccredit.people.models import Person
from reaccredit.people.queries import code, known_roles

POSTS, ROLES = "facilities_personnel", "people_programmerole"
LISTS = {  # the rows of a person, each a list, as one text
    "sqlite": "(SELECT json_group_array(json_array({columns})) FROM {table} WHERE person_id = p.id)",
    "postgresql": "(SELECT CAST(json_agg(json_build_array({columns})) AS text) FROM {table} WHERE person_id = p.id)",
}


@dataclass(frozen=True, slots=True)
class Known:
    """Of one person on one day."""

    posts: dict[int, frozenset[str]]
    roles: frozenset[str]
    unread: int


@dataclass(frozen=True, slots=True)
class Held:
    """Of one person, whatever the day: facility, role, first and last day of each post; role, first and last day of each role."""

    posts: list[tuple[int, str, str, str | None]]
    roles: list[tuple[str, str, str | None]]
    unread: int

    def on(self, day: date) -> Known:
        posts: dict[int, set[str]] = {}
        for facility, role, since, until in self.posts:
            if _runs(day, since, until):
                posts.setdefault(facility, set()).add(role)
        roles = frozenset(role for role, since, until in self.roles if _runs(day, since, until))
        return Known({key: frozenset(held) for key, held in posts.items()}, roles, self.unread)


@dataclass(frozen=True, slots=True)
class Memory:
    held: dict[int, Held] = field(default_factory=dict)
    known: dict[tuple[int, date], Known] = field(default_factory=dict)


_memory: ContextVar[Memory | None] = ContextVar("memory", default=None)


@contextmanager
def looked_at() -> Iterator[None]:
    """Inside, nobody's posts and roles change: each person's are asked for once."""
    tokens = _memory.set(Memory()), known_roles.set({})
    try:
        yield
    finally:
        _memory.reset(tokens[0])
        known_roles.reset(tokens[1])


class SignedIn(BaseBackend):
    """Whoever has signed in, with all that their page is going to ask of them. Passwords are looked at by another."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None

    def get_user(self, user_id: int) -> Person | None:
        memory = _memory.get()
        if memory is None:
            return Person.objects.filter(pk=user_id, is_active=True).first()
        person, memory.held[user_id] = _asked(user_id)
        return person if person and person.is_active else None


def known(person: Person, on: date) -> Known:
    memory = _memory.get()
    if memory is None:
        return _asked(person.pk)[1].on(on)
    key = (person.pk, on)
    if key not in memory.known:
        if person.pk not in memory.held:
            memory.held[person.pk] = _asked(person.pk)[1]
        memory.known[key] = memory.held[person.pk].on(on)
        roles = known_roles.get()
        if roles is not None:
            roles[key] = memory.known[key].roles
    return memory.known[key]


def _asked(key: int) -> tuple[Person | None, Held]:
    found = next(iter(Person.objects.raw(_question(), [code(Person(pk=key)), key])), None)
    if found is None:
        return None, Held([], [], 0)
    told: Any = found
    publishing.told(told.newest_policy or publishing.NOTHING)
    return found, Held(json.loads(told.posts_held or "[]"), json.loads(told.roles_held or "[]"), told.unread_notices)


def _question() -> str:
    listed = LISTS[connection.vendor]
    posts = listed.format(columns="facility_id, role, since, until", table=POSTS)
    roles = listed.format(columns="role, since, until", table=ROLES)
    return f"""SELECT p.*, {posts} AS posts_held, {roles} AS roles_held,
        (SELECT COUNT(*) FROM notices_notice WHERE recipient = %s AND read_at IS NULL) AS unread_notices,
        ({publishing.NEWEST}) AS newest_policy
        FROM people_person p WHERE p.id = %s"""  # noqa: S608 - every word is a constant


def _runs(day: date, since: str, until: str | None) -> bool:
    """Days as a database writes them into a list."""
    return since <= day.isoformat() and (until is None or day.isoformat() <= until)
