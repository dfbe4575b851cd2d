"""Every key that a table of a policy file may carry. What is not here is a mistake, never ignored."""

from __future__ import annotations

COUNTED = ("count", "last", "roll", "month_end", "calendar", "cutoff")
TERM = (
    "within",
    "before",
    "season",
    "from",
    "take",
    "earliest",
    "round",
    "extended",
    "yields",
    "when",
    "cites",
    *COUNTED,
    "whichever",
    "of",
)
MOVED = ("to", "settled_to", "emptied_to", "counts", "resets", "over", "marks", "unmarks")

SHAPE: dict[str, tuple[str, ...]] = {
    "": (
        "schema", "policy", "title", "source", "seen", "revision", "in_force", "published", "ended", "object", "governs", "zone",
        "start", "days", "calendar", "season", "excludes", "change", "areas", "area", "counter", "trait", "date", "fact", "stage",
        "window", "offer", "option", "material", "outcome", "table", "limit", "clause",
    ),
    "object": ("is", "title", "cites"),
    "governs": ("by", "fact", "cites"),
    "days": (*COUNTED, "cites"),
    "calendar": ("weekend", "yearly", "weekdays", "holidays", "observed", "known_through", "cites"),
    "season": ("from", "through", "cites"),
    "excludes": ("cites",),
    "change": ("date", "section", "description"),
    "areas": ("default", "passed", "failed", "withdrawn", "untested", "joined_by"),
    "area": ("prefix", "withdrawable", "cites"),
    "counter": ("title", "names", "limit", "lasting", "cites"),
    "trait": ("title", "values", "default", "told_by", "cites"),
    "date": ("title", "told_by", "key", "cites"),
    "fact": ("title", "by", "tells", "values", "needs", "renews", "lasting", "stands_for", "table"),
    "stage": (
        "title", "holder", "asks", "ends", "rests", "awaits", "hears", "moves", "due", "overdue", "until", "since", "decides", "silent",
        "cites",
    ),
    "move": (*MOVED, "new_round", "decides", "finds", "owes", "when", "cites"),
    "over": ("counter", "past", "to", "cites"),
    "wait": TERM,
    "part": (*(k for k in TERM[:7] if k != "earliest"), *COUNTED),
    "extended": ("by", "once", "in_time"),
    "in_time": (*TERM[:5], *COUNTED),
    "opens": ("after", "before", "from", "take", "once", "season", "cites", *COUNTED),
    "window": ("stage", "when", "opens", "due", "term", "silent"),
    "offer": ("stage", "when", "options", "silent", "cites"),
    "when": ("marks", "without", "outcome", "heard", "unheard", "told", "untold", "left"),  # and each counter and trait by its name
    "range": ("from", "to"),
    "left": ("until", "more_than", "at_most", "on"),
    "option": (
        *MOVED, "title", "summary", "retest", "covers", "puts", "partial", "withdraws", "ticks", "challenges", "accepts",
        "needs", "may_add", "provided", "then", "silent", "cites",
    ),
    "accepts": ("allowed", "excluded", "required", "cites"),
    "material": ("title", "signed_by", "phi", "fee", "met_by", "met_when", "holder", "due", "cites"),
    "outcome": (
        "title", "accredited", "appealable", "interim", "keeps", "suspends", "grounded", "effective", "expires", "grace", "silent", "cites",
    ),
    "effective": (*TERM, "back_dating"),
    "grace": (*TERM, "once", "in_time"),
    "table": ("title", "row", "threshold", "cites"),
    "row": (
        "measure", "title", "unit", "at_least", "at_most", "more_than", "less_than", "is_true", "each", "when", "force", "weight", "cites",
    ),
    "threshold": ("minors", "when", "cites"),
    "limit": ("within", "number", "cites"),
    "clause": ("at", "says", "assumed", "silent", "force"),
    "criteria": (
        "schema", "criteria", "title", "source", "seen", "revision", "in_force", "ended", "governs", "trait", "table", "clause",
    ),
    "criteria-trait": ("title", "unit", "values", "band", "cites"),
    "scenarios": ("scenario",),
    "scenario": ("title", "facts", "ask"),
    "happened": ("at", "kind", "about"),
    "ask": (
        "at", "stage", "holder", "options", "due", "refused", "option_due", "duty_due", "outcome", "accredited", "effective", "expires", "counters",
        "marks", "areas", "duties", "silences", "inadmissible", "kind",
    ),
    "band": ("word", "at_least", "at_most", "more_than", "less_than"),
}  # fmt: skip
# Tables of files that are kept beside a policy: criteria, scenarios.
BESIDE = frozenset({"criteria", "criteria-trait", "band", "scenarios", "scenario", "happened", "ask"})
