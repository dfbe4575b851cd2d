"""What of the images of a reading its reader sees: which series, how they hang, which picture, and which are its neighbours. No page
holds more than one large picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404

from reaccredit.applications.models import Area
from reaccredit.imaging.looks import as_readers_see
from reaccredit.imaging.models import Instance
from reaccredit.imaging.queries import images_of
from reaccredit.packages import phantoms, showing
from reaccredit.packages import queries as packages
from reaccredit.packages.models import Item, PrecheckPicture
from reaccredit.packages.phantoms import Checked
from reaccredit.packages.showing import Items, Sight
from reaccredit.reviews import hanging, queries
from reaccredit.reviews.hanging import Hung
from reaccredit.reviews.models import Assignment
from reaccredit.reviews.visibility import NotShown

FAR = 10  # images that the longer step goes


def sight(reading: Assignment, now: datetime) -> Sight:
    """Which series of the area are shown to its reader, and how."""
    return showing.sight_of([reading.round.package], reading.area, now)


def image(reading: Assignment, pk: int, seen: Sight) -> Instance:
    """An image of the area that is to be read. Raises `Http404` for any other, `NotShown` where it is not to be seen."""
    found = packages.instance_for(pk, package=reading.round.package, areas=[reading.area])
    if said := seen.why_not(found.series_id):
        raise NotShown(said, reading)
    seen.dress(found.series)
    return as_readers_see([found])[0]


def prechecks(reading: Assignment, seen: Sight) -> list[tuple[Item, list[Checked]]]:
    """What programs measured in the phantom of this area, as far as anybody has asked them."""
    if reading.area.kind != Area.Kind.PHANTOM:
        return []
    items = reading.round.package.items.filter(area=reading.area, kind=Item.Kind.PHANTOM).exclude(prechecks=None)
    found = []
    for item in items.select_related("collection", "package__case_file__case").distinct():
        checked = phantoms.page(item)
        seen.dressed([(item, [one.row for one in checked])])
        found.append((item, checked))
    return found


def precheck_picture(reading: Assignment, pk: int, seen: Sight) -> PrecheckPicture:
    """Drawn over the images as they came: none of a series that its reader sees masked, or not yet."""
    items = reading.round.package.items.filter(area=reading.area)
    found = PrecheckPicture.objects.filter(pk=pk, precheck__item__in=items).select_related("precheck").first()
    if found is None or not seen.as_sent(found.precheck.series_id):
        raise Http404("no such picture in this reading")
    return found


def series_around(instance: Instance) -> list[Instance]:
    return images_of(instance.series)


@dataclass(frozen=True, slots=True)
class Hanging:
    """Every series of a reading in the order of its protocol, what hangs as the protocol says, and what is shown at all."""

    items: Items
    open: Items
    hung: Hung | None
    sight: Sight

    @property
    def as_sent(self) -> frozenset[int]:
        """The series of which a drawing over the images as they came may be shown."""
        keys = {row.series.pk for _, rows in self.items for row in rows}
        return frozenset(pk for pk in keys if self.sight.as_sent(pk))


def hang(reading: Assignment, now: datetime) -> Hanging:
    seen = sight(reading, now)
    came = seen.dressed(queries.items_with_images(reading))
    hung = hanging.of(reading, seen.open(came))
    items = hanging.ordered(hung, came)
    return Hanging(items, seen.open(items), hung, seen)


@dataclass(frozen=True, slots=True)
class View:
    """The picture that is shown, its place in its series, and where the steps lead."""

    instance: Instance
    number: int
    of: int
    first: Instance | None
    back: Instance | None
    previous: Instance | None
    next: Instance | None
    forward: Instance | None
    last: Instance | None

    @property
    def words(self) -> str:
        series = self.instance.series
        return f"Image {self.number} of {self.of}, series {series.number or ''} {series.description}".strip()


def view(reading: Assignment, items: Items, seen: Sight, wanted: int | None) -> View | None:
    """The image asked for, else the cover of the first series; None where nothing is to be seen. `Http404` out of scope."""
    covers = [row.cover.pk for _, rows in items for row in rows]
    if wanted is None and not covers:
        return None
    try:
        chosen = image(reading, covers[0] if wanted is None else wanted, seen)
    except NotShown:  # a picture of another day: the page says by its series why it is not shown
        return view(reading, items, seen, None)
    images = series_around(chosen)
    here = [i.pk for i in images].index(chosen.pk)

    def at(place: int) -> Instance | None:
        return images[place] if 0 <= place < len(images) and place != here else None

    return View(
        chosen, here + 1, len(images), at(0), at(max(0, here - FAR)), at(here - 1), at(here + 1),
        at(min(len(images) - 1, here + FAR)), at(len(images) - 1),
    )  # fmt: skip
