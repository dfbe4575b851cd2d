"""The rules of calibration cases as a page tells them: each with its reason."""

from __future__ import annotations

from reaccredit.reviews.quality_rules import CalibrationRules


def rules_told(rules: CalibrationRules | None) -> list[tuple[str, str, str]]:
    """(what it is, its value in words, why it is so); nothing where no rules hold."""
    if rules is None:
        return []
    words = {
        "every_days": ("How often", f"A reader is in the draw again {rules.every_days} days after the last case of a modality"),
        "readers_at_once": ("How many readers", f"A draw asks {rules.readers_at_once}"),
        "areas_at_most": ("How many areas", f"A case has at most {rules.areas_at_most}"),
        "look_back_days": ("From which reviews", f"Those completed in the last {rules.look_back_days} days"),
        "areas_from": ("Areas", f"A rate is shown from {rules.areas_from} areas on"),
        "criteria_from": ("Criteria", f"A rate is shown from {rules.criteria_from} answers on"),
        "talk_below_percent": ("A talk", f"Staff talk to a reader whose rate lies below {rules.talk_below_percent} %"),
    }  # fmt: skip
    return [(title, said, rules.why[name]) for name, (title, said) in words.items()]
