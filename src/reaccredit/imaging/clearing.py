"""Whether the pictures of a series may be shown to whoever judges them: only what was searched, or what a person answers for, and
what names somebody only masked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from reaccredit.imaging.models import Look, MaskedCopy, Series, Spotted

UNSEEN, UNREAD, UNMADE, UNMASKED = "unseen", "unread", "unmade", "unmasked"
DESCRIPTION = "SeriesDescription"


@dataclass(frozen=True, slots=True)
class Cleared:
    """`why_not` is one of the words above, or empty; `named`: the description of the series names somebody."""

    why_not: str = UNSEEN
    named: bool = False
    masked: bool = False


def cleared(collections: Iterable[int]) -> dict[int, Cleared]:
    """By the id of the series, for all series of these collections, in a fixed number of queries."""
    counted = Series.objects.filter(collection__in=list(collections)).order_by().annotate(here=Count("instances"))
    found = dict(counted.values_list("pk", "here"))
    looks = {one.series_id: one for one in Look.objects.filter(series__in=found).prefetch_related("spotted")}
    masks = [pk for pk, look in looks.items() if any(one.masks for one in look.spotted.all())]
    copies = _copies(masks)
    return {pk: _cleared(looks.get(pk), here, copies) for pk, here in found.items()}


def _copies(series: Iterable[int]) -> Mapping[int, set[int]]:
    """The images of each series that have a masked copy."""
    found: dict[int, set[int]] = defaultdict(set)
    if series:
        rows = MaskedCopy.objects.filter(instance__series__in=list(series))
        for pk, image in rows.values_list("instance__series", "instance"):
            found[pk].add(image)
    return found


def _cleared(look: Look | None, here: int, copies: Mapping[int, set[int]]) -> Cleared:
    if look is None:
        return Cleared()
    masked = [one for one in look.spotted.all() if one.masks]
    named = any(attribute == DESCRIPTION for _, attribute, *_ in look.headers)
    return Cleared(_why_not(look, here, masked, copies.get(look.series_id, set())), named, bool(masked))


def _why_not(look: Look, here: int, masked: Sequence[Spotted], copied: set[int]) -> str:
    answered_for = look.decided_at is not None
    if look.images != here or not (look.looked_at or answered_for):
        return UNSEEN
    if look.reason and not answered_for:
        return UNMASKED if masked and look.masked_at else UNREAD
    if masked and not look.masked_at:
        return UNMADE
    wanted = {one.instance_id for one in masked}
    whole = len(copied) == here if None in wanted else wanted <= copied
    return "" if not masked or whole else UNMASKED
