"""The demo, more of it than the demo itself shows, and everybody's way through it: which pages and forms there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.test import Client
from django.utils import timezone

from reaccredit.facilities.models import Personnel
from reaccredit.people.models import Person
from reaccredit.project import demo_story
from reaccredit.workbench import actions as workbench
from tests.walking.calibrating import calibrations
from tests.walking.crawl import Found, MetForm, crawl, look, patterns, signed_in, words
from tests.walking.filling import PASSWORD, Sent, copied, right
from tests.walking.more import EVERY
from tests.walking.pages import Page, PageForm
from tests.workbench import small

WALKERS = (
    "Administrator Harbor", "Administrator Lakeside", "Administrator Mesa", "Administrator Prairie", "Physician Summit",
    "Newcomer Valley", "Staff Aspen", "Reviewer Cedar", "Reviewer Elm", "Reviewer Hazel", "Arbitrator Juniper", "Surveyor Maple",
)  # fmt: skip
# What somebody who knows the house would type where plain words are no right answer.
SPECIAL: dict[str, dict[str, str]] = {
    "facilities:register": {"state": "MA", "postcode": "02101", "phone": "617 555 0100"},
    "facilities:end-post": {},
    "people:change-password": {"old_password": PASSWORD, "new_password1": "another long password 7", "new_password2": "another long password 7"},
    "people:sign-in": {"username": "staff.aspen@example.org"},
    "people:forgotten-password": {"email": "staff.aspen@example.org"},
    "looking:marks": {"column": "3", "row": "4", "to_column": "9", "to_row": "9"},
    "workbench:begin": {"source": ""},
    "workbench:edit": {"file": ""},
}  # fmt: skip
# Forms that the story has nobody for, each with the reason.
NOT_SHOWN = {
    "appeals:complete": "only between a package that was sent from its own page and the worker's next breath",
    "options:supplemental": "the revision that the demo goes by knows no supplemental review",
    "people:new-password": "behind a link that only a mail holds; tests/people follow it",
    "intake:stow": "for machines, with a key of their own; tests/intake send to it",
    "looking:stack": "for the script of the viewer; tests/looking ask it",
    "looking:numbers": "for the script of the viewer; tests/looking ask it",
    "looking:dicom-series": "for programs that show images; tests/looking ask it, as for the others of its kind",
    "looking:dicom-instances": "as dicom-series",
    "looking:dicom-metadata": "as dicom-series",
    "looking:dicom-image-metadata": "as dicom-series",
    "looking:dicom-frame": "as dicom-series",
    "looking:dicom-frame-rendered": "as dicom-series",
    "looking:dicom-rendered": "as dicom-series",
    "packages:sending": "for the script of the sending page; tests/packages ask it",
    "packages:precheck": "a button, where programs that measure are installed; tests/reviews press it",
    "packages:precheck-picture": "a picture, where programs have measured a phantom; tests/reviews ask for it",
    "reviews:precheck-picture": "likewise",
    "reviews:rereads": "the story has drawn of every closed case already, so a second draw finds nothing; tests/reviews draw",
    "styleguide-form": "a sample of a form, which keeps nothing",
    "desks:option-dates": "a file made from what was asked in the address; tests/desks ask for it",
    "applications:latest": "leads on to the newest application",
    "styleguide": "a sample of a form, which keeps nothing",
}
TRIES = 12


@dataclass
class Site:
    found: Found
    people: dict[str, Person]
    tried: set[tuple[Any, ...]] = field(default_factory=set)

    @classmethod
    def told(cls, settings: Any) -> Site:
        """Told anew, under the revision that the demo goes by."""
        settings.DEMO, settings.ADOPTED = True, date(2021, 3, 8)
        demo_story.tell(now=timezone.now(), password=PASSWORD, situations=EVERY)
        people = {person.name: person for person in Person.objects.all()}
        drafts(people["Demo Staff Birch"])
        calibrations(people, PASSWORD, timezone.now())
        site = cls(crawl([None, *(people[f"Demo {name}"] for name in WALKERS)]), people)
        site.begin_drafts()
        return site

    def begin_drafts(self) -> None:
        """What is begun stands open afterwards: an application, a score sheet, an option form; and who signs looks at it."""
        valley = self.people["Demo Newcomer Valley"]
        house = Personnel.objects.filter(person=valley).values_list("facility", flat=True)[0]
        areas = f"/applications/new/areas/?subject=facility-{house}-US"
        exams = self.sent_from(valley, areas, "applications:new-areas")
        look(valley, areas.replace("-US", "-BUS"), self.found)
        look(valley, exams.replace("/exams/", "/areas/"), self.found)
        look(valley, self.sent_from(valley, exams, "applications:exams"), self.found)
        for name in ("reviews:reading", "reviews:propose", "options:form", "looking:marks"):
            met = next(m for m in self.found.forms[name] if m.person)
            look(met.person, self.sent_from(met.person, met.form.page, name), self.found)
        for name in ("Physician Lakeside", "Physician Mesa", "Physician Prairie"):
            for pattern in ("appeals:letter", "withdrawals:sign", "reinstatements:check"):
                for address in dict.fromkeys(page.address for page in self.found.pages[pattern]):
                    look(self.people[f"Demo {name}"], address, self.found)

    def sent_from(self, person: Person | None, page: str, pattern: str) -> str:
        """Fill the form of a page in rightly, send it, and say where it led to."""
        look(person, page, self.found)
        form = next(m.form for m in reversed(self.found.forms[pattern]) if m.form.page == page)
        known = known_form(pattern, form, person)
        assert known is not None
        answer = known.client.post(form.action, copied(known.sent))
        assert answer.status_code == 302, (pattern, page, answer.status_code)
        return str(answer.headers["Location"])

    def missed(self) -> list[str]:
        """Url patterns that take a form which nobody was seen to send."""
        told = []
        for name in sorted(set(patterns()) - self.found.forms.keys() - NOT_SHOWN.keys()):
            met = self.found.pages.get(name)
            if not met:
                told.append(f"{name}: nobody met it")
            elif signed_in(met[0].person).post(met[0].address).status_code not in {404, 405}:
                told.append(f"{name}: takes a form that nobody was seen to send")
        return told

    def forms(self) -> Iterator[tuple[str, list[MetForm]]]:
        """Forms that ask for the same things are one form: by the pattern that takes them and the names of their controls."""
        alike: dict[tuple[str, ...], list[MetForm]] = {}
        for name, listed in sorted(self.found.forms.items()):
            for met in listed if name not in NOT_SHOWN else ():
                kinds = {re.sub(r"\d+", "", f"{c.name}:{c.kind}") for c in met.form.controls.values()}
                asks = () if name in {"reviews:reading", "packages:form"} else tuple(sorted(kinds))
                alike.setdefault((name, *asks), []).append(met)
        for key, listed in alike.items():
            yield key[0], listed


def drafts(author: Person) -> None:
    """One that can be handed over, and one that waits for a second person."""
    now, day = timezone.now(), (timezone.localdate() + timedelta(days=90)).isoformat()
    for handed_over in (False, True):
        text = small.TEXT.replace("2026-04-01", day)
        draft = workbench.begin(text=text, scenarios="", begun_from="a file", actor=author, now=now)
        small.examined(draft)
        if handed_over:
            workbench.propose(draft=draft, seen=1, actor=author, now=now)


@dataclass
class Known:
    """A form with somebody who can use it: what they would rightly send, and what Django knows about its fields."""

    name: str
    person: Person | None
    form: PageForm
    fields: dict[str, forms.Field]
    sent: Sent
    status: int

    @property
    def client(self) -> Client:
        return signed_in(self.person, raise_request_exception=True)


def usable(site: Site, name: str, listed: list[MetForm]) -> Known:
    """The first of these forms, and the first person, from whom it is accepted."""
    known = None
    for met in listed[:TRIES]:
        for person in colleagues(met.person):
            now = known_form(name, met.form, person)
            if now is None:
                continue
            known = now
            if known.status in {200, 302}:
                return known
    assert known is not None, name
    return known


def colleagues(person: Person | None) -> list[Person | None]:
    if person is None:
        return [None]
    posts = Personnel.objects.filter(person=person).values("facility")
    others = Person.objects.filter(posts__facility__in=posts).exclude(pk=person.pk).distinct()
    return [person, *others]


def known_form(name: str, form: PageForm, person: Person | None) -> Known | None:
    client = signed_in(person)
    answer = client.get(form.page)
    same = [
        f
        for f in Page(form.page, words(answer)).posting()
        if f.action == form.action and f.controls.keys() == form.controls.keys()
    ]
    if not same:
        return None
    fields = fields_of(answer, same[0])
    sent = right(same[0], fields, person, SPECIAL.get(name, {}))
    with undone():
        status = client.post(form.action, copied(sent)).status_code
    return Known(name, person, same[0], fields, sent, status)


class undone:  # noqa: N801 - reads as a word
    """What is done in this block did not happen."""

    def __enter__(self) -> None:
        self._atomic = transaction.atomic()
        self._atomic.__enter__()

    def __exit__(self, *said: Any) -> None:
        transaction.set_rollback(True)
        self._atomic.__exit__(*said)


def fields_of(answer: Any, form: PageForm) -> dict[str, forms.Field]:
    """The form objects that drew the page, by the names of the controls."""
    found: dict[str, forms.Field] = {}
    for layer in answer.context or ():
        for one in layer.dicts if hasattr(layer, "dicts") else [layer]:
            for value in one.values():
                if isinstance(value, forms.BaseForm):
                    named = {value[name].html_name: value.fields[name] for name in value.fields}
                    if named.keys() & form.controls.keys():
                        found |= {key: f for key, f in named.items() if key in form.controls}
    return found
