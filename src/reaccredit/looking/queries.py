"""Which images this person may look at: asked of the rooms that gave them out, before any page, picture or frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from reaccredit.appeals import queries as appeals
from reaccredit.appeals.models import Arbitration
from reaccredit.imaging.looks import as_readers_see
from reaccredit.imaging.models import Instance, Series
from reaccredit.imaging.queries import SeriesRow, images_of, series_list
from reaccredit.packages import queries as packages
from reaccredit.packages import showing
from reaccredit.packages.models import Item
from reaccredit.packages.showing import Sight
from reaccredit.people.models import Person
from reaccredit.reviews import queries as reviews
from reaccredit.reviews.models import Assignment
from reaccredit.reviews.visibility import Barred, NotShown


@dataclass(frozen=True, slots=True)
class Door:
    """Through which somebody came to the images: the page that leads to them, how it is called, and what was given to them, if not
    the package itself.
    """

    address: str
    words: str
    of: Assignment | Arbitration | None = None


@dataclass(frozen=True)
class Seen:
    """A series that may be looked at, the door to it, and its item."""

    series: Series
    item: Item
    door: Door
    sight: Sight = field(default_factory=Sight)  # whoever judges sees less than who has sent it

    @cached_property
    def images(self) -> list[Instance]:
        """Whoever judges them sees masked copies where there are any."""
        found = images_of(self.series)
        return list(as_readers_see(found)) if self.door.of else found

    @cached_property
    def beside(self) -> list[SeriesRow]:
        """Every series of the same item: who may see one may see them all."""
        return self.sight.dressed([(self.item, series_list([self.series.collection]))])[0][1]


def series(person: Person, pk: int, now: datetime) -> Seen:
    """Raises `Http404` for a series that is not this person's to see, `Barred` where a reading is closed to them, or its images."""
    found = Series.objects.select_related("collection").filter(pk=pk).first()
    item = (
        Item.objects.select_related("area", "package__case_file__case").filter(collection=found.collection_id).first()
        if found
        else None
    )
    if found is None or item is None:
        raise Http404("no such series for this person")
    door = _of_package(person, item, pk, now) or _of_appeal(person, item, now) or _of_reading(person, item, now)
    if door is None:
        raise Http404("no such series for this person")
    sight = showing.sight([item], now) if door.of else Sight()
    if said := sight.why_not(pk):
        raise NotShown(said)
    return Seen(sight.dress(found), item, door, sight)


def image(person: Person, pk: int, now: datetime) -> Instance:
    """One image, seen as its series is."""
    found = Instance.objects.select_related("series").filter(pk=pk).first()
    if found is None:
        raise Http404("no such image for this person")
    seen = series(person, found.series_id, now)
    return as_readers_see([found])[0] if seen.door.of else found


def _of_package(person: Person, item: Item, pk: int, now: datetime) -> Door | None:
    """The facility's own people, and the programme's staff."""
    if not packages.packages_of(person, timezone.localdate(now)).filter(pk=item.package_id).exists():
        return None
    return Door(reverse("packages:series", args=[item.package_id, item.pk, pk]), item.title)


def _of_appeal(person: Person, item: Item, now: datetime) -> Door | None:
    for one in appeals.arbitrations(person, now).filter(area=item.area_id):
        added, judged = one.appeal.package, one.appeal.report.round.package_id
        if item.package_id == judged or (added and added.submitted_at and item.package_id == added.pk):
            found = appeals.arbitration(person, one.pk, now)  # `Barred`, where something stands against it by now
            return Door(reverse("appeals:arbitration", args=[found.pk]), "The appeal", found)
    return None


def _of_reading(person: Person, item: Item, now: datetime) -> Door | None:
    """Whoever was given the area to read, as long as nothing stands against it: else the sentence that says what does."""
    given = Assignment.objects.filter(reviewer=person, area=item.area_id, round__package=item.package_id)
    closed: Barred | None = None
    for pk in given.order_by("-pk").values_list("pk", flat=True):
        try:
            found = reviews.assignment(person, pk, timezone.localdate(now))
        except Barred as barred:
            closed = closed or barred
        except Http404:  # the package has gone back meanwhile
            continue
        else:
            return Door(reverse("reviews:reading", args=[found.pk]), f"Reading {found.pk}", found)
    if closed:
        raise closed
    return None
