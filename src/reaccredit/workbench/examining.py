"""Everything that can be known of a draft before it governs anybody: proved, compared, tried on its scenarios and on the open cases.

What is found is plain data, to be kept and shown; each part is worked out by the rule core that also answers at a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from reaccredit.policy import Fact, Inadmissible, Malformed, NotGoverned, Policy
from reaccredit.policy.checking import Finding, check
from reaccredit.policy.comparing import Compared, Parting, compare
from reaccredit.policy.counting import moment
from reaccredit.policy.replaying import Replayed, replay
from reaccredit.policy.revision import Revision
from reaccredit.policy.scenarios import Scenario, differences

Found = dict[str, Any]
Case = tuple[str, Sequence[Fact]]
Say = Callable[[str], None]
NAME, LONGEST = (
    re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"),
    40,
)  # a programme is part of addresses and of the name of a folder
CHECKING, COMPARING, SCENARIOS, CASES = (
    "Walking every case that can happen", "Comparing with the revision that governs", "Asking the scenarios", "Replaying the open cases",
)  # fmt: skip


def examine(
    draft: Revision, scenarios: Sequence[Scenario], rules: Policy | None, cases: Iterable[Case], now: datetime, say: Say
) -> Found:
    """`rules`: the policy as it governs today, None for a new programme. `say` is told what is being worked on."""
    say(CHECKING)
    findings = check(draft)
    before = governing(rules, draft)
    say(COMPARING)
    behaviour = compared(compare(before, draft)) if before else None
    say(SCENARIOS)
    together, unfit = joined(rules, draft)
    told = _scenarios(together or Policy([draft]), draft, scenarios)
    say(CASES)
    replayed = _replayed(rules, draft, together, list(cases), now) if rules else None
    return {
        "findings": [_finding(draft, f) for f in findings if not f.note], "notes": [_finding(draft, f) for f in findings if f.note],
        "unfit": unfit, "compared": behaviour, "scenarios": told, "cases": replayed,
    }  # fmt: skip


def governing(rules: Policy | None, draft: Revision) -> Revision | None:
    """The revision that the draft takes the place of: the newest in force before its day."""
    older = [r for r in rules.revisions if r.in_force < draft.in_force] if rules else []
    return older[-1] if older else rules.revisions[0] if rules else None


def joined(rules: Policy | None, draft: Revision) -> tuple[Policy | None, str]:
    """The policy with the draft among its revisions; or why it does not fit among them."""
    if not NAME.fullmatch(draft.policy) or len(draft.policy) > LONGEST:
        said = (
            f"'policy' is {draft.policy[:60]!r}; expected small letters, digits and dashes, at most {LONGEST} of them."
        )
        return None, said
    try:
        there = rules.revisions if rules else ()
        if any(r.revision == draft.revision for r in there):
            return None, f"There is a revision of {draft.revision} already; a revision is named by a date of its own."
        return Policy([*there, draft]), ""
    except Malformed as error:
        return None, str(error)


def _finding(rev: Revision, f: Finding) -> Found:
    return {"rule": f.rule, "what": f.what, "story": story(rev, f.story)}


def compared(found: Compared) -> Found:
    """A comparison as plain data, in the words of the newer revision."""
    return {
        "old": f"{found.old.revision.day} {found.old.revision:%B %Y}", "pairs": found.pairs, "whole": found.whole, "unclear": list(found.unclear),
        "partings": [parting(p, found.old, found.new) for p in found.partings], "clauses": [asdict(c) for c in found.clauses],
    }  # fmt: skip


def parting(p: Parting, old: Revision, new: Revision) -> Found:
    """Where two revisions first part, in the words of the newer one where it has them."""
    stage = (new.stages.get(p.stage) or old.stages[p.stage]).title
    return {
        "kind": p.kind, "question": question(new, p.question), "stage": stage, "where": list(p.where), "was": _said(p.was),
        "becomes": _said(p.becomes), "story": story(new, p.story),
    }  # fmt: skip


QUESTIONS = {
    "term": "the term", "form": "the opening of the form", "holder": "whose turn it is", "clock": "what the clock does",
    "areas": "the areas", "stage": "where the case stands",
}  # fmt: skip


def question(rev: Revision, asked: str) -> str:
    """What the two revisions answer otherwise, in words."""
    material = rev.materials.get(asked.removeprefix("material."))
    if material:
        return f"“{material.title}”"
    option = rev.options.get(asked.removeprefix("option."))
    title = option.title if option else rev.title_of(asked)
    return QUESTIONS.get(asked) or (f"“{title}”" if title != asked else asked)


def story(rev: Revision, lines: Iterable[str]) -> list[str]:
    """Dated lines with the titles of the facts in place of their codes."""
    found = []
    for line in lines:
        at, _, told = line.partition(": ")
        kind, space, about = told.partition(" ")
        found.append(f"{at}: {rev.title_of(kind)}{space}{about}")
    return found


def _said(said: tuple[str, tuple[str, ...]]) -> Found:
    return {"sentence": said[0], "clauses": list(said[1])}


# ------------------------------------------------------------------ scenarios
def _scenarios(rules: Policy, draft: Revision, scenarios: Sequence[Scenario]) -> Found:
    """A history from before the draft's day is asked as if the draft had been in force all the time."""
    alone, asks, otherwise, earlier = rules.under(draft), 0, [], 0
    for one in scenarios:
        begins = one.facts[0].at if one.facts else one.asks[0].at
        before = begins.astimezone(draft.zone).date() < draft.in_force
        earlier += before
        asks += len(one.asks)
        for d in differences(alone if before else rules, one):
            asked = moment(d.at, draft.zone)
            otherwise.append({"title": d.title, "at": asked, "key": d.key, "expected": d.expected, "came": d.came})
    failing = len({(d["title"], d["at"]) for d in otherwise})
    return {"count": len(scenarios), "asks": asks, "earlier": earlier, "failing": failing, "otherwise": otherwise}


# ------------------------------------------------------------------ open cases
def _replayed(rules: Policy, draft: Revision, together: Policy | None, cases: Sequence[Case], now: datetime) -> Found:
    alone = rules.under(draft)
    results = [(replay(rules, alone, number, facts), facts) for number, facts in cases]
    return {
        "count": len(cases), "governs": draft.governs,
        "otherwise": [_case(r, facts, rules) for r, facts in results if r.otherwise],
        "problems": [{"case": r.case, "said": r.problem} for r, _ in results if r.problem],
        "unreadable": list(unreadable(together, cases, now)) if together else [],
    }  # fmt: skip


def _case(r: Replayed, facts: Sequence[Fact], rules: Policy) -> Found:
    assert r.at is not None
    after = facts[r.after].kind if r.after is not None and r.after >= 0 else ""
    return {
        "case": r.case, "after": rules.latest.title_of(after) if after else "", "at": moment(r.at, rules.zone),
        "otherwise": [
            {"kind": o.kind, "question": question(rules.latest, o.question), "was": _said(o.was), "becomes": _said(o.becomes)} for o in r.otherwise
        ],
        "guessed": r.guessed, "had_they": r.had_they,
    }  # fmt: skip


def unreadable(together: Policy, cases: Iterable[Case], now: datetime) -> Iterator[Found]:
    """Cases whose history could no longer be read once the draft is among the revisions."""
    for number, facts in cases:
        try:
            together.decide([f for f in facts if f.at <= now], now)
        except (Inadmissible, NotGoverned, Malformed) as no:
            yield {"case": number, "said": str(no)}
