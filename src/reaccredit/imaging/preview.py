"""Previews: made at the first look, kept beside the stored file, and never in the way of an upload."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from reaccredit.imaging import picture
from reaccredit.imaging.models import Instance
from reaccredit.imaging.reading import quiet
from reaccredit.imaging.storage import STORE
from reaccredit.ledger import apart

Size = Literal["small", "large"]
SIDES: dict[Size, int] = {"small": 256, "large": 1024}
EDITION = 1  # raised when the rendering changes: older previews are then made anew


@dataclass(frozen=True)
class Preview:
    """A PNG. `rendered` is false for the plain picture that says that there is none."""

    png: bytes
    rendered: bool


def preview(instance: Instance, size: Size = "small") -> Preview:
    """The image's picture. Raises nothing for what the file holds; `ledger.files.Missing` if the store has lost it."""
    suffix = f"preview-{EDITION}-{size}.png"
    cached = STORE.side(instance.sha256, suffix)
    if cached.is_file():
        content = cached.read_bytes()
        return Preview(content, True) if content else Preview(_placeholder(SIDES[size]), False)
    STORE.open(instance.sha256).close()
    try:
        content = _render(instance.sha256, SIDES[size])
    except apart.Failed as failure:
        if failure.slow:  # a busy machine, perhaps: the next look tries again
            return Preview(_placeholder(SIDES[size]), False)
        content = b""
    except picture.NoPicture:
        content = b""
    # Nothing to show is remembered too, so that a page of damaged images does not decode them at each look.
    STORE.write_side(instance.sha256, suffix, content)
    return Preview(content, True) if content else Preview(_placeholder(SIDES[size]), False)


def shown(instance: Instance, frame: int, window: picture.Window | None) -> Preview:
    """One frame as somebody wants to see it; frames count from 0. The image's own window of a single frame is the preview."""
    if window is None and instance.frames == 1:
        return preview(instance, "large")
    STORE.open(instance.sha256).close()
    try:
        return Preview(_render(instance.sha256, SIDES["large"], frame, window), True)
    except (apart.Failed, picture.NoPicture):
        return Preview(_placeholder(SIDES["large"]), False)


@lru_cache(maxsize=4)
def _placeholder(side: int) -> bytes:
    return picture.placeholder(side)


def _render(sha256: str, side: int, frame: int | None = None, window: picture.Window | None = None) -> bytes:
    path = STORE.path(sha256)
    with quiet():
        if picture.is_native(path):
            return picture.png(path, side, frame, window)
    more = [] if frame is None else [str(frame), *map(str, window or ())]
    content = apart.run("reaccredit.imaging.picture", str(path), str(side), *more)
    if not content:
        raise picture.NoPicture("the pixel data can't be decoded")
    return content
