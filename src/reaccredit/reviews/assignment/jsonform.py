"""A proposal as JSON. The schema of a problem is `reading.schema`, that of an answer is here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from reaccredit.reviews.assignment.barring import CONSTRAINTS
from reaccredit.reviews.assignment.explaining import Explaining
from reaccredit.reviews.assignment.reading import DRAFT
from reaccredit.reviews.assignment.words import Problem, Proposal, Relaxation

SCHEMA = 1


def proposal(problem: Problem, found: Proposal, explained: Collection[str]) -> dict[str, Any]:
    """`explained`: the items for which everybody who was not chosen is told why not."""
    chosen = found.relaxation.chosen if found.relaxation else found.chosen
    telling = Explaining(problem, chosen)
    return {
        "schema": SCHEMA,
        "feasible": found.feasible,
        "assignment": [_item(telling, item, explained) for item in found.chosen],
        "relaxation": relaxation(found.relaxation) if found.relaxation else None,
        "objective": found.objective if found.feasible else None,
        "bound": found.bound if found.feasible else None,
        "gap": round(found.gap, 6) if found.feasible else None,
        "notes": list(problem.notes),
        "receipt": {"engine": found.engine, "seed": problem.seed, "on": str(problem.on), "problem": problem.digest},
    }


def _item(telling: Explaining, item_id: str, explained: Collection[str]) -> dict[str, Any]:
    item = telling.items[item_id]
    made: dict[str, Any] = {
        "item": item_id,
        "people": [
            {"person": who, "because": telling.because(item, telling.people[who])} for who in telling.chosen[item_id]
        ],
    }
    if item_id in explained:
        made["why_not"] = [
            {"person": no.person, "barred": no.barred, "reasons": list(no.reasons)} for no in telling.why_not(item)
        ]
    return made


def relaxation(found: Relaxation) -> dict[str, Any]:
    return {
        "size": len(found.waivers),
        "proven_smallest": found.proven,
        "waivers": [
            {"constraint": one.constraint, "item": one.item, "person": one.person, "sentence": one.sentence}
            for one in found.waivers
        ],
        "by_constraint": {
            name: sorted({one.item for one in found.waivers if one.constraint == name})
            for name in CONSTRAINTS if any(one.constraint == name for one in found.waivers)
        },
        "assignment": [{"item": item, "people": list(people)} for item, people in found.chosen.items()],
        "too_few_people": dict(found.short),
        "shortages": [
            {"items": list(one.items), "people": list(one.people), "wanted": one.wanted, "room": one.room, "sentence": one.sentence}
            for one in found.shortages
        ],
    }  # fmt: skip


TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}


def _object(**keys: Any) -> dict[str, Any]:
    optional = {"why_not"}
    return {
        "type": "object", "properties": keys, "required": [k for k in keys if k not in optional], "additionalProperties": False,
    }  # fmt: skip


def _rows(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def schema() -> dict[str, Any]:
    why_not = _object(person=TEXT, barred={"type": "boolean"}, reasons=TEXTS)
    relaxed = _object(
        size=COUNT, proven_smallest={"type": "boolean"},
        waivers=_rows(_object(constraint={"enum": list(CONSTRAINTS)}, item=TEXT, person=TEXT, sentence=TEXT)),
        by_constraint={"type": "object", "propertyNames": {"enum": list(CONSTRAINTS)}, "additionalProperties": TEXTS},
        assignment=_rows(_object(item=TEXT, people=TEXTS)),
        too_few_people={"type": "object", "additionalProperties": COUNT},
        shortages=_rows(_object(items=TEXTS, people=TEXTS, wanted=COUNT, room=COUNT, sentence=TEXT)),
    )  # fmt: skip
    number = {"type": ["integer", "null"]}
    return {"$schema": DRAFT, "title": "The answer of reaccredit to an assignment problem"} | _object(
        schema={"const": SCHEMA}, feasible={"type": "boolean"},
        assignment=_rows(_object(item=TEXT, people=_rows(_object(person=TEXT, because=TEXTS)), why_not=_rows(why_not))),
        relaxation={"anyOf": [relaxed, {"type": "null"}]}, objective=number, bound=number,
        gap={"type": ["number", "null"], "minimum": 0}, notes=TEXTS,
        receipt=_object(engine=TEXT, seed=COUNT, on={**TEXT, "format": "date"}, problem=TEXT),
    )  # fmt: skip
