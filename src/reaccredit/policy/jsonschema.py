"""JSON Schema (2020-12) of the two files that people write: a policy (as the data that its TOML holds) and a history."""

from __future__ import annotations

from typing import Any

from reaccredit.policy.limits import MAJOR, MINOR, UNSTATED
from reaccredit.policy.reading import FORCES, GOVERNS
from reaccredit.policy.revision import SCHEMA
from reaccredit.policy.rules import COUNTS, COVERS, LASTS, MONTH_ENDS, PHI, ROLLS, ROUNDS, TAKES, WHICHEVER
from reaccredit.policy.shape import BESIDE, SHAPE

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT}
SOME: dict[str, Any] = {**TEXTS, "minItems": 1}
EITHER: dict[str, Any] = {"anyOf": [TEXT, TEXTS]}
FLAG: dict[str, Any] = {"type": "boolean"}
NUMBER: dict[str, Any] = {"type": "integer"}
DECIMAL: dict[str, Any] = {"type": "number"}
DAY: dict[str, Any] = {"type": "string", "format": "date"}
HOUR: dict[str, Any] = {"type": "string", "pattern": r"^\d\d:\d\d(:\d\d)?$"}
SPAN: dict[str, Any] = {
    "type": "string",
    "pattern": r"^P(\d{1,5}B|T\d{1,5}H|T\d{1,6}M|(?=\d)(\d{1,3}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,5}D)?)$",
    "description": "P15D days, P2W weeks, P10B business days, P6M months, P3Y years, P1Y6M, PT48H hours, PT90M minutes",
}


def _ref(kind: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{kind}"}


def _named(kind: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": _ref(kind)}


def _rows(kind: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(kind)}


def _one_or_rows(kind: str) -> dict[str, Any]:
    return {"anyOf": [_ref(kind), _rows(kind)]}


def _enum(words: tuple[str, ...]) -> dict[str, Any]:
    return {"enum": list(words)}


COUNTED = {
    "count": _enum(COUNTS), "last": _enum(LASTS), "roll": _enum(ROLLS), "month_end": _enum(MONTH_ENDS), "cutoff": HOUR, "calendar": TEXT,
}  # fmt: skip
TERM = {
    **COUNTED, "within": SPAN, "before": SPAN, "season": TEXT, "from": SOME, "take": _enum(TAKES), "earliest": SPAN,
    "round": _enum(ROUNDS), "extended": _ref("extended"), "yields": TEXTS, "when": _ref("when"),
    "whichever": _enum(WHICHEVER), "of": _rows("part"),
}  # fmt: skip
MOVED = {"counts": TEXTS, "resets": TEXTS, "over": _ref("over"), "marks": TEXTS, "unmarks": TEXTS}
TYPES: dict[str, dict[str, Any]] = {
    "": {
        "schema": {"const": SCHEMA}, "revision": DAY, "in_force": DAY, "published": DAY, "ended": DAY, "object": _ref("object"),
        "governs": _ref("governs"), "days": _ref("days"), "calendar": _named("calendar"), "season": _named("season"),
        "excludes": _named("excludes"), "change": _rows("change"), "areas": _ref("areas"), "area": _named("area"),
        "counter": _named("counter"), "trait": _named("trait"), "date": _named("date"), "fact": _named("fact"),
        "stage": _named("stage"), "window": _rows("window"), "offer": _rows("offer"), "option": _named("option"),
        "material": _named("material"), "outcome": _named("outcome"), "table": _named("table"), "limit": _named("limit"),
        "clause": _named("clause"),
    },
    "governs": {"by": _enum(GOVERNS)}, "days": COUNTED, "change": {"date": DAY}, "area": {"withdrawable": FLAG},
    "calendar": {
        "weekend": TEXTS, "yearly": TEXTS, "weekdays": TEXTS, "holidays": {"type": "array", "items": DAY}, "known_through": DAY,
        "observed": _enum(("none", "nearest-weekday")),
    },
    "counter": {"names": TEXTS, "limit": NUMBER, "lasting": FLAG}, "trait": {"values": TEXTS, "told_by": TEXTS}, "date": {"told_by": TEXTS},
    "fact": {"values": TEXTS, "needs": TEXTS, "renews": FLAG, "lasting": FLAG},
    "stage": {
        "asks": FLAG, "ends": FLAG, "rests": FLAG, "hears": TEXTS, "silent": TEXTS, "due": _one_or_rows("wait"), "overdue": _one_or_rows("move"),
        "moves": {"type": "object", "additionalProperties": _one_or_rows("move")}, "until": _named("wait"), "since": _named("wait"),
    },
    "move": {**MOVED, "new_round": FLAG, "owes": TEXTS, "when": _ref("when")}, "over": {"past": NUMBER}, "wait": TERM,
    "extended": {"by": SPAN, "in_time": _ref("in_time")}, "in_time": TERM, "part": TERM, "areas": {"joined_by": TEXTS},
    "opens": {**COUNTED, "after": SPAN, "before": SPAN, "from": SOME, "take": _enum(TAKES), "once": EITHER},
    "window": {"when": _ref("when"), "opens": _ref("opens"), "due": _ref("wait"), "term": _named("wait"), "silent": TEXTS},
    "offer": {"stage": EITHER, "when": _ref("when"), "options": TEXTS, "silent": TEXTS},
    "when": {
        **dict.fromkeys(("marks", "without", "outcome", "heard", "unheard", "told", "untold"), TEXTS), "left": _ref("left"),
    },
    "range": {"from": NUMBER, "to": NUMBER}, "left": {"more_than": SPAN, "at_most": SPAN},
    "option": {
        **MOVED, **dict.fromkeys(("partial", "withdraws", "ticks", "challenges"), FLAG), "covers": _enum(COVERS),
        "accepts": _named("accepts"), **dict.fromkeys(("needs", "may_add", "provided", "then", "silent"), TEXTS),
    },
    "accepts": {"allowed": TEXTS, "excluded": TEXTS, "required": FLAG},
    "material": {
        "signed_by": {"anyOf": [TEXT, {"type": "object", "additionalProperties": TEXT}]}, "phi": _enum(PHI), "due": _ref("wait"),
    },
    "outcome": {
        **dict.fromkeys(("accredited", "appealable", "interim", "keeps", "suspends", "grounded"), FLAG), "effective": _ref("effective"),
        "expires": _ref("wait"), "grace": _ref("grace"), "silent": TEXTS,
    },
    "effective": {**TERM, "back_dating": _enum(("allowed", "forbidden"))}, "grace": {**TERM, "in_time": _ref("in_time")},
    "table": {"row": _rows("row"), "threshold": _rows("threshold")},
    "row": {
        **dict.fromkeys(("at_least", "at_most", "more_than", "less_than"), DECIMAL), "is_true": FLAG, "each": FLAG,
        "when": {"type": "object", "additionalProperties": TEXTS}, "force": _enum(FORCES),
        "weight": _enum((MAJOR, MINOR, UNSTATED)),
    },
    "threshold": {"minors": NUMBER, "when": {"type": "object", "additionalProperties": TEXTS}},
    "limit": {"within": SPAN, "number": DECIMAL}, "clause": {"assumed": FLAG, "silent": FLAG, "force": _enum(FORCES)},
}  # fmt: skip
REQUIRED: dict[str, tuple[str, ...]] = {
    "": ("schema", "policy", "title", "source", "seen", "revision", "in_force", "zone", "start", "governs", "days", "fact", "stage", "clause"),
    "stage": ("title", "cites"), "option": ("title", "to", "cites"), "clause": ("says",), "fact": ("title", "by"),
    "window": ("stage", "opens"), "offer": ("options", "cites"), "outcome": ("title", "cites"), "move": ("cites",),
    "over": ("counter", "past", "to", "cites"), "calendar": ("weekend", "cites"), "trait": ("values", "told_by"),
    "accepts": ("cites",), "area": ("prefix", "cites"), "change": ("date", "section", "description"), "days": ("count", "roll", "cites"),
    "effective": ("cites",), "excludes": ("cites",), "extended": ("by", "once"), "governs": ("by", "cites"), "grace": ("once", "cites"),
    "in_time": ("from",), "left": ("until",), "limit": ("cites",), "material": ("title",), "object": ("is", "cites"), "opens": ("cites",),
    "part": ("from",), "row": ("measure", "cites"), "season": ("from", "through", "cites"), "table": ("title", "cites"),
    "threshold": ("minors", "cites"), "wait": ("cites",),
    "date": ("title", "told_by", "cites"), "areas": ("default", "passed", "failed", "withdrawn", "untested"),
}  # fmt: skip


def _table(kind: str) -> dict[str, Any]:
    own = TYPES.get(kind, {})
    cites = SOME if "cites" in REQUIRED.get(kind, ()) else TEXTS
    properties = {key: cites if key == "cites" else own.get(key, TEXT) for key in SHAPE[kind]}
    # A condition also names counters (a number or a range) and traits (a list), which each policy names for itself.
    more: Any = {"anyOf": [NUMBER, _ref("range"), TEXTS]} if kind == "when" else False
    return {
        "type": "object", "properties": properties, "required": list(REQUIRED.get(kind, ())), "additionalProperties": more,
    }  # fmt: skip


def policy_schema() -> dict[str, Any]:
    return {
        "$schema": DRAFT, "title": "One revision of a policy", **_table(""), "$defs": {k: _table(k) for k in SHAPE if k and k not in BESIDE},
    }  # fmt: skip


def history_schema() -> dict[str, Any]:
    areas = {"anyOf": [{"type": "object", "additionalProperties": TEXT}, TEXTS]}
    told = {"areas": areas, "withdraw": TEXTS, "values": {"type": "object"}, "grounds": TEXTS, "effective": DAY}
    about = {
        "type": "object",
        "properties": told,
        "description": "and the traits, dates and words that the policy's facts tell",
    }
    fact = {
        "type": "object", "required": ["at", "kind"], "additionalProperties": False,
        "properties": {"at": {"type": "string", "format": "date-time"}, "kind": TEXT, "about": about},
    }  # fmt: skip
    return {"$schema": DRAFT, "title": "The history of a case, oldest fact first", "type": "array", "items": fact}
