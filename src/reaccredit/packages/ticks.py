"""The green-tick list: every item is done, or says in a sentence why it is not.

One query, for any number of packages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from reaccredit.imaging.models import Instance
from reaccredit.packages.catalogue import FORM_KINDS, IMAGE_KINDS, DataForm, contents
from reaccredit.packages.models import FormEntry, Item, MediaReceived, Medium, Package, Paper


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the list. `why` is empty when it is done; `said` tells what is there."""

    item: Item
    done: bool
    why: str = ""
    said: str = ""


def ticks(packages: Collection[Package]) -> dict[int, list[Tick]]:
    """Each with its item as the pages of a package show it."""
    return _ticks(packages, _items(packages).select_related("area", "collection"))


def progress(packages: Collection[Package]) -> dict[int, tuple[int, int]]:
    """How many items of each are done, and how many there are."""
    found = _ticks(packages, _items(packages).only("package", "kind", "code", "collection"))
    return {key: (sum(tick.done for tick in listed), len(listed)) for key, listed in found.items()}


def _items(packages: Collection[Package]) -> QuerySet[Item]:
    """Each with what was handed in for it: `images`, `answers` (the newest), `has_paper` and `posted`."""
    here = OuterRef("pk")
    images = Instance.objects.filter(collection=OuterRef("collection")).order_by().values("collection")
    return Item.objects.filter(package__in=packages).annotate(
        images=Coalesce(Subquery(images.annotate(number=Count("pk")).values("number")), 0),
        answers=Subquery(FormEntry.objects.filter(item=here).order_by("-pk").values("answers")[:1]),
        has_paper=Exists(Paper.objects.filter(item=here)),
        posted=Exists(MediaReceived.items.through.objects.filter(item=here)),
    )


def _ticks(packages: Collection[Package], items: Iterable[Any]) -> dict[int, list[Tick]]:
    by_key = {package.pk: package for package in packages}
    found: dict[int, list[Tick]] = defaultdict(list)
    for item in items:
        package = by_key[item.package_id]
        item.package = package
        found[package.pk].append(_tick(item, package))
    return {package.pk: _together(package, found[package.pk]) for package in packages}


def _together(package: Package, found: list[Tick]) -> list[Tick]:
    """An appeal adds what was left out, and that need not be something in every area: one that has images is enough."""
    if package.purpose != Package.Purpose.APPEAL or not any(tick.done for tick in found):
        return found
    return [
        tick if tick.done else Tick(tick.item, True, said="Nothing is added here, and nothing has to be")
        for tick in found
    ]


def _tick(item: Any, package: Package) -> Tick:
    """Of an item that `_items` has read."""
    if item.kind in IMAGE_KINDS:
        return _images(item, package)
    if item.kind in FORM_KINDS:
        return _form(item, package)
    if item.has_paper:
        return Tick(item, True, said="Document received")
    return Tick(item, False, "No document was sent yet. Choose the file and send it.")


def _images(item: Any, package: Package) -> Tick:
    if item.images:
        return Tick(item, True, said=f"{item.images} image{'' if item.images == 1 else 's'}")
    if item.posted:
        return Tick(item, True, said="Received by post")
    if package.medium == Medium.UPLOAD and package.purpose == Package.Purpose.APPEAL:
        return Tick(item, False, "No images were sent yet. Send what was left out; where nothing was, leave it empty.")
    if package.medium == Medium.UPLOAD:
        return Tick(item, False, "No images were sent yet. Choose the files of this item and send them.")
    words = Medium(package.medium).label
    return Tick(item, False, f"The {words} has not arrived yet. Staff tick this when it has come by post.")


def _form(item: Any, package: Package) -> Tick:
    form = form_of(item, package)
    if item.answers is None:
        return Tick(item, False, "This form has not been filled in yet.")
    missing = [f.label for f in form.fields if f.required and item.answers.get(f.name) in (None, "")] if form else []
    if missing:
        return Tick(item, False, f"An answer is missing: {missing[0]}.")
    return Tick(item, True, said="Filled in")


def form_of(item: Item, package: Package) -> DataForm | None:
    found = contents(package.case_file.modality)
    return found.form_of(item.code) if found else None


def crosses(found: Iterable[Tick]) -> list[Tick]:
    return [tick for tick in found if not tick.done]
