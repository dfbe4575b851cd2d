"""A second person approves what a report says, where the programme wants it so."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reaccredit.ledger.actions import Lost
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role, Signature
from reaccredit.reports import actions, approving, compiling, content
from reaccredit.reports.models import Determination, FinalReport, Wording
from reaccredit.reviews.models import Round
from tests.packages.world import APRIL, SINCE
from tests.reviews.world import HEAD, World

PASSWORD = "correct horse battery"


def client(person: Person) -> Client:
    made = Client()
    made.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return made


@pytest.fixture
def colleague(world: World) -> Person:
    made = people.register(email="second@demo.example", name="Sue Second", password=PASSWORD, now=APRIL)
    people.appoint(person=made, role=Role.STAFF, since=SINCE)
    return made


def read(world: World, faults: dict[str, str] | None) -> Round:
    now = timezone.now()
    return world.read(world.given_out(world.round(now=now), now), faults, now)


def typed(round_: Round, words: str = "Send every series of the head exam.") -> dict[str, str]:
    return {f"area-{d.area.pk}": words for d in compiling.drafts(round_) if not d.acceptable}


def test_two_people_bring_an_adverse_report_out(world: World, colleague: Person, settings: Any) -> None:
    settings.SECOND_PERSON = "adverse"
    done = read(world, {HEAD: "protocol"})
    page, first, second = reverse("reports:issue", args=[done.pk]), client(world.staff), client(colleague)
    assert "Approve and issue" not in first.get(page).text
    assert first.post(page, typed(done) | {"write": "yes"}).status_code == 302
    alone = first.post(page, typed(done) | {"issue": "yes"})
    assert alone.status_code == 422
    assert "You wrote this wording yourself" in alone.text
    assert not FinalReport.objects.exists()
    assert world.staff.name in second.get(page).text
    for password, said in (("", "it signs your approval"), ("not it", "This is not your password")):
        refused = second.post(page, typed(done) | {"issue": "yes", "password": password})
        assert (refused.status_code, said in refused.text) == (422, True)
    assert not Signature.objects.filter(meaning=content.APPROVAL).exists()
    changed = second.post(page, typed(done, "Other words.") | {"issue": "yes", "password": PASSWORD})
    assert changed.status_code == 422
    assert "not the wording that was laid before you" in changed.text
    assert "Other words." in changed.text
    assert second.post(page, typed(done) | {"issue": "yes", "password": PASSWORD}).status_code == 302
    assert (Wording.objects.get().approved_by, FinalReport.objects.get().issued_by) == (colleague, colleague)
    shown = reverse("reports:report", args=[FinalReport.objects.get().pk])
    assert "Signed by Sue Second, programme staff" in first.get(shown).text
    assert "does not hold" not in first.get(shown).text
    Determination.objects.filter(outcome="not-acceptable").update(recommendations="All is well.")
    assert "This signature does not hold any more" in first.get(shown).text


def test_nothing_goes_out_past_the_second_person(world: World, colleague: Person, settings: Any) -> None:
    settings.SECOND_PERSON = "always"
    done = read(world, None)
    with pytest.raises(Lost, match="second person"):
        actions.issue(round=done, actor=world.staff, now=timezone.now())
    approving.write(round=done, texts={}, actor=world.staff, now=timezone.now())
    approving.approve(round=done, texts={}, password=PASSWORD, actor=colleague, now=timezone.now())
    assert actions.issue(round=done, actor=colleague, now=timezone.now()).passed


def test_the_database_holds_that_nobody_approves_their_own_words(world: World) -> None:
    done = read(world, None)
    made = approving.write(round=done, texts={}, actor=world.staff, now=APRIL)
    with pytest.raises(IntegrityError), transaction.atomic():
        Wording.objects.filter(pk=made.pk).update(approved_by=world.staff, approved_at=APRIL)


def test_without_the_rule_one_person_issues(world: World) -> None:
    done = read(world, {HEAD: "protocol"})
    page = reverse("reports:issue", args=[done.pk])
    assert client(world.staff).post(page, typed(done) | {"issue": "yes"}).status_code == 302
