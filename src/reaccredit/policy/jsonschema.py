"""JSON Schema (2020-12) of the two files that people write: a policy (as the data that its TOML holds) and a history."""

from __future__ import annotations

from typing import Any

from reaccredit.policy.reading import COVERS, GOVERNS, PHI, RETESTS
from reaccredit.policy.revision import SCHEMA
from reaccredit.policy.shape import SHAPE
from reaccredit.policy.words import ACCEPTABLE, NOT_ACCEPTABLE

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT}
FLAG: dict[str, Any] = {"type": "boolean"}
NUMBER: dict[str, Any] = {"type": "integer"}
DAY: dict[str, Any] = {"type": "string", "format": "date"}
SPAN: dict[str, Any] = {
    "type": "string",
    "pattern": r"^P(\d{1,5}D|T\d{1,5}H)$",
    "description": "P15D: days. PT48H: hours.",
}
OUTCOME: dict[str, Any] = {"enum": [ACCEPTABLE, NOT_ACCEPTABLE]}


def _ref(kind: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{kind}"}


def _named(kind: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": _ref(kind)}


def _rows(kind: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(kind)}


TYPES: dict[str, dict[str, Any]] = {
    "": {
        "schema": {"const": SCHEMA}, "revision": DAY, "in_force": DAY, "published": DAY, "ended": DAY, "governs": _ref("governs"),
        "days": _ref("days"), "excludes": _named("excludes"), "change": _rows("change"), "area": _named("area"), "fact": _named("fact"),
        "stage": _named("stage"), "window": _rows("window"), "offer": _rows("offer"), "option": _named("option"),
        "material": _named("material"), "limit": _named("limit"), "clause": _named("clause"),
    },
    "governs": {"by": {"enum": list(GOVERNS)}},
    "days": {"count": {"const": "exclude-first"}, "roll": {"const": "none"}},
    "change": {"date": DAY},
    "area": {"withdrawable": FLAG},
    "stage": {"asks": FLAG, "ends": FLAG, "hears": TEXTS, "moves": _named("move"), "due": _ref("wait"), "overdue": _ref("move"), "silent": TEXTS},
    "move": {"counts": FLAG, "over": _ref("over"), "outcome": OUTCOME, "marks": TEXTS},
    "over": {"deficiency": NUMBER},
    "wait": {"within": SPAN, "earliest": SPAN, "from": TEXTS, "yields": TEXTS},
    "opens": {"after": SPAN, "from": TEXTS},
    "window": {
        "medium": TEXTS, "marks": TEXTS, "without": TEXTS,
        "opens": _ref("opens"), "due": _ref("wait"), "term": _named("wait"), "silent": TEXTS},
    "offer": {"deficiency": NUMBER, "marks": TEXTS, "without": TEXTS, "options": TEXTS},
    "option": {
        "retest": {"enum": list(RETESTS)}, "covers": {"enum": list(COVERS)}, "partial": FLAG, "withdraws": FLAG, "ticks": FLAG,
        "needs": TEXTS, "may_add": TEXTS, "provided": TEXTS, "then": TEXTS, "silent": TEXTS,
    },
    "material": {"signed_by": {"anyOf": [TEXT, {"type": "object", "additionalProperties": TEXT}]}, "phi": {"enum": list(PHI)}},
    "limit": {"within": SPAN},
    "clause": {"assumed": FLAG, "silent": FLAG},
}  # fmt: skip
REQUIRED: dict[str, tuple[str, ...]] = {
    "": ("schema", "policy", "title", "source", "seen", "in_force", "zone", "start", "days", "area", "fact", "stage", "option", "clause"),
    "stage": ("title", "cites"), "option": ("title", "to", "retest", "cites"), "clause": ("says",), "fact": ("title", "by"),
    "window": ("stage", "opens", "due"), "wait": ("within", "from", "cites"), "offer": ("deficiency", "options", "cites"),
}  # fmt: skip


def _table(kind: str) -> dict[str, Any]:
    own = TYPES.get(kind, {})
    properties = {key: TEXTS if key == "cites" else own.get(key, TEXT) for key in SHAPE[kind]}
    return {
        "type": "object", "properties": properties, "required": list(REQUIRED.get(kind, ())), "additionalProperties": False,
    }  # fmt: skip


def policy_schema() -> dict[str, Any]:
    return {
        "$schema": DRAFT, "title": "One revision of a policy", **_table(""), "$defs": {k: _table(k) for k in SHAPE if k},
    }  # fmt: skip


def history_schema() -> dict[str, Any]:
    areas = {"anyOf": [{"type": "object", "additionalProperties": OUTCOME}, TEXTS]}
    about = {"type": "object", "properties": {"medium": TEXT, "areas": areas, "withdraw": TEXTS}}
    fact = {
        "type": "object", "required": ["at", "kind"], "additionalProperties": False,
        "properties": {"at": {"type": "string", "format": "date-time"}, "kind": TEXT, "about": about},
    }  # fmt: skip
    return {"$schema": DRAFT, "title": "The history of a case, oldest fact first", "type": "array", "items": fact}
