"""What an answer tells besides its page: the name of a file, the words in it, a count, a search, an error, a mail."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import pypdfium2
from django.test import Client

from reaccredit.facilities.models import Facility, Personnel, Unit
from reaccredit.notices.models import Notice
from reaccredit.people.models import Person, ProgrammeRole, Role
from reaccredit.people.queries import code
from reaccredit.reviews.calibration_models import Calibration, Sent, Talk
from reaccredit.reviews.models import Assignment, Draw, Round, RoundKind

HEADERS = ("Content-Disposition", "Location", "Link", "ETag", "Refresh")
TEXTS = ("text/", "application/json", "application/xml", "application/problem+json")
SEARCHES = ("/reports/?q=", "/reports/?show=failed&q=", "/reviews/people/?q=")
PUBLIC = "/certificates/directory/?q="  # names facilities to everybody, and nobody who judges them
NOTHING = "zzqxj"
CHANGING = re.compile(  # from one look to the next
    r'name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"|<aside class="demo-strip".*?</aside>'
    r"|Printed [^.]* for ",  # in which minute
    re.DOTALL,
)


def told(answer: Any, body: bytes) -> str:
    """The words of a page or a file, and the headers in which a name could travel."""
    kind = answer.headers.get("Content-Type", "")
    words = body.decode(errors="ignore") if kind.startswith(TEXTS) else ""
    if kind.startswith("application/pdf"):
        words = _words_of_pdf(body)
    return html.unescape(words) + " ".join(answer.headers.get(name, "") for name in HEADERS)


def _words_of_pdf(body: bytes) -> str:
    found = pypdfium2.PdfDocument(body)
    try:
        pages = [page.get_textpage().get_text_range() for page in found]
        return " ".join([*pages, *found.get_metadata_dict().values()])
    finally:
        found.close()


# -- what is not for whom ----------------------------------------------------------------------------------------------


def of_judges() -> set[str]:
    """The names and addresses of everybody who reads or arbitrates."""
    judges = ProgrammeRole.objects.filter(role__in=[Role.REVIEWER, Role.ARBITRATOR])
    people = Person.objects.filter(pk__in=judges.values("person"))
    return {word for pair in people.values_list("name", "email") for word in pair}


def of_facilities(but: Collection[int] = ()) -> set[str]:
    """By which a facility could be known: its name, its people, the serial numbers of its units."""
    facilities = Facility.objects.exclude(pk__in=but)
    people = Person.objects.filter(pk__in=Personnel.objects.filter(facility__in=facilities).values("person"))
    own = Personnel.objects.filter(facility__in=but).values_list("person", flat=True)
    names = set(people.exclude(pk__in=own).values_list("email", flat=True))
    serials = set(Unit.objects.filter(facility__in=facilities).exclude(serial="").values_list("serial", flat=True))
    return names | serials | set(facilities.values_list("name", flat=True))


def hidden_from(person: Person) -> set[str]:
    """Tokens that must not reach this person by any way. Staff may see all; an arbitrator and a team know their case."""
    roles = set(ProgrammeRole.objects.filter(person=person).values_list("role", flat=True))
    posts = set(Personnel.objects.filter(person=person).values_list("facility", flat=True))
    if Role.STAFF in roles:
        return set()
    hidden = of_judges() - {person.name, person.email} if posts or Role.REVIEWER in roles else set()
    if not roles & {Role.ARBITRATOR, Role.SURVEY_TEAM}:
        hidden |= of_facilities(posts) - {person.email}
    return hidden


# -- side doors --------------------------------------------------------------------------------------------------------


def side_doors(person: Person, client: Client, hidden: Collection[str]) -> Iterator[str]:
    yield from _searches(client, hidden)
    yield from _errors(person, client)
    yield from _mails(person, hidden)


def _plain(client: Client, address: str, typed: str) -> tuple[int, str]:
    answer = client.get(address + typed)
    return answer.status_code, CHANGING.sub("", html.unescape(answer.text)).replace(typed, "")


def _searches(client: Client, hidden: Iterable[str]) -> Iterator[str]:
    """Whoever searches for what they must not know finds what anybody finds who types nonsense."""
    judges = sorted(set(hidden) & of_judges())[:2]
    tokens = [*judges, *sorted(set(hidden) - of_judges())[:2]]
    for address, asked in (*((one, tokens) for one in SEARCHES), (PUBLIC, judges)):
        nothing = _plain(client, address, NOTHING)
        yield from (f"{address} answers to {token}" for token in asked if _plain(client, address, token) != nothing)


def _errors(person: Person, client: Client) -> Iterator[str]:
    """Somebody else's reading is as absent as one that was never given."""
    found = Assignment.objects.exclude(reviewer=person).values_list("pk", flat=True)
    others = [*found.filter(round__kind=RoundKind.REVIEW)[:2]]
    for kind in (RoundKind.REREAD, RoundKind.CALIBRATION):
        others += found.filter(round__kind=kind)[:1]
    for page in ("", "check/", "history/", "hand-back/", "send-back/", "take-back/"):
        absent = _plain(client, f"/reviews/readings/{10**9}/{page}", "")
        for pk in others:
            if _plain(client, f"/reviews/readings/{pk}/{page}", "") != absent:
                yield f"/reviews/readings/…/{page} tells that a reading of somebody else is there"
    yield from _read_again(person, client)


def _read_again(person: Person, client: Client) -> Iterator[str]:
    """That a case is read again, or that its answers are known, is as absent as what never was: for its reader, too, until all is in."""
    again, draws = Round.objects.exclude(kind=RoundKind.REVIEW).order_by("-pk"), Draw.objects.all()
    cases, talks = Calibration.objects.all(), Talk.objects.all()
    results = Sent.objects.exclude(reader=person, round__completed_at__isnull=False)
    for begin, rows in (
        ("/reviews/rounds/", again), ("/reviews/quality/again/", draws), ("/reviews/quality/calibration/", cases),
        ("/reviews/quality/calibration/talks/", talks), ("/reviews/me/calibration/", results),
    ):  # fmt: skip
        absent = _plain(client, f"{begin}{10**9}/", "")
        for pk in rows.values_list("pk", flat=True)[:2]:
            if absent[0] != 404 or _plain(client, f"{begin}{pk}/", "") != absent:
                yield f"{begin}… tells that something is read again"


def _mails(person: Person, hidden: Iterable[str]) -> Iterator[str]:
    for notice in Notice.objects.filter(recipient=code(person)):
        words = f"{notice.subject} {notice.body} {notice.link}"
        yield from (f"the mail “{notice.subject}” names {token}" for token in hidden if token in words)
