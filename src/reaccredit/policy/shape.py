"""Every key that a table of a policy file may carry. What is not here is a mistake, never ignored."""

from __future__ import annotations

SHAPE: dict[str, tuple[str, ...]] = {
    "": (
        "schema", "policy", "title", "source", "seen", "revision", "in_force", "published", "ended", "governs", "zone", "start",
        "days", "excludes", "change", "area", "fact", "stage", "window", "offer", "option", "material", "limit", "clause",
    ),
    "governs": ("by", "cites"),
    "days": ("count", "roll", "cites"),
    "excludes": ("cites",),
    "change": ("date", "section", "description"),
    "area": ("prefix", "withdrawable", "cites"),
    "fact": ("title", "by", "tells"),
    "stage": ("title", "holder", "asks", "ends", "awaits", "hears", "moves", "due", "overdue", "silent", "cites"),
    "move": ("to", "settled_to", "emptied_to", "counts", "over", "outcome", "marks", "cites"),
    "over": ("deficiency", "to", "cites"),
    "wait": ("within", "from", "earliest", "yields", "cites"),
    "opens": ("after", "from", "once", "cites"),
    "window": ("stage", "medium", "marks", "without", "opens", "due", "term", "silent"),
    "offer": ("deficiency", "marks", "without", "options", "cites"),
    "option": (
        "title", "summary", "to", "settled_to", "emptied_to", "retest", "covers", "puts", "partial", "withdraws", "ticks",
        "needs", "may_add", "provided", "then", "silent", "cites",
    ),
    "material": ("title", "signed_by", "phi", "met_by", "met_when", "holder", "cites"),
    "limit": ("within", "cites"),
    "clause": ("at", "says", "assumed", "silent"),
    # tables of numbers (limits.py), and dated tables of criteria (criteria.py)
    "table": ("title", "row", "threshold", "cites"),
    "row": (
        "measure", "title", "unit", "at_least", "at_most", "more_than", "less_than", "is_true", "each", "when", "force", "weight", "cites",
    ),
    "threshold": ("minors", "when", "cites"),
    "criteria": (
        "schema", "criteria", "title", "source", "seen", "revision", "in_force", "ended", "governs", "trait", "table", "clause",
    ),
    "criteria-trait": ("title", "unit", "values", "band", "cites"),
    "band": ("word", "at_least", "at_most", "more_than", "less_than"),
}  # fmt: skip
