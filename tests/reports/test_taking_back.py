"""Two persons take a report back; the facility sees why, nothing is removed, and the report that replaces it begins all dates anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from reaccredit.ledger import queries as ledger
from reaccredit.people import actions as people
from reaccredit.people.models import Person, Role
from reaccredit.project import wiring
from reaccredit.reports import actions, taking_back
from reaccredit.reports import pdf as printing
from reaccredit.reports.models import FinalReport, TakingBack
from tests.packages.world import APRIL, SINCE
from tests.reviews.world import CHEST, HEAD, World

DAY, WHY = timedelta(days=1), "The areas were mixed up when the report was written."


def client(person: Person) -> Client:
    made = Client()
    made.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return made


@pytest.fixture
def colleague(world: World) -> Person:
    made = people.register(email="second@demo.example", name="Sue Second", password="correct horse battery", now=APRIL)
    people.appoint(person=made, role=Role.STAFF, since=SINCE)
    return made


def page(report: FinalReport) -> str:
    return reverse("reports:take-back", args=[report.pk])


def words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(p.get_textpage().get_text_range() for p in document).split())


def lately(world: World) -> tuple[FinalReport, datetime]:
    now = datetime.now(UTC).replace(microsecond=0)
    return world.reported({HEAD: ""}, world.submitted(now - 6 * DAY), now - 5 * DAY), now


def taken(report: FinalReport, world: World, colleague: Person, now: datetime) -> FinalReport:
    taking_back.ask(report=report, reason=WHY, actor=world.staff, now=now)
    taking_back.agree(report=report, reason=WHY, actor=colleague, now=now)
    return FinalReport.objects.get(pk=report.pk)


def test_two_of_the_staff_take_a_report_back_in_sight_of_the_facility(world: World, colleague: Person) -> None:
    report, now = lately(world)
    actions.view(report=report, person=world.admin, now=now - 2 * DAY)
    case, first, second = report.case_file.case, client(world.staff), client(colleague)
    assert ledger.decision(case, now).options
    assert "is to be" not in first.get(page(report)).text
    assert first.post(page(report), {"reason": " "}).status_code == 422
    assert first.post(page(report), {"reason": WHY}).status_code == 302
    alone = first.post(page(report), {"reason": WHY, "agree": "yes"})
    assert alone.status_code == 422
    assert "You asked for it yourself" in alone.text
    assert ledger.decision(case, now).options, "the report stands until somebody else agrees"
    assert WHY in second.get(page(report)).text
    other = second.post(page(report), {"reason": "Another reason", "agree": "yes"})
    assert other.status_code == 409
    assert second.post(page(report), {"reason": WHY, "agree": "yes"}).status_code == 302
    after = ledger.decision(case, datetime.now(UTC))
    assert (after.standing.stage, after.holder, after.options, after.term) == ("reissuing", "staff", (), None)
    assert any("does not say that a final report can be taken back" in c.says for c in after.silences)
    theirs = client(world.admin)
    shown = theirs.get(reverse("reports:report", args=[report.pk])).text
    assert "This report is void" in shown
    assert WHY in shown
    assert "Taken back" in theirs.get(reverse("reports:index")).text
    assert "Final report taken back" in theirs.get(reverse("desks:case", args=[case.number])).text
    assert "This report is void" in words(theirs.get(reverse("reports:pdf", args=[report.pk])).content)
    assert second.post(page(report), {"reason": WHY}).status_code in {200, 409}
    wiring.spread_at(case.facts.get(kind="report.withdrawn"), datetime.now(UTC))


def test_the_report_that_replaces_it_begins_all_dates_anew_and_counts_no_further_deficiency(
    world: World, colleague: Person
) -> None:
    report, now = lately(world)
    actions.view(report=report, person=world.admin, now=now - 3 * DAY)
    case = report.case_file.case
    old = ledger.decision(case, now - DAY)
    gone = taken(report, world, colleague, now)
    listed = client(world.staff).get(reverse("reports:index")).text
    assert "Write the final report" in listed
    new = actions.issue(round=report.round, actor=world.staff, now=now + DAY)
    assert (new.attempt, new.edition) == (1, 2)
    waits = ledger.decision(case, now + DAY)
    assert waits.holder == "facility"
    assert {no.kind for no in waits.refused.values()} >= {"waiting"}, "it has to be viewed anew"
    actions.view(report=new, person=world.admin, now=now + 2 * DAY)
    then = ledger.decision(case, now + 4 * DAY)
    assert then.standing.count("deficiency") == 1
    assert [o.id for o in then.options] == [o.id for o in old.options]
    assert old.term
    assert then.term
    assert old.term.due
    assert then.term.due
    assert then.term.due - old.term.due == 5 * DAY
    assert printing.content(gone)["void"]
    assert printing.content(gone)["coming"]["options"] == ()
    assert printing.content(new)["void"] is None
    kinds = list(case.facts.order_by("seq").values_list("kind", flat=True))
    assert kinds.count("report.failed") == 2, "the old decision stays in the history"
    old_form = client(world.admin).get(reverse("options:choose", args=[gone.pk])).text
    assert 'name="areas"' not in old_form


def test_what_stood_before_a_repeat_still_stands_when_its_report_is_replaced(world: World, colleague: Person) -> None:
    report, now = lately(world)
    gone = taken(report, world, colleague, now)
    areas = ledger.decision(report.case_file.case, now).standing.areas
    new = actions.issue(round=gone.round, actor=world.staff, now=now + DAY)
    assert new.fact.about["areas"] == dict(areas)
    assert (areas[HEAD], areas[CHEST]) == ("not-acceptable", "acceptable")


def test_a_report_cannot_be_taken_back_once_an_option_was_chosen_or_it_was_passed(
    world: World, colleague: Person
) -> None:
    passed = world.reported()
    shown = client(world.staff).get(page(passed)).text
    assert "cannot be taken back now" in shown
    assert "the case has ended" in shown
    assert client(world.staff).post(page(passed), {"reason": WHY}).status_code == 409
    assert not TakingBack.objects.exists()
    assert client(world.admin).get(page(passed)).status_code == 404
    assert client(world.radiologists[0]).get(page(passed)).status_code == 404


def test_a_colleague_who_does_not_agree_leaves_the_report_as_it_is(world: World, colleague: Person) -> None:
    report, _ = lately(world)
    client(world.staff).post(page(report), {"reason": WHY})
    assert client(colleague).post(page(report), {"give-up": "yes"}).status_code == 302
    assert not TakingBack.objects.exists()
    assert client(colleague).post(page(report), {"reason": WHY, "agree": "yes"}).status_code == 302
    assert TakingBack.objects.get().asked_by == colleague, "what was given up has to be asked anew"


def test_the_database_holds_that_nobody_takes_a_report_back_alone(world: World) -> None:
    report, now = lately(world)
    made = taking_back.ask(report=report, reason=WHY, actor=world.staff, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        TakingBack.objects.filter(pk=made.pk).update(agreed_by=world.staff, agreed_at=now, fact=report.fact)
