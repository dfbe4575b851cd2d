"""A revision given away in other forms: nothing of it is lost, and whoever reads it comes to the same answers."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from dataclasses import fields, replace
from pathlib import Path

import pytest

from reaccredit.policy import refusing
from reaccredit.policy.conditions import holds
from reaccredit.policy.determining import emptied
from reaccredit.policy.exploring import Explored, explore
from reaccredit.policy.exporting import Words, left_name
from reaccredit.policy.formats import FORMATS
from reaccredit.policy.reading import read_file
from reaccredit.policy.revision import ALWAYS, Revision, When
from reaccredit.policy.telling import verdict
from tests.policy.reading_exports import SCXML, DecisionTable, Machine
from tests.policy.telling import SHELF

FILES = [
    SHELF / "diagnostic" / "2022-11-09.toml",
    SHELF / "radiation-oncology" / "2019-12-12.toml",
    *sorted((Path(__file__).parent / "shapes").glob("*.toml")),
]
REVISIONS = [read_file(path) for path in FILES]
NAMES = [rev.policy for rev in REVISIONS]
EACH = pytest.mark.parametrize("rev", REVISIONS, ids=NAMES)


@pytest.fixture(scope="module")
def walked() -> dict[str, Explored]:
    return {rev.policy: explore(rev, most=4_000) for rev in REVISIONS}


def how_much_is_left(rev, s, at):
    """The answers that a machine of states is given with the event."""
    lefts = [when.left for when in (*(m.when for m in rev.moves), *(o.when for o in rev.offers)) if when.left]
    found = {}
    for left in lefts:
        span = left.more_than or left.at_most
        more = holds(rev, replace(ALWAYS, left=replace(left, more_than=span, at_most=None)), s, at)
        most = holds(rev, replace(ALWAYS, left=replace(left, more_than=None, at_most=span)), s, at)
        found[Words(rev).id("left", left_name(left))] = "more" if more else "at most" if most else "unknown"
    return found


def event_data(rev, s, fact, after):
    areas = "emptied" if emptied(rev, after.areas) else "failed" if after.deficient else "settled"
    decided = verdict(rev, s, fact)
    return {
        **{k: v for k, v in fact.about.items() if k != "areas"},
        "areas_are": areas,
        "verdict": decided.word if decided else "",
        **how_much_is_left(rev, s, fact.at),
    }


@EACH
def test_scxml_read_by_somebody_else_leads_every_story_to_the_same_stage_and_outcome(rev, walked):
    w, document, chance = walked[rev.policy], FORMATS["scxml"](rev), random.Random(3)
    for key in chance.sample(sorted(w.nodes, key=repr), min(60, len(w.nodes))):
        machine = Machine(document)
        for edge in w.path(key):
            (s, _), (after, _) = w.nodes[edge.before], w.nodes[edge.after]
            if edge.clock and after.lapsed and after.stage != s.stage:
                assert machine.send("clock", {})
            elif not edge.clock:
                assert machine.send(edge.fact.kind, event_data(rev, s, edge.fact, after)), edge.fact
            assert machine.at == after.stage.replace("-", "_")
            assert machine.data["outcome_in_force"] == after.outcome


@EACH
def test_scxml_names_every_stage_and_option_and_leads_nowhere_else(rev):
    top = ET.fromstring(FORMATS["scxml"](rev))
    ids = [e.get("id") for e in top.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    states = {e.get("id") for e in top if e.tag in (f"{SCXML}state", f"{SCXML}final")}
    assert states == {name.replace("-", "_") for name in rev.stages}
    assert {e.get("target") for e in top.iter(f"{SCXML}transition")} <= states | {None}
    events = {e.get("event") for e in top.iter(f"{SCXML}transition")}
    assert {f"option.{name}" for name in rev.options} <= events


def as_dmn_asks(rev: Revision, s, at):
    def flag(yes):
        return "yes" if yes else "no"

    answers = {
        "count": lambda name: s.count(name),
        "trait": lambda name: s.trait(name),
        "mark": lambda name: flag(name in s.marks),
        "heard": lambda name: flag(name in s.times),
        "told": lambda name: flag(name in s.dates or name in s.traits),
        "left": lambda name: "",
    }
    said = {word: answers[sort](name) for (sort, name), word in Words(rev).ids.items()}
    return {"stage": s.stage, "outcome_in_force": s.outcome, **said, **how_much_is_left(rev, s, at)}


@EACH
def test_dmn_gives_each_standing_that_asks_its_one_row_of_the_matrix(rev, walked):
    table = DecisionTable(FORMATS["dmn"](rev))
    assert len(table.rules) == len(rev.offers)
    asking = [(s, at) for s, at in walked[rev.policy].nodes.values() if rev.stages[s.stage].asks][:300]
    assert asking
    for s, at in asking:
        (row,) = refusing.rows(rev, s, at)
        assert table.decide(as_dmn_asks(rev, s, at)) == list(row.options)


@EACH
def test_dmn_cites_the_clauses_of_each_row(rev):
    told = re.findall(r"<rule [^>]*>\s*<description>\[([^\]]*)\]", FORMATS["dmn"](rev))
    assert told == [", ".join(row.cites) for row in rev.offers]


@EACH
def test_graphviz_and_markdown_have_every_stage_and_every_row(rev):
    dot, table = FORMATS["dot"](rev), FORMATS["md"](rev)
    assert all(f'"{name}" [label = ' in dot for name in rev.stages)
    assert dot.count("{") == dot.count("}") == 1
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + len(rev.offers) + (2 + len(rev.windows) if rev.windows else 0)
    assert all(option.title in table for option in rev.options.values())


def test_no_word_of_the_vocabulary_of_conditions_is_left_out():
    """A condition that is added to the schema is added to the forms in which it is given away."""
    written = {"counters", "traits", "marks", "without", "outcome", "heard", "unheard", "told", "untold", "left"}
    assert {f.name for f in fields(When)} == written
