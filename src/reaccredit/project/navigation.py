"""Who finds which rooms in the navigation. An entry shows once the page it names exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

from reaccredit.facilities.once import known
from reaccredit.facilities.queries import role_groups


@dataclass(frozen=True, slots=True)
class Entry:
    words: str
    url_name: str


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    url: str
    current: bool = False
    unread: int = 0


HOME = Entry("Home", "desks:home")

# One row for each kind of audience; a person with several kinds gets the rows one after the other, each entry once.
NAVIGATION: dict[str, tuple[Entry, ...]] = {
    "facility": (
        Entry("Units", "facilities:index"),
        Entry("Applications", "applications:index"),
        Entry("Testing packages", "packages:index"),
        Entry("My Final Reports", "reports:index"),
        Entry("Certificates", "certificates:index"),
        Entry("Invoices", "billing:index"),
    ),
    "staff": (
        Entry("Queue", "desks:queue"),
        Entry("Facilities", "facilities:index"),
        Entry("Applications", "applications:index"),
        Entry("Packages", "packages:index"),
        Entry("Reviews", "reviews:index"),
        Entry("Reports", "reports:index"),
        Entry("Appeals", "appeals:index"),
        Entry("Plans", "reinstatements:index"),
        Entry("Contested", "screening:contests"),
        Entry("Surveys", "surveys:index"),
        Entry("Certificates", "certificates:index"),
        Entry("Invoices", "billing:index"),
        Entry("Policies", "workbench:index"),
    ),
    "reviewer": (Entry("Reading list", "reviews:reading-list"), Entry("About me", "reviews:me")),
    "arbitrator": (Entry("Appeals to decide", "appeals:arbitrations"), Entry("About me", "reviews:me")),
    "survey-team": (Entry("Surveys", "surveys:index"), Entry("About me", "reviews:me")),
}
NOTICES = Entry("Notices", "notices:index")
FOR_EVERYONE = (NOTICES,)

FOOTER = (
    Entry("Accredited facilities", "certificates:directory"),
    Entry("What are my options?", "desks:what-are-my-options"),
    Entry("Policy", "desks:policy"),
    Entry("Revision history", "desks:revisions"),
    Entry("Frequent deficiencies", "desks:frequent-deficiencies"),
    Entry("Accessibility", "accessibility"),
)


def address(url_name: str) -> str | None:
    return _address(url_name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@lru_cache(maxsize=256)
def _address(url_name: str, rooms: str, prefix: str) -> str | None:
    """Looked up once for each place where the site may lie: every page has them all."""
    try:
        return reverse(url_name, rooms)
    except NoReverseMatch:
        return None


def entries_for(person: Any, path: str, on: date) -> list[Link]:
    """Only what this person may open: a way that ends at a closed door is not offered."""
    if person is None or not person.is_authenticated:
        return []
    rows = (NAVIGATION.get(group, ()) for group in role_groups(person, on))
    theirs = [entry for row in rows for entry in row]
    # Whoever is staff alone is led from home to the queue: one way to it is enough, and the others fit into one line.
    home = () if [*theirs] == [*NAVIGATION["staff"]] else (HOME,)
    entries = [*home, *theirs, *FOR_EVERYONE]
    found: dict[str, str] = {}
    for entry in entries:
        url = address(entry.url_name)
        if url and url not in found:
            found[url] = entry.words
    here = max((url for url in found if path.startswith(url) and url != "/"), key=len, default=path)
    waiting = {address(NOTICES.url_name): known(person, on).unread}
    return [Link(words, url, url == here, waiting.get(url, 0)) for url, words in found.items()]


def footer_entries() -> list[Link]:
    return [Link(entry.words, url) for entry in FOOTER if (url := address(entry.url_name))]
