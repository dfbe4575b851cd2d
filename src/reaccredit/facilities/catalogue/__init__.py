"""What there is to accredit: modalities, their modules, areas, exams, phantoms and fees. All is data with its source.

Where the published text gives no figure, the value is None and the pages say so. Nothing here says what happens after a
failed outcome: that is the policies' matter.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reaccredit.facilities.catalogue.reading import Unreadable, load
from reaccredit.facilities.catalogue.words import (
    CLINICAL,
    PHANTOM,
    AreaType,
    Emergency,
    Fee,
    Form,
    Limit,
    Modality,
    Module,
    Part,
    Phantom,
    Source,
)  # fmt: skip

__all__ = [
    "CLINICAL", "PHANTOM", "AreaType", "Emergency", "Fee", "Form", "Limit", "Modality", "Module", "Part", "Phantom",
    "Source", "Unreadable", "modalities", "modality", "submitters", "titles",
]  # fmt: skip

DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def _catalogue() -> tuple[dict[str, Modality], tuple[str, ...]]:
    return load(DATA)


def modality(code: str) -> Modality:
    """KeyError for a code that is not in the catalogue."""
    return _catalogue()[0][code]


def modalities() -> tuple[Modality, ...]:
    """Diagnostic modalities first, then those that another policy governs; by title."""
    return tuple(sorted(_catalogue()[0].values(), key=lambda m: (not m.governed, m.title)))


def titles() -> dict[str, str]:
    return {m.code: m.title for m in modalities()}


def submitters() -> tuple[str, ...]:
    """The roles at a facility that may submit an application."""
    return _catalogue()[1]
