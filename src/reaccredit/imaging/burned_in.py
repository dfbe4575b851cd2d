"""Text that is burned into pictures, read on this machine.

    python -m reaccredit.imaging.burned_in SECONDS FILE... < nothing > findings.json

One mean of all slices of a series shows what stands on each of them, clearer than any slice does; of small series and of
those whose kind often carries text, every picture is read as well. What is found is one signal: a person still looks.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import iter_pixels

from reaccredit.imaging.picture import FRAME_PIXELS, grey
from reaccredit.ledger import apart
from reaccredit.phi import ocr
from reaccredit.phi.passage import Passage
from reaccredit.phi.roster import Roster
from reaccredit.phi.screening import screen
from reaccredit.phi.words import LIKELY, TOLD, Box

FEW = 6  # a series of so few pictures is read picture by picture
EACH = 24  # of risky series, so many pictures at most are read singly
PATIENCE = 15  # times the patience of other work apart
RISKY = frozenset({"US", "SC", "OT", "XC", "ES", "GM", "DOC", "XA", "RF"})
SECONDARY = "1.2.840.10008.5.1.4.1.1.7"


Means = dict[tuple[int, int], tuple[NDArray[np.float64], int]]  # by size: the sum of the pictures, and how many
Singles = list[tuple[int, int, NDArray[np.uint8]]]  # file, frame, picture


@dataclass(frozen=True)
class Burned:
    """Text on a picture: `file` is its number in the question, from 0; None for the mean of the series. `kind` is one of
    the eighteen where the text tells, and "text" where it only is text. The text itself is not kept.
    """

    file: int | None
    frame: int | None
    kind: str
    box: Box
    certainty: float


@dataclass(frozen=True)
class Answer:
    """`read`: everything was looked at. Otherwise `reason` says why not (no-reader, slow, undecodable)."""

    findings: list[Burned]
    read: bool
    reason: str = ""


def look(files: Sequence[Path], *, seconds: int = 200, roster: Roster | None = None) -> Answer:
    """The pictures of one series, in a process apart. Raises nothing for what the files hold."""
    names = json.dumps(sorted((roster or Roster()).names))
    try:
        out = apart.run("reaccredit.imaging.burned_in", str(seconds), names, *map(str, files), times=PATIENCE)
        told = json.loads(out)
    except apart.Failed as failure:
        return Answer([], False, "slow" if failure.slow else "undecodable")
    except ValueError:
        return Answer([], False, "undecodable")
    return Answer(
        [Burned(**{**row, "box": tuple(row["box"])}) for row in told["findings"]], told["read"], told["reason"]
    )


def read(files: Sequence[Path], until: float, roster: Roster) -> Answer:
    """In the child."""
    if not ocr.available():
        return Answer([], False, "no-reader")
    means: Means = {}
    singles: Singles = []
    failed = 0
    for number, path in enumerate(files):
        try:
            failed += not _gather(number, path, len(files), means, singles)
        except Exception:  # decoders raise a dozen kinds for damaged data
            failed += 1
    findings: list[Burned] = []
    for total, count in means.values():
        findings += _findings(None, None, _stretched(total / count), roster)
    for number, frame, pixels in singles:
        if time.monotonic() > until:
            return Answer(_once(findings), False, "slow")
        findings += _findings(number, frame, pixels, roster)
    return Answer(_once(findings), not failed, "undecodable" if failed else "")


def _gather(number: int, path: Path, count: int, means: Means, singles: Singles) -> bool:
    """Adds this file's frames to the mean of their size, and to what is read singly. False where it holds no picture."""
    header = dcmread(path, stop_before_pixels=True)
    if int(header.get("Rows") or 0) * int(header.get("Columns") or 0) not in range(1, FRAME_PIXELS):
        return False
    frames = max(1, int(header.get("NumberOfFrames") or 1))
    each = count <= FEW or risky(header)
    for index, pixels in enumerate(_frames(path, header)):
        size = pixels.shape[0], pixels.shape[1]
        total, seen = means.get(size, (np.zeros(size), 0))
        means[size] = total + _luma(pixels), seen + 1
        if each and len(singles) < EACH and (frames <= FEW or index in {0, frames // 2, frames - 1}):
            singles.append((number, index, pixels))
    if frames * count == 1:
        means.pop((int(header.Rows), int(header.Columns)), None)  # the mean of one picture is the picture
    return True


def risky(header: Dataset) -> bool:
    return (
        str(header.get("Modality", "")) in RISKY
        or str(header.get("BurnedInAnnotation", "")).upper() == "YES"
        or str(header.get("SOPClassUID", "")).startswith(SECONDARY)
        or any("SECONDARY" in str(v) or "SCREEN" in str(v) for v in header.get("ImageType") or [])
        or any((0x6000 + 2 * i, 0x3000) in header for i in range(16))
    )


def _frames(path: Path, header: Dataset) -> Iterator[NDArray[np.uint8]]:
    for pixels in iter_pixels(path):
        if header.get("PhotometricInterpretation") == "PALETTE COLOR":
            yield _eight(apply_color_lut(pixels, header))
        elif pixels.ndim == 3:
            yield _eight(pixels)
        else:
            yield grey(pixels, header)


def _eight(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    if pixels.dtype.itemsize == 1:
        return pixels.astype(np.uint8)
    top = float(pixels.max()) or 1.0
    return (pixels / top * 255).astype(np.uint8)


def _luma(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    return pixels.astype(np.float64) if pixels.ndim == 2 else pixels[..., :3].astype(np.float64).max(axis=2)


def _stretched(mean: NDArray[np.float64]) -> NDArray[np.uint8]:
    low, high = (float(v) for v in np.percentile(mean, (0.5, 99.9)))
    span = (high - low) or 1.0
    return (np.clip((mean - low) / span, 0, 1) * 255).astype(np.uint8)


def _findings(number: int | None, frame: int | None, pixels: NDArray[np.uint8], roster: Roster) -> Iterator[Burned]:
    lines = [
        line
        for line in ocr.read(Image.fromarray(pixels).convert("RGB"))
        if line.score >= ocr.GOOD and any(c.isalnum() for c in line.text)
    ]
    if not lines:
        return
    passage: Passage = ocr.passage("picture", lines)
    told = [f for f in screen([passage], roster=roster) if f.certainty >= TOLD and f.box]
    for finding in told:
        whole = [line.box for line in lines if finding.box and _covers(finding.box, line.box)]  # what would be masked
        yield Burned(
            number, frame, finding.kind, _around(whole) if whole else finding.box or (0, 0, 0, 0), finding.certainty
        )
    for line in lines:
        if not any(_covers(f.box, line.box) for f in told if f.box):
            yield Burned(number, frame, "text", line.box, round(LIKELY * line.score, 2))


def _around(boxes: Sequence[Box]) -> Box:
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _covers(box: Box, line: Box) -> bool:
    return min(box[2], line[2]) > max(box[0], line[0]) and min(box[3], line[3]) > max(box[1], line[1])


def _once(findings: Sequence[Burned]) -> list[Burned]:
    """What the mean of the series shows at a place is not told again for each picture."""
    general = [f for f in findings if f.file is None]
    return general + [
        f
        for f in findings
        if f.file is not None and not any(g.kind == f.kind and _covers(g.box, f.box) for g in general)
    ]


def main() -> int:
    seconds, names, files = int(sys.argv[1]), json.loads(sys.argv[2]), [Path(name) for name in sys.argv[3:]]
    apart.limit_self(times=PATIENCE * 3)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    answer = read(files, time.monotonic() + seconds, Roster(names=frozenset(names)))
    json.dump(
        {"findings": [asdict(f) for f in answer.findings], "read": answer.read, "reason": answer.reason}, sys.stdout
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
