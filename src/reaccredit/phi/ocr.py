"""Letters in pictures, read on this machine: RapidOCR, whose models come inside its wheel. It reaches for no network.

Where it is not installed, `read` raises `NoReader`, and whoever asks must say that the picture could not be read.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from PIL import Image

from reaccredit.phi.layout import laid_out
from reaccredit.phi.passage import Passage
from reaccredit.phi.words import Box

LARGEST = 2400  # pixels of the longer side: more makes it slower and no better
SMALLEST = 900  # small pictures are enlarged: the reader was taught on letters of 20 pixels and more
GOOD = 0.55  # below this the reader guesses
UNSURE = 0.8  # worth a second look
DOUBTFUL = 0.75  # a page read so badly may lie on its side


class NoReader(Exception):
    """The reader is not installed, or does not start."""


@dataclass(frozen=True)
class Line:
    text: str
    box: Box
    score: float


class _Answer(Protocol):
    boxes: Any
    txts: Sequence[str] | None
    scores: Sequence[float] | None


def available() -> bool:
    return importlib.util.find_spec("rapidocr") is not None and importlib.util.find_spec("onnxruntime") is not None


@lru_cache(maxsize=1)
def _reader() -> Any:
    try:
        module = importlib.import_module("rapidocr")
        return module.RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.max_side_len": LARGEST,
                "Global.text_score": 0.05,
                "EngineConfig.onnxruntime.intra_op_num_threads": 2,
                "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,
                "Rec.rec_batch_num": 1,  # no padding to the longest line: half the time
            }
        )
    except Exception:  # a missing library, a missing model, a processor that lacks an instruction
        raise NoReader from None


def read(image: Image.Image) -> list[Line]:
    """Every line of text, with its box in pixels of the picture; below `GOOD` its letters are guessed. Tried on its sides
    where nothing good was read.
    """
    upright = _second_look(image, _read(image))
    if not upright or _quality(upright) >= DOUBTFUL or len(upright) < 3:
        return upright
    turned = {angle: _read(image.transpose(how)) for angle, how in TURNS.items()}
    best = max(turned, key=lambda angle: _weight(turned[angle]))
    if _weight(turned[best]) <= _weight(upright) * 1.2:
        return upright
    return [Line(line.text, _turned_back(line.box, best, image.size), line.score) for line in turned[best]]


def _second_look(image: Image.Image, lines: Sequence[Line]) -> list[Line]:
    """Lines that were read badly are cut out and read once more, larger: a slanted long line is often read then."""
    result: list[Line] = []
    for line in lines:
        if line.score >= UNSURE or len(result) > 400:
            result.append(line)
            continue
        left, top, right, bottom = line.box
        margin = max(4.0, (bottom - top) / 3)
        corner = max(0, int(left - margin)), max(0, int(top - margin))
        cut = image.crop((*corner, min(image.width, int(right + margin)), min(image.height, int(bottom + margin))))
        again = [Line(x.text, _shifted(x.box, corner), x.score) for x in _read(cut)]
        result += again if again and _quality(again) > line.score + 0.1 else [line]
    return result


def _shifted(box: Box, corner: tuple[int, int]) -> Box:
    return box[0] + corner[0], box[1] + corner[1], box[2] + corner[0], box[3] + corner[1]


TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


def _quality(lines: Sequence[Line]) -> float:
    return sum(line.score * len(line.text) for line in lines) / max(1, sum(len(line.text) for line in lines))


def _weight(lines: Sequence[Line]) -> float:
    return sum(line.score**2 * len(line.text) for line in lines)


def _turned_back(box: Box, angle: int, size: tuple[int, int]) -> Box:
    width, height = size
    left, top, right, bottom = box
    if angle == 180:
        return width - right, height - bottom, width - left, height - top
    if angle == 90:  # counter-clockwise: the right edge came to the top
        return width - bottom, left, width - top, right
    return top, height - right, bottom, height - left


def _read(image: Image.Image) -> list[Line]:
    picture, scale = _fitted(image)
    answer: _Answer = _reader()(np.asarray(picture))
    if answer.txts is None or answer.boxes is None or answer.scores is None:
        return []
    return [
        Line(text, _around(corners, scale), float(score))
        for corners, text, score in zip(answer.boxes, answer.txts, answer.scores, strict=True)
        if text.strip()
    ]


def _fitted(image: Image.Image) -> tuple[Image.Image, float]:
    plain = image.convert("RGB") if image.mode != "RGB" else image
    longest = max(plain.size)
    scale = 1.0
    if longest > LARGEST:
        scale = LARGEST / longest
    elif longest < SMALLEST:
        scale = min(3.0, max(2.0, SMALLEST / longest)) if longest > 8 else 1.0
    if scale == 1.0:
        return plain, 1.0
    size = max(1, round(plain.width * scale)), max(1, round(plain.height * scale))
    return plain.resize(size, Image.Resampling.BICUBIC), scale


def _around(corners: Any, scale: float) -> Box:
    xs, ys = [float(c[0]) / scale for c in corners], [float(c[1]) / scale for c in corners]
    return round(min(xs), 1), round(min(ys), 1), round(max(xs), 1), round(max(ys), 1)


def passage(
    place: str,
    lines: Iterable[Line],
    page: int | None = None,
    *,
    scale: float = 1.0,
    origin: tuple[float, float] = (0, 0),
) -> Passage:
    """Lines in reading order. `scale` and `origin` lead from pixels to the measure of the page."""
    moved = [Line(x.text, _moved(x.box, scale, origin), x.score) for x in lines]
    return laid_out(place, [(x.text, x.box) for x in moved], page)


def _moved(box: Box, scale: float, origin: tuple[float, float]) -> Box:
    left, top, right, bottom = (value * scale for value in box)
    return left + origin[0], top + origin[1], right + origin[0], bottom + origin[1]
