"""The programme's rules of looking after its own reading: dated data, and the block that holds on a day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent / "rules" / "quality.toml"


@dataclass(frozen=True, slots=True)
class Reread:
    share_percent: int
    areas_at_most: int
    look_back_days: int
    seed: str
    stages: tuple[str, ...]

    def kept(self) -> dict[str, Any]:
        return asdict(self) | {"stages": list(self.stages)}

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Reread:
        return cls(**{**row, "stages": tuple(row["stages"])})


@dataclass(frozen=True, slots=True)
class Figures:
    look_back_days: int
    few: int
    own_from: int
    quarter_from: int
    others_from: int


@dataclass(frozen=True, slots=True)
class CalibrationRules:
    """How often and to how many calibration cases go, from how many answers on a rate is shown, and below which one staff talk."""

    every_days: int
    readers_at_once: int
    areas_at_most: int
    look_back_days: int
    areas_from: int
    criteria_from: int
    talk_below_percent: int
    seed: str
    stages: tuple[str, ...]
    why: Mapping[str, str]

    def kept(self) -> dict[str, Any]:
        return asdict(self) | {"stages": list(self.stages)}

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> CalibrationRules:
        made = cls(**{**row, "stages": tuple(row["stages"]), "why": dict(row["why"])})
        numbers = [name for name, value in row.items() if isinstance(value, int)]
        if silent := [name for name in numbers if not made.why.get(name)]:
            raise TypeError(f"calibration: no reason is given for {', '.join(silent)}")
        if small := [name for name in numbers if row[name] < 1]:
            raise TypeError(f"calibration: {', '.join(small)} must be 1 or more")
        return made


@dataclass(frozen=True, slots=True)
class QualityRules:
    day: date
    reread: Reread
    figures: Figures
    calibration: CalibrationRules | None = None  # no rule: no calibration case is made or sent on that day


class BadRules(ValueError):
    """The file of the rules cannot be used; the sentence says where."""


@cache
def blocks(text: str | None = None) -> tuple[QualityRules, ...]:
    """The oldest first. Raises `BadRules`."""
    found = []
    for row in tomllib.loads(FILE.read_text(encoding="utf-8") if text is None else text)["from"]:
        try:
            asked = CalibrationRules.read(row["calibration"]) if "calibration" in row else None
            one = QualityRules(row["day"], Reread.read(row["reread"]), Figures(**row["figures"]), asked)
        except (KeyError, TypeError) as error:
            raise BadRules(f"the block from {row.get('day')}: {error}") from error
        if not 0 < one.reread.share_percent <= 100:
            raise BadRules(f"the block from {one.day}: share_percent is a whole number from 1 to 100")
        found.append(one)
    return tuple(sorted(found, key=lambda one: one.day))


def quality_rules(on: date) -> QualityRules:
    """The block of this day; before the first day, the first block."""
    listed = blocks()
    return next((one for one in reversed(listed) if one.day <= on), listed[0])
