"""Everybody of the demo walks through everything that their pages link to. Nothing breaks, no link leads nowhere, and nobody
meets a name that is not for them: on a page, in a file or its name, by a search, in an error, in a mail."""

from __future__ import annotations

import html
import re
from collections import deque
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client

from reaccredit.facilities.models import Personnel
from reaccredit.people.models import Person, ProgrammeRole, Role
from tests.walking.blinding import hidden_from, side_doors, told

pytestmark = pytest.mark.django_db
LINK = re.compile(rb'(?:href|src)="(/[^"#]*)')
SKIP = (
    "/static/",
    "/sign-in",
    "/demo/",
    "/styleguide",
    "/forgotten",
    "/policy/",
    "/what-are-my-options",  # public, and asked with every combination of dates: it has tests of its own
    "/help/",
    "/accessibility",
    "/certificates/directory",
)
MOST = 400


@pytest.fixture
def programme(db, settings, monkeypatch):
    settings.DEMO = True
    settings.ADOPTED = date(2021, 3, 8)
    monkeypatch.setenv("REACCREDIT_DEMO_PASSWORD", "demo-crawl-password")
    call_command("demo_data", verbosity=0)


def walk(person: Person) -> dict[str, tuple[int, str]]:
    """Every page that can be reached by links from home: address -> (status, words)."""
    client = Client()
    client.force_login(person)
    seen: dict[str, tuple[int, str]] = {}
    queue = deque(["/"])
    while queue and len(seen) < MOST:
        address = queue.popleft()
        if address in seen or address.startswith(SKIP) or address.endswith(".png"):
            continue
        answer = client.get(address, follow=True)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[address] = (answer.status_code, told(answer, body))
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            queue.extend(html.unescape(link.decode()) for link in LINK.findall(body))
    return seen


def playing(role: str) -> list[Person]:
    if role in {r.value for r in (Role.STAFF, Role.REVIEWER, Role.ARBITRATOR, Role.SURVEY_TEAM)}:
        return list(
            Person.objects.filter(pk__in=ProgrammeRole.objects.filter(role=role).values("person")).order_by("pk")
        )
    return list(Person.objects.filter(pk__in=Personnel.objects.filter(role=role).values("person")).order_by("pk"))


def at_facilities() -> list[Person]:
    others = (Role.SUPERVISING_PHYSICIAN, Role.MEDICAL_PHYSICIST, Role.TECHNOLOGIST)
    return [*playing(Role.ADMINISTRATOR), *(playing(role)[0] for role in others)]


def at_the_programme() -> list[Person]:
    return [playing(Role.STAFF)[0], playing(Role.SURVEY_TEAM)[0]]


def judging() -> list[Person]:
    return [*playing(Role.REVIEWER), *playing(Role.ARBITRATOR)]


def test_no_page_breaks_and_nobody_meets_a_name_that_is_not_for_them(programme):
    wrong: list[str] = []
    for person in dict.fromkeys([*at_facilities(), *at_the_programme(), *judging()]):
        hidden, client = hidden_from(person), Client()
        client.force_login(person)
        for address, (status, text) in walk(person).items():
            if status != 200:
                wrong.append(f"{person.name}: {address} answers {status}")
            wrong += [f"{person.name}: {address} names {name}" for name in hidden if name in text]
        if hidden:
            wrong += [f"{person.name}: {leak}" for leak in side_doors(person, client, hidden)]
    assert sorted(set(wrong)) == []
