"""Reads of the packages, scoped to who asks: the people of the facility and the programme's staff, and nobody else.

Reviewers and arbitrators come through their assignments: the room that holds those passes the package and the areas,
and gets the images.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404

from reaccredit.applications import queries as applications
from reaccredit.applications.models import Application, Area, CaseFile
from reaccredit.imaging import queries as imaging
from reaccredit.imaging.models import Collection as Images
from reaccredit.imaging.models import Instance, Refusal, Series
from reaccredit.imaging.queries import Sent, SeriesRow
from reaccredit.ledger import queries as ledger
from reaccredit.packages.models import FormEntry, Item, MediaReceived, Package, Paper
from reaccredit.packages.ticks import Tick, progress, ticks
from reaccredit.people.models import Person
from reaccredit.policy import Decision

REFUSALS_SHOWN = 50
SUBMITTED = "SELECT submitted_at FROM packages_package WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list of packages."""

    package: Package
    due: datetime | None
    done: int
    of: int


# -- packages --------------------------------------------------------------------------


def packages_of(person: Person, on: date) -> QuerySet[Package]:
    """Theirs for the people of a facility, all for staff, none for anybody else."""
    return applications.within(Package.objects.all(), person, on).select_related(
        "case_file__case", "case_file__facility", "case_file__unit", "application"
    )


def handed_in(package: Package) -> bool:
    """Asked inside a transaction, and the package is held until its end. In plain SQL, since it is asked for every image of a PACS."""
    with connection.cursor() as cursor:
        cursor.execute(SUBMITTED + " FOR UPDATE" * connection.features.has_select_for_update, [package.pk])
        return bool(cursor.fetchone() != (None,))


def in_a_list(person: Person, on: date) -> QuerySet[Package]:
    own = ("application", "purpose", "medium", "attempt", "opened_at", "submitted_at")
    return applications.in_a_list(packages_of(person, on), *own)


def waiting_in_a_list(person: Person, on: date) -> QuerySet[Application]:
    own = ("kind", "submitted_at", "invoice__paid_at")
    return applications.in_a_list(waiting(person, on), *own).select_related(*applications.CASE, "invoice")


def rows(packages: Collection[Package], at: datetime) -> list[Row]:
    """What the list shows of each package, in a fixed number of queries. Only an open package has a date to keep."""
    found = progress(packages)
    opened = [p for p in packages if p.submitted_at is None]
    decisions = ledger.decisions([p.case_file.case for p in opened], at)
    return [Row(p, _due(p, decisions.get(p.case_file.case_id)), *found[p.pk]) for p in packages]


def _due(package: Package, decision: Decision | None) -> datetime | None:
    return decision.dates[1] if decision and package.submitted_at is None else None


def package(person: Person, pk: int, on: date) -> Package:
    """Raises `Http404` where it is not this person's to see."""
    found = packages_of(person, on).filter(pk=pk).first()
    if found is None:
        raise Http404("no such package for this person")
    return found


def item(person: Person, pk: int, item_pk: int, on: date) -> Item:
    whole = package(person, pk, on)
    found = whole.items.select_related("area", "collection").filter(pk=item_pk).first()
    if found is None:
        raise Http404("no such item in this package")
    found.package = whole
    return found


def waiting(person: Person, on: date) -> QuerySet[Application]:
    """Applications that were submitted and not accepted: for staff, whose turn it is."""
    found = Application.objects.filter(submitted_at__isnull=False, accepted_at__isnull=True)
    return (
        applications.within(found, person, on)
        .select_related("case_file__case", "case_file__facility", "case_file__unit", "invoice")
        .order_by("submitted_at", "pk")
    )


def application(person: Person, pk: int, on: date) -> Application:
    """A submitted application. Raises `Http404` where there is none for this person."""
    found = Application.objects.filter(
        case_file__in=applications.visible(person, on), submitted_at__isnull=False, pk=pk
    ).select_related("case_file__case", "case_file__facility", "case_file__unit", "invoice")
    one = found.first()
    if one is None:
        raise Http404("no such application for this person")
    return one


def latest(case_file: CaseFile) -> Package | None:
    """The package whose images were reviewed last, or are being reviewed: an appeal's additions are not one."""
    return case_file.packages.filter(application__isnull=False).order_by("-attempt").first()


def appeal_package(case_file: CaseFile, attempt: int) -> Package | None:
    return case_file.packages.filter(purpose=Package.Purpose.APPEAL, attempt=attempt).first()


def items_with_ticks(package: Package) -> list[Tick]:
    return ticks([package])[package.pk]


def entry(item: Item) -> FormEntry | None:
    return item.entries.select_related("saved_by").order_by("-pk").first()


def entries(package: Package) -> dict[int, FormEntry]:
    """The newest entry of each data form, by item."""
    return {found.item_id: found for found in FormEntry.objects.filter(item__package=package).order_by("pk")}


def image_items(package: Package) -> list[Item]:
    return list(package.items.filter(collection__isnull=False).select_related("area"))


def papers(item: Item) -> QuerySet[Paper]:
    return item.papers.select_related("document", "sent_by").order_by("-pk")


def paper(item: Item, pk: int) -> Paper:
    found = papers(item).filter(pk=pk).first()
    if found is None:
        raise Http404("no such document in this item")
    return found


def media(package: Package) -> QuerySet[MediaReceived]:
    return package.media.select_related("recorded_by").prefetch_related("items")


# -- images ----------------------------------------------------------------------------


def collections(items: Iterable[Item]) -> list[Images]:
    return [item.collection for item in items if item.collection is not None]


def collections_of(package: Package, areas: Iterable[Area] | None = None) -> list[Images]:
    """The bags of images of a package, or of some of its areas only."""
    items = package.items.filter(collection__isnull=False).select_related("collection")
    return collections(items if areas is None else items.filter(area__in=list(areas)))


def series_of(item: Item) -> list[SeriesRow]:
    return imaging.series_list(collections([item]))


def series_in(item: Item, pk: int) -> Series:
    found = imaging.series_in(collections([item]), pk)
    if found is None:
        raise Http404("no such series in this item")
    return found


def images_by_item(package: Package, areas: Iterable[Area] | None = None) -> list[tuple[Item, list[SeriesRow]]]:
    """For whoever reads the images: item by item, the series that came."""
    items = package.items.filter(collection__isnull=False).select_related("collection", "area")
    listed = list(items if areas is None else items.filter(area__in=list(areas)))
    by_collection: dict[int, list[SeriesRow]] = {}
    for row in imaging.series_list(collections(listed)):
        by_collection.setdefault(row.series.collection_id, []).append(row)
    return [(item, by_collection.get(item.collection_id or 0, [])) for item in listed]


def instance_for(pk: int, *, package: Package, areas: Iterable[Area] | None = None) -> Instance:
    """One image of the package, of these areas only where they are given. The caller has decided who may ask.

    Raises `Http404`.
    """
    found = imaging.image_in(collections_of(package, areas), pk)
    if found is None:
        raise Http404("no such image here")
    return found


def original_instances(case_file: CaseFile, area: Area) -> QuerySet[Instance]:
    """The images of this area that the last report judged."""
    judged = latest(case_file)
    bags = collections_of(judged, [area]) if judged else []
    return Instance.objects.filter(collection__in=bags)


def refusals(item: Item) -> list[Refusal]:
    """The files of this item that were not taken, newest first. A file that was here already is no refusal."""
    if item.collection is None:
        return []
    return list(imaging.refusals(item.collection).exclude(code="duplicate").order_by("-at", "ordinal")[:REFUSALS_SHOWN])


def sent_before(package: Package, area: Area) -> Sent:
    """What earlier packages of the case hold for an area."""
    items = Item.objects.filter(package__case_file=package.case_file, area=area, collection__isnull=False)
    return imaging.sent(collections(items.exclude(package=package).select_related("collection")))


def other_patients(item: Item) -> frozenset[str]:
    """The patients that the other exams of the same package show."""
    others = item.package.items.filter(kind=Item.Kind.EXAM, collection__isnull=False).exclude(pk=item.pk)
    return imaging.sent(collections(others.select_related("collection"))).patients


def judged_studies(package: Package, area: Area) -> frozenset[str]:
    """The studies of the exam that an appeal is about: those of the same attempt's own package."""
    items = Item.objects.filter(
        package__case_file=package.case_file, package__attempt=package.attempt, area=area, collection__isnull=False
    )
    own = items.exclude(package__purpose=Package.Purpose.APPEAL).select_related("collection")
    return imaging.sent(collections(own)).studies


def everything_sent(package: Package) -> Sent:
    """All images that the case has ever held in other packages."""
    items = Item.objects.filter(package__case_file=package.case_file, collection__isnull=False)
    return imaging.sent(collections(items.exclude(package=package).select_related("collection")))
