"""A series as a stack of slices: one for each image, or for each frame of an image that has several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reaccredit.imaging.models import Instance
from reaccredit.looking import windows
from reaccredit.looking.queries import Seen

FAR = 10  # slices that the longer step goes


@dataclass(frozen=True, slots=True)
class Slice:
    """Which one is shown, of how many, and where the steps lead (0: nowhere)."""

    instance: Instance
    frame: int  # from 0
    number: int  # from 1
    of: int

    def _at(self, number: int) -> int:
        number = max(1, min(self.of, number))
        return number if number != self.number else 0

    @property
    def steps(self) -> tuple[tuple[str, int], ...]:
        here = self.number
        return (
            ("First", self._at(1)), (f"{FAR} back", self._at(here - FAR)), ("Previous", self._at(here - 1)),
            ("Next", self._at(here + 1)), (f"{FAR} on", self._at(here + FAR)), ("Last", self._at(self.of)),
        )  # fmt: skip


def slice_of(images: Sequence[Instance], number: int | None) -> Slice | None:
    """The slice of this number; the middle one where none is named. None beyond the stack."""
    total = sum(image.frames for image in images)
    wanted = number or total // 2 + 1
    place = wanted - 1
    for image in images:
        if 0 <= place < image.frames:
            return Slice(image, place, wanted, total)
        place -= image.frames
    return None


def told(seen: Seen) -> dict[str, Any]:
    """A series as the script of the viewer asks for it."""
    modality = seen.series.modality
    return {
        "series": seen.series.pk, "images": [[image.pk, image.frames] for image in seen.images],
        "presets": [{"title": p.title, "window": list(p.window)} for p in windows.presets(modality)],
    }  # fmt: skip
