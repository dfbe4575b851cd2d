"""Three invented policies of quite other shapes than the shipped ones. The answers were worked out with a calendar, not with the engine."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reaccredit.policy import Fact, Inadmissible, Policy
from reaccredit.policy.reading import read_file

HERE = Path(__file__).parent / "shapes"


def policy(name):
    return Policy([read_file(HERE / f"{name}.toml")])


ZONES = {"vascular": "America/New_York", "hospital": "America/Chicago", "scanner": "America/Denver"}
POLICIES = {name: policy(f"demo-{name}") for name in ZONES}


def at(name, text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONES[name]))


def told(name, story):
    return [Fact(at(name, when), kind, about[0] if about else {}) for when, kind, *about in story]


GRANTED, DELAYED, DENIED = {"outcome": "granted"}, {"outcome": "delayed"}, {"outcome": "denied"}


def delayed(day):
    return [("2024-02-01 09:00", "application.submitted"), (f"{day} 14:00", "decision.made", DELAYED)]


def thrice(last):
    """Three submissions: the answer to the third is `last`, on 3 June 2024."""
    return [
        *delayed("2024-03-04"),
        ("2024-03-20 10:00", "corrections.submitted"),
        ("2024-04-15 10:00", "decision.made", DELAYED),
        ("2024-05-01 10:00", "corrections.submitted"),
        ("2024-06-03 10:00", "decision.made", last),
    ]


def granted(day):
    return [("2024-01-02 09:00", "application.submitted"), (f"{day} 11:00", "decision.made", GRANTED)]


GRANT = granted("2024-02-12")
AUDIT = [*GRANT, ("2024-09-30 09:00", "audit.opened")]

VASCULAR = [
    # 25 April + 30 days is Saturday 25 May, Monday 27 May is Memorial Day: Tuesday 28 May, 17:00
    (delayed("2024-04-25"), "2024-04-26 09:00", {"stage": "correcting", "holder": "site", "due": "2024-05-28 17:00"}),
    (delayed("2024-04-25"), "2024-05-28 16:59:59", {"stage": "correcting", "outcome": "delayed"}),
    (
        delayed("2024-04-25"),
        "2024-05-28 17:00",
        {"stage": "denied", "outcome": "denied", "options": ["appeal", "reapply"]},
    ),
    # five business days before Tuesday 28 May: 24, 23, 22, 21, 20 May
    (
        [*delayed("2024-04-25"), ("2024-05-20 23:59:59", "extension.requested")],
        "2024-05-21 09:00",
        {"stage": "correcting"},
    ),
    (
        [*delayed("2024-04-25"), ("2024-05-21 00:00", "extension.requested")],
        "2024-05-21 09:00",
        {"refused_at": 2, "kind": "too-late"},
    ),
    # 4 March + 30 days is Wednesday 3 April; + 60 days Friday 3 May
    (
        [
            *delayed("2024-03-04"),
            ("2024-03-20 10:00", "extension.requested"),
            ("2024-03-21 10:00", "extension.granted"),
        ],
        "2024-04-10 09:00",
        {"stage": "correcting", "due": "2024-05-03 17:00"},
    ),
    (
        [*delayed("2024-03-04"), ("2024-03-21 10:00", "extension.granted"), ("2024-03-22 10:00", "extension.granted")],
        "2024-04-10 09:00",
        {"due": "2024-05-03 17:00"},
    ),
    (thrice(GRANTED), "2024-06-04 09:00", {"stage": "granted", "outcome": "granted", "counters": {"submission": 3}}),
    (
        thrice(DELAYED),
        "2024-06-04 09:00",
        {"stage": "denied", "outcome": "denied", "counters": {"submission": 3}, "due": "2024-07-04 00:00"},
    ),
    (
        [*thrice(DELAYED), ("2024-06-10 10:00", "option.reapply")],
        "2024-06-11 09:00",
        {"stage": "preparing", "counters": {"submission": 0}},
    ),
    (
        [*thrice(DELAYED), ("2024-06-10 10:00", "option.appeal", {"ground": "assessment"})],
        "2024-06-11 09:00",
        {"stage": "appealing", "holder": "board"},
    ),
    (
        [*thrice(DELAYED), ("2024-06-10 10:00", "option.appeal", {"ground": "fees"})],
        "2024-06-11 09:00",
        {"refused_at": 6},
    ),
    ([*thrice(DELAYED), ("2024-06-10 10:00", "option.appeal")], "2024-06-11 09:00", {"refused_at": 6}),
    # a denial by the clock on 28 May, 17:00: 30 days to 27 June
    (delayed("2024-04-25"), "2024-06-01 09:00", {"stage": "denied", "due": "2024-06-28 00:00"}),
    (delayed("2024-04-25"), "2024-06-28 00:00", {"stage": "closed", "options": []}),
    # three years to the end of the month, in a leap year too
    (GRANT, "2024-02-13 09:00", {"accredited": True, "effective": "2024-02-12", "expires": "2027-02-28"}),
    (granted("2025-02-12"), "2025-02-13 09:00", {"expires": "2028-02-29"}),
    (GRANT, "2027-02-28 23:59:59", {"accredited": True}),
    (GRANT, "2027-03-01 00:00", {"accredited": False}),
    # 60 days of grace: 29 April 2027, only where the renewal was in time
    ([*GRANT, ("2027-02-28 23:00", "renewal.submitted")], "2027-04-29 23:59:59", {"accredited": True}),
    ([*GRANT, ("2027-02-28 23:00", "renewal.submitted")], "2027-04-30 00:00", {"accredited": False}),
    ([*GRANT, ("2027-03-01 00:00", "renewal.submitted")], "2027-03-02 09:00", {"accredited": False}),
    (
        [*GRANT, ("2025-08-20 09:00", "addon.granted")],
        "2025-08-21 09:00",
        {"outcome": "extended-scope", "accredited": True, "effective": "2024-02-12", "expires": "2027-02-28"},
    ),
    # 30 September + 30 days
    (AUDIT, "2024-10-30 23:59:59", {"stage": "auditing", "accredited": True, "due": "2024-10-31 00:00"}),
    (AUDIT, "2024-10-31 00:00", {"stage": "suspended", "outcome": "suspended", "accredited": False}),
    # two months from 31 October: 31 December
    (AUDIT, "2024-11-01 09:00", {"due": "2025-01-01 00:00"}),
    (
        [*AUDIT, ("2024-11-15 09:00", "audit.answered")],
        "2024-11-16 09:00",
        {"stage": "granted", "outcome": "restored", "accredited": True, "expires": "2027-02-28"},
    ),
    (AUDIT, "2025-01-01 00:00", {"stage": "closed", "outcome": "withdrawn", "accredited": False}),
]

SURVEYED = [("2024-06-14 15:00", "survey.ended")]
POSTED = [*SURVEYED, ("2024-06-26 09:00", "report.posted", {"risk": "standard"})]
HIGH = [*SURVEYED, ("2024-06-26 09:00", "report.posted", {"risk": "high"})]
CLARIFYING = [*POSTED, ("2024-07-11 23:59:59", "clarification.submitted")]
REISSUED = [*CLARIFYING, ("2024-07-19 10:00", "report.reissued", {"risk": "standard"})]
HEARD = [
    *POSTED,
    ("2024-09-03 10:00", "option.hearing", {"ground": "findings"}),
    ("2024-09-10 10:00", "hearing.scheduled", {"on": "2024-10-15"}),
]
REFUSED = [*HEARD, ("2024-10-16 10:00", "panel.decided", {"result": "denied"})]

HOSPITAL = [
    # ten business days after Friday 14 June: Friday 28 June
    (SURVEYED, "2024-06-15 09:00", {"stage": "reporting", "holder": "board", "due": "2024-06-29 00:00"}),
    (SURVEYED, "2024-07-15 09:00", {"stage": "reporting"}),
    (POSTED, "2024-06-27 09:00", {"stage": "correcting", "due": "2024-08-26 00:00"}),
    (HIGH, "2024-06-27 09:00", {"due": "2024-08-11 00:00"}),
    # ten business days after 26 June, without 4 July: 11 July
    (CLARIFYING, "2024-07-12 09:00", {"stage": "clarifying", "holder": "board"}),
    (
        [*POSTED, ("2024-07-12 00:00", "clarification.submitted")],
        "2024-07-12 09:00",
        {"refused_at": 2, "kind": "too-late"},
    ),
    (REISSUED, "2024-07-20 09:00", {"stage": "correcting", "due": "2024-09-18 00:00"}),
    ([*REISSUED, ("2024-08-02 23:59:59", "clarification.submitted")], "2024-08-03 09:00", {"stage": "clarifying"}),
    (
        [*REISSUED, ("2024-08-03 00:00", "clarification.submitted")],
        "2024-08-03 09:00",
        {"refused_at": 4, "kind": "too-late"},
    ),
    (
        [*CLARIFYING, ("2024-07-19 10:00", "clarification.refused")],
        "2024-07-20 09:00",
        {"stage": "correcting", "due": "2024-08-26 00:00"},
    ),
    # nobody acts: a preliminary denial on 26 August; five business days without Labor Day: 3 September
    (
        POSTED,
        "2024-08-26 00:00",
        {"stage": "preliminary", "outcome": "preliminary-denial", "options": ["hearing"], "due": "2024-09-04 00:00"},
    ),
    (POSTED, "2024-09-04 00:00", {"stage": "denied", "outcome": "final-denial", "accredited": False, "options": []}),
    ([*POSTED, ("2024-09-03 10:00", "option.hearing", {"ground": "cost"})], "2024-09-03 11:00", {"refused_at": 2}),
    # five business days before Tuesday 15 October: Tuesday 8 October
    (
        [*HEARD, ("2024-10-08 23:59:59", "exhibit.submitted")],
        "2024-10-09 09:00",
        {"stage": "hearing", "counters": {"level": 1}},
    ),
    ([*HEARD, ("2024-10-09 00:00", "exhibit.submitted")], "2024-10-09 09:00", {"refused_at": 4, "kind": "too-late"}),
    (
        [*HEARD, ("2024-10-16 10:00", "panel.decided", {"result": "upheld"})],
        "2024-10-17 09:00",
        {"outcome": "follow-up", "accredited": True, "effective": "2024-06-15", "expires": "2025-04-16"},
    ),
    # ten business days after Wednesday 16 October: 30 October
    (
        REFUSED,
        "2024-10-17 09:00",
        {"stage": "refused", "outcome": "denial", "options": ["committee"], "due": "2024-10-31 00:00"},
    ),
    (
        [
            *REFUSED,
            ("2024-10-30 10:00", "option.committee"),
            ("2024-12-02 10:00", "committee.decided", {"result": "denied"}),
        ],
        "2024-12-03 09:00",
        {"stage": "denied", "outcome": "final-denial", "counters": {"level": 2}},
    ),
    (
        [
            *POSTED,
            ("2024-08-01 10:00", "evidence.submitted"),
            ("2024-08-20 10:00", "evidence.judged", {"result": "accepted"}),
        ],
        "2024-08-21 09:00",
        {"outcome": "accredited", "effective": "2024-06-15", "expires": "2027-06-15"},
    ),
    # partly: 30 days more, to 19 September; then the preliminary denial
    (
        [
            *POSTED,
            ("2024-08-01 10:00", "evidence.submitted"),
            ("2024-08-20 10:00", "evidence.judged", {"result": "partly"}),
        ],
        "2024-08-21 09:00",
        {"stage": "second-chance", "due": "2024-09-20 00:00"},
    ),
    (
        [
            *POSTED,
            ("2024-08-01 10:00", "evidence.submitted"),
            ("2024-08-20 10:00", "evidence.judged", {"result": "partly"}),
        ],
        "2024-09-20 00:00",
        {"stage": "preliminary", "due": "2024-09-28 00:00"},
    ),
]

USED = [("2024-01-03 09:00", "scanner.registered"), ("2024-01-10 08:00", "clinical-use.began")]
APPLIED = [*USED, ("2024-01-20 09:00", "option.apply"), ("2024-02-05 09:00", "application.accepted")]
GOOD = {"uniformity": 87.5, "slice": 5.7, "ghosting": 2.99, "signal": 49}


def phantom(when="2024-03-04 10:00", strength="1.5T", **values):
    return (when, "phantom.measured", {"field-strength": strength, "values": GOOD | values})


FAILED = [*APPLIED, phantom(slice=5.71)]

SCANNER = [
    (USED, "2024-01-14 23:59:59", {"stage": "waiting", "options": [], "refused": {"apply": "too-early"}}),
    (USED, "2024-01-15 00:00", {"options": ["apply"], "due": "2024-04-01 00:00"}),
    (USED, "2024-03-31 23:59:59", {"options": ["apply"]}),
    (USED, "2024-04-01 00:00", {"options": []}),
    (USED, "2025-02-01 09:00", {"options": ["apply"], "due": "2025-04-01 00:00"}),
    # 10 January + 120 days: 9 May 2024
    (
        APPLIED,
        "2024-02-06 09:00",
        {
            "stage": "measuring",
            "outcome": "provisional",
            "accredited": True,
            "effective": "2024-02-05",
            "expires": "2024-05-09",
            "due": "2024-05-10 00:00",
        },
    ),
    (APPLIED, "2024-05-10 00:00", {"stage": "waiting", "outcome": "lapsed", "accredited": False}),
    (
        [
            ("2024-01-03 09:00", "scanner.registered"),
            ("2024-01-20 09:00", "option.apply"),
            ("2024-02-05 09:00", "application.accepted"),
        ],
        "2024-02-06 09:00",
        {"refused_at": 2},
    ),
    # limits are inclusive, "below 3 %" is not; a recommendation never fails
    (
        [*APPLIED, phantom()],
        "2024-03-05 09:00",
        {"stage": "accredited", "outcome": "accredited", "effective": "2024-03-04", "expires": "2027-03-04"},
    ),
    ([*APPLIED, phantom(uniformity=87.49)], "2024-03-05 09:00", {"stage": "deciding"}),
    ([*APPLIED, phantom(strength="3T", uniformity=82)], "2024-03-05 09:00", {"stage": "accredited"}),
    ([*APPLIED, phantom(ghosting=3.0)], "2024-03-05 09:00", {"stage": "deciding"}),
    ([*APPLIED, phantom(slice=4.3)], "2024-03-05 09:00", {"stage": "accredited"}),
    (FAILED, "2024-03-05 09:00", {"stage": "deciding", "holder": "register", "outcome": "provisional"}),
    (
        [*APPLIED, ("2024-03-04 10:00", "phantom.measured", {"field-strength": "1.5T", "values": {"uniformity": 90}})],
        "2024-03-05 09:00",
        {"refused_at": 4},
    ),
    # a denial rests on a requirement
    (
        [*FAILED, ("2024-03-10 10:00", "decision.made", {"outcome": "denied", "grounds": ["phantom.signal"]})],
        "2024-03-11 09:00",
        {"refused_at": 5},
    ),
    ([*FAILED, ("2024-03-10 10:00", "decision.made", {"outcome": "denied"})], "2024-03-11 09:00", {"refused_at": 5}),
    (
        [
            *FAILED,
            (
                "2024-03-10 10:00",
                "decision.made",
                {"outcome": "denied", "grounds": ["phantom.signal", "phantom.slice"]},
            ),
        ],
        "2024-03-11 09:00",
        {"stage": "waiting", "outcome": "denied", "accredited": False, "options": ["apply"]},
    ),
    # nothing is dated back
    (
        [*FAILED, ("2024-03-10 10:00", "decision.made", {"outcome": "accredited", "effective": "2024-03-09"})],
        "2024-03-11 09:00",
        {"refused_at": 5},
    ),
    # the month's last day stays one: 29 February 2024 + 3 years
    (
        [*FAILED, ("2024-03-10 10:00", "decision.made", {"outcome": "accredited", "effective": "2024-04-30"})],
        "2024-05-01 09:00",
        {"effective": "2024-04-30", "expires": "2027-04-30"},
    ),
    ([*APPLIED, phantom("2024-02-29 10:00")], "2024-03-05 09:00", {"effective": "2024-02-29", "expires": "2027-02-28"}),
]

QUESTIONS = [
    (n, *q) for n, table in (("vascular", VASCULAR), ("hospital", HOSPITAL), ("scanner", SCANNER)) for q in table
]


def answered(name, story, when):
    """What the policy says, in the words of the tables above."""
    try:
        now = POLICIES[name].decide(told(name, story), at(name, when))
    except Inadmissible as no:
        return {"refused_at": no.index, "kind": no.refusal.kind}
    return {
        "stage": now.standing.stage,
        "holder": now.holder,
        "outcome": now.standing.outcome,
        "accredited": now.accredited,
        "effective": now.standing.effective,
        "expires": now.standing.expires,
        "due": now.term.due if now.term else None,
        "options": [o.id for o in now.options],
        "refused": {k: v.kind for k, v in now.refused.items()},
        "counters": dict(now.standing.counters),
    }


@pytest.mark.parametrize(
    ("name", "story", "when", "expected"), QUESTIONS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_the_policy_answers_as_its_text_says(name, story, when, expected):
    got = answered(name, story, when)
    for key, value in expected.items():
        if key == "due":
            value = at(name, value)
        elif key in ("effective", "expires"):
            value = date.fromisoformat(value)
        elif key == "refused":
            assert got[key].items() >= value.items()
            continue
        assert got[key] == value, key
