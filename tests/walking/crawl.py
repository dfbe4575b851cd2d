"""Somebody follows the links of their pages, and we note which page and which form of the site they met."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from reaccredit.people.models import Person
from tests.walking.pages import Page, PageForm

BACKEND = "django.contrib.auth.backends.ModelBackend"
DOORS = ("/", "/demo/clock/", "/styleguide/", "/profile/password/", "/healthz")
OUTSIDE = ("/sign-in/", "/forgotten-password/", "/forgotten-password/sent/", "/forgotten-password/done/", "/healthz")
# How many pages of one kind one person looks at: all of a case's own pages, a few of those that a case has many of.
MANY = 40
FEW = {
    "packages:item": 6, "packages:form": 3, "packages:series": 2, "packages:paper": 1, "packages:picture": 1,
    "packages:remove": 2, "looking:series": 2, "looking:picture": 1,
    "reviews:image": 1, "appeals:picture": 1, "appeals:series": 1, "facilities:modality": 1,
    "facilities:end-post": 3, "reports:pdf": 1, "certificates:pdf": 1, "certificates:certificate": 3, "billing:invoice": 8,
    "applications:latest": 2, "desks:policy": 3, "desks:policy-file": 2,
    "certificates:directory": 2, "reviews:reading": 9, "reinstatements:version": 2,
    "reinstatements:evidence-paper": 1, "notices:index": 2, "desks:queue": 2, "billing:index": 2, "applications:index": 2,
    "reports:index": 2, "applications:application": 15, "packages:check": 6, "reviews:round": 15, "packages:return": 3,
    "reviews:person": 5, "reviews:reader": 3, "intake:doors": 4,
    "reviews:person-add": 12, "reviews:person-end": 8, "reviews:take-back": 2, "reviews:send-back": 3,
    "reviews:history": 3, "appeals:recuse": 2, "options:choose": 8, "styleguide": 1, "notices:follow": 1, "reports:report": 30,
    "desks:receipt": 2, "desks:compare": 1, "workbench:text": 1, "workbench:scenarios": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Met:
    """A page that a person has seen."""

    person: Person | None
    address: str
    status: int
    template: str


@dataclass(frozen=True)
class MetForm:
    person: Person | None
    form: PageForm


@dataclass
class Found:
    """By the name of the url pattern."""

    pages: dict[str, list[Met]] = field(default_factory=lambda: defaultdict(list))
    forms: dict[str, list[MetForm]] = field(default_factory=lambda: defaultdict(list))


def patterns(resolver: Any = None, space: str = "") -> Iterator[str]:
    """The name of every url pattern of the site."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, f"{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern):
            yield f"{space}{one.name}"


def name_of(address: str) -> str:
    return resolve(address.split("?")[0]).view_name


def signed_in(person: Person | None, **said: Any) -> Client:
    """A client of their own. Who has signed in once stays so: a session for each of thousands of requests would take a minute."""
    client = Client(**said)
    if person is not None:
        if not hasattr(person, "session_met"):
            client.force_login(person, backend=BACKEND)
            person.session_met = client.session.session_key  # type: ignore[attr-defined]
        client.cookies[settings.SESSION_COOKIE_NAME] = person.session_met  # type: ignore[attr-defined]
    return client


def words(answer: Any) -> str:
    """The page that was answered; "" for a picture or a file."""
    return answer.content.decode() if "html" in answer.headers.get("Content-Type", "") else ""


def crawl(people: Iterable[Person | None], seeds: Iterable[str] = ()) -> Found:
    found = Found()
    for person in people:
        _walk(person, [*(DOORS if person else OUTSIDE), *seeds], found)
    return found


def look(person: Person | None, address: str, found: Found) -> Page | None:
    """One page, noted; None where it leads on to another one."""
    answer = signed_in(person).get(address)
    return None if answer.status_code in {301, 302} else _note(person, address, answer, found)


def _note(person: Person | None, address: str, answer: Any, found: Found) -> Page:
    drawn = [t.name for t in getattr(answer, "templates", []) if t.name and "/" in t.name]
    found.pages[name_of(address)].append(Met(person, address, answer.status_code, drawn[0] if drawn else ""))
    page = Page(address, words(answer))
    for form in page.posting():
        found.forms[name_of(form.action)].append(MetForm(person, form))
    return page


def _walk(person: Person | None, begin: list[str], found: Found) -> None:
    client, seen, times = signed_in(person), set[str](), Counter[str]()
    ahead = deque(begin)
    while ahead:
        address = ahead.popleft()
        if address in seen or address.startswith("/static/"):
            continue
        seen.add(address)
        name = name_of(address)
        times[name] += 1
        if times[name] > FEW.get(name, MANY):
            continue
        answer = client.get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)  # an answer that nobody reads keeps its file open
        if answer.status_code in {301, 302}:
            ahead.append(answer.headers["Location"])
            continue
        ahead.extend(_note(person, address, answer, found).links)
