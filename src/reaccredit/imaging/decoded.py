"""Frames as plain numbers, from the store: straight from the file where the numbers lie there as they are, else decoded once
in a process of its own, some frames ahead, and kept beside the file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, cast

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from reaccredit.imaging import picture
from reaccredit.imaging.models import Instance
from reaccredit.imaging.plain import Json, Plain, cleaned, grey, unpacked
from reaccredit.imaging.reading import quiet
from reaccredit.imaging.storage import STORE
from reaccredit.ledger import apart

EDITION = 1  # raised when the numbers change: what was kept is then made anew
AHEAD = 24  # frames that one process decodes
AHEAD_PIXELS = 16_000_000  # and how many pixels of them
LATER = 4096
STRAIGHT = {ImplicitVRLittleEndian, ExplicitVRLittleEndian}
Wanted = tuple[Instance, int]


def numbers(instance: Instance, frame: int, ahead: Sequence[Wanted] = ()) -> Plain:
    """Frames count from 0. `ahead` are those that will be asked for next. Raises `picture.NoPicture`; `ledger.files.Missing` if
    the store has lost the file.
    """
    found = _straight(instance, frame) or _kept(instance, frame)
    if found is None:
        with _lock(instance.series_id):  # whoever waited finds what the one before has made
            found = _kept(instance, frame) or _decode(instance, frame, ahead)
    if not found.head:
        raise picture.NoPicture("the pixel data can't be decoded")
    return found


@lru_cache(maxsize=64)
def _lock(_series: int) -> Lock:
    return Lock()


# ------------------------------------------------------------------ as they lie in the file
def _straight(instance: Instance, frame: int) -> Plain | None:
    layout = _layout(instance, frame)
    if not layout or not 0 <= frame < layout["frames"]:
        return None
    with STORE.open(instance.sha256) as stream:
        stream.seek(layout["offset"] + frame * layout["size"])
        data = stream.read(layout["size"])
    if len(data) < layout["size"]:
        raise picture.NoPicture("the pixel data ends too early")
    return Plain(layout["head"], _cleaned(data, layout["spare"], layout["head"]))


def _cleaned(data: bytes, spare: int, head: Json) -> bytes:
    if not spare:
        return data
    kind = f"<{'i' if head['signed'] else 'u'}{head['bits'] // 8}"
    return cleaned(np.frombuffer(data, kind), spare).tobytes()


def _layout(instance: Instance, frame: int) -> Json:
    """Where the numbers lie; empty where they have to be decoded. Found out once."""
    side = STORE.side(instance.sha256, f"plain-{EDITION}.json")
    try:
        return cast(Json, json.loads(side.read_bytes()))
    except (FileNotFoundError, ValueError):
        pass
    path = STORE.path(instance.sha256)
    STORE.open(instance.sha256).close()
    with quiet():
        try:
            found = _looked_up(path, frame)
        except picture.NoPicture:
            raise
        except Exception:  # pydicom raises a dozen kinds for damaged data
            raise picture.NoPicture("the image can't be read") from None
    STORE.write_side(instance.sha256, side.name, json.dumps(found, separators=(",", ":")).encode())
    return found


def _looked_up(path: Path, frame: int) -> Json:
    header = dcmread(path, defer_size=LATER)
    if not _is_straight(header):
        return {}
    rows, columns, allocated = int(header.Rows), int(header.Columns), int(header.BitsAllocated)
    raw = cast(Any, header.get_item("PixelData", keep_deferred=True))
    size, frames = rows * columns * allocated // 8, max(1, int(header.get("NumberOfFrames") or 1))
    spare, signed = allocated - int(header.BitsStored), int(header.PixelRepresentation)
    with path.open("rb") as stream:
        stream.seek(raw.value_tell + frame * size)
        pixels = np.frombuffer(stream.read(size), f"<{'i' if signed else 'u'}{allocated // 8}").reshape(rows, columns)
    head = grey(cleaned(pixels, spare), header, frame).head
    return {"offset": raw.value_tell, "size": size, "spare": spare, "frames": frames, "head": head}


def _is_straight(header: Dataset) -> bool:
    """One grey sample of one or two bytes, little endian, whose values lie on one line for all frames."""
    depth = (int(header.BitsAllocated), int(header.PixelRepresentation))
    return (
        header.file_meta.TransferSyntaxUID in STRAIGHT
        and int(header.get("SamplesPerPixel", 1)) == 1
        and header.get("PhotometricInterpretation") in {"MONOCHROME1", "MONOCHROME2"}
        and depth in {(8, 0), (16, 0), (16, 1)}
        and int(header.HighBit) == int(header.BitsStored) - 1
        and "ModalityLUTSequence" not in header
        and "PerFrameFunctionalGroupsSequence" not in header
    )


# ------------------------------------------------------------------ decoded apart
def _side(frame: int) -> str:
    return f"plain-{EDITION}-{frame}"


def _kept(instance: Instance, frame: int) -> Plain | None:
    try:
        return next(unpacked(STORE.side(instance.sha256, _side(frame)).read_bytes()), None)
    except FileNotFoundError:
        return None


def _decode(instance: Instance, frame: int, ahead: Sequence[Wanted]) -> Plain:
    wanted = [(instance, frame), *_open(instance, ahead)]
    try:
        said = [f"{number}:{STORE.path(one.sha256)}" for one, number in wanted]
        made = list(unpacked(apart.run("reaccredit.imaging.plain", *said, times=2)))
    except apart.Failed as failure:
        if len(wanted) > 1:  # one of the others may be the cause
            return _decode(instance, frame, ())
        if failure.slow:  # a busy machine, perhaps: the next look tries again
            raise picture.NoPicture("it took too long") from None
        made = [Plain({}, b"")]
    # Nothing to show is remembered too.
    for (one, number), found in zip(wanted, made, strict=False):
        STORE.write_side(one.sha256, _side(number), found.packed())
    return made[0]


def _open(instance: Instance, ahead: Sequence[Wanted]) -> list[Wanted]:
    """Those that are not decoded yet, as many as may be done in one go."""
    pixels = max(1, instance.series.rows * instance.series.columns)
    most = min(AHEAD, AHEAD_PIXELS // pixels)
    return [one for one in ahead if not STORE.side(one[0].sha256, _side(one[1])).is_file()][:most]
