"""Rounds, counts, windows, cut-offs, revisions and accreditations: small policies, and questions answered by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from reaccredit.policy import Decision, Fact, Inadmissible, NotGoverned
from tests.policy.rounds_policies import POLICIES, at

Story = list[tuple[Any, ...]]
# (what it is about, the policy, the story, when it is asked, what is expected)
QUESTIONS: list[tuple[str, str, Story, str, dict[str, Any]]] = [
    ('left', 'days left until a date', [('2024-01-02 10:00', 'told', {'on': '2024-09-30'}), ('2024-07-01 10:00', 'go')], '2024-07-31 23:59:59', {'options': ['renew', 'quit'], 'refused': {'restart': 'not-offered'}}),
    ('left', 'days left until a date', [('2024-01-02 10:00', 'told', {'on': '2024-09-30'}), ('2024-07-01 10:00', 'go')], '2024-08-01 00:00', {'options': ['restart', 'quit'], 'refused': {'renew': 'not-offered'}}),
    ('left', 'days left until a date', [('2024-07-01 10:00', 'go')], '2024-08-01 00:00', {'options': ['quit']}),
    ('left', 'days left until a date', [('2024-01-02 10:00', 'told', {'on': '2024-09-30'}), ('2024-07-01 10:00', 'go')], '2024-09-29 23:59:59', {'options': ['restart', 'quit'], 'due': '2024-09-30 00:00'}),
    ('left', 'days left until a date', [('2024-01-02 10:00', 'told', {'on': '2024-09-30'}), ('2024-07-01 10:00', 'go')], '2024-09-30 00:00', {'stage': 'z'}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go')], '2024-05-09 09:00', {'options': [], 'holder': 'y', 'refused': {'again': 'waiting'}}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go'), ('2024-05-01 11:00', 'seen')], '2024-05-02 23:59:59', {'options': [], 'refused': {'again': 'too-early'}}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go'), ('2024-05-01 11:00', 'seen')], '2024-05-03 00:00', {'options': ['again'], 'due': '2024-05-14 00:00', 'counters': {'try': 1}, 'left': {'try': 2}}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go'), ('2024-05-20 11:00', 'seen')], '2024-05-20 11:00', {'options': ['again'], 'due': '2024-05-31 00:00'}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'})], '2024-05-01 11:00', {'options': ['again'], 'due': '2024-05-12 00:00', 'odue': {'again': '2024-05-05 00:00'}}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'})], '2024-05-05 00:00', {'options': [], 'refused': {'again': 'too-late'}, 'stage': 'b'}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'})], '2024-05-12 00:00', {'stage': 'far', 'holder': 'y'}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'r'})], '2024-05-02 11:00', {'bad': 0, 'kind': 'malformed'}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'}), ('2024-05-02 10:00', 'kept'), ('2024-05-03 10:00', 'option.again')], '2024-05-03 12:00', {'stage': 'a', 'marks': ['m']}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'}), ('2024-05-02 10:00', 'kept'), ('2024-05-03 10:00', 'option.again'), ('2024-06-01 10:00', 'go')], '2024-06-04 12:00', {'stage': 'b', 'marks': [], 'holder': 'y', 'counters': {'try': 2}}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'}), ('2024-05-02 10:00', 'kept')], '2024-05-02 12:00', {'options': ['again', 'extra']}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'}), ('2024-05-02 10:00', 'kept'), ('2024-05-03 10:00', 'option.again'), ('2024-06-01 10:00', 'go'), ('2024-06-01 12:00', 'seen'), ('2024-06-05 10:00', 'option.again'), ('2024-07-01 10:00', 'go')], '2024-07-02 10:00', {'stage': 'far', 'counters': {'try': 3}, 'left': {'try': 0}}),
    ('rounds', 'rounds, counts and windows', [('2024-05-01 10:00', 'go', {'kind': 'q'}), ('2024-05-02 10:00', 'kept'), ('2024-05-03 10:00', 'option.again'), ('2024-06-01 10:00', 'go'), ('2024-06-01 12:00', 'seen'), ('2024-06-05 10:00', 'option.again'), ('2024-07-01 10:00', 'go'), ('2024-07-03 10:00', 'back')], '2024-07-04 10:00', {'stage': 'a', 'counters': {'try': 0}, 'marks': []}),
    ('governs case', 'two revisions, governed by the case', [('2024-05-20 10:00', 'note'), ('2024-06-05 10:00', 'go')], '2024-06-06 10:00', {'due': '2024-06-16 00:00'}),
    ('governs act', 'by the act', [('2024-05-20 10:00', 'note'), ('2024-06-05 10:00', 'go')], '2024-06-06 10:00', {'due': '2024-06-26 00:00'}),
    ('governs round', 'by the round', [('2024-05-20 10:00', 'note'), ('2024-06-05 10:00', 'go')], '2024-06-06 10:00', {'due': '2024-06-26 00:00'}),
    ('governs fact note', 'by a noted fact', [('2024-05-20 10:00', 'note'), ('2024-06-05 10:00', 'go')], '2024-06-06 10:00', {'due': '2024-06-16 00:00'}),
    ('governs fact go', 'by the fact that moves', [('2024-05-20 10:00', 'note'), ('2024-06-05 10:00', 'go')], '2024-06-06 10:00', {'due': '2024-06-26 00:00'}),
    ('round 1 round', 'by the round', [('2024-05-20 10:00', 'go')], '2024-06-05 10:00', {'due': '2024-05-31 00:00'}),
    ('round 2 round', 'by the round', [('2024-05-20 10:00', 'go'), ('2024-06-10 09:00', 'back'), ('2024-06-12 10:00', 'go')], '2024-06-13 10:00', {'due': '2024-07-03 00:00'}),
    ('round 1 case', 'two revisions, governed by the case', [('2024-05-20 10:00', 'go')], '2024-06-05 10:00', {'due': '2024-05-31 00:00'}),
    ('round 2 case', 'two revisions, governed by the case', [('2024-05-20 10:00', 'go'), ('2024-06-10 09:00', 'back'), ('2024-06-12 10:00', 'go')], '2024-06-13 10:00', {'due': '2024-06-23 00:00'}),
    ('round 1 act', 'by the act', [('2024-05-20 10:00', 'go')], '2024-06-05 10:00', {'due': '2024-05-31 00:00'}),
    ('round 2 act', 'by the act', [('2024-05-20 10:00', 'go'), ('2024-06-10 09:00', 'back'), ('2024-06-12 10:00', 'go')], '2024-06-13 10:00', {'due': '2024-07-03 00:00'}),
    ('awaits', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go')], '2024-02-01 10:00', {'holder': 'payer', 'due': '2024-03-01 00:00'}),
    ('awaits', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-01 10:00', 'paid')], '2024-02-01 11:00', {'holder': 'x'}),
    ('until', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-26 23:59:59', 'note')], '2024-02-27 00:00', {'stage': 'b'}),
    ('until', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-27 00:00', 'note')], '2024-02-27 00:00', {'bad': 1, 'kind': 'too-late'}),
    ('since', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-04 23:59:59', 'back')], '2024-02-06 00:00', {'bad': 1, 'kind': 'too-early'}),
    ('since', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-05 00:00', 'back')], '2024-02-06 00:00', {'stage': 'y', 'outcome': 'yes'}),
    ('stands_for', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-10 09:00', 're')], '2024-02-11 09:00', {'due': '2024-03-11 00:00'}),
    ('earliest of two', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-10 08:00', 'use'), ('2024-01-31 10:00', 'go'), ('2024-02-08 09:00', 'back')], '2024-02-11 09:00', {'effective': '2024-01-10', 'expires': '2026-01-31', 'accredited': True}),
    ('one of two', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-08 09:00', 'back')], '2024-02-11 09:00', {'effective': '2024-02-08', 'expires': '2026-02-28'}),
    ('add-on', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-08 09:00', 'back'), ('2024-05-01 09:00', 'told')], '2024-05-11 09:00', {'outcome': 'more', 'stage': 'y', 'effective': '2024-02-08', 'expires': '2026-02-28', 'accredited': True}),
    ('grounds missing', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-08 09:00', 'back'), ('2024-05-01 09:00', 'note')], '2024-05-11 09:00', {'bad': 2}),
    ('grounds', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-08 09:00', 'back'), ('2024-05-01 09:00', 'note', {'grounds': ['d']})], '2024-05-11 09:00', {'stage': 'n', 'outcome': 'no', 'accredited': False, 'expires': None}),
    ('grounds unknown', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-08 09:00', 'back'), ('2024-05-01 09:00', 'note', {'grounds': ['zzz']})], '2024-05-11 09:00', {'bad': 2, 'kind': 'malformed'}),
    ('overdue to itself', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go')], '2024-03-05 10:00', {'stage': 'b', 'outcome': 'late', 'due': '2024-03-01 00:00'}),
    ('out of order', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-01-30 10:00', 'paid')], '2024-03-05 10:00', {'bad': 1, 'kind': 'out-of-order'}),
    ('unknown', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-01 10:00', 'payed')], '2024-03-05 10:00', {'bad': 1, 'kind': 'unknown'}),
    ('future', 'waits, cut-offs, reissues, add-ons and grounds', [('2024-01-31 10:00', 'go'), ('2024-02-01 10:00', 'paid')], '2024-02-01 09:59:59', {'bad': 1, 'kind': 'out-of-order'}),
    ('expiry', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted')], '2024-03-16 10:00', {'accredited': True, 'effective': '2024-03-15', 'expires': '2026-03-14', 'due': '2026-03-15 00:00'}),
    ('expiry', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted')], '2026-03-14 23:59:59', {'stage': 'in', 'accredited': True}),
    ('expiry', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted')], '2026-03-15 00:00', {'stage': 'out', 'accredited': False, 'outcome': 'gone'}),
    ('window', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2025-09-13 23:59:59', 'renewal')], '2025-10-01 10:00', {'bad': 1, 'kind': 'too-early'}),
    ('window', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2025-09-14 00:00', 'renewal')], '2025-10-01 10:00', {'stage': 'in'}),
    ('grace', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2026-01-13 23:59:59', 'renewal')], '2026-06-14 23:59:59', {'accredited': True, 'stage': 'in', 'expires': '2026-03-14'}),
    ('grace', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2026-01-13 23:59:59', 'renewal')], '2026-06-15 00:00', {'accredited': False, 'stage': 'out'}),
    ('no grace', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2026-01-14 00:00', 'renewal')], '2026-03-14 10:00', {'accredited': True}),
    ('no grace', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2026-01-14 00:00', 'renewal')], '2026-03-15 00:00', {'accredited': False, 'stage': 'out'}),
    ('renewed without request', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2025-12-01 10:00', 'renewed')], '2025-12-02 10:00', {'bad': 1}),
    ('renewed', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2026-01-13 23:59:59', 'renewal'), ('2026-05-04 10:00', 'renewed')], '2026-05-05 10:00', {'accredited': True, 'effective': '2026-05-04', 'expires': '2028-05-03'}),
    ('old renewal', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2026-01-13 23:59:59', 'renewal'), ('2026-05-04 10:00', 'renewed')], '2028-05-04 00:00', {'accredited': False, 'stage': 'out'}),
    ('barred', 'renewal, grace and a bar after three failures', [('2024-01-10 10:00', 'failed'), ('2024-02-01 10:00', 'applied'), ('2024-03-10 10:00', 'failed'), ('2024-04-01 10:00', 'applied'), ('2024-05-10 10:00', 'failed')], '2024-05-11 10:00', {'stage': 'barred', 'counters': {'failure': 3}, 'left': {'failure': 0}}),
    ('barred', 'renewal, grace and a bar after three failures', [('2024-01-10 10:00', 'failed'), ('2024-02-01 10:00', 'applied'), ('2024-03-10 10:00', 'failed'), ('2024-04-01 10:00', 'applied'), ('2024-05-10 10:00', 'failed'), ('2025-05-09 23:59:59', 'applied')], '2025-05-10 10:00', {'bad': 5, 'kind': 'too-early'}),
    ('barred', 'renewal, grace and a bar after three failures', [('2024-01-10 10:00', 'failed'), ('2024-02-01 10:00', 'applied'), ('2024-03-10 10:00', 'failed'), ('2024-04-01 10:00', 'applied'), ('2024-05-10 10:00', 'failed'), ('2025-05-10 00:00', 'applied')], '2025-05-10 10:00', {'stage': 'a', 'counters': {'failure': 0}}),
    ('consecutive', 'renewal, grace and a bar after three failures', [('2024-01-10 10:00', 'failed'), ('2024-02-01 10:00', 'applied'), ('2024-03-10 10:00', 'failed'), ('2024-04-01 10:00', 'applied'), ('2024-05-10 10:00', 'granted')], '2024-05-11 10:00', {'stage': 'in', 'counters': {'failure': 0}}),
    ('visit', 'renewal, grace and a bar after three failures', [('2024-03-15 10:00', 'granted'), ('2025-01-10 10:00', 'visit')], '2025-01-11 10:00', {'expires': '2026-03-14', 'due': '2026-03-15 00:00'}),
]  # fmt: skip
# ruff: noqa: E501


def answer(d: Decision) -> dict[str, Any]:
    s = d.standing
    return {
        "stage": s.stage, "holder": d.holder, "due": d.term.due if d.term else None, "options": [o.id for o in d.options],
        "refused": {name: no.kind for name, no in d.refused.items()}, "outcome": s.outcome, "accredited": d.accredited,
        "effective": s.effective, "expires": s.expires, "counters": dict(s.counters), "marks": sorted(s.marks),
        "odue": {o.id: o.due for o in d.options}, "rev": str(s.revision), "left": dict(d.left),
        "duties": [u.material.id for u in d.duties if not u.met],
    }  # fmt: skip


def expected(key: str, value: Any) -> Any:
    if key == "due" and value:
        return at(value)
    if key == "odue":
        return {name: at(when) for name, when in value.items()}
    return date.fromisoformat(value) if key in {"effective", "expires"} and value else value


@pytest.mark.parametrize(("about", "name", "story", "when", "says"), QUESTIONS)
def test_the_answer_is_the_one_reckoned_by_hand(
    about: str, name: str, story: Story, when: str, says: dict[str, Any]
) -> None:
    facts = [Fact(at(told), kind, *more) for told, kind, *more in story]
    if "bad" in says:
        with pytest.raises(Inadmissible) as no:
            POLICIES[name].decide(facts, at(when))
        assert (no.value.index, says.get("kind", no.value.refusal.kind)) == (says["bad"], no.value.refusal.kind)
        return
    found = answer(POLICIES[name].decide(facts, at(when)))
    for key, value in says.items():
        want = expected(key, value)
        if isinstance(want, dict):
            assert {k: found[key].get(k) for k in want} == want
        else:
            assert found[key] == want


def test_before_the_first_revision_no_rule_governs() -> None:
    with pytest.raises(NotGoverned, match="the first is in force from 2024-01-01"):
        POLICIES["two revisions of which the first comes late"].decide(
            [Fact(at("2023-01-01 10:00"), "go")], at("2023-01-02 10:00")
        )
