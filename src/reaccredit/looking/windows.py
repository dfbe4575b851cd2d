"""The windows in which an image can be seen: its own, those usual for its modality, or any centre and width."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reaccredit.imaging.picture import Window

MOST = 100_000.0


@dataclass(frozen=True, slots=True)
class Preset:
    id: str
    title: str
    window: Window

    @property
    def said(self) -> str:
        """As an address has it: "40,80"."""
        return f"{self.window[0]:g},{self.window[1]:g}"


@cache
def _all() -> tuple[tuple[str, Preset], ...]:
    rows = tomllib.loads((Path(__file__).parent / "windows.toml").read_text(encoding="utf-8"))["window"]
    return tuple((r["modality"], Preset(r["id"], r["title"], (float(r["centre"]), float(r["width"])))) for r in rows)


def presets(modality: str) -> list[Preset]:
    return [preset for named, preset in _all() if named == modality]


def window(said: str) -> Window | None:
    """ "40,80" as centre and width; "" is the image's own. Raises ValueError with a sentence for anything else."""
    if not said:
        return None
    try:
        centre, width = (float(part) for part in said.split(","))
    except ValueError:
        raise ValueError("A window is two numbers, its centre and its width: 40,80.") from None
    if not (math.isfinite(centre) and math.isfinite(width) and 1 <= width <= MOST and abs(centre) <= MOST):
        raise ValueError(f"The width of a window is from 1 to {MOST:,.0f}, its centre no further from 0 than that.")
    return centre, width
