"""Policies of other shapes, written from the page of the schema alone; their questions were reckoned by hand before they were asked.

Then what such a reader gets wrong: defects that the proof must find, and files that must be refused with a sentence.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reaccredit.policy import Fact, Inadmissible, Malformed, Policy, scenarios
from reaccredit.policy.checking import Finding, check
from reaccredit.policy.jsonform import BadHistory, read_history
from reaccredit.policy.reading import read, read_file
from tests.policy.telling import at

HERE = Path(__file__).parent / "others"
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-policy.md"
FILES = sorted(f for f in HERE.glob("*/*.toml") if not f.name.endswith(".scenarios.toml"))
CERTIFICATE, COMMISSION, LABORATORY, QUANTITATION, SLEEP = (f.read_text() for f in FILES)


def findings(text: str) -> list[Finding]:
    return [f for f in check(read(text, "draft.toml")) if not f.note]


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.parent.name)
def test_a_policy_of_another_shape_is_proved_and_answers_as_was_reckoned(file):
    assert [str(f) for f in check(read_file(file)) if not f.note] == []
    policy, beside = scenarios.policy_of(file)
    told = scenarios.read_path(beside)
    assert sum(len(s.asks) for s in told) >= 40
    assert [str(d) for s in told for d in scenarios.differences(policy, s)] == []


def test_the_smallest_policy_of_the_page_is_a_whole_one():
    found = re.search(r"```toml\n(schema   = 2.*?)```", PAGE.read_text(), re.DOTALL)
    assert found
    assert [str(f) for f in findings(found[1])] == []


def swap(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def without(text: str, header: str) -> str:
    """Without the table that begins so."""
    begin = text.index(header)
    following = re.search(r"(?m)^\[", text[begin + len(header) :])
    assert following
    return text[:begin] + text[begin + len(header) + following.start() :]


DEFECTS = {
    "a term from a fact that comes later": (
        swap(
            CERTIFICATE,
            'from   = ["decision.made/denied"]\ncites  = ["appeal',
            'from   = ["hearing.set"]\ncites  = ["appeal',
        ),
        "never known",
    ),
    "an end that some cases have not": (
        swap(CERTIFICATE, 'within = "P6M"\nfrom   = ["effective"]', 'within = "P6M"\nfrom   = ["hearing.set"]'),
        "never known",
    ),
    "a term that is over at once": (
        swap(CERTIFICATE, '[stage.certified.due]\nwithin = "P0D"', '[stage.certified.due]\nbefore = "P4Y"'),
        "no chance",
    ),
    "a cut-off before the stage begins": (
        swap(LABORATORY, 'within = "PT48H"', 'before = "P1D"'),
        "never in time",
    ),
    "a value without a place": (
        swap(CERTIFICATE, 'values = ["accredited", "denied"]', 'values = ["accredited", "denied", "deferred"]'),
        "never heard",
    ),
    "a verdict without a place": (
        swap(QUANTITATION, 'hears   = ["calibration.checked/fail"]\n', ""),
        "never heard",
    ),
    "a counter that nothing counts": (swap(CERTIFICATE, 'counts  = ["failure"]\n', ""), "never used"),
    "a lifted suspension of nothing": (swap(QUANTITATION, "suspends   = true\n", ""), "never known"),
    "a term for some cases alone": (
        without(QUANTITATION, "[[stage.measuring.due]]\nwhen   = { submission = { from = 1 } }"),
        "one term",
    ),
    "a fourth submission": (
        swap(
            QUANTITATION,
            'over   = { counter = "submission", past = 2, to = "closed", cites = ["submissions"] }\n',
            "",
        ),
        "no limit",
    ),
    "a threshold too few": (swap(QUANTITATION, '["2", "3"]', '["2"]'), "gap"),
    "a lost appeal that may be made again": (
        swap(CERTIFICATE, '{ to = "appeal-lost"', '{ to = "denied"'),
        "once a round",
    ),
    "a stage that nobody leaves": (
        swap(CERTIFICATE, 'moves."plan.approved" = { to = "awaiting", cites = ["reinstate"] }\n', ""),
        "dead end",
    ),
    "no row for a stage that asks": (without(CERTIFICATE, '[[offer]]\nstage   = "hearing-lost"'), "one row"),
    "a count that runs on into the next round": (swap(SLEEP, 'resets    = ["failure"]\n', ""), "no reset"),
    "one of the ways into a new round that does not begin the count anew": (
        swap(
            COMMISSION,
            '[stage.hearing.moves."panel.decided/for"]\nresets    = ["evidence"]\n',
            '[stage.hearing.moves."panel.decided/for"]\n',
        ),
        "no reset",
    ),
    "an end that is no final word": (
        swap(
            COMMISSION,
            '{ to = "denied", decides = "denied", cites = ["hearing"]',
            '{ to = "denied", cites = ["hearing"]',
        ),
        "not decided",
    ),
    "a term from a fact that some cases have not": (
        swap(
            COMMISSION, 'within = "P20D", from = ["panel.decided"]', 'within = "P20D", from = ["follow-up.ended"]'
        ).replace(
            'due     = { within = "PT72H", from = ["threat.found"]',
            'due     = { within = "PT72H", from = ["report.posted"]',
        ),
        "never known",
    ),
    "a form without its day, where the other has one": (
        swap(
            COMMISSION,
            '[window.due]\nwithin = "P30D"\nfrom   = ["evidence.judged/returned"]\ncites  = ["evidence.again"]\n',
            "",
        ),
        "no due date",
    ),
    "a row that offers nothing": (
        swap(
            COMMISSION,
            'heard = ["evidence.judged/returned"] }\noptions = ["give-evidence"]',
            'heard = ["evidence.judged/returned"] }\noptions = []',
        ),
        "never offered",
    ),
    "a time that runs out, and nobody says that nothing follows": (
        swap(
            swap(COMMISSION, 'overdue = { cites = ["report.late"] }', 'overdue = { cites = ["report"] }'),
            'silent  = ["report.late"]\ncites   = ["report"]',
            'cites   = ["report", "report.late"]',
        ),
        "no overdue",
    ),
    "a holder with a slip of the pen": (swap(SLEEP, 'holder = "committee"', 'holder = "comittee"'), "no holder"),
    "rows of the clock that leave a hole": (
        swap(QUANTITATION, "submission = { from = 3 } }", "submission = { from = 4 } }"),
        "one move",
    ),
}


@pytest.mark.parametrize(("text", "rule"), DEFECTS.values(), ids=DEFECTS)
def test_a_defect_that_a_reader_may_plant_is_found(text, rule):
    found = [f for f in findings(text) if f.rule == rule]
    assert found
    if rule not in (
        "never heard",
        "never used",
        "gap",
        "no due date",
        "never offered",
        "no overdue",
        "no holder",
    ):  # what is seen without a walk has no story
        assert any(f.story for f in found)


MALFORMED = [
    ("\ufeff", "'schema' is missing"),
    ("a = " + "[" * 3000 + "]" * 3000, "too deep"),
    ("# " + "x" * 1_100_000, "longer than"),
    (swap(CERTIFICATE, 'zone     = "America/New_York"', 'zone     = "America/New_Yrok"'), "New_Yrok"),
    (swap(CERTIFICATE, 'title = "Provisional certificate issued"', 'title = " "'), "'title' is empty"),
    (swap(CERTIFICATE, 'title = "Provisional certificate issued"', 'title = "a\\u0000"'), "control character"),
    (swap(CERTIFICATE, 'from   = ["expires"]', "from   = []"), "'from' is empty"),
    (swap(CERTIFICATE, 'from   = ["expires"]', 'from   = ["due"]'), "'due' is not known where this is reckoned"),
    (swap(CERTIFICATE, "past = 2", "past = -2"), "never below 0"),
    (swap(CERTIFICATE, "in_force = 2024-09-10", "in_force = 2024-09-10\nended = 2024-09-01"), "it ended on"),
    (swap(CERTIFICATE, "in_force = 2024-09-10", "in_force = 2024-09-10\npublished = 2025-09-01"), "it was published"),
    (CERTIFICATE + '[excludes.demo-certificate]\ncites = ["days"]\n', "does not exclude itself"),
    (swap(CERTIFICATE, '[fact."interim.issued"]', '[fact."interim/issued"]'), "a fact is not named so"),
    (swap(CERTIFICATE, 'title = "Interim notice issued"', 'title = "x"\nstands_for = "interim.issued"'), "itself"),
    (swap(CERTIFICATE, 'excluded = ["fees"', 'excluded = ["assessment", "fees"'), "both allowed and excluded"),
    (swap(CERTIFICATE, "silent = true,", "silent = true, assumed = true,"), "either 'assumed'"),
    (swap(CERTIFICATE, 'met_by = "extension.recommended"', 'met_by = "hearing.set"\nmet_when = "x"'), "'met_when'"),
    (swap(LABORATORY, "correction = 0", "correction = -1"), "never below 0"),
    (swap(LABORATORY, "{ correction = { from = 1 } }", "{ correction = { from = 3, to = 1 } }"), "no count is from 3"),
    (swap(LABORATORY, "[counter.visit]", '[counter.worst]\ncites = ["scope"]\n[counter.visit]'), "'worst' is"),
    (swap(LABORATORY, 'joined_by = ["extension.decided"]', 'joined_by = ["extension.decide"]'), "did you mean"),
    (swap(LABORATORY, 'whichever = "earlier"\n', 'whichever = "earlier"\nwithin = "P1D"\n'), "beside 'whichever'"),
    (swap(LABORATORY, ', { within = "P0D", from = ["expires"] }]', "]"), "two or more"),
    (swap(QUANTITATION, 'when     = { standard = ["one"] }', 'when     = { standard = ["1"] }'), "one of one, two"),
    (
        swap(QUANTITATION, "[window.term.renew]", "[window.due]").replace('"opens"]', '"opens"]', 1),
        r"\[stage.accredited.due\] gives another",
    ),
]


MALFORMED += [
    (SLEEP.replace('cites = ["unit"]', 'cites = "unit"', 1), r'expected a list: cites = \["unit"\]'),
    (SLEEP.replace("[[offer]]", "[offer]"), r"expected a list of rows: \[\[offer\]\]"),
    (SLEEP.replace("[stage.preparing]", "[[stage.preparing]]"), "has single brackets"),
    (SLEEP.replace('within = "P3Y"', "within = 3", 1), 'a span such as within = "P3D"'),
    (SLEEP.replace("revision = 2024-01-01", 'revision = "2024-01-01"'), "without quotation marks"),
    (
        SLEEP.replace('conditions.moves."evidence.filed"', "conditions.moves.evidence.filed"),
        "stands in quotation marks",
    ),
    (SLEEP.replace("rests = true", "rests = True", 1), r"line \d+, column \d+\): rests = True .*true and false"),
    (SLEEP + "[stage.closed]\n", "each id stands once"),
    (SLEEP.replace("schema   = 2", "schema   = 1"), "line 1: 'schema' is 1"),
    (SLEEP.replace('from   = ["report.sent"]', 'from   = ["opens"]'), "'opens' is not known where this is reckoned"),
]


@pytest.mark.parametrize(("text", "said"), MALFORMED, ids=range(len(MALFORMED)))
def test_a_file_that_no_rule_can_mean_is_refused_with_its_place(text, said):
    with pytest.raises(Malformed, match=said) as error:
        read(text, "draft.toml")
    assert str(error.value).startswith("draft.toml")
    assert len(str(error.value)) < 700


def test_a_file_of_another_encoding_is_refused_with_its_line(tmp_path):
    draft = tmp_path / "draft.toml"
    draft.write_bytes(SLEEP.replace("Sleep unit", "Sleep \u00fcnit", 1).encode("cp1252"))
    with pytest.raises(Malformed, match=r"draft.toml, line 13: cannot be read: byte 0xfc is not UTF-8"):
        read_file(draft)


def test_short_loops_and_long_terms_are_walked_roughly_and_said_to_be():
    """A threat to life goes round in three days, a survey comes every three years: to the minute there is no end of it."""
    found = check(read(COMMISSION, "draft.toml"))
    assert {f.rule for f in found if f.note} == {"rough", "silent"}


def test_what_differs_only_in_its_counters_is_told_once():
    text = swap(SLEEP, 'within = "P1M", from = ["decision.made/refused"]', 'within = "P1M", from = ["report.sent"]')
    told = [f.what for f in findings(text) if f.rule == "no chance"]
    assert len(told) == 2
    assert all("refused" in said and "more such standings" in said for said in told)


def test_a_fact_may_come_not_earlier_than_so_long_before_its_stage_is_due():
    moves = '[stage.conditions.moves."evidence.filed"]'
    since = '[stage.conditions.since."evidence.filed"]\nbefore = "P30D"\nfrom = ["due"]\ncites = ["conditional"]\n'
    text = swap(SLEEP, moves, since + moves)
    policy = Policy([read(text, "draft.toml")])
    numbers = {"psg": 250, "artefacts": 2, "waiting": 7, "follow-up": 90, "report-days": 10}
    told: list[tuple[str, str, dict[str, object]]] = [
        ("2024-01-05", "quality.recorded", {"valid-to": "2025-06-30"}),
        ("2024-02-01", "figures.filed", {"values": numbers}),
        ("2024-04-16", "audit.held", {}),
        ("2024-05-06", "report.sent", {}),
        ("2024-06-10", "decision.made", {"outcome": "conditional"}),
    ]  # evidence is due through 10 March 2025
    facts = [Fact(at(f"{day} 10:00"), kind, about) for day, kind, about in told]
    early, soon = (Fact(at(f"{day} 10:00"), "evidence.filed", {}) for day in ("2025-02-07", "2025-02-08"))
    assert policy.decide([*facts, soon], soon.at).standing.stage == "judging"
    with pytest.raises(Inadmissible, match="not possible before"):
        policy.decide([*facts, early], early.at)


HISTORIES = [
    ("[" * 100_000, "too deep"),
    ('[{"at": "2025-01-01T00:00:00Z", "kind": "a", "kind": "b"}]', "'kind' stands twice"),
    ('[{"at": "2025-01-01T00:00:00Z", "kind": "a", "about": {"n": NaN}}]', "NaN is no number"),
    ('[{"at": "0001-01-01T00:00:00+14:00", "kind": "a"}]', "a year from 1900"),
    ('[{"kind": "a"}]', "fact 0: 'at' is missing"),
    ('[{"at": "2025-01-01T00:00:00Z", "kind": 5}]', "fact 0: 'kind' is 5; expected a text"),
]


@pytest.mark.parametrize(("text", "said"), HISTORIES, ids=range(len(HISTORIES)))
def test_a_history_that_is_no_json_or_no_history_is_refused(text, said):
    with pytest.raises(BadHistory, match=said):
        read_history(text)


def test_a_history_may_begin_with_the_mark_of_its_encoding():
    assert read_history('\ufeff[{"at": "2025-01-01T00:00:00Z", "kind": "a"}]')[0].kind == "a"


def test_a_round_may_begin_where_both_revisions_have_the_stage():
    """The newer revision's first stage need not know the fact that begins a round."""
    old = swap(CERTIFICATE, 'by    = "case"', 'by    = "round"')
    new = swap(swap(old, "2024-09-10", "2025-09-10"), 'within = "P30D"', 'within = "P45D"')
    assert len(Policy([read(old, "old.toml"), read(new, "new.toml")]).revisions) == 2


def test_what_a_case_brings_from_an_older_revision_is_known_by_its_word():
    """The newer revision has other words for an outcome, an option and a material; the case goes on."""
    old = swap(CERTIFICATE, 'by    = "case"', 'by    = "act"')
    new = swap(swap(old, "2024-09-10", "2025-09-10"), "refused", "rejected")
    new = new.replace("option.reinstate", "option.anew").replace('"reinstate", "cease"', '"anew", "cease"')
    new = new.replace("material.history", "material.record").replace('needs = ["history"]', 'needs = ["record"]')
    policy = Policy([read(old, "old.toml"), read(new, "new.toml")])
    told = [
        ("2025-01-10", "application.accepted", {}),
        ("2025-02-03", "provisional.issued", {}),
        ("2025-06-02", "decision.made", {"outcome": "denied"}),
        ("2025-06-03", "option.reinstate", {}),
        ("2025-10-01", "plan.submitted", {}),
    ]
    facts = [Fact(at(f"{day} 10:00"), kind, about) for day, kind, about in told]
    now = policy.decide(facts, at("2025-10-02 10:00"))
    assert (now.standing.stage, now.standing.outcome, now.outcome_title) == ("planned", "refused", "refused")
    assert (now.accredited, now.duties, [c.id for c in now.silences]) == (False, (), ["reinstate.term"])
    assert now.refused["anew"].kind == "not-now"
