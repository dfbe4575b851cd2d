"""The same task by hand: frozen dataclasses, a table, and a record of why for each fact and each option.

What somebody would write for this one policy. It has no other policies, revisions, zones, areas or terms than these.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

HOURS_48, HOURS_360 = timedelta(hours=48), timedelta(hours=360)
REVISION = "2021-01-01"


@dataclass(frozen=True, slots=True)
class Clause:
    id: str
    says: str
    at: str


@dataclass(frozen=True, slots=True)
class Why:
    clauses: tuple[Clause, ...]
    revision: str
    facts: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class State:
    stage: str = "applying"
    level: int = 0
    appealed: bool = False
    failed: datetime | None = None
    viewed: datetime | None = None
    denied: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    kind: str
    at: datetime
    state: State
    why: Why


@dataclass(frozen=True, slots=True)
class Refused:
    kind: str
    why: Why
    helps: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    title: str
    opens: datetime
    due: datetime
    why: Why


@dataclass(frozen=True, slots=True)
class Answer:
    state: State
    holder: str
    term: Option | None
    options: tuple[Option, ...]
    refused: dict[str, Refused]
    silences: tuple[Clause, ...]
    receipt: tuple[str, str, int, datetime, datetime]


def _clauses(**says: str) -> dict[str, Clause]:
    return {
        name.replace("_", "."): Clause(name.replace("_", "."), text, str(n))
        for n, (name, text) in enumerate(says.items(), 1)
    }


CLAUSES = _clauses(
    rule="The revision at the first fact rules a case to its end.", apply="A facility applies, and staff accept the application.",
    test="A facility submits images.", review="Reviewers judge them.", report="A final report says whether they passed.",
    fourth="After a fourth deficiency the case lapses.", form="The form opens 48 hours after the report or the denial, once viewed.",
    form_due="It is due 360 hours after it opened.", lapse="A case without a choice in time lapses.",
    appeal="A decision is appealed once.", survey="A plan comes before a survey.", withdraw="A facility may withdraw.",
    matrix_1="1st deficiency: repeat.", matrix_2="2nd deficiency: reinstatement.", matrix_3="3rd deficiency: survey.",
    undated="No term is stated here.",
)  # fmt: skip
MOVES = {
    ("applying", "application.submitted"): ("accepting", "apply"), ("accepting", "application.accepted"): ("testing", "apply"),
    ("testing", "package.submitted"): ("reviewing", "test"), ("reviewing", "reviews.completed"): ("reporting", "review"),
    ("reporting", "report.passed"): ("granted", "report"), ("reporting", "report.failed"): ("deciding", "report"),
    ("deciding", "report.viewed"): ("deciding", "form"), ("appealing", "appeal.upheld"): ("granted", "appeal"),
    ("appealing", "appeal.denied"): ("deciding", "appeal"), ("correcting", "plan.submitted"): ("surveying", "survey"),
    ("surveying", "survey.completed"): ("testing", "survey"),
}  # fmt: skip
TITLES = {
    "application.submitted": "Application submitted", "application.accepted": "Application accepted",
    "package.submitted": "Images submitted", "reviews.completed": "Reviews completed", "report.passed": "Final report: passed",
    "report.failed": "Final report: failed", "report.viewed": "Final report viewed", "appeal.upheld": "Appeal upheld",
    "appeal.denied": "Appeal denied", "plan.submitted": "Plan submitted", "survey.completed": "Survey completed",
    "repeat": "Repeat", "reinstate": "Reinstatement", "survey": "On-site survey", "appeal": "Appeal", "withdraw": "Withdraw",
}  # fmt: skip
HOLDERS = {
    "applying": "facility", "accepting": "staff", "testing": "facility", "reviewing": "reviewer", "reporting": "staff",
    "deciding": "facility", "appealing": "arbitrator", "correcting": "facility", "surveying": "survey-team",
}  # fmt: skip
TARGETS = {
    "repeat": ("testing", "matrix.1"), "reinstate": ("applying", "matrix.2"), "survey": ("correcting", "matrix.3"),
    "appeal": ("appealing", "appeal"), "withdraw": ("withdrawn", "withdraw"),
}  # fmt: skip
OFFERS = {
    (1, False): (("repeat", "appeal", "withdraw"), ("matrix.1",)), (1, True): (("repeat", "withdraw"), ("matrix.1", "appeal")),
    (2, False): (("reinstate", "appeal", "withdraw"), ("matrix.2",)), (2, True): (("reinstate", "withdraw"), ("matrix.2", "appeal")),
    (3, False): (("survey", "appeal", "withdraw"), ("matrix.3",)), (3, True): (("survey", "withdraw"), ("matrix.3", "appeal")),
}  # fmt: skip
ENDS = frozenset({"granted", "withdrawn", "lapsed"})


def why(cites: tuple[str, ...], sentence: str, facts: tuple[str, ...] = ()) -> Why:
    return Why(tuple([CLAUSES[c] for c in dict.fromkeys(cites)]), REVISION, facts, sentence)


def said(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M %Z}"


def opening(s: State) -> datetime | None:
    start = s.denied if s.appealed else s.failed
    if start is None or s.viewed is None:
        return None
    return max(start + HOURS_48, s.viewed)


def ticked(s: State, at: datetime) -> State:
    """Nobody chose in time: the case has lapsed."""
    if s.stage != "deciding":
        return s
    opens = opening(s)
    return replace(s, stage="lapsed") if opens is not None and at >= opens + HOURS_360 else s


def step(s: State, kind: str, at: datetime) -> tuple[State, Why] | Refused:
    """What one fact makes of a state, and why; or why not."""
    if kind.startswith("option."):
        return choose(s, kind[7:], at)
    found = MOVES.get((s.stage, kind))
    if found is None:
        told = "ended" if s.stage in ENDS else "not-now"
        return Refused(told, why(("rule",), f"“{TITLES[kind]}” has no place while the case is at “{s.stage}”."))
    to, cite = found
    new, cites = _moved(s, kind, at, to), (cite, "fourth") if kind == "report.failed" and s.level >= 3 else (cite,)
    return new, why(cites, TITLES[kind] + ".")


def _moved(s: State, kind: str, at: datetime, to: str) -> State:
    if kind == "report.failed":
        stage = "lapsed" if s.level >= 3 else to
        return State(stage, s.level + 1, appealed=False, failed=at)
    if kind == "report.viewed":
        return s if s.viewed else replace(s, viewed=at)
    if kind == "appeal.denied":
        return replace(s, stage=to, appealed=True, denied=at)
    return replace(s, stage=to)


def choose(s: State, option: str, at: datetime) -> tuple[State, Why] | Refused:
    no = refused(s, option, at)
    if no:
        return no
    to, cite = TARGETS[option]
    return replace(s, stage=to), why((*OFFERS[s.level, s.appealed][1], cite, "form.due"), f"Chosen: {TITLES[option]}.")


def refused(s: State, option: str, at: datetime) -> Refused | None:
    title = TITLES[option]
    if s.stage in ENDS:
        return Refused("ended", why(("rule",), f"“{title}” cannot be chosen: the case has ended ({s.stage})."))
    if s.stage != "deciding":
        return Refused("not-now", why(("rule",), f"“{title}” cannot be chosen while the case is at “{s.stage}”."))
    options, cites = OFFERS[s.level, s.appealed]
    if option not in options:
        return Refused(
            "not-offered", why(cites, f"“{title}” is not offered at deficiency {s.level}."), "It is offered elsewhere."
        )
    opens = opening(s)
    if opens is None:
        return Refused(
            "waiting",
            why(("form",), f"“{title}” cannot be chosen yet: the form does not open before the report was viewed."),
        )
    if at < opens:
        return Refused("too-early", why(("form",), f"“{title}” cannot be chosen yet: the form opens {said(opens)}."))
    return None


def answer(s: State, at: datetime, facts: int) -> Answer:
    """Everything that is told of a case: whose turn, by when, which options and why, which not and why not."""
    s = ticked(s, at)
    options, no = [], {}
    opens = opening(s) if s.stage == "deciding" else None
    for name in TARGETS:
        against = refused(s, name, at)
        if against:
            no[name] = against
        else:
            assert opens
            options.append(_option(s, name, opens))
    term = _option(s, "", opens) if opens else None
    silent = () if s.stage == "deciding" or s.stage in ENDS else (CLAUSES["undated"],)
    return Answer(
        s, HOLDERS.get(s.stage, ""), term, tuple(options), no, silent, ("baseline/1", REVISION, facts, at, at)
    )


def _option(s: State, name: str, opens: datetime) -> Option:
    due = opens + HOURS_360
    start = s.denied if s.appealed else s.failed
    assert start
    arithmetic = (f"{'Appeal denied' if s.appealed else 'Final report: failed'} {said(start)} + 48 hours = opens {said(opens)}",
                  f"+ 360 hours = due before {said(due)}")  # fmt: skip
    cites = (*OFFERS[s.level, s.appealed][1], *((TARGETS[name][1],) if name else ()), "form", "form.due")
    title = TITLES[name] if name else "Choosing an option"
    return Option(
        name,
        title,
        opens,
        due,
        why(cites, f"“{title}” may be chosen from {said(opens)} before {said(due)}.", arithmetic),
    )


def fold(history: list[tuple[datetime, str]]) -> tuple[State, list[Step]]:
    """A history of facts that all fit, with the record of each."""
    s, steps = State(), []
    for at, kind in history:
        result = step(ticked(s, at), kind, at)
        assert not isinstance(result, Refused), result
        s, because = result
        steps.append(Step(kind, at, s, because))
    return s, steps
