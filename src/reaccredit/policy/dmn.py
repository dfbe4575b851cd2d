"""The matrix of a revision as a DMN 1.3 decision table: in which standing which options, for any tool that reads DMN.

A table says what may be chosen, never by when: opening, terms and history stay with the engine. So that FEEL and the readers
that take an entry for an expression of their own agree, an entry is a text, a number, a comparison, or `? in (...)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from reaccredit.policy.exporting import (
    AT_MOST,
    MORE,
    NO,
    OUTCOME,
    STAGE,
    UNKNOWN,
    YES,
    Words,
    asked_by,
    asking,
    element,
    left_name,
    written,
)
from reaccredit.policy.revision import Offer, Revision, When
from reaccredit.policy.rules import MOST

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
FEEL = "https://www.omg.org/spec/DMN/20191111/FEEL/"
ANY = "-"


@dataclass(frozen=True, slots=True)
class Input:
    """A column: its name in expressions, how it is called, its type, and the values that it may have (none: any)."""

    name: str
    label: str
    type: str
    values: tuple[str, ...] = ()


def dmn(rev: Revision) -> str:
    words = Words(rev)
    inputs = list(_inputs(rev, words))
    top = element(
        None, "definitions", xmlns=DMN, id="definitions", name=f"{rev.title}, revision {rev.revision}",
        namespace=f"urn:reaccredit:policy:{rev.policy}:{rev.revision}", expressionLanguage=FEEL, exporter="reaccredit",
    )  # fmt: skip
    element(top, "description", f"{rev.source}. sha256 {rev.sha256}")
    listed = element(top, "itemDefinition", name="tOptions", isCollection="true")
    element(listed, "typeRef", "string")
    decision = element(top, "decision", id="options", name="options")
    element(decision, "description", "The options of a standing. The description of a rule cites its clauses.")
    element(decision, "variable", id="options_variable", name="options", typeRef="tOptions")
    for n in range(1, len(inputs) + 1):
        needed = element(decision, "informationRequirement", id=f"requires_{n}")
        element(needed, "requiredInput", href=f"#data_{n}")
    _table(rev, words, decision, inputs)
    for n, column in enumerate(inputs, 1):
        data = element(top, "inputData", id=f"data_{n}", name=column.name)
        element(data, "variable", id=f"data_{n}_variable", name=column.name, typeRef=column.type)
    return written(top)


def _inputs(rev: Revision, words: Words) -> Iterator[Input]:
    """The stage, and everything that a row of the matrix asks for."""
    yield Input(STAGE, "Stage", "string", tuple(s.id for s in rev.stages.values() if s.asks))
    if any(row.when.outcome for row in rev.offers):
        yield Input(OUTCOME, "Outcome in force", "string", ("", *rev.outcomes))
    for asked in dict.fromkeys(a for row in rev.offers for a in asked_by(row.when)):
        kind = "number" if asked[0] == "count" else "string"
        yield Input(words.ids[asked], words.title(asked), kind, _values(rev, *asked))


def _values(rev: Revision, sort: str, name: str) -> tuple[str, ...]:
    if sort == "count":
        return ()
    if sort == "trait":
        return ("", *rev.traits[name].values)
    return (MORE, AT_MOST, UNKNOWN) if sort == "left" else (YES, NO)


def _table(rev: Revision, words: Words, decision: ET.Element, inputs: list[Input]) -> None:
    table = element(decision, "decisionTable", id="matrix", hitPolicy="UNIQUE")
    for n, column in enumerate(inputs, 1):
        made = element(table, "input", id=f"input_{n}", label=column.label)
        asked = element(made, "inputExpression", id=f"input_{n}_expression", typeRef=column.type)
        element(asked, "text", column.name)
        if column.values:
            allowed = element(made, "inputValues", id=f"input_{n}_values")
            element(allowed, "text", ",".join(map(_quoted, column.values)))
    element(table, "output", id="output_1", label="Options", name="options", typeRef="tOptions")
    for n, row in enumerate(rev.offers, 1):
        _rule(rev, words, table, inputs, n, row)


def _rule(rev: Revision, words: Words, table: ET.Element, inputs: list[Input], n: int, row: Offer) -> None:
    rule = element(table, "rule", id=f"row_{n}")
    silent = "".join(f" {rev.clauses[name].says}" for name in row.silent)
    element(rule, "description", f"[{', '.join(row.cites)}]{silent}")
    entries = {STAGE: _among(asking(rev, row)), **_entries(words, row.when)}
    for m, column in enumerate(inputs, 1):
        entry = element(rule, "inputEntry", id=f"row_{n}_input_{m}")
        element(entry, "text", entries.get(column.name, ANY))
    out = element(rule, "outputEntry", id=f"row_{n}_options")
    element(out, "text", f"[{', '.join(map(_quoted, row.options))}]")


def _entries(words: Words, when: When) -> dict[str, str]:
    """What each column must be; what is not named may be anything."""
    found = {words.id("count", name): _between(low, high) for name, low, high in when.counters}
    found |= {words.id("trait", name): _among(sorted(values)) for name, values in when.traits}
    for sort, names, said in (
        ("mark", when.marks, YES), ("mark", when.without, NO), ("heard", when.heard, YES), ("heard", when.unheard, NO),
        ("told", when.told, YES), ("told", when.untold, NO),
    ):  # fmt: skip
        found |= {words.id(sort, name): _quoted(said) for name in names}
    if when.outcome:
        found[OUTCOME] = _among(sorted(when.outcome))
    if when.left:
        found[words.id("left", left_name(when.left))] = _quoted(MORE if when.left.more_than else AT_MOST)
    return found


def _between(low: int, high: int) -> str:
    if low == high:
        return str(low)
    if high == MOST:
        return f">= {low}"
    return f"<= {high}" if not low else f"? >= {low} and ? <= {high}"


def _among(values: tuple[str, ...] | list[str]) -> str:
    return _quoted(values[0]) if len(values) == 1 else f"? in ({', '.join(map(_quoted, values))})"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
