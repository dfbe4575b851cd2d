"""What the demo's people hand in: drawn images of nobody, answers, letters. Small, and the same for the same case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from io import BytesIO

from reaccredit.imaging.actions import Received
from reaccredit.imaging.synthetic import series
from reaccredit.packages import actions as packages
from reaccredit.packages.catalogue import Field
from reaccredit.packages.models import Item, Package, Paper
from reaccredit.packages.ticks import form_of
from reaccredit.people.models import Person
from reaccredit.project.demo_story.cast import ZONE

DICOM = {"CT": "CT", "MRI": "MR", "NM": "NM", "PET": "PT", "US": "US", "BUS": "US"}
NAMED = {"MRI": "AX T2", "NM": "ANT"}  # as the hanging protocols know them; the others hang whatever comes
SLICES = 2
SIZE = 96

# Answers to the questions of the data forms, by name; a date is that of the scan.
ANSWERS = {
    "kvp": "120", "mas": "180", "rotation": "0.5", "rows": "64", "width": "0.6", "pitch": "0.9", "kernel": "B40f", "slice": "3",
    "ctdivol": "14.2", "physicist": "Demo physicist", "abdomen": "16.1", "head": "54.0", "child-head": "28.5",
    "child-abdomen": "8.2", "field-strength": "1.5", "scanned-by": "Demo technologist", "coil": "Head coil, 16 channels",
    "background": "1.02", "activity": "185", "bar": "3.2",
}  # fmt: skip


def patient(item: Item) -> str:
    """Each exam is somebody else."""
    return f"DEMO-{item.package_id}-{item.pk}"


def images(item: Item, scanned: date, *, whose: str = "", slices: int = SLICES, size: int = SIZE) -> list[bytes]:
    case_file = item.package.case_file
    return series(
        modality=DICOM[case_file.modality], slices=slices, seed=item.pk, patient=whose or patient(item), study_date=scanned,
        serial=case_file.unit.serial if case_file.unit else "DEMO-US-1", phantom=item.kind == Item.Kind.PHANTOM, size=size,
        description=f"DEMO {_named(item)} {item.place}",
    )  # fmt: skip


def _named(item: Item) -> str:
    return "PHANTOM" if item.kind == Item.Kind.PHANTOM else NAMED.get(item.package.case_file.modality, "SERIES")


def send(item: Item, files: Iterable[bytes], actor: Person, now: datetime) -> Received:
    named = [(f"image{number}.dcm", BytesIO(content)) for number, content in enumerate(files, 1)]
    return packages.upload(item=item, files=named, actor=actor, now=now)


def answers(item: Item, scanned: date, *, forget: str = "") -> dict[str, object]:
    form = form_of(item, item.package)
    assert form
    return {asked.name: _answer(asked, scanned) for asked in form.fields if asked.name != forget}


def _answer(asked: Field, scanned: date) -> object:
    if asked.type == "date":
        return scanned.isoformat()
    if asked.choices:
        return asked.choices[0][0]
    if asked.name in ANSWERS:
        return int(ANSWERS[asked.name]) if asked.type == "integer" else ANSWERS[asked.name]
    return "" if not asked.required else str(asked.min or "None")


class Papers:
    """The reports that go with a package. The same paper serves more than one: it is looked into once."""

    def __init__(self) -> None:
        self._known: dict[str, Paper] = {}

    def hand_in(self, item: Item, actor: Person, now: datetime) -> None:
        if known := self._known.get(item.title):
            # There is no action for a paper that is kept already; looking into it again takes a process of its own.
            Paper.objects.create(item=item, document=known.document, sent_at=now, sent_by=actor)
            return
        text = f"{item.title}. Demonstration only. All tests lie within the limits that the programme has published.\n"
        self._known[item.title] = packages.store_paper(item=item, file=BytesIO(text.encode()), actor=actor, now=now)


def fill(
    package: Package, papers: Papers, actor: Person, now: datetime, *, leave: Iterable[str] = (), by_post: bool = False
) -> None:
    """Hand in every item but those with these codes; of a package that goes by post, the forms and papers."""
    left = frozenset(leave)
    scanned = (now - timedelta(days=1)).astimezone(ZONE).date()
    for item in package.items.select_related("area", "collection").exclude(code__in=left):
        item.package = package
        if item.collection:
            if not by_post:
                assert send(item, images(item, scanned), actor, now).accepted, item.title
        elif item.kind == Item.Kind.DOCUMENT:
            papers.hand_in(item, actor, now)
        else:
            packages.save_form(item=item, answers=answers(item, scanned), seen=None, actor=actor, now=now)
