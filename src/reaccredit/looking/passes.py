"""Going through a stack asks for many frames in a second. Who may see the series is asked in full when it is opened and, while
frames are fetched, again every few seconds; in between the answer of a moment ago stands, for this session and this series alone.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock

from django.http import Http404

from reaccredit.imaging.models import Instance
from reaccredit.looking import queries
from reaccredit.people.requests import SignedIn

SECONDS = 10.0
MOST = 256  # series that one process keeps in mind
_lock = Lock()
_given: OrderedDict[tuple[str, int], tuple[float, Stack]] = OrderedDict()


@dataclass(frozen=True)
class Stack:
    """The images of a series that somebody may see, in the order in which they lie."""

    images: tuple[Instance, ...]

    @cached_property
    def places(self) -> dict[int, int]:
        return {image.pk: place for place, image in enumerate(self.images)}

    def image(self, pk: int) -> Instance:
        place = self.places.get(pk)
        if place is None:
            raise Http404("no such image in this series")
        return self.images[place]

    def ahead(self, pk: int, frame: int, most: int) -> list[tuple[Instance, int]]:
        """The frames after this one, round again at the end, so that it does not matter where somebody begins."""
        place, found = self.places[pk], []
        image = self.images[place]
        found = [(image, number) for number in range(frame + 1, min(image.frames, frame + 1 + most))]
        for step in range(1, len(self.images)):
            if len(found) >= most:
                break
            one = self.images[(place + step) % len(self.images)]
            found.extend((one, number) for number in range(min(one.frames, most - len(found))))
        return found


def stack(request: SignedIn, series: int, now: datetime) -> Stack:
    """Raises what `queries.series` raises; a refusal is never kept."""
    key = request.session.session_key or ""
    return standing(key, series) or grant(key, queries.series(request.user, series, now))


def standing(session: str, series: int) -> Stack | None:
    """What this session was shown a moment ago."""
    with _lock:
        asked, found = _given.get((session, series), (0.0, None))
    return found if found is not None and time.monotonic() - asked < SECONDS else None


def grant(session: str, seen: queries.Seen) -> Stack:
    """Called where the question has just been asked in full."""
    found = Stack(tuple(_with_series(seen)))
    if session:
        with _lock:
            _given.pop((session, seen.series.pk), None)
            _given[session, seen.series.pk] = (time.monotonic(), found)
            while len(_given) > MOST:
                _given.popitem(last=False)
    return found


def _with_series(seen: queries.Seen) -> list[Instance]:
    images = seen.images
    for image in images:
        image.series = seen.series
    return images


def forget() -> None:
    """Whatever was asked is asked again at once."""
    with _lock:
        _given.clear()
