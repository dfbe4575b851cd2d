"""What every page asks of its reader, in one question: posts, roles, unread notices, and which policy is published.

It is asked once while a page is only looked at. A request that may write something asks anew each time, as does whatever is no request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

from django.db import connection

from reaccredit.ledger import publishing
from reaccredit.people.models import Person
from reaccredit.people.queries import code, known_roles

POST, ROLE, UNREAD, POLICY = "post", "role", "unread", "policy"
HELD = "person_id = %s AND since <= %s AND (until IS NULL OR until >= %s)"
QUESTION = f"""
SELECT '{POST}', facility_id, role FROM facilities_personnel WHERE {HELD}
UNION ALL SELECT '{ROLE}', 0, role FROM people_programmerole WHERE {HELD}
UNION ALL SELECT '{UNREAD}', COUNT(*), '' FROM notices_notice WHERE recipient = %s AND read_at IS NULL
UNION ALL SELECT '{POLICY}', 0, hash FROM ledger_publishedrevision WHERE seq = (SELECT MAX(seq) FROM ledger_publishedrevision)
"""  # noqa: S608 - every word is a constant of this file


@dataclass(frozen=True, slots=True)
class Known:
    """Of one person on one day."""

    posts: dict[int, frozenset[str]]
    roles: frozenset[str]
    unread: int


_known: ContextVar[dict[tuple[int, date], Known] | None] = ContextVar("known", default=None)


@contextmanager
def looked_at() -> Iterator[None]:
    """Inside, nobody's posts and roles change: each person's are asked for once."""
    tokens = _known.set({}), known_roles.set({})
    try:
        yield
    finally:
        _known.reset(tokens[0])
        known_roles.reset(tokens[1])


def known(person: Person, on: date) -> Known:
    memory = _known.get()
    if memory is None:
        return _asked(person, on)
    key = (person.pk, on)
    if key not in memory:
        memory[key] = _asked(person, on)
        roles = known_roles.get()
        if roles is not None:
            roles[key] = memory[key].roles
    return memory[key]


def _asked(person: Person, on: date) -> Known:
    posts: dict[int, set[str]] = {}
    roles: set[str] = set()
    unread, stamp = 0, publishing.NOTHING
    held = (person.pk, on, on)
    with connection.cursor() as cursor:
        cursor.execute(QUESTION, (*held, *held, code(person)))
        for what, number, said in cursor.fetchall():
            if what == POST:
                posts.setdefault(number, set()).add(said)
            elif what == ROLE:
                roles.add(said)
            elif what == UNREAD:
                unread = number
            else:
                stamp = said
    publishing.told(stamp)
    return Known({key: frozenset(held_there) for key, held_there in posts.items()}, frozenset(roles), unread)
