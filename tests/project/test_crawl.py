"""Everybody of the demo walks through everything that their pages link to. Nothing breaks, no link leads nowhere, and nobody
meets a name that is not for them."""

from __future__ import annotations

import html
import re
from collections import deque
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client

from reaccredit.facilities.models import Facility, Personnel
from reaccredit.people.models import Person, ProgrammeRole, Role

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
        text = body.decode(errors="ignore") if answer.headers.get("Content-Type", "").startswith("text/html") else ""
        seen[address] = (answer.status_code, html.unescape(text))
        queue.extend(html.unescape(link.decode()) for link in LINK.findall(body) if text)
    return seen


def playing(role: str) -> list[Person]:
    if role in {r.value for r in (Role.STAFF, Role.REVIEWER, Role.ARBITRATOR, Role.SURVEY_TEAM)}:
        return list(
            Person.objects.filter(pk__in=ProgrammeRole.objects.filter(role=role).values("person")).order_by("pk")
        )
    return list(Person.objects.filter(pk__in=Personnel.objects.filter(role=role).values("person")).order_by("pk"))


def blind_names() -> set[str]:
    judges = ProgrammeRole.objects.filter(role__in=[Role.REVIEWER, Role.ARBITRATOR])
    return set(Person.objects.filter(pk__in=judges.values("person")).values_list("name", flat=True))


def at_facilities() -> list[Person]:
    others = (Role.SUPERVISING_PHYSICIAN, Role.MEDICAL_PHYSICIST, Role.TECHNOLOGIST)
    return [*playing(Role.ADMINISTRATOR), *(playing(role)[0] for role in others)]


def at_the_programme() -> list[Person]:
    return [playing(Role.STAFF)[0], playing(Role.SURVEY_TEAM)[0]]


def judging() -> list[Person]:
    return [*playing(Role.REVIEWER), *playing(Role.ARBITRATOR)]


@pytest.mark.parametrize("who", [at_facilities, at_the_programme, judging])
def test_no_page_breaks_and_nobody_meets_a_name_that_is_not_for_them(programme, who):
    facilities = {f.pk: f.name for f in Facility.objects.all()}
    wrong: list[str] = []
    for person in dict.fromkeys(who()):
        posts = set(Personnel.objects.filter(person=person).values_list("facility", flat=True))
        roles = set(ProgrammeRole.objects.filter(person=person).values_list("role", flat=True))
        hidden = set() if Role.STAFF in roles else {name for pk, name in facilities.items() if pk not in posts}
        if posts:
            hidden |= blind_names()
        if Role.REVIEWER in roles:
            hidden |= blind_names() - {person.name}
        for address, (status, text) in walk(person).items():
            if status != 200:
                wrong.append(f"{person.name}: {address} answers {status}")
            if Role.ARBITRATOR in roles or Role.SURVEY_TEAM in roles:
                continue  # they are told the facility of the case that they were given
            wrong += [f"{person.name}: {address} names {name}" for name in hidden if name in text]
    assert sorted(set(wrong)) == []
