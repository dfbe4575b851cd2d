"""After the story: work that its facts have started is done or let go, so that a new demo sends nobody old news."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F
from django_tasks_db.models import DBTaskResult

from reaccredit.desks.reminders import remind
from reaccredit.imaging import looks
from reaccredit.imaging.models import Look, Series
from reaccredit.ledger.actions import refresh_due
from reaccredit.ledger.models import Fact, Outbox
from reaccredit.notices.models import Notice
from reaccredit.packages.models import Item
from reaccredit.project import wiring

NEWS = timedelta(days=12)  # what is older has been read and put away
FRESH = timedelta(days=3)  # what is younger is still unread


def _looked_at(now: datetime) -> None:
    """In the story somebody has looked at every picture that was handed in. Whoever wants them searched asks on their page."""
    Look.objects.filter(looked_at__isnull=True).delete()
    handed_in = Item.objects.filter(package__submitted_at__isnull=False, collection__isnull=False)
    looks.release(series=Series.objects.filter(collection__in=handed_in.values("collection"), look=None), now=now)


def settle(now: datetime) -> None:
    for fact in Fact.objects.select_related("case").filter(recorded_at__gt=now - NEWS).order_by("recorded_at", "pk"):
        wiring.spread_at(fact, fact.recorded_at)
    refresh_due(now=now)
    remind(now=now, days=3)
    # Nobody's mail: it would have gone out on its day. What people do from here on goes out as it should.
    Notice.objects.update(mailed_at=F("created_at"))
    Notice.objects.filter(created_at__lt=now - FRESH).update(read_at=F("created_at"))
    Outbox.objects.update(done_at=now)
    DBTaskResult.objects.all().delete()
    _looked_at(now)
