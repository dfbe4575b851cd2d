"""What the lists of staff are narrowed by beside the rows that it is read from says the same as those rows, whatever was done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Exists, F, OuterRef

from reaccredit.packages import actions as packages
from reaccredit.packages.models import Package
from reaccredit.people import actions as people
from reaccredit.people.models import Role
from reaccredit.reports import actions, queries, taking_back
from reaccredit.reports.models import FinalReport
from reaccredit.reviews import queries as reviews
from reaccredit.reviews.models import Round, RoundKind
from tests.packages.world import SINCE
from tests.reviews.world import HEAD, World

HOUR = timedelta(hours=1)


def kept(world: World) -> tuple[int, int]:
    """How many packages wait for their review, and how many reviews for their report."""
    opened = Round.objects.filter(package=OuterRef("pk"), submitted_at=OuterRef("submitted_at"), kind=RoundKind.REVIEW)
    unread = Package.objects.filter(~Exists(opened), submitted_at__isnull=False)
    counts = FinalReport.objects.filter(round=OuterRef("pk"), taken_back_at__isnull=True)
    done = Round.objects.filter(kind=RoundKind.REVIEW, completed_at__isnull=False)
    unreported = done.filter(~Exists(counts), package__submitted_at=F("submitted_at"))
    today = datetime.now(UTC).date()
    assert set(reviews.waiting(world.staff, today)) == set(unread)
    assert set(queries.waiting(world.staff, today)) == set(unreported)
    current = Round.objects.filter(kind=RoundKind.REVIEW, package__submitted_at=F("submitted_at"))
    assert set(reviews.listed(world.staff, today)) == set(current)
    for report in FinalReport.objects.select_related("fact"):
        assert report.is_pass == (report.fact.kind == "report.passed")
        assert (report.viewed_at is None) == (not report.viewings.exists())
    return unread.count(), unreported.count()


def test_after_each_step_the_lists_hold_what_the_rows_say(world: World) -> None:
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(days=5)
    second = people.register(email="second@demo.example", name="Sue Second", password="correct horse battery", now=now)
    people.appoint(person=second, role=Role.STAFF, since=SINCE)
    package = world.submitted(now)
    assert kept(world) == (1, 0)
    world.given_out(world.round(package, now), now)
    assert kept(world) == (0, 0)
    package.refresh_from_db()
    packages.return_(package=package, comment="A series is missing", actor=world.staff, now=now + HOUR)
    assert kept(world) == (0, 0)
    package = packages.submit(package=package, actor=world.admin, now=now + 2 * HOUR)
    assert kept(world) == (1, 0)
    done = world.read(world.given_out(world.round(package, now + 3 * HOUR), now + 3 * HOUR), {HEAD: ""}, now + 4 * HOUR)
    assert kept(world) == (0, 1)
    report = actions.issue(round=done, actor=world.staff, now=now + 5 * HOUR)
    assert kept(world) == (0, 0)
    actions.view(report=report, person=world.admin, now=now + 6 * HOUR)
    taking_back.ask(report=report, reason="It was wrong.", actor=world.staff, now=now + 7 * HOUR)
    assert kept(world) == (0, 0)
    taking_back.agree(report=report, reason="It was wrong.", actor=second, now=now + 7 * HOUR)
    assert kept(world) == (0, 1)
    actions.issue(round=Round.objects.get(pk=done.pk), actor=world.staff, now=now + 8 * HOUR)
    assert kept(world) == (0, 0)
