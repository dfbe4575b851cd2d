"""The green-tick list: every item is done, or says in a sentence why it is not.

A fixed number of queries, for any number of packages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from reaccredit.imaging.queries import counts
from reaccredit.packages.catalogue import FORM_KINDS, IMAGE_KINDS, DataForm, contents
from reaccredit.packages.models import FormEntry, Item, MediaReceived, Medium, Package, Paper


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the list. `why` is empty when it is done; `said` tells what is there."""

    item: Item
    done: bool
    why: str = ""
    said: str = ""


@dataclass
class _Handed:
    """What was handed in for the items of some packages."""

    images: Mapping[int, int] = field(default_factory=dict)  # by collection
    answers: dict[int, dict[str, object]] = field(default_factory=dict)  # by item, the newest
    papers: frozenset[int] = frozenset()
    posted: frozenset[int] = frozenset()


def ticks(packages: Collection[Package]) -> dict[int, list[Tick]]:
    items = list(Item.objects.filter(package__in=packages).select_related("area", "collection"))
    handed = _handed(items)
    by_key = {package.pk: package for package in packages}
    found: dict[int, list[Tick]] = defaultdict(list)
    for item in items:
        package = by_key[item.package_id]
        item.package = package
        found[package.pk].append(_tick(item, package, handed))
    return {package.pk: _together(package, found[package.pk]) for package in packages}


def _together(package: Package, found: list[Tick]) -> list[Tick]:
    """An appeal adds what was left out, and that need not be something in every area: one that has images is enough."""
    if package.purpose != Package.Purpose.APPEAL or not any(tick.done for tick in found):
        return found
    return [
        tick if tick.done else Tick(tick.item, True, said="Nothing is added here, and nothing has to be")
        for tick in found
    ]


def _handed(items: Iterable[Item]) -> _Handed:
    listed = list(items)
    keys = [item.pk for item in listed]
    return _Handed(
        images=counts([item.collection for item in listed if item.collection]),
        answers=dict(FormEntry.objects.filter(item__in=keys).order_by("pk").values_list("item", "answers")),
        papers=frozenset(Paper.objects.filter(item__in=keys).values_list("item", flat=True)),
        posted=frozenset(MediaReceived.objects.filter(items__in=keys).values_list("items", flat=True)),
    )


def _tick(item: Item, package: Package, handed: _Handed) -> Tick:
    if item.kind in IMAGE_KINDS:
        return _images(item, package, handed)
    if item.kind in FORM_KINDS:
        return _form(item, package, handed)
    if item.pk in handed.papers:
        return Tick(item, True, said="Document received")
    return Tick(item, False, "No document was sent yet. Choose the file and send it.")


def _images(item: Item, package: Package, handed: _Handed) -> Tick:
    if number := handed.images.get(item.collection_id or 0, 0):
        return Tick(item, True, said=f"{number} image{'' if number == 1 else 's'}")
    if item.pk in handed.posted:
        return Tick(item, True, said="Received by post")
    if package.medium == Medium.UPLOAD and package.purpose == Package.Purpose.APPEAL:
        return Tick(item, False, "No images were sent yet. Send what was left out; where nothing was, leave it empty.")
    if package.medium == Medium.UPLOAD:
        return Tick(item, False, "No images were sent yet. Choose the files of this item and send them.")
    words = Medium(package.medium).label
    return Tick(item, False, f"The {words} has not arrived yet. Staff tick this when it has come by post.")


def _form(item: Item, package: Package, handed: _Handed) -> Tick:
    form = form_of(item, package)
    answers = handed.answers.get(item.pk)
    if answers is None:
        return Tick(item, False, "This form has not been filled in yet.")
    missing = [f.label for f in form.fields if f.required and answers.get(f.name) in (None, "")] if form else []
    if missing:
        return Tick(item, False, f"An answer is missing: {missing[0]}.")
    return Tick(item, True, said="Filled in")


def form_of(item: Item, package: Package) -> DataForm | None:
    found = contents(package.case_file.modality)
    return found.form_of(item.code) if found else None


def crosses(found: Iterable[Tick]) -> list[Tick]:
    return [tick for tick in found if not tick.done]
