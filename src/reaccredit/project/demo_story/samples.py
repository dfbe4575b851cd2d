"""Files to try the uploads with: drawn for the cases that wait for images, and for a unit that is yet to be entered.

They lie in the folder of the demo, one zip for each exam, as a scanner's workstation would export it.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from reaccredit.imaging.storage import STORE
from reaccredit.imaging.synthetic import series
from reaccredit.packages.models import Item
from reaccredit.project.demo import samples_folder
from reaccredit.project.demo_story import papers
from reaccredit.project.demo_story.cast import Cast

SLICES = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """`words` become the name of the file: what it is, and which case takes or refuses it."""

    words: str
    files: Sequence[bytes]


def sent(item: Item) -> list[bytes]:
    """What was handed in for an item."""
    assert item.collection is not None
    return [STORE.path(digest).read_bytes() for digest in item.collection.instances.values_list("sha256", flat=True)]


def omitted(item: Item) -> list[bytes]:
    """A sequence of the exam that was sent, which was not sent with it."""
    case_file = item.package.case_file
    return series(
        modality=papers.DICOM[case_file.modality], slices=SLICES, seed=item.pk + 1000, same_study_as=sent(item)[0], number=2,
        serial=case_file.unit.serial if case_file.unit else "", description="DEMO OMITTED SEQUENCE", size=papers.SIZE,
    )  # fmt: skip


def write(cast: Cast, told: Sequence[Sample]) -> None:
    shutil.rmtree(samples_folder(), ignore_errors=True)
    samples_folder().mkdir(parents=True)
    for sample in (*told, *_of_a_new_unit(cast)):
        with zipfile.ZipFile(samples_folder() / f"{sample.words}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for number, content in enumerate(sample.files, 1):
                archive.writestr(f"IMG{number:04}.dcm", content)


def _of_a_new_unit(cast: Cast) -> list[Sample]:
    """Without a serial number, so that they fit whatever CT unit is entered."""
    names = (
        "new CT unit, exam 1",
        "new CT unit, exam 2",
        "new CT unit, exam 3",
        "new CT unit, phantom 1",
        "new CT unit, phantom 2",
    )
    return [
        Sample(name, series(
            modality="CT", slices=SLICES, seed=9000 + place, patient=f"DEMO-NEW-{place}", study_date=cast.at(1).date(), serial="",
            phantom="phantom" in name, size=papers.SIZE,
        ))
        for place, name in enumerate(names, 1)
    ]  # fmt: skip
