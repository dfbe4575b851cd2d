"""The programme's own rules of assignment: data, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reaccredit.reviews.assignment.words import Rules, Weights

FILE = Path(__file__).resolve().parent / "rules" / "assignment.toml"


@dataclass(frozen=True, slots=True)
class HouseRules:
    rules: Rules
    answer_within_days: int
    due_within_days: int
    limit: int
    declare_within_days: int
    ending_within_days: int


@cache
def house_rules() -> HouseRules:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    # Who was not asked to declare owes nothing (`gathering`), so the rule itself can always stand.
    rules = Rules(**data["conflict"], declaration_required=True, weights=Weights(**data["weights"]))
    asked = data["declaration"]
    return HouseRules(
        rules, **data["offer"], declare_within_days=asked["within_days"], ending_within_days=asked["ending_days"]
    )
